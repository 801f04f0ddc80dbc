/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Others who have the device: threads and children that wait in BREAK, many
 * that make one Guest, and pages of memory that arrive late.
 */
#ifndef _OTHERS_H
#define _OTHERS_H

#include <linux/userfaultfd.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

static int request(uint32_t what, uint32_t first, uint32_t second)
{
	uint32_t longs[] = { what, first, second };

	return write(fd, longs, sizeof(longs));
}

/* Wait until a task sleeps in write(). */
static void await_writer(pid_t pid, pid_t tid)
{
	char path[64], state;
	int number;
	FILE *f;

	do {
		sched_yield();
		snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", pid, tid);
		f = fopen(path, "r");
		if (!f || fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
			errx(2, "%s: nothing there", path);
		fclose(f);
		snprintf(path, sizeof(path), "/proc/%d/task/%d/syscall", pid,
			 tid);
		f = fopen(path, "r");
		if (!f || fscanf(f, "%d", &number) != 1)
			number = -1;
		if (f)
			fclose(f);
	} while (state != 'S' || number != SYS_write);
}

/* Those who wait in BREAK. */
static struct breaker {
	pthread_t thread;
	pid_t tid;
	int result;
} breakers[16];
static unsigned int nr_breakers;

static void *sleep_in_break(void *arg)
{
	struct breaker *b = arg;

	__atomic_store_n(&b->tid, gettid(), __ATOMIC_SEQ_CST);
	b->result = request(3, 1, 0) < 0 ? errno : 0;
	return NULL;
}

static struct breaker *new_breaker(void)
{
	struct breaker *b = &breakers[nr_breakers++];

	b->tid = 0;
	if (pthread_create(&b->thread, NULL, sleep_in_break, b))
		errx(2, "no thread");
	while (!__atomic_load_n(&b->tid, __ATOMIC_SEQ_CST))
		sched_yield();
	return b;
}

static void start_breaker(char *value)
{
	struct breaker *b = new_breaker();

	if (!value)
		await_writer(getpid(), b->tid);
}

static void join_breakers(char *value)
{
	(void)value;
	for (unsigned int i = 0; i < nr_breakers; i++) {
		pthread_join(breakers[i].thread, NULL);
		errno = breakers[i].result;
		say_result(errno ? -1 : 0);
	}
	nr_breakers = 0;
}

static volatile sig_atomic_t handled;

static void note_signal(int number)
{
	(void)number;
	handled = 1;
}

/* The breaker that came last gets a signal. */
static void signal_breaker(char *value)
{
	struct sigaction action = { .sa_handler = note_signal };
	struct breaker *b = &breakers[nr_breakers - 1];

	if (value)
		action.sa_flags = SA_RESTART;
	sigaction(SIGUSR2, &action, NULL);
	handled = 0;
	pthread_kill(b->thread, SIGUSR2);
	while (!handled)
		sched_yield();
	if (value)
		await_writer(getpid(), b->tid);
}

/* A child in BREAK, and its end. */
static pid_t child;

static void start_child(char *value)
{
	(void)value;
	child = fork();
	if (!child) {
		request(3, 1, 0);
		_exit(0);
	}
	await_writer(child, child);
}

static void kill_child(char *value)
{
	(void)value;
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

/* This thread itself in BREAK, until another one lets it go. */
static void *let_go(void *tid)
{
	await_writer(getpid(), *(pid_t *)tid);
	request(3, 0, 0);
	return NULL;
}

static void break_myself(char *value)
{
	pid_t tid = gettid();
	pthread_t thread;

	(void)value;
	pthread_create(&thread, NULL, let_go, &tid);
	say_result(request(3, 1, 0));
	pthread_join(thread, NULL);
}

/* Many threads make one Guest; who made it can read, and nobody else. */
static pthread_barrier_t start;
static uint32_t race_words[5];
static int made, refused, readers;

static void *make_guest(void *arg)
{
	uint32_t addr;

	(void)arg;
	pthread_barrier_wait(&start);
	if (write(fd, race_words, sizeof(race_words)) == 16)
		__atomic_add_fetch(&made, 1, __ATOMIC_SEQ_CST);
	else if (errno == EBUSY)
		__atomic_add_fetch(&refused, 1, __ATOMIC_SEQ_CST);
	if (read(fd, &addr, sizeof(addr)) == sizeof(addr))
		__atomic_add_fetch(&readers, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

static void race(char *value)
{
	uint32_t words[] = { 0, number("memory"), number("pages"), 0,
			     number("speak") };
	unsigned int i, n = number(value);
	pthread_t threads[16];
	char text[64];

	memcpy(race_words, words, sizeof(words));
	made = refused = readers = 0;
	pthread_barrier_init(&start, NULL, n);
	for (i = 0; i < n; i++)
		pthread_create(&threads[i], NULL, make_guest, NULL);
	for (i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	snprintf(text, sizeof(text), "%d made, %d refused, %d reads", made,
		 refused, readers);
	say(text);
}

/* The newest eventfd, and the one before it. */
static int eventfds[2] = { -1, -1 };

static void add_eventfd(char *addr)
{
	if (eventfds[1] >= 0)
		close(eventfds[1]);
	eventfds[1] = eventfds[0];
	eventfds[0] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	say_result(request(4, number(addr), eventfds[0]));
}

static void say_count(int eventfd)
{
	uint64_t count = 0;
	char text[32];

	if (read(eventfd, &count, sizeof(count)) < 0 && errno != EAGAIN)
		err(2, "eventfd");
	snprintf(text, sizeof(text), "%llu", (unsigned long long)count);
	say(text);
}

static void say_events(char *value)
{
	(void)value;
	say_count(eventfds[0]);
}

static void say_older(char *value)
{
	(void)value;
	say_count(eventfds[1]);
}

/* Each eventfd in the system has a number, the smallest that is free. */
static void say_id(char *value)
{
	unsigned int id = -1;
	char path[64], line[64];
	FILE *f;

	(void)value;
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", eventfds[0]);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		sscanf(line, "eventfd-id: %u", &id);
	if (f)
		fclose(f);
	say(id < 10 ? "few" : "many");
}

static void close_eventfd(char *value)
{
	(void)value;
	close(eventfds[0]);
	eventfds[0] = -1;
}

static void send_irq(char *irq)
{
	say_result(request(2, number(irq), 0));
}

static void send_break(char *on)
{
	say_result(request(3, number(on), 0));
}

static void use_cpu(char *value)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(number(value), &set);
	if (sched_setaffinity(0, sizeof(set), &set) < 0)
		err(2, "CPU %s", value);
}

/* So many interrupts for a Guest, as soon as there is one. */
static void send_many(char *value)
{
	unsigned long n = number(value);

	while (request(2, 0, 0))
		sched_yield();
	while (n--)
		request(2, n % 32, 0);
}

/* A page of memory that does not arrive before it is told to. */
static int late = -1;
static unsigned long late_page;

static void make_absent(char *page)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = {
		.mode = UFFDIO_REGISTER_MODE_MISSING,
		.range.len = PAGE,
	};

	late_page = (uintptr_t)memory + number(page) * PAGE;
	reg.range.start = late_page;
	late = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (madvise((void *)late_page, PAGE, MADV_DONTNEED) ||
	    late < 0 || ioctl(late, UFFDIO_API, &api) < 0 ||
	    ioctl(late, UFFDIO_REGISTER, &reg) < 0)
		err(2, "userfaultfd");
}

/* A request whose words lie on that page, and which itself lies before it. */
static void request_late(char *value)
{
	uint32_t *longs = (uint32_t *)late_page - 1;

	*longs = number(value);
	say_result(write(fd, longs, 20));
}

static void await_fault(char *value)
{
	struct pollfd wait = { .fd = late, .events = POLLIN };

	(void)value;
	if (poll(&wait, 1, -1) < 0)
		err(2, "poll");
}

static void let_arrive(char *value)
{
	struct uffdio_zeropage zero = {
		.range.start = late_page, .range.len = PAGE,
	};

	(void)value;
	if (ioctl(late, UFFDIO_ZEROPAGE, &zero) < 0)
		err(2, "userfaultfd");
}

#endif /* _OTHERS_H */
