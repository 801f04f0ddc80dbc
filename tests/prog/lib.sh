# SPDX-License-Identifier: GPL-2.0-only
#
# For tests that do many things in each of many lab machines: build the programs
# of tests/prog, and turn what the machine reports (see inside.sh) into results.
command -v run_lab > /dev/null || . "${0%/*}/lib.sh"

prog=$top/tests/prog

build_programs() {
	mkdir -p "$tmp/prog" "$tmp/probe"
	for program in task launch devlguest pester; do
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

# drive_device OPTIONS...: in a lab machine with these options, do to /dev/lguest what
# the lines of $tmp/table say: what it is about, the words for devlguest.c (see its
# --help), what it prints (E is any address of an instruction).
drive_device() {
	gcc -m32 -static -pthread -O2 -Wall -Wextra -Werror -o "$tmp/devlguest" "$prog/devlguest.c" ||
		bail_out "tests/prog/devlguest.c does not compile"
	number=$(made_up)
	cat > "$tmp/try" <<-END
		while IFS='|' read -r about words result; do
			echo "test: \$about" > /dev/kmsg
			echo "\$about|\$(echo \$(./devlguest \$words 2>&1 | tr '\\n' /))"
		done < table
		echo > /proc/sys/vm/stat_refresh
		echo \$(grep ^nr_foll_pin_ /proc/vmstat)
		lguest 8 /guests/p2-the-guest-speaks $number
	END
	# shellcheck disable=SC2086
	run_lab ${LAB_OPTIONS:-} "$@" --add "$tmp/table" --add "$tmp/try" --add "$tmp/devlguest" -- '. ./try'
	is "$status" 0 "the Host lives on" || diag "$err"
	while IFS='|' read -r about words result; do
		got=$(echo "$out" | sed -n "s/^$about|\(.*\)\/\$/\1/p")
		case $result in
		*'eip E'*) got=$(echo "$got" | sed -E 's/eip 0x[0-9a-f]+/eip E/') ;;
		esac
		is "$got" "$result" "$about"
	done < "$tmp/table"
	like "$out" '^nr_foll_pin_acquired ([1-9][0-9]*) nr_foll_pin_released \1$' "no page is left pinned"
	like "$out" "^You said: $number\$" "an honest Guest runs after them"
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

# build_more NAME...: programs that only some lists need.
build_more() {
	for program in "$@"; do
		gcc -O2 -m32 -static -Wall -Wextra -Werror \
			-o "$tmp/prog/$program" "$prog/$program.c" 2> "$tmp/build" ||
			bail_out "$program: $(head -n 1 "$tmp/build")"
	done
}

# The Guests' library as the whole book makes it, for Guests of the tests' own: in
# $tmp/own/guest.
copy_guests() {
	[ ! -e "$tmp/own" ] || return 0
	tree=$trees/all
	[ -e "$tree/built" ] && [ -z "$(find "$top/chapters" "$top/guest" -newer "$tree/built")" ] ||
		{ mkdir -p "$trees" && flock "$trees/lock" make -s -C "$top" module; } > "$tmp/build" 2>&1 ||
		bail_out "$(head -n 1 "$tmp/build")"
	mkdir -p "$tmp/own" "$tmp/prog"
	cp -R "$tree/guest" "$tree/include" "$tmp/own/"
}

# build_guest NAME CHAPTER: a Guest of the tests' own (tests/prog/NAME.c), made of what
# that chapter's Guest is made of.
build_guest() {
	copy_guests
	cp "$prog/$1.c" "$tmp/own/guest/$2-$1.c"
	make -s -C "$tmp/own/guest" "$2-$1" > "$tmp/build" 2>&1 ||
		bail_out "$1: $(grep -m 1 error "$tmp/build")"
	cp "$tmp/own/guest/$2-$1" "$tmp/prog/$1"
}

build_stranger() {
	build_guest stranger l4
}

# One that is linked for 3 GB and begins in its own way: of the library it needs only
# what was there before there were page tables.
build_torture() {
	copy_guests
	cp "$prog/torture.c" "$prog/torture.h" "$tmp/own/guest/"
	make -s -C "$tmp/own/guest" torture.o libguest.a > "$tmp/build" 2>&1 &&
		(cd "$tmp/own/guest" && gcc -m32 -nostdlib -static -no-pie -Wl,--build-id=none \
			-Wl,-z,noexecstack -Wl,--no-warn-rwx-segments -Wl,-T,guest.lds \
			-Wl,--defsym,kernel_offset=0xc0000000 -o "$tmp/prog/torture" torture.o \
			libguest.a -lgcc) > "$tmp/build" 2>&1 ||
		bail_out "torture: $(head -n 1 "$tmp/build")"
}

# plant TABLE FILE...: put mistakes into a module, and a parameter that says which of
# them is on. Each line of the table: what the mistake is, a function of one of the
# files, what stands in it, and what is put there instead; BAD is true when it is on.
plant() {
	perl -0777 -e '
		my ($table, @files) = @ARGV;
		sub contents { open my $fh, "<", $_[0] or die "$_[0]: $!\n"; local $/; return scalar <$fh> }
		my %text = map { $_ => contents($_) =~ s/^#line.*\n//mgr } @files;
		my $n = 0;
		for my $line (split /\n/, contents($table)) {
			my ($what, $function, $old, $new) = map { s/\\\|/|/gr } split /(?<!\\)\|/, $line;
			$n++;
			$new =~ s/BAD/(mistake == $n)/;
			my $found = 0;
			for (values %text) {
				s!^(?:static )?[\w ]+?[ *]\Q$function\E\([^;{]*\)\n\{\n.*?^\}\n!
					my $f = $&;
					$found++;
					$f =~ s|\Q$old\E|$new| or print STDERR "$what: not in $function()\n";
					$f;
				!mse;
			}
			print STDERR "$what: no $function()\n" if $found != 1;
		}
		my $first = $files[0];
		for my $file (@files) {
			my $knows = $file ne $first ? "extern int mistake;" :
				"#include <linux/moduleparam.h>\n\nextern int mistake;\nint mistake;\nmodule_param(mistake, int, 0);";
			$text{$file} =~ s/^#include "lg.h"\n/$&$knows\n/m;
			open my $fh, ">", $file or die "$file: $!\n";
			print $fh $text{$file};
		}
	' "$@" 2> "$tmp/planted" && [ ! -s "$tmp/planted" ]
	result $? "there is a place for every mistake" || bail_out "$(head -n 1 "$tmp/planted")"
}
