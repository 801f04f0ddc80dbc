#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What a person can get wrong, or a machine can lack: one clear line on the standard
# error output, a status that is not 0, and nothing lost. (tests/tangle.t and
# tests/lab.t have what those two tools can be told wrong.)
. "${0%/*}/lib.sh"
unset MAKEFLAGS MAKELEVEL MFLAGS UPTO GUEST CHAPTER ARGS

# refused DESCRIPTION REGULAR-EXPRESSION COMMAND...: make's own remark, which comes
# after the line that says why, does not count.
refused() {
	description=$1 wanted=$2
	shift 2
	run "$@"
	said="$status: $(echo "$err" | grep -v '^make: \*\*\* ')"
	like "$(echo "$said" | tr '\n' '~')" "^[1-9][0-9]*: $wanted~\$" "$description"
}

### The Launcher, and its Guests' images, in the lab.
image=$(echo "$top"/build/tree/all/guest/p2-the-guest-speaks)
mkdir -p "$tmp/images"
flock "$top/build/tree/lock" make -s -C "$top" module > "$tmp/build" 2>&1 ||
	bail_out "$(head -n 1 "$tmp/build")"
set -- $(readelf -lW "$image" | awk '/^ +LOAD/ { print $2, $5 }')
end=$(($1 + $2))

# patch NAME OFFSET BYTES: the image with other bytes there.
patch() {
	cp "$image" "$tmp/images/$1"
	printf "$3" | dd of="$tmp/images/$1" bs=1 seek="$2" conv=notrunc 2> /dev/null
}
for length in 0 1 51 52 60 83 84 4096 $((end - 1)) $end; do
	head -c "$length" "$image" > "$tmp/images/$length"
done
patch 64-bit 4 '\2'
patch other-cpu 18 '\76'
patch not-fixed 16 '\3'
patch headers-size 42 '\1'
patch headers-far 28 '\0\0\0\177'
patch headers-below 28 '\377\377\377\377'
patch headers-none 44 '\0\0'
patch too-high 64 '\0\0\0\300'
patch too-long 72 '\377\377\377\377'
patch wraps 64 '\0\360\377\377'
patch more-file-than-memory 72 '\1\0\0\0'
seq 1000 > "$tmp/images/text"
cp /bin/true "$tmp/images/amd64"
cp "$top/build/tree/all/guest/lib.o" "$tmp/images/object"

# A command, "lguest: " and what it says.
number=$(made_up)
cat > "$tmp/table" <<END
lguest|I need a memory size and a kernel \(try --help\)
lguest 8|I need a memory size and a kernel \(try --help\)
lguest --nonsense 8 G|unrecognized option '--nonsense'
lguest -x 8 G|invalid option -- 'x'
lguest 0 G|0: not a number of megabytes between 1 and 3072
lguest -- -1 G|-1: not a number of megabytes between 1 and 3072
lguest -- -4294967288 G|-4294967288: not a number of megabytes between 1 and 3072
lguest 4294967304 G|4294967304: not a number of megabytes between 1 and 3072
lguest 99999 G|99999: not a number of megabytes between 1 and 3072
lguest 12x G|12x: not a number of megabytes between 1 and 3072
lguest '' G|: not a number of megabytes between 1 and 3072
lguest 3072 G|no room for 3072 megabytes: Cannot allocate memory
lguest 1 G|G: [0-9]+ bytes at 0x100000 are outside of 1 MB of memory
lguest 8 nonesuch|nonesuch: No such file or directory
lguest 8 /tmp|/tmp: Is a directory
lguest 8 /dev/zero|/dev/zero: not a kernel that I know how to load
lguest 8 images/text|images/text: not a kernel that I know how to load
lguest 8 images/amd64|images/amd64: not an executable for i386
lguest 8 images/64-bit|images/64-bit: not an executable for i386
lguest 8 images/other-cpu|images/other-cpu: not an executable for i386
lguest 8 images/not-fixed|images/not-fixed: not an executable for i386
lguest 8 images/object|images/object: not an executable for i386
lguest 8 images/headers-size|images/headers-size: not an executable for i386
lguest 8 images/headers-far|images/headers-far: the file is truncated
lguest 8 images/headers-below|images/headers-below: the file is truncated
lguest 8 images/headers-none|page fault at 0x900000, eip .*
lguest 8 images/too-high|images/too-high: [0-9]+ bytes at 0xc0000000 are outside of 8 MB of memory
lguest 8 images/too-long|images/too-long: 4294967295 bytes at 0x100000 are outside of 8 MB of memory
lguest 8 images/wraps|images/wraps: [0-9]+ bytes at 0xfffff000 are outside of 8 MB of memory
lguest 8 images/more-file-than-memory|images/more-file-than-memory: .+
lguest 8 images/0|images/0: the file is truncated
lguest 8 images/1|images/1: the file is truncated
lguest 8 images/51|images/51: the file is truncated
lguest 8 images/52|images/52: the file is truncated
lguest 8 images/60|images/60: the file is truncated
lguest 8 images/83|images/83: the file is truncated
lguest 8 images/84|images/84: the file is truncated
lguest 8 images/4096|images/4096: the file is truncated
lguest 8 images/$((end - 1))|images/$((end - 1)): the file is truncated
lguest 8 G $(printf '%02047d' 0)|the command line is longer than 2046 bytes
lguest 8 G $number > /dev/full|cannot write what the Guest says: No space left on device
rmmod lg; lguest 8 G|no /dev/lguest: is the module loaded \(insmod lg\.ko\)\?
END
cat > "$tmp/try" <<-END
	cp /guests/p2-the-guest-speaks G
	lguest 8 images/$end $number
	while IFS='|' read -r command wanted; do
		eval "\$command" > out 2> err
		echo "\$command|\$? \$(tr '\\n' '~' < err)\$(cat out)"
	done < table
	insmod /lab/lg.ko
	lguest 8 G hello \$(printf "%02040d" )
END
run_lab --add "$tmp/images" --add "$tmp/table" --add "$tmp/try" -- '. ./try'
is "$status" 0 "the Host lives on" || diag "$err"
like "$out" "^You said: $number\$" "an image of which nothing that counts is missing runs"
like "$out" "^You said: hello 0+" "the longest command line is not too long"
while IFS='|' read -r command wanted; do
	got=$(grep -F -e "$command|" "$tmp/out" | head -n 1)
	like "${got##*|}" "^1 lguest: $wanted~\$" "$(echo "$command" | cut -c 1-60)"
done < "$tmp/table"

### A chapter that is not there, or that is wrong. What was tangled before stays.
all=$(sed -n 's/^\([A-Z][0-9]*\)-.*/\1/p' "$top/chapters/BOOK")
for target in tangle module run; do
	refused "make $target of an unknown chapter" "tangle: no chapter P99: there are $(echo $all)" \
		make -C "$top" "$target" UPTO=P99
done
is "$(ls -d "$top/tangled/P99" "$top/build/tree/P99" 2> /dev/null)" "" "... leaves nothing behind"
refused "make run of an unknown Guest" "run: no Guest 'nonsense'; there is p1-there-and-back .*" \
	make -C "$top" run GUEST=nonsense
refused "make check of an unknown chapter" "check: no test of chapter P99" \
	make -C "$top" check CHAPTER=P99

repo=$tmp/repo
mkdir -p "$repo/build"
for part in Makefile book.pdf.mk tools weave chapters module launcher guest; do
	cp -R "$top/$part" "$repo/"
done
ln -s "$top/build/lab" "$repo/build/lab"
make -C "$repo" tangle > "$tmp/build" 2>&1 || bail_out "$(head -n 1 "$tmp/build")"
cp -R "$repo/tangled" "$tmp/before"
last=$repo/chapters/$(sed -n '/^[A-Z]/p' "$top/chapters/BOOK" | tail -n 1)
cp "$last" "$tmp/last"
line=$(($(wc -l < "$last") + 1))
while IFS='|' read -r about text wanted; do
	{ cat "$tmp/last"; printf "$text"; } > "$last"
	refused "$about" "tangle: chapters/${last##*/}:$wanted" make -C "$repo" tangle
done <<-END
	a chunk that does not end|<<module/x.h>>=\nx\n|$line: <<module/x\.h>> is not closed.*
	a chunk that is not defined|<<module/x.h>>=\n<<nix>>\n@\n|$((line + 1)): <<nix>> is defined in no chapter.*
END
ok "what was tangled before is still there, whole" diff -r "$tmp/before" "$repo/tangled"
{ cat "$tmp/last"; printf '<<module/a.c>>=\nint x = ;\n@\n'; } > "$last"
run make -C "$repo" module
like "$status: $err" "^[1-9][0-9]*: chapters/${last##*/}:$((line + 1)):" \
	"what the compiler refuses is told by chapter and line"
like "$err" "^build: failed \\(log: $repo/build/log/build\\.log\\)\$" \
	"... and that it failed, and where the log is"

### A machine that lacks something. The tools are copied, so that they lack it.
rm "$repo/build/lab"
mkdir "$tmp/bin"
ln -s /usr/bin/* "$tmp/bin/"
rm -f "$tmp/bin/sudo" "$tmp/bin/dpkg-query" "$tmp/bin/qemu-system-i386"
refused "no QEMU" "lab: qemu-system-i386 is not installed: run tools/setup" \
	env PATH="$tmp/bin" "$repo/tools/lab" -- true
refused "not Debian" "setup: this is not Debian: .*" env PATH="$tmp/bin" "$repo/tools/setup"

# From here on every package is missing.
printf '#!/bin/sh\nexit 1\n' > "$tmp/bin/dpkg-query"
chmod +x "$tmp/bin/dpkg-query"
nobody=''
if [ "$(id -u)" -eq 0 ]; then
	nobody='setpriv --reuid=65534 --clear-groups'
	chmod 755 "$tmp" "$repo"
fi
refused "a missing package, and no right to install it" \
	"setup: missing: noweb perl; not root and no sudo: have somebody run apt-get install noweb perl" \
	$nobody env PATH="$tmp/bin" "$repo/tools/setup" tangle
refused "make says the same" "setup: missing: noweb .*" \
	$nobody make -C "$repo" tangle PATH="$tmp/bin"

offline='unshare -n'
$offline true 2> /dev/null || offline='unshare -rn'
if $offline true 2> /dev/null; then
	# An apt that knows no package yet, and is nobody else's.
	mkdir -p "$tmp/apt/lists/partial" "$tmp/apt/archives/partial"
	cat > "$tmp/apt.conf" <<-END
		Dir::State "$tmp/apt";
		Dir::State::status "/var/lib/dpkg/status";
		Dir::Cache "$tmp/apt";
	END
	echo 'hello tangle' > "$repo/tools/packages.txt"
	refused "no network to install a package" \
		"setup: cannot install hello: is the network there\? \(log: $repo/build/log/setup\.log\)" \
		$offline env PATH="$tmp/bin" APT_CONFIG="$tmp/apt.conf" "$repo/tools/setup"
	refused "no network to fetch the lab's kernel" \
		"lab-kernel: cannot fetch from Debian's archive: is the network there\? \(log: .*\)" \
		$offline "$repo/tools/lab-kernel"
	ok "... and it is not taken for fetched" [ ! -e "$repo/build/lab/686" ]
else
	skip "no way to be without a network here"
fi
done_testing
