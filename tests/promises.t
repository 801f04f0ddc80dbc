#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# What PROMISES.md names is there: sections in their chapters, chunks in their
# sections, tests, and the words in which a test says what it tries.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use Tangled;
use Test::More;

# Which chunks are where: { chapter => { section => { chunk => 1 } } }.
my %chunks;
for my $file (glob "$top/chapters/*.nw") {
	my ($chapter) = $file =~ m{/(\w+)-};
	my $section = '';
	for (split /\n/, slurp($file)) {
		$section = $1 if /^## ([A-Z]:\d{3}) /;
		$section = '' if /^## (?![A-Z]:\d{3} )/;
		$chunks{$chapter}{$section} //= {};
		$chunks{$chapter}{$section}{$1} = 1 if /^<<(.*)>>=$/;
	}
}

# What is wrong with a list of promises; it also counts them.
my $promises;
sub faults {
	my ($text) = @_;
	my (@faults, %seen);
	$promises = 0;
	for (split /\n/, $text) {
		next if !/^\|/ || /^\|-/ || /^\| Promise \|/;
		my (undef, @cells) = split / ?\| ?/, "$_ ", -1;
		pop @cells if @cells && $cells[-1] =~ /^\s*$/;
		my ($promise, $kept, $tried) = @cells;
		$promises++;
		if (@cells != 3 || $promise eq '') {
			push @faults, "not three cells: $_";
			next;
		}
		push @faults, "twice: $promise" if $seen{$promise}++;
		for my $place (split /; /, $kept) {
			my ($chapter, $section, $chunk) = $place =~ /^(\w+) ([A-Z]:\d{3}) \*(.+)\*$/;
			if (!defined $chunk) {
				push @faults, "not a place in the book: $place";
			} elsif (!$chunks{$chapter}{$section}) {
				push @faults, "$chapter has no section $section";
			} elsif (!$chunks{$chapter}{$section}{$chunk}) {
				push @faults, "$chapter $section has no chunk '$chunk'";
			}
		}
		next if $tried eq 'No test.';
		push @faults, "tried by nobody: $promise" if $tried eq '';
		for my $test (split /(?<="); /, $tried) {
			my ($file, $words) = $test =~ /^(tests\/\S+) "(.+)"$/;
			if (!defined $words) {
				push @faults, "not a test and its words: $test";
			} elsif (!-f "$top/$file") {
				push @faults, "there is no $file";
			} elsif (index(slurp("$top/$file"), $words) < 0) {
				push @faults, "$file does not say '$words'";
			}
		}
	}
	push @faults, map { "there is no $_" } grep { !-e "$top/$_" } $text =~ /`(tests\/[^`]+)`/g;
	return @faults;
}

# That it sees what is wrong.
my $good = 'P1 H:032 *Guest memory is not to be trusted*';
my $test = 'tests/promises.t "That it sees"';
is_deeply([faults("| It is so. | $good | $test |\n")], [], 'a good line passes');
is_deeply([faults("| It is so. | | No test. |\n")], [], '... and one that says that there is no test');
my @wrong = (
	["| It is so. | $good | |", 'tried by nobody: It is so.'],
	["| It is so. | $good |", "not three cells: | It is so. | $good |"],
	["| It is so. | P1 H:999 *x* | $test |", 'P1 has no section H:999'],
	["| It is so. | P9 H:032 *x* | $test |", 'P9 has no section H:032'],
	["| It is so. | P1 H:032 *what nobody wrote* | $test |", "P1 H:032 has no chunk 'what nobody wrote'"],
	["| It is so. | P1 H:010 *Guest memory is not to be trusted* | $test |", "P1 H:010 has no chunk 'Guest memory is not to be trusted'"],
	["| It is so. | H:032 | $test |", 'not a place in the book: H:032'],
	["| It is so. | $good | tests/nonesuch.t \"x\" |", 'there is no tests/nonesuch.t'],
	["| It is so. | $good | tests/promises.t |", 'not a test and its words: tests/promises.t'],
	["| It is so. | $good | $test; tests/lib.sh \"what nobody" . " says\" |", "tests/lib.sh does not say 'what nobody" . " says'"],
	["| It is so. | $good | $test |\n| It is so. | $good | $test |", 'twice: It is so.'],
	['`tests/nonesuch.t` tries it', 'there is no tests/nonesuch.t'],
);
is_deeply([faults("$_->[0]\n")], [$_->[1]], "seen: $_->[1]") for @wrong;

my @faults = faults(slurp("$top/PROMISES.md"));
ok(!@faults, 'all that PROMISES.md names is there') or diag(join "\n", @faults);
cmp_ok($promises, '>=', 30, '... and that is much');
done_testing();
