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
echo the end
END

run_lab ${LAB_OPTIONS:-} --timeout "$(scaled 300)" --add "$tmp/prog" --add "$tmp/inside" -- 'sh ./inside'
# The kernel reports each page that it did not get, so there is a call trace in its
# log, and the lab's status says so.
like "$out" '^the end$' "the Host comes through it"
like "$out" '^[0-9]+\|.*ENOMEM' "there is not always memory for a Guest"
like "$out" 'out of memory for page tables' "... nor for its page tables"
like "$out" '^[0-9]+\|16 0x3000 0x3000 ' "... and sometimes there is"
done_testing
