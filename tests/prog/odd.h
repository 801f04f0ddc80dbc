/* SPDX-License-Identifier: GPL-2.0-only */
/* Things that a program can have and that no Guest must get at. */
#ifndef _ODD_H
#define _ODD_H

#include <asm/ldt.h>
#include <err.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Entry 0 of the local table, ring 3. */
#define LDT_SELECTOR	0x7

static inline void make_ldt_entry(uint32_t *cell)
{
	struct user_desc desc = {
		.base_addr = (uintptr_t)cell, .limit = sizeof(*cell) - 1,
		.seg_32bit = 1, .useable = 1,
	};

	if (syscall(SYS_modify_ldt, 1, &desc, sizeof(desc)) < 0)
		err(2, "modify_ldt");
}

/* A hardware breakpoint that counts who touches a word. */
static inline int watch_word(const void *word)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_BREAKPOINT, .size = sizeof(attr),
		.sample_period = 1, .bp_type = HW_BREAKPOINT_RW,
		.bp_addr = (uintptr_t)word, .bp_len = HW_BREAKPOINT_LEN_4,
	};
	int fd = syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);

	if (fd < 0)
		err(2, "perf_event_open");
	return fd;
}

static inline uint64_t watched(int fd)
{
	uint64_t count;

	if (read(fd, &count, sizeof(count)) != sizeof(count))
		err(2, "perf event");
	return count;
}

#endif /* _ODD_H */
