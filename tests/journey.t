#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# The Journey is whole: every section of tests/journey is told, and the functions
# that belong to it stand in the chunks of it that make the program, or it says
# where they are.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use Test::More;
use lib dirname(dirname(abs_path(__FILE__))) . '/tools';
use Tangle;

my $top = dirname(dirname(abs_path(__FILE__)));
my $section = qr/[PGDLHSM]:\d{3}[a-z]?/;

# Where the functions, labels and tables of a file are defined: { name => [number of the line...] }.
sub definitions {
	my ($text) = @_;
	my %at;
	my $bare = $text =~ s{(/\*.*?\*/)}{$1 =~ s/[^\n]/ /gr}gesr;
	while ($bare =~ /^(?!#|\s|extern\b)(?:[^;{}()\n]|__\w+\(\([^;{}\n]*\)\)\n?)*?\b(?!__attribute__)(\w+)(?:\([^;{}]*\)\s*\{|(?:\[[^\n\]]*\])*\s*=(?!=)|:)/mg) {
		push @{$at{$1}}, 1 + (substr($bare, 0, $-[1]) =~ tr/\n//);
	}
	return \%at;
}

is_deeply(definitions(<<'END'), { f => [3], g => [7], t => [12], o => [13], start => [14] }, 'a definition is told from a use');
int h(int a);
	call(f);
static void __init f(struct x *x,
		     int y)
{
static int __attribute__((format(printf, 1, 2)))
g(const char *s, ...)
{
/* int k(void)
{
*/
int t[3] = { 1 };
static const struct fops o = {
start:	x
#define d(x) {
	i = 3;
END

# Sections of definitions in the whole book: { name => { section => 1 } }.
my $book = Tangle->new(dir => "$top/chapters");
my $tangled = $book->expand;
my %defined;
for my $file (sort keys %$tangled) {
	my @lines = @{$tangled->{$file}};
	my $at = definitions(join '', map { "$_->[0]\n" } @lines);
	for my $name (keys %$at) {
		$defined{$name}{$lines[$_ - 1][1]{section}} = $file for @{$at->{$name}};
	}
}
cmp_ok(scalar keys %defined, '>', 500, 'the book defines much');

# The prose of each section, with the identifiers in it: { section => text }.
my %prose;
for my $file (map { /^([^#\s]+)/ } split /\n/, Tangle::slurp("$top/chapters/BOOK")) {
	my ($in, $code) = ('', 0);
	for (split /\n/, Tangle::slurp("$top/chapters/$file")) {
		if (/^<<.*>>=\s*$/) { $code = 1 }
		elsif (/^@(?: |$)/) { $code = 0 }
		elsif (!$code) {
			$in = $1 if /^##+ ($section)\b/;
			$prose{$in} .= "$_\n";
		}
	}
}

my %listed;
for (split /\n/, Tangle::slurp("$top/tests/journey")) {
	next if /^#/;
	my ($id, $subject, $functions) = split /\t/;
	ok(!$listed{$id}++ && $id =~ /^$section$/ && length $subject, "$id is one number, and has a subject");
	my $told = $prose{$id} // '';
	ok(length $told, "$id is told: $subject") or next;
	my @wrong;
	for (split ' ', $functions // '') {
		my ($gone, $name, $where) = /^(-?)(\w+)(?:@($section))?$/ or die "tests/journey: $_?\n";
		my $is = $defined{$name} || {};
		push @wrong, "$name is defined in " . (join(', ', map { "$_ ($is->{$_})" } sort keys %$is) || 'no section') if $gone ? %$is : !$is->{$where // $id};
		push @wrong, "nothing is said of $name" if ($gone || $where) && $told !~ /\[\[\Q$name\E(?:\(\))?\]\]/;
		push @wrong, "nothing is said of $where, where $name is" if $where && $told !~ /\Q$where\E\b/;
	}
	ok(!@wrong, "$id has what belongs to it") or diag(map { "$_\n" } @wrong);
}

done_testing();
