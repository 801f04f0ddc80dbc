#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# What is tangled is clean kernel style, and every prefix of the book compiles
# without a warning of gcc's or sparse's.
#
# (The kernel's own checkpatch.pl is in no package but that of its whole source.)
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use Tangled;
use Test::More;

# What no line of C may look like once its strings and comments are taken out,
# and an example of each.
my @bad = (
	[qr/^ {8}|^\t* +\t/, 'blanks where a tab belongs', '        f();'],
	[qr/\b(?:if|for|while|switch|return)\(/, 'no blank after a keyword', "\tif(x)"],
	[qr/\)\{|\b(?:else|do)\{/, 'no blank before {', "\tif (x){"],
	[qr/\w\( | \)(?!\s*\\)/, 'a blank inside parentheses', "\tf( x);"],
	[qr/,[^\s)}\]]/, 'no blank after a comma', "\tf(x,y);"],
	[qr/[\w)\]] [,;]/, 'a blank before , or ;', "\tf(x) ;"],
	[qr/^\S.*\)\s*\{$/, 'a function that opens on the line of its name', 'int f(void) {'],
	[qr/\breturn \([^()]*\);/, 'parentheses around what is returned', "\treturn (x);"],
	[qr/\bsizeof \w/, 'sizeof without parentheses', "\tn = sizeof x;"],
	[qr/\b(?:char|int|long|void|u\d+|struct \w+)\* ?\w/, '* not beside the name', "\tchar* s;"],
	[qr/\b(?:char|int|long|void|u\d+|struct \w+) \*\s+\w/, 'a blank after *', "\tchar * s;"],
	[qr{//}, 'a comment with //', "\tf(); // x"],
	[qr/\bif \([^=!<>]*[^=!<>]=[^=]/, 'an assignment in a condition', "\tif ((x = f()))"],
	[qr/\w(?:==|!=|<=|>=|&&|\|\|)|(?:==|!=|&&|\|\|)\w/, 'an operator without blanks', "\tx = a&&b;"],
	[qr/^\s*\}\s*$(?=\n\s*else\b)/m, 'else not beside its }', "\t}\n\telse"],
	[qr/^#line/, 'a line directive', '#line 1 "chapters/P1-x.nw"'],
);

sub columns {
	my ($line) = @_;
	1 while $line =~ s/\t/' ' x (8 - $-[0] % 8)/e;
	return length $line;
}

sub faults {
	my ($path, $text) = @_;
	my @faults;
	my $spdx = $path =~ /\.c$/ ? '// SPDX-License-Identifier: GPL-2.0-only' : '/* SPDX-License-Identifier: GPL-2.0-only */';
	push @faults, "1: not the licence: $spdx" if $text !~ s{^\Q$spdx\E$}{}m || $-[0];
	push @faults, 'a blank line at the end' if $text =~ /\n\n\z/;

	# Strings and comments become spaces or x, and keep their lines.
	my $code = $text =~ s{(/\*.*?\*/)|("(?:\\.|[^"\\\n])*")|'(?:\\.|[^'\\\n])+'}
		{ my $s = $&; defined $1 ? $s =~ s/\S/x/gr =~ s/^.{0,2}|.{0,2}$/xx/gmr : '0' }gesr;
	$code = $text if $path =~ /\.S$/;
	my (@code, @text);
	@code = split /\n/, $code, -1;
	@text = split /\n/, $text, -1;
	for (0 .. $#text) {
		my $number = $_ + 1;
		my $next = $text[$_ + 1] // '';
		push @faults, "$number: longer than 80 columns" if columns($text[$_]) > 80;
		push @faults, "$number: blanks at the end" if $text[$_] =~ /\s$/;
		push @faults, "$number: a second blank line" if $_ && $text[$_] eq '' && $next eq '' && $_ < $#text;
		push @faults, "$number: a blank line at the edge of a block"
			if $text[$_] =~ /\{$/ && $next eq '' || $text[$_] eq '' && $next =~ /^\s*\}/;
		next if $path =~ /\.S$/;
		for my $rule (@bad) {
			push @faults, "$number: $rule->[1]: $text[$_]" if $code[$_] =~ $rule->[0];
		}
	}
	return @faults;
}

is_deeply([faults('x.c', "// SPDX-License-Identifier: GPL-2.0-only\n/* a,b (x ) */\nint f(void)\n{\n\treturn g(\"a,b\", ',');\n}\n")],
	[], 'good style passes');
is(scalar(() = faults('x.c', "int f(char* x){\n\n\tif(x==1)  \n        return (x );\n}\n\n")), 12, 'bad style is seen');

my $whole = contents(tangle(), qr/\.[chS]$/);
for my $path (sort keys %$whole) {
	my @faults = faults($path, $whole->{$path});
	ok(!@faults, "$path is clean") or diag(map { "$path:$_\n" } @faults);
}

# W=1 also reads the comments that document functions, and wants a prototype for
# whatever is not static.
for my $chapter (chapters()) {
	my $tree = tangle('--lines', '--upto', $chapter);
	SKIP: {
		skip "$chapter has no code to compile", 2 if !glob "$tree/module/*.c";
		my ($status, $said) = build($tree, '-s', 'W=1', 'KCFLAGS=-Werror');
		is("$status$said", '0', "$chapter compiles without a warning");
		($status, $said) = build($tree, '-s', 'module', 'C=2', 'CF=-Wsparse-error');
		is("$status$said", '0', "$chapter: sparse has nothing to say");
	}
}
done_testing();
