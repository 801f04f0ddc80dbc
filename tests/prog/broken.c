// SPDX-License-Identifier: GPL-2.0-only
/*
 * For tests/sanitized.t: linked into a Launcher, this does wrong before the
 * Launcher begins, in the way that BROKEN in the environment names.
 */
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static char *volatile kept;
static volatile int number = INT_MAX;

static void *one_byte_too_far(void *unused)
{
	kept = malloc(5);
	memset(kept, 0, number > 0 ? 6 : 5);
	free(kept);
	return unused;
}

static void *forgotten(void *unused)
{
	int i;

	for (i = 0; i < 100; i++)
		kept = malloc(100);
	return unused;
}

static void in_a_thread(void *(*what)(void *))
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, what, NULL))
		abort();
	pthread_join(thread, NULL);
}

static void __attribute__((constructor)) broken(void)
{
	const char *how = getenv("BROKEN");

	if (!how)
		return;
	if (!strcmp(how, "overflow"))
		one_byte_too_far(NULL);
	if (!strcmp(how, "thread"))
		in_a_thread(one_byte_too_far);
	if (!strcmp(how, "number"))
		number++;
	if (!strcmp(how, "leak"))
		forgotten(NULL);
}
