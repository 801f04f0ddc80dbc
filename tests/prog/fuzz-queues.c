// SPDX-License-Identifier: GPL-2.0-only
/*
 * The Launcher's devices, without a Guest, for libFuzzer (tools/fuzz-queues): it makes
 * up inputs, watches which code each one reaches, and changes those that reached
 * something new. An input is a list of what a Guest can do to its devices: write to
 * descriptors, rings and memory, and tell the Launcher. AddressSanitizer watches, and
 * what a device is handed is checked besides.
 */
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sanitizer/asan_interface.h>
#include <err.h>

/* A device that stops says so, which here is no news. */
#define warnx(...)	((void)0)
#define warn(...)	((void)0)
#include "virtio.c"
#include "net.c"

#define GUEST		(16 * PAGE_SIZE)
#define ALL		(GUEST + DEVICE_PAGES * PAGE_SIZE)
#define GUARD		(1024 * PAGE_SIZE)
#define DISK		(64 * 1024)
#define MOST_QUEUES	16

uint8_t *guest_mem;
unsigned long guest_size = GUEST;

static struct queue *queues[MOST_QUEUES];
static queue_handler handlers[MOST_QUEUES];
static unsigned int num_queues;
/* Where what is typed, and what comes from the network, is put in. */
static int typed, wire;
static int disk;
/* The devices before the first input. */
static struct device fresh[MOST_QUEUES];

void start_thread(void *(*run)(void *), void *arg)
{
	(void)run;
	(void)arg;
}

static void must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "wrong: %s\n", what);
	abort();
}

/* Between a queue and its device: all buffers are the Guest's, and of what is said to
   be written there was room for all. */
static int checked(struct queue *q, struct chain *chain)
{
	unsigned int i, n = chain->out + chain->in;
	uint64_t room = 0;
	int len;

	must(n <= QUEUE_SIZE && chain->head < QUEUE_SIZE, "a chain is too long");
	for (i = 0; i < n; i++) {
		uintptr_t at = (uint8_t *)chain->iov[i].iov_base - guest_mem;

		must(at <= GUEST && chain->iov[i].iov_len <= GUEST - at,
		     "a buffer is not the Guest's");
		if (i >= chain->out)
			room += chain->iov[i].iov_len;
	}
	for (i = 0; queues[i] != q; i++)
		;
	len = handlers[i](q, chain);
	must(len < 0 || (uint64_t)len <= room, "more is written than there is room");
	must(lseek(disk, 0, SEEK_END) == DISK, "the disk has another size");
	return len;
}

static int socket_pair(int *other)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, ends) < 0)
		err(2, "socketpair");
	*other = ends[1];
	return ends[0];
}

/* As setup_tun_net() does, but for the tap device. */
static void setup_net(void)
{
	static int tap;
	struct device *dev = new_device("network", VIRTIO_ID_NET);
	static const uint8_t mac[6];

	tap = socket_pair(&wire);
	dev->own = &tap;
	add_virtqueue(dev, receive_packet, tap);
	add_virtqueue(dev, send_packet, -1);
	add_feature(dev, VIRTIO_RING_F_INDIRECT_DESC);
	set_config(dev, mac, sizeof(mac));
	describe_device(dev);
}

static void make_memory(void)
{
	guest_mem = mmap(NULL, ALL + 2 * GUARD, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (guest_mem == MAP_FAILED)
		err(2, "memory");
	__asan_poison_memory_region(guest_mem, GUARD);
	guest_mem += GUARD;
	__asan_poison_memory_region(guest_mem + ALL, GUARD);
}

static void find_queues(void)
{
	struct device *dev;
	unsigned int i, n = 0;

	for (dev = devices; dev; dev = dev->next) {
		for (i = 0; i < dev->num_queues; i++) {
			queues[num_queues] = &dev->queues[i];
			handlers[num_queues++] = dev->queues[i].handle;
			dev->queues[i].handle = checked;
		}
		fresh[n++] = *dev;
	}
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	char name[40];

	(void)argc;
	(void)argv;
	make_memory();
	lguest_fd = open("/dev/null", O_WRONLY);
	disk = memfd_create("disk", 0);
	if (disk < 0 || ftruncate(disk, DISK) < 0 || lguest_fd < 0)
		err(2, "disk");
	dup2(lguest_fd, STDOUT_FILENO);
	dup2(socket_pair(&typed), STDIN_FILENO);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", disk);
	setup_console();
	setup_block_file(name);
	setup_net();
	setup_rng(NULL);
	find_queues();
	return 0;
}

static const uint8_t *data, *end;

static uint32_t take(unsigned int bytes)
{
	uint32_t value = 0;

	while (bytes--)
		value = value << 8 | (data < end ? *data++ : 0);
	return value;
}

/* A number near one where something ends, or any. */
static uint64_t near(uint32_t step)
{
	static const uint32_t edges[] = { 0, GUEST, ALL, 0x80000000 };
	uint8_t how = take(1);

	if (how < 0xe0)
		return how * step;
	if (how < 0xf0)
		return edges[how % 4] + (int8_t)take(1);
	if (how < 0xf8)
		return take(4);
	return (uint64_t)take(4) << 32 | take(4);
}

static uint32_t length(void)
{
	static const uint32_t good[] = { 0, 1, 9, 10, 15, 16, 17, 20, 511, 512, 513,
					 1024, 4096, 4097, 65536, 65537 };

	return data < end && *data < 0x80 ? good[take(1) % 16] : near(16);
}

/* A few descriptors, or many, all alike; each leads to the next. */
static unsigned int write_row(struct vring_desc *table, unsigned int size,
			      unsigned int i, uint16_t flags)
{
	struct vring_desc d = { .flags = flags | VRING_DESC_F_NEXT };
	unsigned int n = take(1);

	d.addr = near(0x100);
	d.len = length();
	n = n < 0xf0 ? n % 4 : (n - 0xef) * 16;
	for (; n && i < size; n--) {
		d.next = i + 1;
		memcpy(table + i++, &d, sizeof(d));
	}
	return i;
}

/* Those to read from, and those to write to, as a request to a disk has them. Returns
   how many. */
static unsigned int write_chain(struct vring_desc *table, unsigned int size,
				unsigned int first)
{
	unsigned int i = write_row(table, size, first, 0);

	i = write_row(table, size, i, take(1) % 2 ? VRING_DESC_F_WRITE : 0);
	i = write_row(table, size, i, VRING_DESC_F_WRITE);
	if (i > first)
		table[i - 1].flags &= ~VRING_DESC_F_NEXT;
	return i - first;
}

static void write_descriptor(struct vring_desc *table)
{
	unsigned int i = take(1) % QUEUE_SIZE;
	struct vring_desc d = { .addr = near(0x100) };
	uint8_t flags;

	d.len = length();
	flags = take(1);
	d.flags = flags & 7;
	d.next = flags & 0x80 ? take(2) : i + 1;
	memcpy(table + i, &d, sizeof(d));
}

static void offer_one(struct queue *q, uint16_t head)
{
	struct vring_avail *avail = q->vring.avail;

	avail->ring[avail->idx++ % QUEUE_SIZE] = head;
}

/* A chain as it should be, or nearly; the second kind is an indirect table. */
static void make_chain(struct queue *q)
{
	unsigned int first = take(1) % QUEUE_SIZE;

	write_chain(q->vring.desc, QUEUE_SIZE, first);
	offer_one(q, first);
}

/* What a request to a disk begins with, where the last chain does. */
static void write_header(struct queue *q)
{
	struct vring_avail *avail = q->vring.avail;
	unsigned int head = avail->ring[(avail->idx - 1) % QUEUE_SIZE];
	uint64_t at = q->vring.desc[head % QUEUE_SIZE].addr;
	uint32_t header[] = { take(1) % 16, 0, near(1), take(1) / 255 };

	if (at <= GUEST - sizeof(header))
		memcpy(guest_mem + at, header, sizeof(header));
}

/* A request to a disk as it should be: header, data, status. */
static void make_request(struct queue *q)
{
	struct vring_desc *table = q->vring.desc;
	unsigned int first = take(1) % QUEUE_SIZE / 2, i;

	table[first] = (struct vring_desc){ near(0x100), 16, VRING_DESC_F_NEXT,
					    first + 1 };
	i = write_row(table, QUEUE_SIZE - 1, first + 1,
		      take(1) % 2 ? VRING_DESC_F_WRITE : 0);
	table[i] = (struct vring_desc){ near(0x100), 1, VRING_DESC_F_WRITE, 0 };
	offer_one(q, first);
	write_header(q);
}

static void make_indirect(struct queue *q)
{
	unsigned int first = take(1) % QUEUE_SIZE, at = take(1) * 256;
	struct vring_desc d = { .addr = at, .flags = VRING_DESC_F_INDIRECT };

	d.len = sizeof(d) * write_chain((void *)(guest_mem + at),
					(GUEST - at) / sizeof(d), 0);
	memcpy(q->vring.desc + first, &d, sizeof(d));
	offer_one(q, first);
}

static void offer(struct queue *q)
{
	uint8_t how = take(1);
	unsigned int i = how % 4;

	q->vring.avail->ring[(q->last_avail + i) % QUEUE_SIZE] =
		how & 0x80 ? take(2) : take(1) % QUEUE_SIZE;
	q->vring.avail->idx = how & 0x40 ? take(2) : q->last_avail + i + 1;
	q->vring.avail->flags = how >> 5 & 1;
}

static void tell(struct device *dev)
{
	uint8_t features = take(1);

	*dev->status = take(1);
	memcpy(dev->accepts, &(uint32_t){ dev->offered & (features | ~0x7fu) }, 4);
	if (features & 0x80)
		memcpy(dev->accepts, &(uint32_t){ take(4) }, 4);
	status_changed(dev->addr);
}

static void put_in(int fd)
{
	static const uint8_t text[2048] = "typed\n";

	while (send(fd, text, take(1) * 8, 0) < 0 && errno == EINTR)
		;
}

/* One round of device_thread(). */
static void go_round(struct device *dev)
{
	struct pollfd fds[2 * MAX_QUEUES];
	unsigned int i;

	for (i = 0; i < dev->num_queues; i++)
		prepare(&dev->queues[i], fds + 2 * i);
	poll(fds, 2 * dev->num_queues, 0);
	for (i = 0; i < dev->num_queues; i++)
		serve(&dev->queues[i], fds + 2 * i);
}

static void do_one(void)
{
	struct queue *q = queues[take(1) % num_queues];
	uint32_t value;

	switch (take(1) % 16) {
	case 0:
		write_descriptor(q->vring.desc);
		break;
	case 1:
		/* For an indirect table; it ends where the memory does. */
		write_descriptor((void *)(guest_mem + take(1) % 31 * 2048));
		break;
	case 2:
		offer(q);
		break;
	case 3:
		value = take(3);
		guest_mem[value % ALL] = take(1);
		break;
	case 4:
		tell(q->dev);
		break;
	case 5:
		put_in(take(1) % 2 ? typed : wire);
		break;
	case 6:
		write_header(q);
		break;
	case 7:
		make_indirect(q);
		break;
	case 8 ... 9:
		make_chain(q);
		break;
	case 10 ... 11:
		make_request(q);
		break;
	default:
		go_round(q->dev);
	}
}

static void start_afresh(void)
{
	struct device *dev;
	unsigned int i = 0;
	char rest[2048];

	memset(guest_mem, 0, GUEST);
	for (dev = devices; dev; dev = dev->next) {
		/* Who is described there stays described. */
		*dev = fresh[i++];
		*dev->status = 1;
		memset(dev->accepts, 0, 4);
		status_changed(dev->addr);
	}
	while (recv(STDIN_FILENO, rest, sizeof(rest), 0) >= 0)
		;
	while (recv(queues[3]->source, rest, sizeof(rest), 0) >= 0)
		;
	while (recv(wire, rest, sizeof(rest), 0) >= 0)
		;
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	data = input;
	end = input + size;
	start_afresh();
	while (data < end)
		do_one();
	return 0;
}
