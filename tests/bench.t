#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What the costs of a Guest are recorded and compared with; nothing is measured here.
. "${0%/*}/lib.sh"

# refused DESCRIPTION REGULAR-EXPRESSION COMMAND...
refused() {
	description=$1 wanted=$2
	shift 2
	run "$@"
	like "$status $(tr '\n' '~' < "$tmp/err")$out" "^[1-9][0-9]* $wanted~\$" "$description"
}

### What they say of themselves, and of wrong words.
for tool in bench bench-compare profile; do
	run "$top/tools/$tool" --help
	is "$status $err" "0 " "$tool --help"
	like "$out" "^usage: tools/$tool " "... says how to use it"
done
refused "an unknown option" "bench: unknown option: --spoon \(see --help\)" "$top/tools/bench" --spoon
refused "an unknown group" "bench: there is no group spoons \(see --help\)" "$top/tools/bench" host spoons
refused "--runs without a number" "bench: --runs wants a value \(see --help\)" "$top/tools/bench" --runs
refused "--runs with a word" "bench: --runs wants a number, not 'spoon'" "$top/tools/bench" --runs spoon
refused "--to without a file" "bench: --to wants a value \(see --help\)" "$top/tools/bench" --to
refused "--to a file that cannot be" ".*/nix/file: .*" "$top/tools/bench" --to "$tmp/nix/file" host
refused "--with without a file" "bench: --with wants a value \(see --help\)" "$top/tools/bench" --with
refused "--with what cannot be without" "bench: --omit and --with are not for .*" "$top/tools/bench" --with "$top/bench/without/pending.nw" fault
refused "profile: nothing" "profile: of what\? \(see --help\)" "$top/tools/profile"
refused "profile: something unknown" "profile: there is no spoon \(see --help\)" "$top/tools/profile" spoon
refused "profile: an unknown option" "profile: there is no --spoon \(see --help\)" "$top/tools/profile" fault --spoon
refused "profile: Linux without a number" "profile: linux wants work and a number \(see --help\)" "$top/tools/profile" linux fork
refused "profile: Linux with a word" "profile: linux wants a number, not 'spoon' \(see --help\)" "$top/tools/profile" linux fork spoon
compare=$top/tools/bench-compare
refused "compare: an unknown option" "bench-compare: unknown option: spoon \(see --help\)" "$compare" --spoon
refused "compare: --over without a number" "bench-compare: option over requires an argument \(see --help\)" "$compare" --over
refused "compare: --over with a word" "bench-compare: --over wants a number, not 'spoon'" "$compare" --over spoon
refused "compare: three files" "bench-compare: two files .*" "$compare" a b c

### Comparing.
n=$(($(made_up) % 90000 + 10000))
row() { printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$@"; }
record() {
	row host 'null call' - 400 - -
	row host 'system call, direct' 200 4 0.02 0.02
	row host 'never again' - 7 - -
	row linux fork $n $((n * 2)) 1.50 1.60
	row linux fault 1000 2000 1.50 1.60
	row linux nothing 0 0 - -
	row many Guests - 302 - -
}
record > "$tmp/record"
# now [SCRIPT FOR sed]: what is said when that has become of the record; in single blanks.
now() {
	sed "$1" "$tmp/record" > "$tmp/now"
	shift
	run "$compare" "$@" "$tmp/now" "$tmp/record"
	is "$status $err" "0 " "compared"
	said=$(echo "$out" | tr -s ' ')
}
now ''
is "$said" "Nothing has moved by more than 1 per cent." "nothing has moved"
now 's/1.50/3.00/; s/400/404/; s/2000/1980/'
is "$said" "Nothing has moved by more than 1 per cent." "... by more than 1 per cent; and ratios do not count"
now 's/400/405/; s/1000	2000/989	2020/; s/	0	0/	0	3/'
is "$said" " recorded now change
host: null call 400 405 +1.2 %
linux: fault, natively 1000 989 -1.1 %
linux: nothing 0 3 from 0" "what has moved, in a Guest or natively"
now 's/400/405/; s/1000	2000/900	2200/' --over 9.9
is "$said" " recorded now change
linux: fault 2000 2200 +10.0 %
linux: fault, natively 1000 900 -10.0 %" "what has moved by more than 9.9 per cent"
now "s/never again/never before/; s/-	400/$n	400/"
is "$said" " recorded now change
host: null call, natively - $n new
host: never again 7 - gone
host: never before - 7 new" "what is new or gone"
now '/^host/d; /^many/d'
is "$said" "Nothing has moved by more than 1 per cent.
Recorded, but not measured now: host, many." "groups that were not measured"

### Files that are none.
refused "a file that is not there" "bench-compare: $tmp/nix: No such file or directory" "$compare" "$tmp/nix" "$tmp/record"
refused "a record that is not there" "bench-compare: $tmp/nix: No such file or directory" "$compare" "$tmp/record" "$tmp/nix"
refused "a directory" "bench-compare: $tmp: .*" "$compare" "$tmp" "$tmp/record"
: > "$tmp/empty"
refused "an empty file" "bench-compare: $tmp/empty: there is no row in it" "$compare" "$tmp/empty" "$tmp/record"
while IFS='|' read -r about script; do
	sed "$script" "$tmp/record" > "$tmp/wrong"
	refused "a row $about" "bench-compare: $tmp/wrong:2: .*" "$compare" "$tmp/wrong" "$tmp/record"
done <<'END'
with a column less|2s/	0.02$//
with a column more|2s/$/	1/
with a word for a number|2s/	4	/	four	/
without the Guest's number|2s/	4	/	-	/
with one ratio|2s/0.02$/-/
without a name|2s/system call, direct//
of blanks|2s/	/ /g
that is there twice|2s/.*/host	null call	-	400	-	-/
that is cut off|2{s/	4.*//;q}
of bytes that are no text|2s/system/\xff/
END

### What is recorded.
record=$top/chapters/costs.tsv
"$top/tools/bench" --help | sed -n 's/^  \([a-z][a-z, ]*[a-z]\)  .*/\1/p' | tr -s ', ' '\n' > "$tmp/groups"
like "$(tr '\n' ' ' < "$tmp/groups")" '^host devices linux .*many ' "the groups that tools/bench --help names"
run "$compare" "$record" "$record"
is "$status $err$out" "0 Nothing has moved by more than 1 per cent." "chapters/costs.tsv is well formed"
is "$(cut -f 1 "$record" | uniq | sort)" "$(sort "$tmp/groups")" "... and has all groups, each once (make bench-record renews it)"

# What the book can be deprived of still fits it.
"$top/tools/tangle" "$tmp/whole" > "$tmp/said" 2>&1 || bail_out "$(cat "$tmp/said")"
grep -v '^#' "$top/bench/without/rows" > "$tmp/without"
is "$(cut -d '|' -f 1 "$tmp/without" | tr ' ' '\n' | sort -u)" "$(cd "$top/bench/without" && ls *.nw | sed 's/\.nw$//')" "bench/without/rows has all files beside it"
while IFS='|' read -r file what of rows; do
	with=''
	for one in $file; do
		with="$with --with $top/bench/without/$one.nw"
	done
	# shellcheck disable=SC2086
	run "$top/tools/tangle" $with "$tmp/less"
	is "$status $err" "0 " "a book without $what"
	is "$(diff -r "$tmp/whole" "$tmp/less" | sed -n 's/^\([<>]\).*/\1/p' | sort | uniq -c | tr -s ' \n' ' ')" \
		"$(awk -F '\t' -v row="$what: lines" '$1 == "without" && $2 == row { printf $3 ? " " $3 " <" : ""; printf $4 ? " " $4 " >" : "" }' "$record") " \
		"... is as much shorter as the record says (make bench-record renews it)"
done < "$tmp/without"
awk -F '|' '{ n = split($4, row, ";"); for (i = 1; i <= n; i++) print $2 ": " row[i] }' "$tmp/without" > "$tmp/rows"
is "$(awk -F '\t' '$1 == "without" && $2 !~ /: lines$/ { print $2 }' "$record")" "$(cat "$tmp/rows")" "... and has these rows"
done_testing
