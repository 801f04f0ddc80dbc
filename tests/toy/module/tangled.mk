# SPDX-License-Identifier: GPL-2.0-only
all:
	$(MAKE) -C launcher toy
