// SPDX-License-Identifier: GPL-2.0-only
/* Do to /dev/lguest what the words say, and print what comes of it. */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const char usage[] =
"usage: devlguest WORD...\n"
"  open close dup    the device; a new file descriptor for it\n"
"  write=N,...       write these longs: numbers, or\n"
"                      memory, pages: what the Guest has (4 MB)\n"
"                      device: the descriptor; speak, touch, die, loop,\n"
"                      again, ring, flush, early, sleepy, straddle, turns,\n"
"                      waits: where a small Guest starts\n"
"  init=START        the same as write=0,memory,pages,0,START\n"
"  bytes=N           let the next write have that many bytes\n"
"  read, read=N      read 4 or N bytes, print a number\n"
"  why, why=N        read 200 or N bytes, print a string, its end as a dot\n"
"  readto=ADDR writefrom=ADDR  the same with a buffer there\n"
"  seek=N            move the file offset\n"
"  unmap=N readonly=N          a page of the Guest's memory\n"
"  poke=ADDR,N peek=ADDR       a word of the Guest's memory\n"
"  tables=BITS       page tables at 0x10000 and 0x11000: all of it where it\n"
"                      is, with these bits in each entry\n"
"  flicker=ADDR,N,M steady     make a word now this, now that; no more\n"
"  irq=N break=N eventfd=ADDR  those requests, the last with a new eventfd\n"
"  events older forget         its count; that of the one before; close it\n"
"  id                whether there are few eventfds in the system, or many\n"
"  breaker breakers  a thread that sleeps in BREAK 1; how they ended\n"
"  breaker=soon      ... that is not waited for until it sleeps\n"
"  signal signal=restart       for the newest of them; it begins anew\n"
"  child kill myself the same by a child, which is killed, or by this thread\n"
"  race=N            N threads INITIALIZE and read at once\n"
"  absent=N fault arrive       a page of memory: gone, asked for, there\n"
"  late=REQUEST      a request of which all but the first word is on that page\n"
"  cpu=N irqs=N      run there; wait for a Guest and send it N interrupts\n"
"  aside ... meanwhile ... together  a thread does what stands between\n"
"  thread fork exec orphan     let somebody else do the rest\n"
"  user=UID          be that user\n"
"  failing=N         the Nth allocation from here on fails, once (debug kernel)\n"
"  left              how many are to come before that one\n"
"  load=FILE         a module\n"
"  times=N           do the rest so many times, print the last time's results\n";

/* Twelve Guests: speak notifies of 0x3000, 0x3001, ...; touch of 0x3000 again and
   again, and touches page 512 in between; die shuts down; again wants to be
   started again; ring notifies of 0x3101, 0x3102 and 0x3103 by the ring, then of
   0x3104, and goes on as speak does; loop never comes back; flush writes to page
   512 4000 times, flushing its page tables each time, then notifies of 0x3000; early
   takes page 512 out of its tables before LGUEST_INIT, and then reads it; sleepy
   notifies of 0x3000 and halts; straddle has its noticeboard at 0x4fa8, all of the
   ring's calls on the page behind it, notifies of 0x3000, and makes one by the ring;
   turns switches to the directories at 0x10000, 0x12000 and 0x13000 and notifies of
   0x3000, again and again; waits has a gate for interrupt 0 but no stack, notifies of
   0x3000 and 0x3001 with interrupts off, and of 0x3002 with interrupts on. */
asm(".pushsection .rodata\n"
    ".macro	hypercall number, argument\n"
    "	movl	$\\number, %eax\n"
    "	movl	$\\argument, %ebx\n"
    "	int	$0x1f\n"
    ".endm\n"
    "code:\n"
    "speak:	hypercall 1, 0x2000\n"
    "	movl	$0x3000, %ebx\n"
    "notify:	movl	$17, %eax\n"
    "	int	$0x1f\n"
    "	incl	%ebx\n"
    "	jmp	notify\n"
    "touch:	hypercall 1, 0x2000\n"
    "1:	hypercall 17, 0x3000\n"
    "	movl	%eax, 0x200000\n"
    "	jmp	1b\n"
    "die:	hypercall 1, 0x2000\n"
    "	hypercall 2, 0x3000\n"
    "again:	hypercall 1, 0x2000\n"
    "	movl	$2, %ecx\n"
    "	hypercall 2, 0x3000\n"
    "ring:	hypercall 1, 0x2000\n"
    "	movl	$17, 0x2058\n"
    "	movl	$0x3101, 0x205c\n"
    "	movl	$17, 0x206c\n"
    "	movl	$0x3102, 0x2070\n"
    "	movl	$17, 0x2080\n"
    "	movl	$0x3103, 0x2084\n"
    "	movl	$0x3104, %ebx\n"
    "	jmp	notify\n"
    "loop:	jmp	loop\n"
    "flush:	hypercall 1, 0x2000\n"
    "1:	movl	$4000, %edi\n"
    "2:	hypercall 5, 1\n"
    "	movl	%edi, 0x200000\n"
    "	decl	%edi\n"
    "	jnz	2b\n"
    "	hypercall 17, 0x3000\n"
    "	jmp	1b\n"
    "early:	movl	0x200000, %eax\n"
    "	movl	$0, 0x11800\n"
    "	hypercall 1, 0x2000\n"
    "	movl	0x200000, %eax\n"
    "sleepy: hypercall 1, 0x2000\n"
    "	hypercall 17, 0x3000\n"
    "	hypercall 10, 0\n"
    "	jmp	loop\n"
    "straddle: hypercall 1, 0x4fa8\n"
    "	hypercall 17, 0x3000\n"
    "	movb	$0, 0x4fc0\n"
    "	hypercall 17, 0x3001\n"
    "	jmp	loop\n"
    "turns:	hypercall 1, 0x2000\n"
    "1:	hypercall 4, 0x10000\n"
    "	hypercall 4, 0x12000\n"
    "	hypercall 4, 0x13000\n"
    "	hypercall 17, 0x3000\n"
    "	jmp	1b\n"
    "waits:	movl	$0, 0x2000\n"
    "	hypercall 1, 0x2000\n"
    "	movl	$0, %ecx\n"
    "	movl	$0x8e00, %edx\n"
    "	hypercall 14, 0x10000\n"
    "	hypercall 6, 0x20\n"
    "	hypercall 17, 0x3000\n"
    "	hypercall 17, 0x3001\n"
    "	movl	$0x200, 0x2000\n"
    "	hypercall 17, 0x3002\n"
    "	jmp	loop\n"
    "code_end:\n"
    ".popsection\n");
extern const char code[], speak[], touch[], die[], again[], ring[], loop[],
	flush[], early[], sleepy[], straddle[], turns[], waits[],
	code_end[];

#define PAGE	4096
#define PAGES	1024
#define CODE	0x1000
#define NOTES	0x2000
#define MESSAGE	0x3000
#define TABLES	0x10000

static char *memory;
static int fd = -1;
static ssize_t bytes = -1;
static __thread char said[4096];

static const struct {
	const char *name;
	const char *start;
} guests[] = { { "speak", speak }, { "touch", touch }, { "die", die },
	    { "again", again }, { "ring", ring }, { "loop", loop },
	    { "flush", flush }, { "early", early },
	    { "sleepy", sleepy }, { "straddle", straddle },
	    { "turns", turns }, { "waits", waits } };

static uint32_t number(const char *word)
{
	if (!strcmp(word, "memory"))
		return (uintptr_t)memory;
	if (!strcmp(word, "pages"))
		return PAGES;
	if (!strcmp(word, "device"))
		return fd;
	for (size_t i = 0; i < sizeof(guests) / sizeof(guests[0]); i++)
		if (!strcmp(word, guests[i].name))
			return CODE + (guests[i].start - code);
	return strtoul(word, NULL, 0);
}

static void say(const char *text)
{
	size_t length = strlen(said);

	snprintf(said + length, sizeof(said) - length, "%s%s",
		 length ? " " : "", text);
}

/* The result of a system call: a number, or the name of an error. */
static void say_result(ssize_t result)
{
	char text[32];

	snprintf(text, sizeof(text), "%zd", result);
	say(result < 0 ? strerrorname_np(errno) : text);
}

static void open_device(char *value)
{
	(void)value;
	fd = open("/dev/lguest", O_RDWR);
	if (fd < 0)
		say_result(fd);
}

static void close_device(char *value)
{
	(void)value;
	close(fd);
}

static void dup_device(char *value)
{
	int old = fd;

	(void)value;
	fd = dup(old);
	close(old);
}

static void set_bytes(char *value)
{
	bytes = number(value);
}

static void do_write(char *list)
{
	uint32_t longs[16];
	size_t n = 0;

	for (char *word = strtok(list, ","); word; word = strtok(NULL, ","))
		longs[n++] = number(word);
	if (bytes < 0)
		bytes = n * sizeof(longs[0]);
	say_result(write(fd, longs, bytes));
	bytes = -1;
}

static void do_init(char *start)
{
	char list[100];

	snprintf(list, sizeof(list), "0,memory,pages,0,%s", start);
	do_write(list);
}

static void do_read(char *size)
{
	uint32_t longs[16] = { 0 };
	char text[16];
	ssize_t n = read(fd, longs, size ? number(size) : sizeof(longs[0]));

	if (n != sizeof(longs[0])) {
		say_result(n);
		return;
	}
	snprintf(text, sizeof(text), "0x%x", longs[0]);
	say(text);
}

static void do_why(char *size)
{
	char text[256] = "";
	ssize_t n = read(fd, text, size ? number(size) : 200);

	if (n < 0) {
		say_result(n);
		return;
	}
	for (ssize_t i = 0; i < n; i++)
		if (!text[i])
			text[i] = '.';
	say(text);
}

static void read_to(char *value)
{
	say_result(read(fd, (void *)number(value), 4));
}

static void write_from(char *value)
{
	say_result(write(fd, (void *)number(value), 20));
}

static void do_seek(char *value)
{
	lseek(fd, number(value), SEEK_SET);
}

static void do_unmap(char *value)
{
	munmap(memory + number(value) * PAGE, PAGE);
}

static void make_readonly(char *value)
{
	mprotect(memory + number(value) * PAGE, PAGE, PROT_READ);
}

static volatile uint32_t *word_at(uint32_t addr)
{
	return (uint32_t *)(memory + addr);
}

static void poke(char *list)
{
	uint32_t addr = number(strtok(list, ","));

	*word_at(addr) = number(strtok(NULL, ","));
}

static void peek(char *value)
{
	char text[16];

	snprintf(text, sizeof(text), "0x%x", *word_at(number(value)));
	say(text);
}

static void make_tables(char *bits)
{
	*word_at(TABLES) = (TABLES + PAGE) | number(bits);
	for (uint32_t i = 0; i < PAGES; i++)
		*word_at(TABLES + PAGE + 4 * i) = i * PAGE | number(bits);
}

static volatile bool steady;

static void flicker(char *list)
{
	uint32_t addr = number(strtok_r(list, ",", &list));
	uint32_t one = number(strtok_r(NULL, ",", &list));
	uint32_t other = number(strtok_r(NULL, ",", &list));

	while (!steady) {
		*word_at(addr) = one;
		*word_at(addr) = other;
	}
}

static void make_steady(char *value)
{
	(void)value;
	steady = true;
}

static void become(char *value)
{
	if (setuid(number(value)))
		err(2, "setuid");
}

/* Fault injection counts what this thread asks for, and refuses it once. */
static void fail_later(char *value)
{
	int fd = open("/proc/thread-self/fail-nth", O_WRONLY);

	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		err(2, "/proc/thread-self/fail-nth");
	close(fd);
}

static void say_left(char *value)
{
	int fd = open("/proc/thread-self/fail-nth", O_RDONLY);
	char text[16] = "";

	(void)value;
	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0)
		err(2, "/proc/thread-self/fail-nth");
	close(fd);
	text[strcspn(text, "\n")] = '\0';
	say(text);
}

static void load_module(char *path)
{
	int fd = open(path, O_RDONLY);

	say_result(syscall(SYS_finit_module, fd, "", 0));
	close(fd);
}

#include "others.h"

static const struct {
	const char *word;
	void (*act)(char *value);
} acts[] = {
	{ "open", open_device },
	{ "close", close_device },
	{ "dup", dup_device },
	{ "bytes", set_bytes },
	{ "write", do_write },
	{ "init", do_init },
	{ "read", do_read },
	{ "why", do_why },
	{ "readto", read_to },
	{ "writefrom", write_from },
	{ "seek", do_seek },
	{ "unmap", do_unmap },
	{ "readonly", make_readonly },
	{ "poke", poke },
	{ "peek", peek },
	{ "tables", make_tables },
	{ "flicker", flicker },
	{ "steady", make_steady },
	{ "user", become },
	{ "failing", fail_later },
	{ "left", say_left },
	{ "load", load_module },
	{ "irq", send_irq },
	{ "break", send_break },
	{ "eventfd", add_eventfd },
	{ "events", say_events },
	{ "older", say_older },
	{ "forget", close_eventfd },
	{ "id", say_id },
	{ "breaker", start_breaker },
	{ "breakers", join_breakers },
	{ "signal", signal_breaker },
	{ "child", start_child },
	{ "kill", kill_child },
	{ "myself", break_myself },
	{ "race", race },
	{ "cpu", use_cpu },
	{ "irqs", send_many },
	{ "absent", make_absent },
	{ "late", request_late },
	{ "fault", await_fault },
	{ "arrive", let_arrive },
};

/* Directly above and below a Guest's memory there is nothing. */
static void make_memory(void)
{
	char *room = mmap(NULL, (PAGES + 2) * PAGE, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (room == MAP_FAILED)
		err(2, "memory");
	memory = room + PAGE;
	mprotect(memory, PAGES * PAGE, PROT_READ | PROT_WRITE);
	memcpy(memory + CODE, code, code_end - code);
	memory[NOTES + 1388] = (char)0x80;	/* syscall_vec */
	strcpy(memory + MESSAGE, "made up");
}

static void obey(char *words[]);
static bool obey_one(char *word);

/* What a thread says is ours when it has ended. */
static void *start_thread(void *words)
{
	obey(words);
	return strdup(said);
}

static void join_thread(pthread_t thread)
{
	void *text;

	pthread_join(thread, &text);
	if (*(char *)text)
		say(text);
	free(text);
}

/* The words up to "meanwhile" are for a thread, those up to "together" not. */
static void aside(char *words[])
{
	char **rest = words;
	pthread_t thread;

	while (strcmp(*rest, "meanwhile"))
		rest++;
	*rest++ = NULL;
	pthread_create(&thread, NULL, start_thread, words);
	for (; strcmp(*rest, "together"); rest++)
		obey_one(*rest);
	join_thread(thread);
	obey(rest + 1);
}

/* A child does the rest when its parent has ended. */
static void orphan(char *rest[])
{
	int ends[2];

	if (pipe(ends) < 0)
		err(2, "pipe");
	if (fork())
		_exit(0);
	close(ends[1]);
	if (read(ends[0], ends, 1))
		err(2, "pipe");
	obey(rest);
}

static void elsewhere(const char *who, char *rest[])
{
	pthread_t thread;

	if (!strcmp(who, "thread")) {
		pthread_create(&thread, NULL, start_thread, rest);
		join_thread(thread);
	} else if (!strcmp(who, "aside")) {
		aside(rest);
	} else if (!strcmp(who, "orphan")) {
		orphan(rest);
	} else if (!strcmp(who, "fork")) {
		if (fork()) {
			wait(NULL);
			exit(0);
		}
		obey(rest);
	} else if (!strcmp(who, "exec")) {
		puts(said);
		fflush(stdout);
		dup2(fd, 100);
		execv("/proc/self/exe", rest - 1);
	} else {
		errx(2, "what is '%s'? (try --help)", who);
	}
}

static bool obey_one(char *word)
{
	char *value = strchr(word, '=');

	if (value)
		*value++ = '\0';
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++)
		if (!strcmp(word, acts[i].word)) {
			acts[i].act(value);
			return true;
		}
	return false;
}

static void obey(char *words[])
{
	for (; *words; words++)
		if (!obey_one(*words)) {
			elsewhere(*words, words + 1);
			return;
		}
}

/* Words are changed while they are obeyed: each time has its own. */
static void obey_times(unsigned int times, char *words[])
{
	char *copy[100];

	while (times--) {
		size_t n = 0;

		for (; words[n] && n < 99; n++)
			copy[n] = strdup(words[n]);
		copy[n] = NULL;
		*said = '\0';
		obey(copy);
		while (n)
			free(copy[--n]);
	}
}

int main(int argc, char *argv[])
{
	char **words = argv + 1;
	unsigned int times = 1;

	if (argc < 2 || !strcmp(argv[1], "--help")) {
		fputs(usage, argc < 2 ? stderr : stdout);
		return argc < 2;
	}
	make_memory();
	/* After exec it is where it was left. */
	fd = 100;
	if (!strncmp(*words, "times=", 6))
		times = number(*words++ + 6);
	obey_times(times, words);
	puts(said);
	return 0;
}
