/* SPDX-License-Identifier: GPL-2.0-only */
/* The least that a Launcher must do. */
#ifndef _LAUNCH_H
#define _LAUNCH_H

#include <elf.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define GUEST_SIZE	(8 << 20)
#define DEVICE_SIZE	(256 * 4096)

struct guest {
	int fd;
	uint8_t *mem;
	char says[1024];
};

static inline uint32_t load_guest(uint8_t *mem, const char *kernel)
{
	int fd = open(kernel, O_RDONLY);
	Elf32_Ehdr eh;
	Elf32_Phdr ph;

	if (fd < 0 || pread(fd, &eh, sizeof(eh), 0) != sizeof(eh))
		err(2, "%s", kernel);
	for (unsigned int i = 0; i < eh.e_phnum; i++) {
		if (pread(fd, &ph, sizeof(ph), eh.e_phoff + i * sizeof(ph)) < 0)
			err(2, "%s", kernel);
		if (ph.p_type == PT_LOAD &&
		    pread(fd, mem + ph.p_paddr, ph.p_filesz, ph.p_offset) < 0)
			err(2, "%s", kernel);
	}
	close(fd);
	return eh.e_entry;
}

static inline struct guest new_guest(const char *kernel, const char *words)
{
	uint32_t args[] = { 0, 0, (GUEST_SIZE + DEVICE_SIZE) / 4096, 0, 0 };
	struct guest g = { .fd = open("/dev/lguest", O_RDWR) };

	g.mem = mmap(NULL, GUEST_SIZE + DEVICE_SIZE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (g.fd < 0 || g.mem == MAP_FAILED)
		err(2, "no Guest");
	strcpy((char *)g.mem + 4096, words);
	args[1] = (uintptr_t)g.mem;
	args[4] = load_guest(g.mem, kernel);
	if (write(g.fd, args, sizeof(args)) < 0)
		err(2, "INITIALIZE");
	return g;
}

static inline const char *last_words(struct guest *g)
{
	if (read(g->fd, g->says, sizeof(g->says)) < 0)
		err(2, "read");
	return g->says;
}

/* What it says, or why it died; NULL when a signal came. */
static inline const char *listen_to(struct guest *g)
{
	uint32_t addr;

	if (read(g->fd, &addr, sizeof(addr)) == sizeof(addr))
		return (char *)g->mem + addr;
	if (errno == EINTR)
		return NULL;
	if (errno != ENOENT)
		err(2, "read");
	return last_words(g);
}

static inline int is_dead(const struct guest *g, const char *said)
{
	return said == g->says;
}

#endif /* _LAUNCH_H */
