# SPDX-License-Identifier: GPL-2.0-only
#
# NMIs come while a Guest runs, and while the Switcher does; the Host gets them
# all. Most of the time of a Guest that asks is the Switcher's.
for act in ask loop; do
	taskset 1 lguest 8 $P3 $act > /dev/null & first=$!
	taskset 2 lguest 8 $P3 $act > /dev/null & second=$!
	for cpu in 0 1; do
		taskset $((2 - cpu)) sh -c "echo $cpu 1000 > $probe/nmi"
		try "$act: no NMI to CPU $cpu is lost" 0 '^1000 sent, 0 lost$' cat $probe/nmi
	done
	kill -9 $first $second
	wait
done
nothing_left "NMIs"
