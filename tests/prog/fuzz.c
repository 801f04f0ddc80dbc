// SPDX-License-Identifier: GPL-2.0-only
/*
 * A Launcher of many short Guests, each made of dice. What each case is follows from
 * the seed, the kind and its number. A dot is printed before each case, so that of a
 * machine that has come down it is known which case it was.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/time.h>
#include "fuzz.h"

#define TICK		1000		/* microseconds */
#define STUCK		2		/* after so many of them a Guest stands still */
#define TOO_LONG	20		/* and after so many it goes in circles */
#define TOO_MANY	400		/* what it may make its Launcher do */

uint8_t *memory;
static int fd;

static const struct kind kinds[] = {
	{ "calls", 60, 30, 3, 3, 2, 2, false },
	{ "pages", 25, 15, 50, 3, 3, 4, false },
	{ "tables", 5, 5, 3, 65, 15, 7, false },
	{ "registers", 4, 2, 2, 5, 60, 27, false },
	{ "instructions", 2, 1, 1, 2, 4, 90, false },
	{ "scribble", 30, 40, 15, 5, 5, 5, true },
	{ .name = "device" },
};

static void fail(const char *what)
{
	printf("\nbad: %s\n", what);
	exit(1);
}

static void ignore(int number)
{
	(void)number;
}

/* The pages before and after a Guest's are its Launcher's own. */
static void make_memory(void)
{
	memory = mmap(NULL, SIZE + 2 * PAGE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		err(2, "memory");
	memset(memory, 0xa5, PAGE);
	memory += PAGE;
	memset(memory + SIZE, 0xa5, PAGE);
}

static bool is_touched(const uint8_t *page)
{
	unsigned int i;

	for (i = 0; i < PAGE; i++)
		if (page[i] != 0xa5)
			return true;
	return false;
}

static void set_alarm(unsigned int after)
{
	struct itimerval when = { { 0, after }, { 0, after } };

	setitimer(ITIMER_REAL, &when, NULL);
}

/* What the Guests died of: the first words of each sentence, and how many. */
static struct {
	char words[40];
	unsigned int times;
} ends[64];

static void count_end(const char *why)
{
	unsigned int i;
	size_t n = strcspn(why, "0123456789\n");

	if (n > sizeof(ends[0].words) - 1)
		n = sizeof(ends[0].words) - 1;
	for (i = 0; i < 63 && ends[i].times; i++)
		if (!strncmp(ends[i].words, why, n) && !ends[i].words[n])
			break;
	memcpy(ends[i].words, why, n);
	ends[i].times++;
}

static void print_ends(void)
{
	unsigned int i;

	for (i = 0; i < 64 && ends[i].times; i++)
		printf("ended: %u %s\n", ends[i].times, ends[i].words);
}

static void request(uint32_t what, uint32_t argument)
{
	uint32_t words[] = { what, argument };

	if (write(fd, words, sizeof(words)) < 0 && errno != ENOENT)
		fail("a request fails otherwise than it may");
}

/* A Guest that is interrupted may go on, unless it is where it was at the last tick;
   what interrupts it is a machine that may be busy with other things. */
static bool stands_still(void)
{
	static uint32_t next, left;
	bool same = next == *(uint32_t *)(memory + NEXT) &&
		    left == *(uint32_t *)(memory + LEFT);

	next = *(uint32_t *)(memory + NEXT);
	left = *(uint32_t *)(memory + LEFT);
	return same;
}

/* Until it is dead, or enough is enough. */
static void run(struct dice *dice)
{
	unsigned int i, ticks = 0, still = 0;
	char why[256] = "";
	uint32_t addr;
	ssize_t n;

	for (i = 0; i < TOO_MANY; i++) {
		n = read(fd, &addr, sizeof(addr));
		if (n == sizeof(addr)) {
			request(2, draw(dice, 4));
			continue;
		}
		if (n >= 0)
			fail("a strange answer");
		if (errno == EINTR) {
			still = stands_still() ? still + 1 : 0;
			if (still == STUCK || ++ticks == TOO_LONG)
				break;
			continue;
		}
		if (errno != ENOENT && errno != ERESTART)
			fail("read() fails otherwise than it may");
		if (read(fd, why, sizeof(why)) <= 0)
			fail("no reason");
		if (strstr(why, "\xa5\xa5\xa5\xa5"))
			fail("it reads its Launcher's memory");
		count_end(why);
		return;
	}
	count_end(i < TOO_MANY ? "(too long)" : "(too many)");
}

static volatile bool scribbling, over;

/* It writes to what the Host reads: the noticeboard, page tables, descriptors. */
static void *scribble(void *seed)
{
	struct dice dice = { (uintptr_t)seed };
	uint32_t where, value;

	while (!over) {
		if (!scribbling) {
			usleep(100);
			continue;
		}
		switch (draw(&dice, 4)) {
		case 0:
			where = DIRECTORIES + draw(&dice, 6 * PAGE);
			break;
		case 1:
			where = WORDS + draw(&dice, 0x900);
			break;
		case 2:
			where = NOTES + 24 + draw(&dice, 64 + 120);
			break;
		default:
			where = NOTES + draw(&dice, NOTES_SIZE);
		}
		value = odd_word(&dice);
		if (draw(&dice, 2))
			memory[where] = value;
		else
			*(volatile uint32_t *)(memory + where) = value;
	}
	return NULL;
}

static void guest_case(struct dice *dice, const struct kind *kind, uint32_t n)
{
	uint32_t words[] = { 0, (uintptr_t)memory, PAGES, 0, SLOTS };

	/* All its pages are new. */
	if (madvise(memory, SIZE, MADV_DONTNEED) < 0)
		err(2, "madvise");
	make_case(dice, kind, n);
	fd = open("/dev/lguest", O_RDWR);
	if (fd < 0)
		err(2, "/dev/lguest");
	if (!draw(dice, 8))
		words[3] = DIRECTORIES;
	if (write(fd, words, sizeof(words)) != 16)
		fail("INITIALIZE fails");
	set_alarm(TICK);
	scribbling = kind->scribbled;
	run(dice);
	scribbling = false;
	set_alarm(0);
	close(fd);
	if (*(uint32_t *)(memory + PROOF) == RING0)
		fail("it ran in ring 0");
	if (is_touched(memory - PAGE) || is_touched(memory + SIZE))
		fail("it writes to its Launcher's memory");
}

/* The same for the same seed, kind and number, and otherwise another. */
static struct dice new_dice(uint32_t seed, const struct kind *kind, uint32_t n)
{
	struct dice dice = { (uint64_t)seed << 32 | (kind - kinds) << 28 };

	dice.state ^= draw_word(&dice);
	dice.state += n;
	dice.state = (uint64_t)draw_word(&dice) << 32 | draw_word(&dice);
	return dice;
}

static const struct kind *find_kind(const char *name)
{
	const struct kind *kind;

	for (kind = kinds; strcmp(kind->name, name); kind++)
		if (kind == kinds + sizeof(kinds) / sizeof(kinds[0]) - 1)
			errx(2, "there is no kind %s", name);
	return kind;
}

int main(int argc, char *argv[])
{
	struct sigaction action = { .sa_handler = ignore };
	uint32_t seed, n, from, count;
	const struct kind *kind;
	struct dice dice;
	pthread_t thread;

	if (argc != 5)
		errx(2, "usage: fuzz KIND SEED FROM COUNT\n"
		     "(COUNT 0: what is in the memory of Guest FROM)");
	kind = find_kind(argv[1]);
	seed = strtoul(argv[2], NULL, 0);
	from = strtoul(argv[3], NULL, 0);
	count = strtoul(argv[4], NULL, 0);
	make_memory();
	sigaction(SIGALRM, &action, NULL);
	if (!count) {
		dice = new_dice(seed, kind, from);
		make_case(&dice, kind, from);
		if (write(1, memory, SIZE) != (ssize_t)SIZE)
			err(2, "stdout");
		return 0;
	}
	setvbuf(stdout, NULL, _IONBF, 0);
	if (kind->scribbled &&
	    pthread_create(&thread, NULL, scribble, (void *)(uintptr_t)seed))
		errx(2, "no thread");
	printf("%s, seed %u, from %u: ", kind->name, seed, from);
	for (n = from; n < from + count; n++) {
		putchar('.');
		dice = new_dice(seed, kind, n);
		if (!kind->calls)
			device_case(&dice, n);
		else
			guest_case(&dice, kind, n);
	}
	over = true;
	printf("\n%s, seed %u: %u cases\n", kind->name, seed, count);
	if (kind->calls) {
		print_ends();
		print_covered();
	} else {
		device_end();
	}
	return 0;
}
