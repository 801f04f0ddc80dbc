# SPDX-License-Identifier: GPL-2.0-only
#
# For tests that do many things in each of many lab machines: build the programs
# of tests/prog, and turn what the machine reports (see inside.sh) into results.
. "${0%/*}/lib.sh"

headers=$top/build/lab/686/headers
prog=$top/tests/prog

build_programs() {
	mkdir -p "$tmp/prog" "$tmp/probe"
	for program in task launch; do
		gcc -O2 -m32 -static -pthread -Wall -Wextra -Werror \
			-o "$tmp/prog/$program" "$prog/$program.c" 2> "$tmp/build" ||
			bail_out "$program: $(head -n 1 "$tmp/build")"
	done
	cp "$prog/probe.c" "$tmp/probe/"
	echo 'obj-m := probe.o' > "$tmp/probe/Kbuild"
	make -s -C "$headers" M="$tmp/probe" KCFLAGS=-Werror modules > "$tmp/build" 2>&1 ||
		bail_out "probe: $(head -n 1 "$tmp/build")"
	cp "$tmp/probe/probe.ko" "$prog"/*.sh "$tmp/prog/"
}

# machine OPTIONS... -- LISTS: boot a lab machine with these options of
# tools/lab, and do there what the named lists (NAME.sh) say. LAB_OPTIONS may
# name another tree to test.
machine() {
	options=${*%% -- *}
	lists=${*##* -- }
	# shellcheck disable=SC2086
	run_lab ${LAB_OPTIONS:-} $options --add "$tmp/prog" -- \
		"cd prog; . ./inside.sh; begin; for list in $lists; do . ./\$list.sh; done"
	# Each line of a report is a result.
	grep -E '^(not )?ok - ' "$tmp/out" > "$tmp/report" || :
	while read -r line; do
		case $line in
		ok*) result 0 "${line#ok - } [$options]" ;;
		*) result 1 "${line#not ok - } [$options]" || diag "${line#not ok - } [$options]" ;;
		esac
	done < "$tmp/report"
	grep -vE '^(not )?ok - ' "$tmp/out" | sed 's/^/# /'
	[ "$status" -eq 0 ]
	result $? "the Host came through it [$options]" ||
		diag "status $status: $err"
}
