# SPDX-License-Identifier: GPL-2.0-only
#
# Devices: a Guest that lies about a queue, and one that is typed to, as much as it
# likes, from files and into files that are slow, full or closed.
n=$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')

# The Guest's words, and what is said about them ("-": nothing, for it is no lie). Each
# is told once; then the console is opened anew, and works.
cat > /tmp/lies <<'END'
index|129 chains in a queue of 128
head|descriptor 128 of 128
next|descriptor 5000 of 128
circle|a chain that never ends
pages|2 bytes at 0x7fffff are not memory
wraps|32 bytes at 0xfffffffffffffff0 are not memory
above|1 bytes at 0x1[0-9a-f]{8} are not memory
length|4294967295 bytes at 0x[0-9a-f]+ are not memory
disorder|a buffer to read comes too late
many|more than 128 buffers
nested|an indirect table in another
empty|an indirect table of 0 bytes
odd|an indirect table of 24 bytes
elsewhere|an indirect table at 0x800000 is not in memory
circles|a chain that never ends
longest|-
features|features 0x[0-9a-f]+ were not offered
failed|the Guest's driver has given up
END

# lie WORD SENTENCE: what the Guest says, and what is said of it, to the last byte.
lie() {
	if [ "$2" = - ]; then
		printf '%128s' '' | tr ' ' a
	else
		echo 'My console is gone.'
	fi > /tmp/wanted
	cat >> /tmp/wanted <<-END
		Say something to Guest $1 $n; control-D ends.
		> $n
		You typed $n, ${#n} characters.
		> Goodbye.
	END
	echo "$n" | timeout 20 lguest 8 $L3 "$1" "$n" > /tmp/said 2> /tmp/try &&
		cmp -s /tmp/wanted /tmp/said || return
	case $2 in
	-) [ ! -s /tmp/try ] ;;
	*)	[ "$(wc -l < /tmp/try)" -eq 1 ] &&
			grep -qxE "lguest: console: $2; the device stops" /tmp/try ;;
	esac
}
while IFS='|' read -r word sentence; do
	lie "$word" "$sentence"
	verdict $? "$word" "$(last_words /tmp/try); $(tail -n 1 /tmp/said)"
done < /tmp/lies

# replies WORDS < LINES: what the Guest says to these lines; it takes 79 letters.
replies() {
	awk -v to="$1" 'BEGIN { print "Say something to Guest " to "; control-D ends." }
		{ line = substr($0, 1, 79)
		  printf "> %s\nYou typed %s, %d characters.\n", line, line, length(line) }
		END { print "> Goodbye." }'
}

# Lines of all lengths, and so many short ones that the answers are 100 KB.
awk -v n="$n" 'BEGIN {
	for (i = 0; i < 100; i += 9) { print n line; line = line "+ 123456 " }
	for (i = 0; i < 3400; i++) print i % 9 ? "" : (n + i * i) % 1000 }' > /tmp/lines
head -n 300 /tmp/lines > /tmp/some
replies "$n" < /tmp/some > /tmp/few
replies "$n" < /tmp/lines > /tmp/wanted
[ "$(wc -c < /tmp/wanted)" -gt 100000 ]
verdict $? "100 KB are enough" "$(wc -c < /tmp/wanted)"
converse() {
	lguest 8 $L3 "$n" < /tmp/some > /tmp/said && cmp /tmp/few /tmp/said
}
check "many lines from a file into a file" converse
slowly() {
	{ cat /tmp/some | lguest 8 $L3 "$n"; echo "status $?"; } |
		while IFS= read -r line; do
			printf '%s\n' "$line"
		done > /tmp/said
	{ cat /tmp/few; echo "status 0"; } | cmp - /tmp/said
}
check "... from a pipe, to a reader of single letters" slowly

# Nobody reads, until the pipe and the queue are full. The Guest does not die of it.
mkfifo /tmp/in /tmp/out.pipe
exec 3<> /tmp/out.pipe
lguest 8 $L3 "$n" < /tmp/lines > /tmp/out.pipe &
started=$!
blocked() {
	grep -q pipe_write /proc/$started/task/*/wchan
}
await $started blocked
idle "its threads wait for a reader" $started
exec 4< /tmp/out.pipe 3>&-
cat <&4 > /tmp/said &
reader=$!
exec 4<&-
wait $started
verdict $? "... and then it goes on" "status $?"
wait $reader
check "... and nothing of 100 KB is lost" cmp /tmp/wanted /tmp/said

# Ends of the input.
try "no input at all" 0 '^> Goodbye\.$' lguest 8 $L3 "$n" < /dev/null
unfinished() {
	printf '%s\nand %s' "$n" "$n" | timeout 20 lguest 8 $L3 "$n" > /tmp/said || return
	printf '%s\nand %s\n' "$n" "$n" | replies "$n" | cmp - /tmp/said
}
check "a last line that does not end" unfinished
exec 3<> /tmp/in
start sh -c "exec lguest 8 $L3 $n < /tmp/in"
hears $started '^> ' && idle "a Guest waits for a line, its threads wait for input" $started
echo "to $n" >&3
hears $started "^You typed to $n, "
verdict $? "... which comes" "$(last_words /tmp/said.$started)"
kill $started
ended "... and ends" $started 143
try "no standard input is an end of the input" 0 '^> Goodbye\.$' sh -c "exec lguest 8 $L3 $n <&-"
echo "$n" > /tmp/line
start sh -c "exec lguest 8 ./stranger listen $n < /tmp/line"
hears $started '^Heard 4\.$' && idle "the input has ended, and the Guest goes on listening" $started
kill -9 $started
ended "... until it is killed" $started 137

# Much at a time, and what a Guest can do to the other queue.
burst() {
	lguest 8 ./stranger burst 66000 > /tmp/said &&
		[ "$(grep -cx 0123456789 /tmp/said)" -eq 6600 ] && [ "$(wc -l < /tmp/said)" -eq 6601 ]
}
check "a hundred buffers at a time, until the counts have wrapped" burst
nag() {
	[ "$(lguest 8 ./stranger nag "$n" 2> /tmp/try)" = "It is quiet, $n.
Goodbye." ] && [ "$(wc -l < /tmp/try)" -eq 1 ]
}
nag
verdict $? "a device that has stopped is quiet" "$(wc -l < /tmp/try) lines, $(last_words /tmp/try)"
[ "$(lguest 8 ./stranger hasty "$n")" = "$n" ]
verdict $? "who says something and ends at once is heard" ""
no_room() {
	lguest 8 ./stranger noroom "$n" < /tmp/line > /tmp/said
}
try "no room for what is typed" 0 "^lguest: console: no room for what is typed; the device stops\$" no_room
check "... and the Guest knows" grep -qx "My console is gone, $n\." /tmp/said
fuzz() {
	lguest 8 ./stranger fuzz 3 "$n" 400 < /tmp/lines 2> /tmp/err | tail -n 2 > /tmp/said
	! grep -qv '^lguest: console: .*; the device stops$' /tmp/err && [ -s /tmp/err ] &&
		grep -aq "400 rounds of 3 $n 400\." /tmp/said
}
check "queues full of noise" fuzz
lie nested "an indirect table in another"
verdict $? "... and the next one is told in its own words" "$(last_words /tmp/try)"

# Outputs that take nothing.
refuses "a full disk" 'cannot write what the Guest says: No space left on device' \
	sh -c "lguest 8 $L3 $n < /tmp/lines 2>&1 > /dev/full | cat >&2; exit 1"
full() {
	lguest 8 $L3 "$n" < /tmp/lines > /dev/full
}
refuses "... and its status" 'cannot write what the Guest says: No space left on device' full
closed() {
	lguest 8 $L3 "$n" < /tmp/lines >&-
}
refuses "no standard output" 'cannot write what the Guest says: Bad file descriptor' closed
try "a reader that goes" 141 '^$' sh -c "{ lguest 8 $L3 $n < /tmp/lines; echo \$? > /tmp/status; } |
	head -n 2 > /dev/null; echo; exit \$(cat /tmp/status)"

# Its last words come after what it said to its console.
refuses_at_last() {
	echo crash | lguest 8 $L3 "$n" > /tmp/said
}
try "a Guest that crashes" 1 '^lguest: CRASH: you wanted it$' refuses_at_last
check "... has said before what it wanted to" grep -qx '> crash' /tmp/said

for i in $(seq 10); do
	lguest 8 $L3 "$n" < /tmp/lines > /tmp/said &
	usleep $(($(od -An -N2 -tu2 /dev/urandom) * 3))
	kill -9 $!
	wait $! 2> /dev/null
	[ $? -eq 137 ] || break
done
[ "$i" -eq 10 ]
verdict $? "killed while it speaks" "$i"
nothing_left "devices"
