// SPDX-License-Identifier: GPL-2.0-only
/*
 * Somebody for a Guest to talk to. If all is well, nothing is printed.
 *
 *	station echo ADDRESS LENGTH...		datagrams come back as they were
 *	station send ADDRESS COUNT LENGTH	datagrams to port 9
 *	station tap BRIDGE MINE ADDRESS LENGTH...
 *		the first, as another machine on the bridge, which has no use for
 *		unfinished checksums; and it sends what is no packet
 */
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/if_ether.h>
#include <linux/if_tun.h>
#include <linux/ip.h>
#include <linux/sockios.h>
#include <linux/udp.h>

#define PATIENCE	20000
#define ECHO		7
#define DISCARD		9
#define UDP		17

static void await(int fd, const char *what, unsigned int length)
{
	struct pollfd pfd = { fd, POLLIN, 0 };

	if (poll(&pfd, 1, PATIENCE) != 1)
		errx(1, "no %s for %u bytes", what, length);
}

static int talk_to(const char *address, unsigned int port)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
	};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (inet_pton(AF_INET, address, &to.sin_addr) != 1 || fd < 0 ||
	    connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0)
		err(2, "%s", address);
	return fd;
}

static void echo(const char *address, char *lengths[])
{
	static uint8_t out[65536], in[65536];
	int fd = talk_to(address, ECHO);
	ssize_t length;

	for (; *lengths; lengths++) {
		length = atoi(*lengths);
		if (getrandom(out, length, 0) != length)
			err(2, "random");
		if (send(fd, out, length, 0) != length)
			err(1, "%zd bytes", length);
		await(fd, "answer", length);
		if (recv(fd, in, sizeof(in), 0) != length ||
		    memcmp(in, out, length))
			errx(1, "another answer for %zd bytes", length);
	}
}

static void send_many(const char *address, int count, int length)
{
	int fd = talk_to(address, DISCARD);
	char out[1472] = "";

	for (; count; count--) {
		out[0] = count;
		if (send(fd, out, length, 0) != length)
			err(1, "%d bytes", length);
	}
}

/* The other machine. Its packets are never longer than this. */
struct frame {
	struct ethhdr eth;
	struct iphdr ip;
	struct udphdr udp;
	uint8_t data[1472];
} __attribute__((packed));

struct arp {
	struct ethhdr eth;
	uint16_t hardware, protocol;
	uint8_t hardware_length, protocol_length;
	uint16_t op;
	uint8_t from_mac[6];
	uint32_t from;
	uint8_t to_mac[6];
	uint32_t to;
} __attribute__((packed));

static const uint8_t mac[6] = { 0x02, 1, 2, 3, 4, 5 };
static uint8_t peer_mac[6];
static uint32_t mine, peer;
static int tap;

static uint16_t sum(const void *at, unsigned int length, uint32_t start)
{
	const uint8_t *p = at;

	for (; length > 1; length -= 2, p += 2)
		start += p[0] | p[1] << 8;
	if (length)
		start += *p;
	while (start >> 16)
		start = (start & 0xffff) + (start >> 16);
	return start;
}

static uint16_t sum_udp(const struct frame *f)
{
	return sum(&f->udp, ntohs(f->udp.len),
		   sum(&f->ip.saddr, 8, htons(UDP) + f->udp.len));
}

static void plug_in(const char *bridge)
{
	struct ifreq ifr = { .ifr_flags = IFF_TAP | IFF_NO_PI }, port = { 0 };
	int sock = socket(AF_INET, SOCK_DGRAM, 0);

	tap = open("/dev/net/tun", O_RDWR);
	if (tap < 0 || ioctl(tap, TUNSETIFF, &ifr) < 0)
		err(2, "tap");
	port.ifr_ifindex = if_nametoindex(ifr.ifr_name);
	snprintf(port.ifr_name, IFNAMSIZ, "%s", bridge);
	ifr.ifr_flags = IFF_UP | IFF_RUNNING;
	if (ioctl(sock, SIOCBRADDIF, &port) < 0 ||
	    ioctl(sock, SIOCSIFFLAGS, &ifr) < 0)
		err(2, "%s", bridge);
	close(sock);
}

static void transmit(const void *packet, size_t length)
{
	if (write(tap, packet, length) != (ssize_t)length)
		err(1, "%zu bytes", length);
}

/* The next packet that is for this machine. */
static size_t receive(void *packet, size_t room, unsigned int protocol)
{
	struct ethhdr *eth = packet;
	ssize_t length;

	do {
		await(tap, "answer", protocol);
		length = read(tap, packet, room);
	} while (length < (ssize_t)sizeof(*eth) ||
		 memcmp(eth->h_dest, mac, sizeof(mac)) ||
		 eth->h_proto != htons(protocol));
	return length;
}

static void find_peer(void)
{
	struct arp arp = {
		.eth = { .h_proto = htons(ETH_P_ARP) },
		.hardware = htons(1),
		.protocol = htons(ETH_P_IP),
		.hardware_length = 6,
		.protocol_length = 4,
		.op = htons(1),
		.from = mine,
		.to = peer,
	};

	memset(arp.eth.h_dest, 0xff, sizeof(mac));
	memcpy(arp.eth.h_source, mac, sizeof(mac));
	memcpy(arp.from_mac, mac, sizeof(mac));
	transmit(&arp, sizeof(arp));
	do
		receive(&arp, sizeof(arp), ETH_P_ARP);
	while (arp.op != htons(2) || arp.from != peer || arp.to != mine ||
	       memcmp(arp.to_mac, mac, sizeof(mac)));
	memcpy(peer_mac, arp.from_mac, sizeof(mac));
	if (memcmp(peer_mac, arp.eth.h_source, sizeof(mac)) || peer_mac[0] & 1)
		errx(1, "an answer from somebody else");
}

static void make_datagram(struct frame *f, unsigned int length)
{
	memset(f, 0, sizeof(*f));
	memcpy(f->eth.h_dest, peer_mac, sizeof(mac));
	memcpy(f->eth.h_source, mac, sizeof(mac));
	f->eth.h_proto = htons(ETH_P_IP);
	f->ip.version = 4;
	f->ip.ihl = 5;
	f->ip.tot_len = htons(sizeof(f->ip) + sizeof(f->udp) + length);
	f->ip.ttl = 9;
	f->ip.protocol = UDP;
	f->ip.saddr = mine;
	f->ip.daddr = peer;
	f->ip.check = ~sum(&f->ip, sizeof(f->ip), 0);
	f->udp.source = htons(4321);
	f->udp.dest = htons(ECHO);
	f->udp.len = htons(sizeof(f->udp) + length);
	if (getrandom(f->data, length, 0) != (ssize_t)length)
		err(2, "random");
	f->udp.check = ~sum_udp(f);
}

static size_t size_of(unsigned int length)
{
	return offsetof(struct frame, data) + length;
}

/* Lengths that lie, at each layer; none of these wants an answer. */
static void send_nonsense(void)
{
	struct frame f;

	for (size_t length = 14; length < size_of(8); length++) {
		make_datagram(&f, 8);
		transmit(&f, length);
	}
	for (int ihl = 0; ihl < 16; ihl++) {
		make_datagram(&f, 100);
		f.ip.ihl = ihl;
		if (ihl != 5)
			transmit(&f, size_of(100));
	}
	make_datagram(&f, 8);
	f.ip.tot_len = 0xffff;
	transmit(&f, size_of(8));
	f.ip.tot_len = htons(27);
	transmit(&f, size_of(8));
	f.ip.tot_len = 0;
	transmit(&f, size_of(8));
	make_datagram(&f, 8);
	f.ip.daddr = mine;
	transmit(&f, size_of(8));
}

static void exchange(unsigned int length)
{
	struct frame out, in;

	make_datagram(&out, length);
	transmit(&out, size_of(length));
	if (receive(&in, sizeof(in), ETH_P_IP) != size_of(length))
		errx(1, "another length for %u bytes", length);
	if (sum(&in.ip, sizeof(in.ip), 0) != 0xffff)
		errx(1, "%u bytes: the wrong IP checksum", length);
	if (!in.udp.check || sum_udp(&in) != 0xffff)
		errx(1, "%u bytes: the wrong UDP checksum", length);
	if (in.ip.saddr != peer || in.ip.daddr != mine ||
	    in.udp.source != out.udp.dest || in.udp.dest != out.udp.source ||
	    memcmp(in.data, out.data, length))
		errx(1, "another answer for %u bytes", length);
}

static void be_machine(const char *my_address, const char *address,
		       char *lengths[])
{
	if (inet_pton(AF_INET, my_address, &mine) != 1 ||
	    inet_pton(AF_INET, address, &peer) != 1)
		errx(2, "addresses");
	find_peer();
	send_nonsense();
	for (; *lengths; lengths++)
		exchange(atoi(*lengths));
}

int main(int argc, char *argv[])
{
	if (argc > 3 && !strcmp(argv[1], "echo")) {
		echo(argv[2], argv + 3);
	} else if (argc == 5 && !strcmp(argv[1], "send")) {
		send_many(argv[2], atoi(argv[3]), atoi(argv[4]));
	} else if (argc > 5 && !strcmp(argv[1], "tap")) {
		plug_in(argv[2]);
		be_machine(argv[3], argv[4], argv + 5);
	} else {
		errx(2, "usage: station echo|send|tap ... (see its source)");
	}
	return 0;
}
