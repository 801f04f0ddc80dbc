#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What fails under Guests: they are killed, memory ends, a disk is full, the network
# goes, time jumps. (tests/soak/faults.t does it at length.)
. "${0%/*}/prog/lib.sh"
build_programs
build_more hog
build_stranger
machine --smp 2 --mem 192 --modprobe tun --timeout "$(scaled 400)" -- faults
done_testing
