#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# L1: a Guest boots from whatever a linker makes of it and from a bzImage, and finds
# its memory, its words and its initrd. (tests/L1-wrong-files.t has what is refused.)
. "${0%/*}/lib.sh"

mkdir -p "$trees"
flock "$trees/lock" make -s -C "$top" module > "$tmp/build" 2>&1 ||
	bail_out "$(head -n 1 "$tmp/build")"
mkdir "$tmp/k"
cp -R "$trees/all/guest" "$trees/all/include" "$tmp/"
cp "$top/build/lab/686/vmlinuz" "$tmp/k/debian"
name=l1-loading-a-kernel
# The same Guest, linked otherwise than by our own script.
link() {
	out=$1
	shift
	(cd "$tmp/guest" && gcc -m32 -nostdlib -static -no-pie -o "$tmp/k/$out" "$@" \
		-Wl,--defsym,kernel_offset=0 start.o $name.o libguest.a -lgcc) \
		2> "$tmp/build" || bail_out "cannot link $out: $(head -n 1 "$tmp/build")"
}
link writable-text -Wl,--build-id=none -Wl,-N -Wl,-Ttext=0x100000
link separate-code -Wl,-z,separate-code -Wl,-Ttext-segment=0x100000 -Wl,--build-id
link far-apart -Wl,--build-id=none -Wl,-n -Wl,-Ttext=0x500000 -Wl,-Tdata=0x300000 -Wl,-Tbss=0x110000
link where-programs-are

# Its program headers in the opposite order, and elsewhere; no section header left.
cat > "$tmp/turn" <<'END'
	local $/;
	my $elf = <STDIN>;
	my ($at, $size, $count) = unpack 'x28 V x10 v v', $elf;
	my @headers = reverse unpack "x$at " . "a$size" x $count, $elf;
	my @ends = map { my @h = unpack 'V8', $_; $h[1] + $h[4] } @headers;
	my $end = (sort { $b <=> $a } @ends)[0];
	substr($elf, $at, $size * $count) = 'x' x ($size * $count);
	$elf = substr($elf, 0, $end) . 'odd' . join '', @headers;
	substr($elf, 28, 4) = pack 'V', $end + 3;
	substr($elf, 32, 4) = pack 'V', 0;
	substr($elf, 46, 6) = pack 'v3', 0, 0, 0;
	print $elf;
END
perl "$tmp/turn" < "$tmp/k/separate-code" > "$tmp/k/turned-round" || bail_out "cannot turn an ELF file round"
loads() {
	readelf -lW "$tmp/k/$1" 2> /dev/null | awk '/^ +LOAD/ { printf "%s ", $4 }'
}
ok "the linker made more than one segment" [ "$(loads separate-code | wc -w)" -gt 2 ]
ok "... and others in another order" [ "$(loads turned-round | wc -w)" -gt 2 ] &&
	[ "$(loads turned-round)" != "$(loads turned-round | tr ' ' '\n' | sort | tr '\n' ' ')" ]

# A Guest that stays, so that its memory can be read; the rule makes a bzImage of any.
make -s -C "$tmp/guest" p3-the-host-lives-on.bz > "$tmp/build" 2>&1 || bail_out "$(head -n 1 "$tmp/build")"
cp "$tmp/guest/p3-the-host-lives-on.bz" "$tmp/guest/p3-the-host-lives-on" "$tmp/k/"

# Two others: with four sectors of setup, as before they were counted; and with a
# header that would reach to the memory map, and beyond it.
cat > "$tmp/vary" <<'END'
	my $how = shift;
	local $/;
	my $image = <STDIN>;
	if ($how eq 'four') {
		substr($image, 1024, 0) = "\x0f\x0b" x 768;
		substr($image, 0x1f1, 1) = "\0";
	} else {
		substr($image, 0x201, 1) = "\xff";
		substr($image, 0x264, 0x19c) = "\xcc" x 0x19c;
	}
	print $image;
END
for how in four long; do
	perl "$tmp/vary" $how < "$tmp/guest/$name.bz" > "$tmp/k/$how-header.bz" || bail_out "cannot vary a bzImage"
done
perl "$tmp/vary" long < "$tmp/k/p3-the-host-lives-on.bz" > "$tmp/k/p3-long.bz" || bail_out "cannot vary a bzImage"
if command -v file > "$tmp/build"; then
	like "$(file "$tmp/guest/$name.bz")" 'Linux kernel x86 boot executable bzImage, version There and Back' \
		"file(1) takes our bzImage for one"
else
	skip "file(1) is not installed"
fi

number=$(made_up)
head -c $((number % 100000 + 1)) /dev/urandom > "$tmp/k/small"
head -c 5000001 /dev/urandom > "$tmp/k/large"
crc() {
	perl -MCompress::Zlib -0777 -ne 'printf "%x", crc32($_)' "$tmp/k/$1"
}

cat > "$tmp/k/try" <<-END
	cd /root/k
	try() {
		echo "== \$1"
		shift
		echo "test: \$*" > /dev/kmsg
		lguest "\$@" 2>&1
		echo "status \$?"
	}
	# peek NAME WORDS...: the first pages of a Guest that loops, in hexadecimal.
	peek() {
		echo "== \$1"
		shift
		mkfifo said
		lguest "\$@" > said &
		# When it has spoken it is there.
		read -r line < said
		rm said
		base=\$(awk -F '[- ]' '{ n = "0x" \$1; m = "0x" \$2; if (m - n >= 9437184) { print n; exit } }' /proc/\$!/maps)
		dd if=/proc/\$!/mem bs=4096 skip=\$((base / 4096)) count=2 2> /dev/null | hexdump -v -e '/1 "%02x"'
		echo
		kill -9 \$!
		wait
	}
	elf=/guests/$name
	crc32 small large
	try plain 8 \$elf $number two words
	try words 8 \$elf
	for kind in elf bzimage; do
		try \$kind-small --initrd=small 8 \$elf $number
		try \$kind-large --initrd=large 8 \$elf $number
		try \$kind-much 2700 \$elf $number
		try \$kind-much-initrd --initrd=large 2700 \$elf $number
		elf=/guests/$name.bz
	done
	for odd in writable-text separate-code far-apart turned-round; do
		try \$odd --initrd=small 8 \$odd $number
	done
	try four 8 four-header.bz $number
	try long 8 long-header.bz $number
	try where-programs-are --initrd=small 160 where-programs-are $number
	try too-low 128 where-programs-are $number
	try debian --verbose --initrd=small 64 debian $number
	try debian-small 16 debian $number
	peek peek-elf --initrd=small 8 p3-the-host-lives-on loop $number
	peek peek-bzimage --initrd=small 8 p3-the-host-lives-on.bz loop $number
	peek peek-long --initrd=small 8 p3-long.bz loop $number
	try plain-again 8 \$elf $number
END
run_lab --add "$tmp/k" -- '. k/try'
is "$status" 0 "the Host lives on" || diag "$err"
said() {
	sed -n "/^== $1\$/,/^== /p" "$tmp/out" | sed '/^== /d'
}

# of MB: what the Guest says of so much memory.
of() {
	printf 'Memory from 0x0 to 0x%x, type 1.\n' $(($1 << 20))
	printf 'I can write to its last byte, at 0x%x.\n' $((($1 << 20) - 1))
}
# with FILE MB: what it says of its initrd.
with() {
	size=$(wc -c < "$tmp/k/$1")
	printf 'Initrd, at 0x%x: %u bytes, CRC-32 %s.\n' $(((($2 << 20) - size) / 4096 * 4096)) "$size" "$(crc "$1")"
}
line='Command line, at 0x1000:'
elf='Loader 0xff, boot protocol 0x207, subarchitecture 1.
Flags 0x40, alignment 0x1000000.'
bzimage='Loader 0xff, boot protocol 0x20a, subarchitecture 1.
Flags 0x41, alignment 0x100000.'
end='status 0'

is "$(said plain)" "$(of 8; echo "$elf"; echo "$line $number two words"; echo "$end")" "an ELF file and its words"
is "$(said words)" "$(of 8; echo "$elf"; echo "$line "; echo "$end")" "no words"
for kind in elf bzimage; do
	header=$elf
	[ $kind = elf ] || header=$bzimage
	start=$(echo "$header"; echo "$line $number")
	for size in small large; do
		is "$(said $kind-$size)" "$(of 8; echo "$start"; with $size 8; echo "$end")" "$kind: a $size initrd"
	done
	is "$(said $kind-much)" "$(of 2700; echo "$start"; echo "$end")" "$kind: more memory than the machine has"
	is "$(said $kind-much-initrd)" "$(of 2700; echo "$start"; with large 2700; echo "$end")" "$kind: ... and an initrd up there"
done
for size in small large; do
	like "$out" "^0*$(crc $size) " "... whose CRC-32 BusyBox agrees with ($size)"
done
for odd in writable-text separate-code far-apart turned-round; do
	is "$(said $odd)" "$(of 8; echo "$elf"; echo "$line $number"; with small 8; echo "$end")" "linked otherwise: $odd"
done
for how in four long; do
	is "$(said $how)" "$(of 8; echo "$bzimage"; echo "$line $number"; echo "$end")" "a bzImage with another header: $how"
done
is "$(said where-programs-are)" "$(of 160; echo "$elf"; echo "$line $number"; with small 160; echo "$end")" \
	"linked like any program, to 128 MB"
like "$(said too-low)" '^lguest: where-programs-are: [0-9]+ bytes at 0x804[0-9a-f]+ reach beyond 128 MB of memory$' \
	"... for which there must be so much"

# Debian's own kernel is loaded, and does not know where it is.
field() {
	od -An -j "$1" -N 4 -tu4 "$tmp/k/debian" | tr -d ' '
}
size=$(($(field 500) * 16))
is "$(said debian)" "lguest: debian: $size bytes at 0x100000
lguest: small: $(wc -c < "$tmp/k/small") bytes at $(with small 64 | sed 's/.* at \(.*\):.*/\1/')
lguest: command line: ${#number} bytes at 0x1000
lguest: memory: 64 MB, then 256 pages for devices
lguest: start: 0x100000
lguest: unhandled trap 13 at 0x10001d (error code 0x0)
status 1" "Debian's own bzImage is loaded, and wants to be in ring 0"
like "$(said debian-small)" "^lguest: debian: $(field 608) bytes at 0x1000000 reach beyond 16 MB of memory\$" \
	"... when there is room to unpack it"

# Every byte of the first page and a half.
cat > "$tmp/expect" <<'END'
	my ($words, $initrd, $image) = @ARGV;
	my $page = "\0" x 8192;
	if ($image) {
		open my $in, '<:raw', $image or die;
		read $in, my $file, 1024 or die;
		my $end = 0x202 + ord substr $file, 0x201, 1;
		$end = 0x290 if $end > 0x290;
		substr($page, 0x1f1, $end - 0x1f1) = substr $file, 0x1f1, $end - 0x1f1;
	}
	my $size = -s $initrd;
	my $set = sub { substr($page, $_[0], length $_[1]) = $_[1] };
	$set->(0x1e8, "\1");
	$set->(0x206, "\x07\x02") if !$image;
	$set->(0x210, "\xff");
	$set->(0x211, $image ? "\x41" : "\x40");
	$set->(0x218, pack 'VV', (8 << 20) - $size & ~4095, $size);
	$set->(0x228, pack 'V', 4096);
	$set->(0x230, pack 'V', 0x1000000) if !$image;
	$set->(0x23c, pack 'V', 1);
	$set->(0x2d0, pack 'Q<Q<V', 0, 8 << 20, 1);
	$set->(0x1000, $words);
	print unpack('H*', $page), "\n";
END
for kind in elf bzimage long; do
	case $kind in
	elf) image='' ;;
	bzimage) image=$tmp/k/p3-the-host-lives-on.bz ;;
	long) image=$tmp/k/p3-long.bz ;;
	esac
	perl "$tmp/expect" "loop $number" "$tmp/k/small" $image | fold -w 64 > "$tmp/wanted"
	said peek-$kind | fold -w 64 > "$tmp/got"
	ok "$kind: the boot parameters and the command line, byte for byte" cmp "$tmp/wanted" "$tmp/got" ||
		diag "$(diff "$tmp/wanted" "$tmp/got")"
done
is "$(said plain-again)" "$(of 8; echo "$bzimage"; echo "$line $number"; echo "$end")" "an honest Guest runs after them"
done_testing
