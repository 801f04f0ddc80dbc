# SPDX-License-Identifier: GPL-2.0-only
#
# A hypervisor that is a book: set up, tangle, build, boot, test, weave.
# Everything that is made goes to tangled/ and build/.

tree = build/tree/$(or $(UPTO),all)
lab = build/lab/686
upto = $(addprefix --upto ,$(UPTO))
tests := $(wildcard tests/$(addsuffix -,$(CHAPTER))*.t)
tests += $(if $(and $(CHAPTER),$(tests)),tests/prefixes.t)

.DEFAULT_GOAL = help
.DELETE_ON_ERROR:
.PHONY: help run shell check check-i386 check-fresh tangle module touches exits bench clean distclean
.PHONY: setup setup-build setup-chapter setup-book
MAKEFLAGS += --no-print-directory

help: ## show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: module build/lab/boot-seconds ## start a Guest in the lab machine [GUEST=p2-the-guest-speaks] [UPTO=P2] [ARGS=...] [LGUEST=--stats] [DISK=FILE] [MODPROBE=tun]
	@tools/run $(upto) $(addprefix --guest ,$(GUEST)) $(addprefix --disk ,$(DISK)) \
		$(if $(LGUEST),--launcher '$(LGUEST)') $(if $(MODPROBE),--modprobe '$(MODPROBE)') -- $(ARGS)

shell: module build/lab/boot-seconds ## get a prompt in the lab machine, the module loaded [UPTO=P2]
	@echo "lab: booting; exit or ctrl-d powers off, ctrl-a x when it hangs"
	@tools/lab $(upto) --interactive

check: $(if $(CHAPTER),setup-chapter,setup) module build/lab/boot-seconds ## run the tests [CHAPTER=P2: that chapter's]
	@$(if $(strip $(tests)),prove $(PROVEFLAGS) $(tests),echo "check: no test of chapter $(CHAPTER)" >&2; exit 1)

check-i386: setup-build setup-test build/lab/boot-seconds ## build on an empty Debian 12 i386 as its owner would, and run that in the lab
	@tests/i386-host.sh

check-fresh: setup-test ## try the two commands on an empty Debian 12 [GOALS='run book']
	@tests/fresh.sh $(GOALS)

tangle: setup-tangle ## write the code of the book to tangled/ [UPTO=P2: as of that chapter, to tangled/P2/]
	@tools/tangle $(upto) tangled$(addprefix /,$(UPTO))

# What is built knows its chapters and lines. The stamp is as old as the start, so
# that a change made meanwhile is not missed.
module: setup-build $(lab)/done ## build module, Launcher and Guests in build/tree/ [UPTO=P2]
	@mkdir -p build/tree build/log && touch build/tree/started
	@echo "tangle: chapters to $(tree)"
	@tools/tangle --lines $(upto) $(tree)
	@echo "build: module, Launcher and Guests in $(tree)"
	@$(MAKE) -C $(tree) KDIR=$(CURDIR)/$(lab)/headers > build/log/build.log || \
		{ echo "build: failed (log: $(CURDIR)/build/log/build.log)" >&2; exit 1; }
	@mv build/tree/started $(tree)/built

touches: setup-tangle ## show which chapters write which lines of a tangled file: FILE=hypercalls.c [UPTO=P2]
	@tools/touches $(upto) $(FILE)

exits: module build/lab/boot-seconds ## count anew why Guests come back to the Host, for the tables in the chapters
	@tools/exits > build/exits.tsv
	@cp build/exits.tsv chapters/exits.tsv

bench: module build/lab/boot-seconds ## measure what devices cost, beside the same work done natively
	@tools/bench

setup: $(lab)/done ## install every package that anything here needs
	@tools/setup

setup-build:
	@tools/setup tangle lab

setup-chapter:
	@tools/setup tangle lab test

setup-book:
	@tools/setup tangle book

setup-%:
	@tools/setup $*

$(lab)/done: | setup-build
	@tools/lab-kernel

# Every time limit follows from this.
build/lab/boot-seconds: $(lab)/done
	@echo "lab: measuring how long booting takes here"
	@start=$$(date +%s); tools/lab --no-module --timeout 900 -- true && \
		echo $$(($$(date +%s) - start + 1)) > $@

clean: ## remove what was made, keep what was fetched
	@rm -rf tangled
	@mkdir -p build && find build -mindepth 1 -maxdepth 1 ! -name lab ! -name debian -exec rm -rf {} +

distclean: ## remove everything that is not in git's keeping
	@rm -rf tangled build

include book.pdf.mk
