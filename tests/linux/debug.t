#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# A Linux Guest that watches its own locks, interrupts, page tables, memory and
# arithmetic has nothing to complain of, whatever is done in it; and would, if there
# were something. Part of "make check-linux"; builds a kernel, the first time.
. "${0%/*}/../lib.sh"

linux=$top/build/linux-debug
"$top/tools/linux" --config "${0%/*}/debug.config" --into "$linux" > "$tmp/build" 2>&1 || bail_out "$(tail -n 1 "$tmp/build")"
number=$(made_up)
truncate -s 96M "$tmp/disk"
PATH=$PATH:/sbin mke2fs -q -t ext4 "$tmp/disk" 2> "$tmp/err" || bail_out "mke2fs: $(cat "$tmp/err")"

cat > "$tmp/work" <<'END'
	for check in faults 'forks 60' 'threads 16' ptrace signals 'memory 24'; do
		linux-work $check "$1"
	done
	insmod loop.ko && grep -c ^loop /proc/modules
	mkdir /disk && mount -t ext4 /dev/vda /disk
	dd if=/dev/urandom of=/disk/file bs=64k count=64 2> /dev/null
	cp /disk/file /disk/copy && umount /disk && mount -t ext4 /dev/vda /disk && cmp /disk/file /disk/copy && echo "the same"
	dd if=/dev/zero of=/disk/swap bs=64k count=1024 2> /dev/null
	mkswap /disk/swap > /dev/null && swapon /disk/swap && linux-work memory 90 "$1" && swapoff /disk/swap
	ping -c 3 -q 10.0.0.1 | grep received
	for file in $(find /proc -maxdepth 1 -type f ! -name kmsg); do
		head -c 65536 "$file"
	done > /dev/null 2>&1
	grep debug_locks: /proc/lockdep_stats
	echo "complaints: $(dmesg | grep -cE 'BUG|WARNING|Oops|Call Trace|UBSAN|ODEBUG|inconsistent|suspicious')"
	dmesg | grep -m 20 -A 12 -E 'BUG|WARNING|Oops|UBSAN|ODEBUG|inconsistent|suspicious'
	echo "checks: $(dmesg | grep -c 'debug_vm_pgtable.*Validating')"
	insmod wrong.ko 2> /dev/null
	echo "seen: $(dmesg | grep -c 'BUG: sleeping function called from invalid context at .*/wrong.c')"
END
# What it has to see.
mkdir "$tmp/wrong"
echo 'obj-m := wrong.o' > "$tmp/wrong/Kbuild"
cat > "$tmp/wrong/wrong.c" <<'END'
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/module.h>

static int __init sleep_with_interrupts_off(void)
{
	local_irq_disable();
	might_sleep();
	local_irq_enable();
	return -EAGAIN;
}
module_init(sleep_with_interrupts_off);
MODULE_LICENSE("GPL");
END
"$top/tools/kernel-make" "$linux/source" "$tmp/log" M="$tmp/wrong" modules > "$tmp/build" 2>&1 || bail_out "$(tail -n 5 "$tmp/log")"
"$top/tools/linux-initramfs" "$tmp/initramfs" --add "$tmp/work" --add "$linux/loop.ko" \
	--add "$tmp/wrong/wrong.ko" 2> "$tmp/err" || bail_out "$(cat "$tmp/err")"

# shellcheck disable=SC2086
run_lab ${LAB_OPTIONS:-} --mem 512 --timeout "$(scaled 1800)" --disk "$tmp/disk" --modprobe tun --add "$linux/vmlinux" --add "$tmp/initramfs" -- "
	lguest --rng --block=/dev/vda --tunnet=10.0.0.1/24 --initrd=/root/initramfs 128 /root/vmlinux console=hvc0 ip=10.0.0.2/24 'run=sh ./work $number'"
is "$status" 0 "the Host lives on" || diag "$err"
out=$(echo "$out" | tr -d '\r')
for check in faults forks threads ptrace signals memory; do
	like "$out" "^$check $number: ok" "$check"
done
like "$out" '^the same$' "a disk"
is "$(echo "$out" | grep -c "^memory $number: ok")" 2 "swapping"
like "$out" '^3 packets transmitted, 3 packets received' "a network"
like "$out" '^ *debug_locks: *1' "lockdep watched to the end"
like "$out" '^checks: 1' "... and so did others"
like "$out" '^seen: [1-9]' "a module that sleeps with interrupts off is found out"
like "$out" '^complaints: 0$' "nothing to complain of" || diag "$out"
done_testing
