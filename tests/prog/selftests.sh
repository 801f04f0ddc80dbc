# SPDX-License-Identifier: GPL-2.0-only
#
# In the Linux Guest, and natively: run Linux's selftests, one after another, and
# print what each says between "begin TEST" and "end TEST: STATUS". It must be started
# with "exec": whoever else is there is killed.
cd /root/selftests || exit 1
mkdir -p /lib /var/tmp /etc
cp lib/* /lib/
mkdir -p /dev/pts /dev/shm /dev/mqueue
ln -s /proc/self/fd /dev/fd
mount -t devpts none /dev/pts
mount -t tmpfs none /dev/shm
mount -t mqueue none /dev/mqueue
ip link set lo up
echo root:x:0:0:root:/root:/bin/sh > /etc/passwd
echo nobody:x:65534:65534:nobody:/:/bin/sh >> /etc/passwd

# Whoever works for six seconds, or is there after 300, has failed: with --icount
# there is nobody who could have kept it waiting. A child may still have something to
# say when its parent has ended.
while read -r test arguments; do
	echo "begin $test${arguments:+ $arguments}"
	cd "/root/selftests/${test%/*}" || exit 1
	(
		ulimit -t 6
		exec setsid timeout -s KILL 300 "./${test##*/}" $arguments
	) < /dev/null > /tmp/said 2>&1
	status=$?
	usleep 100000
	kill -9 -1
	tr -d '\0\r' < /tmp/said | sed 's/^/	/; $s/$/\n/'
	echo "end $test${arguments:+ $arguments}: $status"
done < /root/selftests/list
