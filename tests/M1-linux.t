#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Debian's Linux as a Guest: it boots, works, speaks to its devices, and ends.
. "${0%/*}/prog/lib.sh"

linux=$top/build/linux
"$top/tools/linux" > "$tmp/build" 2>&1 || bail_out "$(tail -n 1 "$tmp/build")"
# refuses COMMAND...: one line, and a status that is not 0.
refuses() {
	run "$@"
	is "$([ "$status" -ne 0 ] && wc -l < "$tmp/err")" 1 "one line: ${*#"$top/"}" || diag "status $status: $err"
}
for tool in linux linux-initramfs kernel-make; do
	like "$("$top/tools/$tool" --help)" "^usage: tools/$tool " "$tool --help"
done
refuses "$top/tools/linux" --nonsense
refuses "$top/tools/linux" --config "$tmp/nothing"
refuses "$top/tools/linux" --with "$tmp/nothing"
refuses "$top/tools/linux-initramfs"
refuses "$top/tools/linux-initramfs" "$tmp/none/initramfs"
refuses "$top/tools/kernel-make" "$tmp"

number=$(made_up)
truncate -s 16M "$tmp/disk"
PATH=$PATH:/sbin mke2fs -q -t ext4 "$tmp/disk" 2> "$tmp/err" || bail_out "mke2fs: $(cat "$tmp/err")"

# What is done in the Guests, which take no more than 32 words from a command line.
cat > "$tmp/work" <<'END'
	linux-work faults $1
	linux-work forks 60 $1
	linux-work threads 16 $1
	linux-work ptrace $1
	linux-work signals $1
	linux-work memory 32 $1
	dmesg | grep -cE 'BUG|WARNING|Oops|Call Trace'
	insmod loop.ko
	grep -c ^loop /proc/modules
END
# Disk, network and entropy; and started again it finds what it wrote the first time.
cat > "$tmp/again" <<'END'
	mount -t ext4 /dev/vda /tmp || exit 1
	if [ -e /tmp/number ]; then
		echo "again $(cat /tmp/number)"
		exit
	fi
	echo "$1" > /tmp/number
	dd if=/dev/hwrng bs=64 count=1 2> /dev/null | wc -c
	dd if=/dev/urandom of=/tmp/many bs=4096 count=1000 2> /dev/null
	md5sum < /tmp/many > /tmp/sum
	umount /tmp && mount -t ext4 /dev/vda /tmp
	[ "$(md5sum < /tmp/many)" = "$(cat /tmp/sum)" ] && echo "the same"
	ping -c 3 -q 10.0.0.1 | grep received
	nc -l -p 77 < /tmp/many &
	echo "listening"
	wait
	umount /tmp
	reboot -f
END
"$top/tools/linux-initramfs" "$tmp/initramfs" --add "$tmp/work" --add "$tmp/again" --add "$linux/loop.ko" \
	2> "$tmp/err" || bail_out "$(cat "$tmp/err")"

# What is done in the lab. "guest NAME MB OPTIONS -- WORDS": what it says is in
# said.NAME, its status last.
# One that hangs is a result, and the others are tried.
echo "limit=$(scaled 60)" > "$tmp/begin"
cat >> "$tmp/begin" <<'END'
	guest() {
		name=$1 mb=$2 options=''
		shift 2
		while [ "$1" != -- ]; do options="$options $1"; shift; done
		shift
		timeout $limit lguest --stats $options --initrd=/root/initramfs "$mb" /root/vmlinux console=hvc0 quiet "$@" > said.$name 2>&1
		echo "status $?" >> said.$name
		sed "s/^/$name|/" said.$name
	}
	# patiently COMMAND...: until it succeeds, or a Guest would not have had more time.
	patiently() {
		read -r up _ < /proc/uptime
		last=$((${up%.*} + limit))
		until "$@" 2> /dev/null || [ "${up%.*}" -ge $last ]; do
			usleep 10000
			read -r up _ < /proc/uptime
		done
	}
END

# said NAME: what the Guest of that name said.
said() {
	echo "$out" | tr -d '\r' | sed -n "s/^$1|//p"
}

lab() {
	# shellcheck disable=SC2086
	run_lab ${LAB_OPTIONS:-} --timeout "$(scaled 600)" --add "$tmp/begin" --add "$linux/vmlinux" --add "$tmp/initramfs" "$@"
	is "$status" 0 "the Host lives on" || diag "$err"
}

checks='faults forks threads ptrace signals memory'
lab --mem 768 -- "
	. ./begin
	guest small 24 -- 'run=echo \$((2 * $number)) and more; free; cat /proc/sys/kernel/tainted'
	guest work 96 -- 'run=sh ./work $number'
	guest large 600 -- 'run=echo \$((3 * $number))'
	guest init 32 -- 'run=kill -9 1; echo \$((5 * $number))'
	guest panics 32 -- rdinit=/bin/linux-work
	lguest --initrd=/root/initramfs 64 /root/vmlinux console=hvc0 'run=echo up; while :; do :; done' > said.killed & pid=\$!
	patiently grep -q ^up said.killed
	kill -9 \$pid
	wait \$pid
	echo \"killed|\$?\""
like "$(said small)" "^$((2 * number)) and more" "24 MB are enough"
like "$(said small)" '^status 0$' "... and it powers itself off"
for check in $checks; do
	like "$(said work)" "^$check $number: ok" "$check"
done
unlike "$(said work)" 'without SSE' "... with SSE"
is "$(said work | grep -xE '[0-9]+' | tr '\n' ' ')" "0 1 " "Linux has nothing to complain of, and loads a module"
like "$(said work)" '^lguest: injected [1-9]' "it had a clock"
is "$(said work | grep -c '^lguest: trap-128 ')" 0 "no system call came by the Host"
like "$(said large)" "^$((3 * number))" "600 MB"
like "$(said init)" "^$((5 * number))" "init cannot be killed from inside"
like "$(said panics)" '^lguest: CRASH: Attempted to kill init!' "a panic reaches the Launcher"
like "$(said panics)" '^status 1$' "... and is no good end"
is "$(said killed)" 137 "kill -9 ends a busy one"

lab --disk "$tmp/disk" --modprobe 'tun ext4' -- "
	. ./begin
	guest devices 64 --rng --block=/dev/vda --tunnet=10.0.0.1/24 -- 'ip=10.0.0.2/24 run=sh ./again $number' > all &
	patiently grep -q listening said.devices
	ping -c 3 -q 10.0.0.2 | grep received
	# An end of our input would be an end of the connection.
	mkfifo open && exec 9<> open
	fetch() { nc 10.0.0.2 77 < open > many && [ -s many ]; }
	patiently fetch
	wait
	cat all
	mkdir d && mount -t ext4 /dev/vda d
	cmp many d/many 2>&1 && echo 'stream|the same'
	ls -l many d/many"
like "$(said devices)" '^64$' "entropy"
like "$(said devices)" '^the same$' "what is written to the disk is read back"
like "$(said devices)" '^3 packets transmitted, 3 packets received' "the Guest pings the Host"
like "$out" '^3 packets transmitted, 3 packets received' "the Host pings the Guest"
is "$(said stream)" "the same" "4 MB by TCP"
[ "$(said stream)" = 'the same' ] || diag "$out"
like "$(said devices)" "^again $number\$" "reboot starts it again, and the disk has what was written"
like "$(said devices)" '^status 0$' "... and it ends"

# M:004: interrupts find Linux in the range between its flag and its iret; none goes in
# there, and they go in after a few single steps. The range is where the symbols say,
# and ftrace tells what happens.
start=0x$(sed -n 's/ T lguest_noirq_start$//p' "$linux/System.map")
end=0x$(sed -n 's/ T lguest_noirq_end$//p' "$linux/System.map")
cat > "$tmp/range.awk" <<'END'
	{ event = $0; sub(/.*: lguest_/, "", event); split(event, word, /[: ]+/) }
	word[1] == "interrupt" { there += inside; prompt += step && !inside }
	word[1] == "exit" {
		inside = word[5] "" >= start "" && word[5] "" < end ""
		found += inside && word[3] >= 32 && word[3] != 128
		step = word[3] == 1
		steps += step
	}
	END { print "range|" found + 0 " found it there, " there + 0 " went in there; " steps + 0 " steps, " prompt + 0 " went in after one" }
END
lab --add "$tmp/range.awk" -- "
	. ./begin
	tracing=/sys/kernel/debug/tracing
	echo 16384 > \$tracing/buffer_size_kb
	echo 1 > \$tracing/events/lguest/lguest_exit/enable
	echo 1 > \$tracing/events/lguest/lguest_interrupt/enable
	guest range 32 -- 'run=while usleep 200; do :; done & linux-work getppid 300000'
	awk -v start=$start -v end=$end -f range.awk \$tracing/trace
	guest steps 32 -- 'run=while usleep 200; do :; done & linux-work ptrace $number; linux-work signals $number'"
diag "$(said range | grep found)"
like "$(said range)" "^[1-9][0-9]* found it there, 0 went in there; [1-9][0-9]* steps, [1-9]" "no interrupt goes in before the iret, but soon after"
for check in ptrace signals; do
	like "$(said steps)" "^$check $number: ok" "... and steps of its own are not the Host's: $check"
done
done_testing
