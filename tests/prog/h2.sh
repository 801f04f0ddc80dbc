# SPDX-License-Identifier: GPL-2.0-only
#
# When an interrupt goes in, how a Guest sleeps, and who wakes it.
n=$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')

# rules WORDS: each line that says "ok" or "WRONG" is a result; and so is the end.
rules() {
	timeout 60 ./irqs rules "$1" > /tmp/said
	status=$?
	while read -r word what; do
		case $word in
		ok) verdict 0 "$1: $what" ;;
		WRONG) verdict 1 "$1: $what" "see tests/prog/rules.c" ;;
		esac
	done < /tmp/said
	[ $status -eq 0 ] && grep -q "^Goodbye, $1\$" /tmp/said
	verdict $? "$1: it ends well" "status $status, $(tail -n 1 /tmp/said)"
}
rules all
for range in inside start end reversed; do
	rules $range
done

# It has 8 MB, and 1 MB for devices. A frame has 12 bytes.
rules 'stack 0x900000'
rules 'stack 0x701004'
refuses_stack() {
	try "stack $1" 1 "^no stack at $2 for a trap\$" ./irqs rules "stack $1"
}
refuses_stack 4 0xfffffff8
refuses_stack 8 0xfffffffc
refuses_stack 0x900004 0x900000
refuses_stack 0xff001000 0xff000ff4
try "the noticeboard is taken away" 1 '^lguest_data at 0x[0-9a-f]* is gone$' ./irqs rules gone
try "... or cannot be written to" 0 '^16 0x3000 0 ENOENT lguest_data at 0x2000 is gone\.$' \
	./devlguest open init=sleepy read readonly=2 irq=0 read why
start ./irqs rules storm
kill $started
ended "interrupts without end, through trap gates" $started 143

# Nobody sleeps through what should wake it; nobody who is awake has to be waited for.
race=$((cpus > 1 ? 2000 : 300))
try "woken $race times" 0 "^ok woken: " timeout 120 ./irqs rules "race $race"
try "called $race times" 0 "^ok called: " timeout 120 ./irqs rules "busy $race"

# A tick is two hypercalls, and a Guest that sleeps meanwhile is not interrupted. Of
# all others it makes 37: 1 for its birth, 33 for gates, 2 to speak, 1 to end.
counted() {
	awk -v what="$2" '$2 == what { print $3 }' "/tmp/$1"
}
ticks=$((20 + n % 10))
lguest --stats 8 $H2 sleep $ticks 40 > /tmp/said 2> /tmp/slept &&
	grep -q "^Slept for $ticks ticks\.\$" /tmp/said &&
	lguest --stats 8 $H2 look $ticks 40 > /tmp/said 2> /tmp/looked &&
	grep -q "^Looked for $ticks ticks\.\$" /tmp/said
verdict $? "both ways to wait" "$(tail -n 2 /tmp/said)"
[ "$(counted slept injected)" -eq $ticks ] && [ "$(counted looked injected)" -eq $ticks ]
verdict $? "a tick is one interrupt" "$(cat /tmp/slept)"
[ "$(counted slept hypercall)" -le $((37 + 2 * ticks)) ]
verdict $? "a tick is two hypercalls" "$ticks ticks, $(counted slept hypercall) hypercalls"
[ "$(counted slept interrupt)" -lt $(($(counted looked interrupt) / 2)) ]
verdict $? "who sleeps is not in the way" \
	"$(counted slept interrupt) interrupts of the Host's, $(counted looked interrupt) for who looks"

# A trace shows each of them.
events=/sys/kernel/debug/tracing/events/lguest
echo 1 > $events/lguest_interrupt/enable
lguest --stats 8 $H2 sleep $ticks 4 > /tmp/said 2> /tmp/traced
echo 0 > $events/lguest_interrupt/enable
[ "$(grep -c 'lguest_interrupt: 0$' $events/../../trace)" -eq "$(counted traced injected)" ]
verdict $? "a trace shows each interrupt" "$(cat /tmp/traced)"

# in_halt NUMBER: its Guest sleeps.
in_halt() {
	await "$1" grep -q run_guest "/proc/$1/wchan"
}

mkfifo /tmp/in
exec 3<> /tmp/in
typist() {
	start sh -c "exec lguest --stats 8 $H2 $n < /tmp/in"
	hears $started '^> '
}
typist
hears $started "^Say something to Guest $n;" && in_halt $started
verdict $? "a Guest ticks, and then sleeps until it is typed to" "$(last_words /tmp/said.$started)"
echo "to $n" >&3
hears $started "^You typed to $n, $((${#n} + 3)) characters"
verdict $? "... which wakes it" "$(last_words /tmp/said.$started)"
printf '\004' >&3
ended "... and it ends" $started 0
grep -q '^Tick 3\.$' /tmp/said.$started
verdict $? "... and has ticked three times" "$(grep Tick /tmp/said.$started | tail -n 1)"

# Signals to one who sleeps. The counts are printed at SIGUSR1, while it stands still.
start lguest --stats 8 ./rules asleep
in_halt $started
verdict $? "a Guest sleeps, all interrupts blocked" "$(cat /proc/$started/wchan)"
for i in 1 2 3; do
	kill -USR1 $started
	printed() {
		[ "$(grep -c '^lguest: injected' /tmp/said.$started)" -eq $i ]
	}
	await $started printed
	verdict $? "... and can be looked at, $i" "$(last_words /tmp/said.$started)"
	in_halt $started
	verdict $? "... and sleeps on" "$(cat /proc/$started/wchan)"
done
kill -STOP $started
kill -CONT $started
[ "$(grep '^lguest: hypercall' /tmp/said.$started | sort -u | wc -l)" -eq 1 ] && in_halt $started
verdict $? "... all the time" "$(grep '^lguest: hypercall' /tmp/said.$started)"
kill -TERM $started
ended "... until it is asked to end" $started 143
! grep -q AWAKE /tmp/said.$started
verdict $? "... and was never awake" "$(last_words /tmp/said.$started)"
start lguest 8 ./rules asleep
in_halt $started && kill -9 $started
ended "... or killed" $started 137
try "signals wake a Launcher whose Guest sleeps" 0 '^Launcher: 20 signals' ./launch signalled rules asleep

# A device that stops tells who sleeps.
try "a console that stops" 0 '^ok it has stopped: ' timeout 20 lguest 8 ./rules lie

# Nobody's clock outlives him, nor the module.
try "a Guest ends with its clock set" 0 '^Goodbye, clock 300' ./irqs rules 'clock 300'
goes_and_comes() {
	rmmod lg && insmod /lab/lg.ko && lguest 8 $H2 sleep 1 400
}
check "... and the module can go, and come" goes_and_comes
killed_while_ticking() {
	for i in $(seq 20); do
		lguest 8 $H2 sleep 1000 1 > /tmp/said &
		usleep $(($(od -An -N2 -tu2 /dev/urandom)))
		kill -9 $!
		wait $! 2> /dev/null
		[ $? -eq 137 ] || return 1
	done
}
check "killed while it ticks, twenty times" killed_while_ticking
nothing_left "interrupts"
