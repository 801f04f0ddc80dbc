#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What the Switcher finds in the Guest's registers may be bad: it faults, and the
# Guest dies of it, not the Host. No Guest of the book can do that, so one more
# chapter lets the start address of a Guest say which of its registers gets what,
# and the Launcher not wonder.
. "${0%/*}/lib.sh"

mkdir "$tmp/book"
cp -R "$top/chapters" "$top/module" "$top/launcher" "$top/guest" "$tmp/book"
echo M99-bad-registers.nw >> "$tmp/book/chapters/BOOK"
cat > "$tmp/book/chapters/M99-bad-registers.nw" <<-'END'
	# Bad registers {#M99}

	## M:999 A start address from 0x80000000 is: word of struct lguest_regs, value {.section}

	<<instead: let interrupts come while it runs>>=
	regs->eflags |= X86_EFLAGS_IF;
	if (start @>> 31)
		((unsigned long *)regs)[start @>> 16 & 31] = start & 0xffff;
	@

	<<instead: is there anything where it starts?>>=
	@
END
tree=$tmp/tree
"$top/tools/tangle" --chapters "$tmp/book/chapters" "$tree" 2> "$tmp/build" &&
	make -C "$tree" KDIR="$headers" > "$tmp/build" 2>&1 ||
	bail_out "the book with bad registers does not build: $(tail -n 1 "$tmp/build")"

# Which word of the registers, which value, why it is bad.
cat > "$tmp/registers" <<-END
	gs  7 0028 nothing there
	fs  8 0028 nothing there
	ds  9 0028 nothing there
	ds  9 0080 a task
	ds  9 0051 for ring 0
	ds  9 fff9 beyond the table
	es 10 0028 nothing there
	es 10 006d in a table that is not there
	cs 14 0000 nothing at all
	cs 14 0029 nothing there
	cs 14 0069 data
	cs 14 0080 a task
	cs 14 0060 for another ring
	ss 17 0000 nothing at all
	ss 17 0029 nothing there
	ss 17 0061 code
	ss 17 0068 for another ring
END

# e_entry is at byte 24 of an ELF file, the lowest byte first.
mkdir "$tmp/bad"
while read -r name word value why; do
	image=$tmp/bad/$name-$value
	cp "$tree/guest/p2-the-guest-speaks" "$image"
	printf "\\$(printf %o "0x${value#??}")\\$(printf %o "0x${value%??}")\\$(printf %o "$word")\\200" |
		dd of="$image" bs=1 seek=24 conv=notrunc 2> /dev/null
done < "$tmp/registers"
number=$(made_up)
run_lab --tree "$tree" --add "$tmp/bad" -- "
	for image in bad/*; do
		echo \"test: \$image\" > /dev/kmsg
		said=\$(lguest 8 \$image 2>&1)
		echo \"\$image \$? \$said\"
	done
	lguest --stats 8 bad/ds-0028 2>&1
	lguest 8 /guests/p2-the-guest-speaks $number"
is "$status" 0 "the Host lives on" || diag "$err"
while read -r name word value why; do
	is "$(echo "$out" | sed -n "s|^bad/$name-$value ||p")" \
		"1 lguest: bad segment register or return address" \
		"$name = $value ($why): the Guest dies"
done < "$tmp/registers"
like "$out" '^lguest: switcher 1$' "... in the Switcher"
like "$out" "^You said: $number\$" "an honest Guest runs after them"
done_testing
