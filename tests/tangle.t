#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# Tangling, tried on a toy book of four chapters and on what can be wrong with one.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Temp qw(tempdir);
use Test::More;

my $top = dirname(dirname(abs_path(__FILE__)));
my $tmp = tempdir(CLEANUP => 1);
my $toy = "$tmp/toy";
my $out = "$tmp/out";
my ($status, $errors);

sub slurp {
	open my $in, '<', $_[0] or return '';
	local $/;
	return <$in> // '';
}

sub spew {
	my ($file, $text) = @_;
	open my $to, '>', $file or die "$file: $!";
	print $to $text;
	close $to or die "$file: $!";
}

sub tool {
	my ($tool, @words) = @_;
	my $output = do {
		open my $from, '-|', 'sh', '-c', 'exec 2> "$0"; exec "$@"', "$tmp/errors", "$top/tools/$tool", @words or die;
		local $/;
		my $text = <$from> // '';
		close $from;
		$text;
	};
	($status, $errors) = ($? >> 8, slurp("$tmp/errors"));
	return $output;
}

sub tangle { tool('tangle', '--chapters', "$toy/chapters", @_) }

sub fresh { system('rm', '-rf', $toy, $out) == 0 && system('cp', '-R', "$top/tests/toy", $toy) == 0 or die }

# All that is in a directory: { path => text }.
sub contents {
	my ($dir) = @_;
	return { map { s{^\Q$dir/}{}r => slurp($_) } grep { chomp } `find '$dir' -type f` };
}

sub tangled {
	fresh();
	tangle(@_, $out);
	is("$status$errors", '0', "tangles: @_");
	return slurp("$out/launcher/toy.c");
}

# A toy that was changed must be refused with one line, and nothing lost.
sub refused {
	my ($what, $file, $change, $message, @options) = @_;
	fresh();
	tangle($out);
	my $before = contents($out);
	my $text = slurp("$toy/$file");
	for ($text) { $change->() }
	spew("$toy/$file", $text);
	tangle(@options, $out);
	is($status, 1, "$what: refused");
	like($errors, qr/\Atangle: [^\n]*$message[^\n]*\n\z/, "$what: in one clear line");
	is_deeply(contents($out), $before, "$what: nothing is lost");
}

sub add {
	my ($text) = @_;
	return sub { $_ .= $text };
}

# Prefixes.
my $one = tangled('--upto', 'P1');
like($one, qr/n = \(1 << 4\) \|\n\t\t\(64 >> 3\);\n/, 'a chunk inside a line keeps its column');
like($one, qr/^\t\treturn 1;\n\n\tprintf/m, 'a slot not yet filled leaves no line');
like($one, qr/"toy\.h"\n\n\/\*/, '... and no second blank line');
like(slurp("$out/launcher/toy.h"), qr/\(n\)\)\n\z/, '... nor one at the end of a file');
ok(!-e "$out/module/toy.S", 'a later file is not there');
my $two = tangled('--upto', 'H1');
like($two, qr/\tif \(loud\(n\)\)\n\t\tquiet\(\);\n\n/, 'a later chapter fills the slot');
is(slurp("$out/Makefile"), slurp("$toy/module/tangled.mk"), 'tangled.mk is the Makefile');
ok(!-e "$out/module/tangled.mk", '... and nothing else');
unlike(tangled('--upto', 'M1'), qr/<</, 'a chunk of the last chapter is no trouble');

# Stock noweb says the same, if nothing is replaced.
fresh();
spew("$toy/chapters/BOOK", "P1-one.nw\nH1-two.nw\n");
for my $file ("$toy/chapters/P1-one.nw", "$toy/chapters/H1-two.nw") {
	my $text = slurp($file);
	$text =~ s/^<<types>>\n\n|^<<change the number>>\n|^<<say it again>>\n|\n<<what the parts offer each other>>\n//mg;
	spew($file, $text);
}
tangle($out);
is("$status$errors", '0', 'tangles without empty slots');
for my $file (qw(launcher/toy.c launcher/toy.h module/toy.S)) {
	my $stock = `cd '$toy/chapters' && notangle -t8 -R$file P1-one.nw H1-two.nw`;
	is(slurp("$out/$file"), $stock, "$file is what notangle makes");
}

# Replacing and leaving out.
like(tangled('--upto', 'M1'), qr/int n = 3;/, 'a chapter replaces a chunk');
like(tangled(), qr/int n = 4 \+\n\t\t5;/, 'a later one replaces it again, in two pieces');
like(tangled('--upto', 'H1'), qr/int n = \(1 << 4\)/, 'an earlier one has it as it was');
my $without = tangled('--omit', 'change the number', '--omit', 'functions');
unlike($without, qr/n\+\+;\n\tif|static/, 'chunks are left out');
like($without, qr/number;\n\nint main/, '... with the blank line that would double');
refused('leaving out what is not there', 'module/tangled.mk', sub {}, 'cannot leave out <<nothing>>', '--omit', 'nothing');
refused('leaving out a file', 'module/tangled.mk', sub {}, '<<launcher/toy.h>>: it is a whole file', '--omit', 'launcher/toy.h');
refused('an empty chunk in a line', 'module/tangled.mk', sub {},
	'chapters/P1-one.nw:20: <<a number>> is empty', '--omit', 'a number');

# One more chapter, which is not the book's.
spew("$tmp/more.nw", "# Less\n\n<<instead: functions>>=\n@\n\n<<launcher/toy.c>>=\nint more;\n@\n");
my $with = tangled('--with', "$tmp/more.nw");
unlike($with, qr/static/, 'a file beside the chapters leaves a chunk empty');
like($with, qr/int main.*\nint more;\n/s, '... and continues another');
like(tangled('--lines', '--with', "$tmp/more.nw"), qr{#line 7 "\Q$tmp\E/more.nw"\nint more;}, '... and is named');
spew("$tmp/again.nw", "# Less\n\n<<launcher/toy.c>>=\nint again;\n@\n");
like(tangled('--with', "$tmp/more.nw", '--with', "$tmp/again.nw"), qr/\nint more;\nint again;\n/, '... and several do, one after the other');
refused('no such file', 'module/tangled.mk', sub {}, 'no such chapter: nowhere.nw', '--with', "$tmp/more.nw", '--with', 'nowhere.nw');
refused('a file, and a part of the book', 'module/tangled.mk', sub {}, '--with is for the whole book', '--upto', 'H1', '--with', "$tmp/more.nw");

# What can be wrong.
my $last = 'chapters/M2-four.nw';
refused('unknown chapter', 'module/tangled.mk', sub {}, 'no chapter P9: there are P1 H1 M1 M2', '--upto', 'P9');
refused('missing chapter', 'chapters/BOOK', add("M3-five.nw\n"), 'chapters/BOOK: no such chapter: M3-five.nw');
refused('two of one chapter', 'chapters/BOOK', add("M2-four.nw\n"), 'chapters/BOOK: two chapters M2');
refused('chapter without an id', 'chapters/BOOK', add("four.nw\n"), 'chapters/BOOK: .*four.nw');
refused('undefined chunk', $last, add("<<launcher/x.h>>=\n\n<<nix>>\n@\n"), 'M2-four.nw:18: <<nix>> is defined in no chapter');
refused('a shift', $last, add("<<launcher/x.h>>=\n(a << 12) | (b >> 20)\n@\n"), 'M2-four.nw:17: << 12\) \| \(b >> .* @<<');
refused('unused chunk', $last, add("<<nix>>=\nx\n@\n"), 'M2-four.nw:16: <<nix>> is used in no chapter');
refused('unused file', $last, add("<<tools/x.c>>=\nx\n@\n"), 'M2-four.nw:16: <<tools/x.c>>: .* no build rule');
refused('file of no known kind', $last, add("<<module/x.y>>=\nx\n@\n"), 'M2-four.nw:16: <<module/x.y>>: .* no build rule');
refused('file outside', $last, add("<<module/../../x.c>>=\nx\n@\n"), 'M2-four.nw:16: .* no build rule');
refused('file that is there', $last, add("<<launcher/Makefile>>=\nx\n@\n"), 'M2-four.nw:16: <<launcher/Makefile>>');
refused('chunk not closed', $last, add("<<launcher/x.h>>=\nx\n"), 'M2-four.nw:16: <<launcher/x.h>> is not closed');
refused('chunk not closed before the next', 'chapters/P1-one.nw', sub { s/\(n\)\n@/(n)/ }, 'P1-one.nw:\d+: <<the same again>> is not closed');
refused('chunk name not closed', $last, add("Prose <<and\n"), 'M2-four.nw:16: unescaped <<');
refused('quotation not closed', $last, add("Prose [[and\n\n<<launcher/x.h>>=\n@\n"), 'M2-four.nw:\d+: .*never closed');
refused('chunk that uses itself', 'chapters/H1-two.nw', sub { s/^nop$/<<do nothing>>/m }, 'H1-two.nw:\d+: <<do nothing>> uses itself');
refused('chunks that use each other', 'chapters/H1-two.nw', sub { s/^nop$/<<more of nothing>>/m; $_ .= "<<more of nothing>>=\n<<do nothing>>\n@\n" },
	'H1-two.nw:\d+: <<do nothing>> uses itself through <<more of nothing>>');
refused('nothing to replace', $last, add("<<instead: nix>>=\n@\n"), 'M2-four.nw:16: .* no earlier chapter defines <<nix>>');
refused('replaced before it is there', 'chapters/P1-one.nw', add("<<instead: do nothing>>=\n@\n"), 'P1-one.nw:\d+: .* no earlier chapter');
refused('replaced in its own chapter', 'chapters/H1-two.nw', add("<<instead: do nothing>>=\n@\n"), 'H1-two.nw:\d+: .* no earlier chapter');

# A draft: the same is only warned about.
fresh();
spew("$toy/$last", slurp("$toy/$last") . "<<nix>>=\n<<nothing>>\n@\n");
spew("$toy/chapters/BOOK", slurp("$toy/chapters/BOOK") . "M3-five.nw\n");
tangle('--draft', $out);
is($status, 0, 'a draft tangles');
is(scalar(() = $errors =~ /^tangle: warning: .*(?:five|nix|nothing)/mg), 3, '... with a warning for each thing missing');

# What is written, kept, removed and spared.
fresh();
tangle($out);
utime 1, 1, glob("$out/*/*"), $out;
spew("$toy/chapters/H1-two.nw", slurp("$toy/chapters/H1-two.nw") =~ s/so many/too many/r);
tangle($out);
isnt((stat "$out/launcher/toy.c")[9], 1, 'a file that changes is written');
is((stat "$out/launcher/toy.h")[9], 1, 'a file that stays the same is not touched');
spew("$out/module/toy.o", 'made here');
tangle('--upto', 'P1', $out);
ok(!-e "$out/module/toy.S", 'a file no longer made is removed');
is(slurp("$out/module/toy.o"), 'made here', '... and no other');

spew("$tmp/Makefile", 'precious');
tangle($tmp);
is($status, 1, "somebody's own file is not written over");
like($errors, qr/^tangle: .*Makefile is in the way/, '... and the line says which');
is(slurp("$tmp/Makefile") . join('', glob("$tmp/launcher*")), 'precious', '... and nothing else is written');
spew("$tmp/file", '');
tangle("$tmp/file");
is($status, 1, 'an OUTDIR that is a file is refused');
like($errors, qr/\Atangle: [^\n]*\n\z/, '... in one line');
tool('tangle', '--chapters', "$tmp/nowhere", $out);
like($errors, qr/\Atangle: .*nowhere.*\n\z/, 'no directory of chapters: one line');
{
	local $ENV{NOWEBLIB} = "$tmp/nowhere";
	tangle($out);
	like($errors, qr/\Atangle: noweb is not installed.*\n\z/, 'no noweb: one line');
}

# The form that is compiled names chapters and lines.
my $lines = tangled('--lines');
is($lines =~ s/^#line.*\n//mgr, tangled(), 'directives are all that differs');
like($lines, qr/\A#line 10 "chapters\/P1-one\.nw"\n/, 'they name the chapter');
unlike(slurp("$out/launcher/Makefile"), qr/#line/, 'there are none in a Makefile');
fresh();
tangle('--lines', $out);
is(scalar(() = slurp("$out/launcher/toy.h") =~ /\\\n#/g), 0, 'there are none inside a macro');
unlike($lines, qr/\(\n#|,\n#/, '... nor among arguments');
unlike($lines, qr{^/\*\n#}m, '... nor in a comment');
SKIP: {
	skip 'no compiler', 2 if system('cc --version > /dev/null 2>&1') != 0;
	my $chapter = slurp("$toy/chapters/H1-two.nw") =~ s/return n > 100/return m > 100/r;
	my ($number) = grep { (split /\n/, $chapter)[$_ - 1] =~ /return m/ } 1 .. 30;
	spew("$toy/chapters/H1-two.nw", $chapter);
	tangle('--lines', $out);
	like(`cd '$out/launcher' && cc -c toy.c 2>&1`, qr{^chapters/H1-two\.nw:$number:}m, 'a compiler error names chapter and line');
	is(system("cd '$out/module' && cc -c toy.S"), 0, 'an assembler takes it');
}

# Who writes what.
fresh();
my $stats = tool('touches', '--stats', '--chapters', "$toy/chapters");
like($stats, qr{^P1\tlauncher/toy\.c\t\d+\t\d+$}m, 'numbers for a file');
like($stats, qr{^M2\tlauncher/toy\.c\t2\t\d+$}m, '... of a chapter that replaces');
unlike($stats, qr{^H1\tlauncher/toy\.h}m, '... and none where nothing changes');
like(tool('touches', '--chapters', "$toy/chapters", 'toy.S'), qr/^ +6-6 +H1 +H:200 +do nothing$/m, 'a run of lines with its section');
tool('touches', '--chapters', "$toy/chapters", 'toy');
like($errors, qr/\Atouches: no chapter writes toy: .*\n\z/, 'an unknown file: one line');

# Thirty chapters, sixty files.
fresh();
my $book = '';
for my $n (1 .. 30) {
	my $text = "# Chapter {#H$n}\n\n## H:100 Section {.section}\n\n";
	$text .= "<<module/h$n.$_>>=\n<<body $n $_>>\n@\n" for qw(c h);
	for my $part (qw(c h)) {
		$text .= "<<body $n $part>>=\n" . "int x;\n" x 20 . "<<slot $n $part $_>>\n@\n" .
			"<<slot $n $part $_>>=\n" . "int y;\n" x 20 . "@\n" for 1 .. 20;
	}
	spew("$toy/chapters/H$n-chapter.nw", $text);
	$book .= "H$n-chapter.nw\n";
}
spew("$toy/chapters/BOOK", $book);
my $start = time;
tangle($out);
is("$status$errors", '0', 'a long book tangles');
cmp_ok(time - $start, '<', 10, '... in a few seconds');
$start = time;
tool('touches', '--stats', '--chapters', "$toy/chapters");
cmp_ok(time - $start, '<', 60, '... and so do all its prefixes, in less than a minute');

for my $tool (qw(tangle touches)) {
	like(tool($tool, '--help'), qr/^usage: tools\/$tool/, "$tool --help");
}
done_testing();
