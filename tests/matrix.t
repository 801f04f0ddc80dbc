#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What the tests of P3 and P4 do on two machines each, on many: other processors,
# one without global pages, little memory and much, and NMIs by the thousand.
. "${0%/*}/prog/lib.sh"
build_programs

machine --smp 2 --append preempt=full -- nmi p3
machine --smp 1 --cpu pentium3,-pge --append preempt=full -- basic p3
machine --smp 2 --cpu max -- nmi basic
for cpu in pentium2 core2duo SandyBridge Skylake-Client EPYC; do
	machine --smp 2 --cpu $cpu -- basic
done
machine --mem 256 -- basic
machine --mem 1024 -- basic
machine --mem 2048 -- basic

if [ "$kernel" = debug ]; then
	skip "a kernel that watches what modules do takes its own time for a hypercall"
	done_testing
	exit
fi

# What a hypercall that does nothing costs, in instructions. Of several runs the one
# counts that the Host's own clock has not come into.
run_lab ${LAB_OPTIONS:-} --icount -- 'for run in 1 2 3 4 5; do
	lguest 8 /guests/p3-the-host-lives-on null 1000; lguest 8 /guests/p3-the-host-lives-on null 2000; done'
fewest() {
	echo "$out" | sed -n "s/^$1 null hypercalls took //p" | sort -n | head -n 1
}
few=$(fewest 1000) many=$(fewest 2000)
cost=$(((${many:-9999999} - ${few:-0}) / 1000))
echo "# a null hypercall takes $cost instructions"
ok "a null hypercall takes few instructions" [ "$cost" -lt 400 ]
done_testing
