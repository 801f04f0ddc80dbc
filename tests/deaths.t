#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# Every sentence with which a Guest can die is waited for by some test. Here it is
# only seen that a test names it; the test itself sees the Guest die.
use strict;
use warnings;
use File::Basename qw(dirname);
use Test::More;

chdir dirname(__FILE__) . '/..' or die;

# All that the other tests wait for, as one text. Where a sentence is split over
# two lines of a program, it is joined; a backslash is a regular expression's.
my $tests = '';
for my $file (grep { $_ ne 'tests/deaths.t' } glob('tests/*.t tests/prog/*')) {
	open my $fh, '<', $file or die "$file: $!\n";
	local $/;
	$tests .= <$fh>;
}
$tests =~ s/"\s*\n\s*"//g;
$tests =~ tr/\\//d;

# What is constant in a sentence: the longest piece between two numbers.
sub constant {
	my ($sentence) = @_;
	return (sort { length $b <=> length $a } split /%#?[a-z0-9]+/, $sentence)[0];
}

my %seen;
for my $chapter (glob 'chapters/*.nw') {
	open my $fh, '<', $chapter or die "$chapter: $!\n";
	my $text = do { local $/; <$fh> };
	while ($text =~ /kill_guest\(\w+(?:->\w+)?,\s*((?:"[^"]*"\s*)+)/g) {
		my $line = 1 + (substr($text, 0, $-[0]) =~ tr/\n//);
		my $sentence = join '', $1 =~ /"([^"]*)"/g;
		next if $seen{$sentence}++;
		my $piece = constant($sentence);
		$piece =~ s/^\s+|\s+$//g;
		ok(index($tests, $piece) >= 0, "a test waits for \"$sentence\"")
			or diag("$chapter:$line: no test has \"$piece\"");
	}
}
cmp_ok(scalar keys %seen, '>', 10, 'there are such sentences');
done_testing();
