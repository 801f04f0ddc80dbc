#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# The code only ever grows, the same input gives the same bytes, and stock noweb
# reads the book as we do.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use Tangled;
use Test::More;

# The first line of one text that is not, in its turn, in the other.
sub lost_line {
	my ($old, $new) = @_;
	my @new = split /\n/, $new, -1;
	my $number = 0;
	for my $line (split /\n/, $old, -1) {
		$number++;
		shift @new while @new && $new[0] ne $line;
		return "line $number: $line" if !@new;
		shift @new;
	}
	return undef;
}

is(lost_line("a\nc\n", "a\nb\nc\n"), undef, 'a line more is growth');
is(lost_line("a\nb\n", "b\na\n"), 'line 2: b', 'lines in another order are not');
is(lost_line("a\na\n", "a\n"), 'line 2: a', 'a line less is not');

my @chapters = chapters();
my @growing = grep { !/^M/ } @chapters;
my %tree = map { $_ => contents(tangle('--upto', $_)) } @chapters;
for (1 .. $#growing) {
	my ($before, $after) = @growing[$_ - 1, $_];
	my ($old, $new) = @tree{$before, $after};
	my @lost;
	for my $file (sort keys %$old) {
		next if $file eq '.tangled';
		my $lost = exists $new->{$file} ? lost_line($old->{$file}, $new->{$file}) : 'the whole file';
		push @lost, "$file: $lost" if defined $lost;
	}
	ok(!@lost, "$after takes nothing back from $before") or diag(join "\n", @lost);
}

my $whole = contents(tangle());
is_deeply($tree{$chapters[-1]}, $whole, 'the last chapter makes the whole book');
{
	local $ENV{LC_ALL} = 'C.UTF-8';
	local $ENV{PERL_HASH_SEED} = 1;
	chdir '/';
	is_deeply(contents(tangle()), $whole, 'the same input gives the same bytes');
	is_deeply(contents(tangle('--lines')), contents(tangle('--lines')), '... with directives too');
}

my @files = map { "$top/chapters/$_" } map { /^([^#\s]+)/ } split /\n/, slurp("$top/chapters/BOOK");
SKIP: {
	my $text = join '', map { slurp($_) } @files;
	skip 'chunks are replaced, which stock noweb cannot do', 1 if $text =~ /^<<instead: /m;
	my @different;
	for my $root ($text =~ m{^<<([^<>\n]*/[^<>\n]*|Makefile)>>=$}mg) {
		my $stock = `notangle -t8 -R$root @files`;
		push @different, $root if $stock ne $whole->{$root};
	}
	ok(!@different, 'stock noweb makes the same files') or diag("@different");
}
done_testing();
