// SPDX-License-Identifier: GPL-2.0-only
/*
 * Takes memory until there are so many kilobytes left, or, with the number of a
 * process, until that has died. Then it says how much is left, and waits.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define STEP	(256 * 1024)

static long kilobytes_left(void)
{
	static char text[256];
	FILE *f = fopen("/proc/meminfo", "r");
	long left = -1;

	if (!f)
		err(1, "/proc/meminfo");
	while (fgets(text, sizeof(text), f))
		if (sscanf(text, "MemAvailable: %ld", &left) == 1)
			break;
	fclose(f);
	return left;
}

/* A zombie is not. */
static int alive(const char *process)
{
	char name[40], file[8];

	snprintf(name, sizeof(name), "/proc/%s/exe", process);
	return readlink(name, file, sizeof(file)) >= 0;
}

int main(int argc, char *argv[])
{
	long leave = argc > 1 ? atol(argv[1]) : 0;

	while (argc > 2 ? alive(argv[2]) : kilobytes_left() > leave) {
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
