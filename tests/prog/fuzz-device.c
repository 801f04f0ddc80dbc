// SPDX-License-Identifier: GPL-2.0-only
/*
 * Several tasks ask random things of /dev/lguest at once: of two open files, which
 * are or become Guests, and of their memory. Nobody waits for anybody for good: who
 * sleeps gets signals until it is done.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include "fuzz.h"

#define FILES	2
#define TASKS	3
#define ASKS	16

static int files[FILES];
static int event;
static unsigned int answers[2][200];	/* reads and writes: how many of each error */

/* Addresses at which no program has anything, and those of a Guest's memory. */
static uint32_t place(struct dice *dice)
{
	const uint32_t places[] = {
		0, 4, 0xc0000000, 0xbffffffe, 0xfffffffc, (uint32_t)memory + SIZE,
		(uint32_t)memory, (uint32_t)memory + MESSAGE,
	};

	return pick(dice, places);
}

/* A Guest's memory: what is refused, what is nowhere, what is right. Never what is
   this program's own. */
static void draw_guest(struct dice *dice, uint32_t *words)
{
	const uint32_t bases[] = {
		0, 0x1000, 0x10000, 0xc0000000, 0xfffff000,
		0xff000000, (uint32_t)memory + 1, (uint32_t)memory + 0x800,
	};
	static const uint32_t limits[] = {
		0, 1, 2, 16, PAGES, 0x4000, 0xc0001, 0x100000, 0xfffff,
		0x80000000, 0xffffffff,
	};
	static const uint32_t tables[] = {
		0, DIRECTORIES, DIRECTORIES + 1, 0xfffff000, SIZE, SIZE - PAGE,
	};

	words[0] = 0;
	words[1] = (uint32_t)memory;
	words[2] = 1 + draw(dice, PAGES);
	words[3] = 0;
	words[4] = SLOTS;
	if (!draw(dice, 3)) {
		words[1] = pick(dice, bases);
		/* From the lowest addresses up to where the program begins. */
		words[2] = pick(dice, limits);
		if (words[2] > 0x4000 && words[1] < 0x100000)
			words[1] = 0xc0000000;
	} else if (!draw(dice, 3)) {
		words[2] = PAGES;
		words[3] = pick(dice, tables);
	} else {
		words[2] = PAGES;
	}
	if (!draw(dice, 8))
		words[4] = odd_word(dice);
}

static void record(unsigned int which, ssize_t n)
{
	static const int in_order[2][11] = {
		{ EINVAL, EPERM, ENOENT, ERESTART, EINTR, EAGAIN, EFAULT, ENOMEM },
		{ EINVAL, EPERM, ENOENT, EFAULT, EINTR, EBUSY, EBADF, ENOMEM,
		  ESPIPE },
	};
	unsigned int i;

	if (n >= 0) {
		__atomic_fetch_add(&answers[which][0], 1, __ATOMIC_RELAXED);
		return;
	}
	for (i = 0; i < 11 && errno != in_order[which][i]; i++)
		;
	if (i == 11 || !errno || errno >= 200) {
		printf("\nbad: %s: error %d\n", which ? "write" : "read", errno);
		_exit(1);
	}
	__atomic_fetch_add(&answers[which][errno], 1, __ATOMIC_RELAXED);
}

static void ask(struct dice *dice)
{
	int file = files[draw(dice, FILES)];
	uint32_t words[8], i, n = 1 + draw(dice, 3);
	char room[300];

	for (i = 0; i < 8; i++)
		words[i] = odd_word(dice);
	words[0] = draw(dice, 6) ? 2 + draw(dice, 4) : words[0];
	if (words[0] == 3)
		words[1] = draw(dice, 3) ? 0 : draw(dice, 3);
	if (words[0] == 4) {
		n = 3;
		words[2] = draw(dice, 4) ? event : (int)words[2];
	}
	if (!words[0] || !draw(dice, 8)) {
		draw_guest(dice, words);
		n = 5;
	}
	switch (draw(dice, 16)) {
	case 0:
		record(1, write(file, (void *)place(dice), draw(dice, 24)));
		break;
	case 1:
		record(1, write(file, words, draw(dice, sizeof(words) + 1)));
		break;
	case 2:
		record(1, pwrite(file, words, n * 4, words[7]));
		break;
	case 3:
		record(0, pread(file, room, 4, draw(dice, 2)));
		break;
	case 4:
		record(0, read(file, (void *)place(dice), draw(dice, 200)));
		break;
	case 5:
		/* Only the one page: its neighbours are needed. */
		mprotect(memory + draw(dice, PAGES) * PAGE, PAGE,
			 draw(dice, 4) ? PROT_READ | PROT_WRITE : PROT_READ);
		break;
	case 6:
		madvise(memory + ROOM, SIZE - ROOM, MADV_DONTNEED);
		break;
	case 7:
		ioctl(file, words[1], words);
		poll(&(struct pollfd){ file, POLLIN | POLLOUT, 0 }, 1, 0);
		break;
	case 8 ... 10:
		record(0, read(file, room, 4 + draw(dice, 296)));
		break;
	default:
		record(1, write(file, words, n * 4));
	}
}

static struct task {
	pthread_t thread;
	struct dice dice;
	volatile bool done;
} tasks[TASKS];

static void *ask_often(void *arg)
{
	struct task *task = arg;
	unsigned int i;

	for (i = 0; i < ASKS; i++)
		ask(&task->dice);
	task->done = true;
	return NULL;
}

/* A child has the files, and a copy of the memory. It may be killed. */
static pid_t fork_one(struct dice *dice)
{
	pid_t pid = fork();
	unsigned int i;

	if (pid)
		return pid;
	for (i = 0; i < ASKS; i++)
		ask(dice);
	_exit(0);
}

static void let_go(void)
{
	static const uint32_t release[] = { 3, 0 };
	unsigned int i;

	for (i = 0; i < FILES; i++)
		if (write(files[i], release, sizeof(release)) < 0 &&
		    errno != EINVAL && errno != ENOENT)
			record(1, -1);
}

static void wait_for(struct task *task)
{
	while (!task->done) {
		let_go();
		pthread_kill(task->thread, SIGALRM);
		usleep(200);
	}
	pthread_join(task->thread, NULL);
}

static void fill_memory(struct dice *dice, uint32_t n)
{
	static const struct kind kind = { .name = "device", .calls = 60, .ring = 20,
					  .pages = 10, .tables = 5, .segments = 3 };

	mprotect(memory, SIZE, PROT_READ | PROT_WRITE);
	if (madvise(memory, SIZE, MADV_DONTNEED) < 0)
		err(2, "madvise");
	make_case(dice, &kind, n);
}

bool device_case(struct dice *dice, uint32_t n)
{
	unsigned int i, count = 1 + draw(dice, TASKS);
	int status;
	pid_t pid = 0;

	fill_memory(dice, n);
	event = eventfd(0, EFD_NONBLOCK);
	for (i = 0; i < FILES; i++)
		files[i] = open("/dev/lguest", O_RDWR);
	if (event < 0 || files[0] < 0 || files[1] < 0)
		err(2, "/dev/lguest");
	for (i = 0; i < count; i++) {
		tasks[i].done = false;
		tasks[i].dice.state = (uint64_t)draw_word(dice) << 32 | n;
		if (pthread_create(&tasks[i].thread, NULL, ask_often, &tasks[i]))
			errx(2, "no thread");
	}
	if (!draw(dice, 4))
		pid = fork_one(dice);
	for (i = 0; i < count; i++)
		wait_for(&tasks[i]);
	if (pid) {
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		if (WIFEXITED(status) && WEXITSTATUS(status))
			exit(1);
	}
	for (i = 0; i < FILES; i++)
		close(files[i]);
	close(event);
	return true;
}

void device_end(void)
{
	unsigned int which, i;

	for (which = 0; which < 2; which++)
		for (i = 0; i < 200; i++)
			if (answers[which][i])
				printf("answered: %u %s %s\n", answers[which][i],
				       which ? "write" : "read",
				       i ? strerrorname_np(i) : "done");
}
