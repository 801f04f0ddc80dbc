# SPDX-License-Identifier: GPL-2.0-only
# Builds the module, the Launcher and the Guests from what was tangled here.
# KDIR is where the kernel's headers are: those of the running kernel, or
# any others, for example make KDIR=/usr/src/linux-headers-6.1.0-50-686

KDIR ?= /lib/modules/$(shell uname -r)/build

all: module launcher guest

module:
	@grep -qs '^CONFIG_X86_32=y' $(KDIR)/.config && ! grep -qs '^CONFIG_X86_PAE=y' $(KDIR)/.config || \
		{ echo "$(KDIR): not the headers of an i386 kernel without PAE (Debian's flavour 686)" >&2; exit 1; }
	$(MAKE) -C $(KDIR) M=$(CURDIR)/module modules

launcher guest:
	$(MAKE) -C $@

clean:
	$(MAKE) -C $(KDIR) M=$(CURDIR)/module clean
	$(MAKE) -C launcher clean
	$(MAKE) -C guest clean

.PHONY: all module launcher guest clean
