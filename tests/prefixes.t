#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Each chapter's Guest, as its own prefix of the book makes it, runs on its own
# prefix's hypervisor and on the whole book's, and does not on the prefix before.
# With CHAPTER=P2 in the environment: only that chapter's Guest.
. "${0%/*}/lib.sh"

# What shows that a Guest has got what its chapter adds: a command, the status with
# which it ends, and a line that it prints. One line a chapter, in the book's order.
n=$(($(made_up) % 1000000))
root=$(awk "BEGIN { printf \"%.0f\", 1000 * sqrt($n) }")
cat > "$tmp/expected" <<-END
	P1|lguest 8 \$guest $n|1|^lguest: CRASH: here in ring 1 with cs 0x61: $n\$
	P2|lguest 8 \$guest $n|0|^You said: $n\$
	P3|lguest 8 \$guest $n|0|^1000 times the root of $n is $root\\.\$
	P4|lguest 8 \$guest $n 3|0|^Guest $n: 3 rounds, 0 bad\\. Goodbye\\.\$
	L1|lguest 8 \$guest $n|0|^Command line, at 0x1000: $n\$
	L2|lguest 8 \$guest \$((\$(date +%s) + 3)) $n|0|^That is late enough\\. $n\$
	L3|echo $n > typed; lguest 8 \$guest x < typed|0|^You typed $n, ${#n} characters\\.\$
	L4|truncate -s 8K disk-$n; lguest --block=disk-$n 8 \$guest|0|^Disk 0: 8 KB, "disk-$n"\\.\$
	H1|lguest 8 \$guest $n|0|^64 calls in one: .* now it ends at $n\\.\$
	H2|echo $n > typed; lguest 8 \$guest x < typed|0|^You typed $n, ${#n} characters\\.\$
	H3|lguest 8 \$guest $n|0|^It ended with $n\\.\$
	H4|lguest 8 \$guest $n|0|^The program ended with $n\\.\$
	H5|lguest 8 \$guest $n|0|^The first page holds $n, and 0 are wrong\\.\$
	H6|lguest 8 \$guest $n|0|^I still have $n: 0 errors\\.\$
	H7|lguest 8 \$guest $n|0|^Thread 0: 1000 times the root of $n is $root, 0 bad\\.\$
END

# Part M's chapters improve what is there; M1's Guest is Linux (M1-linux.t).
case ${CHAPTER-} in
M*) skip_all "part M has no prefixes" ;;
esac

expected() {
	grep "^$1|" "$tmp/expected" | cut -d '|' -f "$2"
}

lower() {
	echo "$1" | tr '[:upper:]' '[:lower:]'
}

# The Guest of a chapter, as its own prefix makes it.
guest_of() {
	find "$trees/$1/guest" -name "$(lower "$1")-*" ! -name '*.*'
}

# boot "OPTIONS" CHAPTER...: try these chapters' Guests on one hypervisor, one after
# another. What each says is in $tmp/said-CHAPTER, its status last.
boot() {
	options=$1
	shift
	script='exec 2>&1'
	for each in "$@"; do
		name=$(lower "$each")
		script="$script
			echo '== $each'
			guest=\$(ls /root/$name-* /guests/$name-* 2> /dev/null | grep -v '\.bz\$' | head -n 1)
			$(expected "$each" 2)
			echo \"status \$?\""
	done
	rm -f "$tmp"/said-*
	run_lab $options -- "$script"
	awk -v said="$tmp/said-" '/^== / { file = said $2; next } file { print > file }' "$tmp/out"
}

succeeds() {
	grep -qE -e "$(expected "$1" 4)" "$tmp/said-$1" &&
		[ "$(tail -n 1 "$tmp/said-$1")" = "status $(expected "$1" 3)" ]
}

dies() {
	! succeeds "$1" && grep -q '^lguest: ' "$tmp/said-$1" && ! grep -q '^status 0$' "$tmp/said-$1"
}

# judge succeeds|dies CHAPTER DESCRIPTION
judge() {
	[ "$status" -eq 0 ] && "$1" "$2"
	result $? "$3" || diag "$(cat "$tmp/said-$2" "$tmp/err")"
}

chapters=$(cut -d '|' -f 1 "$tmp/expected" | tac)
wanted=${CHAPTER:-$chapters}
[ -n "$(expected "$wanted" 1)" ] || [ -z "${CHAPTER-}" ] ||
	bail_out "no Guest is expected of chapter $CHAPTER: there are" $(echo "$chapters" | tac)

# From the last chapter to the first: so the Guest of the one after has been built.
later='' add=''
for chapter in $chapters; do
	own=$(echo "$wanted" | grep -x "$chapter")
	[ -n "$own$later" ] || continue
	boot "--upto $chapter ${later:+--add $(guest_of "$later")}" $own $later
	[ -z "$own" ] || judge succeeds "$own" "the Guest of $own runs on $own"
	[ -z "$later" ] || judge dies "$later" "the Guest of $later does not on $chapter, and says so"
	[ -z "$own" ] || add="$add --add $(guest_of "$own")"
	later=$own
done

boot "$add" $wanted
for chapter in $wanted; do
	judge succeeds "$chapter" "the Guest of $chapter, as it was then, runs on the whole book"
done

# None is forgotten.
ids=$(find "$trees/all/guest" -name '[a-z][0-9]*-*' ! -name '*.*' |
	sed 's|.*/||; s|-.*||' | tr '[:lower:]' '[:upper:]' | sort)
is "$ids" "$(cut -d '|' -f 1 "$tmp/expected" | sort)" "every chapter with a Guest is here"
done_testing
