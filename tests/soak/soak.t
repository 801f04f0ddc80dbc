#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# For an hour (MINUTES=5 for fewer) on two CPUs Guests start, work, are killed at any
# moment, many at once; others are made of dice; a CPU leaves and comes back, the
# module is asked to leave, the clock is set. Afterwards there is as much memory as
# before. "make soak".
. "${0%/*}/../lib.sh"
. "$top/tests/prog/lib.sh"
build_programs
build_torture
seconds=$((${MINUTES:-60} * 60))
seed=${SEED:-$(($(made_up) % 100000))}
gcc -O2 -m32 -static -pthread -Wall -Wextra -Werror -o "$tmp/prog/fuzz" "$prog/fuzz.c" \
	"$prog/fuzz-guest.c" "$prog/fuzz-device.c" 2> "$tmp/build" || bail_out "$(head -n 1 "$tmp/build")"
cp "$top/tests/soak/inside" "$tmp/prog/"

# shellcheck disable=SC2086
run_lab ${LAB_OPTIONS:-} --smp 2 --timeout $((seconds * 2 + $(scaled 300))) --add "$tmp/prog" -- \
	"cd prog; SECONDS_LONG=$seconds SEED=$seed; . ./inside"
is "$status" 0 "the Host lives on (seed $seed)" || diag "$err"

said() {
	echo "$out" | sed -n "s/^$1|//p"
}
for worker in honest killed enemy plug unload set_clock bomb; do
	like "$(said $worker)" '^([1-9][0-9]*) times, \1 good$' "$worker: each time good" || diag "$out"
	echo "# $worker: $(said $worker)"
done
is "$(said busy)" lives "a Guest lives through all of it"
like "$out" "^You said: $seed\$" "an honest Guest runs afterwards"
is "$(said gone)" yes "and the module can go"
set -- $(said before) $(said after)
echo "# before: free $1, slabs $2, mapped $3 KB; after: free $7, slabs $8, mapped $9 KB"
is "${4-none} ${10-none}" "0 0" "no page is left pinned"
ok "memory is free again" [ $(($1 - $7)) -lt 2048 ]
ok "slabs are where they were" [ $(($8 - $2)) -lt 2048 ]
ok "... of many kinds" [ "$(said kinds)" -gt 50 ]
is "$(said grown)" "" "... and of none are there more objects"
ok "kernel addresses are given back" [ $(($9 - $3)) -lt 256 ]
is "${11}" 0 "no Launcher is left"
is "${12}" 0 "no Guest is left"
done_testing
