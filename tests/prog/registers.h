/* SPDX-License-Identifier: GPL-2.0-only */
/* All SSE registers and half of the x87's, filled from a seed and compared. */
#ifndef _REGISTERS_H
#define _REGISTERS_H

#include <stdint.h>
#include <string.h>

struct registers {
	uint32_t xmm[8][4], st[4];
};

static inline void make_registers(struct registers *r, uint32_t seed)
{
	for (unsigned int i = 0; i < 32; i++)
		r->xmm[i / 4][i % 4] = seed * (i + 1);
	for (unsigned int i = 0; i < 4; i++)
		r->st[i] = seed * (i + 50);
}

static inline __attribute__((always_inline))
void load_registers(const struct registers *r)
{
	asm volatile("movups   0(%0), %%xmm0; movups  16(%0), %%xmm1;"
		     "movups  32(%0), %%xmm2; movups  48(%0), %%xmm3;"
		     "movups  64(%0), %%xmm4; movups  80(%0), %%xmm5;"
		     "movups  96(%0), %%xmm6; movups 112(%0), %%xmm7;"
		     "fildl 128(%0); fildl 132(%0);"
		     "fildl 136(%0); fildl 140(%0)"
		     : : "r" (r) : "memory");
}

static inline __attribute__((always_inline))
void store_registers(struct registers *r)
{
	asm volatile("movups %%xmm0,   0(%0); movups %%xmm1,  16(%0);"
		     "movups %%xmm2,  32(%0); movups %%xmm3,  48(%0);"
		     "movups %%xmm4,  64(%0); movups %%xmm5,  80(%0);"
		     "movups %%xmm6,  96(%0); movups %%xmm7, 112(%0);"
		     "fistpl 140(%0); fistpl 136(%0);"
		     "fistpl 132(%0); fistpl 128(%0)"
		     : : "r" (r) : "memory");
}

static inline int same_registers(const struct registers *a,
				 const struct registers *b)
{
	return !memcmp(a, b, sizeof(*a));
}

#endif /* _REGISTERS_H */
