// SPDX-License-Identifier: GPL-2.0-only
/*
 * A Guest that wants into ring 0: descriptors of every kind in every place, by
 * every hypercall that takes one, and everything that can be done with them.
 */
#include "descriptors.h"

#define USER_CS		0x73
#define USER_DS		0x7b
#define STATE_OF_CPU_0	0xff002000
#define TABLE		152
#define ENTRIES		32
#define PRESENT		(1 << 15)

/* Run something in ring 1 or 3; 0 if it comes back, else its vector + 1. */
extern uint32_t attempt(void (*what)(void), uint32_t ring);
extern const uint32_t handlers[33];
extern char landed[], landed_by_task[], landed_by_int[], from_14[];
uint32_t landed_cs, ring_0[3], escape;
uint8_t stack_1[4096], stack_3[4096];

asm(".text\n"
    "attempt: pushl %ebp; pushl %ebx; pushl %esi; pushl %edi\n"
    "	movl	20(%esp), %eax\n"
    "	movl	24(%esp), %ecx\n"
    "	movl	%esp, escape\n"
    "	cmpl	$3, %ecx\n"
    "	je	1f\n"
    "	call	*%eax\n"
    "	xorl	%eax, %eax\n"
    "leave:	popl %edi; popl %esi; popl %ebx; popl %ebp\n"
    "	ret\n"
    "1:	pushl	$0x7b\n"
    "	pushl	$stack_3 + 4096\n"
    "	pushl	$0x73\n"
    "	pushl	$1f\n"
    "	lret\n"
    "1:	movl	$0x7b, %ecx\n"
    "	movl	%ecx, %ds\n"
    "	movl	%ecx, %es\n"
    "	call	*%eax\n"
    "	movl	$-1, %eax\n"
    "	int	$0x80\n"

    "	.globl	landed\n"
    "landed: movw %cs, %ax\n"
    "	testb	$3, %al\n"
    "	jz	1f\n"
    "	int	$0x80\n"
    "1:	cli\n"
    "	movl	%cs, %eax\n"
    "	movl	%eax, %ss:ring_0\n"
    "	movl	%cr0, %eax\n"
    "	movl	%eax, %ss:ring_0 + 4\n"
    "	movl	%cr3, %eax\n"
    "	movl	%eax, %ss:ring_0 + 8\n"
    "	sti\n"
    "	lret\n"

    "	.globl	landed_by_int\n"
    "landed_by_int: pushl %eax\n"
    "	movl	%cs, %eax\n"
    "	movl	%eax, %ss:landed_cs\n"
    "	testb	$3, %al\n"
    "	jnz	1f\n"
    "	movl	%eax, %ss:ring_0\n"
    "	movl	%cr0, %eax\n"
    "	movl	%eax, %ss:ring_0 + 4\n"
    "	movl	%cr3, %eax\n"
    "	movl	%eax, %ss:ring_0 + 8\n"
    "1:	popl	%eax\n"
    "	iret\n"

    "	.globl	from_14\n"
    "from_14: call change_twelve\n"
    "	int3\n"
    "	call restore_twelve\n"
    "	lret\n"

    "	.globl	landed_by_task\n"
    "landed_by_task: .code16\n"
    "	ljmpl	$0x50, $1f\n"
    "	.code32\n"
    "1:	movl	%cr0, %eax\n"
    "	movl	%eax, %ss:ring_0 + 4\n"
    "	movl	%cs, %eax\n"
    "	movl	%eax, %ss:ring_0\n"
    "	pushl	$0x69\n"
    "	pushl	%ss:escape\n"
    "	pushl	$0x61\n"
    "	pushl	$771f\n"
    "	sti\n"
    "	lret\n"
    "771:	movl	$33, %ebx\n"

    "trapped: movl $0x69, %ecx\n"
    "	movl	%ecx, %ss\n"
    "	movl	%ecx, %ds\n"
    "	movl	%ecx, %es\n"
    "	movl	%eax, landed_cs\n"
    "	xorl	%ecx, %ecx\n"
    "	movl	%ecx, %fs\n"
    "	movl	%ecx, %gs\n"
    "	cld\n"
    "	movl	escape, %esp\n"
    "	movl	%ebx, %eax\n"
    "	cmpl	$33, %eax\n"
    "	jne	leave\n"
    "	xorl	%eax, %eax\n"
    "	jmp	leave\n"
    "	.data\n"
    "	.globl	handlers\n"
    "handlers:\n"
    "	.text\n"
    "	.set	n, 0\n"
    "	.rept	33\n"
    "771:	movl	$(n + 1), %ebx\n"
    "	jmp	trapped\n"
    "	.pushsection .data\n"
    "	.long	771b\n"
    "	.popsection\n"
    "	.set	n, n + 1\n"
    "	.endr\n");

static uint32_t seed;

static uint32_t draw(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

static uint32_t draw_bits(void)
{
	return draw(0x10000) << 16 | draw(0x10000);
}

static void catch_traps(uint32_t type)
{
	for (uint32_t i = 0; i < 32; i++)
		set_gate(i, type, i == 3 || i == 4 ? 3 : 0,
			 (void (*)(void))handlers[i]);
	set_gate(0x80, GATE_TRAP, 3, (void (*)(void))handlers[32]);
	set_segment(USER_CS / 8, segment(0, 0xffffffff, SEGMENT_CODE, 3));
	set_segment(USER_DS / 8, segment(0, 0xffffffff, SEGMENT_DATA, 3));
	hcall(LHCALL_SET_STACK, KERNEL_DS, (uint32_t)stack_1 + 4096, 0, 0);
}

/* Our view of the table that the CPU really uses. */
static struct {
	uint16_t limit;
	uint32_t base;
} __attribute__((packed)) gdt = { 0, STATE_OF_CPU_0 + TABLE };

static void ask_for_table(void)
{
	asm volatile("sgdt %0" : "=m" (gdt));
}

static struct descriptor table[ENTRIES];
static const volatile struct descriptor *real;

static void load_tls(uint32_t num)
{
	(void)num;
	hcall(LHCALL_LOAD_TLS, (uint32_t)&table[6], 0, 0, 0);
}

/* One of the ways to put a descriptor into the table. */
static void put(uint32_t num, struct descriptor d, uint32_t way)
{
	table[num] = d;
	if (way == 0)
		set_segment(num, d);
	else if (way == 1)
		load_gdt(table, ENTRIES);
	else if (num >= 6 && num <= 8)
		load_tls(num);
	else
		load_gdt(table, num + 1);
}

static bool ignored(uint32_t num)
{
	return num == 10 || num == 11 || num == 16 || num == 31;
}

/* Say what is wrong with a descriptor in the real table, or NULL. */
static const char *wrong(uint32_t num, struct descriptor asked,
			 struct descriptor before)
{
	struct descriptor now = { real[num].lo, real[num].hi };
	uint32_t wanted = asked.hi;

	if (ignored(num))
		return now.lo == before.lo && now.hi == before.hi ?
		       NULL : "changed";
	if (!(asked.hi & 1 << 12))
		return now.hi & PRESENT ? "of the system's, and there" : NULL;
	if (!(wanted & 3 << 13))
		wanted |= 1 << 13;
	return now.lo == asked.lo && now.hi == (wanted | 1 << 8) ?
	       NULL : "not what was asked for";
}

/* What the Guest itself stands on; the rest of the table is empty. */
static void know_table(void)
{
	table[12] = segment(0, 0xffffffff, SEGMENT_CODE, 1);
	table[13] = segment(0, 0xffffffff, SEGMENT_DATA, 1);
	table[14] = segment(0, 0xffffffff, SEGMENT_CODE, 3);
	table[15] = segment(0, 0xffffffff, SEGMENT_DATA, 3);
}

/* The Guest itself stands on 12 to 15. */
static bool stands_on(uint32_t num)
{
	return num >= 12 && num <= 15;
}

static void check_one(uint32_t num, uint32_t bits, uint32_t way)
{
	struct descriptor before = { real[num].lo, real[num].hi };
	struct descriptor d = { draw_bits(), draw_bits() };
	const char *what;

	d.hi = (d.hi & ~0xff00) | bits << 8;
	put(num, d, way);
	what = wrong(num, d, before);
	if (what)
		last_words("segment %u, 0x%x 0x%x by way %u, is %s: 0x%x 0x%x",
			   num, d.lo, d.hi, way, what, real[num].lo,
			   real[num].hi);
}

static void check_table(const char *words)
{
	uint32_t num, bits, way, n = 0;

	seed = number(words);
	/* If we may not ask, it is that of CPU 0. */
	attempt(ask_for_table, 1);
	real = (const volatile struct descriptor *)gdt.base;
	for (num = 0; num < ENTRIES; num++)
		for (bits = 0; bits < 256 && !stands_on(num); bits++)
			for (way = 0; way < 3; way++, n++)
				check_one(num, bits, way);
	say("%u descriptors as they should be.\n", n);
}

/* Everything that can be done with a selector. */
static uint32_t selector;
static struct {
	uint32_t offset;
	uint16_t segment;
} __attribute__((packed)) far;

#define LOAD(reg)							\
static void load_##reg(void)						\
{									\
	asm volatile("movl %%" #reg ", %%ecx; movl %0, %%" #reg ";"	\
		     "movl %%ecx, %%" #reg				\
		     : : "r" (selector) : "ecx", "memory");		\
}
LOAD(ds)
LOAD(es)
LOAD(fs)
LOAD(gs)
LOAD(ss)

/* Keep it loaded while the Host is called, or in ring 3 while nothing is. */
#define KEEP(reg)							\
static void keep_##reg(void)						\
{									\
	asm volatile("movl %%" #reg ", %%edi; movl %0, %%" #reg ";"	\
		     "movl $17, %%eax; xorl %%ebx, %%ebx; int $0x1f;"	\
		     "movl %%edi, %%" #reg				\
		     : : "r" (selector) : "eax", "ebx", "edi", "memory"); \
}
KEEP(ds)
KEEP(es)
KEEP(fs)
KEEP(gs)

/* With a stack of 16 bits, iret leaves the upper half of esp as it was. */
static void keep_ss(void)
{
	asm volatile("movl %%ss, %%edi; movl %%esp, %%esi; movl %0, %%ss;"
		     "movl $17, %%eax; xorl %%ebx, %%ebx; int $0x1f;"
		     "movl %%edi, %%ss; movl %%esi, %%esp"
		     : : "r" (selector)
		     : "eax", "ebx", "esi", "edi", "memory");
}

static void do_lcall(void)
{
	asm volatile("lcall *%0" : : "m" (far) : "eax", "memory");
}

static void do_ljmp(void)
{
	asm volatile("ljmp *%0" : : "m" (far) : "eax", "memory");
}

static void do_iret(void)
{
	asm volatile("pushfl; pushl %0; pushl %1; iret"
		     : : "r" (selector), "r" (landed) : "memory");
}

/* The longer frame, for a ring that lies farther out. */
static void do_iret_out(void)
{
	asm volatile("pushl $0x7b; pushl %2; pushfl; pushl %0; pushl %1; iret"
		     : : "r" (selector), "r" (landed), "r" (stack_3 + 4096)
		     : "memory");
}

static void do_lret(void)
{
	asm volatile("pushl $0x7b; pushl %2; pushl %0; pushl %1; lret"
		     : : "r" (selector), "r" (landed), "r" (stack_3 + 4096)
		     : "memory");
}

static void do_lldt(void)
{
	asm volatile("lldt %w0" : : "r" (selector));
}

static void do_ltr(void)
{
	asm volatile("ltr %w0" : : "r" (selector));
}

static void do_lar(void)
{
	uint32_t out = 0;

	asm volatile("lar %1, %0; lsl %1, %0; verr %w1; verw %w1"
		     : "+r" (out) : "r" (selector) : "cc");
}

static void pop_ss(void)
{
	asm volatile("movl %%ss, %%edi; movl %%esp, %%esi;"
		     "movl $17, %%eax; xorl %%ebx, %%ebx;"
		     "pushl %0; popl %%ss; int $0x1f;"
		     "movl %%edi, %%ss; movl %%esi, %%esp"
		     : : "r" (selector)
		     : "eax", "ebx", "esi", "edi", "memory");
}

static const struct {
	const char *name;
	void (*act)(void);
} acts[] = {
	{ "mov ds", load_ds }, { "mov es", load_es }, { "mov fs", load_fs },
	{ "mov gs", load_gs }, { "mov ss", load_ss }, { "pop ss", pop_ss },
	{ "keep ds", keep_ds }, { "keep es", keep_es }, { "keep fs", keep_fs },
	{ "keep gs", keep_gs }, { "keep ss", keep_ss },
	{ "lcall", do_lcall }, { "ljmp", do_ljmp },
	{ "iret", do_iret }, { "iret out", do_iret_out }, { "lret", do_lret },
	{ "lldt", do_lldt }, { "ltr", do_ltr }, { "lar", do_lar },
};
#define ACTS		(sizeof(acts) / sizeof(acts[0]))

static uint32_t came_back, landings[4];

static void act(uint32_t i, uint32_t sel, uint32_t ring)
{
	uint32_t how;

	selector = sel;
	far.offset = (uint32_t)landed;
	far.segment = sel;
	landed_cs = 0;
	how = attempt(acts[i].act, ring);
	came_back += !how;
	if (!how && landed_cs && landed_cs != -1U)
		landings[landed_cs & 3]++;
	if (ring_0[0])
		last_words("RING 0 by %s 0x%x from ring %u: cs 0x%x, cr0 0x%x,"
			   " cr3 0x%x", acts[i].name, sel, ring, ring_0[0],
			   ring_0[1], ring_0[2]);
}

static void report(uint32_t n)
{
	say("%u tried, %u came back, landings %u %u %u %u.\n", n, came_back,
	    landings[0], landings[1], landings[2], landings[3]);
}

/* Every selector there is, or one in so many. */
static void all_selectors(const char *words)
{
	uint32_t sel, ring, i, n = 0, step = number(words);

	for (sel = 0; sel < 0x10000; sel += sel < 0x200 ? 1 : step)
		for (ring = 1; ring <= 3; ring += 2)
			for (i = 0; i < ACTS; i++, n++)
				act(i, sel, ring);
	report(n);
}

/* What a task switch would load: ring 0, where our own code is. */
#define LOW		0x8000
#define TSS_AT		9

static union {
	uint16_t old[22];
	uint32_t words[26];
} tss;

static void prepare_task(bool old)
{
	uint32_t i;

	for (i = 0; i < 26; i++)
		tss.words[i] = 0;
	memcpy((void *)LOW, landed_by_task, 64);
	if (old) {
		tss.old[7] = LOW;
		tss.old[8] = 2;
		tss.old[13] = LOW - 16;
		tss.old[17] = tss.old[20] = 0x58;
		tss.old[18] = 0x50;
		tss.old[19] = 0x58;
		return;
	}
	tss.words[7] = ring_0[2];
	tss.words[8] = LOW;
	tss.words[9] = 2;
	tss.words[14] = LOW - 16;
	tss.words[18] = tss.words[20] = tss.words[21] = 0x58;
	tss.words[19] = 0x50;
}

static struct descriptor task_state(uint32_t bits)
{
	uint32_t base = (uint32_t)&tss;

	return (struct descriptor) {
		.lo = base << 16 | 103,
		.hi = (base & 0xff000000) | bits << 8 | ((base >> 16) & 0xff),
	};
}

/* Every kind of descriptor in every place, and all that can be done. */
static struct descriptor evil(uint32_t num, uint32_t bits)
{
	uint32_t to = (uint32_t)landed;

	if (bits & 0x10)
		return (struct descriptor) { 0xffff, 0x00cf0000 | bits << 8 };
	if ((bits & 7) < 4) {
		prepare_task(!(bits & 8));
		return task_state(bits);
	}
	if ((bits & 15) == 5)
		return (struct descriptor) { (num & 1 ? 0x80 : TSS_AT * 8)
					     << 16, bits << 8 };
	return (struct descriptor) {
		.lo = 0x50 << 16 | (to & 0xffff),
		.hi = (to & 0xffff0000) | bits << 8,
	};
}

static void kinds_at(uint32_t num, uint32_t way)
{
	uint32_t bits, ring, rpl, i;

	for (bits = 0; bits < 256 && !stands_on(num); bits++) {
		put(num, evil(num, bits), way);
		for (ring = 1; ring <= 3; ring += 2)
			for (rpl = 0; rpl < 4; rpl++)
				for (i = 0; i < ACTS; i++)
					act(i, num * 8 + rpl, ring);
		put(num, (struct descriptor){ 0, 0 }, way);
	}
}

/* From one place to before another. */
static void all_kinds(const char *words)
{
	uint32_t num = number(words), end = number(next_word(words));

	for (; num < end; num++) {
		prepare_task(true);
		put(TSS_AT, task_state(0xa1), 0);
		kinds_at(num, num % 3);
	}
	report(end);
}

/* One kind, by lcall; flat if it is a segment. */
static void one_kind(const char *words)
{
	uint32_t bits = number(words);

	put(9, evil(9, bits), 0);
	act(11, 9 * 8 + 1, 1);
	say("Not in ring 0.\n");
}

/* So many random descriptors, in random places, tried in random ways. */
static struct descriptor random_descriptor(void)
{
	struct descriptor d = { draw_bits(), draw_bits() };

	if (draw(4))
		d.hi |= PRESENT;
	/* Code goes where we want it to, or our Guest runs wild. */
	if ((d.hi & 0x1800) == 0x1800)
		d = (struct descriptor) {
			0xffff, 0x00cf0000 | (d.hi & 0xff00)
		};
	return d;
}

static void storm(const char *words)
{
	uint32_t num, i, n = number(words);

	seed = number(next_word(words));
	for (i = 0; i < n; i++) {
		num = draw(ENTRIES);
		if (!stands_on(num))
			put(num, random_descriptor(), draw(3));
		act(draw(ACTS), (draw(8) ? num : draw(8192)) * 8 + draw(8),
		    1 + 2 * draw(2));
		if (!draw(16))
			load_tls(0);
	}
	report(n);
}

/* What may happen to a segment while a register holds it. */
static void under(const char *words)
{
	uint32_t num = number(words), bits = number(next_word(words));
	struct descriptor d = { 0xffff, 0x00cf0000 | bits << 8 };

	set_segment(14, segment(0, 0xffffffff, SEGMENT_DATA, 1));
	asm volatile("movl %0, %%gs" : : "r" (14 * 8 + 1));
	set_segment(num, d);
	say("Still here, gs 0x%x.\n", ({ uint32_t gs;
	    asm volatile("movl %%gs, %0" : "=r" (gs)); gs; }));
}

/* Memory through each of the three entries that threads have, from n on. */
static void tls(const char *words)
{
	static uint32_t memory[3];
	uint32_t i, value, n = number(words);

	for (i = 0; i < 3; i++) {
		memory[i] = n + i;
		table[6 + i] = segment((uint32_t)&memory[i], 3, SEGMENT_DATA, 3);
	}
	load_tls(6);
	for (i = 0; i < 3; i++) {
		asm volatile("movl %1, %%fs; movl %%fs:0, %0; movl %2, %%fs"
			     : "=&r" (value)
			     : "r" ((6 + i) * 8 + 3), "r" (0));
		say("Entry %u leads to %u.\n", 6 + i, value);
	}
}

/*
 * A gate that needs no exit leads to segment 12, whatever that is. So stand on
 * another one, make 12 of this kind, and trap.
 */
void change_twelve(void)
{
	set_segment(12, (struct descriptor) {
		0xffff, 0x00cf0000 | selector << 8
	});
}

void restore_twelve(void)
{
	set_segment(12, segment(0, 0xffffffff, SEGMENT_CODE, 1));
}

static void twelve(const char *words)
{
	set_gate(3, GATE_TRAP, 3, (void (*)(void))landed_by_int);
	set_segment(14, segment(0, 0xffffffff, SEGMENT_CODE, 1));
	selector = number(words);
	/* A page fault in ring 0 would be the end. */
	landed_cs = ring_0[0] = 0;
	far.segment = 14 * 8 + 1;
	far.offset = (uint32_t)from_14;
	asm volatile("lcall *%0" : : "m" (far)
		     : "eax", "ebx", "ecx", "edx", "esi", "memory");
	if (ring_0[0])
		last_words("RING 0 by int3: cs 0x%x, cr0 0x%x, cr3 0x%x",
			   ring_0[0], ring_0[1], ring_0[2]);
	say("Landed in ring %u.\n", landed_cs & 3);
}

/* Odd things, one at a time. */
static void set_tf(void)
{
	asm volatile("pushfl; orl $0x100, (%%esp); popfl; nop" : : : "memory");
}

static void ss_then_call(void)
{
	asm volatile("movl %%ss, %%ecx; movl $17, %%eax; xorl %%ebx, %%ebx;"
		     "movl %%ecx, %%ss; int $0x1f"
		     : : : "eax", "ebx", "ecx", "memory");
}

static void tf_ss_then_call(void)
{
	asm volatile("movl %%ss, %%ecx; movl $17, %%eax; xorl %%ebx, %%ebx;"
		     "pushfl; orl $0x100, (%%esp); popfl;"
		     "movl %%ecx, %%ss; int $0x1f"
		     : : : "eax", "ebx", "ecx", "memory");
}

static void tf_pop_ss_then_call(void)
{
	asm volatile("movl $17, %%eax; xorl %%ebx, %%ebx; pushl %%ss;"
		     "pushfl; orl $0x100, (%%esp); popfl;"
		     "popl %%ss; int $0x1f"
		     : : : "eax", "ebx", "memory");
}

static void tf_ss_then_80(void)
{
	asm volatile("movl %%ss, %%ecx; movl $-1, %%eax; pushfl;"
		     "orl $0x100, (%%esp); popfl; movl %%ecx, %%ss; int $0x80"
		     : : : "eax", "ebx", "ecx", "memory");
}

static void tf_80(void)
{
	asm volatile("movl $-1, %%eax; pushfl; orl $0x100, (%%esp); popfl;"
		     "int $0x80" : : : "eax", "memory");
}

static void nested_iret(void)
{
	asm volatile("pushfl; pushl %%cs; pushl $1f; pushfl;"
		     "orl $0x4000, (%%esp); popfl; iret; 1:" : : : "memory");
}

static void icebp(void)
{
	asm volatile(".byte 0xf1");
}

static void ring3_call(void)
{
	asm volatile("int $0x1f" : : "a" (17), "b" (0));
}

static void bound_5(void)
{
	static uint32_t bounds[2] = { 1, 2 };

	asm volatile("bound %0, %1" : : "r" (0), "m" (bounds[0]));
}

#define SAYS(name, insn)						\
static uint32_t what_##name;						\
static void name(void)							\
{									\
	asm volatile(insn : "=r" (what_##name));			\
}
SAYS(smsw, "smswl %0")
SAYS(str, "str %0")
SAYS(sldt, "sldt %0")

static void clts(void)
{
	asm volatile("clts");
}

static const struct {
	const char *name;
	void (*act)(void);
	const uint32_t *says;
} oddities[] = {
	{ "tf", set_tf, NULL }, { "ss, call", ss_then_call, NULL },
	{ "tf, ss, call", tf_ss_then_call, NULL },
	{ "tf, pop ss, call", tf_pop_ss_then_call, NULL },
	{ "tf, ss, 0x80", tf_ss_then_80, NULL }, { "tf, 0x80", tf_80, NULL },
	{ "nt, iret", nested_iret, NULL }, { "icebp", icebp, NULL },
	{ "int 0x1f", ring3_call, NULL }, { "bound", bound_5, NULL },
	{ "smsw", smsw, &what_smsw }, { "str", str, &what_str },
	{ "sldt", sldt, &what_sldt }, { "clts", clts, NULL },
	{ "sgdt", ask_for_table, NULL },
};

static void odd(const char *words)
{
	uint32_t i, ring, how, flags;

	(void)words;
	for (i = 0; i < sizeof(oddities) / sizeof(oddities[0]); i++)
		for (ring = 1; ring <= 3; ring += 2) {
			how = attempt(oddities[i].act, ring);
			asm volatile("pushfl; popl %0; pushl $2; popfl"
				     : "=r" (flags) : : "cc");
			say("%s, ring %u: %s %u", oddities[i].name, ring,
			    how ? "trap" : "fine", how ? how - 1 : 0);
			if (oddities[i].says)
				say(", 0x%x", *oddities[i].says);
			say(", flags 0x%x\n", flags);
		}
}

static uint32_t vector;

/* int with a vector that is not known before. */
static void any_int(void)
{
	static uint8_t code[3];

	code[0] = 0xcd;
	code[1] = vector;
	code[2] = 0xc3;
	asm volatile("movl $17, %%eax; xorl %%ebx, %%ebx; call *%0"
		     : : "r" (code) : "eax", "ebx", "memory");
}

static void vectors(const char *words)
{
	uint32_t ring, how;

	(void)words;
	for (vector = 0; vector < 256; vector++)
		for (ring = 1; ring <= 3; ring += 2) {
			how = attempt(any_int, ring);
			if (how != 14)
				say("int %u from ring %u: %u.\n", vector, ring,
				    how);
		}
}

static const struct {
	const char *word;
	void (*act)(const char *words);
} tries[] = {
	{ "table", check_table },
	{ "selectors", all_selectors },
	{ "kinds", all_kinds },
	{ "kind", one_kind },
	{ "storm", storm },
	{ "under", under },
	{ "twelve", twelve },
	{ "tls", tls },
	{ "odd", odd },
	{ "vectors", vectors },
};

void guest_main(const char *words)
{
	uint32_t type = word_is(words, "direct") ? GATE_TRAP : GATE_INTERRUPT;

	if (type == GATE_TRAP)
		words = next_word(words);
	catch_traps(type);
	know_table();
	for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++)
		if (word_is(words, tries[i].word))
			tries[i].act(next_word(words));
	say("Goodbye %s.\n", words);
}
