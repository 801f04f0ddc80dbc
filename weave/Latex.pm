# SPDX-License-Identifier: GPL-2.0-only
# How chunks, indexes and references look on paper. The macros are in book.sty.
package Latex;
use strict;
use warnings;
use utf8;

my %ESCAPE = (
	'\\' => '\textbackslash{}', '^' => '\textasciicircum{}', '~' => '\textasciitilde{}',
	'`' => '\textasciigrave{}', "'" => '\textquotesingle{}', map { $_ => "\\$_" } split //, '{}$&#%_',
);

sub new { return bless { format => 'latex', book => $_[1] }, $_[0] }
sub raw { return "```{=latex}\n$_[1]\n```\n" }

sub code {
	my ($r, $s) = @_;
	$s =~ s/([\\^~`'{}\$&#%_])/$ESCAPE{$1}/g;
	$s =~ s/ /\\ /g;
	return $s;
}

# Text in the book's own font, with [[code]] in it.
sub text {
	my ($r, $s) = @_;
	return join '', map {
		/^\[\[(.*)\]\]$/ ? '\code{' . $r->code($1) . '}' : s/([\\^~`{}\$&#%_])/$ESCAPE{$1}/gr
	} split /(\[\[.*?\]\])/, $s;
}

sub pages { my ($r, @places) = @_; return '\pagesof{' . join(',', map { $_->{anchor} } @places) . '}' }

sub use_of {
	my ($r, $name) = @_;
	my $first = $r->{book}{named}{$name};
	my $text = $r->text($name);
	return $first ? "\\chunkuse{$first->[0]{anchor}}{$text}" : "\\chunkname{$text}";
}

sub token {
	my ($r, $c, $class, $text) = @_;
	return $r->use_of($text) if $class eq 'use';
	my $tex = $r->code($text);
	my $ident = $class =~ /^[ilk]$/ && $r->{book}{idents}{$text};
	$tex = "\\tk$class\{$tex}" if $class =~ /^[csnktprld]$/;
	$tex = "\\hyperlink{$ident->{defs}[0]{anchor}}{$tex}" if $ident && $ident->{defs}[0] != $c;
	return $tex;
}

sub chunk {
	my ($r, $c) = @_;
	my @where = map { '\fileof{' . $r->text($_) . '}' } grep { $_ ne $c->{name} } @{$c->{roots}};
	push @where, "\\hyperlink{$c->{section}{anchor}}{$c->{section}{id}}" if $c->{section};
	my $name = $r->text($c->{replaces} // $c->{name});
	my $sign = $c->{replaces} ? '\replaces' : $c->{previous} ? '\continues' : '\begins';
	my @lines = @{$c->{tokens}};
	shift @lines while @lines && !@{$lines[0]};	# what a continuation keeps off from the text before it
	my $out = "\\chunkbegin{$c->{anchor}}{$name}{$sign}{" . join('\quad ', @where) . "}%\n";
	for my $i (0 .. $#lines) {
		my $line = join '', map { $r->token($c, @$_) } @{$lines[$i]};
		my $width = length join '', map { $_->[1] } @{$lines[$i]};
		print STDERR "weave: $c->{chapter}{file}: <<$c->{name}>>: a line of $width columns is wider than the page\n"
			if $width > 80 && !grep { $_->[0] eq 'use' } @{$lines[$i]};
		my $left = $#lines - $i;
		my $next = $left ? $lines[$i + 1] : [];
		# A chunk that is short stays on one page; a long one is best cut before a new function, never in a comment.
		my $cut = @lines <= 12 || $i < 3 || $left < 3 || (@{$lines[$i]} && $lines[$i][-1][0] eq 'c' && @$next && $next->[0][0] eq 'c') ? '\nocut'
			: @{$lines[$i]} ? '\badcut' : @$next && $next->[0][1] =~ /^\S/ ? '\goodcut' : '\faircut';
		$out .= "\\codeline{$line}$cut\n";
	}
	my @foot;
	push @foot, "continues page~\\pageof{$c->{previous}{anchor}}" if $c->{previous};
	push @foot, "goes on on page~\\pageof{$c->{next}{anchor}}" if $c->{next};
	push @foot, 'used on page~' . $r->pages(@{$c->{users}}) if @{$c->{users}} && !$c->{previous};
	push @foot, "in place of page~\\pageof{$r->{book}{named}{$c->{replaces}}[0]{anchor}}"
		if $c->{replaces} && $r->{book}{named}{$c->{replaces}};
	return $r->raw($out . '\chunkend{' . join(' \dotsep ', @foot) . '}');
}

# An index: entries of [text, place of definition or undef, other places].
sub index {
	my ($r, @entries) = @_;
	my $out = "\\begin{bookindex}\n";
	for (@entries) {
		my ($text, $def, @uses) = @$_;
		my @all = ($def || (), @uses);
		$out .= "\\ixentry{$text}{" . ($def ? "\\pagesof[$def->{anchor}]{" : "\\pagesof{") . join(',', map { $_->{anchor} } @all) . "}}\n";
	}
	return $r->raw($out . '\end{bookindex}');
}

sub ident { my ($r, $s) = @_; return '\code{' . $r->code($s) =~ s/\\_/\\_\\allowbreak{}/gr . '}' }
sub name { my ($r, $s) = @_; return '\chunkname{' . $r->text($s) . '}' }
sub place { my ($r, $place) = @_; return '`\pageof{' . $place->{anchor} . '}`{=latex}' }

1;
