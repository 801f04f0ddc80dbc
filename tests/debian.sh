# SPDX-License-Identifier: GPL-2.0-only
#
# Empty Debian 12 machines, to prove on them what the README promises. Not
# emulated: a directory, its processes and its mounts apart from ours, so that
# nothing of them is left when the script ends.
#
#	. "${0%/*}/debian.sh"
#	debian fresh amd64 git make		# makes $root
#	clone					# what is committed, to /root/book there
#	inside 'make run'			# in that directory
set -eu
top=$(cd "${0%/*}/.." && pwd)
me=${0##*/}
me=${me%.sh}
root=''
trap '[ -z "$root" ] || rm -rf "$root"' EXIT
trap 'exit 1' INT TERM HUP

die() {
	echo "$me: $*" >&2
	exit 1
}

# The mirror that the machine uses for its own Debian 12, and its proxy.
mirror() {
	eval "$(apt-config shell http_proxy Acquire::http::Proxy)"
	[ -z "${http_proxy-}" ] || export http_proxy
	mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' \
		2> /dev/null | awk '$2 == "bookworm" && /^http/ { print $1; exit }')
	mirror=${mirror:-http://deb.debian.org/debian/}
}

# enter DIRECTORY COMMAND: as on another machine, without our environment.
enter() {
	cp -L /etc/resolv.conf "$1/etc/resolv.conf"
	unshare --mount --pid --fork --kill-child -- sh -c '
		mount -t proc proc "$1/proc"
		exec chroot "$1" /usr/bin/env -i HOME=/root PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
			DEBIAN_FRONTEND=noninteractive ${http_proxy:+http_proxy="$http_proxy"} \
			linux"$2" sh -c "$3"' enter "$1" "$bits" "$2" < /dev/null
}

# debian NAME ARCHITECTURE PACKAGE...: $root becomes a copy, to be spoilt, of an
# empty Debian with these packages. The original is made once and kept.
debian() {
	name=$1 arch=$2 bits=64
	[ "$arch" != i386 ] || bits=32
	shift 2
	kept=$top/build/debian/$name
	log=$top/build/log/debian-$name.log
	[ "$(id -u)" -eq 0 ] || die "only root can make a Debian in a directory"
	"$top/tools/setup" test
	mirror
	if [ "$(cat "$kept.has" 2> /dev/null)" != "$arch $*" ]; then
		mkdir -p "${kept%/*}" "${log%/*}"
		rm -rf "$kept" "$kept.has"
		echo "$me: making an empty Debian 12 ($arch)"
		debootstrap --variant=minbase --arch="$arch" bookworm "$kept" "$mirror" > "$log" 2>&1 ||
			die "debootstrap failed: is the network there? (log: $log)"
		echo "$me: installing there: $*"
		enter "$kept" "apt-get -q update && apt-get -qy install --no-install-recommends $*" >> "$log" 2>&1 ||
			die "cannot install there: $* (log: $log)"
		echo "$arch $*" > "$kept.has"
	fi
	root=$kept.$$
	cp -a "$kept" "$root"
}

clone() {
	commit=$(git -C "$top" rev-parse --short HEAD) || die "this is no git repository to clone"
	[ -z "$(git -C "$top" status --porcelain)" ] ||
		echo "$me: what is not committed is not in the clone" >&2
	echo "$me: cloning $commit"
	git clone -q "file://$top" "$root/root/book"
}

inside() {
	enter "$root" "cd /root/book && $1"
}
