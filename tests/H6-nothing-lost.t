#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Guests with page tables of their own leave no page of the Host's behind, whether
# they end or are killed. What the Host allocates for them is accounted to a memory
# cgroup; when they have gone, next to nothing may be left there.
. "${0%/*}/lib.sh"

cat > "$tmp/inside" <<'END'
mkdir -p /mnt && mount -t cgroup2 none /mnt || exit 1
echo +memory > /mnt/cgroup.subtree_control && mkdir /mnt/guests || exit 1

# Ten of a kind, the last five killed when they have said something.
ten() {
	for i in 1 2 3 4 5; do
		lguest 16 "$@" > /dev/null || echo "$1 ended badly"
	done
	for i in 1 2 3 4 5; do
		mkfifo said
		lguest 16 "$@" > said &
		read -r line < said
		kill -9 $!
		wait $!
		rm said
	done 2> /dev/null
}

(
	echo 0 > /mnt/guests/cgroup.procs
	for guest in /guests/h5-* /guests/h6-* /guests/h7-*; do
		ten "$guest" 1
	done
	sed -n 's/^kernel /most: /p' /mnt/guests/memory.stat
)
sed -n 's/^kernel /left: /p' /mnt/guests/memory.stat
echo > /proc/sys/vm/stat_refresh
grep nr_foll_pin /proc/vmstat
END

run_lab --timeout "$(scaled 240)" --add "$tmp/inside" -- 'sh ./inside'
is "$status" 0 "30 Guests come and go"
unlike "$out" 'ended badly' "those that may end well do"
left=$(echo "$out" | sed -n 's/^left: //p')
diag "bytes of the kernel's that are left: $left"
ok "not even a page for each of them is left" [ "${left:-99999999}" -lt $((20 * 4096)) ]
is "$(echo "$out" | sed -n 's/^nr_foll_pin_acquired //p')" \
	"$(echo "$out" | sed -n 's/^nr_foll_pin_released //p')" "no page is left pinned"
done_testing
