#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Reflected traps: each word of each frame, who may come through which gate, stacks
# that are none, and Guests that trap for ever; then what H3's Guest does and counts.
. "${0%/*}/prog/traps.sh"
build_trapper
cp "$tmp/traps" "$tmp/table"
try_traps 0 --upto H3

# The programs of the chapter's Guest.
n=$(($(made_up) % 1000000))
run_lab --upto H3 -- "lguest --stats 8 /guests/h3-traps $n"
is "$status" 0 "the chapter's Guest ends well" || diag "$err"
cat > "$tmp/wanted" <<END
In ring 1, 1 / 0 = $n.
A program that is good:
"Hello from ring 3."
It ended with $n.
A program that is bold:
"My kernel was not to be deceived."
It ended with 38.
A program that is deaf:
Killed: protection fault (vector 13, error 0x0).
It ended with 269.
A program that is dividing:
Killed: division error (vector 0, error 0x0).
It ended with 256.
A program that is treacherous:
Killed: protection fault (vector 13, error 0xfa).
It ended with 269.
A program that is debugged:
Killed: breakpoint (vector 3, error 0x0).
It ended with 259.
Goodbye.
END
is "$out" "$(cat "$tmp/wanted")" "... and says what the chapter says"
is "$(echo "$err" | grep '^lguest: trap-' | tr '\n' ' ')" \
	"lguest: trap-0 2 lguest: trap-3 1 lguest: trap-13 2 lguest: trap-128 7 " \
	"twelve traps, each of which came to the Host"
done_testing
