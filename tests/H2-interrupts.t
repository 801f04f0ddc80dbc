#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Each rule by which an interrupt goes in; who sleeps, and who wakes him: on two CPUs,
# where he who wakes is really at work meanwhile, and on one.
. "${0%/*}/prog/lib.sh"
build_programs
build_more irqs
build_guest rules h2
machine --smp 2 --cpu max --timeout "$(scaled 240)" -- h2
machine --smp 1 --timeout "$(scaled 240)" -- h2
done_testing
