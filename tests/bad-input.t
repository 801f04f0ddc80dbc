#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What a person can get wrong, or a machine can lack: one clear line on the standard
# error output, a status that is not 0, and nothing lost. (tests/tangle.t and
# tests/lab.t have what those two tools can be told wrong.)
. "${0%/*}/lib.sh"
unset MAKEFLAGS MAKELEVEL MFLAGS UPTO GUEST CHAPTER ARGS LGUEST DISK MODPROBE

# refused DESCRIPTION REGULAR-EXPRESSION COMMAND...: make's own remark, which comes
# after the line that says why, does not count.
refused() {
	description=$1 wanted=$2
	shift 2
	run "$@"
	said="$status: $(echo "$err" | grep -v '^make: \*\*\* ')"
	like "$(echo "$said" | tr '\n' '~')" "^[1-9][0-9]*: $wanted~\$" "$description"
}

### The Launcher, in the lab. (tests/L1-wrong-files.t has the files it may be given.)
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
lguest --initrd=nonesuch 8 G|nonesuch: No such file or directory
lguest --initrd|option '--initrd' requires an argument
lguest 1 G|G: [0-9]+ bytes at 0x100000 reach beyond 1 MB of memory
lguest 8 nonesuch|nonesuch: No such file or directory
lguest 8 /tmp|/tmp: not a regular file
lguest 8 G $(printf '%02047d' 0)|the command line is longer than 2046 bytes
lguest 8 G $number > /dev/full|cannot write what the Guest says: No space left on device
lguest 8 G $number >&-|cannot write what the Guest says: Bad file descriptor
lguest --block|option '--block' requires an argument
lguest --block=nonesuch 8 G|nonesuch: No such file or directory
lguest --block=/dev/zero 8 G|/dev/zero: neither a file nor a disk
lguest --tunnet=10.0.0.256 8 G|--tunnet=10.0.0.256: wanted ADDRESS.*
lguest --tunnet=10.0.0.1 8 G|no /dev/net/tun: is there the module tun\?
lguest --username=nonesuch 8 G|nonesuch: no such user in /etc/passwd
lguest --username=0 8 G|0 is as good as root
lguest --memory|option '--memory' requires an argument
lguest --memory=nonesuch/m 8 G|nonesuch/m: No such file or directory
lguest --memory=/tmp 8 G|/tmp: Is a directory
lguest --memory=/dev/null 8 G|/dev/null: not a regular file
lguest --memory=G 8 G|G: [0-9]+ bytes would be lost that are no Guest's
lguest --memory=m 8 /guests/p4-coming-and-going 1 1000000 > said & until grep -q . said; do usleep 1000; done; lguest --memory=m 8 G; e=\$?; kill \$!; wait; exit_with \$e|m: another Guest uses it: Resource temporarily unavailable
mkdir m4; mount -t tmpfs -o size=4M none m4; lguest --memory=m4/m 8 G|m4/m: no room for 8 megabytes: No space left on device
lguest --chroot=/tmp 8 G|--chroot needs --username: .*
lguest --chroot=nonesuch --username=1 8 G|nonesuch: cannot make it the root directory: No such file or directory
rmmod lg; lguest 8 G|no /dev/lguest: is the module loaded \(insmod lg\.ko\)\?
END
cat > "$tmp/try" <<-END
	cp /guests/p2-the-guest-speaks G
	exit_with() { return \$1; }
	while IFS='|' read -r command wanted; do
		eval "\$command" > out 2> err
		echo "\$command|\$? \$(tr '\\n' '~' < err)\$(cat out)"
	done < table
	insmod /lab/lg.ko
	lguest 8 G hello \$(printf "%02040d" )
END
# The second time, sanitizers watch the Launcher, so that more than its sentence
# counts.
for sanitized in '' --sanitized; do
	watched=${sanitized:+ [$sanitized]}
	run_lab $sanitized --add "$tmp/table" --add "$tmp/try" -- '. ./try'
	is "$status" 0 "the Host lives on$watched" || diag "$err"
	like "$out" "^You said: hello 0+" "the longest command line is not too long$watched"
	while IFS='|' read -r command wanted; do
		got=$(grep -F -e "$command|" "$tmp/out" | head -n 1)
		like "${got##*|}" "^1 lguest: $wanted~\$" "$(echo "$command" | cut -c 1-60)$watched"
	done < "$tmp/table"
done

### A chapter that is not there, or that is wrong. What was tangled before stays.
all=$(sed -n 's/^\([A-Z][0-9]*\)-.*/\1/p' "$top/chapters/BOOK")
for target in tangle module run; do
	refused "make $target of an unknown chapter" "tangle: no chapter P99: there are $(echo $all)" \
		make -C "$top" "$target" UPTO=P99
done
is "$(ls -d "$top/tangled/P99" "$top/build/tree/P99" 2> /dev/null)" "" "... leaves nothing behind"
refused "make run of an unknown Guest" "run: no Guest 'nonsense'; there is p1-there-and-back .*" \
	make -C "$top" run GUEST=nonsense
refused "make run with a disk that is not there" "lab: --disk nonsense: there is no such file" \
	make -C "$top" run DISK=nonsense
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
