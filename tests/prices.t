#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# What the book says that a command counts, that command still counts: each
# "$ tools/lab ... --icount" in a chapter is run again, and every number that it
# prints has to be the book's, or within a twentieth of it. The Host's tick falls into
# some runs: where one is not near, there are two more, and each number is the least.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use Tangled;
use Test::More;

plan skip_all => "what things cost is not the debug kernel's to say" if ($ENV{LAB_KERNEL} // '686') eq 'debug';
chdir $top or die "$top: $!\n";

# Commands, and the lines that the book has below each. "..." stands for the rest.
my (%prints, %where, %first);
for my $file (glob 'chapters/*.nw') {
	my ($fence, $command, $more) = (0);
	for (split /\n/, slurp($file)) {
		if (/^```/) { $fence = !$fence; undef $command; next }
		next unless $fence;
		if ($more || /^\$ (tools\/lab .*--icount .*)/) {
			$command = $more ? "$command $_" : $1;
			$more = $command =~ s/\\\z// || ($command =~ tr/'//) % 2;
			next if $more;
			$command =~ s/\s+/ /g;
			$where{$command} .= " $file";
		} elsif (/^\$ (gcc .*)/) {
			$first{$1} = 1;
			undef $command;
		} elsif (/^[\$#] / || $_ eq '...') {
			undef $command;
		} elsif (defined $command) {
			push @{$prints{$file}{$command}}, $_;
		}
	}
}

# Is this what the book says? The words are to be the same, the numbers nearly.
sub near {
	my ($book, $now) = @_;
	my @book = $book =~ /\d+(?:\.\d+)?/g;
	my @now = $now =~ /\d+(?:\.\d+)?/g;
	return 0 unless $book =~ s/\d+(?:\.\d+)?/#/gr eq $now =~ s/\d+(?:\.\d+)?/#/gr;
	return !grep { abs($book[$_] - $now[$_]) > $book[$_] / 20 } 0 .. $#book;
}

# Two lines of the same words, with the lesser of their numbers.
sub least {
	my ($one, $other) = @_;
	my @other = $other =~ /\d+(?:\.\d+)?/g;
	return $one =~ s/\d+(?:\.\d+)?/my $n = shift @other; defined $n && $n < $& ? $n : $&/ger;
}

# What the book says of it in this file, and is not so.
sub far {
	my ($file, $command, @now) = @_;
	my @book = @{$prints{$file}{$command}};
	return @book > @now || grep { !near($book[$_], $now[$_]) } 0 .. $#book;
}

is((run($_))[0], 0, $_) for sort keys %first;
cmp_ok(scalar keys %where, '>', 5, 'the book has such commands');
for my $command (sort keys %where) {
	my @files = grep { $prints{$_}{$command} } sort keys %prints or next;
	# How often that one looks in vain is for the Host's scheduler to say.
	next if $command =~ /measure read/;
	my ($status, @now) = (0);
	for (1 .. 3) {
		($status, my $said) = run($command);
		last if $status;
		my @said = split /\r?\n/, $said;
		@now = @now ? map { least($now[$_], $said[$_] // '') } 0 .. $#now : @said;
		last unless grep { far($_, $command, @now) } @files;
	}
	for my $file (@files) {
		ok($status == 0 && !far($file, $command, @now), "$file: $command") or
			diag(join "\n", 'the book:', @{$prints{$file}{$command}}, "now (status $status):", @now);
	}
}
done_testing();
