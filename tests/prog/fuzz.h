/* SPDX-License-Identifier: GPL-2.0-only */
/* What the fuzzer's parts know of each other: its dice, and how a case is judged. */
#ifndef _FUZZ_H
#define _FUZZ_H

#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE		4096u
#define PAGES		128u
#define SIZE		(PAGES * PAGE)
#define SWITCHER	0xff000000u

/* Where things are in a Guest's memory. */
#define HANDLER		0x1000
#define NOTES		0x2000
#define NOTES_SIZE	1392
#define MESSAGE		0x3000
#define LEFT		0x3f00		/* how many traps it may still take */
#define NEXT		0x3f04		/* where to go after one */
#define PROOF		0x3f08		/* of having run in ring 0 */
#define WORDS		0x4000		/* descriptors, pointers */
#define STACK		0x6000		/* in ring 1; it grows downwards */
#define TRAP_STACK	0x7000		/* from ring 3 */
#define SLOTS		0x8000		/* the instructions of the case */
#define SLOT_SIZE	128
#define MAX_SLOTS	64
#define DIRECTORIES	0x10000		/* three, each with a table */
#define ROOM		0x20000		/* for nothing in particular */

#define RING0		0x80050033	/* what it then reads: %cr0, in Linux */

extern uint8_t *memory;

struct dice {
	uint64_t state;
};

static inline uint32_t draw_word(struct dice *dice)
{
	uint64_t z = dice->state += 0x9e3779b97f4a7c15ull;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

static inline uint32_t draw(struct dice *dice, uint32_t below)
{
	return draw_word(dice) % below;
}

#define pick(dice, array) \
	((array)[draw(dice, sizeof(array) / sizeof((array)[0]))])

struct kind {
	const char *name;
	/* Of a hundred operations, how many are of which family. */
	uint8_t calls, ring, pages, tables, segments, instructions;
	/* Another thread writes to what the Host reads. */
	bool scribbled;
};

/* fuzz-guest.c */
void make_case(struct dice *dice, const struct kind *kind, uint32_t n);
uint32_t odd_word(struct dice *dice);
void print_covered(void);

/* fuzz-device.c */
bool device_case(struct dice *dice, uint32_t n);
void device_end(void);

#endif /* _FUZZ_H */
