# SPDX-License-Identifier: GPL-2.0-only
#
# Segments distrusted: a Guest that wants into ring 0 does not get there, and the
# Host does not mind; and threads, each with memory and an FPU of its own.
H7=/guests/h7-segments-tls-fpu
seed=$(date +%s)
gone='^lguest: bad segment register or return address$'

# The table that the CPU uses can be read on one CPU at a time.
try "all kinds of descriptors, in all places, by all calls" 0 '^21504 descriptors as they should be' \
	taskset 1 lguest 8 ./segments table $seed
try "every vector, from rings 1 and 3" 0 '^Goodbye' lguest 8 ./segments vectors
try "odd instructions, their traps reflected" 0 '^Goodbye' lguest 8 ./segments odd
try "... and direct" 0 '^Goodbye' lguest 8 ./segments direct odd
try "selectors of every kind" 0 ' tried, .* landings 0 [1-9]' lguest 8 ./segments selectors 512
for kind in 0xa1 0xa2 0xa4 0xa5 0xa9 0xab 0xac 0xad 0xae; do
	try "a descriptor of kind $kind is no way in" 0 '^Not in ring 0' lguest 8 ./segments kind $kind
done
place=$((1 + seed % 9))
try "all kinds in place $place, and all that can be done with them" 0 ' tried, .* landings 0 ' \
	lguest 8 ./segments kinds $place $((place + 1))
place=$((16 + seed % 16))
try "... in place $place" 0 ' tried, .* landings 0 ' lguest 8 ./segments kinds $place $((place + 1))
for type in '' direct; do
	try "random descriptors, random uses $type ($seed)" 0 '^20000 tried, .* landings 0 [1-9]' \
		lguest 8 ./segments $type storm 20000 $seed
done

try "memory through each of the three entries of a thread" 0 "Entry 8 leads to $((seed + 2))\.\$" \
	lguest 8 ./segments tls $seed
for entry in 6 7; do
	grep -qx "Entry $entry leads to $((seed + entry - 6))\." /tmp/try
	verdict $? "... entry $entry" "$(cat /tmp/try)"
done

# What becomes of segment 12 (where gates lead), 13 and 14 while they are in use; the
# gates of what a bad segment raises in the Host (10, 11, 12) may be direct.
while read -r fate num kind; do
	for type in '' direct; do
		if [ "$fate" = stays ]; then
			try "segment $num becomes of kind $kind $type: the Guest goes on" 0 '^Still here' \
				lguest 8 ./segments $type under $num $kind
		else
			try "segment $num becomes of kind $kind $type: it ends" 1 "$gone" \
				lguest 8 ./segments $type under $num $kind
		fi
	done
done <<-'END'
	stays 14 0x93
	stays 14 0x92
	stays 14 0x97
	stays 14 0xf3
	ends 14 0x80
	ends 14 0x13
	ends 14 0xac
	ends 13 0x13
	ends 13 0x9b
	ends 13 0xd3
	ends 13 0xa9
	stays 13 0x97
	ends 12 0x1b
	ends 12 0x93
	ends 12 0xfb
	ends 12 0xff
	stays 12 0x9f
	stays 12 0xbf
END
for kind in 0x9a 0x9b 0xbb 0x9f 0xbf; do
	try "a gate without exit into kind $kind" 0 '^Landed in ring 1' lguest 8 ./segments twelve $kind
done
for kind in 0xfb 0xdb 0x93 0x1b 0x8c 0x89 0xff; do
	try "a gate without exit into kind $kind, which iret will not have" 1 "$gone" lguest 8 ./segments twelve $kind
done

try "a call gate is no way in" 0 '^Refused: vector 11, error 0x88' lguest 8 $H7 gate
try "no registers that its kernel cannot save" 0 '^Refused: vector 6,' lguest 8 $H7 wide
grep -q '^XSAVE: .*, the kernel does not\.$' /tmp/try
verdict $? "... nor are they offered" "$(cat /tmp/try)"
try "nor is a breakpoint into ring 0" 0 '^Refused: vector 13, error 0x0' lguest 8 $H7 int3

# Numbers made up for this run, and their roots, which no awk in here can find.
first=$(head -n 1 roots)

# Threads, while others want the FPU: Guests, a Launcher, and the Host's tasks.
check_roots() {
	for which in 0 1 2; do
		n=$(($2 + which))
		root=$(sed -n "s/^$n //p" roots)
		grep -qx "Thread $which: 1000 times the root of $n is $root, 0 bad\." /tmp/said.$1 || return 1
	done
}

# Move a process between the CPUs until it has ended.
wander() {
	while kill -0 $1 2> /dev/null; do
		for mask in 1 2 3; do
			taskset -p $mask $1 > /dev/null 2>&1
		done
		usleep 1000
	done
}

./task sse 40 > /tmp/task & task=$!
threads=''
for i in 1 2 3; do
	lguest --stats 8 $H7 $((first + i)) 60 > /tmp/said.t$i 2>&1 &
	threads="$threads $!"
	[ $cpus -eq 1 ] || wander $! &
done
try "an older Guest holds what it has" 0 '^Held 33, 0 bad' lguest 8 $P3 'hold' 33
i=0
for one in $threads; do
	i=$((i + 1))
	wait $one
	status=$?
	[ $status -eq 0 ] && check_roots t$i $((first + i))
	verdict $? "threads keep what is theirs, $i" "status $status, $(cat /tmp/said.t$i)"
	turns=$(sed -n 's/^lguest: trap-7 //p' /tmp/said.t$i)
	[ "${turns:-0}" -ge 3 ]
	verdict $? "... and took the FPU from each other" "$(cat /tmp/said.t$i)"
done
wait $task
verdict $? "a task of the Host's keeps its registers" "$(cat /tmp/task)"
try "a Guest after them finds a fresh FPU" 0 '^1000 times the root of 2 is 1414\.$' lguest 8 $P3 2
nothing_left "after segments and threads"
