# SPDX-License-Identifier: GPL-2.0-only
#
# What the tests share: TAP in a few shell functions, and the lab machine.
#
#	. "${0%/*}/lib.sh"
#	run_lab --upto P2 -- 'lguest 64 /guests/p2-the-guest-speaks'
#	is "$status" 0 "the Guest ends well"
#	like "$out" "^hello" "and says hello"
#	done_testing
#
# A test that can neither pass nor fail (no boot, a time-out) stops the whole run.
set -u
top=$(cd "${0%/*}" && pwd)
top=${top%/tests*}
tmp=$(mktemp -d "${TMPDIR:-/tmp}/test.XXXXXX") || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM HUP
count=0

# The kernel to run on (see tools/lab), what to build its modules with, and where
# the book is built for it.
kernel=${LAB_KERNEL:-686}
headers=$top/build/lab/$kernel/headers
trees=$top/build/tree
boot_seconds=$top/build/lab/boot-seconds
if [ "$kernel" = debug ]; then
	trees=$trees-debug
	[ -z "${LAB_COVERAGE-}" ] || trees=$top/build/tree-coverage
	boot_seconds=$top/build/lab/debug/boot-seconds
fi

# The end is what tells, when it is long.
diag() {
	echo "$*" | tail -n 20 | sed 's/^/# /' >&2
}

bail_out() {
	echo "Bail out! $*"
	exit 1
}

# result STATUS DESCRIPTION
result() {
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $count - $2"
	else
		echo "not ok $count - $2"
		return 1
	fi
}

# ok DESCRIPTION COMMAND...
ok() {
	description=$1
	shift
	"$@"
	result $? "$description" || { diag "failed: $*"; return 1; }
}

# is GOT WANTED DESCRIPTION
is() {
	[ "$1" = "$2" ]
	result $? "$3" || { diag "wanted: $2"; diag "   got: $1"; return 1; }
}

# like GOT EXTENDED-REGULAR-EXPRESSION DESCRIPTION
like() {
	echo "$1" | grep -qE -e "$2"
	result $? "$3" || { diag "wanted a line like: $2"; diag "got: $1"; return 1; }
}

unlike() {
	! echo "$1" | grep -qE -e "$2"
	result $? "$3" || { diag "wanted no line like: $2"; diag "got: $1"; return 1; }
}

skip() {
	count=$((count + 1))
	echo "ok $count # SKIP $*"
}

skip_all() {
	echo "1..0 # SKIP $*"
	exit 0
}

done_testing() {
	echo "1..$count"
}

# A number no canned output can contain.
made_up() {
	od -An -N4 -tu4 /dev/urandom | tr -d ' '
}

# run COMMAND...: its exit status in $status, its output in $out (and, byte for
# byte, $tmp/out), its errors in $err ($tmp/err).
run() {
	status=0
	"$@" > "$tmp/out" 2> "$tmp/err" || status=$?
	out=$(tr -d '\0' < "$tmp/out")
	err=$(tr -d '\0' < "$tmp/err")
}

# The same for the lab machine, whose failing is not the test's.
run_lab() {
	run "$top/tools/lab" "$@"
	case $status in
	124 | 125)
		diag "$out"
		bail_out "$(tail -n 1 "$tmp/err")"
		;;
	esac
}

# Seconds on a machine that boots the lab in five, in seconds on this one.
scaled() {
	boot=$(cat "$boot_seconds" 2> /dev/null || echo 10)
	[ "$boot" -gt 5 ] || boot=5
	echo $(($1 * boot / 5))
}
