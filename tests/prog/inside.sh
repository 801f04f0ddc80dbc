# SPDX-License-Identifier: GPL-2.0-only
#
# Inside the lab machine: what the lists of tests have in common. Each test
# prints one line, "ok - what" or "not ok - what: what happened instead".

P1=/guests/p1-there-and-back
P2=/guests/p2-the-guest-speaks
P3=/guests/p3-the-host-lives-on
P4=/guests/p4-coming-and-going
probe=/sys/kernel/debug/probe
counts=/sys/kernel/debug/lguest
cpus=$(nproc)

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
	verdict $? "$what" "status $status, $(tail -n 1 /tmp/try)"
}

# check WHAT COMMAND...: it succeeds.
check() {
	what=$1
	shift
	"$@" > /tmp/try 2>&1
	verdict $? "$what" "$(tail -n 1 /tmp/try)"
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

# ended WHAT NUMBER WANTED-STATUS
ended() {
	wait "$2"
	status=$?
	[ $status -eq "$3" ]
	verdict $? "$1" "status $status, $(tail -n 1 /tmp/said."$2")"
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
