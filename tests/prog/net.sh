# SPDX-License-Identifier: GPL-2.0-only
#
# Networks: a Guest asks and answers, by a cable to the Host and by a bridge; and
# what is no packet, no buffer, no network.
n=$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')
net=10.$((n % 200 + 1)).$((n / 256 % 250))
host=$net.1
me=$net.2
count=$((n % 50 + 20))
lengths='0 1 2 3 17 18 19 63 64 65 255 511 1000 1001 1470 1471 1472'
ip link set lo up

# udp FIELD: what the Host has counted.
udp() {
	awk -v field="$1" '/^Udp:/ { if (!n++) split($0, name); else
		for (i in name) if (name[i] == field) print $i }' /proc/net/snmp
}

# nothing_lost WHAT INTERFACE...
nothing_lost() {
	what=$1
	shift
	for name in "$@"; do
		grep -v '^0$' /sys/class/net/$name/statistics/*_dropped \
			/sys/class/net/$name/statistics/*_errors
	done > /tmp/try
	! grep -q . /tmp/try && [ -d "/sys/class/net/$name" ]
	verdict $? "$what: no packet is lost" "$(head -n 1 /tmp/try)"
}

# answered COUNT ADDRESS: the Host's echo requests all come back.
answered() {
	ping -q -c "$1" -i 0.02 -s "${3:-56}" "$2" | grep -q "^$1 packets transmitted, $1 packets received, 0% packet loss"
}

# The hardware address that belongs to an address, as the Host has learned it.
mac_of() {
	awk -v ip="$1" '$1 == ip { print $4 }' /proc/net/arp
}

### A cable.
try "a Guest asks the Host" 0 "^$count pings, $count replies\\.\$" \
	lguest --tunnet=$host/24 8 $L4 ping $me $host $count
all=$((count + 2 + $(echo $lengths | wc -w)))
start lguest --tunnet=$host:02:00:5e:0a:0b:0c 8 $L4 answer $me $all
hears $started '^I am 5e0a0b0c\.$'
check "the Host asks a Guest" answered $count $me
check "... in small packets" answered 1 $me 0
check "... and in large ones" answered 1 $me 1472
[ "$(mac_of $me)" = 02:00:5e:0a:0b:0c ]
verdict $? "... which has the address that it was given" "$(mac_of $me)"
idle "between packets its threads wait" $started
came=$(udp InDatagrams) bad=$(udp InCsumErrors)
nothing_lost "a cable" tap0
check "datagrams of many lengths come back" ./station echo $me $lengths
ended "... and all are answered" $started 0
try "... as it says" 0 "^Answered $((count + 2)) echo requests and $(echo $lengths | wc -w) datagrams\\.\$" \
	cat /tmp/said.$started
[ $(($(udp InDatagrams) - came)) -eq "$(echo $lengths | wc -w)" ] && [ "$(udp InCsumErrors)" = "$bad" ]
verdict $? "... and the Host finds nothing wrong" "$(udp InDatagrams) $came, $(udp InCsumErrors) $bad"

start lguest --tunnet=$host/30 8 $L4 answer $me 10000000; first=$started
start lguest --tunnet=$net.129/25 8 $L4 answer $net.130 10000000; second=$started
hears $first '^I am' && hears $second '^I am'
check "two Guests on two cables: the first" answered 3 $me
check "... the second" answered 3 $net.130
! [ "$(mac_of $me)" = "$(mac_of $net.130)" ] &&
	mac_of $me | grep -qE '^.[26ae]:' && mac_of $net.130 | grep -qE '^.[26ae]:'
verdict $? "addresses nobody has chosen differ, and are local" "$(mac_of $me) $(mac_of $net.130)"
nothing_lost "two cables" tap0 tap1

# The first loses its cable.
ip link del tap0
until grep -q 'no packets come' /tmp/said.$first; do
	alive $first || break
	usleep 1000
done
idle "who loses the cable does not run after it" $first
[ "$(grep -c '^lguest: ' /tmp/said.$first)" -eq 1 ] &&
	grep -q '^lguest: network: no packets come any more: File descriptor in bad state$' /tmp/said.$first
verdict $? "... and says so once" "$(last_words /tmp/said.$first)"
check "... the other goes on" answered 3 $net.130
kill $first
ended "... and both end" $first 143
kill $second
ended "... when asked to" $second 143

### A bridge.
brctl addbr br0
ifconfig br0 $host netmask 255.255.255.0 up
# Asked by the other Guest, by the Host and by a machine with its own checksums.
all=$((count + 3 + $(echo $lengths | wc -w)))
start lguest --tunnet=bridge:br0 8 $L4 answer $me $all
hears $started '^I am'
try "on a bridge one Guest asks the other" 0 "^$count pings, $count replies\\.\$" \
	lguest --tunnet=bridge:br0:02:aa:bb:cc:dd:ee 8 $L4 ping $net.3 $me $count
check "... and so does the Host" answered 3 $me
nothing_lost "a bridge" br0 tap0
check "... and a machine that sends nonsense, and looks at checksums" \
	./station tap br0 $net.4 $me $lengths
ended "... and all are answered" $started 0
try "... as it says" 0 "^Answered $((count + 3)) echo requests and $(echo $lengths | wc -w) datagrams\\.\$" \
	cat /tmp/said.$started
ifconfig br0 down
brctl delbr br0

### What a Guest does not want, and what nobody can.
start lguest --tunnet=$host:02:11:22:33:44:55 8 ./stranger verify $count
hears $started '^Listening'
arp -s $me 02:11:22:33:44:55
check "datagrams for a Guest that finishes no checksums" ./station send $me $count 101
ended "... are taken" $started 0
try "... and are finished" 0 "^$count datagrams, $count right, flags 0\\.\$" cat /tmp/said.$started

try "what is no packet does not harm those that are" 0 "^5 pings, 5 replies\\.\$" \
	lguest --tunnet=$host 8 ./stranger garbage $me $host 5
check "... nor is anything said about it" sh -c '! grep lguest: /tmp/try'
start lguest --tunnet=$host:02:11:22:33:44:55 8 ./stranger deaf $n
hears $started '^Deaf'
arp -s $me 02:11:22:33:44:55
./station send $me 100 1000
idle "packets that nobody wants wait" $started
kill $started
ended "... until the end" $started 143
start lguest --tunnet=$host:02:11:22:33:44:55 8 ./stranger narrow $n
hears $started "^Ready, $n"
# If nothing has come by itself.
arp -s $me 02:11:22:33:44:55 2> /dev/null && ./station send $me 1 1 2> /dev/null
hears $started '^My card is gone\.$'
verdict $? "a buffer in which no packet has room" "$(last_words /tmp/said.$started)"
ended "... ends the card, not the Guest" $started 0
try "... and this is said" 0 '^lguest: network: no room for a packet; the device stops$' \
	cat /tmp/said.$started
noise() {
	lguest --tunnet=$host 8 ./stranger fuzz 1 $n 300 > /tmp/said 2> /tmp/err
	status=$?
	grep -v '^lguest: network: .*; the device stops$' /tmp/err && return 1
	[ $status -eq 0 ] && [ -s /tmp/err ] && grep -q "^300 rounds of 1 $n 300\\.\$" /tmp/said
}
check "network: queues full of noise" noise
try "... and then another Guest asks the Host" 0 "^3 pings, 3 replies\\.\$" \
	lguest --tunnet=$host/24 8 $L4 ping $me $host 3

### Words that are no network.
while read -r word; do
	refuses "no network: '$word'" "--tunnet=$word: wanted ADDRESS\\[/BITS\\] or bridge:NAME, and perhaps :MAC" \
		lguest --tunnet="$word" 8 $L4 $n
done <<-END

	x
	10.0.0
	10.0.0.1.2
	10.0.0.256
	10.0.0.1x
	10.0.0.1/
	10.0.0.1/x
	10.0.0.1/31
	10.0.0.1/33
	10.0.0.1/4294967297
	10.0.0.1/-8
	10.0.0.1/8x
	/24
	10.0.0.1:
	10.0.0.1:x
	10.0.0.1:02:00:00:00:00
	10.0.0.1:02:00:00:00:00:01:02
	10.0.0.1:02:00:00:00:00:0g
	10.0.0.1:01:00:00:00:00:01
	10.0.0.1/24:ff:ff:ff:ff:ff:ff
	10.0.0.1/24:02:00:00:00:00:01x
	bridge
	bridge:
	bridge::02:00:00:00:00:01
	bridge:br0:x
	bridge:sixteen-letters-
END
refuses "no bridge of that name" "cannot join the bridge nonesuch: No such device" \
	lguest --tunnet=bridge:nonesuch 8 $L4 $n
refuses "a bridge that is none" "cannot join the bridge lo: Operation not supported" \
	lguest --tunnet=bridge:lo 8 $L4 $n
refuses "an address that is none" "cannot give tap0 a network: .*" lguest --tunnet=0.0.0.0 8 $L4 $n
many() {
	for i in $(seq "$1"); do
		printf ' --tunnet=10.200.%s.1' $i
	done
}
refuses "too many cards" "network: too many devices" lguest $(many 15) 8 $L4 $n
try "no card is no harm" 1 '^lguest: CRASH: there is no network card$' lguest 8 $L4 ping $me $host 1
[ "$(ls /sys/class/net | grep -c tap)" -eq 0 ]
verdict $? "no tap device is left" "$(ls /sys/class/net | tr '\n' ' ')"
nothing_left "networks"
