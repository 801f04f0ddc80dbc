#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# P1: there and back, on the hypervisor as it stands after P1.
. "${0%/*}/lib.sh"

# A message has 128 bytes, and the words of a command line more.
number=$(made_up)
long=$number$(printf '%0200d' 7)
run_lab --upto P1 -- "
	guest=/guests/p1-there-and-back
	lguest 8 \$guest $number two words
	echo \"status \$?\"
	for mb in 2 3 64 300; do lguest \$mb \$guest \$mb megabytes; done
	lguest 8 \$guest $long
	for i in 1 2 3 4 5 6 7 8 9 10; do lguest 2 \$guest again \$i; done
	rmmod lg && echo 'the module went'
	grep '^lg ' /proc/modules
	echo > /proc/sys/vm/stat_refresh
	grep ^nr_foll_pin_ /proc/vmstat"
is "$status" 0 "the Host lives on"

ring="^lguest: CRASH: here in ring 1 with cs 0x61:"
like "$err" "$ring $number two words\$" "a Guest runs in ring 1, and got its words"
like "$out" '^status 1$' "the Launcher takes that for a crash"
is "$(echo "$err" | grep -c "$ring [0-9]* megabytes\$")" 4 "it does with 2, 3, 64 and 300 MB"
crash=$(echo "$err" | sed -n "s/^lguest: CRASH: \(.*$number[07]\)/\1/p")
is "${#crash}" 127 "a message is cut where its 128 bytes end"
is "$(echo "$err" | grep -c "$ring again")" 10 "ten more of them run"
like "$err" '^rmmod: .*lg' "the module does not go"
like "$out" '^lg .*\[permanent\]' "... because it is there for ever"
like "$(echo $out)" "nr_foll_pin_acquired ([1-9][0-9]*) nr_foll_pin_released \\1\$" \
	"every page that was pinned has been unpinned"
done_testing
