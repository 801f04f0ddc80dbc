#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# A share of what "make fuzz" does, with a seed that is always the same and one that
# is made up (SEED=1 gives it); and whether tools/fuzz sees anything: a module and a
# Launcher with mistakes that can be switched on must not get past it.
. "${0%/*}/prog/lib.sh"
seed=${SEED:-$(($(made_up) % 100000))}
fuzz=$top/tools/fuzz

# fuzz SEED OPTIONS...: what tools/fuzz says of it, in $out.
run_fuzz() {
	run_seed=$1
	shift
	# shellcheck disable=SC2086
	run "$fuzz" --seed "$run_seed" --timeout "$(scaled "${limit:-200}")" "$@"
	[ "$status" -ne 2 ] || { diag "$out"; bail_out "$err"; }
}

run_fuzz 1 --cases 80 --verbose
is "$status" 0 "seed 1: the machine is well" || diag "$out"
like "$out" '^the machine is well$' "... and says so"
like "$out" '^opcodes: 256 of one byte, 256 of two$' "every opcode had its turn"
for end in 'CRASH: done' 'Bad hypercall' 'bad page table entry' 'bad segment register' 'no stack at' \
	'gate' 'segment' 'page fault at' 'SET_PTE at' 'unhandled trap' 'double fault at'; do
	like "$out" "^ended: [0-9]+ $end" "some Guests end so: $end"
done
for answer in 'read done' 'read EPERM' 'read ENOENT' 'read EINTR' 'write done' 'write EBUSY' 'write ENOENT'; do
	like "$out" "^answered: [0-9]+ $answer\$" "some tasks are answered: $answer"
done
# Not random instructions: some of those are too much for QEMU (PROMISES.md), and it is
# for "make fuzz" to meet them.
run_fuzz "$seed" --cases 50 --smp 1 --kind calls --kind pages --kind tables --kind scribble --kind device
is "$status" 0 "seed $seed: the machine is well" || diag "$out"

# The same seed, the same cases.
"$fuzz" --seed "$seed" --kind tables --from 7 --show > "$tmp/once" && "$fuzz" --seed "$seed" --kind tables --from 7 --show > "$tmp/twice"
ok "a case is the same each time" cmp -s "$tmp/once" "$tmp/twice"
"$fuzz" --seed "$seed" --kind tables --from 8 --show > "$tmp/twice"
ok "... and another one is not" test -n "$(cmp "$tmp/once" "$tmp/twice" 2>&1)"
for wrong in '--kind nonesuch' '--cases' '--cases x' '--nonsense' '--seed' '--campaign many'; do
	# shellcheck disable=SC2086
	run "$fuzz" $wrong
	is "$status $(echo "$err" | wc -l)" "2 1" "fuzz $wrong: refused, in one line"
done

# What a campaign has done is added up; and all kinds were tried everywhere.
n=$(($(made_up) % 10000 + 1))
printf '%s\n' "686 1 max calls 3 $n" "debug 2 max pages 4 7" "686 1 max calls 5 7" "686 1 max deaths 5 1 calls 9" > "$tmp/tally"
run "$fuzz" --campaign "$n" --tally "$tmp/tally"
is "$status$(echo "$out" | tr -s " ")" "0 686/1/max debug/2/max all
calls $((n + 7)) 0 $((n + 7))
pages 0 7 7
deaths 1 0 1
fuzz: nothing was found" "a campaign's tally as a table"
run "$fuzz" --campaign 1 --tally "$tmp/nix/tally"
is "$status $(echo "$err" | wc -l)" "2 1" "a tally that cannot be: refused, in one line"
run "$fuzz" --campaign 0 --tally "$top/tests/fuzz-campaign"
is "$(echo "$out" | awk 'NR == 1 { where = NF - 1 } NF == where + 2 && $1 != "deaths" { kinds++; for (i = 2; i < NF; i++) none += !$i } END { print where, kinds, none + 0 }')" \
	"8 8 0" "the campaign on record has tried all kinds on both kernels, with one and two CPUs, as both models"
[ -s "$top/tests/fuzz-campaign" ] && diag "on record: $(awk '$4 != "deaths" { n += $6 } END { print n }' "$top/tests/fuzz-campaign") cases"

# Mistakes, and with each of them: kind, cases, what is said then. The first few only,
# if not ALL=1 asks for the others, too.
cat > "$tmp/mistakes" <<'END'
descriptors of the system are present|fixup_gdt_table|desc->p = 0;|if (!BAD) desc->p = 0;
pages are not let go|release_guest_pages|unpin_user_pages_dirty_lock|if (!BAD \|\| i % 7) unpin_user_pages_dirty_lock
there are more gates than 256|load_guest_idt_entry|if (num >= IDT_ENTRIES)|if (!BAD && num >= IDT_ENTRIES)
a page table leads beyond the Guest|check_gpte|is_guest_page(cpu, gpte)|(BAD \|\| is_guest_page(cpu, gpte))
no address is beyond the Guest|__lgread|	if (lguest_address_ok(cpu->lg, addr, len) &&|	if ((BAD \|\| lguest_address_ok(cpu->lg, addr, len)) &&
the Switcher's slot can be set|guest_set_pte|if (vaddr >= SWITCHER_ADDR)|if (!BAD && vaddr >= SWITCHER_ADDR)
the Switcher's segments are the Guest's|ignored_gdt|return num == GDT_ENTRY_TSS|return BAD ? false : num == GDT_ENTRY_TSS
there are more segments than 32|load_guest_gdt_entry|if (num >= GDT_ENTRIES)|if (!BAD && num >= GDT_ENTRIES)
sysenter leads to the Host|put_settings_aside|if (static_cpu_has(X86_FEATURE_SEP))|if (!BAD && static_cpu_has(X86_FEATURE_SEP))
tables are not given back|release_pgd|	free_page(|	if (!BAD) free_page(
every task may run the Guest|lguest_read|if (lg->cpu.tsk != current|if ((!BAD && lg->cpu.tsk != current)
END
cat > "$tmp/kinds" <<'END'
tables|300|in ring 0
pages|100|pages are left pinned
calls|400|lab:
pages|1000|its Launcher|lab:|pinned
calls|400|its Launcher
calls|400|lab:
tables|300|lab:|in ring 0
calls|400|lab:
instructions|300|lab:|in ring 0
pages|300|KB are lost
device|400|lab:
END
tree=$tmp/tree
cp -R "$trees/all" "$tree"
plant "$tmp/mistakes" "$tree/module/core.c" "$tree"/module/[!c]*.c
make -s -C "$headers" M="$tree/module" modules > "$tmp/build" 2>&1 || bail_out "$(grep -m 1 error "$tmp/build")"
limit=60
number=0
while IFS='|' read -r what rest; do
	number=$((number + 1))
	[ -n "${ALL-}" ] || [ $number -le 3 ] || break
	IFS='|' read -r kind cases wanted <<-END
		$(sed -n "${number}p" "$tmp/kinds")
	END
	run_fuzz 1 --from 1 --kind "$kind" --cases "$cases" --tree "$tree" --load "mistake=$number"
	is "$status" 1 "seen: $what"
	like "$out" "^fuzz: .*($wanted)" "... in what is said: $(echo "$out" | sed -n 2p)"
	like "$out" "^    tools/fuzz --seed [01] --kind $kind --from [0-9]+ --cases 1 " "... and how to try it again"
done < "$tmp/mistakes"

# And the Launcher, by its queues.
perl -i -pe 's{return len <= guest_size &&}{return len <= guest_size ||}' "$tree/launcher/virtio.c"
make -s -C "$tree/launcher" lguest > "$tmp/build" 2>&1 || bail_out "$(grep -m 1 error "$tmp/build")"
limit=120
run_fuzz 1 --from 1 --kind queues --cases 2500 --tree "$tree"
is "$status" 1 "seen: a device believes where a buffer is"
like "$out" "^fuzz: bad: status 139" "... which ends the Launcher"
done_testing
