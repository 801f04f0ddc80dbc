#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Direct traps: the same frames and the same ends as in H3, but for those that the
# chapter names; stacks that are kept; and that the Host does not hear of them.
. "${0%/*}/prog/traps.sh"
build_trapper
cat "$tmp/traps" "$tmp/kept" > "$tmp/table"
try_traps 1

# traps STATS: the vectors for which there is a count.
traps() {
	echo "$1" | sed -n 's/^lguest: \(trap-[0-9]* [0-9]*\)$/\1/p' | tr '\n' ' '
}

n=$(($(made_up) % 1000000))
run_lab -- "lguest --stats 8 /guests/h4-direct-traps $n"
is "$status" 0 "the chapter's Guest ends well" || diag "$err"
like "$out" "^The program ended with $n\.\$" "... with the number that it was given"
like "$out" '^1000 system calls, 1000 breakpoints, 1000 divisions by zero\.$' "... and all its traps"
like "$err" '^lguest: hypercall [1-9]' "there are counts"
is "$(traps "$err")" "" "exits for vector 0x80, for breakpoints, for divisions: none"

# By interrupt gates they come to the Host, and it counts them.
run_lab --add "$tmp/trapper" -- 'lguest --stats 8 ./trapper calls interrupt 3 500
	lguest --stats 8 ./trapper calls trap 3 500 2>&1 | sed "s/^lguest: trap/&s/"'
is "$(traps "$err")" "trap-128 501 " "501 system calls by an interrupt gate: 501 exits"
like "$out" '^Ended with 500\.$' "... and by a trap gate"
unlike "$out" '^lguest: traps-' "no exit"
done_testing
