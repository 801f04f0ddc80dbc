#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Who has a Debian 12 i386 host of his own types what the README says. Do that on
# an empty one, as far as a directory can be a machine, and load the very module
# that comes out in the lab machine, whose kernel is that host's.
. "${0%/*}/debian.sh"

if [ "${1-}" = --help ]; then
	echo "usage: tests/i386-host.sh"
	echo "Build on an empty Debian 12 i386 as the README says; run the result in the lab."
	exit
fi

debian i386-host i386 git make gcc libc6-dev linux-headers-686
clone
release=$(cat "$top/build/lab/686/release")
[ -d "$root/usr/src/linux-headers-$release" ] ||
	die "the lab machine has an older kernel ($release) than Debian now: make distclean"

# The one thing that a directory cannot have is a running kernel.
cat > "$root/usr/local/bin/uname" <<END
#!/bin/sh
[ "\$*" = -r ] && echo "$release" || exec /usr/bin/uname "\$@"
END
chmod +x "$root/usr/local/bin/uname"

built=$top/build/debian/built
log=$top/build/log/i386-host.log
echo "$me: make tangle && make -C tangled"
inside 'make tangle && make -C tangled' > "$log" 2>&1 ||
	die "building failed: $(grep -m 1 -iE 'error|not found' "$log") (log: $log)"
! grep -i warning "$log" >&2 || die "built with a warning (log: $log)"
rm -rf "$built"
cp -a "$root/root/book/tangled" "$built"

echo "$me: insmod tangled/module/lg.ko, in the lab machine"
number=$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')
said=$("$top/tools/lab" --tree "$built" -- "lguest 8 /guests/p2-the-guest-speaks $number") ||
	die "the module or its Guest failed there"
echo "$said"
echo "$said" | grep -qx "You said: $number" || die "the Guest did not say $number"
echo "$me: built on i386, loaded, and a Guest spoke"
