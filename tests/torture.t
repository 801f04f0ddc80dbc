#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# H6: a Guest that changes its page tables at random (tests/prog/torture.c), in every
# kind of memory, on one CPU and on two. CHANGES=10000000 makes each of its runs that
# long, SEED=1 gives them a seed.
. "${0%/*}/prog/lib.sh"
build_torture
seed=${SEED:-$(($(made_up) % 100000))}
few=$((${CHANGES:-200000} / 4))
truncate -s 24M "$tmp/disk"
PATH=$PATH:/sbin mke2fs -q -t ext4 "$tmp/disk" 2> "$tmp/err" || bail_out "mke2fs: $(cat "$tmp/err")"

# What is done in the lab. "run NAME COMMAND..." prints "NAME|status|last line".
cat > "$tmp/begin" <<'END'
	run() {
		name=$1
		shift
		"$@" > "said.$name" 2>&1
		echo "$name|$?|$(tail -n 1 "said.$name")"
	}
	mkdir -p /dev/shm /huge /disk
	mount -t tmpfs none /dev/shm
	pinned() {
		echo > /proc/sys/vm/stat_refresh
		echo "pinned|$(awk '/^nr_foll_pin_/ { n = $2 - n } END { print n }' /proc/vmstat)"
	}
END

# said NAME: the status and the last line of a run.
said() {
	echo "$out" | sed -n "s/^$1|//p"
}

# good NAME SEED CHANGES DESCRIPTION
good() {
	like "$(said "$1")" "^0\|Seed $2: $3 changes, [0-9]+ accesses, [0-9]+ faults" "$4 (seed $2)"
}

many=${CHANGES:-200000}
lab() {
	# shellcheck disable=SC2086
	run_lab ${LAB_OPTIONS:-} --timeout $(($(scaled 600) + ${CHANGES:-0} / 500)) --add "$tmp/begin" \
		--add "$tmp/prog/torture" "$@"
	is "$status" 0 "the Host lives on" || diag "$err"
	is "$(said pinned)" 0 "no page is left pinned"
}

lab --smp 1 --modprobe ext4 --disk "$tmp/disk" -- "
	. ./begin
	run anonymous lguest 8 ./torture $seed $many
	run again lguest 8 ./torture 2 $many
	run shared lguest --memory=/dev/shm/memory 8 ./torture $seed $few
	echo always > /sys/kernel/mm/transparent_hugepage/enabled
	echo always > /sys/kernel/mm/transparent_hugepage/defrag
	huge=\$(grep '^thp_fault_alloc ' /proc/vmstat)
	# A huge page must be all of it in that memory: of four sizes, one or two do it.
	echo 0 > /proc/sys/kernel/randomize_va_space
	for mb in 8 9 10 11; do
		run transparent\$mb lguest \$mb ./torture $seed $few
	done
	[ \"\$huge\" = \"\$(grep '^thp_fault_alloc ' /proc/vmstat)\" ] || echo 'huge pages|by themselves'
	echo 4 > /proc/sys/vm/nr_hugepages
	mount -t hugetlbfs none /huge
	run hugetlbfs lguest --memory=/huge/memory 8 ./torture $seed $few
	mount -t ext4 /dev/vda /disk
	run file lguest --memory=/disk/memory 8 ./torture $seed $few
	rm /disk/memory && umount /disk
	pinned"
anonymous=$(said anonymous) again=$(said again)
good anonymous "$seed" "$many" "anonymous memory"
good again 2 "$many" "the other kernel_address"
good shared "$seed" "$few" "shared memory"
shared=$(said shared)
is "$(said 'huge pages')" "by themselves" "there are huge pages"
for mb in 8 9 10 11; do
	good transparent$mb "$seed" "$few" "memory in which there may be huge pages, $mb MB"
done
good hugetlbfs "$seed" "$few" "hugetlbfs"
good file "$seed" "$few" "memory that is a file"
is "$(for memory in transparent8 hugetlbfs file; do said $memory; done | sort -u)" "${shared:-nothing}" \
	"memory makes no difference"

# Two Guests at once, each moved from CPU to CPU; then one in shared memory; and memory
# that is a file on a disk, which is written back while the Guest runs and written to
# again after that.
mark=$(made_up)
lab --smp 2 --modprobe ext4 --disk "$tmp/disk" -- "
	. ./begin
	(run anonymous lguest 8 ./torture $seed $many) &
	(run again lguest 8 ./torture 2 $many) &
	move() {
		while pids=\$(pidof lguest); do
			for pid in \$pids; do taskset -p \$1 \$pid > /dev/null; done
			usleep 2000
			set -- \$((3 - \$1))
		done 2> /dev/null
	}
	begun() {
		until pidof lguest > /dev/null; do usleep 1000; done
	}
	begun && move 1
	wait
	run shared lguest --memory=/dev/shm/memory 8 ./torture $seed $few &
	begun && move 1
	wait
	mount -t ext4 /dev/vda /disk
	lguest --memory=/disk/memory 8 ./torture $seed $few 0 $mark > said & guest=\$!
	until grep -q Marked said; do usleep 1000; done
	sync
	[ -e /proc/\$guest/exe ] && echo 'synced|while it runs'
	wait \$guest
	echo \"file|\$?|\$(tail -n 1 said)\"
	pinned
	umount /disk && mount -t ext4 /dev/vda /disk
	echo marks\|\$(od -An -tu4 -N4 -j 0x700000 /disk/memory) \$(od -An -tu4 -N4 -j 0x700004 /disk/memory)"
is "$(said anonymous)" "$anonymous" "with two CPUs the same comes of it"
is "$(said again)" "$again" "... and of the other"
is "$(said shared)" "$shared" "... and in shared memory"
is "$(said file)" "$shared" "... and in a file"
is "$(said synced)" "while it runs" "the file is written back while the Guest runs"
is "$(echo $(said marks))" "$mark $((mark / 2))" "the file holds what the Guest wrote before and after"
done_testing
