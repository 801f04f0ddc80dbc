#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Devices and the console, on two CPUs (one-cpu.t has the same on one): lies about
# queues, much that is said and typed, and terminals that are given back.
. "${0%/*}/prog/lib.sh"
build_programs
build_more terminal
build_stranger
machine --smp 2 --cpu max -- l3 terminal
done_testing
