#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# H6: processes of a Guest's, whose page tables change all the time.
. "${0%/*}/lib.sh"

number=$(($(made_up) % 1000000))

# What is typed to the shell, slower than it can be read, or all at once.
cat > "$tmp/typed" <<-END
	echo a $number
	nonsense $number
	loop &
	count 2 &
	race 2
	ps
	kill 99
	kill 5
	kill 1
END

cat > "$tmp/run" <<-END
	guest=\$(ls /guests/h6-* | grep -v '\\.')
	try() {
		echo "== \$1"
		name=\$1
		shift
		lguest "\$@" 2>&1
		echo "status \$?"
	}
	try demo 8 \$guest $number
	try forks 8 \$guest 'forks 20; forks 20; free; forks 62'
	try children 8 \$guest 'forks 90; echo still here'
	try race 8 \$guest 'race 4'
	try together 16 \$guest 'forks 20 & ; forks 21 & ; race 2; demo $number; count 3'
	for where in 0x0 0x8047ffc 0x80f0000 0xbffbfffc 0xc0000000 0xc0100000 0xff000000 0xff001000 0xfffffffc; do
		try poke-\$where 8 \$guest poke \$where
	done
	for where in 0xbffffffc 0xbffc0000 0x8048000; do
		try good-\$where 8 \$guest poke \$where
	done
	for pages in 100 220 240 1000; do
		try small-\$pages 2 \$guest "hold \$pages; forks 5; free"
	done
	try typed 8 \$guest < typed
	try end 8 \$guest < /dev/null
	# The Launcher may be stopped while its processes run, and killed.
	lguest 8 \$guest 'loop & ; race 9' > before-death &
	victim=\$!
	until grep -q lap before-death; do sleep 0.1; done
	kill -9 \$victim
	wait \$victim
	echo "killed \$?"
END

said() {
	echo "$out" | sed -n "/^== $1\$/,/^status /p" | sed 1d
}

kept() {
	echo "$out" | sed -nE 's/.*(^|[^0-9])([0-9]+) pages free, ([0-9]+) at the start\.$/\2 \3/p' |
		awk '$1 != $2 { bad++ } END { print NR, bad + 0 }'
}

for how in "--smp 1" "--smp 2"; do
	run_lab $how --add "$tmp/run" --add "$tmp/typed" -- '. ./run'
	is "$status" 0 "$how: the lab is well" || diag "$err"
	like "$(said demo)" "^I still have $number: 0 errors\.$" "$how: a child's writes do not reach its parent"
	like "$(said demo)" '^My child has changed all of 16 pages: 0 errors\.$' "$how: ... nor the other way round"
	like "$(said demo)" '^A program that writes to nowhere ends with 137\.$' "$how: a bad write ends the program"
	like "$(said demo)" '^0 pages are missing\.$' "$how: what ended gave its pages back"
	is "$(said forks | grep -c '^[26][02] children, 0 of them bad\. 0 words')" 3 "$how: children, each with memory of its own"
	like "$(said children)" '^62 children, 0 of them bad' "$how: there is no room for more than 64 processes"
	like "$(said children)" '^still here$' "$how: ... and that hurts nobody"
	is "$(said race | grep -c '^Runner . has run lap')" 12 "$how: all laps are run"
	unlike "$(said race | tr '\n' ' ')" '1 has run lap 1.*1 has run lap 2.*1 has run lap 3.*2 has run lap 1.*2 has run lap 2.*2 has run lap 3.*3 has run lap 1' \
		"$how: nobody runs to the end before the next begins"
	is "$(said together | grep -c 'children, 0 of them bad\. 0 words')" 2 "$how: forks behind, while others race"
	like "$(said together)" "^I still have $number: 0 errors\.$" "$how: ... and share memory that is copied"
	for where in 0x0 0x8047ffc 0x80f0000 0xbffbfffc 0xc0000000 0xc0100000 0xff000000 0xff001000 0xfffffffc; do
		like "$(said poke-$where)" "^poke \(2\) is killed: page fault at $where\.$" "$how: nobody writes to $where"
	done
	for where in 0xbffffffc 0xbffc0000 0x8048000; do
		like "$(said good-$where)" "^I have written to $where\.$" "$how: but to $where"
	done
	is "$(echo "$out" | grep -c '^hold (.*) is killed: page fault')" \
		"$(echo "$out" | sed -n '/^== small/,/^status/p' | grep -c 'is killed')" "$how: whoever takes too much memory is killed, nobody else"
	is "$(echo "$out" | sed -n '/^== small/,/^status/p' | grep -c '^5 children, 0 of them bad')" 4 "$how: ... and then there is memory again"
	like "$(said typed)" "^a $number\$" "$how: the shell does what is typed"
	like "$(said typed)" "^There is no program nonsense $number\.$" "$how: ... says what it cannot do"
	like "$(said typed)" '^[0-9]+ \(of 1\) loop: [0-9]+ pages$' "$how: ... and shows who is there"
	like "$(said typed)" '^There is no process 99\.$' "$how: kill nobody"
	is "$(said end | tail -n 1)" "status 0" "$how: control-D ends the shell"
	is "$(kept)" "$(echo "$out" | grep -c '^status ') 0" "$how: no Guest loses a page, and each says so"
	is "$(echo "$out" | grep -c '^status [^0]')" 0 "$how: all of them end well"
	like "$out" '^killed 137$' "$how: a Launcher is killed while processes run"
done
done_testing
