#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# Weaving what was measured into the prose, tried on the toy book. (The editions of
# the whole book are editions.t's.)
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Temp qw(tempdir);
use JSON::PP;
use Test::More;

my $top = dirname(dirname(abs_path(__FILE__)));
my $tmp = tempdir(CLEANUP => 1);
my $toy = "$tmp/toy/chapters";
my $chapter = "$toy/M2-four.nw";
my $n = 10000 + int rand 80000;

sub slurp {
	open my $in, '<', $_[0] or return '';
	local $/;
	return <$in> // '';
}

sub add {
	my ($file, $text) = @_;
	open my $to, '>>', $file or die "$file: $!";
	print $to $text;
	close $to or die "$file: $!";
}

# What becomes of a text at the end of the toy's last chapter; and the errors.
sub woven {
	my ($text) = @_;
	system('rm', '-rf', "$tmp/toy", "$tmp/out") == 0 && system('cp', '-R', "$top/tests/toy", $tmp) == 0 or die;
	add("$toy/costs.tsv", <<"END");
host	null call	-	378	-	-
host	nothing_at all	0	9	-	-
host	a thousand steps	4000	4100	1.00	1.02
linux	fork	123456	$n	-	-
linux	a thousand steps	4000	4400	1.12	1.15
many	Guests	-	302	-	-
munmap	Linux the others	100	103	-	-
munmap	Host, lg do_it	-	7	-	-
without	a_ring: lines	90	2	-	-
without	a_ring: fork	200	300	-	-
without	a_ring: a call	200	198	-	-
without	a wish: lines	2	5	-	-
without	a wish: fork	200	180	-	-
without	a wish: a call	200	820	-	-
without	a wish: pages	10	300	-	-
END
	add("$toy/call.round", join "\n", "Guest\tmain\t-\t-", "\tint \$31", "Switcher\t-\tS:100\tcome *back*", "\tpushl %es", "\tpushl %ds",
		map({ ("Host, lg\trun_guest\tH:030\t$_", "\tnop $n") } 'it is dead', 'it sleeps'), "Host\t__get_user_1\t-\t-", "\tretl\n");
	add("$toy/broken.round", "\tint \$31\n");
	add($chapter, "\n$text\n");
	my $errors = `$top/tools/weave --chapters $toy --to html $tmp/out 2>&1 >$tmp/said`;
	return (slurp("$tmp/out/M2-four.md"), $errors, $?);
}

# The text becomes this.
sub becomes {
	my ($what, $text, $wanted) = @_;
	my ($got, $errors) = woven("($what:)\n\n$text\n\n(end)");
	my ($between) = $got =~ /^\(\Q$what\E:\)\n\n+(.*?)\n+\(end\)/ms;
	is(($between // 'nothing') . $errors, $wanted, $what);
}

my $with_comma = $n =~ s/(...)$/,$1/r;
becomes('a number', 'It takes {{cost null call}} instructions.', 'It takes 378 instructions.');
becomes('a long number', '{{cost fork}} and {{cost fork, natively}}', "$with_comma and 123,456");
becomes('a ratio', '{{cost fork, ratio}}', sprintf('%.2f', $n / 123456));
becomes('a name over two lines', "{{cost null\ncall}}", '378');
becomes('a name that two groups have', '{{cost linux: a thousand steps, ratio}}', '1.10');
becomes('code', "[[{{cost fork}}]] [[{{costs\nlinux}}]]\n\n```\n{{cost fork}}\n{{nix}}\n```", "`{{cost fork}}`{.nw} `{{costs linux}}`{.nw}\n\n```\n{{cost fork}}\n{{nix}}\n```");
becomes('a group', '{{costs linux}}', <<"END" =~ s/\n\z//r);
| instructions | natively | a Guest | ratio | plain emulation |
|:----------------|--------:|-------:|-----:|---------------:|
| fork | 123456 | $n | @{[sprintf '%.2f', $n / 123456]} |  |
| a thousand steps | 4000 | 4400 | 1.10 | 1.12 to 1.15 |
END
becomes('a group of functions', '{{costs munmap}}', <<'END' =~ s/\n\z//r);
| instructions | natively | a Guest | more |
|:----------------|--------:|-------:|----:|
| Linux the others | 100 | 103 | 3 |
| Host, lg do\_it |  | 7 | 7 |
END
becomes('what the book is worth', '{{costs without}}', <<'END' =~ s/\n\z//r);
| | lines | | with | without | |
|:---------------------------|-----:|:-------------------------|-------:|--------:|--------:|
| a\_ring | 88 | fork | 200 | 300 | +50 % |
|  |  | a call | 200 | 198 | −1 % |
| a wish | −3 | fork | 200 | 180 | −10 % |
|  |  | a call | 200 | 820 | × 4.1 |
|  |  | pages | 10 | 300 | × 30 |
END
my $code = sub { join "\n", '``` {.instructions}', @_, '```' };
becomes('a round', '{{round call}}', join "\n\n", "::: {.round}\n**the Guest**", $code->('int $31'),
	'**the Switcher**, S:100 *come \*back\**', $code->('pushl %es', 'pushl %ds'),
	'**`run_guest`{.nw}**, H:030 *it is dead*', $code->("nop $n"), 'H:030 *it sleeps*', $code->("nop $n"),
	'**Linux: `__get_user_1`**', $code->('retl'), ':::');
becomes('a group of which little is known', '{{costs many}}', "| | a Guest |\n|:------|-------:|\n| Guests | 302 |");
like((woven('{{costs host}}'))[0], qr/^\| nothing\\_at all \| 0 \| 9 \|  \|  \|$/m, 'nothing is divided by nothing');
my ($text) = woven("<<say it again>>=\nint a[] = {{cost}};\n@");
like($text, qr/>\{\{<|\{\{cost\}\}/, 'a chunk keeps its braces');

# Refused, with one line that names chapter, line and what stands there.
sub refused {
	my ($what, $text, $line, $message) = @_;
	my ($got, $errors, $status) = woven($text);
	isnt($status, 0, "$what: refused");
	like($errors, qr/\Aweave: \Q$chapter\E:$line: $message\n\z/, "$what: in one clear line");
}

my $last = 2 + split /\n/, slurp("$top/tests/toy/chapters/M2-four.nw");
refused('an unknown row', "Two\nlines, {{cost spoon}}", $last + 1, qr/\{\{cost spoon\}\}: no such row was measured/);
refused('an unknown row, behind code', "<<again>>=\nx\n@ %def x\n{{cost spoon}}", $last + 3, qr/\{\{cost spoon\}\}: .*/);
refused('a row of another group', '{{cost host: fork}}', $last, qr/\{\{cost host: fork\}\}: no such row was measured/);
refused('an unknown group', '{{costs spoons}}', $last, qr/\{\{costs spoons\}\}: no such group was measured/);
refused('a name that two groups have', '{{cost a thousand steps}}', $last, qr/\{\{cost a thousand steps\}\}: .* host and of linux: say which.*/);
refused('what was not measured natively', '{{cost null call, natively}}', $last, qr/\{\{cost null call, natively\}\}: nothing was measured natively/);
refused('a ratio to nothing', '{{cost nothing_at all, ratio}}', $last, qr/.*: nothing was measured natively/);
refused('a group among words', "See\n{{costs linux}}", $last + 1, qr/\{\{costs linux\}\}: wants to be a paragraph of its own/);
refused('an unknown round', '{{round spoons}}', $last, qr/\{\{round spoons\}\}: no such round was traced/);
refused('a round of another place', '{{round ../call}}', $last, qr/.*: no such round was traced/);
refused('a round that is none', '{{round broken}}', $last, qr/.*: .*broken\.round:1: not a line as .*/);
refused('a round among words', '(see {{round call}})', $last, qr/\{\{round call\}\}: wants to be a paragraph of its own/);
refused('braces about something else', '{{spoon}}', $last, qr/\{\{spoon\}\}: neither .*/);
refused('braces that do not close', '{{cost fork}', $last, qr/\{\{ without its \}\}/);


# What changed from chapter to chapter, where chunks are replaced too: each chapter's
# lines are what is tangled, and its page shows the others.
sub without_tabs { my ($text) = @_; 1 while $text =~ s/^([^\t\n]*)\t/$1 . ' ' x (8 - length($1) % 8)/gem; return $text }
woven('');
my ($json) = slurp("$tmp/out/data-changes.js") =~ /^const changes = (.*);$/m;
my $changes = JSON::PP->new->utf8->decode($json);
my (%was, $seen_less);
for my $n (0 .. $#{$changes->{chapters}}) {
	my $id = $changes->{chapters}[$n][0];
	system("$top/tools/tangle", '--chapters', $toy, '--upto', $id, "$tmp/tangled-$id") == 0 or die;
	my (%is, %tangled, @lost);
	for my $file (sort keys %{$changes->{files}}) {
		my @lines = map { @{$_->[3]} } grep { $_->[0] <= $n && $n <= $_->[1] } @{$changes->{files}{$file}};
		$is{$file} = join '', map { "$_\n" } @lines if @lines;
		$tangled{$file} = without_tabs(slurp("$tmp/tangled-$id/$file")) if -e "$tmp/tangled-$id/$file";
		my %left;
		$left{$_}++ for @lines;
		push @lost, grep { --($left{$_} //= 0) < 0 } split /\n/, $was{$file} // '';
	}
	is_deeply(\%is, \%tangled, "$id is what is tangled");
	my $page = slurp("$tmp/out/changes-$id.md");
	my @less = map { s/&lt;/</gr =~ s/&gt;/>/gr =~ s/&quot;/"/gr =~ s/&amp;/&/gr } grep { s/^(?:.*<pre>)?-(?!.*\]\()// } map { split /\n/ } $page =~ /<div class="part less">(.*?)<\/pre>/gs;
	is_deeply([sort @less], [sort @lost], "... and its page has what is gone");
	$seen_less += @less;
	%was = %is;
}
ok($seen_less, 'something was replaced');
like(slurp("$tmp/out/changes-M1.md"), qr/ \x{e2}\x{88}\x{92}\d+<\/h2>/, '... and is counted');

# The map, of sections in several places.
my $map = slurp("$tmp/out/map.md");
like($map, qr/^\| M:001 \| \[A better number\]\(#M-001\) \| \[M1\]\(#M1\) \| `[\w\/.]+`/m, 'the map has a section and its files');
done_testing();
