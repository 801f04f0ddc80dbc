# SPDX-License-Identifier: GPL-2.0-only
#
# Root is given up: what a Launcher may do afterwards, and what its Guest still can.
n=$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')
net=10.$((n % 200 + 1)).$((n / 256 % 250))
make_terminals
mkdir -p /etc /tmp/jail
cat > /etc/passwd <<-END
	root:x:0:0:root:/root:/bin/sh
	nobody:x:65534:65534:nobody:/:/bin/false
	someone:x:1234:5678:someone:/:/bin/false
	4444:x:5555:6666:a name of digits:/:/bin/false
END
head -c 100000 /dev/urandom > /tmp/image
chmod 600 /tmp/image
chmod 700 /tmp/jail
[ -p /tmp/in ] || mkfifo /tmp/in
exec 3<> /tmp/in

# is_now WHAT UID GID DIRECTORY: every thread of it, for good.
is_now() {
	for thread in /proc/$started/task/*; do
		tr '\t' ' ' < $thread/status | grep -E '^(Uid|Gid|Groups|NoNewPrivs|CapInh|CapPrm|CapEff|CapAmb):'
		echo "Root: $(readlink $thread/root)"
		echo "Cwd: $(readlink $thread/cwd)"
	done | sed 's/ *$//' | sort | uniq -c | sed 's/^ *//' > /tmp/is
	threads=$(ls /proc/$started/task | wc -l)
	sed "s/^/$threads /" > /tmp/wanted <<-END
		CapAmb: 0000000000000000
		CapEff: 0000000000000000
		CapInh: 0000000000000000
		CapPrm: 0000000000000000
		Cwd: $4
		Gid: $3 $3 $3 $3
		Groups:
		NoNewPrivs: 1
		Root: ${5-$4}
		Uid: $2 $2 $2 $2
	END
	[ $threads -gt 1 ] && cmp -s /tmp/is /tmp/wanted
	verdict $? "root: $1" "$(diff /tmp/wanted /tmp/is | sed -n 2,9p | tr '\n' ' ')"
}

# lives OPTION...: with a line to be read.
lives() {
	start sh -c "exec lguest $* --block=/tmp/image --rng --tunnet=$net.1 8 $L3 $n < /tmp/in"
	echo "still $n" >&3
	hears $started "^You typed still $n,"
	verdict $? "root: $*: a console works" "$(last_words /tmp/said.$started)"
}

# dies: and nobody but root may end it.
dies() {
	kill $started
	ended "root: ... and is ended by who is root" $started 143
}
lives --username=someone --chroot=/tmp/jail
is_now "someone, in a jail" 1234 5678 /tmp/jail
dies
lives --chroot=/tmp/jail --username=nobody
is_now "... whatever the order of the words" 65534 65534 /tmp/jail
dies
lives --username=4321
is_now "a number" 4321 4321 "$PWD" /
dies
lives --username=4444
is_now "a name that looks like one" 5555 6666 "$PWD" /
dies
try "root: a jail does not hold root" 1 '^lguest: --chroot needs --username: ' \
	lguest --chroot=/tmp/jail 8 $L4 $n
try "root: root by another name" 1 '^lguest: 0 is as good as root$' lguest --username=0 8 $L4 $n
for nobody in -1 4294967295 4294967296 18446744073709551616 +1 '' ' 1'; do
	try "root: '$nobody' is no user" 1 ': no such user in /etc/passwd$' \
		lguest --username="$nobody" 8 $L4 $n
done
given_up='--username=someone --chroot=/tmp/jail'
try "root: a disk works" 0 "^Disk 0: 195 sectors, CRC-32 $(head -c 99840 /tmp/image > /tmp/whole
	printf %x 0x$(crc32 /tmp/whole | cut -d ' ' -f 1))\\.\$" \
	lguest $given_up --block=/tmp/image 8 $L4 checksum 0
try "root: ... for writing, too" 0 "^Filled 24 pieces from $n, 0 bad\\.\$" \
	lguest $given_up --block=/tmp/image 8 $L4 fill 0 $n
try "root: a network works" 0 "^5 pings, 5 replies\\.\$" \
	lguest $given_up --tunnet=$net.1 8 $L4 ping $net.2 $net.1 5
try "root: random bytes come" 0 "^[0-9a-f]+\$" lguest $given_up --rng 8 $L4 random 9
try "root: counts are told" 0 "^lguest: hypercall [0-9]+\$" lguest $given_up --stats 8 $L4 $n
try "root: a Guest cannot be started again" 1 \
	'^lguest: the Guest wants to be started again, but root is given up$' \
	lguest $given_up 8 ./stranger again $(($(date +%s) + 1000))
check "root: a terminal is given back" \
	./terminal see='> ' raw type='^D' ends=0 same -- lguest $given_up 8 $L3 $n

refuses "root: an unknown user" "nonesuch: no such user in /etc/passwd" \
	lguest --username=nonesuch 8 $L4 $n
for name in '' 12x -1 4294967295 4294967296 99999999999 0x10; do
	refuses "root: no user '$name'" "$name: no such user in /etc/passwd" \
		lguest --username="$name" 8 $L4 $n
done
refuses "root: no such directory" "nonesuch: cannot make it the root directory: No such file or directory" \
	lguest --chroot=nonesuch --username=nobody 8 $L4 $n
refuses "root: no directory" "/tmp/image: cannot make it the root directory: Not a directory" \
	lguest --chroot=/tmp/image --username=nobody 8 $L4 $n
exec 3>&-
nothing_left "root given up"
