// SPDX-License-Identifier: GPL-2.0-only
/*
 * A Launcher that interrupts its Guest when the Guest wants it: see rules.c for the
 * Guest. What the Guest says is printed; the status is 1 if it did not power down.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>
#include "launch.h"

#define IRQ_RACE	11
#define IRQ_EARLY	12

static struct guest guest;
static struct timespec raised;

static void send_irq(uint32_t irq)
{
	uint32_t args[] = { 2, irq };

	if (write(guest.fd, args, sizeof(args)) < 0 && errno != ENOENT)
		err(2, "IRQ %u", irq);
}

/* The highest first, so that the order in which they go in is the Host's. */
static void raise_all(uint32_t mask)
{
	clock_gettime(CLOCK_REALTIME, &raised);
	for (int irq = 31; irq >= 0; irq--)
		if (mask & 1u << irq)
			send_irq(irq);
}

/* What the Guest was told must lie between the request and now; ticks are late. */
static void compare_time(const char *words)
{
	struct timespec now;
	char *end;
	uint64_t sec = strtoul(words, &end, 0), nsec = strtoul(end, NULL, 0);
	uint64_t t = sec * 1000000000 + nsec;

	clock_gettime(CLOCK_REALTIME, &now);
	printf("%s its time is ours\n",
	       t >= raised.tv_sec * 1000000000ull + raised.tv_nsec &&
	       t <= now.tv_sec * 1000000000ull + now.tv_nsec ?
	       "ok" : "WRONG");
}

/* Two CPUs, if there are as many: otherwise nothing happens at once. */
static void stay_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

/*
 * Wait until the Guest is about to sleep, wait a little longer, and wake it. Who is
 * not awake after ten seconds never will be.
 */
static void *wake_it(void *arg)
{
	volatile uint32_t *asleep = arg;
	uint32_t round, turn = 12345;
	time_t last;

	stay_on(1);
	for (round = 1;; round++) {
		last = time(NULL) + 10;
		while (*asleep != round)
			if (time(NULL) > last) {
				printf("LOST: it sleeps since %u\n", round - 1);
				fflush(stdout);
				_exit(1);
			}
		turn = turn * 1664525 + 1013904223;
		for (volatile uint32_t i = 0; i < turn >> 24; i++)
			;
		send_irq(IRQ_RACE);
	}
	return NULL;
}

static void *rain(void *unused)
{
	(void)unused;
	stay_on(1);
	for (;;)
		raise_all(-1);
	return NULL;
}

static void start(void *(*function)(void *), void *arg)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, function, arg))
		errx(2, "no thread");
}

static void take_away(uint32_t addr)
{
	munmap(guest.mem + (addr & ~4095u), 4096);
	send_irq(0);
}

static void serve(const char *said)
{
	if (!strncmp(said, "@raise ", 7))
		raise_all(strtoul(said + 7, NULL, 0));
	else if (!strncmp(said, "@rest ", 6))
		usleep(strtoul(said + 6, NULL, 0) * 1000);
	else if (!strncmp(said, "@time ", 6))
		compare_time(said + 6);
	else if (!strncmp(said, "@race ", 6))
		start(wake_it, guest.mem + strtoul(said + 6, NULL, 0));
	else if (!strncmp(said, "@gone ", 6))
		take_away(strtoul(said + 6, NULL, 0));
	else if (!strncmp(said, "@storm", 6))
		start(rain, NULL);
	else
		printf("%s", said);
	fflush(stdout);
}

int main(int argc, char *argv[])
{
	const char *said;

	if (argc != 3)
		errx(2, "usage: irqs KERNEL WORDS");
	guest = new_guest(argv[1], argv[2]);
	stay_on(0);
	send_irq(IRQ_EARLY);
	while (!(said = listen_to(&guest)) || !is_dead(&guest, said))
		if (said)
			serve(said);
	printf("%s\n", said);
	return strcmp(said, "CRASH: Power down") ? 1 : 0;
}
