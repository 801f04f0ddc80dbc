// SPDX-License-Identifier: GPL-2.0-only
/* What the Host's services cost, as a Guest of part H sees it. */
#include "clock.h"
#include "paging.h"
#include "traps.h"

#define USER	0x40000000u
#define PAGES	64

static uint64_t ticks(void)
{
	uint64_t now;

	asm volatile("rdtsc" : "=A" (now) : : "memory");
	return now;
}

static uint32_t since(uint64_t start)
{
	return ticks() - start;
}

static void report(const char *what, uint32_t each)
{
	say("%s: %u\n", what, each);
}

static void null(uint32_t n)
{
	uint64_t start = ticks();

	for (uint32_t i = 0; i < n; i++)
		hcall(LHCALL_FLUSH_ASYNC, 0, 0, 0, 0);
	report("null hypercall", since(start) / n);
}

static void fill_ring(uint32_t nr, uint32_t arg1, uint32_t arg2, uint32_t arg3)
{
	for (uint32_t i = 0; i < LHCALL_RING_SIZE; i++) {
		lguest_data.hcalls[i][0] = nr;
		lguest_data.hcalls[i][1] = arg1;
		lguest_data.hcalls[i][2] = arg2;
		lguest_data.hcalls[i][3] = arg3;
		((volatile uint8_t *)lguest_data.hcall_status)[i] = 0;
	}
}

/* The ring has 64 places, so it begins each time where it began before. */
static uint32_t ring(void)
{
	uint64_t start = ticks();

	hcall(LHCALL_FLUSH_ASYNC, 0, 0, 0, 0);
	return since(start) / LHCALL_RING_SIZE;
}

static void port(uint32_t n)
{
	uint64_t start = ticks();

	for (uint32_t i = 0; i < n; i++)
		asm volatile("inb $0x80, %%al" : : : "eax");
	report("in", since(start) / n);
}

static void compute(uint32_t n)
{
	uint64_t start = ticks();
	uint32_t value = n;

	for (uint32_t i = 0; i < n; i++)
		for (int j = 0; j < 1000; j++)
			asm volatile("imull $69069, %0, %0; incl %0" : "+r" (value));
	report("a thousand steps of a computation", since(start) / n);
}

static void map_user(uint32_t pages)
{
	for (uint32_t i = 0; i < pages; i++)
		*pte_made(kernel_dir, USER + i * PAGE_SIZE) =
			page_alloc() | PAGE_KERNEL | PAGE_USER;
}

static void touch(uint32_t addr, uint32_t pages)
{
	for (uint32_t i = 0; i < pages; i++)
		*(volatile uint32_t *)(addr + i * PAGE_SIZE) = i;
}

static void set_pte(uint32_t n)
{
	uint32_t pte = *pte_of(kernel_dir, USER);
	uint64_t start;

	touch(USER, 1);
	start = ticks();
	for (uint32_t i = 0; i < n; i++)
		hcall(LHCALL_SET_PTE, pa(kernel_dir), USER, pte, 0);
	report("SET_PTE", since(start) / n);
	fill_ring(LHCALL_SET_PTE, pa(kernel_dir), USER, pte);
	report("SET_PTE by the ring", ring());
}

static void refill(void)
{
	uint64_t start;

	touch(USER, PAGES);
	hcall(LHCALL_FLUSH_TLB, 0, 0, 0, 0);
	touch(USER, 1);
	start = ticks();
	touch(USER + PAGE_SIZE, PAGES - 1);
	report("fault that the Host fills", since(start) / (PAGES - 1));
}

static void fault(struct frame *frame)
{
	uint32_t page = page_alloc();

	if (!page || in_ring_3(frame))
		last_words("no page");
	clear_page(page);
	*pte_made(kernel_dir, lguest_data.cr2) = page | PAGE_KERNEL | PAGE_USER;
}

/* The first time the Host has to find memory for the page, too. */
static void first_touch(const char *what, uint32_t addr)
{
	uint64_t start;

	touch(addr, 1);
	start = ticks();
	touch(addr + PAGE_SIZE, PAGES);
	report(what, since(start) / PAGES);
	for (uint32_t i = 0; i <= PAGES; i++)
		page_free(*pte_of(kernel_dir, addr + i * PAGE_SIZE) &
			  PAGE_ADDRESS);
}

static uint32_t dirs[6][1024] __attribute__((aligned(PAGE_SIZE)));

#define USED	16

/* A directory as a process has it, the pages its own. */
static void make_dir(uint32_t *dir)
{
	uint32_t i, page;

	memcpy(dir + 768, kernel_dir + 768, 1024);
	for (i = 0; i < USED; i++) {
		page = page_alloc();
		if (!page)
			last_words("no page");
		*pte_made(dir, USER + i * PAGE_SIZE) =
			page | PAGE_KERNEL | PAGE_USER;
	}
}

/* What is used after each switch is what the next owner of a shadow must drop. */
static void switches(const char *what, const char *used, uint32_t of,
		     uint32_t n)
{
	uint64_t start, switched = 0, touched = 0;

	for (uint32_t i = 0; i < n + of * 6; i++) {
		if (i == of * 6)
			switched = touched = 0;
		start = ticks();
		use_dir(dirs[i % of]);
		switched += since(start);
		start = ticks();
		touch(USER, USED);
		touched += since(start);
	}
	report(what, (uint32_t)switched / n);
	report(used, (uint32_t)touched / n);
	use_dir(kernel_dir);
}

static uint64_t handled;

static void on_clock(struct frame *frame)
{
	(void)frame;
	handled = ticks();
}

static void interrupts(uint32_t n)
{
	uint64_t start, in = 0, all = 0;

	on_irq(0, on_clock);
	for (uint32_t i = 0; i < n; i++) {
		irq_off();
		hcall(LHCALL_SET_CLOCKEVENT, 1, 0, 0, 0);
		while (!NOTE(irq_pending))
			hcall(LHCALL_FLUSH_ASYNC, 0, 0, 0, 0);
		start = ticks();
		irq_on();
		all += since(start);
		in += handled - start;
	}
	report("injected interrupt, to the handler", (uint32_t)in / n);
	report("injected interrupt, there and back", (uint32_t)all / n);
}

#define CALLS	1000

/* A program, and where its calls come in: nothing is done but come and go. */
extern char program[], program_end[];
extern void come_and_go(void);
asm(".pushsection .text\n"
    "program: movl %eax, %ecx; rdtsc; movl %eax, %esi\n"
    "1: int $0x80; decl %ecx; jnz 1b\n"
    "rdtsc; subl %esi, %eax; cli\n"
    "program_end:\n"
    "come_and_go: iret\n"
    ".popsection");

static uint32_t took;

static void program_done(struct frame *frame)
{
	took = frame->eax;
	end_program(0);
}

static void system_calls(const char *what, uint32_t type)
{
	struct frame frame = {
		.eax = CALLS, .eip = USER, .cs = USER_CS, .eflags = EFLAGS_IF,
		.ds = USER_DS, .es = USER_DS, .ss = USER_DS,
		.esp = USER + 2 * PAGE_SIZE,
	};

	memcpy((void *)USER, program, program_end - program);
	set_gate(SYSCALL_VECTOR, type, 3, come_and_go);
	run_frame(&frame);
	report(what, took / CALLS);
}

/* With what the counter said when the Launcher was started: thousands of ticks. */
static void since_launcher(const char *words)
{
	uint64_t start = 0, now = ticks();

	for (; *words >= '0' && *words <= '9'; words++)
		start = start * 10 + *words - '0';
	say("%u\n", (uint32_t)(now - start) / 1000);
}

/* For tools/profile, which looks on for a while. */
static void again(const char *words)
{
	map_user(PAGES);
	touch(USER, PAGES);
	say("lab: trace\n");
	if (word_is(words, "hypercall"))
		for (;;)
			hcall(LHCALL_FLUSH_ASYNC, 0, 0, 0, 0);
	for (;;) {
		hcall(LHCALL_FLUSH_TLB, 0, 0, 0, 0);
		touch(USER, PAGES);
	}
}

void guest_main(const char *words)
{
	if (word_is(words, "again")) {
		again(next_word(words));
	} else if (*words) {
		since_launcher(words);
		return;
	}
	programs_init();
	on_trap(TRAP_PROTECTION, program_done);
	null(1000);
	fill_ring(LHCALL_FLUSH_ASYNC, 0, 0, 0);
	report("ring entry", ring());
	port(1000);
	compute(1000);
	map_user(PAGES);
	set_pte(1000);
	refill();
	on_trap(TRAP_PAGE_FAULT, fault);
	first_touch("first touch", USER + 512 * PAGE_SIZE);
	first_touch("first touch, memory used before", USER + 768 * PAGE_SIZE);
	for (uint32_t i = 0; i < 6; i++)
		make_dir(dirs[i]);
	switches("switch to a directory the Host knows",
		 "16 pages that it knows", 2, 1000);
	switches("switch to one it does not know",
		 "16 pages that it does not know", 6, 1000);
	interrupts(200);
	system_calls("system call, reflected", GATE_INTERRUPT);
	system_calls("system call, direct", GATE_TRAP);
}
