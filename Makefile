# SPDX-License-Identifier: GPL-2.0-only
#
# A hypervisor that is a book: set up, tangle, build, boot, test, weave.
# Everything that is made goes to tangled/ and build/.

# LAB_KERNEL=debug and LAB_COVERAGE are for check-debug and coverage.
kernel = $(or $(filter debug,$(LAB_KERNEL)),686)
coverage = $(and $(filter debug,$(kernel)),$(LAB_COVERAGE))
trees = build/tree$(if $(coverage),-coverage,$(addprefix -,$(filter debug,$(kernel))))
tree = $(trees)/$(or $(UPTO),all)
lab = build/lab/$(kernel)
boot-seconds = build/lab/$(addsuffix /,$(filter debug,$(kernel)))boot-seconds
upto = $(addprefix --upto ,$(UPTO))
tests := $(wildcard tests/$(addsuffix -,$(CHAPTER))*.t)
tests += $(if $(and $(CHAPTER),$(tests)),tests/prefixes.t)
# Those that run the module; the lab machine itself is Debian's.
watched = $(filter-out tests/lab.t,$(shell grep -lE 'run_lab|tools/lab|prog/lib\.sh' /dev/null $(tests)))

.DEFAULT_GOAL = help
.DELETE_ON_ERROR:
.PHONY: help run linux shell check check-linux check-debug coverage watched fuzz fuzz-queues soak check-i386 check-fresh tangle module touches exits bench bench-record bench-compare selftests clean distclean
.PHONY: setup setup-build setup-chapter setup-book
MAKEFLAGS += --no-print-directory

help: ## show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: module $(if $(filter linux debian,$(GUEST)),linux) $(if $(filter debian,$(GUEST)),build/debian/disk.img) $(boot-seconds) ## start a Guest in the lab machine [GUEST=p2-the-guest-speaks, or linux, or debian] [UPTO=P2] [ARGS=...] [LGUEST=--stats] [DISK=FILE] [MODPROBE=tun]
	@tools/run $(upto) $(addprefix --guest ,$(GUEST)) $(addprefix --disk ,$(DISK)) \
		$(if $(LGUEST),--launcher '$(LGUEST)') $(if $(MODPROBE),--modprobe '$(MODPROBE)') -- $(ARGS)

linux: setup-build setup-kernel $(lab)/done ## make Debian's Linux into a Guest, build/linux/vmlinux
	@tools/linux

build/debian/disk.img: | setup-test
	@mkdir -p ${@D}
	@tools/linux-debian $@

shell: module $(boot-seconds) ## get a prompt in the lab machine, the module loaded [UPTO=P2]
	@echo "lab: booting; exit or ctrl-d powers off, ctrl-a x when it hangs"
	@tools/lab $(upto) --interactive

check: $(if $(CHAPTER),setup-chapter,setup) module $(if $(findstring linux,$(tests)),linux) $(boot-seconds) ## run the tests [CHAPTER=P2: that chapter's]
	@$(if $(strip $(tests)),prove $(PROVEFLAGS) $(tests),echo "check: no test of chapter $(CHAPTER)" >&2; exit 1)

check-linux: setup-chapter linux module $(boot-seconds) ## try the Linux Guest at length: a Debian on its disk, on a kernel that watches itself, with neighbours
	@prove $(PROVEFLAGS) tests/linux/*.t

check-debug: ## run the tests that boot the lab on a kernel that watches what modules do [CHAPTER=P2]
	@$(MAKE) LAB_KERNEL=debug LAB_COVERAGE= watched

coverage: ## run them so, and count which branches of the module were taken [CHAPTER=P2]
	@rm -rf build/coverage
	@$(MAKE) LAB_KERNEL=debug LAB_COVERAGE=$(CURDIR)/build/coverage watched; status=$$?; \
		tools/coverage build/coverage build/tree-coverage/all && exit $$status

watched: setup-chapter module $(boot-seconds)
	@$(if $(strip $(watched)),prove $(PROVEFLAGS) $(watched),echo "check-debug: no test of chapter $(CHAPTER)" >&2; exit 1)

check-i386: setup-build setup-test $(boot-seconds) ## build on an empty Debian 12 i386 as its owner would, and run that in the lab
	@tests/i386-host.sh

check-fresh: setup-test ## try the two commands on an empty Debian 12 [GOALS='run book']
	@tests/fresh.sh $(GOALS)

tangle: setup-tangle ## write the code of the book to tangled/ [UPTO=P2: as of that chapter, to tangled/P2/]
	@tools/tangle $(upto) tangled$(addprefix /,$(UPTO))

# What is built knows its chapters and lines. The stamp is as old as the start, so
# that a change made meanwhile is not missed.
module: setup-build $(lab)/done ## build module, Launcher and Guests in build/tree/ [UPTO=P2]
	@mkdir -p $(trees) build/log && touch $(trees)/started
	@echo "tangle: chapters to $(tree)"
	@tools/tangle --lines $(upto) $(tree)
	@echo "build: module, Launcher and Guests in $(tree)"
	@$(MAKE) -C $(tree) KDIR=$(CURDIR)/$(lab)/headers $(if $(filter debug,$(kernel)),UBSAN_SANITIZE=y) $(if $(coverage),GCOV_PROFILE=y) > build/log/build.log || \
		{ echo "build: failed (log: $(CURDIR)/build/log/build.log)" >&2; exit 1; }
	@mv $(trees)/started $(tree)/built

touches: setup-tangle ## show which chapters write which lines of a tangled file: FILE=hypercalls.c [UPTO=P2]
	@tools/touches $(upto) $(FILE)

fuzz: module $(boot-seconds) ## make the Guest an enemy: hypercalls, page tables, instructions, queues made of dice [SEED=7] [KIND=device] [CASES=1000] [FROM=0] [ENDLESS=1] [CAMPAIGN=1000000] [OPTIONS=--smp 1]
	@tools/fuzz $(addprefix --seed ,$(SEED)) $(addprefix --kind ,$(KIND)) $(addprefix --cases ,$(CASES)) $(addprefix --from ,$(FROM)) $(if $(ENDLESS),--endless) $(addprefix --campaign ,$(CAMPAIGN)) $(OPTIONS)

fuzz-queues: setup-queues module ## let libFuzzer make up what a Guest may do to its devices [MINUTES=1]
	@tools/fuzz-queues --seconds $$(($(or $(MINUTES),1) * 60))

soak: setup-queues module $(boot-seconds) ## let Guests start, work and die for an hour on two CPUs that come and go, and kill 500; before that, all of fuzz*.t [MINUTES=5]
	@ALL=1 MINUTES=$(MINUTES) prove $(PROVEFLAGS) tests/fuzz.t tests/fuzz-queues.t tests/soak/*.t

exits: module $(boot-seconds) ## count anew why Guests come back to the Host, for the tables in the chapters
	@tools/exits > build/exits.tsv
	@cp build/exits.tsv chapters/exits.tsv

bench: module setup-kernel $(boot-seconds) ## measure what a Guest costs, beside the same done natively [GROUP=linux: that alone]
	@tools/bench $(GROUP)

bench-record: module setup-kernel $(boot-seconds) ## measure all that anew, for the tables and figures in the chapters
	@tools/bench --to build/costs.tsv
	@cp build/costs.tsv chapters/costs.tsv
	@for round in hypercall fault; do tools/profile $$round --round > build/$$round.round && cp build/$$round.round chapters/ || exit; done

bench-compare: module setup-kernel $(boot-seconds) ## measure all that anew, and print what has moved since it was recorded
	@tools/bench --runs 0 --to build/costs.tsv > /dev/null
	@tools/bench-compare build/costs.tsv

selftests: module setup-kernel $(boot-seconds) ## run Linux's own tests on the Linux Guest and on the same Linux natively, and compare [TESTS=x86]
	@tools/selftests $(TESTS)

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

$(lab)/done: | setup-build $(if $(filter debug,$(kernel)),setup-kernel)
	@tools/lab-kernel $(kernel)

build/lab/debug/done: tests/debug-kernel.config

# Every time limit follows from this.
$(boot-seconds): $(lab)/done
	@echo "lab: measuring how long booting takes here"
	@start=$$(date +%s); tools/lab --kernel $(kernel) --no-module --timeout 900 -- true && \
		echo $$(($$(date +%s) - start + 1)) > $@

clean: ## remove what was made, keep what was fetched
	@rm -rf tangled
	@mkdir -p build && find build -mindepth 1 -maxdepth 1 ! -name lab ! -name debian -exec rm -rf {} +

distclean: ## remove everything that is not in git's keeping
	@rm -rf tangled build

include book.pdf.mk
