// SPDX-License-Identifier: GPL-2.0-only
/*
 * Launchers whose threads and children ask everything at once of a Guest that
 * runs: interrupts, breaks, ever new eventfds, signals, forks. The Guest counts
 * what it says, the Launcher what it hears, and at the end both must agree.
 * Some of the Launchers are killed, one half at any moment, one when they are at it.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE	4096
#define PAGES	16

/* Counts two NOTIFYs, says a third that means nothing, until it is told. */
asm(".pushsection .rodata\n"
    "code:	movl	$1, %eax\n"
    "	movl	$0x2000, %ebx\n"
    "	int	$0x1f\n"
    "1:	incl	0x4000\n"
    "	movl	$17, %eax\n"
    "	movl	$0x5000, %ebx\n"
    "	int	$0x1f\n"
    "	incl	0x4004\n"
    "	movl	$17, %eax\n"
    "	movl	$0x6000, %ebx\n"
    "	int	$0x1f\n"
    "	movl	$17, %eax\n"
    "	xorl	%ebx, %ebx\n"
    "	int	$0x1f\n"
    "	cmpl	$0, 0x4008\n"
    "	je	1b\n"
    "	movl	$2, %eax\n"
    "	movl	$0x3000, %ebx\n"
    "	movl	$1, %ecx\n"
    "	int	$0x1f\n"
    "code_end:\n"
    ".popsection\n");
extern const char code[], code_end[];

static int fd;
static char *memory;
static volatile uint32_t *said;		/* at 0x5000, at 0x6000, enough? */
static bool wrong;
static int ready[2];			/* a pipe, for those that are killed */

static void complain(const char *what, int result)
{
	warnx("%s: %d, %s", what, result, strerror(errno));
	wrong = true;
}

static int request(uint32_t what, uint32_t first, uint32_t second)
{
	uint32_t longs[] = { what, first, second };

	return write(fd, longs, sizeof(longs));
}

/* Until the Guest is dead; 0 and these errors are in order meanwhile. */
static bool goes_on(const char *what, int result, int in_order)
{
	if (!result || (result < 0 && errno == in_order))
		return true;
	if (result >= 0 || errno != ENOENT)
		complain(what, result);
	return false;
}

static unsigned int dice(unsigned int sides)
{
	static __thread unsigned int seed;

	if (!seed)
		seed = gettid() * 2654435761u;
	return rand_r(&seed) % sides;
}

/* With one CPU a Guest runs only while both of them sleep. */
static void *stop_it(void *unused)
{
	while (goes_on("BREAK 1", request(3, 1, 0), EINTR))
		if (!dice(4))
			usleep(dice(1000));
	return unused;
}

static void *interrupt_it(void *unused)
{
	while (goes_on("IRQ", request(2, dice(32), 0), 0))
		usleep(dice(500));
	return unused;
}

static int eventfds[5];

static void *change_eventfds(void *unused)
{
	while (goes_on("EVENTFD", request(4, 0x5000, eventfds[dice(5)]), 0))
		usleep(dice(200));
	return unused;
}

/* A child has the file and not the Guest. It may hold it up until it dies, with
   its parent if not before: nobody else would end its break. */
static void be_child(pid_t parent)
{
	uint32_t word;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
	if (read(fd, &word, sizeof(word)) >= 0 || errno != EPERM)
		_exit(1);
	if (request(2, dice(32), 0) < 0 && errno != ENOENT)
		_exit(2);
	if (dice(2))
		request(3, 1, 0);
	_exit(0);
}

static void *fork_often(void *unused)
{
	pid_t pid, parent = getpid();
	int status;

	while (goes_on("BREAK 0", request(3, 0, 0), 0)) {
		pid = fork();
		if (!pid)
			be_child(parent);
		usleep(dice(3000));
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		if (WIFEXITED(status) && WEXITSTATUS(status))
			complain("child", WEXITSTATUS(status));
	}
	return unused;
}

static pthread_t owner, threads[6];
static bool over;

static void *send_signals(void *unused)
{
	while (!__atomic_load_n(&over, __ATOMIC_SEQ_CST)) {
		pthread_kill(dice(2) ? owner : threads[dice(2)], SIGUSR2);
		usleep(dice(1000));
	}
	return unused;
}

static void *(*const pests[])(void *) = {
	stop_it, stop_it, interrupt_it, change_eventfds, fork_often, send_signals
};

static void ignore(int number)
{
	(void)number;
}

static void new_guest(void)
{
	uint32_t words[] = { 0, 0, PAGES, 0, 0x1000 };

	fd = open("/dev/lguest", O_RDWR);
	memory = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (fd < 0 || memory == MAP_FAILED)
		err(2, "no Guest");
	memcpy(memory + 0x1000, code, code_end - code);
	memory[0x2000 + 1388] = (char)0x80;
	said = (uint32_t *)(memory + 0x4000);
	words[1] = (uintptr_t)memory;
	if (write(fd, words, sizeof(words)) != 16)
		err(2, "INITIALIZE");
	for (unsigned int i = 0; i < 5; i++)
		eventfds[i] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (request(4, 0x5000, eventfds[0]))
		err(2, "EVENTFD");
}

/* Who was stopped lets go; now and then somebody else does. */
static uint32_t listen_until(uint32_t rounds)
{
	uint32_t addr, heard = 0;
	ssize_t n;

	for (;;) {
		n = read(fd, &addr, sizeof(addr));
		if (n == sizeof(addr) && addr == 0x6000)
			heard++;
		else if (n < 0 && errno == EAGAIN && dice(8))
			request(3, 0, 0);
		else if (n >= 0 || (errno != EINTR && errno != EAGAIN))
			break;
		if (heard >= rounds)
			said[2] = 1;
		if (heard == 10 && ready[1] && write(ready[1], "", 1) < 0)
			err(2, "pipe");
	}
	if (n >= 0 || errno != ENOENT)
		complain("read", n);
	return heard;
}

static uint64_t events(void)
{
	uint64_t count, sum = 0;

	for (unsigned int i = 0; i < 5; i++)
		if (read(eventfds[i], &count, sizeof(count)) == sizeof(count))
			sum += count;
	return sum;
}

static int launch(uint32_t rounds)
{
	struct sigaction action = { .sa_handler = ignore };
	uint32_t heard, told;
	unsigned int i;

	sigaction(SIGUSR2, &action, NULL);
	new_guest();
	owner = pthread_self();
	for (i = 0; i < 6; i++)
		if (pthread_create(&threads[i], NULL, pests[i], NULL))
			errx(2, "no thread");
	heard = listen_until(rounds);
	over = true;
	for (i = 6; i--; )
		pthread_join(threads[i], NULL);
	told = events();
	if (told != said[0] || heard != said[1] || heard < rounds)
		errx(1, "it said %u and %u, we heard %u and %u", said[0],
		     said[1], told, heard);
	return wrong;
}

static pid_t start(uint32_t rounds)
{
	pid_t pid = fork();

	if (!pid)
		exit(launch(rounds));
	return pid;
}

/* It is killed in the end. */
static bool start_and_kill(bool when_ready)
{
	int status;
	char byte;
	pid_t pid;

	if (pipe(ready) < 0)
		err(2, "pipe");
	pid = start(-1);
	if (when_ready && read(ready[0], &byte, 1) != 1)
		err(2, "pipe");
	usleep(dice(when_ready ? 5000 : 100000));
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	close(ready[0]);
	close(ready[1]);
	return WIFSIGNALED(status);
}

int main(int argc, char *argv[])
{
	unsigned int i, guests, rounds, killed, bad = 0;
	pid_t pids[64];
	int status;

	if (argc != 4)
		errx(2, "usage: pester GUESTS ROUNDS KILLED");
	guests = atoi(argv[1]) % 64;
	rounds = atoi(argv[2]);
	killed = atoi(argv[3]);
	/* Whom the killed leave behind, we wait for. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	for (i = 0; i < guests; i++)
		pids[i] = start(rounds);
	for (i = 0; i < killed; i++)
		bad += !start_and_kill(i % 2);
	for (i = 0; i < guests; i++) {
		waitpid(pids[i], &status, 0);
		bad += status != 0;
	}
	while (wait(NULL) > 0)
		;
	printf("%u Guests of %u rounds, %u killed: %u bad\n", guests, rounds,
	       killed, bad);
	return !!bad;
}
