// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is in the memory of a Guest that is made of dice. It begins as an honest
 * kernel would: LGUEST_INIT, page tables, gates, a stack. Then come its operations,
 * each in a slot of its own, and whatever traps goes on with the next one.
 */
#include "fuzz.h"

static struct dice *dice;
static uint8_t *code;			/* the next byte of an instruction */
static uint8_t covered[2][256];		/* opcodes of one byte, and after 0f */

static uint32_t roll(uint32_t below)
{
	return draw(dice, below);
}

static void byte(uint8_t value)
{
	*code++ = value;
}

static void bytes(const char *text, unsigned int n)
{
	memcpy(code, text, n);
	code += n;
}

#define EMIT(text)	bytes(text, sizeof(text) - 1)

static void word(uint32_t value)
{
	memcpy(code, &value, sizeof(value));
	code += sizeof(value);
}

/* movl $value, register; the numbers of registers are the processor's. */
enum { EAX, ECX, EDX, EBX, ESP, EBP, ESI, EDI };

static void load(unsigned int reg, uint32_t value)
{
	byte(0xb8 + reg);
	word(value);
}

static void store(uint32_t addr, uint32_t value)
{
	EMIT("\xc7\x05");
	word(addr);
	word(value);
}

static void half(uint16_t value)
{
	memcpy(code, &value, sizeof(value));
	code += sizeof(value);
}

static void push(uint32_t value)
{
	byte(0x68);
	word(value);
}

static void interrupt(uint8_t vector)
{
	byte(0xcd);
	byte(vector);
}

static void hypercall(uint32_t number, uint32_t arg1, uint32_t arg2,
		      uint32_t arg3)
{
	load(EAX, number);
	load(EBX, arg1);
	load(ECX, arg2);
	load(EDX, arg3);
	interrupt(0x1f);
}

static const uint32_t addresses[] = {
	0, 1, PAGE - 1, PAGE, HANDLER, NOTES, NOTES + 24, NOTES + 1384, MESSAGE,
	WORDS, STACK - 4, STACK, TRAP_STACK - 8, DIRECTORIES, DIRECTORIES + PAGE,
	ROOM, SIZE - 2 * PAGE, SIZE - NOTES_SIZE, SIZE - 128, SIZE - 1, SIZE,
	SIZE + PAGE, 0x3ffffc, 0x400000, 0x80000000, 0xbffffffc, 0xc0000000,
	0xc0000000 + NOTES, 0xc0000000 + ROOM, 0xc0100000, 0xc03ffffe, 0xc0400000,
	0xf0000000, 0xfec00000, 0xfee00000, SWITCHER - PAGE, SWITCHER - 2,
	SWITCHER, SWITCHER + PAGE, SWITCHER + 0x1fb8, SWITCHER + 0x1ffc,
	SWITCHER + 0x2000, SWITCHER + 0x2098, SWITCHER + 0x3000,
	SWITCHER + 0x4000, 0xff400000, 0xfffff000, 0xfffffffc, 0xffffffff,
};

static uint32_t address(void)
{
	switch (roll(8)) {
	case 0:
		return draw_word(dice);
	case 1:
	case 2:
		return pick(dice, addresses);
	case 3:
		return pick(dice, addresses) + roll(9) - 4;
	case 4:
		return 0xc0000000 + roll(SIZE);
	default:
		return ROOM + roll(SIZE - ROOM);
	}
}

uint32_t odd_word(struct dice *whose)
{
	static const uint32_t words[] = {
		0, 1, 2, 3, 4, 7, 8, 9, 16, 17, 30, 31, 32, 33, 63, 64, 127, 128,
		255, 256, 511, 512, 767, 768, 1019, 1020, 1021, 1022, 1023, 1024,
		1025, 4095, 4096, 0x7fff, 0x8000, 0xffff, 0x10000, 0xfffff,
		0x100000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
	};

	dice = whose;
	return roll(3) ? pick(dice, words) : address();
}

static uint32_t odd(void)
{
	return odd_word(dice);
}

static const uint16_t selectors[] = {
	0, 1, 3, 4, 7, 0x33, 0x3b, 0x43, 0x31, 0x50, 0x51, 0x53, 0x58, 0x5b, 0x60,
	0x61, 0x62, 0x63, 0x68, 0x69, 0x6a, 0x6b, 0x71, 0x73, 0x79, 0x7b, 0x80,
	0x83, 0x88, 0x8b, 0xdb, 0xf8, 0xfb, 0xff, 0x100, 0xffff,
};

static uint16_t selector(void)
{
	return roll(6) ? pick(dice, selectors) : roll(roll(2) ? 0x100 : 0x10000);
}

/* A segment: often one that works, or would but for one of its bits. */
static void draw_segment(uint32_t *lo, uint32_t *hi)
{
	static const uint32_t good[] = {
		0x00cfbb00, 0x00cfb300, 0x00cffb00, 0x00cff300, 0x00cff200,
	};
	/* Call, task, interrupt and trap gates, TSSs of 16 and 32 bits, an LDT. */
	static const uint32_t systems[] = {
		0x0000ec00, 0x0000e500, 0x00008500, 0x0000ee00, 0x0000ef00,
		0x00008900, 0x00008b00, 0x0000e900, 0x00008100, 0x0000e200,
		0x0000e400, 0x0000e600, 0x0000e300,
	};

	*lo = 0x0000ffff;
	*hi = pick(dice, good);
	switch (roll(6)) {
	case 0:
		break;
	case 1:
		*lo = draw_word(dice);
		*hi = draw_word(dice);
		break;
	case 2:
		*hi ^= 1u << roll(32);
		break;
	case 3:
		*lo = HANDLER | (roll(2) ? 0x50 : selector()) << 16;
		*hi = (roll(2) ? pick(dice, systems) : systems[0]) | (roll(2) ? 0 : roll(1 << 16) << 16);
		break;
	case 4:
		*lo = SWITCHER << 16 | roll(1 << 16);
		*hi = (pick(dice, systems) & ~0x100000) | SWITCHER;
		break;
	default:
		*lo ^= 1u << roll(32);
		*hi ^= (roll(4) << 8) | roll(2) << 22;
	}
}

static void draw_gate(uint32_t *lo, uint32_t *hi)
{
	uint32_t offset = roll(3) ? HANDLER : address();
	uint32_t type = roll(8) ? 0x8e00 | roll(2) << 8 | roll(4) << 13 :
				  roll(1 << 16);

	*lo = (roll(2) ? 0x61 : selector()) << 16 | (offset & 0xffff);
	*hi = (offset & 0xffff0000) | type;
}

/* The first and the last that are not a Guest's. */
static const uint32_t beyond[] = {
	SIZE - 127, SIZE - 1, SIZE, SIZE + 4, SIZE + PAGE, 0xffffff80, 0xfffff000,
	0xffffe004,
};

/* The page of an entry is often one at the Guest's end, or a table. */
static uint32_t draw_entry(void)
{
	static const uint32_t bits[] = {
		0x67, 0x67, 0x63, 0x65, 0x61, 0x27, 0x07, 0x03, 0, 0x60, 0x20,
		0x167, 0xe7, 0x77, 0x6f, 0x80, 0x1,
	};
	uint32_t page;

	switch (roll(16)) {
	case 0:
		page = draw_word(dice);
		break;
	case 1 ... 2:
		page = pick(dice, beyond);
		break;
	case 3 ... 6:
		page = DIRECTORIES + roll(6) * PAGE;
		break;
	default:
		page = roll(PAGES) * PAGE;
	}
	return (page & ~(PAGE - 1)) | (roll(12) ? pick(dice, bits) : roll(4096));
}

/* Which hypercall, and arguments of which each may be good. */
static void draw_call(uint32_t *call)
{
	static const uint32_t numbers[] = {
		0, 2, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 14, 14, 14, 15, 15, 16, 17,
		18, 18, 18, 19,
	};

	call[0] = roll(60) ? pick(dice, numbers) : roll(40) ? roll(24) : odd();
	call[1] = odd();
	call[2] = odd();
	call[3] = odd();
	call[4] = odd();
	if (!roll(8)) {
		call[1 + roll(4)] = pick(dice, beyond);
		return;
	}
	switch (call[0]) {
	case 2:
		call[0] = roll(3) ? 19 : 2;
		call[1] = pick(dice, beyond);
		break;
	case 3:
		call[1] = WORDS;
		call[2] = roll(33);
		break;
	case 4:
		call[1] = DIRECTORIES + roll(3) * 2 * PAGE;
		break;
	case 6:
		call[1] = roll(3) ? roll(64) : roll(256);
		draw_gate(&call[2], &call[3]);
		break;
	case 7:
		call[1] = roll(3) ? 0x69 : (selector() & ~3) | 1;
		call[2] = roll(3) ? TRAP_STACK : address();
		call[3] = roll(3);
		break;
	case 9:
		call[1] = roll(100000);
		break;
	case 14:
		call[1] = DIRECTORIES + roll(3) * 2 * PAGE;
		call[2] = address();
		call[3] = draw_entry();
		break;
	case 15:
		call[1] = DIRECTORIES + roll(3) * 2 * PAGE;
		call[2] = roll(2) ? 768 : roll(2) ? roll(1024) : odd();
		break;
	case 16:
		call[1] = WORDS + roll(256);
		break;
	case 17:
		call[1] = roll(4) ? 0 : MESSAGE;
		break;
	case 18:
		call[1] = roll(32);
		draw_segment(&call[2], &call[3]);
		break;
	}
}

static void do_call(void)
{
	uint32_t call[5];

	draw_call(call);
	/* Without a clock it would sleep until it is killed. */
	if (call[0] == 10 && roll(20))
		hypercall(9, roll(20000), 0, 0);
	load(ESI, call[4]);
	hypercall(call[0], call[1], call[2], call[3]);
}

/* One place in the ring is made ready, in any order; now and then all is done. */
static void do_ring(void)
{
	uint32_t call[5], place = roll(4) ? roll(6) : roll(64), i;

	draw_call(call);
	for (i = 0; i < 4; i++)
		store(NOTES + 88 + 20 * place + 4 * i, call[i]);
	EMIT("\xc6\x05");
	word(NOTES + 24 + place);
	byte(roll(5) ? 0 : roll(256));
	if (!roll(3)) {
		load(EAX, 0);
		interrupt(0x1f);
	}
}

/* A word of the page tables changes, often of the one that may be in force, and the
   Host is told or not. Then what it leads to is read or written. */
static void do_pages(void)
{
	uint32_t which = roll(2) ? 1 : roll(6);
	uint32_t directory = DIRECTORIES + (which & ~1) * PAGE;
	uint32_t index = roll(2) ? roll(1024) : roll(PAGES);
	uint32_t entry = draw_entry(), where = index << 22;

	if (which & 1)
		where = index * PAGE + (roll(2) ? 0 : 0xc0000000);
	store(DIRECTORIES + which * PAGE + index * 4, entry);
	switch (roll(5)) {
	case 0:
		hypercall(5, roll(2), 0, 0);
		break;
	case 1:
		hypercall(14, directory, roll(4) ? where : address(),
			  roll(4) ? entry : draw_entry());
		break;
	case 2:
		hypercall(15, directory, index, 0);
		break;
	case 3:
		hypercall(4, DIRECTORIES + roll(3) * 2 * PAGE, 0, 0);
		break;
	}
	/* movl EBX, %ecx or %ecx, (%ebx) */
	load(EBX, roll(4) ? where + roll(PAGE) : address());
	byte(0x89 + (roll(2) ? 2 : 0));
	byte(0x0b);
}

static void load_segment(unsigned int sreg, uint16_t value)
{
	load(EAX, value);
	byte(0x8e);
	byte(0xc0 | sreg << 3);
}

/* What descriptors and gates say is changed, and then used. */
static void do_tables(void)
{
	uint32_t lo, hi, which, i;

	switch (roll(4)) {
	case 0:
		which = roll(32);
		draw_segment(&lo, &hi);
		hypercall(18, which, lo, hi);
		break;
	case 1:
		which = 6 + roll(3);
		for (i = 0; i < 3; i++) {
			draw_segment(&lo, &hi);
			store(WORDS + 0x800 + 8 * i, lo);
			store(WORDS + 0x804 + 8 * i, hi);
		}
		hypercall(16, WORDS + 0x800, 0, 0);
		break;
	case 2:
		which = roll(32);
		hypercall(3, WORDS, roll(33), 0);
		break;
	default:
		which = roll(4) ? roll(32) : 0x80;
		draw_gate(&lo, &hi);
		hypercall(6, which, lo, hi);
		interrupt(which);
		return;
	}
	which = which * 8 | roll(4);
	switch (roll(4)) {
	case 0:
		EMIT("\x9a");		/* lcall */
		word(address());
		half(which);
		break;
	case 1:
		EMIT("\xea");		/* ljmp */
		word(HANDLER);
		half(which);
		break;
	default:
		load_segment(pick(dice, ((uint8_t[]){ 0, 2, 3, 4, 5 })), which);
		load(EBX, address());
		byte(pick(dice, ((uint8_t[]){ 0x26, 0x36, 0x3e, 0x64, 0x65 })));
		byte(0x89 + (roll(2) ? 2 : 0));
		byte(0x0b);
	}
}

#define VM	0x20000

/*
 * Never VM: an iret from ring 1 must not heed it, but QEMU does (7.2), and with it
 * takes IF from the stack. A Guest that then loops is one the emulator lets no
 * interrupt stop; no processor would.
 */
static uint32_t flags(void)
{
	static const uint32_t some[] = {
		0x2, 0x202, 0x102, 0x302, 0x4202, 0x3202, 0x1202, 0x20202, 0x40202,
		0x10202, 0x602, 0x200202, 0x100202, 0x80202, 0x247fd7, 0x0,
	};

	return (roll(4) ? pick(dice, some) : draw_word(dice)) & ~VM;
}

static void put_flags(void)
{
	push(flags());
	byte(0x9d);
}

/* iret: to itself, to another ring, to anywhere. */
static void do_iret(uint32_t eip)
{
	bool user = roll(2);

	push(roll(4) ? (user ? 0x7b : 0x69) : selector());
	push(roll(4) ? STACK - 256 : address());
	push(flags());
	push(roll(4) ? (user ? 0x73 : 0x61) : selector());
	push(roll(4) ? eip : address());
	byte(0xcf);
}

static const uint8_t traps[] = { 0x1f, 0x1f, 0x80, 3, 4, 1, 2, 8, 13, 14, 32, 255 };

/* After a change of the stack segment one instruction is shielded from traps. */
static void do_shadowed(void)
{
	if (roll(2)) {
		EMIT("\x9c\x81\x0c\x24");	/* pushfl; orl $x, (%esp); popfl */
		word(pick(dice, ((uint32_t[]){ 0x100, 0x4100, 0x40100 })));
		EMIT("\x9d");
	}
	load(EAX, 0x69);
	if (roll(2)) {
		EMIT("\x8e\xd0");	/* movl %eax, %ss */
	} else {
		EMIT("\x50\x17");	/* pushl %eax; popl %ss */
	}
	switch (roll(6)) {
	case 0:
		byte(0xf1);		/* int1 */
		break;
	case 1:
		byte(0xcc);
		break;
	case 2:
		EMIT("\x0f\x34");	/* sysenter */
		break;
	case 3:
		byte(pick(dice, ((uint8_t[]){ 0xf4, 0xfa, 0xfb, 0x9d, 0xcf, 0xce })));
		break;
	default:
		interrupt(pick(dice, traps));
	}
}

static void do_segments(void)
{
	static const uint8_t sregs[] = { 0, 1, 2, 2, 3, 4, 5, 6, 7 };
	uint8_t *iret = code;

	switch (roll(6)) {
	case 0:
		load_segment(pick(dice, sregs), selector());
		break;
	case 1:
		put_flags();
		interrupt(pick(dice, traps));
		break;
	case 2:
		do_shadowed();
		break;
	case 3:
		push(selector());
		push(address());
		byte(roll(2) ? 0xcb : 0xcf);	/* lret, iret */
		break;
	case 4:
		load_segment(2, selector());
		load(ESP, address());
		interrupt(pick(dice, traps));
		break;
	default:
		/* On behind it, if it gets there. */
		do_iret(iret - memory + 32);
		break;
	}
}

/* An instruction from anywhere in the map, with registers that are odd; the number
   of the case sees to it that each has its turn. */
static void draw_insn(uint32_t n)
{
	static const uint8_t prefixes[] = {
		0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x2e, 0x36, 0x3e, 0x26, 0x64, 0x65,
	};
	uint32_t i, map = n / 256 % 4, opcode = n % 256;
	uint8_t *begin = code, modrm;

	for (i = roll(4); i > 1; i--)
		byte(pick(dice, prefixes));
	if (map == 3 && !roll(2)) {
		/* VEX, EVEX and XOP, if they are that */
		byte(pick(dice, ((uint8_t[]){ 0xc4, 0xc5, 0x62, 0x8f })));
	} else if (map == 3) {
		/* QEMU dies of 0f 38 0c, which is nothing. */
		byte(0x0f);
		byte(opcode != 0x0c && roll(2) ? 0x38 : 0x3a);
	} else {
		if (map == 1)
			byte(0x0f);
		covered[map == 1][opcode] = 1;
	}
	byte(opcode);
	modrm = draw_word(dice);
	byte(modrm);
	/* Of LOCK and a test of a bit of a register QEMU (7.2) dies. */
	if (map == 1 && ((opcode & 0xe7) == 0xa3 || opcode == 0xba) && modrm >= 0xc0)
		while (begin < code - 2) {
			if (*begin == 0xf0)
				*begin = 0x66;
			begin++;
		}
	word(odd());
	word(odd());
}

static void do_insn(uint32_t n)
{
	uint32_t reg;

	for (reg = EAX; reg <= EDI; reg++)
		if (reg != ESP)
			load(reg, odd());
	if (!roll(3)) {
		/* In ring 3: behind the five words, and the iret. */
		uint32_t eip = code + 26 - memory;

		push(0x7b);
		push(STACK - 256);
		push(roll(3) ? 0x202 : flags());
		push(0x73);
		push(eip);
		byte(0xcf);
	}
	draw_insn(n);
	if (roll(2))
		draw_insn(draw_word(dice));
}

static void do_operation(const struct kind *kind, uint32_t n)
{
	int32_t family = roll(100);

	if ((family -= kind->calls) < 0)
		do_call();
	else if ((family -= kind->ring) < 0)
		do_ring();
	else if ((family -= kind->pages) < 0)
		do_pages();
	else if ((family -= kind->tables) < 0)
		do_tables();
	else if ((family -= kind->segments) < 0)
		do_segments();
	else
		do_insn(n);
}

/* Whoever runs in ring 0 leaves what only ring 0 can read. */
static void check_ring(void)
{
	EMIT("\x8c\xc8\xa8\x03\x75\x0d");	/* %cs & 3? jnz */
	EMIT("\x0f\x20\xc3\x83\xe3\xf7");	/* %ebx = %cr0 without TS */
	EMIT("\x36\x89\x1d");		/* movl %ebx, %ss:PROOF */
	word(PROOF);
}

static void shut_down(void)
{
	hypercall(2, MESSAGE, 1, 0);
}

/* All traps come here: everything as it should be, and on with what is next. */
static void make_handler(void)
{
	static const uint8_t sregs[] = { 3, 0, 2 };
	unsigned int i;

	code = memory + HANDLER;
	check_ring();
	EMIT("\x36\xff\x0d");			/* decl %ss:LEFT */
	word(LEFT);
	EMIT("\x75\x16");			/* jnz */
	shut_down();
	for (i = 0; i < 3; i++)
		load_segment(sregs[i], 0x69);
	load(ESP, STACK);
	load_segment(4, 0);
	load_segment(5, 0);
	if (roll(2))
		store(NOTES, 0x200);
	EMIT("\xff\x25");			/* jmp *NEXT */
	word(NEXT);
}

static void make_tables(void)
{
	uint32_t *words = (uint32_t *)(memory + DIRECTORIES), which, i;

	for (which = 0; which < 3; which++, words += 2 * PAGE / 4) {
		uint32_t table = (uint8_t *)words - memory + PAGE;

		words[0] = table | 0x67;
		words[768] = table | 0x67;
		if (!roll(3))
			words[roll(1024)] = draw_entry();
		for (i = 0; i < PAGES; i++)
			words[PAGE / 4 + i] = i * PAGE | 0x67;
		for (i = roll(4); i < 3; i++)
			words[PAGE / 4 + roll(1024)] = draw_entry();
	}
	words = (uint32_t *)(memory + WORDS);
	for (i = 0; i < 32; i++)
		draw_segment(&words[2 * i], &words[2 * i + 1]);
	/* Its own two, more often than not. */
	if (roll(4)) {
		words[24] = words[26] = 0xffff;
		words[25] = 0xcfbb00;
		words[27] = 0xcfb300;
	}
}

static void make_notes(void)
{
	static const uint32_t kernels[] = {
		0xc0000000, 0xc0000000, 0xc0000000, 0, 1, 0x400000, 0x80001000,
		0xfefff000, 0xfec00001, 0xfeffffff,
	};
	uint8_t *notes = memory + NOTES;

	memset(notes + 24, 0xff, 64);
	*(uint32_t *)notes = roll(2) ? 0x200 : 0;
	*(uint32_t *)(notes + 4) = roll(4) ? 0 : draw_word(dice);
	if (!roll(4)) {
		*(uint32_t *)(notes + 1376) = address();
		*(uint32_t *)(notes + 1380) = address();
	}
	*(uint32_t *)(notes + 1384) = pick(dice, kernels);
	*(uint32_t *)(notes + 1388) = 0x80;
}

static unsigned int in_ring;

/* Calls that wait in the ring from the beginning: one hypercall does them all. */
static void wait_in_ring(uint32_t number, uint32_t arg1, uint32_t arg2,
			 uint32_t arg3)
{
	uint32_t call[] = { number, arg1, arg2, arg3 };

	memory[NOTES + 24 + in_ring] = 0;
	memcpy(memory + NOTES + 88 + 20 * in_ring++, call, sizeof(call));
}

static void set_gates(void)
{
	static const uint8_t others[] = { 32, 33, 34, 0x80 };
	static const uint32_t types[] = { 0x8e00, 0xee00, 0x8f00, 0xef00 };
	uint32_t i, type = pick(dice, types);

	for (i = 0; i < 31; i++)
		wait_in_ring(6, i, 0x610000 | HANDLER, type);
	for (i = 0; i < 4; i++)
		wait_in_ring(6, others[i], 0x610000 | HANDLER,
			     roll(2) ? 0xee00 : 0xef00);
}

static uint8_t *slot(unsigned int i)
{
	return memory + SLOTS + i * SLOT_SIZE;
}

/* An honest beginning. */
static void make_start(void)
{
	in_ring = 0;
	if (roll(16))
		set_gates();
	if (roll(16)) {
		wait_in_ring(18, 14, 0xffff, 0xcffb00);
		wait_in_ring(18, 15, 0xffff, 0xcff300);
	}
	if (roll(16))
		wait_in_ring(7, 0x69, TRAP_STACK, roll(3));
	if (roll(4))
		wait_in_ring(4, DIRECTORIES, 0, 0);
	code = slot(0);
	hypercall(1, roll(64) ? NOTES : roll(2) ? pick(dice, beyond) : SIZE - NOTES_SIZE + roll(3),
		  0, 0);
	load(EAX, 0);
	interrupt(0x1f);
	load(ESP, STACK);
}

/**
 * make_case - fill a Guest's memory, which is all zeroes
 * @with: the dice of this case
 * @kind: what to do much of
 * @n: the number of the case
 */
void make_case(struct dice *with, const struct kind *kind, uint32_t n)
{
	unsigned int i = 1, count;
	uint8_t *end;

	dice = with;
	count = 8 + roll(32);
	strcpy((char *)memory + MESSAGE, "done");
	make_notes();
	make_tables();
	memset(memory + SLOTS, 0x90, MAX_SLOTS * SLOT_SIZE);
	make_start();
	for (count += i; i < count; i++) {
		code = slot(i);
		end = slot(i + 1);
		store(NEXT, SLOTS + (i + 1) * SLOT_SIZE);
		check_ring();
		do_operation(kind, n * 7 + i);
		if (code > end)
			errx(2, "operation %u of case %u is too long", i, n);
	}
	code = slot(i);
	shut_down();
	make_handler();
	*(uint32_t *)(memory + LEFT) = 20 + roll(44);
	*(uint32_t *)(memory + NEXT) = SLOTS + i * SLOT_SIZE;
}

void print_covered(void)
{
	unsigned int map, i, n[2] = { 0, 0 };

	for (map = 0; map < 2; map++)
		for (i = 0; i < 256; i++)
			n[map] += covered[map][i];
	printf("opcodes: %u of one byte, %u of two\n", n[0], n[1]);
}
