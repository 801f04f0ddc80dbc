#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# What Guests say in the book they still say: each "# lguest ..." in a chapter is run
# again, on that chapter's hypervisor, and has to print the lines that stand below it.
use strict;
use warnings;
use File::Temp qw(tempdir);
use FindBin;
use lib $FindBin::RealBin;
use Tangled;
use Test::More;

chdir $top or die "$top: $!\n";
# Without what is not the same each time: how often the Host was interrupted; and if the
# Guest has a clock, all that is counted, and whose turn it was.
sub settled {
	my $said = join "\n", map { s/ +\z//r } @_;
	$said =~ s/^(lguest: interrupt) \d+$/$1/mg;
	$said =~ s/^(lguest: \S+) \d+$/$1/mg if $said =~ /^lguest: injected [1-9]/m;
	$said =~ s/^((?:Thread .*\n)+)/join '', sort map { "$_\n" } split m{\n}, $1/mge;
	return $said;
}

my $dir = tempdir(CLEANUP => 1);
my $n = 0;
for my $file (glob 'chapters/*.nw') {
	my ($chapter) = $file =~ m{/([^-]+)-};
	my ($fence, @runs) = (0);
	for (split /\n/, slurp($file)) {
		if (/^```/) {
			$fence = !$fence;
			push @runs, undef;
		} elsif (!$fence) {
			next;
		} elsif ($_ eq '...') {
			$runs[-1][0]{rest} = 1 if $runs[-1];
			push @runs, undef;
		} elsif (/^\$ /) {
			# A prompt of the Guest's own.
			push @runs, undef;
			$runs[-2] = undef if @runs > 1;
		} elsif (/^# /) {
			# What needs a file or another shell is for the chapter's own test.
			push @runs, /^# ((?:printf "[^"]*" \| |echo \w+ \| )?lguest (?:--stats )?\d+ \/guests\/[^&|;]*(?:'[^']*')?)$/ ? [{ command => $1 }] : undef;
		} elsif ($runs[-1]) {
			push @{$runs[-1]}, $_;
		}
	}
	@runs = grep { $_ && @$_ > 1 } @runs or next;
	my $script = join "\n", map { "echo '== $_'\n{ $runs[$_][0]{command}; } < /dev/null 2>&1" } 0 .. $#runs;
	$script =~ s/\n\{ ((?:printf|echo) [^\n]*) < \/dev\/null/\n{ $1/g;
	open my $to, '>', "$dir/script" or die "$dir/script: $!\n";
	print $to "$script\n:\n";
	close $to or die "$dir/script: $!\n";
	my ($status, $said) = run("tools/lab --upto $chapter --add '$dir/script' -- '. ./script'");
	my @said = split /^== \d+\n/m, $said =~ s/\r//gr;
	for (0 .. $#runs) {
		my ($run, @book) = @{$runs[$_]};
		my @now = split /\n/, $said[$_ + 1] // '';
		$#now = $#book if $run->{rest} && @now > @book;
		is(settled(@now), settled(@book), "$chapter: $run->{command}");
		$n++;
	}
	is($status, 0, "$chapter: all were run") or diag($said);
}
cmp_ok($n, '>', 10, 'the book has such commands');
done_testing();
