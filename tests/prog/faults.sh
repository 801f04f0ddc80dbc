# SPDX-License-Identifier: GPL-2.0-only
#
# What fails under Guests: the Launcher is killed, memory ends, a disk is full, the
# network goes, time jumps, Guests beget Guests. Nothing is lost, nothing is left, and
# the kernel says nothing but what it must. With a file "kills", as often as that says.

n=$(od -An -N2 -tu2 /dev/urandom | tr -d ' ')
KILLS=$(cat kills 2> /dev/null || echo 60)
dice() {
	echo $(($(od -An -N4 -tu4 /dev/urandom) % $1))
}
below() {
	[ "$1" -lt "$2" ]
}

# free_pages: those that a CPU keeps for itself included.
free_pages() {
	echo 3 > /proc/sys/vm/drop_caches
	echo > /proc/sys/vm/stat_refresh
	awk '/^ *(nr_free_pages|count:)/ { n += $2 } END { print n }' /proc/zoneinfo
}

# No memory is news enough for the kernel to say so with a trace, which is no complaint.
# Meanwhile its log is read here: what is left of it when that is taken out?
memory_ends() {
	dmesg -n 1
	dmesg -c > /dev/null
}
memory_is_back() {
	dmesg -c > /tmp/kernel
	dmesg -n 7
	awk '/invoked oom-killer|page allocation failure/ { trace = 1 }
		/Call Trace:/ && !trace { print }
		/ (Mem-Info|memory: usage|Tasks state)/ { trace = 0 }
		/(^|[^E])BUG[: ]|WARNING:|Oops|UBSAN|corruption|[Bb]ad page|refcount_t|stall/' /tmp/kernel > /tmp/try
	! grep -q . /tmp/try
	verdict $? "$1: the kernel has nothing else to say" "$(head -n 1 /tmp/try)"
}
# what_became STATUS: of a Launcher with little memory: killed, or one sentence, or well.
what_became() {
	case $1 in
	137) killed=$((killed + 1)) ;;
	0) well=$((well + 1)) ;;
	1) said=$((said + 1)) && [ "$(grep -c '^lguest: ' /tmp/little)" -eq 1 ] ;;
	*) false ;;
	esac || verdict 1 "little memory" "status $1, $(last_words /tmp/little)"
}

# Killed at any moment: when it starts, computes, moves data, prints.
truncate -s 256k image
truncate -s 6M large
one() {
	case $(($1 % 6)) in
	0) exec lguest 8 $P4 $1 1000000 ;;
	1) exec lguest --block=image 8 $L4 fill 0 $1 ;;
	2) exec lguest --tunnet=10.3.1.1 8 $L4 send 10.3.1.2 10.3.1.1 1000000 900 ;;
	3) exec lguest 8 ./stranger burst 100000000 ;;
	4) exec lguest --initrd=large --rng 24 $P4 $1 1000000 ;;
	5) exec lguest --block=image --tunnet=10.3.1.1 --rng 8 ./stranger fuzz $(($1 / 6 % 4 + 1)) $1 100000 ;;
	esac > /dev/null 2>&1
}
kills() {
	for i in $(seq $1); do
		(one $i) &
		usleep $(dice 80000)
		kill -9 $! 2> /dev/null
		wait $! 2> /dev/null
		case $? in 137 | 0) ;; *) return 1 ;; esac
	done
}
check "killed at some moments" kills 18
before=$(free_pages)
check "killed at $KILLS moments" kills $KILLS
lost=$((before - $(free_pages)))
below $lost 100
verdict $? "... which loses no memory" "$lost pages"
nothing_left "killed at $KILLS moments"

# The module is asked to go at once, again and again until it may.
gone_at_once() {
	for i in $(seq 10); do
		start lguest 8 $P3 loop
		! rmmod lg 2> /dev/null || return 1
		kill -9 $started
		await $$ rmmod lg || return 1
		wait $started
		insmod /lab/lg.ko || return 1
	done
}
check "the module goes as soon as the last Guest has died" gone_at_once

dead() {
	! alive $1
}

# Little memory for a Launcher, in a group that has only so much: its own memory, its
# page tables and ours.
mkdir -p /tmp/groups && mount -t cgroup2 none /tmp/groups && echo '+memory +pids' > /tmp/groups/cgroup.subtree_control ||
	verdict 1 "control groups" "there are none"
little=/tmp/groups/little
little_memory() {
	for i in $(seq 1 20); do
		mkdir -p $little && echo $((i * $1))k > $little/memory.max || return 1
		sh -c "echo \$\$ > $little/cgroup.procs; exec lguest --initrd=large 24 $P4 $i 3" > /tmp/little 2>&1
		what_became $?
	done
	rmdir $little
}
killed=0 well=0 said=0
memory_ends
little_memory 150
little_memory 450
memory_is_back "little memory for a Launcher"
[ $killed -gt 0 ] && [ $well -gt 0 ]
verdict $? "little memory for a Launcher: it is killed, or says so, or runs" "$killed, $said, $well"
echo "# little memory: $killed killed, $said said so, $well ran"
nothing_left "little memory for a Launcher"

# And little on the whole Host. A kernel that has killed somebody may choose the next one
# before that memory is back; who takes it all may be that, but nobody else.
chosen() {
	exec sh -c 'echo $0 > /proc/self/oom_score_adj; exec "$@"' "$@"
}
echo -1000 > /proc/$$/oom_score_adj
truncate -s 40M larger
killed=0 well=0 said=0
memory_ends
for i in 1 2 3 4 5 6; do
	chosen 0 ./hog $((i * 9000)) > /tmp/hog 2>&1 &
	hog=$!
	await $hog grep -q . /tmp/hog
	(chosen 1000 lguest --initrd=larger 64 $P4 $i 3 > /tmp/little 2>&1)
	what_became $?
	kill -9 $hog 2> /dev/null
	wait $hog
done
echo "# little memory on the Host, a Guest starts: $killed killed, $said said so, $well ran"
[ $killed -gt 0 ]
verdict $? "memory ends while a Guest starts: its Launcher is killed" "$killed, $said, $well"
# The Guest runs, and memory is taken until somebody has to die: the Launcher; then the
# one who takes.
for first in lguest hog; do
	case $first in lguest) guest=1000 other=0 ;; hog) guest=-1000 other=1000 ;; esac
	chosen $guest lguest --initrd=large 24 $P4 $n 1000000 > /tmp/little 2>&1 &
	launcher=$!
	await $launcher grep -q . /tmp/little
	chosen $other ./hog > /tmp/hog 2>&1 &
	hog=$!
	case $first in
	lguest)
		await $hog dead $launcher
		check "memory ends while a Guest runs: its Launcher is killed" dead $launcher ;;
	hog)
		await $launcher dead $hog
		check "... or another is, and the Guest runs on" alive $launcher ;;
	esac
	kill -9 $launcher $hog 2> /dev/null
	wait $launcher $hog
done
memory_is_back "little memory on the Host"
echo 0 > /proc/$$/oom_score_adj
try "... but who was killed" 0 '(hog)' grep -o 'Killed process [0-9]* ([a-z]*)' /tmp/kernel
nothing_left "little memory on the Host"

# A Guest's disk is a file for which there is no more room. What was flushed stays.
mkdir -p /tmp/full && mount -t tmpfs -o size=400k none /tmp/full && truncate -s 1M /tmp/full/image
start lguest --block=/tmp/full/image 8 $L4 flush 0 $n
hears $started '^Written .*, not flushed'
kill -9 $started
ended "a Guest has flushed" $started 137
cat /dev/zero > /tmp/full/rest 2> /dev/null
try "a full disk is an error of the Guest's disk" 1 '^lguest: CRASH: write: 1, not 0$' lguest --block=/tmp/full/image 8 ./stranger last $n
try "... but what was flushed is there" 0 "^ *$n\$" od -An -tu4 -N4 /tmp/full/image
try "... also where it is full halfway" 1 '^lguest: CRASH: request 1 at sector [0-9]+: status 1$' \
	lguest --block=/tmp/full/image 8 $L4 fill 0 $n
rm /tmp/full/rest
try "... and when there is room again, it is a disk" 0 "^Sector .*: $n\\.\$" \
	lguest --block=/tmp/full/image 8 ./stranger last $n
umount /tmp/full

# The network goes away under a Guest that sends, and under one that listens.
start lguest --tunnet=10.3.1.1 8 $L4 send 10.3.1.2 10.3.1.1 4000 900
hears $started '^I am'
check "the network goes" ip link del tap0
ended "... and the Guest goes on" $started 0
try "... to its end" 0 '^4000 packets' cat /tmp/said.$started
start lguest --tunnet=10.3.1.1 8 $L4 answer 10.3.1.2 1000
hears $started '^I am'
check "the network goes" ip link del tap0
check "... which the Launcher says" hears $started '^lguest: network: no packets come any more'
idle "... and then waits" $started
kill -15 $started
ended "... until it is to end" $started 143
try "another network is another" 0 '^5 pings, 5 replies' lguest --tunnet=10.3.1.1 8 $L4 ping 10.3.1.2 10.3.1.1 5
nothing_left "the network goes"

# Time jumps; a Guest's clock counts what has passed, not what o'clock it is.
jumps() {
	begin=$(hundredths)
	lguest 8 $H2 sleep 20 40 > /tmp/jumps 2>&1 &
	while alive $!; do
		date -s "@$((1000000000 + $(dice 1000000000)))" > /dev/null
		usleep 5000
	done
	took=$(($(hundredths) - begin))
	wait $! && grep -q '^Slept for 20 ticks' /tmp/jumps && [ $took -ge 75 ] && [ $took -lt 2000 ]
}
now=$(date +%s)
jumps
verdict $? "time jumps, and a Guest's clock does not" "$took hundredths, $(last_words /tmp/jumps)"
date -s "@$now" > /dev/null

# Guests beget Guests until there may be no more; then they all die at once.
cat > bomb <<-END
	echo \$\$ > /tmp/groups/bomb/cgroup.procs
	bomb() {
		while :; do
			lguest 4 $P4 1 1000000 &
			bomb &
			wait
		done
	}
	bomb
END
bombs() {
	for i in 1 2 3; do
		mkdir /tmp/groups/bomb && echo 80 > /tmp/groups/bomb/pids.max || return 1
		sh ./bomb > /dev/null 2>&1 &
		await $$ grep -q 'max [1-9]' /tmp/groups/bomb/pids.events || return 1
		usleep $(dice 200000)
		begotten=$(ls $counts | wc -l)
		echo 1 > /tmp/groups/bomb/cgroup.kill
		wait
		await $$ grep -q 'populated 0' /tmp/groups/bomb/cgroup.events && rmdir /tmp/groups/bomb || return 1
	done
}
check "Guests beget Guests, and all are killed" bombs
echo "# begotten: $begotten"
nothing_left "Guests beget Guests"
umount /tmp/groups
try "an honest Guest runs" 0 "^You said: $n" lguest 8 $P2 $n
