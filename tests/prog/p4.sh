# SPDX-License-Identifier: GPL-2.0-only
#
# Coming and going: many Guests, many times, while CPUs come and go as well.

finished='rounds, 0 bad\. Goodbye\.$'

# many FIRST LAST ROUNDS: so many Guests at once, each held to its own numbers.
many() {
	all=''
	for i in $(seq "$1" "$2"); do
		start lguest 8 $P4 $i "$3"
		all="$all $started"
	done
}

all_finished() {
	for one in $all; do
		wait $one && grep -q "^Guest .* $finished" /tmp/said.$one || return 1
	done
}

many 1 4 20
check "four Guests at once" all_finished

# Two of one Launcher; either may be the first to go.
try "two of one Launcher, the first goes first" 0 "^Guest 6: 100 $finished" \
	./launch threads $P4 '5 3+6 100'
try "... the second goes first" 0 "^Guest 7: 100 $finished" \
	./launch threads $P4 '7 100+8 3'
try "... and then it has no Switcher" 0 '^Launcher: clean' ./launch threads $P4 '5 1+6 1'
try "a child inherits the file" 0 '^Parent: CRASH: Power down' ./launch forked $P2 hello
try "... but not the Guest" 0 '^Child: refused' ./launch forked $P2 hello
try "... whose memory stays its Launcher's" 0 '^You said: to both' ./launch forked $P2 'to both'
nothing_left "two of one Launcher"

# The module comes and goes, but not under a Guest.
start lguest 8 $P3 loop
try "rmmod is refused while a Guest lives" 1 'temporarily unavailable' rmmod lg
check "... which does not notice" kill -0 $started
kill -9 $started
ended "... and is killed" $started 137
twenty_times() {
	for i in $(seq 20); do
		rmmod lg && ! grep -q 'pge 0' $probe/cpus && insmod /lab/lg.ko &&
			! grep -q 'pge 1' $probe/cpus && lguest 8 $P3 $i &&
			lguest 8 $P4 $i 1 || return 1
	done
}
! has pge || check "the module goes and comes, twenty times" twenty_times

# The pages that are free, those that a CPU keeps for itself included.
free_pages() {
	echo 3 > /proc/sys/vm/drop_caches
	echo > /proc/sys/vm/stat_refresh
	awk '/^ *(nr_free_pages|count:)/ { n += $2 } END { print n }' /proc/zoneinfo
}
# The second hundred Guests find as much free memory as the first.
hundred() {
	for i in $(seq 50); do
		lguest 8 $P3 $i &
		lguest 8 $P2 hello || return 1
		wait $!
	done > /dev/null
}
mapped() {
	awk '/^VmallocUsed/ { print $2 }' /proc/meminfo
}
check "a hundred Guests" hundred
before=$(free_pages) used=$(mapped)
check "... and another" hundred
lost=$((before - $(free_pages)))
[ $lost -lt 50 ]
verdict $? "... lose no memory" "$lost pages"
[ $(($(mapped) - used)) -le 0 ]
verdict $? "... nor kernel addresses" "$(($(mapped) - used)) kB"
nothing_left "a hundred Guests"

# Killed at any moment, starting up included.
killed() {
	for i in $(seq 50); do
		lguest 8 $P4 $i 1000000 > /dev/null &
		usleep $(($(od -An -N2 -tu2 /dev/urandom) / 2))
		kill -9 $!
		wait $! 2> /dev/null
		[ $? -eq 137 ] || return 1
	done
}
check "killed at fifty moments" killed
nothing_left "killed at fifty moments"

# A CPU goes and comes back under Guests. What the Host sets up afresh there,
# we must have put aside again before a Guest comes.
plug() {
	for i in $(seq 10); do
		echo 0 > /sys/devices/system/cpu/cpu1/online &&
			echo 1 > /sys/devices/system/cpu/cpu1/online &&
			! grep -q 'pge 1' $probe/cpus &&
			taskset 2 lguest 8 $P3 $i > /dev/null || return 1
	done
}
if [ "$cpus" -gt 1 ]; then
	start lguest 8 $P3 loop; busy=$started
	many 11 13 400
	check "a CPU goes and comes back" plug
	check "... under Guests that do not notice" all_finished
	check "... nor does one that loops" kill -0 $busy
	kill -9 $busy
	ended "... which dies" $busy 137
	nothing_left "a CPU goes and comes back"
fi
check "the module goes" rmmod lg
! has pge || try "... and global pages come back" 1 '' grep 'pge 0' $probe/cpus
