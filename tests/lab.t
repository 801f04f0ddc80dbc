#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The lab machine itself: what goes in comes out, and every way of ending is told
# from the others. No test here needs the hypervisor.
. "${0%/*}/lib.sh"
lab=$top/tools/lab
headers=$top/build/lab/686/headers
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

# Modules: one that loads, one that brings the machine down, and another kernel.
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

run_lab --kernel 686-pae --no-module -- 'uname -r; grep -w pae /proc/cpuinfo'
like "$out" '^6\.1\..*-686-pae$' "the PAE kernel boots"
run "$lab" --kernel 686-pae --tree "$tmp/tree" -- true
is "$status" 126 "there the module is refused"
like "$err" '^lab: lg.ko is for kernel .*-686, but this is .*-686-pae$' "... with the reason"
is "$(echo "$err" | wc -l)" 1 "... in one line"

ok "nothing is left behind" [ -z "$(find "${TMPDIR:-/tmp}" -maxdepth 1 -name 'lab.*' -newer "$tmp/wanted")" ]
done_testing
