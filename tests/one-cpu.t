#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What the tests of L2 and L3 do on two CPUs, where threads are really at the same
# time, on one, where they wait for each other.
. "${0%/*}/prog/lib.sh"
build_programs
build_more terminal
build_stranger
machine --smp 1 -- l2
machine --smp 1 -- l3 terminal
done_testing
