#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What the book says of each Guest's switches is what happens. Interrupts are
# left out: how many there are depends on the kernel and on QEMU.
. "${0%/*}/lib.sh"

"$top/tools/exits" > "$tmp/counted" || bail_out "nothing could be counted"
for chapter in $(cut -f 1 "$tmp/counted" | uniq); do
	for file in "$tmp/counted" "$top/chapters/exits.tsv"; do
		grep "^$chapter	" "$file" | grep -v interrupt > "$tmp/${file##*/}.$chapter"
	done
	is "$(cat "$tmp/exits.tsv.$chapter")" "$(cat "$tmp/counted.$chapter")" \
		"$chapter: chapters/exits.tsv is true (make exits renews it)"
done
done_testing
