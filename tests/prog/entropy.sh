# SPDX-License-Identifier: GPL-2.0-only
#
# Random bytes, as many as there are.
draw() {
	lguest --rng 8 $L4 random "$1" > "$2" 2> /tmp/try && grep -q '^Goodbye\.$' "$2"
}
check "entropy: a page of it" draw 1024 /tmp/first
check "... and another" draw 1024 /tmp/second
distinct() {
	grep -xE '[0-9a-f]{1,8}' /tmp/first /tmp/second -h | sort -u | wc -l
}
[ "$(distinct)" -gt 2040 ]
verdict $? "... in which no number comes again" "$(distinct) of 2048"
! grep -qx 0 /tmp/first || ! grep -qx 0 /tmp/second
verdict $? "... nor is it nothing" "zeros"
check "none, and that is what comes" draw 0 /tmp/none
[ "$(wc -l < /tmp/none)" -eq 1 ]
verdict $? "... indeed" "$(wc -l < /tmp/none) lines"
try "a number by itself" 0 '^A random number: [0-9]+\.$' lguest --rng 8 $L4 x
try "no device, no entropy" 1 '^lguest: CRASH: no entropy$' lguest 8 $L4 random 1
lguest --rng 8 ./stranger random > /tmp/said 2> /tmp/try
[ "$(tr '\n' ' ' < /tmp/said)" = '0: 0 1: 1 4096: 4096 4097: 4096 8192: 4096 My device is gone. Goodbye. ' ]
verdict $? "any length, but no more than a page" "$(tr '\n' ' ' < /tmp/said)"
[ "$(cat /tmp/try)" = 'lguest: entropy: no room for random bytes; the device stops' ]
verdict $? "... and nothing without a place for it" "$(last_words /tmp/try)"
noise() {
	lguest --rng 8 ./stranger fuzz 4 7 400 > /tmp/said 2> /tmp/err
	status=$?
	grep -v '^lguest: entropy: .*; the device stops$' /tmp/err && return 1
	[ $status -eq 0 ] && [ -s /tmp/err ]
}
check "entropy: a queue full of noise" noise
nothing_left "entropy"
