# SPDX-License-Identifier: GPL-2.0-only
#
# What H3's and H4's tests share: a table of what trapper.c is told to do, and what
# comes of it, when traps are reflected and when they are direct.
. "${0%/*}/prog/lib.sh"

# What, from which ring, and its arguments; the answer (an extended regular expression,
# E for an address in the Guest's code); the answer if the trap is direct, if another.
# "-": the Guest goes on to its goodbye and says nothing else.
cat > "$tmp/traps" <<-'END'
	sweep 1 0|Called: 0 1 3 4 5 6 7 9 16 19 20 21 22 23 24 25 26 27 28 29 30 128\.
	sweep 1 3|Called: 0 1 3 4 5 6 7 9 16 19 20 21 22 23 24 25 26 27 28 29 30 128\.
	sweep 1 4|Called:\.
	sweep 3 0|Called:\.
	sweep 3 1|Called:\.
	sweep 3 2|Called:\.
	sweep 3 3|Called: 0 1 3 4 5 6 7 9 16 19 20 21 22 23 24 25 26 27 28 29 30 128\.
	sweep 3 4|Called:\.
	stack 3 0x69 0x300000 0|Caught 20 below\.
	stack 3 0x69 0x300000 2|Caught 20 below\.
	stack 3 0x69 0x300000 3|lguest: a stack of 3 pages
	stack 3 0x69 0x300000 0xffffffff|lguest: a stack of 4294967295 pages
	stack 3 0x68 0x300000 2|lguest: stack segment 0x68 is not for ring 1
	stack 3 0x6a 0x300000 2|lguest: stack segment 0x6a is not for ring 1
	stack 3 0x6b 0x300000 2|lguest: stack segment 0x6b is not for ring 1
	stack 3 0x58 0x300000 2|lguest: stack segment 0x58 is not for ring 1
	stack 3 0x1 0x300000 2|lguest: bad segment .*|lguest: double fault at E, the stack for traps 0x1:0x300000
	stack 3 0x59 0x300000 2|lguest: bad segment .*|lguest: double fault at E, the stack for traps 0x59:0x300000
	stack 3 0x51 0x300000 2|lguest: bad segment .*|lguest: double fault at E, .*
	stack 3 0x61 0x300000 2|lguest: bad segment .*|lguest: double fault at E, .*
	stack 3 0x81 0x300000 2|lguest: bad segment .*|lguest: double fault at E, .*
	stack 3 0x6d 0x300000 2|lguest: bad segment .*|lguest: double fault at E, .*
	stack 3 0xa1 0x300000 2|lguest: bad segment .*|lguest: double fault at E, .*
	stack 3 0xb9 0x300000 2|lguest: bad segment .*|lguest: double fault at E, .*
	stack 3 0xfffffff9 0x300000 2|lguest: bad segment .*|lguest: double fault at E, .*
	stack 3 0x69 0 0|lguest: no stack at 0xffffffec for a trap|lguest: page fault at 0xfffffffc, eip E .error code 2.
	stack 3 0x69 8 0|lguest: no stack at 0xfffffff4 for a trap|lguest: page fault at 0xfffffffc, eip E .error code 2.
	stack 3 0x69 0x900000 0|Caught 20 below\.
	stack 3 0x69 0x900004 0|lguest: no stack at 0x900000 for a trap|lguest: page fault at 0x900000, eip E .error code 2.
	stack 3 0x69 0x900800 0|lguest: no stack at 0x9007ec for a trap|lguest: page fault at 0x9007fc, eip E .error code 2.
	stack 3 0x69 0xff000100 0|lguest: no stack at 0xff0000ec for a trap|lguest: page fault at 0xff0000fc, eip E .error code 3.
	stack 3 0x69 0xff001800 0|lguest: no stack at 0xff0017ec for a trap|Caught 20 below\.
	stack 3 0x69 0xff002000 0|lguest: no stack at 0xff001fec for a trap|Caught 20 below\.
	stack 3 0x69 0xff002800 0|lguest: no stack at 0xff0027ec for a trap|lguest: page fault at 0xff0027fc, eip E .error code 3.
	handler 3 0xc0000000|lguest: page fault at 0xc0000000, eip 0xc0000000 .error code 0.
	handler 3 0xffffffff|lguest: page fault at 0xffffffff, eip 0xffffffff .error code 0.
	handler 3 0xff000000|lguest: page fault at .*
	again 1 down|Going on\. lguest: no stack at 0xfffffffc for a trap|Going on. lguest: page fault at 0xfffffffc, eip E .error code 2.
	step 3|13 steps, 3 calls\.
	calls 3 777|Ended with 777\.
	iret 1 0x4002 0x61 0x100000|Caught with 0x0\.
	iret 1 0x2 0 0x100000|Caught with 0x0\.
	iret 1 0x2 0x60 0x100000|Caught with 0x60\.
	iret 1 0x2 0x62 0x100000|Caught with 0x60\.
	iret 1 0x2 0x63 0x100000|Caught with 0x60\.
	iret 1 0x2 0x50 0x100000|Caught with 0x50\.
	iret 1 0x2 0x59 0x100000|Caught with 0x58\.
	iret 1 0x2 0xfff9 0x100000|Caught with 0xfff8\.
	nogate 1 divide|lguest: unhandled trap 0 at E .error code 0x0.
	nogate 3 divide|lguest: unhandled trap 0 at E .error code 0x0.
	nogate 3 step|lguest: unhandled trap 1 at E .error code 0x0.
	nogate 1 int3|lguest: unhandled trap 13 at E .error code 0x1a.
	nogate 3 into|lguest: unhandled trap 13 at E .error code 0x22.
	nogate 3 ud2|lguest: unhandled trap 6 at E .error code 0x0.
	nogate 3 absent|lguest: unhandled trap 11 at E .error code 0xa0.
	nogate 3 hlt|lguest: unhandled trap 13 at E .error code 0x0.
	nogate 3 int33|lguest: unhandled trap 13 at E .error code 0x10a.
	nogate 1 syscall|lguest: unhandled trap 13 at E .error code 0x402.
	conforming 3|syscall ring 3 [a-z]+ conforming: 20 eip.2 cs 0x93 eflags 0x4803 esp.0 ss 0x7b; eflags 0xa03 ss 0x69 irq_enabled 0x0|syscall ring 3 trap conforming: 20 eip.2 cs 0x93 eflags 0x4a03 esp.0 ss 0x7b; eflags 0xa03 ss 0x69 irq_enabled 0x0
	touch 3 0x900000|lguest: page fault at 0x900000, eip E .error code 2.
	touch 3 0xff002000|lguest: page fault at 0xff002000, eip E .error code 3.
END

# From H4 on, pages can be kept.
cat > "$tmp/kept" <<-'END'
	stack 3 0x69 0x300000 1|Caught 20 below\.
	stack 3 0x69 0 1|lguest: no stack at 0xffffffff to keep
	stack 3 0x69 0x1000 1|Caught 20 below\.
	stack 3 0x69 0x1000 2|lguest: no stack at 0xffffffff to keep
	stack 3 0x69 0x900000 2|Caught 20 below\.
	stack 3 0x69 0x900001 1|lguest: no stack at 0x900000 to keep
	stack 3 0x69 0x901001 2|lguest: no stack at 0x901000 to keep
	stack 3 0x69 0xff000100 1|lguest: no stack at 0xff0000ff to keep
	stack 3 0x69 0xff001800 1|lguest: no stack at 0xff0017ff to keep
	stack 3 0x69 0xffffffff 2|lguest: no stack at 0xfffffffe to keep
END

build_trapper() {
	build_guest trapper h4
	cp "$tmp/prog/trapper" "$tmp/trapper"
}

# In the lab: each line of the table by both kinds of gate; all frames; Guests that
# trap for ever, while another one works and until they are killed; an honest Guest.
cat > "$tmp/try" <<-'END'
	each() {
		while IFS='|' read -r words rest; do
			for type in trap interrupt; do
				echo "test: $type $words" > /dev/kmsg
				said=$(lguest 8 ./trapper "${words%% *}" $type ${words#* } 2>&1)
				status=$?
				echo "$type $words|$status|$(echo "$said" | tr '\n' ' ')"
			done
		done
	}
	each < table
	for type in trap interrupt; do
		for ring in 1 2 3; do
			echo "test: frames $type $ring" > /dev/kmsg
			lguest 8 ./trapper frames $type $ring
		done
	done > frames
	sed 's/^/frame: /' frames
	for type in trap interrupt; do
		lguest 8 ./trapper again $type 1 reset > went-$type &
		eval "$type=\$!"
		until grep -q . went-$type; do usleep 1000; done
	done
	lguest 8 /guests/h3-traps $number
	kill $trap
	kill -9 $interrupt
	wait $trap
	echo "killed: $?"
	wait $interrupt
	echo "killed: $?"
END

# The frames by the rules: which words there are, and what each of them is.
frames_by_rule() {
	# The flags come as 0x4 and a number that is to be one digit.
	awk -v direct="$1" '
	function frame(name, eip, error,    skips, flag, n) {
		skips = direct && type == "trap" && name != "step" && error !~ /^0x(0|10a)$/
		flag = skips || where == "straddles" || where == "untouched"
		n = 12 + 8 * (ring > 1) + 4 * (error != "")
		printf "%s ring %d %s %s: %d", name, ring, type, where, n
		if (error != "")
			printf " error %s", error
		printf " eip+%d cs %s eflags 0x4%s03", eip, cs[ring], name == "step" ? 9 + 2 * flag : 8 + 2 * flag
		if (ring > 1)
			printf " esp+0 ss %s", ss[ring]
		printf "; eflags 0xa03 ss 0x69 irq_enabled %s\n", type == "trap" ? on[where] : "0x0"
	}
	BEGIN {
		split("0x61 0xb2 0x73", cs); split("0x69 0xba 0x7b", ss)
		on["middle"] = "0x0"; on["straddles"] = "0x200"
		on["end"] = "0xfffffdff"; on["untouched"] = "0xffffffff"
		kinds = split("divide 0 - step 1 - int3 1 - into 1 - ud2 0 - " \
			"absent 0 0xa0 hlt 0 0x0 int33 0 0x10a syscall 2 -", kind)
		split("trap interrupt", types); split("middle straddles end untouched", wheres)
		for (t = 1; t <= 2; t++) {
			type = types[t]
			for (ring = 1; ring <= 3; ring++) {
				for (k = 1; k <= kinds; k += 3)
					for (w = 1; w <= 4; w++) {
						where = wheres[w]
						frame(kind[k], kind[k + 1], kind[k + 2] == "-" ? "" : kind[k + 2])
					}
				print "Goodbye."
			}
		}
	}' | sed 's/eflags 0x410/eflags 0x4a/; s/eflags 0x411/eflags 0x4b/'
}

# try_traps DIRECT OPTIONS...: all of that, on a hypervisor whose traps are direct or not.
try_traps() {
	direct=$1
	shift
	number=$(made_up)
	echo "number=$number" > "$tmp/number"
	run_lab "$@" --timeout "$(scaled 240)" --add "$tmp/table" --add "$tmp/try" --add "$tmp/trapper" --add "$tmp/number" -- '. ./number; . ./try'
	is "$status" 0 "the Host lives on" || diag "$err"
	while IFS='|' read -r words reflected other; do
		for type in trap interrupt; do
			wanted=$reflected
			[ "$type$direct" != trap1 ] || wanted=${other:-$reflected}
			case $wanted in
			*lguest:*) wanted="1\\|$wanted " ;;
			*) wanted="0\\|$wanted Goodbye\\. " ;;
			esac
			like "$(grep -F "$type $words|" "$tmp/out" | cut -d '|' -f 2- |
				sed -E 's/(eip|at) 0x1[0-9a-f]{5}\b/\1 E/')" "^$wanted\$" "$type $words"
		done
	done < "$tmp/table"
	frames_by_rule "$direct" > "$tmp/by-rule"
	sed -n 's/^frame: //p' "$tmp/out" > "$tmp/frames"
	is "$(wc -l < "$tmp/frames")" 222 "all frames are there"
	ok "each word of each frame is what it must be" cmp "$tmp/by-rule" "$tmp/frames" ||
		diag "$(diff "$tmp/by-rule" "$tmp/frames" | head -n 8)"
	like "$out" '^killed: 143$' "a Guest that traps for ever ends by a signal"
	like "$out" '^killed: 137$' "... and is killed"
	like "$out" "^It ended with $number\.\$" "an honest Guest runs beside them"
}
