#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Disks and random bytes; and what is on a disk when the plug has been pulled.
. "${0%/*}/prog/lib.sh"
build_programs
build_stranger
truncate -s 4M "$tmp/empty"
machine --smp 1 --modprobe ext4 --disk "$tmp/empty" -- disk entropy

# pull LINE OPTIONS... -- COMMAND: until this line comes. LAB_OPTIONS may name
# another tree to test.
pull() {
	line=$1
	shift
	# shellcheck disable=SC2086
	run_lab ${LAB_OPTIONS:-} --kill-at "$line" "$@"
	is "$status" 0 "the plug is pulled: $line" || diag "$out$err"
}

# number_at FILE OFFSET
number_at() {
	od -An -tu4 -N4 -j "$2" "$1" | tr -d ' '
}
guest=/guests/l4-disk-network-entropy
flushed=$(made_up)
written=$(made_up)

# The first disk's driver knows no flush; the other's does, and has not flushed
# what comes last. Before, there is something else.
for image in first second; do
	yes "$image" | head -c 65536 > "$tmp/$image"
done
before=$(number_at "$tmp/second" 4096)
pull "Written $flushed, not flushed." --disk "$tmp/first" --disk "$tmp/second" --add "$tmp/prog/stranger" -- "
	lguest --block=/dev/vda 8 ./stranger through $written > said &
	until grep -q Through said; do usleep 1000; done
	lguest --block=/dev/vdb 8 $guest flush 0 $flushed"
is "$(number_at "$tmp/first" 0)" "$written" "without flush, what is written is there"
is "$(number_at "$tmp/second" 0)" "$flushed" "what was flushed is there"
is "$(number_at "$tmp/second" 4096)" "$before" "what was only written is not"
flushed=$(made_up)
pull "Flushed $flushed." --disk "$tmp/second" -- "lguest --block=/dev/vda 8 $guest flush 0 $flushed"
is "$(number_at "$tmp/second" 0)" "$flushed" "what was flushed is there, without a moment to lose"

# The Guest's disk is a file, which has no blocks yet, on a file system of the Host's.
truncate -s 16M "$tmp/ext4"
make_ext4=''
if command -v mke2fs > "$tmp/which" || [ -x /sbin/mke2fs ]; then
	PATH=$PATH:/sbin mke2fs -q -t ext4 "$tmp/ext4"
else
	make_ext4='mke2fs /dev/vda > /dev/null &&'
fi
pull "Written $written, not flushed." --modprobe ext4 --disk "$tmp/ext4" -- "
	mkdir /mnt && $make_ext4 mount -t ext4 /dev/vda /mnt && truncate -s 1M /mnt/image && sync &&
	lguest --block=/mnt/image 8 $guest flush 0 $written"
# shellcheck disable=SC2086
run_lab ${LAB_OPTIONS:-} --modprobe ext4 --disk "$tmp/ext4" -- '
	mkdir /mnt && mount -t ext4 /dev/vda /mnt && od -An -tu4 -N4 /mnt/image && od -An -tu4 -N4 -j 4096 /mnt/image'
is "$(echo $out)" "$written 0" "through a file system, too: what was flushed, and nothing else"
done_testing
