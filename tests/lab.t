#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The lab machine itself: what goes in comes out, and every way of ending is told
# from the others. No test here needs the hypervisor.
. "${0%/*}/lib.sh"
lab=$top/tools/lab
headers=$top/build/lab/686/headers
unset LAB_KERNEL LAB_COVERAGE
# Other labs may be running: these leave their traces, if any, here.
export TMPDIR="$tmp"

# What comes back.
number=$(made_up)
run_lab --no-module --add "$0" -- "echo $number; echo oops \$((1 + 1)) >&2; cat lab.t; exit 42"
is "$status" 42 "the exit status comes back"
is "$err" "oops 2" "so do the errors, and only they"
{ echo "$number"; cat "$0"; } > "$tmp/wanted"
ok "and the output, with an added file in it" cmp "$tmp/wanted" "$tmp/out"

head -c 300000 /dev/urandom > "$tmp/bytes"
run_lab --no-module --add "$tmp/bytes" -- 'cat bytes; cat bytes >&2; sleep 1000 &'
ok "every byte of the output arrives" cmp "$tmp/bytes" "$tmp/out"
ok "every byte of the errors arrives" cmp "$tmp/bytes" "$tmp/err"
is "$status" 0 "a command that is left running does not matter"

run_lab --no-module --smp 2 --mem 2048 --append 'made.up=1' -- \
	'nproc; free -m; cat /proc/cmdline; ls -1 /sys/kernel/debug; hostname; pwd'
like "$out" '^2$' "two CPUs"
like "$out" '^Mem: +(19|20)[0-9][0-9] ' "two gigabytes"
like "$out" ' made\.up=1$' "kernel words are appended"
like "$out" '^sched$' "debugfs is there"
like "$out" '^/root$' "the command starts in /root"

for cpu in max pentium3; do
	run_lab --no-module --cpu $cpu -- true
	is "$status $err" "0 " "-cpu $cpu boots, and the kernel does not complain"
done
run_lab --no-module --icount -- true
is "$status" 0 "so does it with counted instructions"

# How it can end.
run "$lab" --no-module --timeout "$(scaled 15)" --log "$tmp/log" -- \
	'echo before; echo kept > /dev/kmsg; sleep 1000'
is "$status" 124 "a hang ends at its time limit"
is "$out" before "what it had said is there"
is "$(wc -l < "$tmp/err")" 1 "one line tells"
like "$err" "^lab: stopped after .* seconds \(kernel log: $tmp/log\)" "... and names the log"
ok "the log is kept" grep -q kept "$tmp/log"

run "$lab" --no-module --log "$tmp/log" -- 'echo "BUG: made up" > /dev/kmsg; exit 7'
is "$status" 99 "a complaint in the kernel's log is found, whatever the status"
like "$err" '^lab: the kernel complained: .*BUG: made up' "... and told"

run "$lab" --no-module --log "$tmp/log" -- 'echo c > /proc/sysrq-trigger; sleep 1000'
is "$status" 99 "a panic does not wait for the time limit"
like "$err" '^lab: the kernel complained: .*Kernel panic' "... and is told"

run "$lab" --no-module --log "$tmp/log" -- 'echo b > /proc/sysrq-trigger; sleep 1000'
is "$status" 99 "a reset is told"
like "$err" '^lab: the lab machine reset itself' "... from everything else"

run "$lab" --no-module --log "$tmp/log" -- 'poweroff -f'
is "$status" 125 "a command that switches the machine off has no status"

run "$lab" --no-module --cpu nonesuch --log "$tmp/log" -- true
is "$status" 125 "QEMU that does not start is the lab's failure"
like "$err" '^lab: QEMU failed: .*nonesuch' "... and says why"

run "$lab" --nonesuch -- true
is "$status" 125 "an unknown option is refused"
run "$lab" --smp two -- true
like "$err" '^lab: --smp wants a number' "so is a number that is none"

# Debian's modules, and disks. Of the second one, the name is no name for QEMU.
for size in 1 3; do
	truncate -s ${size}M "$tmp/disk,$size =M"
	echo "$number of $size" | dd of="$tmp/disk,$size =M" bs=512 seek=7 conv=notrunc 2> /dev/null
done
run_lab --no-module --modprobe 'tun bridge' --disk "$tmp/disk,3 =M" --modprobe ext4 --disk "$tmp/disk,1 =M" -- '
	lsmod | cut -d " " -f 1
	for disk in vda vdb; do
		echo "$disk $(cat /sys/block/$disk/size) $(dd if=/dev/$disk bs=512 skip=7 2> /dev/null | head -n 1)"
	done
	ls /dev/net/tun
	mke2fs /dev/vdb > /dev/null && mount -t ext4 /dev/vdb /tmp
	echo "'"$number"' written" > /tmp/file
	umount /tmp'
for module in tun bridge stp llc ext4 jbd2 crc32c_generic virtio_pci virtio_blk; do
	like "$out" "^$module\$" "Debian's module $module is loaded"
done
unlike "$out" '^(loop|veth)$' "... and none that nobody asked for"
like "$out" '^/dev/net/tun$' "... and it works"
like "$out" "^vda 6144 $number of 3\$" "the first disk is vda"
like "$out" "^vdb 2048 $number of 1\$" "the second is vdb"
ok "what was written is in the file" grep -qa "$number written" "$tmp/disk,1 =M"

run "$lab" --no-module --modprobe crc32c-intel --log "$tmp/log" -- 'echo never'
is "$status $out" "126 " "a module that does not like the processor is told"
like "$err" "^insmod: can't insert .*crc32c-intel" "... by its name"

# The plug. What was on the disk when the line came is there afterwards.
run "$lab" --no-module --timeout "$(scaled 60)" --disk "$tmp/disk,1 =M" --kill-at "stop $number" -- '
	n='"$number"'
	echo "stop $n" >&2
	echo "stop $n."
	echo " stop $n"
	echo "saved $n" | dd of=/dev/vda bs=512 seek=9 conv=fsync 2> /dev/null
	echo "stop $n"
	sleep 1000
	echo "never"'
is "$status" 0 "the plug is pulled: no other way to end was left"
is "$out" "$(printf '%s\n' "stop $number." " stop $number" "stop $number")" \
	"... by the line itself, and none that is like it"
is "$err" "stop $number" "... nor by an error"
ok "... what had been written is in the file" grep -qa "saved $number" "$tmp/disk,1 =M"

run "$lab" --no-module --kill-at "stop $number" -- "echo stop; printf 'stop $number'; exit 3"
is "$status" 123 "if the line never comes, that is told"
is "$err" "lab: the command ended with status 3 and never printed 'stop $number'" "... with how it ended"
run "$lab" --no-module --kill-at stop --log "$tmp/log" -- 'echo "BUG: made up" > /dev/kmsg; echo stop; sleep 1000'
is "$status" 99 "a complaint is found even if the plug was pulled"

# disliked DESCRIPTION WHAT-IT-SAYS OPTION...
disliked() {
	description=$1 wanted=$2
	shift 2
	run "$lab" --no-module "$@" -- true
	is "$status $err" "125 $wanted" "$description"
}
head -c 700 "$tmp/bytes" > "$tmp/odd"
: > "$tmp/empty"
disliked "a disk that is not there" "lab: --disk $tmp/none: there is no such file" --disk "$tmp/none"
disliked "a disk that is a directory" "lab: --disk $tmp: not a file" --disk "$tmp"
disliked "a disk with half a sector" "lab: --disk $tmp/odd: 700 bytes are not one or more sectors of 512" \
	--disk "$tmp/odd"
disliked "a disk with none" "lab: --disk $tmp/empty: 0 bytes are not one or more sectors of 512" \
	--disk "$tmp/empty"
disliked "a module that there is not" \
	"lab-modules: Debian's kernel $(cat "$top/build/lab/686/release") has no module 'nonesuch'" \
	--modprobe 'tun nonesuch'
disliked "an empty line to end at" "lab: --kill-at wants a line" --kill-at ''

# A lab of before there was a use for Debian's modules gets them, with no network.
mkdir -p "$tmp/old/tools" "$tmp/old/build/lab/686"
cp "$top/tools/lab-kernel" "$top/tools/lab-modules" "$tmp/old/tools/"
ln -s "$top/build/lab/debs" "$top/build/lab/busybox" "$tmp/old/build/lab/"
cp "$top/build/lab/686/release" "$top/build/lab/686/done" "$tmp/old/build/lab/686/"
run "$tmp/old/tools/lab-kernel"
is "$status $(echo "$out" | wc -l) $err" "0 1 " "an old lab is brought up to date"
is "$("$tmp/old/tools/lab-modules" 686 virtio-net ext4)" \
	"$("$top/tools/lab-modules" 686 virtio-net ext4)" "... and then has every module"
run "$tmp/old/tools/lab-kernel"
is "$status $out" "0 " "... once"

# Our modules: one that loads, one that brings the machine down, and another kernel.
mkdir -p "$tmp/tree/module" "$tmp/triple/module"
cat > "$tmp/tree/module/lg.c" <<-END
	#include <linux/module.h>
	static int __init start(void) { pr_info("here $number\n"); return 0; }
	static void __exit stop(void) { }
	module_init(start);
	module_exit(stop);
	MODULE_LICENSE("GPL");
END
cat > "$tmp/triple/module/lg.c" <<-'END'
	#include <linux/module.h>
	static int __init start(void)
	{
		char nothing[6] = { 0 };
		asm volatile("cli; lidt %0; int3" : : "m" (nothing));
		return 0;
	}
	module_init(start);
	MODULE_LICENSE("GPL");
END
for tree in tree triple; do
	echo 'obj-m := lg.o' > "$tmp/$tree/module/Makefile"
	make -s -C "$headers" M="$tmp/$tree/module" modules > "$tmp/build" 2>&1 ||
		bail_out "no module can be built: $(tail -n 1 "$tmp/build")"
done
mkdir "$tmp/tree/guest"
printf '#!/bin/sh\necho a guest\n' > "$tmp/tree/guest/p9-made-up"
chmod +x "$tmp/tree/guest/p9-made-up"

run_lab --tree "$tmp/tree" -- 'lsmod; dmesg; /guests/p9-made-up'
like "$out" '^lg ' "the module is loaded"
like "$out" "here $number" "it is the one that was built"
like "$out" '^a guest$' "the Guests are in /guests"

run "$lab" --tree "$tmp/triple" --log "$tmp/log" -- true
is "$status" 99 "a triple fault is told"
like "$err" '^lab: the lab machine reset itself: a triple fault' "... by its name"

run_lab --kernel 686-pae --no-module --modprobe tun -- 'uname -r; grep -w pae /proc/cpuinfo; lsmod'
like "$out" '^6\.1\..*-686-pae$' "the PAE kernel boots"
like "$out" '^tun ' "... and has modules of its own"
run "$lab" --kernel 686-pae --tree "$tmp/tree" -- true
is "$status" 126 "there the module is refused"
like "$err" '^lab: lg.ko is for kernel .*-686, but this is .*-686-pae$' "... with the reason"
is "$(echo "$err" | wc -l)" 1 "... in one line"

ok "nothing is left behind" [ -z "$(find "${TMPDIR:-/tmp}" -maxdepth 1 -name 'lab.*' -newer "$tmp/wanted")" ]
done_testing
