// SPDX-License-Identifier: GPL-2.0-only
/*
 * Do as a process what Guests do when they measure; and in a Linux Guest what a
 * process does on the machine itself.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <netinet/ip_icmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PIECE	4096

static const char usage[] =
"usage: process read|write FILE N         4 KB pieces of a file, or past the\n"
"                                         cache of a disk\n"
"       process send ADDRESS N SIZE       datagrams to the port 9 of ADDRESS\n"
"       process roundtrip ADDRESS N       pings, one after another\n"
"       process stream ADDRESS N          N KB to the port 9 of ADDRESS, by TCP\n"
"       process call N                    getppid() by int $0x80\n"
"       process touch N                   pages that nobody has touched\n"
"       process compute N                 a thousand multiplications\n"
"Print how many ticks of the time-stamp counter each has taken.\n"
"       process begin COMMAND...          run COMMAND, and as its last word the time\n"
"       process since TIME                how many thousand ticks ago that was\n"
"       process fill MB                   fill memory, say so, and stay\n";

static char buffer[65536] __attribute__((aligned(PIECE)));

static uint64_t ticks(void)
{
	uint64_t now;

	asm volatile("rdtsc" : "=A" (now));
	return now;
}

static void report(const char *what, uint32_t n, uint64_t start)
{
	printf("%s: %u\n", what, (uint32_t)((ticks() - start) / n));
}

static void disk(const char *name, uint32_t n, int write)
{
	struct stat file;
	int is_disk = !stat(name, &file) && S_ISBLK(file.st_mode);
	int fd = open(name, O_RDWR | (is_disk ? O_DIRECT : 0));
	off_t end = lseek(fd, 0, SEEK_END) / PIECE * PIECE;
	uint64_t start;
	ssize_t done;

	if (fd < 0 || pread(fd, buffer, PIECE, 0) != PIECE)
		err(1, "%s", name);
	start = ticks();
	for (uint32_t i = 0; i < n; i++) {
		off_t at = (off_t)i * PIECE % end;

		done = write ? pwrite(fd, buffer, PIECE, at) :
			       pread(fd, buffer, PIECE, at);
		if (done != PIECE)
			err(1, "%s", name);
	}
	report(write ? "a write of 4 KB" : "a read of 4 KB", n, start);
}

static struct sockaddr_in port_9_of(const char *address)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons(9),
		.sin_addr.s_addr = inet_addr(address),
	};
}

static void packets(const char *address, uint32_t n, size_t size)
{
	struct sockaddr_in to = port_9_of(address);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	uint64_t start;

	sendto(fd, buffer, 1, 0, (struct sockaddr *)&to, sizeof(to));
	start = ticks();
	for (uint32_t i = 0; i < n; i++)
		if (sendto(fd, buffer, size, 0, (struct sockaddr *)&to,
			   sizeof(to)) < 0)
			err(1, "%s", address);
	report("a packet of 1000 bytes sent", n, start);
}

static uint16_t checksum(const void *data, size_t size)
{
	const uint16_t *word = data;
	uint32_t sum = 0;

	for (; size; size -= 2)
		sum += *word++;
	return ~(sum + (sum >> 16));
}

static void ping(int fd, const struct sockaddr_in *to, uint16_t nr)
{
	struct { struct ip ip; struct icmphdr icmp; char data[56]; } back;
	struct { struct icmphdr icmp; char data[56]; } out = {
		.icmp = { .type = ICMP_ECHO, .un.echo.sequence = nr },
	};

	out.icmp.checksum = checksum(&out, sizeof(out));
	if (sendto(fd, &out, sizeof(out), 0, (struct sockaddr *)to,
		   sizeof(*to)) < 0)
		err(1, "ping");
	do {
		if (recv(fd, &back, sizeof(back), 0) < 0)
			err(1, "ping");
	} while (back.icmp.type != ICMP_ECHOREPLY ||
		 back.icmp.un.echo.sequence != nr);
}

static void round_trips(const char *address, uint32_t n)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = inet_addr(address),
	};
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
	uint64_t start;

	ping(fd, &to, 0);
	start = ticks();
	for (uint32_t i = 1; i <= n; i++)
		ping(fd, &to, i);
	report("round trip", n, start);
}

static void stream(const char *address, uint32_t n)
{
	struct sockaddr_in to = port_9_of(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	uint64_t start;
	uint32_t sent;
	ssize_t done;

	if (connect(fd, (struct sockaddr *)&to, sizeof(to)))
		err(1, "%s", address);
	start = ticks();
	for (sent = 0; sent < n * 1024; sent += done) {
		done = write(fd, buffer, 16384);
		if (done < 0)
			err(1, "%s", address);
	}
	/* All of it has arrived when the other side has closed, too. */
	shutdown(fd, SHUT_WR);
	while (read(fd, buffer, sizeof(buffer)) > 0)
		;
	report("KB of a stream", n, start);
}

static void compute(uint32_t n)
{
	uint32_t value = n;
	uint64_t start = ticks();

	for (uint32_t i = 0; i < n; i++)
		for (int j = 0; j < 1000; j++)
			asm volatile("imull $69069, %0, %0; incl %0" : "+r" (value));
	report("a thousand steps of a computation", n, start);
}

static void begin(char *argv[])
{
	char now[24];
	int n = 0;

	while (argv[n])
		n++;
	snprintf(now, sizeof(now), "%llu", (unsigned long long)ticks());
	argv[n] = now;
	argv[n + 1] = NULL;
	execvp(argv[0], argv);
	err(1, "%s", argv[0]);
}

static void fill(uint32_t mb)
{
	char *at = mmap(NULL, mb << 20, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		err(1, "memory");
	memset(at, 1, mb << 20);
	puts("filled");
	fflush(stdout);
	pause();
}

static void calls(uint32_t n)
{
	uint64_t start = ticks();
	uint32_t nr;

	for (uint32_t i = 0; i < n; i++) {
		nr = SYS_getppid;
		asm volatile("int $0x80" : "+a" (nr) : : "memory");
	}
	report("system call", n, start);
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
	report("first touch", n, start);
}

int main(int argc, char *argv[])
{
	/* Room for one word more. */
	char *words[argc + 2];
	const char *what = argc > 1 ? argv[1] : "";

	memcpy(words, argv, (argc + 1) * sizeof(*words));
	if (argc == 4 && !strcmp(what, "read"))
		disk(argv[2], atoi(argv[3]), 0);
	else if (argc == 4 && !strcmp(what, "write"))
		disk(argv[2], atoi(argv[3]), 1);
	else if (argc == 5 && !strcmp(what, "send"))
		packets(argv[2], atoi(argv[3]), atoi(argv[4]));
	else if (argc == 4 && !strcmp(what, "roundtrip"))
		round_trips(argv[2], atoi(argv[3]));
	else if (argc == 4 && !strcmp(what, "stream"))
		stream(argv[2], atoi(argv[3]));
	else if (argc == 3 && !strcmp(what, "call"))
		calls(atoi(argv[2]));
	else if (argc == 3 && !strcmp(what, "touch"))
		touches(atoi(argv[2]));
	else if (argc == 3 && !strcmp(what, "compute"))
		compute(atoi(argv[2]));
	else if (argc > 2 && !strcmp(what, "begin"))
		begin(words + 2);
	else if (argc == 3 && !strcmp(what, "since"))
		printf("%llu\n",
		       (ticks() - strtoull(argv[2], NULL, 10)) / 1000);
	else if (argc == 3 && !strcmp(what, "fill"))
		fill(atoi(argv[2]));
	else {
		fputs(usage, stderr);
		return 1;
	}
	return 0;
}
