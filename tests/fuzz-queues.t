#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# A share of what "make fuzz-queues" does, and whether it sees anything: Launchers whose
# queues believe what they are told must not get past it.
. "${0%/*}/lib.sh"
seed=${SEED:-$(($(made_up) % 100000))}
fuzz=$top/tools/fuzz-queues
tree=$trees/all
[ -e "$tree/built" ] || make -s -C "$top" module > "$tmp/out" 2>&1 || bail_out "$(tail -n 1 "$tmp/out")"

# run_fuzz SECONDS OPTIONS...
run_fuzz() {
	run "$fuzz" --seed "$seed" --corpus "$tmp/corpus" --seconds "$@"
	[ "$status" -ne 2 ] || bail_out "$err"
}

run_fuzz 5 --tree "$tree"
is "$status" 0 "seed $seed: nothing is found" || diag "$out"
like "$out" '^fuzz-queues: [1-9][0-9]{2,} inputs in ' "... in many inputs"
for wrong in '--seconds x' '--seconds 0' '--nonsense' '--seed' '--tree nonesuch' nonesuch; do
	# shellcheck disable=SC2086
	run "$fuzz" $wrong
	is "$status $(echo "$err" | wc -l)" "2 1" "fuzz-queues $wrong: refused, in one line"
done

# A mistake, the file, what stands in it, and what is put there. The
# first few only, if not ALL=1 asks for the others, too.
cat > "$tmp/mistakes" <<'END'
a buffer may be anywhere|virtio.c|return len <= guest_size &&|return len <= guest_size \|\|
a chain may be longer than the queue|virtio.c|if (n == QUEUE_SIZE)|if (n == 4096)
an indirect table may be anywhere|virtio.c|if (!in_memory(d->addr, d->len))\n\t\treturn misbehaved(q->dev,\n|if (0)\n\t\treturn misbehaved(q->dev,\n
a descriptor may be any|virtio.c|if (i >= size)|if (0)
a disk's name has room anywhere|block.c|if (!n \|\| in->iov_len < VIRTIO_BLK_ID_BYTES)|if (!n)
a status is written where there is no room|block.c|if (chain->iov[i].iov_len)|if (1)
a disk has no end|block.c|sector <= disk->sectors - len / SECTOR|1
random bytes go anywhere|rng.c|in[i].iov_len < MOST ? in[i].iov_len : MOST|MOST
END
number=0
while IFS= read -r line; do
	number=$((number + 1))
	[ -n "${ALL-}" ] || [ $number -le 2 ] || break
	rm -rf "$tmp/tree" "$tmp/corpus"
	mkdir "$tmp/tree"
	cp -R "$tree/launcher" "$tree/include" "$tmp/tree/"
	what=$(perl -e '
		my ($what, $file, $old, $new) = map { s/\\\|/|/gr =~ s/\\n/\n/gr =~ s/\\t/\t/gr } split /(?<!\\)\|/, $ARGV[1];
		open my $in, "<", "$ARGV[0]/$file" or die;
		local $/;
		my $text = <$in>;
		$text =~ s/^#line.*\n//mg;
		$text =~ s/\Q$old\E/$new/ or die "not in $file: $old\n";
		open my $out, ">", "$ARGV[0]/$file" or die;
		print $out $text;
		print $what' "$tmp/tree/launcher" "$line") || bail_out "there is no place for mistake $number"
	run_fuzz "$(scaled 120)" --tree "$tmp/tree"
	is "$status" 1 "seen: $what"
	like "$out" "^fuzz-queues: found: .*(wrong|error|Sanitizer)" "... in what is said: $(echo "$out" | head -n 1)"
	again=$(echo "$out" | sed -n 's/^    tools.fuzz-queues \(.*\)/\1/p')
	run "$fuzz" --tree "$tmp/tree" "$again"
	is "$status" 1 "... and that input does it again"
	run "$fuzz" --tree "$tree" "$again"
	is "$status" 0 "... but not where there is no mistake" || diag "$out"
	rm -f "$again"
done < "$tmp/mistakes"
done_testing
