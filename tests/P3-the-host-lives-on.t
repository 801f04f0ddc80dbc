#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Guests that loop, ask, compute and misbehave, on the plainest of machines and
# on the most modern; matrix.t has those between.
. "${0%/*}/prog/lib.sh"
build_programs
machine --smp 1 -- p3
machine --smp 2 --cpu max --append preempt=full -- p3
done_testing
