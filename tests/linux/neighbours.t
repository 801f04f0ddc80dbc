#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Two Linux Guests and two of our own on two CPUs, for ten minutes (MINUTES=1 for
# fewer): each checks its own memory, processes and registers all the time. Then each
# is killed while the others work. Part of "make check-linux".
. "${0%/*}/../lib.sh"
. "$top/tests/prog/lib.sh"

linux=$top/build/linux
"$top/tools/linux" > "$tmp/build" 2>&1 || bail_out "$(tail -n 1 "$tmp/build")"
build_torture
number=$(made_up)
seed=$((number % 100000))
seconds=$((${MINUTES:-10} * 60))

# The one Linux that lives all the time, and prints how often it has done all.
cat > "$tmp/long" <<'END'
	rounds=0
	read -r up _ < /proc/uptime
	end=$((${up%.*} + $1))
	while [ "${up%.*}" -lt "$end" ]; do
		linux-work forks 20 "$2" && linux-work memory 16 "$2" && linux-work threads 8 "$2" &&
			linux-work signals "$2" && linux-work faults "$2" && linux-work ptrace "$2" || exit 1
		rounds=$((rounds + 1))
		read -r up _ < /proc/uptime
	done > /dev/null
	echo "= $rounds rounds, $(dmesg | grep -cE 'BUG|WARNING|Oops|Call Trace') complaints"
END
# The other one has 24 MB, and begins again and again.
echo 'linux-work forks 8 "$1" && linux-work memory 4 "$1" && linux-work threads 4 "$1" && echo "= good"' > "$tmp/short"
"$top/tools/linux-initramfs" "$tmp/initramfs" --add "$tmp/long" --add "$tmp/short" 2> "$tmp/err" || bail_out "$(cat "$tmp/err")"

cat > "$tmp/four" <<'END'
	seconds=$1 number=$2 seed=$3
	processes=$(ls /guests/h6-* | grep -v '\.')
	linux() {
		mb=$1
		shift
		exec lguest --rng --initrd=/root/initramfs "$mb" /root/vmlinux console=hvc0 quiet "$@"
	}
	long() { linux 64 "run=sh ./long $1 $number"; }
	short() { linux 24 "run=sh ./short $number"; }
	torture() { exec lguest 8 ./torture "$1" "${2:-50000}"; }
	shell() { exec lguest 16 "$processes" "forks 20 & ; forks 21 & ; race 2; demo $1"; }
	# again NAME GOOD: start it until the time is over, and count how often it was good.
	again() {
		n=0 good=0
		until [ -e over ]; do
			n=$((n + 1))
			($1 $((seed + n))) > "said.$1" 2>&1
			tr -d '\r' < "said.$1" | grep -qE "$2" && good=$((good + 1)) || cp "said.$1" "bad.$1"
		done
		echo "$1|$n times, $good good"
		[ ! -e "bad.$1" ] || tail -n 5 "bad.$1"
	}
	memory() {
		echo 3 > /proc/sys/vm/drop_caches
		echo > /proc/sys/vm/stat_refresh
		awk '/^MemFree:/ { free = $2 } /^nr_foll_pin_/ { pinned = $2 - pinned } END { print free, pinned }' /proc/meminfo /proc/vmstat
	}

	memory > before
	again short '^= good$' & short=$!
	again torture '^Seed [0-9]+: 50000 changes' & torture=$!
	again shell "^I still have [0-9]+: 0 errors" & shell=$!
	(long "$seconds") > said.long 2>&1
	echo "long|status $?, $(tr -d '\r' < said.long | sed -n 's/^= //p')"
	touch over
	wait $short $torture $shell

	# Four that would go on for an hour. They die one by one; the last one, which talks
	# all the time, has something new to say after each death.
	(long 3600) > said.1 2>&1 & one=$!
	(linux 24 'run=while :; do ls / | sort | wc -l; done') > said.2 2>&1 & two=$!
	(torture 1 100000000) > said.3 2>&1 & three=$!
	(exec lguest 16 "$processes" 'loop & ; race 60') > said.4 2>&1 & four=$!
	until grep -q lap said.4; do usleep 10000; done
	for pid in $one $three $four $two; do
		lines=$(wc -l < said.2)
		until [ "$(wc -l < said.2)" -gt $((lines + 1)) ]; do usleep 10000; done
		kill -9 $pid
		wait $pid
		echo "killed|$?"
	done
	memory > after
	echo "memory|$(cat before after | tr '\n' ' ')"
END

# said NAME: what the lab says of it.
said() {
	echo "$out" | sed -n "s/^$1|//p"
}

# shellcheck disable=SC2086
run_lab ${LAB_OPTIONS:-} --smp 2 --mem 768 --timeout $((seconds * 2 + $(scaled 600))) --add "$tmp/four" --add "$tmp/prog/torture" \
	--add "$linux/vmlinux" --add "$tmp/initramfs" -- "set -- $seconds $number $seed; . ./four"
is "$status" 0 "the Host lives on" || diag "$err"
for guest in short torture shell; do
	like "$(said $guest)" '^([1-9][0-9]*) times, \1 good$' "$guest: each time good"
	echo "# $guest: $(said $guest)"
done
like "$(said long)" '^status 0, [1-9][0-9]* rounds, 0 complaints$' "long: for $seconds seconds"
echo "# long: $(said long)"
is "$(said killed | tr '\n' ' ')" '137 137 137 137 ' "all can be killed, the others working"
set -- $(said memory)
echo "# free before and after: $1 and $3 KB"
is "${2-none} ${4-none}" "0 0" "no page is left pinned"
ok "... nor any other" [ "${3:-0}" -gt $((${1:-99999999} - 8192)) ]
done_testing
