# SPDX-License-Identifier: GPL-2.0-only
#
# Every chapter's Guest runs here, with all the memory there may be, and the
# settings of this processor are put aside and taken back.
half=$(($(awk '/^MemTotal/ { print $2 }' /proc/meminfo) / 2048))
n=$(date +%s)

try "P1: there and back" 1 "^lguest: CRASH: here in ring 1 with cs 0x61: $n\$" lguest 8 $P1 $n
try "P2: the Guest speaks" 0 "^You said: $n\$" lguest 8 $P2 $n
try "P2: the last byte of $half MB" 0 "^0x$(printf %x $(((half << 20) - 1))): 0\$" \
	lguest $half $P2 touch 0x$(printf %x $(((half << 20) - 1)))
! has sse || try "P3: the Host lives on" 0 '^1000 times the root of 2 is 1414\.$' lguest 8 $P3 2
try "P4: coming and going" 0 "^Guest $n: 5 rounds, 0 bad" lguest 8 $P4 $n 5
start lguest 8 $P4 2 1000000
check "a task goes on meanwhile" ./task none 5
kill -9 $started
ended "... and ends the Guest" $started 137
if has sep && has sse; then
	try "sysenter is a fault" 1 '^lguest: unhandled trap 13 ' lguest 8 $P3 sysenter
	check "... and the Host's own works" ./task sysenter 3
fi
for bit in smep smap umip; do
	! has $bit || try "$bit is in force in the Host" 1 '' grep "$bit 0" $probe/cpus
done
nothing_left "every chapter's Guest"
