// SPDX-License-Identifier: GPL-2.0-only
/*
 * Launchers that have or do something unusual while they run a Guest. What the
 * Guest says is printed; the status is 1 if the Launcher noticed something.
 */
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/time.h>
#include <sys/wait.h>
#include "launch.h"
#include "odd.h"
#include "registers.h"

static char *kernel, *words;

/* No library function between here and there: it might use the registers. */
static inline __attribute__((always_inline))
long plain_read(int fd, void *to, size_t size)
{
	long n;

	asm volatile("int $0x80"
		     : "=a" (n) : "a" (SYS_read), "b" (fd), "c" (to), "d" (size)
		     : "memory");
	return n;
}

/* Its SSE and x87 registers are its own, in spite of the Guest's. */
static int sse(void)
{
	struct guest g = new_guest(kernel, words);
	struct registers before, after;
	unsigned int round = 0, bad = 0;
	uint32_t addr;
	long n;

	do {
		make_registers(&before, 77 * ++round);
		load_registers(&before);
		n = plain_read(g.fd, &addr, sizeof(addr));
		store_registers(&after);
		bad += !same_registers(&before, &after);
		if (n == sizeof(addr))
			fputs((char *)g.mem + addr, stdout);
	} while (n == sizeof(addr));
	printf("Launcher: %u bad. %s\n", bad, last_words(&g));
	return !!bad;
}

/* So is a local descriptor table, and a gs that leads there. */
static int ldt(void)
{
	struct guest g = new_guest(kernel, words);
	static uint32_t cell, addr;
	uint32_t seen, bad = 0;
	uint16_t old, gs;
	long n;

	make_ldt_entry(&cell);
	do {
		cell++;
		asm volatile("movw %%gs, %0; movw %w1, %%gs"
			     : "=&rm" (old) : "r" (LDT_SELECTOR));
		n = plain_read(g.fd, &addr, sizeof(addr));
		asm volatile("movw %%gs, %0; movl %%gs:0, %1; movw %2, %%gs"
			     : "=&r" (gs), "=&r" (seen) : "rm" (old));
		bad += gs != LDT_SELECTOR || seen != cell;
		if (n == sizeof(addr))
			fputs((char *)g.mem + addr, stdout);
	} while (n == sizeof(addr));
	printf("Launcher: %u bad. %s\n", bad, last_words(&g));
	return !!bad;
}

/* Its breakpoints mean nothing in the Guest, which has the same address. */
static int watch(void)
{
	struct guest g = new_guest(kernel, words);
	uint32_t *word = (uint32_t *)strtoul(strchr(words, ' '), NULL, 0);
	const char *said;
	int counter;

	if (mmap(word, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE |
		 MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) != word)
		err(2, "mmap");
	*word = 0;
	counter = watch_word(word);
	while (!is_dead(&g, said = listen_to(&g)))
		fputs(said, stdout);
	printf("Launcher: %u touches", (unsigned int)watched(counter));
	*(volatile uint32_t *)word = 1;
	printf(", %u with my own. %s\n", (unsigned int)watched(counter), said);
	return 0;
}

static volatile sig_atomic_t signals;

static void handler(int number)
{
	(void)number;
	signals++;
}

/* Signals are handled, and the Guest goes on where it was. */
static int signalled(void)
{
	struct itimerval often = { { 0, 5000 }, { 0, 5000 } };
	struct guest g = new_guest(kernel, words);
	unsigned int interrupted = 0;
	const char *said = NULL;

	signal(SIGALRM, handler);
	setitimer(ITIMER_REAL, &often, NULL);
	while (interrupted < 20 && !(said && is_dead(&g, said))) {
		said = listen_to(&g);
		if (said)
			fputs(said, stdout);
		else
			interrupted++;
	}
	printf("Launcher: %s\n", signals >= 20 ? "20 signals" : "too few");
	return signals < 20;
}

/*
 * A child inherits the file but not the Guest. Its parent's memory and the
 * Guest's are still the same afterwards, and the child is the last to close.
 */
static int forked(void)
{
	struct guest g = new_guest(kernel, words);
	const char *said = listen_to(&g);
	uint32_t word;
	int end[2], refused;

	fputs(said, stdout);
	fflush(stdout);
	if (pipe(end) < 0)
		err(2, "pipe");
	if (fork()) {
		*(volatile char *)said = *said;
		while (!is_dead(&g, said = listen_to(&g)))
			fputs(said, stdout);
		printf("Parent: %s\n", said);
		return 0;
	}
	close(end[1]);
	refused = read(g.fd, &word, sizeof(word)) < 0 && errno == EPERM;
	if (read(end[0], &word, 1) != 0)
		err(2, "pipe");
	printf("Child: %s\n", refused ? "refused" : "not refused");
	return !refused;
}

/* The probe names the processes that have the Switcher in their tables. */
static bool has_switcher(void)
{
	FILE *slots = fopen("/sys/kernel/debug/probe/slots", "r");
	int pid = 0;

	if (!slots)
		err(2, "no probe");
	while (fscanf(slots, "%d %*s", &pid) == 1 && pid != getpid())
		;
	fclose(slots);
	return pid == getpid();
}

static void *run_thread(void *guest_words)
{
	struct guest g = new_guest(kernel, guest_words);
	const char *said;

	while (!is_dead(&g, said = listen_to(&g)))
		fputs(said, stdout);
	close(g.fd);
	return NULL;
}

/* Two Guests of one process, at once: the words have a + between theirs. */
static int threads(void)
{
	char *second = strchr(words, '+');
	pthread_t thread;

	*second++ = '\0';
	if (pthread_create(&thread, NULL, run_thread, second))
		errx(2, "no thread");
	run_thread(words);
	pthread_join(thread, NULL);
	printf("Launcher: %s\n", has_switcher() ? "still has it" : "clean");
	return 0;
}

static const struct {
	const char *name;
	int (*run)(void);
} ways[] = {
	{ "sse", sse },
	{ "ldt", ldt },
	{ "watch", watch },
	{ "signalled", signalled },
	{ "forked", forked },
	{ "threads", threads },
};

int main(int argc, char *argv[])
{
	if (argc != 4)
		errx(2, "usage: launch sse|ldt|watch|signalled|forked|threads "
		     "KERNEL WORDS");
	kernel = argv[2];
	words = argv[3];
	for (unsigned int i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (!strcmp(argv[1], ways[i].name))
			return ways[i].run();
	errx(2, "no such way: %s", argv[1]);
}
