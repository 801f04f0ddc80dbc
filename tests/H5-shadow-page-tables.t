#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# H5: what a Guest's page tables say is obeyed, noted in them, and never believed.
. "${0%/*}/prog/lib.sh"

# The words of its Guest, and what comes of them. It has 8 MB and 1 MB for devices.
cat > "$tmp/lies" <<-'END'
	entry 0x8ff067|At 0x40010000 there is 0.
	entry 0x900067|lguest: bad page table entry 0x900067
	entry 0xfffff067|lguest: bad page table entry 0xfffff067
	entry 0x2000e7|lguest: bad page table entry 0x2000e7
	entry 0x200f7f|At 0x40010000 there is 0.
	entry 0xfffffffe|A fault at 0x40010000, error code 0.
	directory 0x900067|lguest: bad page directory entry 0x900067
	directory 0xfffff067|lguest: bad page directory entry 0xfffff067
	directory 0x2000e7|lguest: bad page directory entry 0x2000e7
	directory 0x20006f|lguest: bad page directory entry 0x20006f
	directory 0x200077|lguest: bad page directory entry 0x200077
	directory 0x200167|lguest: bad page directory entry 0x200167
	directory 0x200867|lguest: bad page directory entry 0x200867
	directory 0x200067|A fault at 0x40010000, error code 0.
	directory 0x8ff001|A fault at 0x40010000, error code 0.
	directory 0xfffffffe|A fault at 0x40010000, error code 0.
	switch 0x100|lguest: no page directory can be at 0x100
	switch 0x900000|lguest: no page directory can be at 0x900000
	switch 0xfffff000|lguest: no page directory can be at 0xfffff000
	switch 0x8ff000|A fault at 0x40010000, error code 0.
	stackless 1|lguest: no stack at S to keep
	stale 0x200000|At 0x40010000 there is 0. A fault at 0x40010000, error code 2.
	opened 5|In ring 3, too, there is 5.
	switcher 0xff010000|A fault at 0xff000000, error code 3. A fault at 0xff010000, error code 1.
	switcher 0xff400000|A fault at 0xff000000, error code 3. A fault at 0xff400000, error code 1.
	switcher 0xfffff000|A fault at 0xff000000, error code 3. A fault at 0xfffff000, error code 1.
	itself 77|At 0x40004000 there is 77.
	each-other 99|At 0x40000004 there is 99. At 0x40400004 there is 100.
	everywhere 5|5 is at 1017 addresses.
	unhandled 0x40000000|lguest: page fault at 0x40000000, eip E (error code 2)
	unhandled 0xff000000|lguest: page fault at 0xff000000, eip E (error code 2)
	unhandled 0|lguest: page fault at 0x0, eip E (error code 2)
END
number=$(($(made_up) % 1000000000))

# In the lab: each of them; what an honest Guest shows, with small pages and large;
# one that faults for ever, until it is killed; what is charged for shadows; and
# what is left of them all.
cat > "$tmp/try" <<-END
	guest=/guests/h5-shadow-page-tables
	while IFS='|' read -r words result; do
		echo "test: \$words" > /dev/kmsg
		echo "\$words|\$(echo \$(lguest 8 \$guest \$words 2>&1))"
	done < lies
	events=/sys/kernel/debug/tracing/events/lguest
	echo 1 > \$events/enable
	lguest --stats 8 \$guest $number 2>&1
	echo 0 > \$events/enable
	awk '/lguest_hypercall: [145] / { wanted++ } /lguest_flush:/ { flushes++ }
		/lguest_shadow: filled/ { filled++ }
		END { print "traced", filled, flushes, wanted }' \$events/../../trace
	echo always > /sys/kernel/mm/transparent_hugepage/enabled
	large=\$(awk '/^thp_fault_alloc/ { print \$2 }' /proc/vmstat)
	lguest 64 \$guest cost 6000 > /dev/null
	echo "large pages: \$? \$((\$(awk '/^thp_fault_alloc/ { print \$2 }' /proc/vmstat) - large))"
	echo never > /sys/kernel/mm/transparent_hugepage/enabled

	lguest 8 \$guest for-ever 0x40000000 > said &
	until grep -q . said; do usleep 1000; done
	kill \$!
	wait \$!
	echo "for ever: \$?"

	mkdir groups
	mount -t cgroup2 none groups
	echo +memory > groups/cgroup.subtree_control
	for words in 1 'everywhere 1'; do
		mkdir groups/a
		sh -c "echo \\\$\\\$ > groups/a/cgroup.procs; exec lguest 8 \$guest \$words" > /dev/null
		echo "charged: \$((\$(cat groups/a/memory.peak) / 1024))"
		until rmdir groups/a; do usleep 10000; done
	done
	echo > /proc/sys/vm/stat_refresh
	echo \$(grep ^nr_foll_pin_ /proc/vmstat)
END

# judge HYPERVISOR: what "try" did there.
judge() {
	is "$status" 0 "$1: the Host lives on" || diag "$err"
	while IFS='|' read -r words result; do
		is "$(echo "$out" | sed -n "s/^$words|//p" | sed -E 's/eip 0xc01[0-9a-f]{5}\b/eip E/
			s/stack at 0xc01[0-9a-f]{5}\b/stack at S/')" "$result" "$1: $words"
	done < "$tmp/lies"
	like "$out" "^The first page holds $number, and 0 are wrong\\.\$" "$1: pages on demand hold what was put there"
	like "$out" '^16 faults, the last one at 0x4000f000 with error code 2\.$' "$1: each was asked for once"
	is "$(echo "$out" | grep '^Bits')" 'Bits of an entry: 0x3, after a read 0x23, after a write 0x63.' \
		"$1: an entry is marked when it is used, not before"
	is "$(echo "$out" | sed -n '/ ring 1: /,/^Goodbye/p' | sed 's/ *$//')" "$rights" "$1: rights are obeyed in both rings"
	filled=$(echo "$out" | awk '$2 == "filled" { print $3 }')
	like "$out" "^traced $filled ([1-9][0-9]*) \\1\$" "$1: a trace shows each entry that is filled, and each flush"
	like "$out" "^large pages: 0 [1-9]" "$1: the Launcher's memory may be in large pages"
	like "$out" '^for ever: 143$' "$1: a Guest that faults for ever can be ended"
	like "$out" '^nr_foll_pin_acquired ([1-9][0-9]*) nr_foll_pin_released \1$' "$1: no page is left pinned"
	set -- "$1" $(echo "$out" | sed -n 's/^charged: //p')
	ok "$1: shadows are charged to the Launcher ($2 KB, then $3)" [ "$3" -gt $(($2 + 3500)) ]
}

rights='                   ring 1: read write  ring 3: read write
not there                 0    2            4    6
kernel, read-only         ok   3            5    7
kernel, writable          ok   ok           5    7
user, read-only           ok   3            ok   7
user, writable            ok   ok           ok   ok
Goodbye.'
for hypervisor in H5 'the whole book'; do
	case $hypervisor in
	H5) run_lab --upto H5 --add "$tmp/lies" --add "$tmp/try" -- '. ./try' ;;
	*) run_lab --smp 2 --add "$tmp/lies" --add "$tmp/try" -- '. ./try' ;;
	esac
	judge "$hypervisor"
done
faults=$(echo "$out" | awk '$2 == "page-fault" { print $3 }')
ok "what was filled is counted ($filled, of $faults faults)" [ "${filled:-0}" -gt 100 -a "${filled:-0}" -lt "$((faults + 10))" ]

# What happens beside the Guest: its Launcher makes the tables, changes them, takes
# them away. At 0x10000 there is a directory, at 0x11000 a table.
cat > "$tmp/table" <<'END'
tables that the Launcher made|tables=0x67 open write=0,memory,pages,0x10000,speak read read|16 0x3000 0x3001
they get their marks|tables=0x3 open write=0,memory,pages,0x10000,touch read read peek=0x10000 peek=0x11004 peek=0x11008 peek=0x11800 peek=0x11804|16 0x3000 0x3000 0x11023 0x1023 0x2003 0x200063 0x201003
a page is not for writing|tables=0x21 open write=0,memory,pages,0x10000,touch read read why peek=0x11800|16 0x3000 ENOENT page fault at 0x200000, eip E (error code 3). 0x200021
a directory entry is not for writing|tables=0x67 poke=0x10000,0x11021 open write=0,memory,pages,0x10000,touch read read why|16 0x3000 ENOENT page fault at 0x200000, eip E (error code 3).
a directory with nothing in it|open write=0,memory,pages,0x10000,speak read why|16 ENOENT page fault at 0x1000, eip E (error code 0).
a page of four megabytes|tables=0x67 poke=0x10000,0xe7 open write=0,memory,pages,0x10000,speak read why|16 ENOENT bad page directory entry 0xe7.
an entry changed before LGUEST_INIT|tables=0x67 open write=0,memory,pages,0x10000,early read why|16 ENOENT page fault at 0x200000, eip E (error code 0).
an entry changed, a flush|tables=0x67 open write=0,memory,pages,0x10000,flush read poke=0x200000,0 poke=0x11800,0x300067 read peek=0x200000 peek=0x300000|16 0x3000 0x3000 0x0 0x1
a table is gone|tables=0x67 open write=0,memory,pages,0x10000,touch unmap=17 read why|16 ENOENT page tables at 0x11004 are gone.
a directory is gone|tables=0x67 open write=0,memory,pages,0x10000,touch unmap=16 read why|16 ENOENT page tables at 0x10000 are gone.
a table is read-only, and has its marks|tables=0x67 readonly=17 open write=0,memory,pages,0x10000,touch read read|16 0x3000 0x3000
a table is read-only, and has not|tables=0x3 readonly=17 open write=0,memory,pages,0x10000,touch read why|16 ENOENT bad address 0x11004 to write 4 bytes.
a directory is read-only|tables=0x3 readonly=16 open write=0,memory,pages,0x10000,touch read why|16 ENOENT bad address 0x10000 to write 4 bytes.
a page is gone|tables=0x67 unmap=512 open write=0,memory,pages,0x10000,touch read read why|16 0x3000 ENOENT the Launcher has no memory at page 512.
a page is read-only for the Launcher|tables=0x67 readonly=512 open write=0,memory,pages,0x10000,touch read read why|16 0x3000 ENOENT the Launcher has no memory at page 512.
a page goes when it is held|tables=0x67 open write=0,memory,pages,0x10000,flush read unmap=512 read read|16 0x3000 0x3000 0x3000
an entry flickers, both are good|tables=0x67 open write=0,memory,pages,0x10000,flush aside flicker=0x11800,0x200067,0x201067 meanwhile read read steady together|16 0x3000 0x3000
its marks flicker|tables=0x67 open write=0,memory,pages,0x10000,flush aside flicker=0x11800,0x200003,0x200067 meanwhile read read steady together|16 0x3000 0x3000
it is beyond memory now and then|tables=0x67 open write=0,memory,pages,0x10000,flush aside flicker=0x11800,0x200067,0x7fff067 meanwhile read steady together why|16 ENOENT bad page table entry 0x7fff067.
a directory entry is beyond memory now and then|tables=0x67 open write=0,memory,pages,0x10000,flush aside flicker=0x10000,0x11067,0x7fff067 meanwhile read steady together why|16 ENOENT bad page directory entry 0x7fff067.
END
drive_device --smp 2
done_testing
