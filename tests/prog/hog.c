// SPDX-License-Identifier: GPL-2.0-only
/*
 * Takes memory until there are so many kilobytes left or, without a number, until the
 * kernel has killed somebody for it. Then it says how much is left, and waits.
 *
 * (It does not wait for that one to be gone: the kernel counts somebody as gone before
 * that memory is back, and who takes still more until then has others killed.)
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define STEP	(256 * 1024)

/* The number that stands in that file behind that name. */
static long number_in(const char *file, const char *name)
{
	static char line[256];
	size_t len = strlen(name);
	FILE *f = fopen(file, "r");
	long n = -1;

	if (!f)
		err(1, "%s", file);
	while (fgets(line, sizeof(line), f))
		if (!strncmp(line, name, len)) {
			n = atol(line + len);
			break;
		}
	fclose(f);
	return n;
}

static long kilobytes_left(void)
{
	return number_in("/proc/meminfo", "MemAvailable:");
}

static long killed(void)
{
	return number_in("/proc/vmstat", "oom_kill ");
}

int main(int argc, char *argv[])
{
	long leave = argc > 1 ? atol(argv[1]) : -1;
	long before = killed();

	while (leave < 0 ? killed() == before : kilobytes_left() > leave) {
		void *more = mmap(NULL, STEP, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (more == MAP_FAILED)
			err(1, "memory");
		memset(more, 0xff, STEP);
	}
	printf("%ld\n", kilobytes_left());
	fflush(stdout);
	pause();
}
