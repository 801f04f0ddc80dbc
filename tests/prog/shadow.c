// SPDX-License-Identifier: GPL-2.0-only
/*
 * A Guest of the tests' own: it changes its page tables, says so to the Host or does
 * not, and looks at what the processor then finds.
 */
#include "paging.h"

/* A user's address, and one of the kernel's beyond what is mapped. */
#define USER		0x10000000
#define KERNEL		0xe0000000
#define DIRS		6

static uint32_t *dirs[DIRS], pages[DIRS + 2];

static void set(uint32_t *dir, uint32_t addr, uint32_t entry)
{
	uint32_t *pte = pte_made(dir, addr);

	if (!pte)
		last_words("no memory");
	*pte = entry;
}

static void tell(const uint32_t *dir, uint32_t addr, uint32_t entry)
{
	hcall(LHCALL_SET_PTE, pa(dir), addr, entry, 0);
}

static volatile uint32_t *at(uint32_t addr)
{
	return (volatile uint32_t *)addr;
}

static uint32_t entry(uint32_t page)
{
	return page | PAGE_PRESENT | PAGE_WRITE | PAGE_ACCESSED | PAGE_DIRTY;
}

/* Each directory with a page of its own at USER, and one page for all at KERNEL. */
static void make(uint32_t n)
{
	uint32_t i;

	for (i = 0; i < DIRS + 2; i++) {
		pages[i] = page_alloc();
		*(uint32_t *)va(pages[i]) = n + i;
	}
	set(kernel_dir, KERNEL, entry(pages[DIRS]));
	for (i = 0; i < DIRS; i++) {
		dirs[i] = va(page_alloc());
		memcpy(dirs[i], kernel_dir, PAGE_SIZE);
		set(dirs[i], USER, entry(pages[i]));
	}
}

static void look(const char *what)
{
	uint32_t i, good = 0;

	for (i = 0; i < DIRS; i++) {
		use_dir(dirs[i]);
		good += *at(USER) == *(uint32_t *)va(pages[i]);
	}
	say("%s: %u of %u.\n", what, good, DIRS);
}

/* Have the first four in the Host's shadows, the first one in force. */
static void see_four(void)
{
	for (uint32_t i = 16; i--;) {
		use_dir(dirs[i % 4]);
		*at(USER);
		*at(KERNEL);
	}
}

static uint32_t kernel_right(uint32_t page)
{
	uint32_t i, good = 0;

	for (i = 0; i < 4; i++) {
		use_dir(dirs[i]);
		good += *at(KERNEL) == *(uint32_t *)va(page);
	}
	return good;
}

static void kernel_change(const char *what, bool told)
{
	see_four();
	set(kernel_dir, KERNEL, entry(pages[DIRS + 1]));
	if (told)
		tell(dirs[1], KERNEL, entry(pages[DIRS + 1]));
	say("%s: %u of 4.\n", what, kernel_right(pages[DIRS + 1]));
	set(kernel_dir, KERNEL, entry(pages[DIRS]));
	hcall(LHCALL_FLUSH_TLB, 1, 0, 0, 0);
	say("... and after a flush: %u of 4.\n", kernel_right(pages[DIRS]));
}

/* Change what USER is in the first two, and tell of one; which is what? */
static void user_change(const char *what, void (*say_so)(void))
{
	uint32_t first, second;

	see_four();
	set(dirs[0], USER, entry(pages[6]));
	set(dirs[1], USER, entry(pages[6]));
	say_so();
	use_dir(dirs[0]);
	first = *at(USER) == *(uint32_t *)va(pages[6]);
	use_dir(dirs[1]);
	second = *at(USER) == *(uint32_t *)va(pages[6]);
	say("%s: %u %u.\n", what, first, second);
	set(dirs[0], USER, entry(pages[0]));
	set(dirs[1], USER, entry(pages[1]));
	hcall(LHCALL_FLUSH_TLB, 1, 0, 0, 0);
}

static void say_nothing(void)
{
}

static void say_entry_of_second(void)
{
	tell(dirs[1], USER, entry(pages[6]));
}

static void say_entry_of_first(void)
{
	tell(dirs[0], USER, entry(pages[6]));
}

static void say_entry_of_fifth(void)
{
	tell(dirs[4], USER, entry(pages[6]));
}

static void say_table_of_second(void)
{
	hcall(LHCALL_SET_PGD, pa(dirs[1]), USER >> 22, 0, 0);
}

static void say_another_table(void)
{
	hcall(LHCALL_SET_PGD, pa(dirs[1]), (USER >> 22) + 1, 0, 0);
	hcall(LHCALL_SET_PGD, pa(dirs[1]), 1020, 0, 0);
	hcall(LHCALL_SET_PGD, pa(dirs[1]), 1023, 0, 0);
}

static void say_user_part(void)
{
	hcall(LHCALL_FLUSH_TLB, 0, 0, 0, 0);
}

static void say_everything(void)
{
	hcall(LHCALL_FLUSH_TLB, 1, 0, 0, 0);
}

static void say_others(void)
{
	/* Two more directories than there are shadows. */
	use_dir(dirs[4]);
	use_dir(dirs[5]);
	use_dir(dirs[2]);
	use_dir(dirs[3]);
}

/* What the processor has noted in an entry. */
static void bits(const char *what, uint32_t given)
{
	volatile uint32_t *pte = pte_of(dirs[0], USER);
	uint32_t before, read;

	use_dir(dirs[0]);
	*at(USER);
	*pte = pages[0] | PAGE_PRESENT | PAGE_WRITE | given;
	tell(dirs[0], USER, *pte);
	before = *pte & (PAGE_ACCESSED | PAGE_DIRTY);
	*at(USER);
	read = *pte & (PAGE_ACCESSED | PAGE_DIRTY);
	*at(USER) += 0;
	say("%s: 0x%x, read 0x%x, written 0x%x.\n", what, before, read,
	    *pte & (PAGE_ACCESSED | PAGE_DIRTY));
}

static void by_number(const char *words)
{
	uint32_t nr = number(words), arg[4];

	for (uint32_t i = 0; i < 4; i++) {
		words = next_word(words);
		arg[i] = number(words);
	}
	hcall(nr, arg[0], arg[1], arg[2], arg[3]);
	say("Still here.\n");
}

void guest_main(const char *words)
{
	make(number(words));
	if (word_is(words, "call"))
		by_number(next_word(words));
	look("Six directories");
	look("Again");
	kernel_change("The kernel's, not told", false);
	kernel_change("The kernel's, told", true);
	user_change("Nothing", say_nothing);
	user_change("The entry of the first", say_entry_of_first);
	user_change("The entry of the second", say_entry_of_second);
	user_change("The entry of the fifth", say_entry_of_fifth);
	user_change("The table of the second", say_table_of_second);
	user_change("Another table", say_another_table);
	user_change("The user's part", say_user_part);
	user_change("Everything", say_everything);
	user_change("Other directories", say_others);
	bits("Neither", 0);
	bits("Accessed", PAGE_ACCESSED);
	bits("Both", PAGE_ACCESSED | PAGE_DIRTY);
	bits("Dirty", PAGE_DIRTY);
	set(dirs[0], USER, entry(pages[0]) & ~PAGE_PRESENT);
	tell(dirs[0], USER, entry(pages[0]) & ~PAGE_PRESENT);
	say("Goodbye %u.\n", number(words));
	if (word_is(next_word(words), "gone"))
		say("%u\n", *at(USER));
}
