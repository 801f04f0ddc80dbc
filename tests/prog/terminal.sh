# SPDX-License-Identifier: GPL-2.0-only
#
# A terminal is lent to a Guest that opens its console, and given back on every way
# out.
make_terminals
n=$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')
cols=$((100 + n % 100))
guest="lguest 8 $L3 $n"

# on WHAT WORD... -- COMMAND...: this happens (see terminal.c).
on() {
	what="terminal: $1"
	shift
	check "$what" ./terminal "$@"
}

on "lent, and given back when the Guest powers off" cols=$cols \
	see="Your screen has $cols columns." see="to Guest $n;" see='> ' raw \
	type="abc^H $n^M" see=abc see="You typed ab $n, $((${#n} + 3)) characters." \
	type='^D' see='Goodbye.' ends=0 same -- $guest
on "control-C and others are letters, and nothing is shown twice" see="$n;" raw \
	type="a^C^Z^\\^S^Qb^M" see='ends.^M^J> ab^M^JYou typed ab, 2 characters.^M^J> ' \
	unseen='^C' unseen='screen' type='^D' ends=0 same -- $guest
on "a Guest that crashes" see='> ' raw type='crash^M' \
	see='lguest: CRASH: you wanted it' ends=1 same -- $guest
on "control-]" see='> ' raw type='^]' ends=130 same -- $guest
on "control-] and a Guest that hangs" see='> ' type='hang^M' see=hang raw \
	type="$n" type='^]' ends=130 same -- $guest
on "... and has been typed to" see='> ' type='hang^M' see=hang raw \
	flood=3000 type='^]' ends=130 same -- $guest
for signal in HUP:129 INT:130 QUIT:131 SEGV:139 PIPE:141 TERM:143; do
	on "SIG${signal%:*}" see='> ' raw kill=${signal%:*} ends=${signal#*:} same -- $guest
done
on "SIGHUP that is ignored" ignore=HUP see='> ' raw kill=HUP type="$n^M" \
	see="You typed $n," raw type='^D' ends=0 same -- $guest
on "the terminal goes" see='> ' raw hangup ends=129 -- $guest
on "... from one who ignores it: the input ends" ignore=HUP see='> ' hangup ends=1 -- $guest
on "who reads what it says goes" see="to Guest $n;" see=gone type='x^M' ends=0 same -- \
	sh -c "$guest | { head -n 1; exec < /dev/null; echo gone; }"

# SIGTERM at any moment of its beginning.
moments() {
	for i in $(seq 0 24); do
		./terminal after=$((i * 2000)) kill=TERM ends=143 same -- $guest || return
	done
}
check "terminal: SIGTERM during start-up" moments

# What is not a Guest's terminal.
on "a Guest that has no console does not get it" see=' ' same type='^C' ends=130 same -- \
	lguest 8 $P4 7 1000000
on "in the background: not stopped, no input, settings left alone" background \
	see="to Guest $n;" see='> ' same type="$n^M" after=300000 unseen='You typed' \
	same kill=TERM ends=143 same -- $guest
on "... and ends by itself" background see="Guest 5:" see='Goodbye.' ends=0 same -- \
	lguest 8 $P4 5 10
on "put into the background, it ends and is not stopped" see='> ' raw away \
	kill=TERM ends=143 -- $guest
on "a Guest that starts again gets it again" see='It is' see='Late enough.' raw \
	type="$n^M" see="You typed $n." see='Goodbye.' ends=0 same -- \
	lguest 8 ./stranger again $(($(date +%s) + 3))
on "its input is a file" see='> ' see='You typed' see='Goodbye.' ends=0 same -- \
	sh -c "echo $n > /tmp/line; exec $guest < /tmp/line"
nothing_left "terminals"
