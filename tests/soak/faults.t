#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What tests/faults.t does, with 500 Launchers killed, and with one CPU as well. "make
# soak".
. "${0%/*}/../lib.sh"
. "$top/tests/prog/lib.sh"
build_programs
build_more hog
build_stranger
for smp in 2 1; do
	echo 500 > "$tmp/prog/kills"
	machine --smp $smp --mem 192 --modprobe tun --timeout "$(scaled 2000)" -- faults
done
done_testing
