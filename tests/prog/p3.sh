# SPDX-License-Identifier: GPL-2.0-only
#
# The Host lives on: what a Guest of P3 does, and who must not notice.

# A complaint comes after seconds, not after minutes.
echo 3 > /sys/module/rcupdate/parameters/rcu_cpu_stall_timeout
echo 2 > /proc/sys/kernel/watchdog_thresh

# As many busy Guests as CPUs, and one more; the Host's tasks go on until they
# have been interrupted so many times.
for act in loop ask; do
	busy=''
	for i in $(seq $((cpus + 1))); do
		start lguest 8 $P3 $act
		busy="$busy $started"
	done
	check "$act: other tasks go on" ./task none 40
	check "$act: so does RCU" cat $probe/rcu $probe/rcu $probe/rcu
	check "$act: a Host task keeps its SSE and x87 registers" ./task sse 40
	check "$act: ... its local descriptor table" ./task ldt 20
	check "$act: ... its breakpoints" ./task watch 20
	! has sep || check "$act: ... its way into the kernel" ./task sysenter 20
	check "$act: hold and count" lguest 8 $P3 hold 123
	kill -STOP $started
	check "$act: one is stopped" ./task none 10
	kill -CONT $started
	check "$act: ... and goes on" ./task none 10
	for one in $busy; do
		case $one in
		$started) kill $one; ended "$act: dies by SIGTERM" $one 143 ;;
		*) kill -9 $one; ended "$act: dies by kill -9" $one 137 ;;
		esac
	done
done
nothing_left "after busy Guests"

# Two Guests, a Launcher and a task of the Host's all want the FPU.
./task sse 60 > /tmp/task & task=$!
start lguest 8 $P3 hold 11; first=$started
start lguest 8 $P3 hold 22; second=$started
lguest 8 $P3 loop > /dev/null & busy=$!
try "FPU: a Launcher with numbers of its own" 0 '^Held 33, 0 bad' ./launch sse $P3 'hold 33'
try "FPU: ... and they are still there" 0 '^Launcher: 0 bad. CRASH: Power down' ./launch sse $P3 'hold 44'
for one in $first $second; do
	ended "FPU: a Guest ends" $one 0
	check "FPU: ... and has held what it had" grep -q '^Held .*, 0 bad' /tmp/said.$one
done
wait $task
verdict $? "FPU: ... and so has a task among them" "$(cat /tmp/task)"
kill -9 $busy
wait $busy 2> /dev/null
try "FPU: a Guest after others finds it fresh" 0 '^1000 times the root of 2 is 1414\.$' lguest 8 $P3 2

# Ways out that do not lead out.
if has umip; then
	try "sgdt is a fault" 1 '^lguest: unhandled trap 13 ' lguest 8 $P3 sgdt
else
	try "sgdt tells what is known" 0 '^My descriptors are at 0xff00' lguest 8 $P3 sgdt
fi
try "sysenter is a fault" 1 "^lguest: unhandled trap $(has sep && echo 13 || echo 6) " lguest 8 $P3 sysenter
! has sep || check "the Host's own sysenter works" ./task sysenter 1
try "a local descriptor table is a fault" 1 '^lguest: unhandled trap 13 .*code 0x4' lguest 8 $P3 ldt
try "... even if the Launcher has one" 0 '^Launcher: 0 bad. unhandled trap 13 .*code 0x4' ./launch ldt $P3 ldt
try "... which it keeps" 0 '^Launcher: 0 bad. CRASH: Power down' ./launch ldt $P3 'hold 5'
try "a breakpoint of the Launcher's is none of the Guest's" 0 '^Launcher: 0 touches, 1 with my own. CRASH: Power down' \
	./launch watch $P2 'touch 0x200000'
# The exit from virtual-8086 mode, which only QEMU enters so, is the timer's.
try "a timer that finds the wrong frame is still the Host's" 1 '^lguest: bad segment register' \
	taskset 1 lguest 8 $P3 vm86
try "... which goes on" 0 '^Held 5, 0 bad' taskset 1 lguest 8 $P3 hold 5
try "a register page may be scribbled on" 0 '^Scribbled' taskset 1 lguest 8 $P3 scribble 0xff001000
try "a state page may not" 1 '^lguest: page fault at 0xff002000' taskset 1 lguest 8 $P3 scribble 0xff002000

# The flags: AC, NT, DF, ID and all of them are the Guest's affair; of a single
# step it dies.
for flags in 0x40000 0x4000 0x400 0x200000 0x244cd7 0; do
	try "flags $flags" 0 "^Flags were $flags" lguest 8 $P3 flags $flags
done
for flags in 0x100 0x4100 0x44500 0x244fd7; do
	try "flags $flags" 1 '^lguest: unhandled trap 1 ' taskset 1 lguest 8 $P3 flags $flags
	try "... and no CPU remembers the step" 1 '' grep 'single-step 1' $probe/cpus
	check "... nor is a task of the Host's told" taskset 1 ./task watch 1
done

try "a Launcher's signals are handled" 0 '^Launcher: 20 signals' ./launch signalled $P3 loop
try "... and its Guest goes on" 0 '^Launcher: 20 signals' ./launch signalled $P3 ask

# Counts.
n=$((1000 + $(date +%s) % 1000))
try "hypercalls are counted to the last" 0 "^lguest: hypercall $((n + 5))\$" lguest --stats 8 $P3 null $n
start lguest 8 $P4 1 1000000
# LGUEST_INIT lets the shadow forget the few pages that were touched before it.
more=$(($(came_back $started page-fault) - $(pinned $started)))
[ "$(pinned $started)" -ge 64 ] && [ $more -ge 0 ] && [ $more -lt 8 ]
verdict $? "a page fault for each page that is held" \
	"$(pinned $started) pages, $(came_back $started page-fault) faults"
kill -9 $started
ended "so much for this one" $started 137

nothing_left "at the end"
try "settings are as they were" 1 '' grep -vE 'pge 0 .*sysenter (0x60|0) .*breakpoints 0x0$' $probe/cpus
