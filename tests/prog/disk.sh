# SPDX-License-Identifier: GPL-2.0-only
#
# Disks: what is read and written, what is refused, and who else may have the file.
# /dev/vda is a disk with nothing on it, which these may have.
n=$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')
stranger=$PWD/stranger
mkdir -p /tmp/disk
cd /tmp/disk || exit 1

# As a Guest writes it.
crc() {
	printf '%x' "0x$(crc32 "$1" | cut -d ' ' -f 1)"
}

# sum_is WHAT FILE NUMBER OPTION...: a Guest with these disks reads the right bytes
# from this one, whole sectors.
sum_is() {
	what=$1 file=$2 disk=$3
	shift 3
	sectors=$(($(stat -c %s "$file") / 512))
	head -c $((sectors * 512)) "$file" > whole
	try "$what" 0 "^Disk $disk: $sectors sectors, CRC-32 $(crc whole)\\.\$" \
		lguest "$@" 8 $L4 checksum $disk
}

# Reading and writing.
for bytes in 512 513 1023 1024 99999 300000; do
	head -c $bytes /dev/urandom > image
	sum_is "$bytes bytes are read" image 0 --block=image
done
truncate -s 0 image
truncate -s 256k image
for seed in $n $((n / 3)); do
	try "a disk is filled from $seed" 0 "^Filled 64 pieces from $seed, 0 bad\\.\$" \
		lguest --block=image 8 $L4 fill 0 $seed
	sum_is "... and still is for the next Guest" image 0 --block=image
	cp image filled.$seed
done
check "... each seed otherwise" sh -c "! cmp -s filled.$n filled.$((n / 3))"
try "buffers of any size make a request" 0 "^1024 of 1024 bytes are $(printf %x $n), 0 bad\\.\$" \
	lguest --block=image 8 $stranger pieces $n
cmp -l image filled.$((n / 3)) > differ
[ "$(wc -l < differ)" -gt 900 ] && ! awk '$1 <= 512 || $1 > 1536' differ | grep -q .
verdict $? "... which writes there and nowhere else" "$(wc -l < differ) bytes differ"

# In their order; a name's end is its name.
size=$((100 + n % 1000))
i=0
for name in a of-which-only-the-end-is-told ./c; do
	truncate -s $(((size + i) * 1024)) $name
	i=$((i + 1))
done
chmod a-w ./c
cat > wanted <<-END
	Looking around. $n
	Disk 0: $((size + 1)) KB, "only-the-end-is-told".
	Disk 1: $((size + 2)) KB, "./c", read-only.
	Disk 2: $size KB, "a".
	No network card.
	Nothing random.
	Goodbye.
END
three='--block=of-which-only-the-end-is-told --block=./c --block=a'
lguest $three 8 $L4 "$n" > said 2> /tmp/try && cmp wanted said >> /tmp/try
verdict $? "three disks, in their order" "$(last_words /tmp/try)"
cp image b
sum_is "... of which each has its own bytes" b 3 $three --block=b --block=image
sum_is "... and its own number" a 2 $three
try "nothing to read, and a name with room and without" 0 '^"b"\.$' \
	lguest --block=b 8 $stranger small

# What is refused, by a disk that can be written and by one that cannot.
refused() {
	lguest --block="$1" 8 $L4 refused 0 > said 2> /tmp/try || return
	! grep WRONG said && [ "$(grep -c ': status [0-9]*$' said)" -eq 9 ] &&
		[ "$(cat /tmp/try)" = "lguest: $1: a request without a header; the device stops
lguest: $1: a request without a status; the device stops" ]
}
check "what a disk must refuse" refused image
cp image ro
chmod a-w ro
cp ro kept
check "... also if it is read-only" refused ro
check "... as that one says" grep -q '^a write to what is read-only: status 1$' said
try "it is not written to" 1 '^lguest: CRASH: request 1 at sector 0: status 1$' \
	lguest --block=ro 8 $L4 fill 0 $n
check "... indeed" cmp ro kept
sum_is "... but is read" ro 0 --block=ro

# Who else may have it.
start lguest --block=image 8 $stranger through $n
ln -s image soft
ln image hard
for name in image soft ../disk/image hard; do
	refuses "$name belongs to another Guest" "$name: another Guest uses it" \
		lguest --block=$name 8 $L4 $n
done
chmod a-w image
refuses "... also for reading" "image: another Guest uses it" lguest --block=image 8 $L4 $n
chmod u+w image
kill -9 $started
ended "... until that one dies" $started 137
sum_is "... and then it is free" image 0 --block=image
start lguest --block=ro 8 $stranger listen
sum_is "two may read" ro 0 --block=ro
chmod u+w ro
refuses "... while nobody may write" "ro: another Guest uses it" lguest --block=ro 8 $L4 $n
kill $started
ended "... until they are gone" $started 143
sum_is "... and then it is free" ro 0 --block=ro
refuses "a disk can be given once" "image: another Guest uses it" \
	lguest --block=image --block=image 8 $L4 $n

# What is no disk.
: > empty
head -c 511 /dev/zero > small
mkfifo fifo
while IFS='|' read -r name line; do
	refuses "no disk: '$name'" "$line" lguest --block="$name" 8 $L4 $n
done <<-END
	|: No such file or directory
	nonesuch|nonesuch: No such file or directory
	image/x|image/x: Not a directory
	/tmp|/tmp: Is a directory
	fifo|fifo: neither a file nor a disk
	/dev/zero|/dev/zero: neither a file nor a disk
	/dev/nonesuch|/dev/nonesuch: No such file or directory
	empty|empty: smaller than a sector
	small|small: smaller than a sector
END
many() {
	for i in $(seq "$1"); do
		truncate -s $((i * 1024)) many.$i
		printf ' --block=many.%s' $i
	done
}
try "29 disks" 0 "^Disk 28: 29 KB, \"many.29\"\\.\$" lguest $(many 29) 8 $L4 $n
refuses "30 disks" "many.30: too many devices" lguest $(many 30) 8 $L4 $n
refuses "40 disks" "too many devices" lguest $(many 40) 8 $L4 $n
refuses "a network without tun" "no /dev/net/tun: is there the module tun\\?" \
	lguest --tunnet=10.0.0.1 8 $L4 $n

# A file for which there is no room.
mkdir full
mount -t tmpfs -o size=64k none full
truncate -s 1M full/image
try "a full file system" 1 '^lguest: CRASH: request 1 at sector (9[0-9]|1[0-9][0-9]): status 1$' \
	lguest --block=full/image 8 $L4 fill 0 $n
sum_is "... and what there is can be read" full/image 0 --block=full/image

# Sector numbers above 2^23 and 2^32.
for size in 5G:0x0:0x9fffff:10485759 3072G:0x1:0x7fffffff:6442450943; do
	IFS=: read -r size high low last <<-END
		$size
	END
	truncate -s $size huge
	try "the last sector of $size" 0 "^Sector $high and $low: $n\\.\$" \
		lguest --block=huge 8 $stranger last $n
	[ "$(dd if=huge bs=512 skip=$last 2> /dev/null | od -An -tu4 -N4 | tr -d ' ')" = "$n" ] &&
		[ "$(du -k huge | cut -f 1)" -le 8 ]
	verdict $? "... is where it belongs" "$(du -k huge)"
done
rm -f huge

# A request takes long: the Guest and its console go on.
mke2fs /dev/vda > /dev/null 2>&1
mkdir frozen
check "a file system of the Host's" mount -t ext4 /dev/vda frozen
head -c 4096 /dev/zero > frozen/image
sync
fsfreeze --freeze frozen
start lguest --block=frozen/image 8 $stranger outstanding $n
hears $started '^Waiting for the third time, 3\.$'
verdict $? "a Guest computes and speaks while its disk is busy" "$(last_words /tmp/said.$started)"
fsfreeze --unfreeze frozen
hears $started '^Status 0\.$'
verdict $? "... which finishes" "$(last_words /tmp/said.$started)"
ended "... and so does the Guest" $started 0
[ "$(od -An -tu4 -N4 frozen/image | tr -d ' ')" = "$n" ]
verdict $? "... and it is written" "$(od -An -tu4 -N4 frozen/image)"
umount frozen

truncate -s 0 image
truncate -s 256k image
noise() {
	lguest --block=image 8 $stranger fuzz 2 $n 400 > said 2> /tmp/err
	status=$?
	grep -v '^lguest: image: .*; the device stops$' /tmp/err && return 1
	[ $status -eq 0 ] && [ -s /tmp/err ] && grep -q "^400 rounds of 2 $n 400\\.\$" said &&
		[ "$(stat -c %s image)" -eq 262144 ]
}
check "a queue full of noise" noise
sum_is "... is nothing to the next Guest" image 0 --block=image
cd - > /dev/null || exit 1
nothing_left "disks"
