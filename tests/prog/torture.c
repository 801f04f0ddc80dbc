// SPDX-License-Identifier: GPL-2.0-only
/*
 * A Guest that changes its page tables at random, and tells the Host of it at
 * once, later, in a heap, or not at all; and after some of the changes it touches
 * addresses and compares what happens with a model.
 *
 * The model is a copy of all pages that serve as directories, tables or data, and,
 * as for a TLB, what may be remembered: for each directory and page those entries
 * that have been used since they were last flushed. An access must do what the
 * tables say now, or what a remembered entry says that allows it. When the Host has
 * been told of a change, what it contradicts is forgotten, so then there is one
 * answer only.
 *
 *	torture SEED CHANGES [LAST [MARK]]
 *
 * If something is wrong, say what the LAST things were that were done before. At
 * 7 MB, MARK is written at the beginning, and half of it behind it at the end.
 */
#include "descriptors.h"
#include "torture.h"

/* Pages by what they are mostly for, but everything may be mapped everywhere. */
#define DIRS		7
#define TABLES		16
#define DATA		24
#define FRAMES		(DIRS + TABLES + DATA)

/* The part of the address space that is tried: slots of 4 MB, pages in each. */
#define USER_SLOTS	3
#define SLOTS		5
#define PAGES		8
#define USER_PLACES	(USER_SLOTS * PAGES)
#define PLACES		(SLOTS * PAGES)

static const uint32_t slots[SLOTS] = { 1, 256, 767, 900, 1019 };
static const uint32_t pages[PAGES] = { 0, 1, 2, 256, 511, 700, 767, 1023 };

static uint32_t pool[FRAMES][1024] __attribute__((aligned(PAGE_SIZE)));
static uint32_t model[FRAMES][1024];

#define MARK		(7 << 20)

/* What may be remembered of a page; MANY is more than we keep track of. */
#define KEPT	6
#define MANY	255

struct memory {
	uint8_t n;
	uint32_t entry[KEPT];
};

/* ... and of a directory's slot: bit 0 is for RW and USER both clear, and so on. */
struct view {
	struct memory page[PLACES];
	uint8_t rights[SLOTS];
};

/* From kernel_address up all directories are the same: one view for all. */
static struct view views[DIRS], kernel_view;
static uint32_t current, seed, step, last_place;
static uint32_t accesses, faults, either, pins;

static uint32_t draw(uint32_t below)
{
	static uint32_t x;

	if (!x)
		x = seed * 2654435761u ^ 0x9e3779b9;
	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return x % below;
}

static bool percent(uint32_t n)
{
	return draw(100) < n;
}

static uint32_t entry_of(uint32_t frame, uint32_t flags)
{
	return pa(pool[frame]) | flags;
}

static uint32_t frame_of(uint32_t entry)
{
	return (entry - pa(pool)) / PAGE_SIZE;
}

static uint32_t place_addr(uint32_t place)
{
	return slots[place / PAGES] << 22 | pages[place % PAGES] << 12;
}

static struct view *view_of(uint32_t dir, uint32_t slot)
{
	return slot < USER_SLOTS ? &views[dir] : &kernel_view;
}

/* What was done: to speak of it at once would be a hypercall more. */
#define RECORDS		1000

static struct record {
	const char *format;
	uint32_t words[8];
} records[RECORDS];
static uint32_t recorded, last;

static void say_record(const struct record *r)
{
	const uint32_t *w = r->words;

	say(r->format, w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7]);
}

#define report(text, ...)						\
	(records[recorded++ % RECORDS] =				\
	 (struct record){ text, { step, __VA_ARGS__ } })

static void __attribute__((noreturn))
differs(const char *what, uint32_t a, uint32_t b, uint32_t c)
{
	for (uint32_t i = recorded < last ? 0 : recorded - last; i < recorded; i++)
		say_record(&records[i % RECORDS]);
	last_words("seed %u change %u: %s: 0x%x 0x%x 0x%x", seed, step, what,
		   a, b, c);
}

void our_own_fault(uint32_t eip, uint32_t error)
{
	differs("the Guest's own page fault", lguest_data.cr2, eip, error);
}

static void remember(struct memory *m, uint32_t entry)
{
	for (uint32_t i = 0; i < m->n && m->n != MANY; i++)
		if (m->entry[i] == entry)
			return;
	if (m->n >= KEPT)
		m->n = MANY;
	else
		m->entry[m->n++] = entry;
}

static uint32_t rights(uint32_t entry)
{
	return (entry & (RW | USER)) >> 1;
}

static void forget_slot(struct view *v, uint32_t slot)
{
	for (uint32_t i = 0; i < PAGES; i++)
		v->page[slot * PAGES + i].n = 0;
	v->rights[slot] = 0;
}

static void forget_user(uint32_t dir)
{
	for (uint32_t i = 0; i < USER_SLOTS; i++)
		forget_slot(&views[dir], i);
}

static void forget_all(void)
{
	for (uint32_t i = 0; i < DIRS; i++)
		forget_user(i);
	for (uint32_t i = USER_SLOTS; i < SLOTS; i++)
		forget_slot(&kernel_view, i);
}

/* Hypercalls, with which place or slot each is about. */
struct call {
	uint32_t nr, arg1, arg2, arg3, which;
};

static struct call queue[LHCALL_RING_SIZE];
static uint32_t queued;

/* Pages of the trap stack that must be dirty now: it was pinned. */
static uint32_t trap_stack, stack_pages;
static bool stack_pinned;

static void entry_is_set(const struct call *c)
{
	uint32_t slot = c->which / PAGES, dir = frame_of(c->arg1);
	struct view *v = view_of(dir, slot);

	if (c->which >= PLACES || (slot < USER_SLOTS && dir >= DIRS))
		return;
	v->page[c->which].n = 0;
	/* Where nothing is remembered of the slot, there is no table. */
	if (c->arg3 & PRESENT && c->arg3 & (ACCESSED | DIRTY) &&
	    v->rights[slot])
		remember(&v->page[c->which], c->arg3);
}

/* A slot of the kernel's is told in every directory, the last one last. */
static void slot_is_set(const struct call *c)
{
	uint32_t dir = frame_of(c->arg1);

	if (c->which < USER_SLOTS)
		forget_slot(&views[dir], c->which);
	else if (dir == DIRS - 1)
		forget_slot(&kernel_view, c->which);
	if (dir == current)
		stack_pinned = true;
}

static void has_been_done(const struct call *c)
{
	switch (c->nr) {
	case LHCALL_SET_PTE:
		entry_is_set(c);
		return;
	case LHCALL_SET_PGD:
		slot_is_set(c);
		return;
	case LHCALL_FLUSH_TLB:
		if (c->arg1)
			forget_all();
		else
			forget_user(current);
		break;
	case LHCALL_NEW_PGTABLE:
		current = frame_of(c->arg1);
		break;
	case LHCALL_SET_STACK:
		trap_stack = c->arg2;
		stack_pages = c->arg3;
		break;
	default:
		return;
	}
	stack_pinned = true;
}

/* The processor must be able to push there without asking, so it is dirty. */
static void check_stack(void)
{
	uint32_t i, addr, entry;

	for (i = 0; stack_pinned && i < stack_pages; i++, pins++) {
		addr = trap_stack - 1 - i * PAGE_SIZE;
		if (addr - STUB >= 1 << 22)
			continue;
		entry = ((volatile uint32_t *)stub_table)[addr >> 12 & 1023];
		if (!(entry & DIRTY))
			differs("a stack that is not pinned", addr, entry, i);
	}
}

static void do_now(const struct call *c)
{
	uint32_t i;

	hcall(c->nr, c->arg1, c->arg2, c->arg3, 0);
	for (i = 0; i < queued; i++)
		has_been_done(&queue[i]);
	queued = 0;
	has_been_done(c);
	check_stack();
}

static void drain(void)
{
	do_now(&(struct call){ .nr = LHCALL_FLUSH_ASYNC });
}

static void tell(struct call c)
{
	bool now = queued == LHCALL_RING_SIZE || percent(10);

	report("%u: hypercall %u 0x%x 0x%x 0x%x, now %u\n", c.nr, c.arg1,
	       c.arg2, c.arg3, now);
	if (now) {
		do_now(&c);
		return;
	}
	hcall_later(c.nr, c.arg1, c.arg2, c.arg3, 0);
	queue[queued++] = c;
}

/* What the page itself does not say may be anything below it. */
static void tell_entry(uint32_t dir, uint32_t place, uint32_t entry)
{
	tell((struct call){ LHCALL_SET_PTE, pa(pool[dir]),
			    place_addr(place) | draw(PAGE_SIZE), entry, place });
}

static void tell_slot(uint32_t dir, uint32_t slot)
{
	uint32_t first = dir, last = dir;

	if (slot >= USER_SLOTS) {
		first = 0;
		last = DIRS - 1;
	}
	for (; first <= last; first++)
		tell((struct call){ LHCALL_SET_PGD, pa(pool[first]),
				    slots[slot], 0, slot });
	/* Nothing is to be remembered between the first and the last. */
	if (slot >= USER_SLOTS && queued)
		drain();
}

static void tell_flush(bool all)
{
	tell((struct call){ LHCALL_FLUSH_TLB, all, 0, 0, 0 });
}

static void put_word(uint32_t frame, uint32_t at, uint32_t value)
{
	report("%u: 0x%x, word %u: 0x%x\n", pa(pool[frame]), at, value);
	((volatile uint32_t *)pool[frame])[at] = value;
	model[frame][at] = value;
}

static uint32_t some_flags(uint32_t rw, uint32_t user)
{
	return (percent(rw) ? RW : 0) | (percent(user) ? USER : 0) |
	       (percent(50) ? ACCESSED : 0) | (percent(40) ? DIRTY : 0);
}

static uint32_t some_frame(uint32_t data, uint32_t tables)
{
	uint32_t n = draw(100);

	if (n < data)
		return DIRS + TABLES + draw(DATA);
	return n < data + tables ? DIRS + draw(TABLES) : draw(DIRS);
}

/* In tables that are never a directory, also bits that a directory may not have. */
static uint32_t some_entry(uint32_t frame)
{
	uint32_t entry = entry_of(some_frame(70, 20),
				  some_flags(75, 75) | PRESENT);

	if (percent(12))
		return draw(~0u) & ~PRESENT;
	if (frame >= DIRS && frame < DIRS + TABLES && percent(20))
		entry |= draw(0x1000) & 0xf18;
	return entry;
}

static uint32_t some_slot_entry(void)
{
	if (percent(5))
		return draw(~0u) & ~PRESENT;
	return entry_of(some_frame(12, 78), some_flags(92, 88) | PRESENT);
}

/* The words of an access, as they were in the model. */
#define TOUCHED (KEPT + 3)

static struct {
	uint32_t *word, was;
	const volatile uint32_t *real;
} touched[TOUCHED];
static uint32_t num_touched;

static void touch(uint32_t frame, uint32_t at)
{
	touched[num_touched].word = &model[frame][at];
	touched[num_touched].was = model[frame][at];
	touched[num_touched++].real = &pool[frame][at];
}

static bool as_in_model(void)
{
	for (uint32_t i = 0; i < num_touched; i++)
		if (*touched[i].word != *touched[i].real)
			return false;
	return true;
}

static void undo(void)
{
	while (num_touched && num_touched--)
		*touched[num_touched].word = touched[num_touched].was;
}

struct access {
	uint32_t place, at, value;
	bool write, user;
	struct result result;
};

static bool allows(uint32_t entry, const struct access *a)
{
	return entry & PRESENT && (!a->write || entry & RW) &&
	       (!a->user || entry & USER);
}

/* Would a remembered entry do, without asking the Host? */
static bool would_do(const struct view *v, const struct access *a,
		     uint32_t entry)
{
	uint32_t i;

	if (!allows(entry, a) || (a->write && !(entry & DIRTY)))
		return false;
	for (i = 0; i < 4; i++)
		if (v->rights[a->place / PAGES] >> i & 1 &&
		    allows(i << 1 | PRESENT, a))
			return true;
	return false;
}

/* It has gone to this frame: is that what we see? */
static bool fits(const struct access *a, uint32_t frame)
{
	uint32_t *word = &model[frame][a->at];

	if (a->write)
		*word = a->value;
	else if (a->result.value != *word)
		return false;
	return as_in_model();
}

/* What the tables say now. The frame, or -1 and the error code. */
static int walk(const struct access *a, uint32_t *error)
{
	uint32_t dir = model[current][slots[a->place / PAGES]], entry;

	*error = a->write * 2 + a->user * 4;
	if (!(dir & PRESENT))
		return -1;
	entry = model[frame_of(dir)][pages[a->place % PAGES]];
	/* If the directory maps itself, this may be the same word. */
	if (entry & PRESENT)
		*error |= 1;
	if (!allows(dir, a) || !allows(entry, a))
		return -1;
	return frame_of(entry);
}

/* As walk(), and what that leaves behind. */
static bool fits_walk(struct view *v, const struct access *a)
{
	uint32_t *dir = &model[current][slots[a->place / PAGES]], *entry, error;
	int frame = walk(a, &error);

	if (frame < 0)
		return false;
	*dir |= ACCESSED;
	entry = &model[frame_of(*dir)][pages[a->place % PAGES]];
	*entry |= a->write ? ACCESSED | DIRTY : ACCESSED;
	remember(&v->page[a->place], *entry);
	v->rights[a->place / PAGES] |= 1 << rights(*dir);
	return fits(a, frame);
}

static void describe(const struct access *a)
{
	uint32_t dir = model[current][slots[a->place / PAGES]], entry = 0;

	if (dir & PRESENT)
		entry = model[frame_of(dir)][pages[a->place % PAGES]];
	report("%u: directory 0x%x, write + 2 user %u at 0x%x: 0x%x, 0x%x: "
	       "fault %u, value 0x%x\n", pa(pool[current]),
	       a->write + 2 * a->user, place_addr(a->place) | a->at * 4, dir,
	       entry, a->result.faulted, a->result.value);
}

static void judge_fault(const struct access *a)
{
	uint32_t error, *dir = &model[current][slots[a->place / PAGES]];
	uint32_t now = pool[current][slots[a->place / PAGES]];

	if (walk(a, &error) >= 0)
		differs("a fault that should not be", place_addr(a->place),
			a->result.addr, a->result.error);
	if (a->result.error != error)
		differs("another error code", place_addr(a->place),
			a->result.error, error);
	if (a->result.addr != (place_addr(a->place) | a->at * 4))
		differs("another address", place_addr(a->place) | a->at * 4,
			a->result.addr, error);
	/* Whether a walk that fails marks the directory is left open. */
	if (*dir & PRESENT && (now ^ *dir) == ACCESSED)
		*dir = now;
	faults++;
}

static void list_touched(const struct access *a, const struct memory *m)
{
	uint32_t dir = model[current][slots[a->place / PAGES]], error, i;
	int frame = walk(a, &error);

	num_touched = 0;
	touch(current, slots[a->place / PAGES]);
	if (dir & PRESENT)
		touch(frame_of(dir), pages[a->place % PAGES]);
	if (frame >= 0)
		touch(frame, a->at);
	for (i = 0; i < m->n; i++)
		touch(frame_of(m->entry[i]), a->at);
}

static void judge(struct access *a)
{
	struct view *v = view_of(current, a->place / PAGES);
	struct memory *m = &v->page[a->place], before = *m;
	uint32_t error, i, n = 0;

	accesses++;
	if (a->result.faulted) {
		judge_fault(a);
		return;
	}
	list_touched(a, m);
	if (walk(a, &error) >= 0)
		n++;
	for (i = 0; i < before.n; i++)
		n += would_do(v, a, before.entry[i]);
	if (fits_walk(v, a)) {
		either += n > 1;
		return;
	}
	for (i = 0; i < before.n; i++) {
		undo();
		list_touched(a, &before);
		if (would_do(v, a, before.entry[i]) &&
		    fits(a, frame_of(before.entry[i]))) {
			either += n > 1;
			return;
		}
	}
	undo();
	for (i = 0; i < 2 && n; i++)
		if (*touched[i].word != *touched[i].real)
			break;
	differs(!n ? "no fault" : n > 1 ? "none of several" :
		a->write ? "a write went wrong" : "a read went wrong",
		place_addr(a->place) | a->at * 4 | a->write | a->user * 2,
		a->result.value, n);
}

static void access(uint32_t place)
{
	static uint32_t unique;
	struct access a = {
		.place = place, .at = pages[draw(PAGES)],
		.value = unique += 2, .write = percent(50),
		.user = percent(50),
	};
	uint32_t addr = place_addr(place) | a.at * 4;

	if (view_of(current, place / PAGES)->page[place].n == MANY)
		return;
	if (a.user)
		a.result = try_user(addr, a.write, a.value);
	else
		a.result = try_kernel(addr, a.write, a.value);
	describe(&a);
	judge(&a);
}

/* The page below 3 GB may be the kernel's, and then is not tried. */
static bool is_tried(uint32_t place)
{
	return place >= USER_PLACES ||
	       place_addr(place) < lguest_data.kernel_address;
}

static uint32_t some_place(void)
{
	uint32_t place;

	do
		place = draw(PLACES);
	while (!is_tried(place));
	return place;
}

static uint32_t some_dir(void)
{
	return percent(60) ? current : draw(DIRS);
}

static void set_slot(uint32_t dir, uint32_t slot, uint32_t told)
{
	uint32_t entry = some_slot_entry(), i;

	for (i = 0; i < DIRS; i++)
		if (i == dir || slot >= USER_SLOTS)
			put_word(i, slots[slot], entry);
	/* The kernel's part must not be two things at once for long. */
	if (slot >= USER_SLOTS || percent(told))
		tell_slot(dir, slot);
}

/* Change an entry, wherever the directory says that it is. */
static void change_entry(uint32_t dir, uint32_t place, uint32_t told)
{
	uint32_t table = model[dir][slots[place / PAGES]], entry, at;

	last_place = place;
	if (!(table & PRESENT)) {
		set_slot(dir, place / PAGES, told);
		return;
	}
	table = frame_of(table);
	at = pages[place % PAGES];
	entry = model[table][at];
	if (entry & PRESENT && percent(60))
		entry &= ~(percent(50) ? ACCESSED | DIRTY : percent(50) ? DIRTY :
			   percent(50) ? RW : percent(50) ? USER : PRESENT);
	else
		entry = some_entry(table);
	put_word(table, at, entry);
	/* It may be the entry by which we got there. */
	if (percent(told))
		tell_entry(place < USER_PLACES ? dir : draw(FRAMES), place,
			   entry);
}

static void one_entry(void)
{
	change_entry(some_dir(), some_place(), 92);
}

static void one_slot(void)
{
	uint32_t place = some_place();

	last_place = place;
	set_slot(some_dir(), place / PAGES, 85);
}

static void switch_dir(void)
{
	tell((struct call){ LHCALL_NEW_PGTABLE, pa(pool[draw(DIRS)]), 0, 0, 0 });
}

static void flush(void)
{
	tell_flush(percent(3));
}

/* Several changes, then one flush. */
static void several(void)
{
	uint32_t n = draw(8), dir = percent(99) ? current : draw(DIRS);

	while (n--)
		change_entry(dir, some_place(), 0);
	tell_flush(dir != current);
}

static void tell_again(void)
{
	uint32_t dir = some_dir(), place = some_place();
	uint32_t table = model[dir][slots[place / PAGES]];

	last_place = place;
	if (table & PRESENT)
		tell_entry(dir, place,
			   model[frame_of(table)][pages[place % PAGES]]);
	else
		tell_slot(dir, place / PAGES);
}

static void any_word(void)
{
	uint32_t frame = some_frame(40, 60);

	put_word(frame, pages[draw(PAGES)], some_entry(frame));
}

/* Several pages, one frame. */
static void alias(void)
{
	uint32_t n, place, table;
	uint32_t entry = entry_of(some_frame(80, 15), some_flags(80, 80) | PRESENT);

	for (n = 0; n < 3; n++) {
		place = some_place();
		table = model[current][slots[place / PAGES]];
		if (!(table & PRESENT))
			continue;
		put_word(frame_of(table), pages[place % PAGES], entry);
		tell_entry(current, place, entry);
		last_place = place;
	}
}

static void copy_table(uint32_t from, uint32_t to)
{
	uint32_t i, entry;

	for (i = 0; i < PAGES; i++) {
		entry = model[from][pages[i]];
		if (entry & PRESENT)
			entry &= ~RW;
		put_word(from, pages[i], entry);
		put_word(to, pages[i], entry);
	}
}

/* A directory becomes a copy of another; both lose the right to write. */
static void fork(void)
{
	uint32_t parent = some_dir(), child = draw(DIRS), i, table, entry;

	for (i = 0; i < USER_SLOTS; i++) {
		entry = model[parent][slots[i]];
		table = DIRS + draw(TABLES);
		if (entry & PRESENT && frame_of(entry) >= DIRS) {
			copy_table(frame_of(entry), table);
			entry = entry_of(table, entry & 0x67);
		}
		put_word(child, slots[i], entry);
		tell_slot(child, i);
		if (parent != current)
			tell_slot(parent, i);
	}
	if (queued)
		drain();
	if (parent == current)
		tell_flush(false);
}

static uint32_t stack_frames[3][1024] __attribute__((aligned(PAGE_SIZE)));

/* Another frame, or cleaner; the Host hears of it at once. */
static void change_stack_page(void)
{
	uint32_t i = draw(3), addr = STUB + (15 + i) * PAGE_SIZE, entry;

	drain();
	entry = pa(stack_frames[draw(3)]) | PRESENT | RW |
		(percent(50) ? ACCESSED : 0) | (percent(30) ? DIRTY : 0);
	((volatile uint32_t *)stub_table)[15 + i] = entry;
	stack_pinned = false;
	do_now(&(struct call){ LHCALL_SET_PTE, pa(pool[0]), addr, entry, ~0u });
	if (percent(6))
		tell_flush(true);
}

/* At the end of a page, in one, across two. */
static void change_stack(void)
{
	static const uint32_t tops[] = { 0, 4, 2048, 4092, 4080, 4096 };
	uint32_t top = STUB + 18 * PAGE_SIZE - tops[draw(6)];

	tell((struct call){ LHCALL_SET_STACK, KERNEL_DS, top, draw(3), 0 });
}

static const struct {
	uint8_t weight;
	void (*act)(void);
} acts[] = {
	{ 66, one_entry },
	{ 5, one_slot },
	{ 6, switch_dir },
	{ 2, flush },
	{ 3, several },
	{ 8, tell_again },
	{ 3, any_word },
	{ 4, alias },
	{ 1, fork },
	{ 1, change_stack_page },
	{ 1, change_stack },
};

static void act(void)
{
	uint32_t n = draw(100), i;

	for (i = 0; n >= acts[i].weight; i++)
		n -= acts[i].weight;
	acts[i].act();
}

/* Nothing else has changed. */
static void audit(void)
{
	for (uint32_t i = 0; i < FRAMES; i++)
		for (uint32_t j = 0; j < 1024; j++)
			if (((volatile uint32_t *)pool[i])[j] != model[i][j])
				differs("a word has changed", i << 16 | j,
					pool[i][j], model[i][j]);
}

static void set_up(void)
{
	uint32_t i, j;

	set_segment(14, segment(0, ~0u, SEGMENT_CODE, 3));
	set_segment(15, segment(0, ~0u, SEGMENT_DATA, 3));
	set_gate(14, draw(2) ? GATE_TRAP : GATE_INTERRUPT, 0, page_fault);
	set_gate(0x80, draw(2) ? GATE_TRAP : GATE_INTERRUPT, 3, system_call);
	for (i = 0; i < 3; i++)
		stub_table[15 + i] = pa(stack_frames[i]) | PRESENT | RW;
	for (i = DIRS; i < FRAMES; i++)
		for (j = 0; j < 1024; j++)
			pool[i][j] = draw(~0u) & ~PRESENT;
	for (i = 0; i < DIRS; i++) {
		memcpy(pool[i], boot_dir, PAGE_SIZE);
		pool[i][0] = 0;
	}
	memcpy(model, pool, sizeof(pool));
	for (i = 0; i < SLOTS; i++)
		for (j = 0; j < DIRS; j++)
			set_slot(j, i, 0);
	tell((struct call){ LHCALL_NEW_PGTABLE, pa(pool[0]), 0, 0, 0 });
	change_stack();
	drain();
}

void guest_main(const char *words)
{
	uint32_t changes = number(next_word(words)), mark;
	const char *third = next_word(next_word(words));

	seed = number(words);
	last = number(third);
	mark = number(next_word(third));
	*(volatile uint32_t *)va(MARK) = mark;
	say("Marked.\n");
	set_up();
	for (step = 1; step <= changes; step++) {
		act();
		if (percent(15))
			access(last_place);
		if (percent(10))
			access(some_place());
		if (step % 16384 == 0)
			audit();
	}
	drain();
	audit();
	*(volatile uint32_t *)va(MARK + 4) = mark / 2;
	say("Seed %u: %u changes, %u accesses, %u faults, %u of two ways, "
	    "%u pages pinned.\n", seed, changes, accesses, faults, either, pins);
}
