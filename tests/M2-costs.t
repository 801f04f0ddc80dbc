#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What it costs: the Guest that measures, and that what the book says of a hypercall is
# so; and tables that all directories share, which spare page faults.
. "${0%/*}/lib.sh"
[ "${LAB_KERNEL:-686}" != debug ] || skip_all "what things cost is not the debug kernel's to say"
make -s -C "$top" module UPTO=M1 > "$tmp/build" 2>&1 || bail_out "$(tail -n 1 "$tmp/build")"
make -s -C "$top" module > "$tmp/build" 2>&1 || bail_out "$(tail -n 1 "$tmp/build")"
cp -R "$top/build/tree/all/guest" "$top/build/tree/all/include" "$tmp"
cp "$top/bench/costs.c" "$tmp/guest/h6-costs.c"
make -s -C "$tmp/guest" h6-costs || bail_out "bench/costs.c does not compile"

# Of three times the least: the Host's tick, one in 4 ms, falls into some. (They begin
# where it is that late in its turn; without, it may fall into the same thing each time.)
run_lab --icount --add "$tmp/guest/h6-costs" -- 'for ms in 1 2 3; do usleep ${ms}300; lguest 16 ./h6-costs || exit; done'
is "$status" 0 "the Guest measures, and ends well" || diag "$err"
for row in 'null hypercall' 'ring entry' 'SET_PTE' 'SET_PTE by the ring' 'system call, direct'; do
	echo "$out" | tr -d '\r' | awk -F ': ' -v row="$row" '$1 == row && (!least || $2 < least) { least = $2 } END { print row "|" least }'
done > "$tmp/now"
while IFS='|' read -r row now; do
	recorded=$(awk -F '\t' -v row="$row" '$1 == "host" && $2 == row { print $4 }' "$top/chapters/costs.tsv")
	awk "BEGIN { off = $now - $recorded; exit !($now > 0 && off * off <= ($recorded * .03) ^ 2) }"
	result $? "$row: the book says $recorded (make bench-record renews it)" || diag "it is $now"
done < "$tmp/now"

# Who is passed on the way, and which chunks: all but the instructions, whose addresses
# are the kernel's affair.
for round in hypercall fault; do
	run "$top/tools/profile" $round --round
	is "$(echo "$out" | grep -v '^	')" "$(grep -v '^	' "$top/chapters/$round.round")" \
		"a $round goes the way that the book shows (make bench-record renews it)" || diag "$err"
done

# The same program with what M1 left, and with what this chapter adds.
filled() {
	run_lab --icount "$@" -- 'lguest --stats 8 /guests/h6-keeping-the-shadows-true 1'
	echo "$out" | grep -q '^I still have 1: 0 errors\.' || diag "it said: $out"
	filled=$(echo "$err" | tr -d '\r' | sed -n 's/^lguest: filled //p')
}
filled --upto M1
before=$filled
filled
like "$before $filled" '^[1-9][0-9]* [1-9][0-9]*$' "both count what was filled in"
[ "$filled" -lt $((before * 3 / 4)) ]
result $? "what the kernel has touched in one directory is there in all: at least a quarter less is filled in" ||
	diag "$before before, $filled now"
done_testing
