#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# P2: whatever its Guest says, the Host answers with a sentence, or lets it go on.
. "${0%/*}/lib.sh"

# The Guest's words, and what the Launcher then prints (E is an address in the
# Guest's code). "-": no harm done, the Guest goes on to its goodbye. It has 8 MB and
# 1 MB for devices; struct lguest_data has 1392 bytes, a last message 128.
cat > "$tmp/lies" <<-'END'
	early|hypercall 2 before LGUEST_INIT
	vector|system calls by vector 0x81, not 0x80
	kernel|a kernel at 0xffffffff, where the Switcher is
	nowhere|lguest_data at 0xf0000000 is not in memory
	wraps|lguest_data at 0xffffff00 is not in memory
	straddles 0x900000|lguest_data at 0x8ffff0 is not in memory
	straddles 0x8ffaa1|lguest_data at 0x8ffa91 is not in memory
	straddles 0x8ffaa0|system calls by vector 0x0, not 0x80
	call 77|Bad hypercall 77
	call 0xffffffff|Bad hypercall 4294967295
	call 11|Bad hypercall 11
	again|a second LGUEST_INIT
	message 0x8fff80|CRASH: 
	message 0x8fff81|bad address 0x8fff81 to read 128 bytes
	message 0xffffffff|bad address 0xffffffff to read 128 bytes
	message 0xff002000|bad address 0xff002000 to read 128 bytes
	notify 0|-
	notify 0x7fffff|-
	notify 0x800000|the Guest notifies of 0x800000, where there is nothing
	notify 0xffffffff|the Guest notifies of 0xffffffff, where there is nothing
	touch 0x8fffff|-
	touch 0x900000|page fault at 0x900000, eip E (error code 0)
	touch 0xc0100000|page fault at 0xc0100000, eip E (error code 0)
	touch 0xff000000|-
	touch 0xff001000|-
	touch 0xff002000|-
	touch 0xff003000|page fault at 0xff003000, eip E (error code 0)
	touch 0xff400000|page fault at 0xff400000, eip E (error code 0)
	touch 0xffffffff|page fault at 0xffffffff, eip E (error code 0)
	overwrite 0x900000|page fault at 0x900000, eip E (error code 2)
	overwrite 0xc0100000|page fault at 0xc0100000, eip E (error code 2)
	overwrite 0xff000000|page fault at 0xff000000, eip E (error code 3)
	overwrite 0xff001000|-
	overwrite 0xff001fff|-
	overwrite 0xff002000|page fault at 0xff002000, eip E (error code 3)
	int3|unhandled trap 13 at E (error code 0x1a)
	int32|unhandled trap 13 at E (error code 0x102)
	cli|unhandled trap 13 at E (error code 0x0)
	cr3 0|unhandled trap 13 at E (error code 0x0)
	out|unhandled trap 13 at E (error code 0x0)
	divide 0|unhandled trap 0 at E (error code 0x0)
	divide 1|-
END
number=$(made_up)

# In the lab: each lie, what came of it in one line, then an honest Guest; and what
# is still pinned, and how much memory is free, then and after each of three times
# more. What a CPU keeps at hand of free pages, some megabytes, the kernel counts
# elsewhere.
cat > "$tmp/tell" <<-END
	tell() {
		while IFS='|' read -r words sentence; do
			echo "test: \$words" > /dev/kmsg
			said=\$(lguest 8 /guests/p2-the-guest-speaks \$words 2>&1)
			echo "\$words|\$? \$said" | tr '\\n' ' '
			echo
		done < lies
		lguest 8 /guests/p2-the-guest-speaks $number
	}
	count() {
		echo > /proc/sys/vm/stat_refresh
		echo 3 > /proc/sys/vm/drop_caches
		echo "\$(awk '/^nr_foll_pin_/ { n = \$2 - n } END { print n }' /proc/vmstat)" \
			"pinned, \$(awk '/^MemFree/ { n += \$2 } \$1 == "count:" { n += 4 * \$2 }
				END { print n }' /proc/meminfo /proc/zoneinfo) free"
	}
	tell
	count
	for i in 1 2 3; do
		tell > /dev/null
		count
	done
END

# Nothing, or not each time: what the Host needs for itself it needs once; but what
# watches on the debug kernel takes a page now and then.
lost_once() {
	awk 'BEGIN { while (++i < ARGC - 1) if (ARGV[i] - ARGV[i + 1] <= 8) exit 0; exit 1 }' "$@"
}

# judge HYPERVISOR: what "tell" did there.
judge() {
	is "$status" 0 "$1: the Host lives on" || diag "$err"
	like "$out" "^You said: $number\$" "$1: after all of them an honest Guest runs"
	is "$(echo "$out" | sed -n 's/ pinned, .*//p' | tr '\n' ' ')" "0 0 0 0 " "$1: no page is left pinned"
	set -- "$1" $(echo "$out" | sed -n 's/.* pinned, \(.*\) free$/\1/p')
	hypervisor=$1
	shift
	ok "$hypervisor: no memory is lost (free: $* kB)" lost_once "$@"
}

run_lab --upto P2 --add "$tmp/lies" --add "$tmp/tell" -- '. ./tell'
while IFS='|' read -r words sentence; do
	wanted="1 lguest: $sentence"
	[ "$sentence" != - ] || wanted='0 '
	is "$(echo "$out" | sed -nE "s/^$words\|(.*) /\1/p" | sed -E 's/(eip|at) 0x1[0-9a-f]{5}\b/\1 E/;
		s/^0 .*Hello.*Goodbye\.$/0 /')" "$wanted" "$words"
done < "$tmp/lies"
judge P2

# Later chapters may answer otherwise, but not worse.
run_lab --add "$tmp/lies" --add "$tmp/tell" -- '. ./tell'
judge "the whole book"
is "$(echo "$out" | grep -cE '\|(1 lguest: .|0 .*Goodbye)')" "$(wc -l < "$tmp/lies")" \
	"the whole book: each lie gets a sentence, or the Guest goes on"
done_testing
