#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# On an empty Debian 12 amd64 with nothing but git and make, in a fresh clone, each
# of the README's commands must work, and the second time set nothing up again.
. "${0%/*}/debian.sh"

if [ "${1-}" = --help ]; then
	cat <<-'END'
	usage: tests/fresh.sh [TARGET...]
	Run "make TARGET" for each target (run and check, if none is named), twice, in
	a fresh clone on an empty Debian 12, and say how many seconds each took.
	END
	exit
fi
[ $# -gt 0 ] || set -- run check

debian fresh amd64 git make
clone
times=''
for target in "$@"; do
	for turn in first second; do
		echo "$me: make $target, the $turn time"
		log=$top/build/log/fresh-$target-$turn.log
		start=$(date +%s)
		inside "make $target" > "$log" 2>&1 || { tail -n 20 "$log" >&2; die "make $target failed (log: $log)"; }
		times="$times$(printf '%-10s %-6s %5d s' "$target" "$turn" $(($(date +%s) - start)))
"
		tail -n 3 "$log"
	done
	! grep '^setup: ' "$log" >&2 || die "make $target set something up again (log: $log)"
done
echo "$me: how long each took"
printf %s "$times"
