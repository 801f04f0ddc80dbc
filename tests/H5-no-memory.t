#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Each allocation of the module's fails in its turn: when a Guest is made, when it
# runs, when it dies. Only a kernel that can refuse them on demand can show it: part
# of "make check-debug".
. "${0%/*}/prog/lib.sh"
[ "$kernel" = debug ] || skip_all "this is not the debug kernel (make check-debug)"
build_programs

cat > "$tmp/inside" <<'END'
cd /sys/kernel/debug || exit 1
for attr in failslab fail_page_alloc; do
	echo N > $attr/ignore-gfp-wait && echo 0 > $attr/verbose || exit 1
done
echo 0 > fail_page_alloc/min-order && echo 0 > fail_usercopy/verbose || exit 1
cd /root || exit 1
for n in $(seq 1 60); do
	echo "$n|$(./prog/devlguest open failing=$n init=touch read read why 2>&1 | tr '\n' ' ')"
	echo "$n|$(./prog/devlguest open init=touch failing=$n read read why 2>&1 | tr '\n' ' ')"
	echo "$n|$(./prog/devlguest open init=die failing=$n read why 2>&1 | tr '\n' ' ')"
	echo "$n|$(./prog/devlguest open init=loop failing=$n eventfd=0x3000 2>&1 | tr '\n' ' ')"
done
# One that has three directories, and how often one of them took the place of the one
# in force, for want of memory (H6). Nothing waits in its ring.
tables='tables=0x67 poke=0x12000,0x11067 poke=0x13000,0x11067'
for status in $(seq 8216 4 8276); do
	tables="$tables poke=$status,0xffffffff"
done
echo 1 > /sys/kernel/debug/tracing/events/lguest/lguest_switch/enable || exit 1
for n in $(seq 1 60); do
	echo > /sys/kernel/debug/tracing/trace
	said=$(./prog/devlguest $tables open write=0,memory,pages,0x10000,turns failing=$n read read 2>&1 | tr '\n' ' ')
	echo "turns $n|$said|$(awk '/lguest_switch: / {
		which = $(NF - 2)
		fewer += last != "" && which == last && $NF != "0x10000"
		last = which
	} END { print fewer + 0 }' /sys/kernel/debug/tracing/trace)"
done
echo the end
END

run_lab ${LAB_OPTIONS:-} --timeout "$(scaled 300)" --add "$tmp/prog" --add "$tmp/inside" -- 'sh ./inside'
# The kernel reports each page that it did not get, so there is a call trace in its
# log, and the lab's status says so.
like "$out" '^the end$' "the Host comes through it"
like "$out" '^[0-9]+\|.*ENOMEM' "there is not always memory for a Guest"
like "$out" 'out of memory for page tables' "... nor for its page tables"
like "$out" '^[0-9]+\|16 0x3000 0x3000 ' "... and sometimes there is"
like "$out" '^turns [0-9]+\|16 0x3000 0x3000 .*\|0$' "a Guest with three directories has a shadow for each"
like "$out" '^turns [0-9]+\|16 0x3000 0x3000 .*\|[1-9]' "... or lives on with fewer"
done_testing
