#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# H7: no descriptor is a way into ring 0, and threads keep what is theirs; and that
# without the lines that the chapter explains, there would be a way.
. "${0%/*}/prog/lib.sh"

build_programs
build_guest segments h4

awk -v first=$(($(made_up) % 1000000)) 'BEGIN {
	print first
	for (n = first; n < first + 9; n++)
		printf "%d %.0f\n", n, 1000 * sqrt(n)
}' > "$tmp/prog/roots"
limit=$(scaled 300)
machine --smp 1 --timeout "$limit" -- h7
machine --smp 2 --cpu max --timeout "$limit" -- h7

# The hypervisor without some of its lines, in which the same attack succeeds.
without() {
	attack=$1 found=$2 pattern=$3
	shift 3
	cp -a "$trees/all" "$tmp/without" && "$top/tools/tangle" --lines "$@" "$tmp/without" > "$tmp/build" 2>&1 &&
		make -C "$tmp/without" KDIR="$headers" > "$tmp/build" 2>&1 && touch "$tmp/without/built" ||
		bail_out "without $*: $(tail -n 1 "$tmp/build")"
	# shellcheck disable=SC2086
	run_lab --tree "$tmp/without" -- "lguest 8 /guests/h7-segments-tls-fpu $attack"
	like "$out" "$pattern" "$attack: $found"
	rm -rf "$tmp/without"
}
without gate "with no distrust of system descriptors, it is ring 0" '^In ring 0: cr3 is 0x[1-9a-f]' \
	--omit 'no system descriptors' --omit 'the CPU need not write'
without int3 "with segments for ring 0, it is ring 0" '^In ring 0: cr3 is 0x[1-9a-f]' \
	--omit 'nothing for ring 0'
done_testing
