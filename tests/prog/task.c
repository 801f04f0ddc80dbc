// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an ordinary program of the Host's notices of Guests that run at the same
 * time: nothing, one hopes. Each test goes on until this task has lost its CPU
 * to somebody else as often as it is told; if nobody wants it, not for ever.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "odd.h"
#include "registers.h"

static long switches(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_nivcsw;
}

static int sse(unsigned int round)
{
	struct registers before, after;

	make_registers(&before, getpid() * 1000003 + round);
	load_registers(&before);
	for (volatile int i = 0; i < 3000; i++)
		;
	store_registers(&after);
	return same_registers(&before, &after);
}

/* By SYSENTER, where the kernel says that this is the way. */
static int sysenter(unsigned int round)
{
	unsigned long entry = getauxval(AT_SYSINFO);
	long pid;

	(void)round;
	asm volatile("call *%1"
		     : "=a" (pid) : "r" (entry), "a" (SYS_getppid) : "memory");
	return pid == getppid();
}

static int ldt(unsigned int round)
{
	static uint32_t cell;
	uint32_t seen;
	uint16_t old, gs;

	if (!round)
		make_ldt_entry(&cell);
	cell = round ^ getpid();
	asm volatile("movw %%gs, %0; movw %w1, %%gs"
		     : "=&rm" (old) : "r" (LDT_SELECTOR));
	for (volatile int i = 0; i < 3000; i++)
		;
	asm volatile("movw %%gs, %0; movl %%gs:0, %1; movw %2, %%gs"
		     : "=&r" (gs), "=&r" (seen) : "rm" (old));
	return gs == LDT_SELECTOR && seen == cell;
}

/* A watched word is touched once in user mode and once by the kernel. */
static int watch(unsigned int round)
{
	static uint32_t word;
	static int counter, end[2];
	uint32_t text = round;
	uint64_t before, mine;

	if (!round) {
		counter = watch_word(&word);
		if (pipe(end) < 0)
			err(2, "pipe");
	}
	if (write(end[1], &text, sizeof(text)) != sizeof(text))
		err(2, "write");
	before = watched(counter);
	*(volatile uint32_t *)&word = ~round;
	mine = watched(counter);
	if (read(end[0], &word, sizeof(word)) != sizeof(word))
		err(2, "read");
	return mine == before + 1 && watched(counter) > mine;
}

static int none(unsigned int round)
{
	(void)round;
	return 1;
}

static const struct {
	const char *name;
	int (*test)(unsigned int round);
} tests[] = {
	{ "sse", sse },
	{ "sysenter", sysenter },
	{ "ldt", ldt },
	{ "watch", watch },
	{ "none", none },
};

int main(int argc, char *argv[])
{
	unsigned int i, round = 0, bad = 0;
	long wanted;

	if (argc != 3)
		errx(2, "usage: task sse|sysenter|ldt|watch|none SWITCHES");
	wanted = atol(argv[2]);
	alarm(60);
	for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		if (strcmp(argv[1], tests[i].name))
			continue;
		do
			bad += !tests[i].test(round++);
		while (switches() < wanted);
		printf("%s: %u bad\n", argv[1], bad);
		return !!bad;
	}
	errx(2, "no such test: %s", argv[1]);
}
