#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The Launcher under gcc's address and undefined behaviour sanitizers runs every
# chapter's Guest and has nothing to be blamed for. (A fault makes it end with a
# status that nothing here expects.)
. "${0%/*}/prog/lib.sh"
build_programs
build_stranger
machine --sanitized --modprobe tun -- basic sanitized

# That they see, in a Launcher that does wrong on purpose.
tree=$tmp/tree
cp -R "$trees/all" "$tree"
cp "$prog/broken.c" "$tree/launcher/"
run_lab --sanitized --tree "$tree" -- '
	for how in none overflow thread number leak; do
		echo "== $how"
		BROKEN=$how lguest 8 /guests/p2-the-guest-speaks hello 2>&1
		echo "status $?"
	done'

# says HOW STATUS REGULAR-EXPRESSION DESCRIPTION
says() {
	said=$(echo "$out" | awk -v how="$1" '/^== / { on = $2 == how } on')
	like "$(echo "$said" | tr '\n' '~')" "$3.*~status $2~\$" "$4"
}
says none 0 '~You said: hello~' "a Launcher that is right ends as it does"
says overflow 98 '~==[0-9]+==ERROR: AddressSanitizer: heap-buffer-overflow .*broken\.c:' \
	"one byte too far ends it, with another status"
says thread 98 '~==[0-9]+==ERROR: AddressSanitizer: heap-buffer-overflow .*broken\.c:' \
	"... in a thread as well"
says number 98 '~broken\.c:[0-9:]+ runtime error: signed integer overflow' \
	"so does a number that is too large"
says leak 98 '~==[0-9]+==ERROR: LeakSanitizer: detected memory leaks' "and memory that is forgotten"
done_testing
