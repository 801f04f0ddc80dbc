#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# What can be told of the prose without understanding it: spelling (British, with
# -ize), words that stand there twice, and references to what is not there.
#
# Words that no dictionary has are in tests/words.
use strict;
use warnings;
use utf8;
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Temp qw(tempdir);
use Test::More;
use lib dirname(dirname(abs_path(__FILE__))) . '/tools';
use Tangle;

my $top = dirname(dirname(abs_path(__FILE__)));
chdir $top or die "$top: $!\n";
my $tmp = tempdir(CLEANUP => 1);

sub slurp {
	my ($file) = @_;
	open my $in, '<:utf8', $file or die "$file: $!\n";
	local $/;
	return scalar <$in>;
}

sub blank { return $_[0] =~ s/[^\n]/ /gr }

# A text with only its prose left, all in its place: code and its names are blanks,
# comments in the code stay when they are asked for.
sub prose {
	my ($file, $text) = @_;
	my ($code, $fence, @out) = (0, 0);
	for (split /\n/, $text, -1) {
		if ($file =~ /\.nw$/ && /^<<.*>>=\s*$/) { $code = 1; push @out, '' }
		elsif ($code && /^@(?: |$)/) { $code = 0; push @out, '' }
		elsif ($code) { push @out, '' }
		elsif (/^\s*(?:```|~~~)/) { $fence = !$fence; push @out, '' }
		else { push @out, $fence || $file =~ /\.md$/ && /^ {4}/ ? '' : $_ }
	}
	$text = join "\n", @out;
	s/\[\[.*?\]\]/blank($&)/gse, s/(`+).*?\1/blank($&)/gse, s/\{\{.*?\}\}/blank($&)/gse, s/<!--.*?-->/blank($&)/gse for $text;
	s/\]\([^)]*\)/]@{[' ' x (length($&) - 1)]}/g, s/\{[^{}\n]*\}/blank($&)/ge, s{https?://\S+}{blank($&)}ge for $text;
	return $text;
}

sub comments {
	my ($text) = @_;
	my ($code, @out) = (0);
	for (split /\n/, $text, -1) {
		$code = 1, push(@out, ''), next if /^<<.*>>=\s*$/;
		$code = 0 if /^@(?: |$)/;
		push @out, $code ? $_ : '';
	}
	$text = join "\n", @out;
	my $kept = blank($text);
	substr($kept, $-[1], length $1) = $1 while $text =~ m{/\*(.*?)\*/}gs;
	$kept =~ s/[^\s"']*[_0-9()@\/%*=.<>-][^\s"']*/blank($&)/ge;
	return $kept;
}

# Words that a dictionary does not have, out of a list.
sub unknown {
	my @words = @_;
	open my $out, '>:utf8', "$tmp/words" or die "$tmp/words: $!\n";
	print $out "$_\n" for @words;
	close $out;
	my $said = `aspell list --lang=en_GB-ize --encoding=utf-8 < $tmp/words 2>$tmp/errors`;
	die 'aspell: ' . slurp("$tmp/errors") if $?;
	utf8::decode($said);
	return map { $_ => 1 } split /\n/, $said;
}

# [line, word] of what is letters only, and no part of a longer name.
sub words {
	my ($n, @all) = (0);
	for my $line (split /\n/, $_[0]) {
		$n++;
		push @all, [$n, $_] for $line =~ /(?<![\w\/.-])\p{L}+(?:['’]\p{L}+)*(?![\w\/])/g;
	}
	return @all;
}

sub line { my ($text, $at) = @_; return 1 + (substr($text, 0, $at) =~ tr/\n//) }
sub twice { my ($text) = @_; my @all; push @all, [$-[0], $1] while $text =~ /(?<![\w'’-])(\p{L}+)[ \n]\1(?![\w'’-])/gi; return @all }
sub none { my ($wrong, $what) = @_; ok(!@$wrong, $what) or diag(map { "$_\n" } @$wrong > 20 ? (@$wrong[0 .. 19], '...') : @$wrong) }

# Seen: what is wrong, and nothing else.
my $try = "A lien with\n`teh` the the [[teh teh]] chunk.\n<<teh teh>>=\nteh teh /* adn */\n@\nThat that {{teh}} fits.\n";
is_deeply([map { $_->[1] } twice(prose('x.nw', $try))], ['the', 'That'], 'a word that stands there twice is seen');
is_deeply({ unknown(map { $_->[1] } words(prose('x.nw', "Teh prose. $try")), words(comments($try))) }, { Teh => 1, adn => 1 }, 'a word that is none is seen');

my @chapters = map { /^([^#\s]+)/ ? "chapters/$1" : () } split /\n/, slurp('chapters/BOOK');
my @files = (@chapters, 'README.md', 'CONTRIBUTING.md', 'weave/colophon.md');
my %text = map { $_ => slurp($_) } @files;
my %prose = map { $_ => prose($_, $text{$_}) } @files;
my %known = map { $_ => 1 } grep { !/^#/ } split /\n/, slurp('tests/words');

my (%seen, @doubled);
for my $file (@files) {
	for my $text ($prose{$file}, $file =~ /\.nw$/ ? comments($text{$file}) : ()) {
		for (words($text)) {
			my ($line, $word) = @$_;
			$word =~ s/['’]s$//;
			$seen{$word} //= "$file:$line";
		}
		push @doubled, map { "$file:" . line($text, $_->[0]) . ": $_->[1] $_->[1]" } twice($text);
	}
}
my %unknown = unknown(sort grep { !$known{$_} && !$known{lc $_} } keys %seen);
none([map { "$seen{$_}: $_" } sort keys %unknown], 'every word is one, or in tests/words');
none([sort grep { my $word = $_; !grep { $seen{$_} } $word, ucfirst $word, uc $word } keys %known], 'every word of tests/words is needed');
none(\@doubled, 'no word stands there twice');

# References. Sections and chapters that are mentioned in the prose are there, and so
# are files, make's targets, and chunks; and every figure is mentioned.
my (%there, %figures, @dead);
for my $file (@chapters) {
	$there{$1} = 1 if $file =~ /^chapters\/([^-]+)-/;
	$there{$1} = 1 while $text{$file} =~ /^##+ ([PGDLHSM]:\d{3}[a-z]?)\b/mg;
	$figures{$1} = $file while $text{$file} =~ /\{#fig:([\w-]+)/g;
}
# A family of Intel's processors.
$there{P6} = 1;
my $book = Tangle->new(dir => 'chapters');
my %made = map { $_ => 1 } keys %{$book->expand};
my %target = map { $_ => 1 } map { slurp($_) =~ /^([a-z][\w-]*(?: [\w -]*)?):(?!=)/mg } 'Makefile', 'book.pdf.mk';
%target = map { $_ => 1 } map { split } keys %target;
for my $file (@files) {
	my $said = $prose{$file};
	while ($said =~ /(?<![\w:.\/-])(?:[PGDLHSM]:\d{3}[a-z]?|[PLHM]\d)(?![\w:.-]*\w)/g) {
		push @dead, "$file:" . line($said, $-[0]) . ": there is no $&" unless $there{$&};
	}
	my $names = $text{$file};
	while ($names =~ /(?:\[\[|`)((?:tools|tests|chapters|weave|figures|bench|module|launcher|guest|include)\/[\w.\/-]*\w)(?=[\]`\s:])/g) {
		my ($name, $at) = ($1, $-[0]);
		next if $name =~ /\.\.\./;
		push @dead, "$file:" . line($names, $at) . ": there is no file $name" unless $made{$name} || -e $name || grep { index($_, "$name/") == 0 } keys %made;
	}
	while ($names =~ /(?:\[\[|`|^ {4})make ([a-z][a-z0-9-]*)/mg) {
		push @dead, "$file:" . line($names, $-[0]) . ": there is no make $1" unless $target{$1};
	}
	delete $figures{$1} while $text{$file} =~ /\]\(#fig:([\w-]+)\)/g;
}
none(\@dead, 'what is referred to is there');
none([map { "$figures{$_}: nobody mentions the figure $_" } sort keys %figures], 'every figure is mentioned');

# What the chapters recommend and the bibliography are the same.
my (@entries, %read, @unlisted);
for (grep { !/^#/ } split /\n/, slurp('chapters/BIBLIOGRAPHY')) {
	my ($author, $title, $where, $as) = split /\t/;
	push @entries, [$title, split / \/ /, $as // $title];
}
for my $file (@chapters) {
	my ($reading) = $text{$file} =~ /^## Further reading\b[^\n]*\n(.*?)(?=^## |\z)/ms or push @unlisted, "$file: no further reading";
	for my $item (split /^- /m, $reading // '') {
		next unless $item =~ /\S/;
		my $plain = $item =~ s/[*]|\[\[|\]\]//gr =~ s/\s+/ /gr;
		my @found = grep { grep { index($plain, $_) >= 0 } @$_[1 .. $#$_] } @entries;
		$read{$_->[0]} = 1 for @found;
		push @unlisted, "$file: " . substr $plain, 0, 70 unless @found;
	}
}
none(\@unlisted, 'what a chapter recommends is in the bibliography');
none([grep { !$read{$_} } map { $_->[0] } @entries], 'the bibliography has what chapters recommend');
# A word that is in the index is explained where the index first leads to: it is one of
# the new words of that chapter, if it is one of any.
my (%first, @elsewhere, %explained, @again, @missing);
for my $file (@chapters) {
	while ($text{$file} =~ /\[((?:[^\[\]]|\n)+)\]\{\.ix(?:\s+of="([^"]*)")?\}/g) {
		$first{lc(($2 // $1) =~ s/\s+/ /gr =~ s/[*]//gr)} //= $file;
	}
}
for my $file (@chapters) {
	my ($words) = $text{$file} =~ /^::: \{\.glossary\}\n(.*?)^:::/ms or next;
	while ($words =~ /^([^\s:].*)\n+:   /mg) {
		push @again, "$file: $1" if $explained{lc $1}++;
		push @missing, "$file: $1" unless $first{lc $1};
		push @elsewhere, "$file: $1 is first met in $first{lc $1}" if ($first{lc $1} // $file) ne $file;
	}
}
cmp_ok(scalar keys %explained, '>', 80, 'words are explained');
none(\@again, 'no word is explained twice');
none(\@missing, 'what is explained is in the index');
none(\@elsewhere, 'they are explained in the chapter that first has them');

# What every chapter has; the one before we set out has no code, and so less.
my @lacking;
for my $file (@chapters) {
	my ($exercises) = $text{$file} =~ /^## Exercises\b[^\n]*\n(.*?)(?=^## |\z)/ms;
	my %has = ('a figure' => scalar $text{$file} =~ /\{#fig:/, 'new words' => scalar $text{$file} =~ /^::: \{\.glossary\}/m);
	%has = (%has, 'three exercises' => 3 <= (() = ($exercises // '') =~ /^\d+\. /mg), 'what changed' => scalar $text{$file} =~ /^::: \{\.changes\}/m,
		'the problem' => scalar $text{$file} =~ /^## The problem\b/m) if $file !~ /\/P0-/;
	push @lacking, map { "$file: it lacks $_" } grep { !$has{$_} } sort keys %has;
}
none(\@lacking, 'every chapter has what a chapter has');
done_testing();
