#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Each allocation of the module's fails in its turn: when a Guest is made, when it
# runs, when it dies, and when the module itself is loaded. How many come before one is
# not the same each time, so those of which something must be said are refused by name
# besides. Only a kernel that does it can show it: part of "make check-debug".
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
for n in $(seq 1 100); do
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
# refused_in FUNCTION BUT WORDS...: with no memory for what that function of the
# kernel's asks for, but for what is asked for in the other.
refused_in() {
	awk -v which="$1" -v but="$2" '
		$3 == which || $3 == but {
			name = $3 == which ? "require" : "reject"
			print "echo 0x" $1 " > failslab/" name "-start"
			getline
			print "echo 0x" $1 " > failslab/" name "-end"
		}' /proc/kallsyms > filter && [ "$(wc -l < filter)" = 4 ] || exit 1
	(cd /sys/kernel/debug && . /root/filter && echo Y > failslab/task-filter &&
		echo N > failslab/ignore-gfp-wait &&
		echo 32 > failslab/stacktrace-depth && echo -1 > failslab/times &&
		echo 100 > failslab/probability) || exit 1
	shift 2
	echo "refused|$(echo 1 > /proc/self/make-it-fail && ./prog/devlguest "$@" 2>&1 | tr '\n' ' ')"
	echo 0 > /sys/kernel/debug/failslab/probability
}
refused_in kvasprintf _printk open init=die read why
# The module: of all that loading it takes, its own part is the last. Then its pages
# alone.
load_failing() {
	for n in $(seq "$1" "$2"); do
		said=$(./prog/devlguest failing=$n load=/lab/lg.ko 2>&1)
		echo "load $n|$said"
		[ ! -e /sys/module/lg ] || rmmod lg || exit 1
	done
}
rmmod lg || exit 1
left=$(./prog/devlguest failing=100000 load=/lab/lg.ko left) || exit 1
rmmod lg || exit 1
load_failing $((99800 - ${left#0 })) $((100000 - ${left#0 }))
echo Y > /sys/kernel/debug/failslab/ignore-gfp-wait
load_failing 1 40
refused_in debugfs_create_dir d_alloc load=/lab/lg.ko
./prog/devlguest open init=speak read || exit 1
echo the end
END

run_lab ${LAB_OPTIONS:-} --timeout "$(scaled 300)" --log "$tmp/log" --add "$tmp/prog" --add "$tmp/inside" -- 'sh ./inside'
is "$status" 0 "the Host comes through it" || diag "$err"
like "$out" '^the end$' "... to the end"
like "$out" '^[0-9]+\|.*ENOMEM' "there is not always memory for a Guest"
like "$out" 'out of memory for page tables' "... nor for its page tables"
like "$out" '^refused\|16 ENOENT ENOMEM $' "... nor for why it died"
like "$out" '^[0-9]+\|16 0x3000 0x3000 ' "... and sometimes there is"
like "$out" '^turns [0-9]+\|16 0x3000 0x3000 .*\|0$' "a Guest with three directories has a shadow for each"
like "$out" '^turns [0-9]+\|16 0x3000 0x3000 .*\|[1-9]' "... or lives on with fewer"
like "$out" '^load [0-9]+\|ENOMEM$' "there is not always memory for the module"
like "$(cat "$tmp/log")" "debugfs: .* can not create directory 'lguest'" "... nor for its counts"
like "$(cat "$tmp/log")" 'kobject_add_internal failed for lguest' "... nor for its device"
like "$out" '^load [0-9]+\|0$' "... and sometimes there is"
like "$out" '^refused\|0 $' "... which needs no counts"
like "$out" '^16 0x3000$' "... and then a Guest runs"
done_testing
