# SPDX-License-Identifier: GPL-2.0-only
# What the tests of the tangled book share.
package Tangled;
use strict;
use warnings;
use Cwd qw(abs_path);
use Exporter qw(import);
use File::Basename qw(dirname);
use File::Temp qw(tempdir);
use Test::More;

our @EXPORT = qw($top $kdir slurp run chapters tangle contents build);
our $top = dirname(dirname(abs_path(__FILE__)));
our $kdir = "$top/build/lab/686/headers";
my $tmp = tempdir(CLEANUP => 1);
my $trees = 0;

sub slurp {
	open my $in, '<', $_[0] or die "$_[0]: $!\n";
	local $/;
	return <$in> // '';
}

# Run a shell command; return its status and all it says.
sub run {
	my $said = `($_[0]) 2>&1`;
	return ($? >> 8 || $? & 127, $said);
}

sub chapters {
	return map { /^([^#\s-]+)-/ } split /\n/, slurp("$top/chapters/BOOK");
}

# Tangle into a directory of its own and return that. Without a tree no test means anything.
sub tangle {
	my $tree = "$tmp/" . ++$trees;
	my ($status, $said) = run("'$top/tools/tangle' @_ '$tree'");
	BAIL_OUT($said) if $status;
	return $tree;
}

# The files of a directory that look like this: { path => text }.
sub contents {
	my ($dir, $like) = (@_, qr/./);
	return { map { s{^\Q$dir/}{}r => slurp($_) } grep { chomp; $_ =~ $like } `find '$dir' -type f` };
}

sub build {
	my ($tree, @words) = @_;
	BAIL_OUT("no kernel headers in $kdir: run make setup") if !-e "$kdir/Makefile";
	return run("nice make -C '$tree' KDIR='$kdir' @words");
}

1;
