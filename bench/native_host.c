// SPDX-License-Identifier: GPL-2.0-only
/*
 * What costs.c measures in a Guest, done by the lab machine's own kernel where it
 * has to be done in ring 0. A module that says what it measured when it is loaded.
 */
#define pr_fmt(fmt) "native: " fmt

#include <linux/hrtimer.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/vmalloc.h>
#include <asm/io.h>
#include <asm/tlbflush.h>

#define TIMES	1000

static u32 since(u64 start)
{
	return rdtsc() - start;
}

static int __init change_entry(void)
{
	void *page = vmalloc(PAGE_SIZE);
	unsigned int level, i;
	pte_t *pte, was;
	u64 start;

	if (!page)
		return -ENOMEM;
	pte = lookup_address((unsigned long)page, &level);
	was = *pte;
	start = rdtsc();
	for (i = 0; i < TIMES; i++) {
		set_pte(pte, was);
		asm volatile("invlpg (%0)" : : "r" (page) : "memory");
	}
	pr_info("change an entry, forget it: %u\n", since(start) / TIMES);
	vfree(page);
	return 0;
}

static void __init reload_cr3(void)
{
	unsigned int i;
	u64 start = rdtsc();

	for (i = 0; i < TIMES; i++)
		native_write_cr3(__native_read_cr3());
	pr_info("load cr3: %u\n", since(start) / TIMES);
}

static void __init read_port(void)
{
	u64 start = rdtsc();
	unsigned int i;

	for (i = 0; i < TIMES; i++)
		inb(0x80);
	pr_info("in: %u\n", since(start) / TIMES);
}

static u64 handled;

static enum hrtimer_restart note(struct hrtimer *timer)
{
	handled = rdtsc();
	return HRTIMER_NORESTART;
}

/* Spin until a timer has come by: the longest turn is the one that it took. */
static void __init interrupt(void)
{
	u32 turn, back = 0, to = 0, i;
	struct hrtimer timer;
	u64 before, now;

	hrtimer_init(&timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
	timer.function = note;
	for (i = 0; i < 100; i++) {
		handled = 0;
		hrtimer_start(&timer, ns_to_ktime(20000),
			      HRTIMER_MODE_REL_HARD);
		now = rdtsc();
		do {
			before = now;
			now = rdtsc();
			turn = now - before;
		} while (!READ_ONCE(handled));
		back += turn;
		to += handled - before;
	}
	hrtimer_cancel(&timer);
	pr_info("timer interrupt, to the handler: %u\n", to / 100);
	pr_info("timer interrupt, there and back: %u\n", back / 100);
}

static int __init native_init(void)
{
	int err = change_entry();

	reload_cr3();
	read_port();
	interrupt();
	return err;
}
module_init(native_init);

static void __exit native_exit(void)
{
}
module_exit(native_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("What some things cost a kernel in ring 0");
