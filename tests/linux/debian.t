#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# A whole Debian 12 on a disk, with our Linux under it: systemd brings it to a login,
# root logs in, installs a package, compiles, traces, swaps; and it is switched off as
# it should be. Part of "make check-linux".
. "${0%/*}/../lib.sh"

linux=$top/build/linux
PATH=$PATH:/sbin:/usr/sbin
"$top/tools/linux" > "$tmp/build" 2>&1 || bail_out "$(tail -n 1 "$tmp/build")"
run "$top/tools/linux-debian" --help
like "$out" '^usage: tools/linux-debian ' "tools/linux-debian --help"
for wrong in '' --nonsense "$tmp/none/disk"; do
	run "$top/tools/linux-debian" $wrong
	is "$([ "$status" -ne 0 ] && wc -l < "$tmp/err")" 1 "one line: linux-debian ${wrong#"$tmp"}" || diag "$err"
done
"$top/tools/linux-debian" "$tmp/disk" > "$tmp/build" 2>&1 || bail_out "$(tail -n 1 "$tmp/build")"

number=$(made_up)

# A package, with a program that needs Debian's C library, and a script of its own.
mkdir -p "$tmp/things" "$tmp/package/DEBIAN" "$tmp/package/usr/bin"
printf '#include <stdio.h>\nint main(void) { return printf("The number is %%u.\\n", %su) < 0; }\n' "$number" > "$tmp/n.c"
gcc -m32 -O2 -o "$tmp/package/usr/bin/the-number" "$tmp/n.c" || bail_out "gcc"
cat > "$tmp/package/DEBIAN/control" <<'END'
Package: the-number
Version: 1
Architecture: i386
Depends: libc6
Maintainer: nobody <nobody@localhost>
Description: says a number
END
printf '#!/bin/sh\nthe-number > /etc/the-number\n' > "$tmp/package/DEBIAN/postinst"
chmod 755 "$tmp/package/DEBIAN/postinst"
dpkg-deb --build --root-owner-group "$tmp/package" "$tmp/things/the-number.deb" > /dev/null || bail_out "dpkg-deb"

# More memory than there is, and all of it remembered.
cat > "$tmp/things/large.c" <<'END'
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	unsigned int words = atoi(argv[1]) << 18, seed = atoi(argv[2]), bad = 0, i;
	volatile unsigned int *memory = malloc(words * sizeof(*memory));

	if (!memory)
		return 1;
	for (i = 0; i < words; i++)
		memory[i] = i * 2654435761u + seed;
	system("sed -n 's/^VmSwap:[ \t]*/= swapped /p' /proc/$PPID/status");
	for (i = 0; i < words; i++)
		bad += memory[i] != i * 2654435761u + seed;
	printf("= swapping %u words, %u bad\n", words, bad);
	return 0;
}
END

# What root does. Each line that a result is made of begins with "= ".
cat > "$tmp/things/work" <<'END'
exec 2>&1
echo
state=$(systemctl is-system-running --wait)
echo "= seconds $(systemd-analyze | sed -n 's/.* = \([0-9a-z. ]*\) *$/\1/p'), up $(cut -d ' ' -f 1 /proc/uptime)"
echo "= state $state $(systemctl --failed --no-legend | wc -l)"
echo "= who $(id -un) on $(tty)"
apt-get install -y /mnt/the-number.deb > /tmp/apt || cat /tmp/apt
echo "= package $(dpkg-query -W -f '${Status}' the-number): $(cat /etc/the-number)"
gcc -O2 -Wall -o /tmp/large /mnt/large.c
echo "= compiled $?"
mkswap /dev/vdc > /tmp/mkswap && swapon /dev/vdc
/tmp/large 128 $1 > /tmp/said
cat /tmp/said
swapoff /dev/vdc
echo "= swapoff $? $(grep -c ^/dev /proc/swaps)"
echo "= strace $(strace -f -e trace=execve,write sh -c the-number 2>&1 | grep -cE 'execve\("/usr/bin/the-number"|write\(1, "The number is [0-9]+')"
insmod /mnt/loop.ko
truncate -s 16M /tmp/image && mkfs.ext4 -q /tmp/image && mkdir /tmp/there
mount -o loop /tmp/image /tmp/there
cp /usr/bin/gcc-12 /tmp/there && umount /tmp/there && mount -o loop /tmp/image /tmp/there
cmp /usr/bin/gcc-12 /tmp/there/gcc-12
echo "= loop $? $(grep -c ' /tmp/there ext4 ' /proc/mounts)"
echo "= vdso $(grep -c '\[vdso\]' /proc/self/maps)"
for i in $(seq 60); do (sleep 1; exit $((i % 7))) & pids="$pids $!"; done
sum=0; for pid in $pids; do wait $pid; sum=$((sum + $?)); done
echo "= processes $sum"
echo "= complaints $(dmesg | grep -cE 'BUG|WARNING|Oops|Call Trace|segfault')"
umount /tmp/there
sync
poweroff
END
cp "$linux/loop.ko" "$tmp/things/"
mke2fs -q -t ext4 -d "$tmp/things" "$tmp/more" 16M > "$tmp/build" 2>&1 || bail_out "$(cat "$tmp/build")"
truncate -s 192M "$tmp/swap"

# A person at the console: who waits for a line, and then types one.
echo "limit=$(scaled 1200)" > "$tmp/person"
cat >> "$tmp/person" <<'END'
	now() {
		read -r up _ < /proc/uptime
		echo "${up%.*}"
	}
	last=$(($(now) + limit))
	# type_after PATTERN WORDS, looking now and then (to look costs the Guest time): unless it has ended, or takes too long.
	type_after() {
		until grep -qE "$1" said || [ -e done ] || [ "$(now)" -ge $last ]; do
			usleep 500000
		done
		echo "$2" >&9
	}
	mkfifo keys
	exec 9<> keys
	{ timeout $limit lguest --stats --rng --block=/dev/vda --block=/dev/vdb --block=/dev/vdc 128 /root/vmlinux \
		console=hvc0 quiet root=/dev/vda rw < keys > said 2>&1
	echo "= status $?" >> said
	touch done; } &
	type_after 'guest login: ' root
	type_after 'root@guest.*# ' "mount /dev/vdb /mnt && sh /mnt/work $1"
	wait
	tr -d '\r' < said
END

# shellcheck disable=SC2086
run_lab ${LAB_OPTIONS:-} --mem 512 --timeout "$(scaled 1300)" --disk "$tmp/disk" --disk "$tmp/more" --disk "$tmp/swap" \
	--add "$tmp/person" --add "$linux/vmlinux" -- "set -- $number; . ./person"
is "$status" 0 "the Host lives on" || diag "$err"
grep -E '^= ' "$tmp/out" | sed 's/^/# /'
said() {
	like "$(grep '^= ' "$tmp/out")" "^= $1\$" "$2"
}
said 'state running 0' "systemd has everything running"
said 'who root on /dev/hvc0' "root has logged in at the console"
said "package install ok installed: The number is $number\\." "apt installs a package"
said 'compiled 0' "gcc compiles"
said 'swapping 33554432 words, 0 bad' "a program larger than memory remembers all"
said 'swapped [1-9][0-9]* kB' "... as much of it is swapped out"
said 'swapoff 0 0' "... and no more"
said 'strace 2' "strace follows a shell"
said 'loop 0 1' "a module, and a file system in a file"
said 'vdso 1' "a vDSO"
said 'processes 178' "sixty processes"
said 'complaints 0' "Linux has nothing to complain of"
said 'status 0' "poweroff ends it"
grep -q '^= status 0$' "$tmp/out" || diag "$out"
run e2fsck -fn "$tmp/disk"
is "$status" 0 "the disk is whole" || diag "$out"
done_testing
