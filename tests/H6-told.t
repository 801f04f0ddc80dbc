#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# H6: what the Host makes of what it is told of page tables, and what it does not
# notice by itself. The Guest is tests/prog/shadow.c.
. "${0%/*}/prog/lib.sh"
build_guest shadow h6
number=$(made_up)

# By number: SET_PTE is 14, SET_PGD 15, FLUSH_TLB 5, NEW_PGTABLE 4.
cat > "$tmp/calls" <<-'END'
	14 0x102000 0xff000000 0x100063|SET_PTE at 0xff000000, where the Switcher is
	14 0x102000 0xff001000 0|SET_PTE at 0xff001000, where the Switcher is
	14 0x102000 0xffffffff 0|SET_PTE at 0xffffffff, where the Switcher is
	14 0x102000 0xfefff000 0x100063|Still here.
	14 0x102000 0xc03ff000 0x900063|bad page table entry 0x900063
	14 0x102000 0xc03ff000 0x1000e3|bad page table entry 0x1000e3
	14 0x102000 0xc03ff000 0xfffff060|Still here.
	14 0 0x10000000 0x900063|Still here.
	14 0xfffff001 0x10000000 0x100063|Still here.
	15 0x102000 1024|entry 1024 of a page directory
	15 0x102000 0xffffffff|entry 4294967295 of a page directory
	15 0 1024|entry 1024 of a page directory
	15 0x102000 1023|Still here.
	15 0x102000 1020|Still here.
	15 0 0|Still here.
	15 0x102000 768|Still here.
	5 0|Still here.
	5 1|Still here.
	5 0xffffffff|Still here.
	4 0x102001|no page directory can be at 0x102001
	4 0x900000|no page directory can be at 0x900000
	4 0xfffff000|no page directory can be at 0xfffff000
END

cat > "$tmp/tell" <<-END
	lguest 8 shadow $number
	lguest 8 shadow $number gone 2>&1
	while IFS='|' read -r words sentence; do
		echo "\$words|\$(lguest 8 shadow call \$words 2>&1 < /dev/null | head -n 1)"
	done < calls
END
# What a trace shows of the shadows: each kind of event, and how often it had to be
# there by what the hypercalls in the same trace say and by which directory is where.
cat > "$tmp/watch" <<-'END'
	/lguest_hypercall: / {
		sub(/.*lguest_hypercall: /, ""); gsub(/[(),]/, "")
		calls[$1]++
		if ($1 == 15 && $3 ~ /^0x(..?|3[0-9a-e].|3f[0-9ab])$/)
			for (i in has)
				drops += has[i] == $2
		next
	}
	/lguest_shadow: / { shadow[$0 ~ /: filled /]++ }
	/lguest_drop: / { seen_drops++ }
	/lguest_flush: / { flushes++ }
	/lguest_switch: / {
		switches++
		which = $(NF - 2)
		reused += has[which] != $NF
		has[which] = $NF
	}
	END {
		print "filled", shadow[1]
		print "told", shadow[0]
		print "dropped", seen_drops + 0, drops + 0
		print "flushed", flushes, calls[1] + calls[5] + reused
		print "switched", switches, calls[4]
	}
END
cat >> "$tmp/tell" <<-END
	events=/sys/kernel/debug/tracing/events/lguest
	echo 1 > \$events/enable
	lguest --stats 8 shadow $number > /dev/null 2> stats
	echo 0 > \$events/enable
	sed 's/^lguest: /stats: /' stats
	awk -f watch \$events/../../trace | sed 's/^/trace: /'
END
# shellcheck disable=SC2086
run_lab ${LAB_OPTIONS:-} --add "$tmp/prog/shadow" --add "$tmp/calls" --add "$tmp/tell" --add "$tmp/watch" -- '. ./tell'
is "$status" 0 "the Host lives on" || diag "$err"

finds() {
	is "$(echo "$out" | sed -n "s/^$1: //p" | head -n 1)" "$2" "$3"
}

finds "Six directories" "6 of 6." "each directory has what is in it"
finds "Again" "6 of 6." "... also when it has had to make room"
finds "The kernel's, not told" "0 of 4." "a change of the kernel's entries is not noticed if it is not told"
finds "... and after a flush" "4 of 4." "... but by a flush of everything"
finds "The kernel's, told" "4 of 4." "... and, told of any directory, in all of them"
finds "Nothing" "0 0." "nor is one of the user's"
finds "The entry of the first" "1 0." "an entry is changed in the directory that was named: the one in force"
finds "The entry of the second" "0 1." "... or another"
finds "The entry of the fifth" "0 0." "... or one for which there is no shadow"
finds "The table of the second" "0 1." "a table is forgotten in the directory that was named"
finds "Another table" "0 0." "... and no other"
finds "The user's part" "1 0." "the user's part is forgotten in the directory in force"
finds "Everything" "1 1." "everything is, in all"
finds "Other directories" "1 1." "a shadow is not kept for whoever gets it next"
finds "Neither" "0x0, read 0x20, written 0x60." "the bits are set when the page is read and written"
finds "Accessed" "0x20, read 0x20, written 0x60." "... also if the shadow was filled before"
finds "Both" "0x60, read 0x60, written 0x60." "... and stay"
finds "Dirty" "0x40, read 0x40, written 0x40." "an entry that is dirty is not looked at again"
like "$out" "^Goodbye $number\.$" "the Guest goes on"
like "$out" '^lguest: page fault at 0x10000000, eip 0x[0-9a-f]+ \(error code 0\)$' "an entry that is gone is gone at once"
trace() {
	echo "$out" | sed -n "s/^trace: $1 //p"
}

# as_often EVENT DESCRIPTION: as often as it had to be, and not never.
as_often() {
	like "$(trace "$1")" '^([1-9][0-9]*) \1$' "$2"
}
is "$(trace filled)" "$(echo "$out" | sed -n 's/^stats: filled //p')" "a trace shows each entry that is filled"
# One of the kernel's, in the table of all; four for the bits of an entry; three more.
is "$(trace told)" 8 "... and those that are told"
as_often dropped "... each table that is dropped"
as_often flushed "... each flush, LGUEST_INIT's and that of a directory's place that another one gets"
as_often switched "... and each switch"
while IFS='|' read -r words sentence; do
	is "$(echo "$out" | sed -n "s/^$words|\(lguest: \)\{0,1\}//p")" "$sentence" "$words"
done < "$tmp/calls"
done_testing
