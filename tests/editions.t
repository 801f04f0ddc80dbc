#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# The three editions: whole, linked, the same anchors in all, and fit to be read.
#
# BOOKDIR, FIGDIR and BOOK choose another book, as they do in book.pdf.mk.
use strict;
use warnings;
use utf8;
use FindBin;
use Test::More;
use IO::Uncompress::Unzip qw($UnzipError);

chdir "$FindBin::Bin/.." or die "cannot go to the top of the tree\n";
binmode $_, ':utf8' for map { Test::More->builder->$_ } qw(output failure_output todo_output);
my $chapters = $ENV{BOOKDIR} || 'chapters';
my $book = $ENV{BOOK} || 'build/book';

my $log = `make book html epub 2>&1 </dev/null`;
is($?, 0, 'all editions are woven') or BAIL_OUT("no editions: $log");

sub slurp {
	my ($file) = @_;
	open my $in, '<:utf8', $file or die "$file: $!\n";
	local $/;
	return scalar <$in>;
}

# What the chapters hold, read without the weaver.
my (@names, @defined, @code, %slots);
for my $file (map { s/#.*//r =~ /(\S+)/ ? "$chapters/$1" : () } split /\n/, slurp("$chapters/BOOK")) {
	my $in_code;
	for (split /\n/, slurp($file)) {
		if (/^<<(.*)>>=\s*$/) { push @names, $1; $in_code = 1 }
		elsif (/^@(?: |$)/) { $in_code = 0; push @defined, split ' ', $1 if /^@ %def (.*)/ }
		elsif ($in_code && /^\s*<<(.*)>>\s*$/) { $slots{$1} = 1 }
		elsif ($in_code) { push @code, $_ unless /<<|>>/ }
	}
}

# A set of pages: name -> text.
sub pages_of_directory {
	my ($dir) = @_;
	return map { s/.*\///r => slurp($_) } glob "$dir/*.html";
}

sub pages_of_zip {
	my ($zip) = @_;
	my $in = IO::Uncompress::Unzip->new($zip) or die "$zip: $UnzipError\n";
	my (%files, $more);
	do {
		local $/;
		my $name = $in->getHeaderInfo->{Name};
		my $text = <$in> // '';
		utf8::decode($text);
		$files{$1} = $text if $name =~ /^OEBPS\/(.*)/;
	} while (($more = $in->nextStream) == 1);
	return %files;
}

# Broken links and ids that occur twice, as messages; and all ids and targets.
sub inspect {
	my ($has_file, %pages) = @_;
	my (%ids, @wrong, %target);
	for my $page (sort grep { /html$/ } keys %pages) {
		for my $id ($pages{$page} =~ /<[^>]*?\sid="([^"]*)"/g) {
			push @wrong, "$page: id $id twice" if $ids{$page}{$id}++;
		}
	}
	for my $page (sort grep { /html$/ } keys %pages) {
		while ($pages{$page} =~ /<(\w+)[^>]*?\s(?:href|src)="([^"]*)"/g) {
			my ($tag, $link) = ($1, $2);
			if ($link =~ /^[a-z]+:/) {
				push @wrong, "$page: a <$tag> from elsewhere: $link" unless $tag eq 'a';
				next;
			}
			my ($file, $id) = $link =~ /^([^#]*)(?:#(.*))?$/;
			$file = $page unless length $file;
			push @wrong, "$page: no file for $link" unless exists $pages{$file} || $has_file->($file);
			push @wrong, "$page: no anchor for $link" if defined $id && !$ids{$file}{$id};
			$target{$id}++ if defined $id;
		}
		push @wrong, "$page: a script" if $pages{$page} =~ /<script\b/;
		push @wrong, "$page: a figure without words" if $pages{$page} =~ /<img(?![^>]*\salt="[^"]+")/;
	}
	return (\@wrong, \%ids, \%target);
}

sub none { my ($wrong, $what) = @_; ok(!@$wrong, $what) or diag(map { "$_\n" } @$wrong > 10 ? (@$wrong[0 .. 9], '...') : @$wrong) }

# Every id that means a place in the book. The contents and what pandoc adds are an edition's own.
sub anchors {
	my ($ids) = @_;
	my %all;
	for my $page (grep { !/^(?:index|nav)\./ } keys %$ids) {
		$all{$_} = 1 for grep { !/^(?:toc-|fn\d|fnref\d)/ } keys %{$ids->{$page}};
	}
	return \%all;
}

sub missing { my ($from, $in) = @_; return [grep { !$in->{$_} } sort keys %$from] }

# The web edition.
my %html = pages_of_directory("$book/html");
my ($wrong, $html_ids, $target) = inspect(sub { -e "$book/html/$_[0]" }, %html);
none($wrong, 'HTML: no broken link, no id twice, nothing from elsewhere');
my @chunks = map { /<div class="chunk" id="([^"]+)"/g } values %html;
is(scalar @chunks, scalar @names, 'HTML: each chunk of the chapters stands there once');
none([grep { !$target->{$_} } @chunks], 'HTML: a link leads to every chunk');
my %opened = map { $_ => 1 } map { /<summary>\s*<a class="use" href="[^"]*#([^"]+)"/g } values %html;
is(scalar(keys %opened), scalar(grep { $slots{$_} } do { my %seen; grep { !$seen{$_}++ } @names }), 'HTML: each chunk that is used can be opened in place');
none([grep { slurp("$book/html/book.css") =~ /$_/ } '@import', 'url\((?!fonts/)'], 'HTML: the style needs nothing from elsewhere');
my $anchors = anchors($html_ids);

# The EPUB.
my %epub = pages_of_zip("$book/book.epub");
($wrong, my $epub_ids) = inspect(sub { 0 }, %epub);
none($wrong, 'EPUB: no broken link, no id twice, nothing from elsewhere');
is(scalar(map { /<div class="chunk" id="([^"]+)"/g } values %epub), scalar @names, 'EPUB: each chunk stands there once');
my $epub_anchors = anchors($epub_ids);
none(missing($anchors, $epub_anchors), 'EPUB: has every anchor of the HTML');
none(missing($epub_anchors, $anchors), 'EPUB: has no other');
SKIP: {
	my ($checker) = grep { -e } map { "$_/epubcheck" } split /:/, $ENV{PATH};
	skip 'epubcheck is not installed', 1 unless $checker;
	# Debian's is a jar that only some kernels know how to start.
	my $said = `java -jar $checker $book/book.epub 2>&1`;
	ok($? == 0 && $said !~ /^(?:ERROR|WARNING|FATAL)/m, 'EPUB: epubcheck is content') or diag($said);
}

# The PDF.
my %places = map { /"(.*)"\s*$/ ? ($1 => 1) : () } split /\n/, `pdfinfo -dests $book/book.pdf`;
none(missing($anchors, \%places), 'PDF: has every anchor of the HTML');
is(scalar(grep { /^chunk-.*-\d+$/ } keys %places), scalar @names, 'PDF: each chunk stands there once');
my @fonts = grep { /^\S+\s.*\s(?:yes|no)\s+(?:yes|no)\s+(?:yes|no)\s+\d+\s+\d+$/ } split /\n/, `pdffonts $book/book.pdf`;
ok(scalar(@fonts), 'PDF: has fonts');
none([grep { !/\syes\s+(?:yes|no)\s+(?:yes|no)\s+\d+\s+\d+$/ || /Type 3/ } @fonts], 'PDF: all fonts are embedded, none is Type 3');
open my $pipe, '-|:utf8', 'pdftotext', '-layout', "$book/book.pdf", '-' or die "pdftotext: $!\n";
my $text = do { local $/; <$pipe> };
(my $packed = $text) =~ s/\s+//g;
none([grep { index($text, $_) < 0 } @defined], 'PDF: every identifier can be found by searching');
none([grep { index($packed, s/\s+//gr) < 0 } grep { /\S{3}/ } map { s/@(?=<<|>>)//gr } @code], 'PDF: every line of code can be found by searching');
my $tex = slurp("$book/tex/book.log");
# TeX breaks the lines of its log; a box of one line is "detected", others are paragraphs.
$tex =~ s/\n(?=\S* ?at line)//g;
none([$tex =~ /^(Overfull \\hbox [^\n]* detected at line [^\n]*)/mg], 'PDF: no line of code is too wide');
none([grep { /\((\d+)/ && $1 >= 5 } $tex =~ /^(Overfull \\hbox [^\n]* in paragraph[^\n]*)/mg], 'PDF: no line of prose sticks out');
none([$tex =~ /^(LaTeX Warning: (?:Reference|Label)[^\n]*)/mg], 'PDF: no reference to nowhere');
unlike($text, qr/\?\?/, 'PDF: no page number is missing') unless grep { /\?\?/ } @code;

done_testing();
