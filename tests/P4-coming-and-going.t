#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Guests, CPUs and the module itself come and go, on one CPU and on two.
. "${0%/*}/prog/lib.sh"
build_programs
machine --smp 1 -- p4
machine --smp 2 --cpu max -- p4
done_testing
