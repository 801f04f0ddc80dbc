#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# H1: calls that wait are done in their order, no later than they must and no more
# expensively than the book says; what a table may hold; what looking for hardware finds.
. "${0%/*}/prog/lib.sh"

# The Guest's words, its status, and what is printed: E is an address in its code, "-"
# what it prints when it goes on. It has 8 MB, and 1 MB for devices.
cat > "$tmp/lies" <<-'END'
	call 77|1 lguest: Bad hypercall 77
	call 11|1 lguest: Bad hypercall 11
	call 20|1 lguest: Bad hypercall 20
	call 0|0 -
	call 19|0 -
	later 77|1 lguest: Bad hypercall 77
	later 0xffffffff|1 lguest: Bad hypercall 4294967295
	later 1|1 lguest: a second LGUEST_INIT
	later 2 0x300000 1|1 lguest: CRASH: 
	later 2 0x8fff81|1 lguest: bad address 0x8fff81 to read 128 bytes
	later 17 0x900000|1 lguest: the Guest notifies of 0x900000, where there is nothing
	later 17 0|0 -
	early|0 Early. -
	gap 5|0 Not yet: 0x0. First. Second. Done: 0xff.
	gap 62|0 Not yet: 0x0. First. Second. Done: 0xff.
	gap 63|0 Not yet: 0x0. First. Second. Done: 0xff.
	call 18 32|1 lguest: segment 32 of 32
	call 18 0xffffffff|1 lguest: segment 4294967295 of 32
	later 18 32|1 lguest: segment 32 of 32
	call 3 0 33|1 lguest: a table of 33 segments, not 32
	call 3 0 0x20000001|1 lguest: a table of 536870913 segments, not 32
	call 3 0x8fff01 32|1 lguest: bad address 0x8fff01 to read 256 bytes
	call 3 0xffffffff 1|1 lguest: bad address 0xffffffff to read 8 bytes
	call 3 0x300000 13|1 lguest: bad segment register or return address
	call 18 12|1 lguest: bad segment register or return address
	call 18 13|1 lguest: bad segment register or return address
	call 18 12 0xffff 0xcf9200|1 lguest: bad segment register or return address
	segment 14 0xffff 0xcf9200|0 Segment 14 is 0xffff 0xcfb300. -
	segment 14 0xffff 0xcff200|0 Segment 14 is 0xffff 0xcff300. -
	segment 14 0xffff 0xcfd200|0 Segment 14 is 0xffff 0xcfd300. -
	segment 14 0xffff 0xcf9e00|0 Segment 14 is 0xffff 0xcfbf00. -
	segment 14 0x500000 0x8c00|0 Segment 14 is 0x500000 0xc00. -
	segment 14 0x500000 0xec00|0 Segment 14 is 0x500000 0x6c00. -
	segment 14 0x800000 0x8500|0 Segment 14 is 0x800000 0x500. -
	segment 14 0xffff 0x8900|0 Segment 14 is 0xffff 0x900. -
	segment 14 0xffff 0xe200|0 Segment 14 is 0xffff 0x6200. -
	segment 10 0xffff 0xcff200|0 Segment 10 is 0xffff 0xcf9b00. -
	segment 11 0 0|0 Segment 11 is 0xffff 0xcf9300. -
	segment 31 0xffff 0xcff200|0 Segment 31 is 0x0 0x0. -
	table 14 0xffff 0xcf9200|0 Segment 14 is 0xffff 0xcfb300. -
	table 14 0x500000 0xec00|0 Segment 14 is 0x500000 0x6c00. -
	table 31 0xffff 0xcff200|0 Segment 31 is 0x0 0x0. -
	call 6 256 0 0x8e00|1 lguest: gate 256 of 256
	call 6 0xffffffff|1 lguest: gate 4294967295 of 256
	call 6 255 0 0x8e00|0 -
	call 6 3 0 0x8f00|0 -
	call 6 3 0 0x8500|1 lguest: gate 3 is of type 5
	call 6 3 0 0x8600|1 lguest: gate 3 is of type 6
	call 6 3 0 0xec00|1 lguest: gate 3 is of type 12
	call 6 3 0 0x9e00|1 lguest: gate 3 is of type 30
	later 6 3 0 0x8500|1 lguest: gate 3 is of type 5
	call 6 3 0 0x0500|0 -
	call 6 2 0 0x8500|0 -
	call 6 8 0 0x8500|0 -
	call 6 15 0 0x8500|0 -
	call 6 31 0 0x8500|0 -
	code 0x300000 0xec 0 0 1|0 It came back with 0x123456ff. -
	code 0x300000 0x66 0xfa 0 1|0 It came back with 0x12345678. -
	code 0x300fff 0xe4 0x60 0 1|0 It came back with 0x123456ff. -
	code 0x300ffe 0x66 0xe5 0x60 1|0 It came back with 0x1234ffff. -
	code 0x300fff 0x66 0xe7 0x60 1|0 It came back with 0x12345678. -
	code 0x300000 0x66 0x66 0xed 1|1 lguest: unhandled trap 13 at 0x300000 (error code 0x0)
	code 0x300000 0x6c 0 0 1|1 lguest: unhandled trap 13 at 0x300000 (error code 0x0)
	code 0x300000 0xf3 0x6d 0 1|1 lguest: unhandled trap 13 at 0x300000 (error code 0x0)
	code 0x300000 0xfb 0 0 1|1 lguest: unhandled trap 13 at 0x300000 (error code 0x0)
	code 0x300000 0xf4 0 0 1|1 lguest: unhandled trap 13 at 0x300000 (error code 0x0)
	code 0x8fffff 0xec|1 lguest: page fault at 0x900000, eip 0x900000 (error code 0)
	code 0x8fffff 0xe5|1 lguest: page fault at 0x900000, eip 0x8fffff (error code 0)
	code 0x8fffff 0x66|1 lguest: page fault at 0x900000, eip 0x8fffff (error code 0)
	base 0|0 It came back with 0xffffffff. -
	base 0x1000|1 lguest: unhandled trap 13 at E (error code 0x0)
	base 0 16|1 lguest: unhandled trap 13 at E (error code 0x0)
	ring3|1 lguest: unhandled trap 13 at E (error code 0x0)
END
number=$(($(made_up) % 1000000))
many=$((100 + $(made_up) % 400))

# In the lab: each lie, what came of it in one line, and what is still pinned; then
# many calls, counted and traced.
cat > "$tmp/tell" <<-END
	guest=\$(ls /guests/h1-*)
	while read -r line; do
		words=\${line%%|*}
		echo "test: \$words" > /dev/kmsg
		said=\$(lguest 8 \$guest \$words 2>&1)
		echo "\$words|\$? \$said" | tr '\\n' ' '
		echo
	done < lies
	echo > /proc/sys/vm/stat_refresh
	echo \$(grep ^nr_foll_pin_ /proc/vmstat)
	events=/sys/kernel/debug/tracing/events/lguest
	echo 1 > \$events/enable
	lguest --stats 8 \$guest many $many
	echo 0 > \$events/enable
	sed -n 's/.*\(lguest_exit:\|lguest_hypercall:\)/event \1/p' \$events/../../trace
	lguest 8 \$guest $number
END

# judge HYPERVISOR: how "tell" ended there, and what its many calls cost.
judge() {
	is "$status" 0 "$1: the Host lives on" || diag "$err"
	like "$out" '^nr_foll_pin_acquired ([1-9][0-9]*) nr_foll_pin_released \1$' "$1: no page is left pinned"
	like "$out" "now it ends at $number\\.\$" "$1: an honest Guest runs after all of them"
	# When 64 wait, the next is made directly. The rest are this Guest's, whatever it is told.
	directly=$((many / 65))
	like "$out" "^$many calls, and segment 14 ends at $many\\.\$" "$1: all of $many calls are done, the last one last"
	like "$err" "^lguest: hypercall $((directly + 13))\$" "$1: ... $directly of them directly"
	like "$err" "^lguest: ring $((many - directly + 68))\$" "$1: ... the others by the ring"
	like "$err" '^lguest: trap-13 10$' "$1: ... and an exit for each instruction that looks for hardware"
}

run_lab --upto H1 --add "$tmp/lies" --add "$tmp/tell" -- '. ./tell'
while IFS='|' read -r words wanted; do
	is "$(echo "$out" | sed -nE "s/^$words\|(.*) /\1/p" | sed -E 's/\bat 0x1[0-9a-f]{5}\b/at E/;
		s/64 calls in one.*Goodbye\.$/-/')" "$wanted" "$words"
done < "$tmp/lies"
judge H1

# What is counted is what is seen.
counted() {
	echo "$err" | awk -v what="$1" '/^lguest: / && $2 ~ what { n += $3 } END { print n }'
}
is "$(echo "$out" | grep -c '^event lguest_exit: ')" "$(counted '^[^r]')" "as many exits are seen as are counted"
is "$(echo "$out" | grep -c '^event lguest_hypercall: ')" "$(counted '^(hypercall|ring)$')" \
	"as many hypercalls are seen as are counted"
is "$(echo "$out" | sed -n "s/^event .* 18 (0xe, \(0x[0-9a-f]*\),.*/\1/p" | head -n "$many")" \
	"$(for i in $(seq "$many"); do printf '0x%x\n' "$i"; done)" "... in the order in which they were made"

# Later chapters may answer otherwise, but not worse.
run_lab --add "$tmp/lies" --add "$tmp/tell" -- '. ./tell'
judge "the whole book"
is "$(echo "$out" | grep -cE '\|(1 lguest: .|0 .*(Goodbye|Done))')" "$(wc -l < "$tmp/lies")" \
	"the whole book: each lie gets a sentence, or the Guest goes on"

# Whoever has the device meets a ring that is half done, or takes it away.
cat > "$tmp/table" <<'END'
a ring that stops three times|open init=ring read read read read read|16 0x3101 0x3102 0x3103 0x3104 0x3105
an eventfd does not stop the ring|open init=ring eventfd=0x3102 read events read events read|16 0 0x3101 0 0x3103 1 0x3104
nor does one for the call that comes after it|open init=ring eventfd=0x3104 read read read read events|16 0 0x3101 0x3102 0x3103 0x3105 1
a break while a ring is half done|open init=ring read breaker read read break=0 breakers read read|16 0x3101 EAGAIN EAGAIN 0 0 0x3102 0x3103
no room for what stopped the ring|open init=ring read readto=0 readto=0 read read|16 0x3101 EFAULT EFAULT 0x3102 0x3103
a ring that is gone half-way|open init=ring read unmap=2 read why|16 0x3101 ENOENT lguest_data at 0x2000 is gone.
a ring whose calls are gone|poke=0x5514,0x80 open init=straddle read unmap=5 read why|16 0x3000 ENOENT lguest_data at 0x4fa8 is gone.
a ring whose calls are there|poke=0x5514,0x80 open init=straddle read read|16 0x3000 0x3001
a ring that cannot be marked|open init=ring read readonly=2 read why|16 0x3101 ENOENT lguest_data at 0x2000 is gone.
END
drive_device --smp 2 --cpu max
done_testing
