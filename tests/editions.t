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
use JSON::PP;
use lib "$FindBin::Bin/../tools";
use Tangle;

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
my (@names, @defined, @code, %slots, @sections);
for my $file (map { s/#.*//r =~ /(\S+)/ ? "$chapters/$1" : () } split /\n/, slurp("$chapters/BOOK")) {
	my ($in_code, $chapter) = (0, $file =~ /([^\/-]+)-[^\/]*$/);
	for (split /\n/, slurp($file)) {
		if (/^<<(.*)>>=\s*$/) { push @names, $1; $in_code = 1 }
		elsif (/^@(?: |$)/) { $in_code = 0; push @defined, split ' ', $1 if /^@ %def (.*)/ }
		elsif ($in_code && /^\s*<<(.*)>>\s*$/) { $slots{$1} = 1 }
		elsif ($in_code) { push @code, $_ unless /<<|>>/ }
		elsif (/^##+ ([PGDLHSM]:\d{3}[a-z]?) +(.*?)(?: *\{.*)?$/) { push @sections, [$1, $2, $chapter] }
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
			next if $file eq 'changes.html' && $id =~ /^from-(\w+)-to-(\w+)$/ && exists $pages{"changes-$1.html"} && exists $pages{"changes-$2.html"};
			push @wrong, "$page: no anchor for $link" if defined $id && !$ids{$file}{$id};
			$target{$id}++ if defined $id;
		}
		push @wrong, "$page: a script" if $pages{$page} =~ /<script\b(?! src="[\w-]+\.js" defer(?:="")?><\/script>)/ || $page =~ /\.xhtml$/ && $pages{$page} =~ /<script\b/;
		push @wrong, "$page: a figure without words" if $pages{$page} =~ /<img(?![^>]*\salt="[^"]+")/;
	}
	return (\@wrong, \%ids, \%target);
}

sub none { my ($wrong, $what) = @_; ok(!@$wrong, $what) or diag(map { "$_\n" } @$wrong > 10 ? (@$wrong[0 .. 9], '...') : @$wrong) }

# Every id that means a place in the book. The contents and what pandoc adds are an edition's own.
sub anchors {
	my ($ids) = @_;
	my %all;
	for my $page (grep { !/^(?:index|nav|changes.*)\./ } keys %$ids) {
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

# The map of the Journey: all sections by number, in the order of the chapters.
# [number, title, chapter, files, anchor] for each of its rows.
sub map_rows {
	my ($page) = @_;
	my (@rows, $id);
	while ($page =~ /<tr[^>]*>\s*<td[^>]*>(?:<a\s[^>]*>)?([PGDLHSM]:\d{3}[a-z]?|)(?:<\/a>)?<\/td>\s*<td[^>]*><a\s+href="[^"#]*#([^"]*)">(.*?)<\/a><\/td>\s*<td[^>]*><a\s[^>]*>(\w+)<\/a><\/td>\s*<td[^>]*>(.*?)<\/td>/gs) {
		my ($number, $anchor, $title, $chapter, $files) = ($1, $2, $3, $4, $5);
		$id = $number if length $number;
		push @rows, [$id, plain($title), $chapter, plain($files), $anchor];
	}
	return @rows;
}

sub plain { my ($s) = @_; return $s =~ s/<[^>]*>//gr =~ s/&lt;/</gr =~ s/&gt;/>/gr =~ s/&amp;/&/gr =~ s/\[\[|\]\]|[*`’']//gr =~ s/\s+/ /gr }

my @place = sort { $sections[$a][0] cmp $sections[$b][0] || $a <=> $b } 0 .. $#sections;
my $order = 'PGDLHSM';
@place = sort { index($order, substr $sections[$a][0], 0, 1) <=> index($order, substr $sections[$b][0], 0, 1) || $sections[$a][0] cmp $sections[$b][0] || $a <=> $b } @place;
my @wanted = map { plain(join ' ', @{$sections[$_]}) } @place;
my @rows = map_rows($html{'map.html'});
is_deeply([map { "@$_[0 .. 2]" } @rows], \@wanted, 'HTML: the map has every section, by number');
like($html{'index.html'}, qr/<main>.*href="map\.html(?:#map)?".*\bid="|<main>.*href="map\.html/s, 'HTML: ... and the contents lead to it');

# The files that the map names are those that the section's lines are tangled to.
my $tangle = Tangle->new(dir => $chapters);
my %written;
my $whole = $tangle->expand;
for my $file (keys %$whole) {
	$written{"$_->[1]{section} $tangle->{chapters}[$_->[1]{chapter}]"}{$file} = 1 for @{$whole->{$file}};
}
my %on_map;
for (@rows) {
	my ($id, undef, $chapter, $files) = @$_;
	my $dir = '';
	for (split /, /, $files) {
		$dir = $1 if /^(.*\/)/;
		$on_map{"$id $chapter"}{m{/} ? $_ : $dir . $_} = 1;
	}
}
none([map { my $where = $_; map { "$where: $_" } grep { !$on_map{$where}{$_} } sort keys %{$written{$where}} } grep { !/^ / } sort keys %written], 'HTML: ... and names every file that a section writes');

# What changed: for every chapter the lines that it has are its program, and the pages show no others.
my ($json) = slurp("$book/html/data-changes.js") =~ /^const changes = (.*);$/m;
my $changes = JSON::PP->new->decode($json);
is_deeply([map { $_->[0] } @{$changes->{chapters}}], $tangle->{chapters}, 'HTML: the differences are of all chapters');
my (@unlike, %before);
for my $n (0 .. $#{$tangle->{chapters}}) {
	my $id = $tangle->{chapters}[$n];
	my $tangled = $tangle->expand($id);
	for my $file (sort keys %{$changes->{files}}) {
		my @lines = map { @{$_->[3]} } grep { $_->[0] <= $n && $n <= $_->[1] } @{$changes->{files}{$file}};
		my @is = map { my $line = $_->[0]; 1 while $line =~ s/\t/' ' x (8 - $-[0] % 8)/e; $line } @{$tangled->{$file} || []};
		push @unlike, "$id: $file" if "@lines\n" ne "@is\n";
	}
	push @unlike, map { "$id: no $_" } grep { !$changes->{files}{$_} } keys %$tangled;
	my %now = map { $_ => scalar @{$tangled->{$_}} } keys %$tangled;
	my $shown = join '', $html{"changes-$id.html"} =~ /<pre>(.*?)<\/pre>/gs;
	my ($more, $less) = map { my $sign = $_; scalar(() = $shown =~ /^\Q$sign\E/mg) } '+', '-';
	my $grown = 0;
	$grown += $_ for values %now;
	$grown -= $_ for values %before;
	push @unlike, "changes-$id.html: $more more and $less less are not $grown" if $more - $less != $grown;
	push @unlike, "no chapter leads to changes-$id.html" if $more + $less && !grep { /href="changes-$id\.html"/ } @html{grep { /^\Q$id\E-/ } keys %html};
	%before = %now;
}
none(\@unlike, 'HTML: they are what is tangled');

# The search knows every section, chunk and identifier, and where they are.
($json) = slurp("$book/html/data-search.js") =~ /^const searched = (.*);$/m;
my $searched = JSON::PP->new->decode($json);
my %found;
my @lost;
for (@{$searched->{all}}) {
	my ($kind, $name, $page, $anchor) = @$_;
	$found{$kind}{$name =~ s/[*`]//gr} = 1;
	push @lost, "$name: $searched->{pages}[$page].html#$anchor" unless $kind eq 'page' ? $html{"$searched->{pages}[$page].html"} : ($html_ids->{"$searched->{pages}[$page].html"} || {})->{$anchor};
}
none(\@lost, 'HTML: what the search finds is there');
my %names = map { s/^instead: //r =~ s/\[\[(.*?)\]\]/$1/gr =~ s/[*`\\]//gr => 1 } @names;
none([(grep { !$found{name}{$_} } @defined), (grep { !$found{chunk}{$_} && !$found{file}{$_} } sort keys %names),
	(grep { !$found{section}{$_} } map { "$_->[0] " . $_->[1] =~ s/\[\[|\]\]|[*`\\]//gr } @sections)], 'HTML: and finds all of them');

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
my %page_of = map { /^\s*(\d+)\s.*"(.*)"\s*$/ ? ($2 => $1) : () } split /\n/, `pdfinfo -dests $book/book.pdf`;
my @fonts = grep { /^\S+\s.*\s(?:yes|no)\s+(?:yes|no)\s+(?:yes|no)\s+\d+\s+\d+$/ } split /\n/, `pdffonts $book/book.pdf`;
ok(scalar(@fonts), 'PDF: has fonts');
none([grep { !/\syes\s+(?:yes|no)\s+(?:yes|no)\s+\d+\s+\d+$/ || /Type 3/ } @fonts], 'PDF: all fonts are embedded, none is Type 3');
open my $pipe, '-|:utf8', 'pdftotext', '-layout', "$book/book.pdf", '-' or die "pdftotext: $!\n";
my $text = do { local $/; <$pipe> };
(my $packed = $text) =~ s/\s+//g;
none([grep { index($text, $_) < 0 } @defined], 'PDF: every identifier can be found by searching');
none([grep { index($packed, s/\s+//gr) < 0 } grep { /\S{3}/ } map { s/@(?=<<|>>)//gr } @code], 'PDF: every line of code can be found by searching');
my ($map) = $text =~ /\f\s*Map of the Journey\s*\n(.*?)\f\s*(?:P\s*\n|\s*$|[^\n]*Preparation\s*\n)/s;
my @printed = ($map // '') =~ /[A-Z]\d+, (\d+)\b/g;
my $offset = $page_of{$rows[0][4]} - ($printed[0] // 0);
is_deeply([map { $_ + $offset } @printed], [map { $page_of{$_->[4]} } @rows], 'PDF: the map opens the book, and has the page of every section');
my $tex = slurp("$book/tex/book.log");
# TeX breaks the lines of its log; a box of one line is "detected", others are paragraphs.
$tex =~ s/\n(?=\S* ?at line)//g;
none([$tex =~ /^(Overfull \\hbox [^\n]* detected at line [^\n]*)/mg], 'PDF: no line of code is too wide');
none([$tex =~ /^(Overfull \\vbox [^\n]*)/mg], 'PDF: no page is too full');
none([grep { /\((\d+)/ && $1 >= 5 } $tex =~ /^(Overfull \\hbox [^\n]* in paragraph[^\n]*)/mg], 'PDF: no line of prose sticks out');
none([$tex =~ /^(LaTeX Warning: (?:Reference|Label)[^\n]*)/mg], 'PDF: no reference to nowhere');
unlike($text, qr/\?\?/, 'PDF: no page number is missing') unless grep { /\?\?/ } @code;

done_testing();
