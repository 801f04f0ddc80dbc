#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# Every sentence with which a Guest can die is waited for by some test. Here it is
# only seen that a test names it; the test itself sees the Guest die.
use strict;
use warnings;
use File::Basename qw(dirname);
use Test::More;

chdir dirname(__FILE__) . '/..' or die;

# Where several places share a sentence, a sentence that is waited for says nothing of
# each: function by function, as the chapters have them, the test that gets there.
my %shared = (
	'lguest_data at %#lx is gone' => [
		[ next_is_ready => 'a ring that is gone half-way' ],
		[ do_next_hcall => 'a ring whose calls are gone' ],
		[ do_next_hcall => 'a ring that cannot be marked' ],
		[ read_note => 'the noticeboard is taken away' ],
		[ write_note => '... or cannot be written to' ],
	],
);
# Functions that only say a sentence: their callers are the places.
my %says = (noticeboard_is_gone => 'lguest_data at %#lx is gone');

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

# All that is constant in a sentence, in its order; between the pieces there are
# numbers, or what stands for them. A regular expression has dots for parentheses.
sub pattern {
	my ($sentence) = @_;
	my @pieces = map { quotemeta } split /%#?[a-z0-9]+/, $sentence =~ s/\s*%s$//r;
	my $pattern = join '[^\s|]+?', @pieces;
	$pattern =~ s/\\[()]/./g;
	return $pattern;
}

my %seen;
for my $chapter (glob 'chapters/*.nw') {
	open my $fh, '<', $chapter or die "$chapter: $!\n";
	my $text = do { local $/; <$fh> };
	my $says = join '|', keys %says;
	while ($text =~ /kill_guest\(\w+(?:->\w+)?,\s*((?:"[^"]*"\s*)+)|\b($says)\(cpu\);/g) {
		my ($quoted, $by, $before) = ($1, $2, substr($text, 0, $-[0]));
		my $sentence = $by ? $says{$by} : join '', $quoted =~ /"([^"]*)"/g;
		my ($function) = $before =~ /^\w[^\n]*?(\w+)\([^\n;]*$(?!.*^\w[^\n]*\w\([^\n;]*$)/ms;
		push @{$seen{$sentence}}, [ $function // '', "$chapter:" . (1 + ($before =~ tr/\n//)) ]
			unless $says{$function // ''};
	}
}
for my $sentence (sort keys %seen) {
	my @places = @{$seen{$sentence}};
	my $pattern = pattern($sentence);
	ok($tests =~ /$pattern/, "a test waits for \"$sentence\"")
		or diag("$places[0][1]: no test has /$pattern/");
	next if @places == 1;
	my @listed = @{$shared{$sentence} // []};
	is(join(' ', map { $_->[0] } @places), join(' ', map { $_->[0] } @listed),
		"... and it is known who says it") or diag(map { "$_->[1]: $_->[0]\n" } @places);
	ok(index($tests, $_->[1]) >= 0, "... of which $_->[0]() is tested: $_->[1]") for @listed;
}
cmp_ok(scalar keys %seen, '>', 10, 'there are such sentences');
done_testing();
