// SPDX-License-Identifier: GPL-2.0-only
/*
 * A Guest of the tests' own, for what no chapter's Guest does: requests in odd
 * pieces, many at a time, packets that are none, queues full of noise.
 */
#include <linux/virtio_console.h>
#include "disk.h"
#include "net.h"

#define NOISE		(1 << 20)
#define MANY		100
#define PORT_DISCARD	9

static struct disk disk;
static uint8_t noise[NOISE];
static uint32_t seed;

/* A fixed sequence for each seed. */
static uint32_t draw(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

static void hand_over(struct queue *q, const struct buffer *buffers,
		      unsigned int n)
{
	offer(q, buffers, n);
	kick(q);
}

static void open_disk(uint32_t wanted)
{
	if (!disk_open(&disk, 0, wanted))
		last_words("there is no disk");
}

static void must(const char *what, int got, int wanted)
{
	if (got != wanted)
		last_words("%s: %u, not %u", what, got, wanted);
}

/* The last sector is written and read, wherever it may be. */
static void last(const char *words)
{
	uint32_t sector[SECTOR / 4] = { number(words) };
	uint64_t at;

	open_disk(1u << VIRTIO_BLK_F_FLUSH);
	at = disk.sectors - 1;
	must("write", disk_do(&disk, VIRTIO_BLK_T_OUT, at, sector, SECTOR), 0);
	memset(sector, 0, SECTOR);
	must("read", disk_do(&disk, VIRTIO_BLK_T_IN, at, sector, SECTOR), 0);
	say("Sector 0x%x and 0x%x: %u.\n", (uint32_t)(at >> 32), (uint32_t)at,
	    sector[0]);
}

/* Without flush, a write that is done is on the disk. */
static void through(const char *words)
{
	uint32_t sector[SECTOR / 4] = { number(words) };

	open_disk(0);
	must("write", disk_do(&disk, VIRTIO_BLK_T_OUT, 0, sector, SECTOR), 0);
	say("Through %u.\n", number(words));
	for (;;)
		asm volatile("pause");
}

/* While a request is not done, other devices and the Guest go on. */
static void outstanding(const char *words)
{
	struct virtio_blk_outhdr hdr = { .type = VIRTIO_BLK_T_OUT };
	uint32_t sector[SECTOR / 4] = { number(words) }, i = 0;
	uint8_t status = DISK_SILENT;

	open_disk(1u << VIRTIO_BLK_F_FLUSH);
	say("My disk will be busy.\n");
	hand_over(&disk.queue, (struct buffer[]) {
			{ &hdr, sizeof(hdr), false },
			{ sector, SECTOR, false },
			{ &status, 1, true } }, 3);
	while (!came_back(&disk.queue))
		if (i++ % 100000 == 99999)
			say("Waiting for the third time, %u.\n", i / 100000);
	must("chain", take_back(&disk.queue, NULL), 1);
	say("Status %u.\n", status);
}

/* The header in four pieces, data and status in odd ones. */
static void pieces(const char *words)
{
	struct virtio_blk_outhdr hdr = { .type = VIRTIO_BLK_T_OUT };
	uint8_t *h = (uint8_t *)&hdr, *to = noise, *from = noise + 4096;
	uint32_t i, bad = 0;

	open_disk(1u << VIRTIO_BLK_F_FLUSH);
	seed = number(words);
	for (i = 0; i < 1024; i++)
		from[i] = draw(256);
	hdr.sector = 1;
	to[0] = DISK_SILENT;
	hand_over(&disk.queue, (struct buffer[]) {
			{ h, 1, false }, { h + 1, 0, false },
			{ h + 1, 10, false }, { h + 11, 5, false },
			{ from, 1, false }, { from + 1, 1023, false },
			{ to, 1, true }, { to + 1, 0, true } }, 8);
	must("write", take_back(&disk.queue, NULL), 1);
	must("written", to[0], 0);
	hdr.type = VIRTIO_BLK_T_IN;
	to[1024] = DISK_SILENT;
	hand_over(&disk.queue, (struct buffer[]) {
			{ h, 16, false }, { to, 511, true },
			{ to + 511, 514, true } }, 3);
	must("read", take_back(&disk.queue, NULL), 1025);
	must("status", to[1024], 0);
	for (i = 0; i < 1024; i++)
		bad += to[i] != from[i];
	say("%u of 1024 bytes are %x, %u bad.\n", i - bad, number(words), bad);
}

/* Nothing to move, nothing wrong; and a name for which there is no room. */
static void small_requests(const char *words)
{
	static uint8_t name[100];

	(void)words;
	open_disk(1u << VIRTIO_BLK_F_FLUSH);
	must("read nothing", disk_do(&disk, VIRTIO_BLK_T_IN, 0, NULL, 0), 0);
	must("write nothing", disk_do(&disk, VIRTIO_BLK_T_OUT, 0, NULL, 0), 0);
	must("read nothing far away",
	     disk_do(&disk, VIRTIO_BLK_T_IN, -1ull, NULL, 0), 1);
	must("a name into 19 bytes",
	     disk_do(&disk, VIRTIO_BLK_T_GET_ID, 0, name, 19), 1);
	must("a name into nothing",
	     disk_do(&disk, VIRTIO_BLK_T_GET_ID, 0, NULL, 0), 1);
	must("a name into 100 bytes",
	     disk_do(&disk, VIRTIO_BLK_T_GET_ID, 0, name, 100), 0);
	say("\"%s\".\n", (char *)name);
}

static void open_card(struct device *dev, uint32_t wanted, struct queue *in,
		      struct queue *out)
{
	if (!find_device(dev, VIRTIO_ID_NET, 0))
		last_words("there is no network card");
	start_device(dev, wanted);
	find_queue(dev, 0, in);
	find_queue(dev, 1, out);
}

static uint16_t swap(uint16_t n)
{
	return n << 8 | n >> 8;
}

static uint16_t sum(const void *at, uint32_t len, uint32_t start)
{
	const uint8_t *p = at;

	for (; len > 1; len -= 2, p += 2)
		start += p[0] | p[1] << 8;
	if (len)
		start += *p;
	while (start >> 16)
		start = (start & 0xffff) + (start >> 16);
	return start;
}

/* One who wants no unfinished checksums gets none, and those that come are right. */
static void verify(const char *words)
{
	static struct packet room[16];
	uint32_t n = number(words), came = 0, good = 0, flags = 0, i;
	struct device dev;
	struct queue in, out;
	struct packet *p;
	void *at;

	open_card(&dev, 1u << VIRTIO_NET_F_MAC, &in, &out);
	for (i = 0; i < 16; i++)
		offer(&in, &(struct buffer){ &room[i], sizeof(room[i]), true }, 1);
	kick(&in);
	say("Listening.\n");
	while (came < n) {
		if (take_back(&in, &at) < 0)
			last_words("the network card has stopped");
		p = at;
		flags |= p->virtio.flags;
		if (p->eth.h_proto == swap(ETH_P_IP) && p->ip.protocol == 17 &&
		    p->udp.dest == swap(PORT_DISCARD)) {
			came++;
			good += p->udp.check &&
				sum(&p->udp, swap(p->udp.len),
				    sum(&p->ip.saddr, 8,
					swap(17) + p->udp.len)) == 0xffff;
		}
		hand_over(&in, &(struct buffer){ p, sizeof(*p), true }, 1);
	}
	say("%u datagrams, %u right, flags %u.\n", came, good, flags);
}

/* A card is taken over, and what comes is never asked for. */
static void deaf(const char *words)
{
	struct device dev;
	struct queue in, out;

	open_card(&dev, 0, &in, &out);
	say("Deaf to %s.\n", words);
	for (;;)
		asm volatile("pause");
}

static void send_noise(struct queue *out, uint32_t len, uint32_t set)
{
	uint32_t i;

	for (i = 0; i < 64; i++)
		noise[i] = set < 256 ? set : draw(256);
	hand_over(out, &(struct buffer){ noise, len, false }, 1);
	if (take_back(out, NULL) != 0)
		last_words("the network card has stopped at %u bytes", len);
}

/* What is no packet is not sent, and does no harm to what comes after. */
static void garbage(const char *words)
{
	const char *peer = next_word(words), *count = next_word(peer);
	struct device dev;
	struct queue in, out;
	uint32_t i, n = number(count);

	open_card(&dev, ~0u, &in, &out);
	seed = n;
	for (i = 0; i < 40; i++)
		send_noise(&out, i, 0);
	for (i = 0; i < 40; i++)
		send_noise(&out, i, 0xff);
	for (i = 0; i < 400; i++)
		send_noise(&out, draw(i % 4 ? 100 : 2000), 999);
	for (i = 65000; i < 66000; i += 111)
		send_noise(&out, i, 0);
	send_noise(&out, sizeof(noise), 0);
	hand_over(&out, &(struct buffer){ noise, 100, true }, 1);
	if (take_back(&out, NULL) != 0)
		last_words("the network card has stopped");
	net_open(words);
	for (i = 1; i <= n; i++)
		net_ping(peer, i);
	say("%u pings, %u replies.\n", n, i - 1);
}

/* Buffers in which no packet has room. */
static void narrow(const char *words)
{
	struct device dev;
	struct queue in, out;

	open_card(&dev, 0, &in, &out);
	hand_over(&in, &(struct buffer){ noise, 9, true }, 1);
	say("Ready, %s.\n", words);
	if (take_back(&in, NULL) < 0)
		say("My card is gone.\n");
}

static void random_bytes(const char *words)
{
	static const uint32_t lengths[] = { 0, 1, 4096, 4097, 8192 };
	struct device dev;
	struct queue q;
	uint32_t i;

	(void)words;
	if (!find_device(&dev, VIRTIO_ID_RNG, 0))
		last_words("no entropy");
	start_device(&dev, 0);
	find_queue(&dev, 0, &q);
	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		hand_over(&q, &(struct buffer){ noise, lengths[i], true }, 1);
		say("%u: %u\n", lengths[i], take_back(&q, NULL));
	}
	hand_over(&q, &(struct buffer){ noise, 5, false }, 1);
	if (take_back(&q, NULL) < 0)
		say("My device is gone.\n");
}

/* Read for ever, whatever it is; control-D is 4. */
static void listen(const char *words)
{
	say("Listening, %s.\n", words);
	for (;;)
		say("Heard %u.\n", console_getc());
}

/* The console, and one of its queues. */
static void take_console(struct device *dev, unsigned int number,
			 struct queue *q)
{
	if (!find_device(dev, VIRTIO_ID_CONSOLE, 0))
		last_words("there is no console");
	start_device(dev, 0);
	find_queue(dev, number, q);
}

/* Text by the hundred, until the counts have wrapped. */
static void burst(const char *words)
{
	static char text[MANY][2];
	uint32_t i, n = number(words), done = 0;
	struct device dev;
	struct queue q;

	take_console(&dev, 1, &q);
	while (done < n) {
		for (i = 0; i < MANY; i++) {
			text[i][0] = '0' + i % 10;
			text[i][1] = '\n';
			offer(&q, &(struct buffer){ text[i], i % 10 == 9 ? 2 : 1,
						    false }, 1);
		}
		kick(&q);
		for (i = 0; i < MANY; i++, done++)
			must("chain", take_back(&q, NULL), 0);
	}
}

/* Be started again until it is as late as that, and then listen to a line. */
static void again(const char *words)
{
	static char line[80];

	say("It is %u.\n", lguest_data.time_sec);
	if (lguest_data.time_sec < number(words))
		start_again();
	say("Late enough.\n");
	if (console_line(line, sizeof(line)))
		say("You typed %s.\n", line);
}

/* Say something, and be gone before anybody can have looked. */
static void hasty(const char *words)
{
	struct device dev;
	struct queue q;

	take_console(&dev, 1, &q);
	offer(&q, &(struct buffer){ words, length(words), false }, 1);
	power_down();
}

/* A device that has stopped hears nothing, however often it is told. */
static void nag(const char *words)
{
	struct device dev;
	struct queue q;
	int i;

	take_console(&dev, 1, &q);
	announce(&q, 1000);
	for (i = 0; i < 1000; i++)
		hcall(LHCALL_NOTIFY, q.pfn * PAGE_SIZE, 0, 0, 0);
	if (take_back(&q, NULL) >= 0)
		last_words("what has come back?");
	for (i = 0; i < 1000; i++)
		hcall(LHCALL_NOTIFY, q.pfn * PAGE_SIZE, 0, 0, 0);
	console_open();
	say("It is quiet, %s.\n", words);
}

/* Buffers to fill that cannot be filled. */
static void no_room(const char *words)
{
	struct device dev;
	struct queue q;

	take_console(&dev, 0, &q);
	hand_over(&q, &(struct buffer){ noise, 5, false }, 1);
	if (take_back(&q, NULL) < 0)
		say("My console is gone, %s.\n", words);
}

/* Mostly in the noise, sometimes nowhere, sometimes a table made of noise. */
static void random_desc(struct vring_desc *d, uint32_t size)
{
	d->addr = (uint32_t)noise + draw(NOISE / 2);
	d->len = draw(600);
	if (!draw(20))
		d->addr = (uint64_t)draw(1 << 24) << draw(40);
	if (!draw(30))
		d->len = draw(1 << 24) << draw(9);
	d->flags = draw(8) ? draw(4) : draw(1 << 16);
	d->next = draw(40) ? draw(size) : draw(1 << 16);
	if (!draw(5)) {
		d->addr = (uint32_t)noise + NOISE / 2 + draw(100) * 16;
		d->len = draw(10) ? 16 * draw(200) : draw(1 << 16);
		d->flags |= VRING_DESC_F_INDIRECT;
	}
}

static void fill_with_noise(struct queue *q)
{
	struct vring_desc *table = (void *)(noise + NOISE / 2);
	uint32_t i;

	for (i = 0; i < 100; i++)
		random_desc(&table[i], 100);
	for (i = 0; i < q->vring.num; i++) {
		random_desc(&q->vring.desc[i], q->vring.num);
		q->vring.avail->ring[i] = draw(30) ? draw(q->vring.num) :
						     draw(1 << 16);
	}
	q->vring.avail->idx = draw(10) ? draw(q->vring.num) : draw(1 << 16);
}

/* It changes while it is being looked at, if there is a second CPU. */
static void stir(struct queue *q)
{
	for (int i = 0; i < 300; i++) {
		if (q->dev->desc->status & VIRTIO_CONFIG_S_NEEDS_RESET)
			break;
		random_desc(&q->vring.desc[draw(q->vring.num)], q->vring.num);
		asm volatile("pause" : : : "memory");
	}
}

static void fuzz(const char *words)
{
	const char *rounds = next_word(next_word(words));
	uint32_t i, n = number(rounds), j;
	struct device dev;
	struct queue q;

	if (!find_device(&dev, number(words), 0))
		last_words("there is no such device");
	seed = number(next_word(words));
	for (i = 0; i < NOISE / 4; i++)
		((uint32_t *)noise)[i] = draw(9) ? draw(9) : draw(1 << 24) << draw(9);
	for (i = 0; i < n; i++) {
		start_device(&dev, draw(2) ? 0 : ~0u);
		for (j = 0; j < dev.desc->num_vq; j++) {
			find_queue(&dev, j, &q);
			fill_with_noise(&q);
			kick(&q);
			stir(&q);
		}
	}
	reset_device(&dev);
	console_open();
	say("%u rounds of %s.\n", i, words);
}

/* A byte of the page of descriptors, or of a queue that one of them tells of. */
static uint8_t *random_byte(void)
{
	uint8_t *page = va(memory_end());

	if (draw(2))
		return page + draw(400);
	return page + draw(draw(4) ? 8 : DEVICE_PAGES) * PAGE_SIZE + draw(PAGE_SIZE);
}

/* The descriptors and the queues themselves are overwritten, and all devices are told,
   by addresses that were right before. It is not told how many rounds a Launcher
   lets it do: it may end a Guest that notifies of nothing. */
static void rubbish(const char *words)
{
	uint32_t addresses[64], n = 0, i, rounds = number(next_word(words));
	struct device dev;
	uint32_t type, j;

	for (type = 1; type <= 4; type++)
		for (i = 0; find_device(&dev, type, i); i++) {
			addresses[n++] = pa((void *)dev.desc);
			for (j = 0; j < dev.desc->num_vq && n < 60; j++)
				addresses[n++] = dev.queues[j].pfn * PAGE_SIZE;
		}
	seed = number(words);
	for (i = 0; i < rounds; i++) {
		for (j = draw(20); j; j--)
			*random_byte() = draw(3) ? draw(256) : draw(3) - 1;
		if (n)
			hcall(LHCALL_NOTIFY, addresses[draw(n)], 0, 0, 0);
		if (!draw(8))
			hcall(LHCALL_NOTIFY, draw(memory_end()), 0, 0, 0);
	}
	last_words("%u rounds of rubbish", i);
}

static const struct {
	const char *word;
	void (*act)(const char *words);
	bool by_console;
} acts[] = {
	{ "last", last, true },
	{ "through", through, true },
	{ "outstanding", outstanding, true },
	{ "pieces", pieces, true },
	{ "small", small_requests, true },
	{ "verify", verify, true },
	{ "deaf", deaf, true },
	{ "garbage", garbage, true },
	{ "narrow", narrow, true },
	{ "random", random_bytes, true },
	{ "listen", listen, true },
	{ "again", again, true },
	{ "hasty", hasty, false },
	{ "nag", nag, false },
	{ "burst", burst, false },
	{ "noroom", no_room, false },
	{ "fuzz", fuzz, false },
	{ "rubbish", rubbish, false },
};

void guest_main(const char *words)
{
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++)
		if (word_is(words, acts[i].word)) {
			if (acts[i].by_console && !console_open())
				last_words("there is no console");
			acts[i].act(next_word(words));
			say("Goodbye.\n");
			return;
		}
	last_words("what is %s?", words);
}
