# SPDX-License-Identifier: GPL-2.0-only
# How the code changes from chapter to chapter, line by line.
#
# For each file there is one list of lines, from which the file as of any chapter
# can be had by leaving lines out. So the difference between any two chapters is
# there without a comparison: what only one of them has.
package Changes;
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin";
use Tangle;

# { file => [[text, first chapter that has it, last, place of its chunk among all]...] },
# chapters by their place in the book.
sub of {
	my ($dir, $draft) = @_;
	my $book = Tangle->new(dir => $dir, draft => $draft);
	my %nth = map { $book->{defs}[$_] => $_ } 0 .. $#{$book->{defs}};
	my %files;
	for my $n (0 .. $#{$book->{chapters}}) {
		my $tangled = $book->expand($book->{chapters}[$n]);
		for my $file (keys %$tangled) {
			my @new = map { { text => without_tabs($_->[0]), from => "$nth{$_->[1]}:$_->[2]", chunk => $nth{$_->[1]}, first => $n, last => $n } } @{$tangled->{$file}};
			$files{$file} = merged($files{$file} || [], $n, @new);
		}
	}
	return { map { my $file = $_; ($file => [map { [@$_{qw(text first last chunk)}] } @{$files{$file}}]) } keys %files };
}

# noweb's markup does the same to chunks.
sub without_tabs {
	my ($line) = @_;
	1 while $line =~ s/\t/' ' x (8 - $-[0] % 8)/e;
	return $line;
}

# All lines that there were up to chapter N - 1, and those of N worked in.
sub merged {
	my ($all, $n, @new) = @_;
	my @old = grep { $all->[$_]{last} == $n - 1 } 0 .. $#$all;
	my %at;
	push @{$at{$all->[$old[$_]]{from} . $all->[$old[$_]]{text}}}, $_ for 0 .. $#old;

	# A line that comes from the same place is the same; between two such, what says the same is.
	my (@pairs, @same);
	my $o = -1;
	for my $i (0 .. $#new) {
		my ($found) = grep { $_ > $o } @{$at{$new[$i]{from} . $new[$i]{text}} || []};
		push @pairs, [$o = $found, $i] if defined $found;
	}
	for my $pair (@pairs, [scalar @old, scalar @new]) {
		push @same, alike($all, \@old, \@new, $#same < 0 ? (0, 0) : ($same[-1][0] + 1, $same[-1][1] + 1), @$pair), $pair;
	}
	pop @same;

	my ($next, $w, @out) = (0, 0);
	for my $pair (@same, [undef, scalar @new]) {
		my $until = defined $pair->[0] ? $old[$pair->[0]] : @$all;
		push @out, @$all[$next .. $until - 1], @new[$w .. $pair->[1] - 1];
		($next, $w) = ($until + 1, $pair->[1] + 1);
		next unless defined $pair->[0];
		$all->[$until]{last} = $n;
		push @out, $all->[$until];
	}
	return \@out;
}

# The longest common subsequence of two short stretches, as pairs of places.
sub alike {
	my ($all, $old, $new, $o, $w, $oend, $wend) = @_;
	my @a = map { $all->[$old->[$_]]{text} } $o .. $oend - 1;
	my @b = map { $new->[$_]{text} } $w .. $wend - 1;
	return unless @a && @b;
	my @length = map { [(0) x (@b + 1)] } 0 .. @a;
	for my $i (reverse 0 .. $#a) {
		for my $j (reverse 0 .. $#b) {
			my ($down, $right) = ($length[$i + 1][$j], $length[$i][$j + 1]);
			$length[$i][$j] = $a[$i] eq $b[$j] ? $length[$i + 1][$j + 1] + 1 : $down > $right ? $down : $right;
		}
	}
	my ($i, $j, @pairs) = (0, 0);
	while ($i < @a && $j < @b) {
		if ($a[$i] eq $b[$j]) { push @pairs, [$o + $i++, $w + $j++] }
		elsif ($length[$i + 1][$j] >= $length[$i][$j + 1]) { $i++ }
		else { $j++ }
	}
	return @pairs;
}

# What two chapters do not share, with a little of what is around it:
# [[kind, lines, chunk]...] with kind '+', '-', ' ', or '.' for lines that are not shown.
sub between {
	my ($lines, $from, $to) = @_;
	my @there;	# [kind, text, chunk]
	for (@$lines) {
		my ($text, $first, $last, $chunk) = @$_;
		my ($old, $new) = map { $first <= $_ && $_ <= $last } $from, $to;
		push @there, [$old ? $new ? ' ' : '-' : '+', $text, $chunk] if $old || $new;
	}
	my $around = 3;
	my @near;
	for my $i (grep { $there[$_][0] ne ' ' } 0 .. $#there) {
		$near[$_] = 1 for grep { $_ >= 0 } $i - $around .. $i + $around;
	}
	return [] unless @near;
	my @runs;
	for my $i (0 .. $#there) {
		my ($kind, $text, $chunk) = @{$there[$i]};
		$kind = '.' unless $near[$i];
		$chunk = -1 if $kind =~ /[ .]/;
		push @runs, [$kind, [], $chunk] unless @runs && $runs[-1][0] eq $kind && $runs[-1][2] == $chunk;
		push @{$runs[-1][1]}, $text;
	}
	return \@runs;
}

# Lines more and lines less.
sub count {
	my ($runs) = @_;
	my %n = ('+' => 0, '-' => 0);
	$n{$_->[0]} += @{$_->[1]} for @$runs;
	return "+$n{'+'}" . ($n{'-'} ? " \x{2212}$n{'-'}" : '');
}

1;
