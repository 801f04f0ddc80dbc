#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What the tests of P3 and P4 do on two machines each, on many: other processors,
# little memory and much, and NMIs by the thousand.
. "${0%/*}/prog/lib.sh"
build_programs

machine --smp 2 --append preempt=full -- nmi p3
machine --smp 1 --cpu pentium3 --append preempt=full -- basic p3
machine --smp 2 --cpu max -- nmi basic
for cpu in pentium2 core2duo SandyBridge Skylake-Client EPYC; do
	machine --smp 2 --cpu $cpu -- basic
done
machine --mem 256 -- basic
machine --mem 1024 -- basic
machine --mem 2048 -- basic

# What a hypercall that does nothing costs, in instructions.
run_lab ${LAB_OPTIONS:-} --icount -- \
	'lguest 8 /guests/p3-the-host-lives-on null 1000; lguest 8 /guests/p3-the-host-lives-on null 3000'
few=$(echo "$out" | sed -n 's/^1000 null hypercalls took //p')
many=$(echo "$out" | sed -n 's/^3000 null hypercalls took //p')
cost=$(((${many:-9999999} - ${few:-0}) / 2000))
echo "# a null hypercall takes $cost instructions"
ok "a null hypercall takes few instructions" [ "$cost" -lt 400 ]
done_testing
