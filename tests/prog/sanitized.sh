# SPDX-License-Identifier: GPL-2.0-only
#
# What a Launcher does besides running a Guest, for one that sanitizers watch.
# Chapters that teach it more add to this.
n=$(date +%s)
try "a dynamic Launcher is what runs" 0 '^1$' grep -c libasan /bin/lguest
try "--help" 0 '^Usage: lguest ' lguest --help
try "--stats" 0 '^lguest: hypercall [0-9]+$' lguest --stats 8 $P4 $n 3
try "... and what the Guest said" 0 "^Guest $n: 3 rounds, 0 bad" lguest --stats 8 $P4 $n 3
try "a Guest that does wrong" 1 '^lguest: Bad hypercall 77$' lguest 8 $P2 call 77
try "a Guest that is let down" 1 '^lguest: page fault at 0x900000' lguest 8 $P2 touch 0x900000
start lguest 8 $P4 $n 1000000
kill -15 $started
ended "a Launcher that is asked to end" $started 143

# Devices. Whatever a Guest does to them, what it says last must come.
for word in index head next circle pages wraps above length disorder many nested \
	empty odd elsewhere circles longest features failed; do
	echo "$n" > /tmp/line
	try "a Guest that lies: $word" 0 "^You typed $n, " sh -c "lguest 8 $L3 $word < /tmp/line"
done
seq 300 > /tmp/lines
try "a Guest that is typed to" 0 '^You typed 300, 3 characters' sh -c "lguest 8 $L3 x < /tmp/lines"
try "... and has its input taken away" 0 '^Goodbye' sh -c "lguest 8 $L4 x <&-"
try "... and its output" 1 '^lguest: cannot write' sh -c "lguest 8 $L3 x < /tmp/lines > /dev/full"
try "a Guest with much to say" 0 '^0123456789$' lguest 8 ./stranger burst 66000
try "a Guest that leaves no room for what is typed" 0 "^My console is gone, $n" \
	sh -c "lguest 8 ./stranger noroom $n < /tmp/line"
truncate -s 256k /tmp/image
disk=--block=/tmp/image net=--tunnet=10.1.2.1:02:00:00:00:00:01
try "a disk that is filled" 0 "^Filled 64 pieces from $n, 0 bad" lguest $disk 8 $L4 fill 0 $n
# LeakSanitizer reads /proc, which is not there then.
try "... by a Launcher that has given up root" 0 "^Filled 64 pieces from $n, 0 bad" \
	env ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 lguest --username=1234 --chroot=/tmp $disk 8 $L4 fill 0 $n
try "... that is asked for what it must refuse" 0 '^a write: status 0$' lguest $disk 8 $L4 refused 0
try "... in odd pieces" 0 "^1024 of 1024 bytes" lguest $disk 8 ./stranger pieces $n
try "... for a name" 0 '^Disk 0: 256 KB, "/tmp/image"' lguest $disk 8 $L4 x
try "a network that is asked" 0 '^5 pings, 5 replies' lguest $net 8 $L4 ping 10.1.2.2 10.1.2.1 5
start lguest $net 8 $L4 answer 10.1.2.2 3
hears $started '^I am'
check "... and answers" ping -c 3 -i 0.02 10.1.2.2
ended "... as often as it must" $started 0
try "... and is given garbage" 0 '^5 pings, 5 replies' \
	lguest $net 8 ./stranger garbage 10.1.2.2 10.1.2.1 5
start lguest $net 8 ./stranger deaf $n
ip link del tap0
idle "... and is taken away" $started
kill -15 $started
ended "... until the end" $started 143
try "random bytes" 0 '^8192: 4096$' lguest --rng 8 ./stranger random
for type in 1 2 3 4; do
	# What a console was made to say may stand before it on its line.
	try "noise for device $type" 0 "500 rounds of $type $n 500" \
		sh -c "lguest $disk $net --rng 8 ./stranger fuzz $type $n 500 | tail -n 2"
done
refuses "a disk that is none" 'nonesuch: No such file or directory' lguest --block=nonesuch 8 $L4 x
refuses "a network that is none" '--tunnet=x:1: wanted .*' lguest --tunnet=x:1 8 $L4 x
refuses "a user who is none" 'nobody: no such user in /etc/passwd' lguest --username=nobody 8 $L4 x
nothing_left "a Launcher that is watched"
