# SPDX-License-Identifier: GPL-2.0-only
#
# Inside the lab machine: what the lists of tests have in common. Each test
# prints one line, "ok - what" or "not ok - what: what happened instead".

P1=/guests/p1-there-and-back
P2=/guests/p2-the-guest-speaks
P3=/guests/p3-the-host-lives-on
P4=/guests/p4-coming-and-going
L2=/guests/l2-dev-lguest
L3=/guests/l3-devices
L4=/guests/l4-disk-network-entropy
H2=/guests/h2-interrupts-and-the-clock
probe=/sys/kernel/debug/probe
counts=/sys/kernel/debug/lguest
cpus=$(nproc)
case $(uname -r) in *-debug) patience=120 ;; *) patience=30 ;; esac

begin() {
	insmod ./probe.ko || exit 1
}

has() {
	grep -qw "^flags.* $1" /proc/cpuinfo
}

# verdict STATUS WHAT WHY-NOT
verdict() {
	if [ "$1" -eq 0 ]; then
		echo "ok - $2"
	else
		echo "not ok - $2: $3"
	fi
}

# What a command said last, or what a sanitizer says in short.
last_words() {
	grep -m 1 '^SUMMARY:' "$1" || tail -n 1 "$1"
}

# try WHAT WANTED-STATUS WANTED-LINE COMMAND...: it ends like that, and has
# printed a line that matches; "" wants none at all.
try() {
	what=$1 wanted=$2 line=$3
	shift 3
	"$@" > /tmp/try 2>&1
	status=$?
	if [ "$line" ]; then
		grep -qE -e "$line" /tmp/try
	else
		! grep -q . /tmp/try
	fi && [ $status -eq "$wanted" ]
	verdict $? "$what" "status $status, $(last_words /tmp/try)"
}

# check WHAT COMMAND...: it succeeds.
check() {
	what=$1
	shift
	"$@" > /tmp/try 2>&1
	verdict $? "$what" "$(last_words /tmp/try)"
}

# refuses WHAT LINE COMMAND...: it ends with 1 and has said this line, no other.
refuses() {
	what=$1 line=$2
	shift 2
	"$@" > /tmp/out 2> /tmp/try
	status=$?
	[ $status -eq 1 ] && [ "$(wc -l < /tmp/try)" -eq 1 ] && [ ! -s /tmp/out ] &&
		grep -qxE -e "lguest: $line" /tmp/try
	verdict $? "$what" "status $status, $(wc -l < /tmp/try) lines, $(last_words /tmp/try)"
}

# start COMMAND...: in the background, up to its first line. Its number is in
# $started, what it says in /tmp/said.NUMBER.
start() {
	sh -c 'exec "$@" > /tmp/said.$$ 2>&1' - "$@" &
	started=$!
	until grep -q . /tmp/said.$started 2> /dev/null; do
		usleep 1000
	done
}

# ended WHAT NUMBER WANTED-STATUS: if it does not end by itself, it is ended, with 137.
ended() {
	await "$2" false
	! alive "$2" || kill -9 "$2"
	wait "$2"
	status=$?
	[ $status -eq "$3" ]
	verdict $? "$1" "status $status, $(last_words /tmp/said."$2")"
}

# alive NUMBER: it has not ended, and is no zombie.
alive() {
	[ -e "/proc/$1/exe" ]
}

# await NUMBER COMMAND...: until the command succeeds, or the process ends, or half a
# minute is over (two on the debug kernel, where all is slow, memory most of all).
await() {
	whose=$1
	shift
	read -r up _ < /proc/uptime
	last=$((${up%.*} + patience))
	until "$@" 2> /dev/null; do
		read -r up _ < /proc/uptime
		alive "$whose" && [ "${up%.*}" -lt $last ] || return 1
		usleep 1000
	done
}

# hears NUMBER LINE: until it says this, or ends.
hears() {
	await "$1" grep -qE -e "$2" "/tmp/said.$1"
}

# The CPU time of a Launcher's threads: of the one that runs the Guest, or of those
# that serve its devices. In hundredths of a second.
cpu_time() {
	for thread in /proc/$1/task/*; do
		case ${thread##*/} in
		"$1") who=guest ;;
		*) who=devices ;;
		esac
		[ $who != "$2" ] || cat "$thread/stat" 2> /dev/null
	done | awk '{ n += $14 + $15 } END { print n + 0 }'
}

# idle WHAT NUMBER: while the Guest computes or sleeps, the threads of its devices do
# nothing.
idle() {
	before=$(cpu_time "$2" devices)
	end=$(($(hundredths) + 100))
	while alive "$2" && [ "$(hundredths)" -lt $end ]; do
		usleep 10000
	done
	spent=$(($(cpu_time "$2" devices) - before))
	alive "$2" && [ $spent -le 5 ]
	verdict $? "$1" "they have computed for $spent of 100"
}

hundredths() {
	tr -d . < /proc/uptime | cut -d ' ' -f 1
}

# Terminals for terminal.c.
make_terminals() {
	[ -e /dev/pts/ptmx ] || { mkdir -p /dev/pts && mount -t devpts -o ptmxmode=666 none /dev/pts; }
}

# The pages that are held for a process's Guests, and how often its Guest came
# back for a reason.
pinned() {
	awk '/^VmPin/ { print $2 / 4 }' "/proc/$1/status"
}

came_back() {
	awk -v why="$2" '$1 == why { print $2 }' "$counts/$1"-*
}

# Nothing of any Guest is left.
nothing_left() {
	try "$1: no Guest is left in debugfs" 0 '^0$' sh -c "ls $counts | wc -l"
	try "$1: the Switcher is in no process" 0 '^0$' sh -c "wc -l < $probe/slots"
	try "$1: nobody has the device open" 0 '^lg [0-9]+ 0 ' cat /proc/modules
	echo > /proc/sys/vm/stat_refresh
	try "$1: every page that was held is released" 0 '^same$' awk \
		'/^nr_foll_pin/ { n[i++] = $2 } END { print n[0] == n[1] ? "same" : n[0] - n[1] }' \
		/proc/vmstat
}
