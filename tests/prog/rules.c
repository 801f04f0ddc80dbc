// SPDX-License-Identifier: GPL-2.0-only
/*
 * When may an interrupt go in? A Guest that tries each rule. Its Launcher is
 * irqs.c, to which it says "@raise MASK" when it wants interrupts.
 */
#include "clock.h"
#include "virtio.h"

static char log[64];
static volatile uint32_t logged, seen;
static volatile uint32_t count[LGUEST_IRQS];
static struct frame last;

static void note(struct frame *frame)
{
	uint32_t irq = frame->vector - IRQ_VECTOR;

	if (logged < sizeof(log) - 1)
		log[logged++] = "0123456789abcdefghijklmnopqrstuv"[irq];
	seen |= 1u << irq;
	count[irq]++;
	memcpy(&last, frame, offsetof(struct frame, esp));
	/* Who was single-stepped goes on without. */
	frame->eflags &= ~0x100;
}

static void is(const char *what, uint32_t got, uint32_t wanted)
{
	say("%s %s: 0x%x%s\n", got == wanted ? "ok" : "WRONG", what, got,
	    got == wanted ? "" : ", wanted another");
	if (got != wanted)
		say("  wanted 0x%x\n", wanted);
}

static void forget(void)
{
	for (uint32_t i = 0; i < sizeof(log); i++)
		log[i] = '\0';
	logged = seen = 0;
}

static void raise(uint32_t mask)
{
	say("@raise %u", mask);
}

static void look(void)
{
	hcall(LHCALL_SEND_INTERRUPTS, 0, 0, 0, 0);
}

static bool same(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

static void masks(void)
{
	forget();
	NOTE(blocked_interrupts) = 1 << 4;
	raise(1 << 4);
	look();
	is("blocked: it stays out", seen, 0);
	is("... and irq_pending is 0", NOTE(irq_pending), 0);
	irq_off();
	raise(1 << 4);
	look();
	is("... also with the flag off", NOTE(irq_pending), 0);
	raise(1 << 6);
	is("... though another one waits", NOTE(irq_pending), EFLAGS_IF);
	irq_on();
	is("... which goes in", seen, 1 << 6);
	NOTE(blocked_interrupts) = 0;
	look();
	is("... and this one when it is blocked no more", seen, 0x50);
	is("... once, as it came twice in vain", count[4], 1);
}

static void flag(void)
{
	forget();
	irq_off();
	raise(1 << 5);
	look();
	is("flag off: it stays out", seen, 0);
	is("... and irq_pending says so", NOTE(irq_pending), EFLAGS_IF);
	NOTE(irq_enabled) = ~EFLAGS_IF;
	look();
	is("... only one bit counts", seen, 0);
	NOTE(irq_enabled) = -1;
	is("... and nobody looks unasked", seen, 0);
	look();
	is("... but then it goes in", seen, 1 << 5);
	is("... and irq_pending is taken back", NOTE(irq_pending), 0);
	is("... the flag is as it was", NOTE(irq_enabled) & EFLAGS_IF,
	   EFLAGS_IF);
	irq_off();
	raise(1 << 5);
	irq_on();
	is("irq_on() is enough", count[5], 2);
}

static void order(void)
{
	forget();
	raise(1u << 31 | 1 << 7 | 1 << 3 | 1 << 5 | 1);
	is("lowest first", same(log, "0357v"), true);
	is("... and nothing waits", NOTE(irq_pending), 0);
	forget();
	for (uint32_t irq = 3; irq < 6; irq++)
		on_vector(IRQ_VECTOR + irq, GATE_TRAP, 0, note);
	raise(1 << 3 | 1 << 4 | 1 << 5);
	is("trap gates nest: the last runs first", same(log, "543"), true);
	is("... with interrupts on", last.eflags & EFLAGS_IF, EFLAGS_IF);
	for (uint32_t irq = 3; irq < 6; irq++)
		on_irq(irq, note);
}

static void gates(void)
{
	forget();
	hcall(LHCALL_LOAD_IDT_ENTRY, IRQ_VECTOR + 9, 0, 0, 0);
	raise(1 << 9);
	look();
	is("without a gate it stays out", seen, 0);
	irq_off();
	look();
	is("... and is not told of", NOTE(irq_pending), 0);
	irq_on();
	raise(1 << 10);
	is("... the next one goes past it", seen, 1 << 10);
	irq_off();
	hcall(LHCALL_HALT, 0, 0, 0, 0);
	is("... it ends a sleep", NOTE(irq_enabled), EFLAGS_IF);
	is("... but still stays out", seen, 1 << 10);
	on_irq(9, note);
	is("... until it gets a gate", seen, 3 << 9);
}

static void halts(void)
{
	uint32_t ticks = count[0];

	forget();
	irq_off();
	raise(1 << 7);
	hcall(LHCALL_HALT, 0, 0, 0, 0);
	is("halt with the flag off, one pending: no sleep", seen, 1 << 7);
	is("... interrupts are on", NOTE(irq_enabled) & EFLAGS_IF, EFLAGS_IF);
	is("... as the frame says", last.eflags & EFLAGS_IF, EFLAGS_IF);
	NOTE(blocked_interrupts) = 1 << 4;
	raise(1 << 4);
	irq_off();
	clock_after(20000000);
	hcall(LHCALL_HALT, 0, 0, 0, 0);
	is("one that is blocked wakes nobody", count[0], ticks + 1);
	is("... and stays out", seen, 1 << 7 | 1);
	NOTE(blocked_interrupts) = 0;
	look();
}

/*
 * One after another: the flag, a hypercall, a look at what has come, a number.
 * The Host may look at any time: if the flag is on before the range, the
 * interrupt may go in before it, too.
 */
uint32_t in_range(uint32_t nr, uint32_t flag);
extern char range_a[], range_b[], range_c[];
_Static_assert(!offsetof(struct lguest_data, irq_enabled), "it is first");
asm(".text\n"
    "in_range: pushl %ebx\n"
    "	movl	8(%esp), %eax\n"
    "	movl	12(%esp), %ecx\n"
    "range_a: movl %ecx, lguest_data\n"
    "	int	$0x1f\n"
    "range_b: movl seen, %eax\n"
    "	jmp	range_c\n"
    "range_iret: movl $0x200, lguest_data\n"
    "	int	$0x1f\n"
    "	iret\n"
    "range_c: popl %ebx\n"
    "	ret\n");

/*
 * Somebody is waited for behind the range, to whom an iret leads: one who takes
 * single steps, and one who does not. The Host's own steps change neither.
 */
static void returns(uint32_t trap_flag)
{
	uint32_t there;

	forget();
	irq_off();
	raise(1 << 8);
	asm volatile("pushfl\n\torl %1, (%%esp)\n\tpushl %%cs\n\t"
		     "pushl $1f\n\tjmp range_iret\n1:	movl $1b, %0"
		     : "=&r" (there)
		     : "r" (trap_flag), "a" (LHCALL_SEND_INTERRUPTS)
		     : "memory", "cc");
	is("a return in the range, and then", last.eip, there);
	is("... with its own flags", last.eflags & 0x100, trap_flag);
}

void guest_early(const char *words)
{
	if (word_is(words, "inside") || word_is(words, "end"))
		lguest_data.noirq_start = (uint32_t)range_a;
	if (word_is(words, "start"))
		lguest_data.noirq_start = (uint32_t)range_b;
	if (word_is(words, "inside") || word_is(words, "start"))
		lguest_data.noirq_end = (uint32_t)range_c;
	if (word_is(words, "end"))
		lguest_data.noirq_end = (uint32_t)range_b;
	if (word_is(words, "reversed")) {
		lguest_data.noirq_start = (uint32_t)range_c;
		lguest_data.noirq_end = (uint32_t)range_a;
	}
}

static void range(bool out)
{
	uint32_t wanted = out ? 1 << 8 : 0;

	if (lguest_data.noirq_start != (uint32_t)range_b) {
		forget();
		irq_off();
		raise(1 << 8);
		is("in the range",
		   in_range(LHCALL_SEND_INTERRUPTS, EFLAGS_IF), wanted);
		look();
		is("... and then", seen, 1 << 8);
	}
	forget();
	irq_off();
	raise(1 << 8);
	is("halt in the range", in_range(LHCALL_HALT, 0), wanted);
	look();
	is("... which ends", seen, 1 << 8);
	if (out)
		return;
	is("... and not later (M:004)", last.eip, (uint32_t)range_c);
	is("... nor with a flag of the Host's", last.eflags & 0x100, 0);
	returns(0);
	returns(0x100);
}

/*
 * In the frame is what was true at the hypercall, and the step is over. To halt
 * is what switches interrupts on, so that none can go in before.
 */
static void frames(void)
{
	uint32_t esp, here;

	forget();
	irq_off();
	raise(1 << 2);
	asm volatile("pushfl\n\torl $0x100, (%%esp)\n\tpopfl\n\t"
		     "int $0x1f\n1:	movl $1b, %1\n\tmovl %%esp, %0"
		     : "=&r" (esp), "=&r" (here)
		     : "a" (LHCALL_HALT) : "memory", "cc");
	is("a step ends at the gate", seen, 1 << 2);
	is("... and is in the frame", last.eflags & 0x100, 0x100);
	is("the frame has eip", last.eip, here);
	is("... and cs", last.cs, KERNEL_CS);
	is("... and is where it must be", last.unused + 24, esp - 12);
}

static void clocks(void)
{
	uint32_t before = count[0];

	irq_off();
	for (int i = 0; i < 5000; i++)
		clock_after(500000000);
	hcall(LHCALL_HALT, 0, 0, 0, 0);
	is("armed 5000 times, it ticks", count[0], before + 1);
	clock_after(1000000000);
	clock_after(0);
	say("@rest 1500");
	is("0 takes it back", count[0], before + 1);
	irq_off();
	clock_after(40000000);
	hcall(LHCALL_HALT, 0, 0, 0, 0);
	is("... and then there is another one", count[0], before + 2);
}

static void tell_time(void)
{
	uint32_t sec, nsec;

	raise(1 << 3);
	sec = NOTE(time_sec);
	nsec = NOTE(time_nsec);
	say("@time %u %u", sec, nsec);
	NOTE(blocked_interrupts) = 1 << 3;
	raise(1 << 3);
	is("no interrupt, no time", NOTE(time_sec) == sec &&
	   NOTE(time_nsec) == nsec, true);
	NOTE(blocked_interrupts) = 0;
	look();
}

/* The stack pointer is somewhere else when the interrupt goes in. */
static void stack_at(const char *words)
{
	uint32_t sp = number(words), back;

	forget();
	irq_off();
	raise(1 << 2);
	asm volatile("movl %%esp, %0\n\tmovl %1, %%esp\n\tint $0x1f\n\t"
		     "movl %0, %%esp"
		     : "=&r" (back) : "r" (sp), "a" (LHCALL_HALT)
		     : "memory", "cc");
	is("there is room", seen, 1 << 2);
	is("... from there on", last.unused + 24, sp - 12);
}

/* Whoever wants to wake us waits until this changes. */
static volatile uint32_t asleep;

static void race(const char *words)
{
	uint32_t n = number(words), i;

	/* One that waits and cannot go in makes the Host's look longer. */
	NOTE(blocked_interrupts) = 1 << 20;
	raise(1 << 20);
	forget();
	say("@race %u", pa(&asleep));
	for (i = 1; i <= n; i++) {
		irq_off();
		asleep = i;
		while (count[11] != i)
			hcall(LHCALL_HALT, 0, 0, 0, 0);
	}
	is("woken", count[11], n);
}

/* The same, but never asleep: it must be brought out. */
static void busy(const char *words)
{
	uint32_t n = number(words), i;

	forget();
	say("@race %u", pa(&asleep));
	for (i = 1; i <= n; i++) {
		asleep = i;
		while (count[11] != i)
			;
	}
	is("called", count[11], n);
}

static void asleep_for_ever(void)
{
	NOTE(blocked_interrupts) = -1;
	say("Asleep.\n");
	hcall(LHCALL_HALT, 0, 0, 0, 0);
	say("AWAKE\n");
}

static void with_clock_set(const char *words)
{
	say("It will tick.\n");
	clock_after(number(words) * 1000000);
}

/* The page with the noticeboard is taken away, and an interrupt comes. */
static void gone(void)
{
	say("@gone %u", pa(&lguest_data));
	for (;;)
		;
}

/* A device that stops while somebody sleeps until it is done. */
static void lie(void)
{
	struct device dev;
	struct queue q;

	irq_init();
	if (!find_device(&dev, VIRTIO_ID_CONSOLE, 0))
		last_words("no console");
	start_device(&dev, 0);
	find_queue(&dev, 1, &q);
	offer(&q, &(struct buffer){ va(memory_end()), 1, false }, 1);
	kick(&q);
	is("it has stopped", take_back(&q, NULL), -1);
}

static void __attribute__((noreturn)) storm(void)
{
	for (uint32_t irq = 0; irq < LGUEST_IRQS; irq++)
		on_vector(IRQ_VECTOR + irq, GATE_TRAP, 0, note);
	say("@storm\n");
	say("It rains.\n");
	/* They nest, so let there be room. */
	asm volatile("movl %0, %%esp" : : "r" (va(0x780000)));
	for (;;)
		look();
}

static void all(void)
{
	is("what came before LGUEST_INIT comes", seen, 1 << 12);
	masks();
	flag();
	order();
	gates();
	halts();
	range(true);
	frames();
	clocks();
	tell_time();
	say("All rules.\n");
}

void guest_main(const char *words)
{
	for (uint32_t irq = 0; irq < LGUEST_IRQS; irq++)
		on_irq(irq, note);
	irq_on();
	if (word_is(words, "all"))
		all();
	if (word_is(words, "inside") || word_is(words, "start"))
		range(false);
	if (word_is(words, "end") || word_is(words, "reversed"))
		range(true);
	if (word_is(words, "stack"))
		stack_at(next_word(words));
	if (word_is(words, "race"))
		race(next_word(words));
	if (word_is(words, "busy"))
		busy(next_word(words));
	if (word_is(words, "asleep"))
		asleep_for_ever();
	if (word_is(words, "clock"))
		with_clock_set(next_word(words));
	if (word_is(words, "gone"))
		gone();
	if (word_is(words, "lie"))
		lie();
	if (word_is(words, "storm"))
		storm();
	say("Goodbye, %s\n", words);
}
