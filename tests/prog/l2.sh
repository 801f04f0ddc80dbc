# SPDX-License-Identifier: GPL-2.0-only
#
# Whoever has the device: a Launcher that is asked for a look, a Guest that is
# started again, and Launchers that are pestered by their own threads.

# look PROCESS N: ask for the Nth look, and wait until it has been printed.
look() {
	kill -USR1 "$1"
	until [ "$(grep -c '^lguest: interrupt' "/tmp/said.$1")" -ge "$2" ]; do
		usleep 1000
	done
}

# The hypercalls of the Nth look at a process.
hypercalls() {
	sed -n 's/^lguest: hypercall //p' "/tmp/said.$1" | sed -n "$2p"
}

start lguest --stats 8 $P3 ask
look $started 1
until [ "$(came_back $started hypercall)" -gt "$(($(hypercalls $started 1) + 1000))" ]; do
	usleep 1000
done
look $started 2
[ "$(hypercalls $started 2)" -gt "$(($(hypercalls $started 1) + 1000))" ]
verdict $? "a look at the counts, and the Guest has gone on" "$(cat /tmp/said.$started)"
kill -9 $started
ended "... until it is killed" $started 137

start lguest --stats 8 $P3 loop
for i in $(seq 6); do look $started $i; done
try "six looks at one that never comes back" 0 "^6$" grep -c '^lguest: page-fault' /tmp/said.$started
kill $started
ended "... and it ends" $started 143

start lguest 8 $P3 loop
kill -USR1 $started
until grep -q '^lguest: ' /tmp/said.$started; do usleep 1000; done
try "without --stats it says so" 0 '^lguest: .* start it with --stats$' cat /tmp/said.$started
kill -STOP $started
kill -USR1 $started
kill -CONT $started
until [ "$(grep -c '^lguest: ' /tmp/said.$started)" -ge 2 ]; do usleep 1000; done
kill $started
ended "a look at one that was stopped" $started 143
nothing_left "after a look"

# Started again, while it is asked for looks.
start lguest --stats 8 $P3 loop
most=$(ls /proc/$started/fd | wc -l)
kill -9 $started
ended "a Guest to compare with" $started 137
n=$(($(date +%s) % 1000 + 1000))
end=$(($(date +%s) + 100000))
start lguest --stats 8 $L2 $end $n
until [ "$(grep -cE '^(It|That) is' /tmp/said.$started)" -ge 3 ]; do
	kill -USR1 $started
	usleep 1000
done
# Not between exec and the first line of main().
try "started again, it is the same process" 0 '^lguest$' sh -c "for i in \$(seq 30); do cat /proc/$started/comm; done"
files=$(ls /proc/$started/fd | wc -l)
[ "$files" -le "$most" ]
verdict $? "... with no more files" "$files, not $most"
date -s @$end > /dev/null
ended "... and ends well" $started 0
try "... when it is late enough" 0 "^That is late enough\\. $n\$" cat /tmp/said.$started
sed -n 's/^It is \([0-9]*\)\.$/\1/p' /tmp/said.$started | sort -un > /tmp/times
[ "$(wc -l < /tmp/times)" -ge 2 ]
verdict $? "... having been told the time in each life" "$(cat /tmp/times)"
nothing_left "after many lives"

# A kick: an interrupt for the CPU that runs the Guest. (How soon it arrives says
# more about the emulator; that it brings the Guest out is P3's test.)
if [ "$cpus" -gt 1 ]; then
	mount -t tracefs none /sys/kernel/tracing
	echo native_smp_send_reschedule > /sys/kernel/tracing/set_ftrace_filter
	echo function > /sys/kernel/tracing/current_tracer
	try "interrupts for a Guest that runs" 0 '^16 EAGAIN 0 0$' ./devlguest open \
		aside cpu=1 init=loop read meanwhile cpu=0 irqs=500 breaker=soon together break=0 breakers
	kicks=$(grep -c '<-kick_process' /sys/kernel/tracing/trace)
	echo nop > /sys/kernel/tracing/current_tracer
	[ "$kicks" -gt 250 ]
	verdict $? "... kick its CPU" "$kicks kicks"
fi

# Words that never arrive hold up nobody else, and not even death.
./devlguest absent=8 open late=0 > /dev/null & late=$!
until grep -q '^4 ' /proc/$late/syscall 2> /dev/null && grep -q '^State:	[SD]' /proc/$late/status; do
	usleep 1000
done
try "words that never arrive hold up nobody else" 0 "^You said: $n" lguest 8 $P2 $n
kill -9 $late
wait $late 2> /dev/null
verdict $(($? - 137)) "... and who waits for them can be killed" "it was not"

check "two Guests are pestered, eight are killed" ./pester 2 150 8
nothing_left "after that"
