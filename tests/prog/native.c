// SPDX-License-Identifier: GPL-2.0-only
/* Do as a process what Guests do when they measure. */
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PIECE	4096

static const char usage[] =
"usage: native read|write FILE N      4 KB pieces of a file\n"
"       native send ADDRESS N SIZE    datagrams to the port 9 of ADDRESS\n"
"       native call N                 getppid() by int $0x80\n"
"       native touch N                pages that nobody has touched\n"
"Print how many ticks of the time-stamp counter each has taken.\n";

static char buffer[65536];

static uint64_t ticks(void)
{
	uint64_t now;

	asm volatile("rdtsc" : "=A" (now));
	return now;
}

static void report(const char *what, uint32_t n, uint64_t start)
{
	printf("%u %s, %u ticks each.\n", n, what,
	       (uint32_t)((ticks() - start) / n));
}

static void disk(const char *name, uint32_t n, int write)
{
	int fd = open(name, O_RDWR);
	off_t end = lseek(fd, 0, SEEK_END);
	uint64_t start;
	ssize_t done;

	if (fd < 0 || pread(fd, buffer, PIECE, 0) != PIECE)
		err(1, "%s", name);
	start = ticks();
	for (uint32_t i = 0; i < n; i++) {
		off_t at = (off_t)i * PIECE % (end - PIECE + 1);

		done = write ? pwrite(fd, buffer, PIECE, at) :
			       pread(fd, buffer, PIECE, at);
		if (done != PIECE)
			err(1, "%s", name);
	}
	report(write ? "writes of 4 KB" : "reads of 4 KB", n, start);
}

static void packets(const char *address, uint32_t n, size_t size)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(9),
		.sin_addr.s_addr = inet_addr(address),
	};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	uint64_t start;

	sendto(fd, buffer, 1, 0, (struct sockaddr *)&to, sizeof(to));
	start = ticks();
	for (uint32_t i = 0; i < n; i++)
		if (sendto(fd, buffer, size, 0, (struct sockaddr *)&to,
			   sizeof(to)) < 0)
			err(1, "%s", address);
	report("packets", n, start);
}

static void calls(uint32_t n)
{
	uint64_t start = ticks();
	uint32_t nr;

	for (uint32_t i = 0; i < n; i++) {
		nr = SYS_getppid;
		asm volatile("int $0x80" : "+a" (nr) : : "memory");
	}
	report("system calls", n, start);
}

static void touches(uint32_t n)
{
	volatile char *at = mmap(NULL, (n + 1) * 4096, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint64_t start;

	if (at == MAP_FAILED)
		err(1, "memory");
	madvise((void *)at, (n + 1) * 4096, MADV_NOHUGEPAGE);
	*at = 1;
	start = ticks();
	for (uint32_t i = 1; i <= n; i++)
		at[i * 4096] = 1;
	report("pages touched", n, start);
}

int main(int argc, char *argv[])
{
	if (argc == 4 && !strcmp(argv[1], "read"))
		disk(argv[2], atoi(argv[3]), 0);
	else if (argc == 4 && !strcmp(argv[1], "write"))
		disk(argv[2], atoi(argv[3]), 1);
	else if (argc == 5 && !strcmp(argv[1], "send"))
		packets(argv[2], atoi(argv[3]), atoi(argv[4]));
	else if (argc == 3 && !strcmp(argv[1], "call"))
		calls(atoi(argv[2]));
	else if (argc == 3 && !strcmp(argv[1], "touch"))
		touches(atoi(argv[2]));
	else {
		fputs(usage, stderr);
		return 1;
	}
	return 0;
}
