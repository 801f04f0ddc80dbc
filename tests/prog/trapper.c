// SPDX-License-Identifier: GPL-2.0-only
/*
 * A Guest of the tests' own: it takes traps in every way that there is, looks
 * at each word of the frame, and does what no kernel in its right mind does.
 */
#include "traps.h"

#define PAGE		4096
#define END_OF_MEMORY	((8 << 20) + (256 << 12))
#define UNTOUCHED	0x600000
#define CODE_2		0xb2	/* segments for ring 2 */
#define DATA_2		0xba
#define CONFORMING	0x93
#define ABSENT		0xa3

#define FLAG_CARRY	0x1
#define FLAG_TRAP	0x100
#define FLAG_OVERFLOW	0x800
#define FLAG_NESTED	0x4000
#define FLAG_RESUME	0x10000

/* What iret takes, and which words of a frame are wanted. */
struct start {
	uint32_t eip, cs, eflags, esp, ss;
};

struct {
	uint32_t esp, words[6], eflags, ss, irq_enabled;
} caught;

uint32_t words_wanted, home;

/* Begin there, and be back at the next trap that leads to catch(). */
void provoke(const struct start *start);
void catch(void);

asm(".text\n"
"provoke:"
"	pusha\n"
"	movl	%esp, home\n"
"	movl	36(%esp), %esi\n"
"	movl	12(%esi), %edx\n"
"	testl	$2, 4(%esi)\n"
"	jz	1f\n"
"	movl	%esp, %edx\n"
"	subl	$8, %edx\n"
"	movl	16(%esi), %eax\n"
"	movl	%eax, 4(%edx)\n"
"	movl	12(%esi), %eax\n"
"	movl	%eax, (%edx)\n"
"1:	subl	$12, %edx\n"
"	movl	(%esi), %eax\n"
"	movl	%eax, (%edx)\n"
"	movl	4(%esi), %eax\n"
"	movl	%eax, 4(%edx)\n"
"	movl	8(%esi), %eax\n"
"	movl	%eax, 8(%edx)\n"
"	xorl	%ecx, %ecx\n"
"	movl	$0xa3, %ebx\n"
"	movl	%edx, %esp\n"
"	iret\n"

"	.globl	catch\n"
"catch:	movl	%esp, %ss:caught\n"
"	pushfl\n"
"	popl	%ss:caught + 28\n"
"	cld\n"
"	movw	%ss, %ss:caught + 32\n"
"	movl	%ss:lguest_data, %eax\n"
"	movl	%eax, %ss:caught + 36\n"
"	xorl	%ecx, %ecx\n"
"1:	cmpl	%ss:words_wanted, %ecx\n"
"	je	2f\n"
"	movl	%ss:(%esp,%ecx,4), %eax\n"
"	movl	%eax, %ss:caught + 4(,%ecx,4)\n"
"	incl	%ecx\n"
"	jmp	1b\n"
"2:	movl	$0x69, %eax\n"
"	movl	%eax, %ds\n"
"	movl	%eax, %es\n"
"	movl	home, %esp\n"
"	popa\n"
"	ret\n");

/* Instructions that trap, %ecx being 0 and %ebx the segment that is absent. */
#define CODE(name, instruction)						\
	extern const char code_##name[];				\
	asm("code_" #name ": " instruction "; ud2")

CODE(divide, "divl %ecx");
CODE(step, "nop");
CODE(int3, "int3");
CODE(into, "into");
CODE(ud2, "ud2");
CODE(absent, "movl %ebx, %fs");
CODE(hlt, "hlt");
CODE(int33, "int $33");
CODE(syscall, "int $0x80");

static const struct way {
	const char *name;
	uint32_t vector;
	const char *code;
	bool error;
} ways[] = {
	{ "divide", 0, code_divide, false },
	{ "step", 1, code_step, false },
	{ "int3", 3, code_int3, false },
	{ "into", 4, code_into, false },
	{ "ud2", 6, code_ud2, false },
	{ "absent", 11, code_absent, true },
	{ "hlt", 13, code_hlt, true },
	{ "int33", 13, code_int33, true },
	{ "syscall", 0x80, code_syscall, false },
};

#define WAYS		(sizeof(ways) / sizeof(ways[0]))
#define SYSCALL		(&ways[WAYS - 1])

static uint8_t area[3 * PAGE] __attribute__((aligned(PAGE)));
static uint32_t ring3_stack[1024];
static uint32_t type = GATE_TRAP, ring = 3;

static void set_up(void)
{
	struct descriptor d = segment(0, 0xffffffff, SEGMENT_DATA, 3);

	programs_init();
	set_segment(CODE_2 / 8, segment(0, 0xffffffff, SEGMENT_CODE, 2));
	set_segment(DATA_2 / 8, segment(0, 0xffffffff, SEGMENT_DATA, 2));
	set_segment(CONFORMING / 8,
		    segment(0, 0xffffffff, SEGMENT_CODE | 4, 1));
	d.hi &= ~0x8000;
	set_segment(ABSENT / 8, d);
	for (uint32_t vector = 0; vector < 32; vector++)
		set_gate(vector, type, 3, catch);
	set_gate(SYSCALL_VECTOR, type, 3, catch);
}

static void clear_gate(uint32_t vector)
{
	hcall(LHCALL_LOAD_IDT_ENTRY, vector, 0, 0, 0);
}

static void set_stack(uint32_t ss, uint32_t esp, uint32_t pages)
{
	hcall(LHCALL_SET_STACK, ss, esp, pages, 0);
}

static struct start start_of(const struct way *way, uint32_t esp)
{
	static const uint32_t cs[] = { 0, KERNEL_CS, CODE_2, USER_CS };
	static const uint32_t ss[] = { 0, KERNEL_DS, DATA_2, USER_DS };
	struct start start = {
		(uint32_t)way->code, cs[ring],
		FLAG_CARRY | 2 | FLAG_OVERFLOW | FLAG_NESTED, esp, ss[ring]
	};

	if (way->vector == 1)
		start.eflags |= FLAG_TRAP;
	if (ring != 1)
		start.esp = (uint32_t)(ring3_stack + 1000);
	return start;
}

/* The frame, and what the handler found. */
static void show(const struct way *way, const char *where, uint32_t esp,
		 const struct start *start)
{
	const uint32_t *w = caught.words;

	say("%s ring %u %s %s: %u", way->name, ring,
	    type == GATE_TRAP ? "trap" : "interrupt", where, esp - caught.esp);
	if (way->error)
		say(" error 0x%x", *w++);
	say(" eip+%u cs 0x%x eflags 0x%x", w[0] - start->eip, w[1],
	    w[2] & ~FLAG_RESUME);
	if (ring != 1)
		say(" esp+%u ss 0x%x", w[3] - start->esp, w[4]);
	say("; eflags 0x%x ss 0x%x irq_enabled 0x%x\n", caught.eflags,
	    caught.ss, caught.irq_enabled);
}

static void try(const struct way *way, const char *where, uint32_t esp,
		uint32_t irq_enabled)
{
	struct start start = start_of(way, esp);

	words_wanted = (ring == 1 ? 3 : 5) + way->error;
	set_stack(KERNEL_DS, esp, 0);
	NOTE(irq_enabled) = irq_enabled;
	provoke(&start);
	NOTE(irq_enabled) = 0;
	show(way, where, esp, &start);
}

static void frames(const char *words)
{
	uint32_t untouched = UNTOUCHED, i;

	(void)words;
	for (i = 0; i < WAYS; i++) {
		try(&ways[i], "middle", (uint32_t)area + 0x800, 0);
		try(&ways[i], "straddles", (uint32_t)area + PAGE + 8, 0x200);
		try(&ways[i], "end", END_OF_MEMORY, 0xfffffdff);
		try(&ways[i], "untouched", untouched += 2 * PAGE, 0xffffffff);
	}
}

/* Which vectors may be called: those of a range that did not end as 13. */
static uint32_t came, error;

static void note(struct frame *frame)
{
	came = frame->vector;
	error = frame->error;
	if (frame->vector == TRAP_PROTECTION)
		frame->eip += 2;
	if (in_ring_3(frame))
		end_program(0);
}

static void sweep(const char *words)
{
	static volatile uint8_t code[] = { 0xcd, 0, 0xc3 };
	uint32_t dpl = number(words), n;
	void (*call)(void) = (void (*)(void))(uint32_t)code;

	for (n = 0; n < 256; n++)
		if (dpl < 4)
			on_vector(n, type, dpl, note);
		else
			clear_gate(n);
	on_vector(TRAP_PROTECTION, type, 0, note);
	say("Called:");
	for (n = 0; n < 256; n++) {
		if (n == LGUEST_TRAP_ENTRY && ring == 1)
			continue;
		came = 999;
		code[1] = n;
		if (ring == 1)
			call();
		else
			run_program(call, ring3_stack + 1000);
		if (came == n && n != TRAP_PROTECTION)
			say(" %u", n);
		else if (came != TRAP_PROTECTION || error != n * 8 + 2)
			say(" %u-was-%u-%u", n, came, error);
	}
	say(".\n");
}

/* A stack segment, a stack pointer, and pages to keep. */
static void stack(const char *words)
{
	uint32_t ss = number(words), esp = number(words = next_word(words));
	struct start start = start_of(SYSCALL, 0);

	words_wanted = 0;
	set_stack(ss, esp, number(next_word(words)));
	provoke(&start);
	say("Caught %u below.\n", esp - caught.esp);
}

/* The gates lead to an address. */
static void handler(const char *words)
{
	struct start start = start_of(SYSCALL, (uint32_t)area + 0x800);

	for (uint32_t vector = 0; vector < 32; vector++)
		set_gate(vector, type, 3, (void (*)(void))number(words));
	set_gate(SYSCALL_VECTOR, type, 3, (void (*)(void))number(words));
	set_stack(KERNEL_DS, (uint32_t)area + 0x800, 1);
	provoke(&start);
}

/* ... or to an instruction that traps, with the stack put back or not. */
CODE(again, "movl $area + 0x800, %esp; xorl %ecx, %ecx; divl %ecx");

static void again(const char *words)
{
	struct start start = start_of(ways, 0x800);

	say("Going on.\n");
	set_gate(0, type, 3, (void (*)(void))(word_is(words, "reset") ?
					      code_again : code_divide));
	set_stack(KERNEL_DS, (uint32_t)area + 0x800, 1);
	provoke(&start);
}

/* Code in a segment that conforms, so that its ring is not its segment's. */
static void conforming(const char *words)
{
	struct start start = start_of(SYSCALL, 0);

	(void)words;
	words_wanted = 5;
	start.cs = CONFORMING;
	set_stack(KERNEL_DS, (uint32_t)area + 0x800, 1);
	provoke(&start);
	show(SYSCALL, "conforming", (uint32_t)area + 0x800, &start);
}

/* Returns that are none: words, the last one first, and then iret. */
static void bad_iret(const char *words)
{
	uint32_t n[3];

	for (int i = 0; i < 3; i++, words = next_word(words))
		n[i] = number(words);
	words_wanted = 1;
	asm volatile("pushl $1f; pusha; movl %%esp, home; pushl $0x69;"
		     "pushl $0x1000; pushl %0; popf; pushl %0; pushl %1;"
		     "pushl %2; iret; 1:"
		     : : "r" (n[0]), "r" (n[1]), "r" (n[2]) : "memory", "cc");
	say("Caught with 0x%x.\n", caught.words[0]);
}

/* A program is followed step by step, system calls and all. */
static uint32_t steps, calls;

static void count_step(struct frame *frame)
{
	(void)frame;
	steps++;
}

static uint32_t count_call(struct frame *frame)
{
	if (frame->eflags & FLAG_TRAP)
		calls++;
	return frame->ebx;
}

static void stepped(void)
{
	asm volatile("pushfl; orl $0x100, (%%esp); popfl;"
		     "movl $3, %%edi;"			/* 1 */
		     "1: movl $64, %%eax;"		/* 3 times 4 */
		     "int $0x80;"
		     "decl %%edi;"
		     "jnz 1b;"
		     "pushfl; andl $~0x100, (%%esp); popfl;"	/* 3 */
		     "movl $1, %%eax; int $0x80"
		     : : : "eax", "edi", "memory", "cc");
}

static void programs_by_gate(void)
{
	programs_init();
	set_gate(SYSCALL_VECTOR, type, 3,
		 (void (*)(void))(uint32_t)entry_stubs[SYSCALL_VECTOR]);
}

static void step(const char *words)
{
	(void)words;
	programs_by_gate();
	on_vector(TRAP_DEBUG, type, 0, count_step);
	on_syscall(SYS_GETPPID, count_call);
	run_program(stepped, ring3_stack + 1000);
	say("%u steps, %u calls.\n", steps, calls);
}

/* System calls that somebody else counts. */
static uint32_t wanted;

static void many(void)
{
	for (uint32_t i = 0; i < wanted; i++)
		syscall(SYS_GETPPID, i, 0, 0);
	syscall(SYS_EXIT, wanted, 0, 0);
}

static void system_calls(const char *words)
{
	wanted = number(words);
	programs_by_gate();
	on_syscall(SYS_GETPPID, count_call);
	say("Ended with %u.\n", run_program(many, ring3_stack + 1000));
}

/* A gate of this DPL for this vector only, and then the instruction. */
static void no_gates(const char *words)
{
	struct start start;

	for (uint32_t vector = 0; vector < 256; vector++)
		clear_gate(vector);
	for (uint32_t i = 0; i < WAYS; i++)
		if (word_is(words, ways[i].name)) {
			start = start_of(&ways[i], (uint32_t)area + 0x800);
			provoke(&start);
		}
}

static void touch(const char *words)
{
	struct start start = start_of(SYSCALL, (uint32_t)area + 0x800);

	(void)words;
	asm volatile("movl %%eax, (%0)" : : "r" (number(words)) : "memory");
	provoke(&start);
}

static const struct {
	const char *word;
	void (*act)(const char *words);
} acts[] = {
	{ "frames", frames },
	{ "sweep", sweep },
	{ "stack", stack },
	{ "handler", handler },
	{ "again", again },
	{ "conforming", conforming },
	{ "iret", bad_iret },
	{ "step", step },
	{ "calls", system_calls },
	{ "nogate", no_gates },
	{ "touch", touch },
};

/* What to do, by which kind of gate, from which ring; and the rest. */
void guest_main(const char *words)
{
	const char *what = words;

	words = next_word(words);
	if (word_is(words, "interrupt"))
		type = GATE_INTERRUPT;
	words = next_word(words);
	ring = number(words);
	set_up();
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++)
		if (word_is(what, acts[i].word))
			acts[i].act(next_word(words));
	say("Goodbye.\n");
}
