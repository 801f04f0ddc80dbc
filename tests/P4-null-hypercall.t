#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What P3 and P4 say that a null hypercall takes is what it takes. Of three runs
# that is the least: the Host's tick may fall into one.
. "${0%/*}/lib.sh"
[ "$kernel" = 686 ] || skip_all "the book counts on Debian's kernel as it is"

# said CHAPTER: the numbers that stand there.
said() {
	echo $(sed -n 's/^1000 null hypercalls took //p' "$top/chapters/$1"-*.nw)
}

# counted CHAPTER: the number, on its hypervisor.
counted() {
	run_lab --upto "$1" --icount -- '
		for run in 1 2 3; do
			lguest 8 /guests/p3-the-host-lives-on null 1000
		done'
	n=$(echo "$out" | sed -n 's/^1000 null hypercalls took //p' | sort -n | head -n 1)
}

counted P3
before=$n
is "$(said P3)" "$before" "P3 says what a null hypercall takes"
counted P4
is "$(said P4)" "$before $n" "P4 says what it took and takes"
done_testing
