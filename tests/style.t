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

# What may be nowhere in a file, and an example of each.
my @layout = (
	[qr/^.*[ \t]$/m, 'blanks at the end of a line', "f(); \n"],
	[qr/^ {8}|^\t* +\t/m, 'blanks where a tab belongs', "        f();\n"],
	[qr/\n\n\n/, 'a second blank line', "a;\n\n\nb;\n"],
	[qr/\{\n\n/, 'a blank line at the start of a block', "{\n\n\tf();\n"],
	[qr/\n\n\s*\}/, 'a blank line at the end of a block', "\tf();\n\n}\n"],
	[qr/\n\n\z/, 'a blank line at the end', "}\n\n"],
	[qr/^#line/m, 'a line directive', qq(#line 1 "chapters/P1-x.nw"\n)],
);

# ... and nowhere in C, comments and strings taken out.
my @c = (
	[qr/\b(?:if|for|while|switch|return)\(/, 'no blank after a keyword', 'if(x)'],
	[qr/\)\{|\b(?:else|do)\{/, 'no blank before {', 'if (x){'],
	[qr/\w\( | \)(?!\s*\\)/, 'a blank inside parentheses', 'f( x);'],
	[qr/,[^\s)}\]]/, 'no blank after a comma', 'f(x,y);'],
	[qr/[\w)\]] [,;]/, 'a blank before , or ;', 'f(x) ;'],
	[qr/^\w.*\)[ \t]*\{$/m, 'a function that opens on the line of its name', 'int f(void) {'],
	[qr/^\s*\}\s*\n\s*else\b/m, 'else not beside its }', "}\nelse"],
	[qr/\breturn \([^()]*\);/, 'parentheses around what is returned', 'return (x);'],
	[qr/\bsizeof \w/, 'sizeof without parentheses', 'n = sizeof x;'],
	[qr/\b(?:char|int|long|void|u\d+|struct \w+)\* ?\w/, '* not beside the name', 'char* s;'],
	[qr/\b(?:char|int|long|void|u\d+|struct \w+) \*\s+\w/, 'a blank after *', 'char * s;'],
	[qr/\bif \([^=!<>\n]*[^=!<>]=[^=]/, 'an assignment in a condition', 'if ((x = f()))'],
	[qr/\w(?:==|!=|<=|>=|&&|\|\|)|(?:==|!=|<=|>=|&&|\|\|)\w/, 'an operator without blanks', 'x = a&&b;'],
	[qr{//}, 'a comment with //', 'f(); // x'],
);

# Comments and strings become letters and digits in the same place.
sub bare {
	my ($text) = @_;
	return $text =~ s{(/\*.*?\*/)|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'}
		{defined $1 ? $1 =~ s/[^\s\\]/x/gr : '0'}gesr;
}

sub columns {
	my ($line) = @_;
	1 while $line =~ s/\t/' ' x (8 - $-[0] % 8)/e;
	return length $line;
}

sub faults {
	my ($path, $text) = @_;
	my $licence = 'SPDX-License-Identifier: GPL-2.0-only';
	my $first = $path =~ /\.c$/ ? "// $licence\n" : "/* $licence */\n";
	my @faults;
	my $look = sub {
		my ($text, @rules) = @_;
		for (@rules) {
			my ($bad, $what) = @$_;
			while ($text =~ /$bad/g) {
				my $number = 2 + (substr($text, 0, $-[0]) =~ tr/\n//);
				push @faults, "$path:$number: $what";
			}
		}
	};
	push @faults, "$path:1: must be $first" if $text !~ s/^\Q$first\E//;
	my $number = 1;
	for (split /\n/, $text) {
		$number++;
		push @faults, "$path:$number: longer than 80 columns" if columns($_) > 80;
	}
	$look->($text, @layout);
	# A compound literal, (struct x){ ... }, has no blank before its {.
	$look->(bare($text) =~ s/(\(struct [\w\[\] ]+\))\{/$1 {/gr, @c) if $path !~ /\.S$/;
	return @faults;
}

my $first = "// SPDX-License-Identifier: GPL-2.0-only\n";
is_deeply([faults('x.c', "$first/* a,b (x )\n * // */\nint f(void)\n{\n\treturn g(\"a,b\", ',');\n}\n")], [], 'good style passes');
is_deeply([faults('x.c', "f();\n")], ["x.c:1: must be $first"], 'seen: no licence');
is_deeply([faults('x.c', $first . 'x' x 81)], ['x.c:2: longer than 80 columns'], 'seen: a long line');
for (@layout, @c) {
	my ($bad, $what, $example) = @$_;
	ok(scalar(grep { /: \Q$what\E$/ } faults('x.c', "${first}int a;\n\n$example")), "seen: $what");
}

my $whole = contents(tangle(), qr/\.[chS]$/);
for my $path (sort keys %$whole) {
	my @faults = faults($path, $whole->{$path});
	ok(!@faults, "$path is clean") or diag(join "\n", @faults);
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
