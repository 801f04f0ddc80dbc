#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# With and without line directives the same code comes out of the compiler, and
# with them it knows its chapter.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use Tangled;
use Test::More;

# The instructions of a compiled file, section by section.
sub instructions {
	my ($file) = @_;
	my ($status, $said) = run("objdump -d '$file'");
	return $said =~ s/^.*file format.*$//mr;
}

my ($clean, $lines) = (tangle(), tangle('--lines'));
for ($clean, $lines) {
	my ($status, $said) = build($_, '-s');
	is($status, 0, 'the book compiles') or diag($said);
}
my @made = map { s{^\Q$clean/}{}r } "$clean/module/lg.ko", "$clean/launcher/lguest",
	grep { -x } glob "$clean/guest/[a-z][0-9]*-*";
cmp_ok(scalar @made, '>', 2, 'module, Launcher and Guests are there');
for (@made) {
	my $code = instructions("$clean/$_");
	like($code, qr/Disassembly of section \.text/, "$_ has code");
	ok($code eq instructions("$lines/$_"), '... the same with line directives');
	next if $_ eq 'launcher/lguest';
	my (undef, $said) = run("objdump -dl '$lines/$_'");
	like($said, qr{chapters/[A-Z]\d+-[\w-]+\.nw:\d+}, '... which name its chapters');
}
done_testing();
