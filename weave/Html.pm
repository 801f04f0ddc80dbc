# SPDX-License-Identifier: GPL-2.0-only
# How chunks, indexes and references look on a screen. In the web edition a
# chunk's use opens in place; an e-book reader gets links, since many of them
# would show everything opened.
package Html;
use strict;
use warnings;
use utf8;
use JSON::PP;

my %ESCAPE = ('<' => '&lt;', '>' => '&gt;', '&' => '&amp;', '"' => '&quot;', '`' => '&#96;');

sub new {
	my ($class, $book, $format) = @_;
	return bless { format => $format, book => $book, page => '' }, $class;
}

sub raw { return "```{=html}\n$_[1]\n```\n" }

sub escape { my ($r, $s) = @_; return $s =~ s/([<>&"`])/$ESCAPE{$1}/gr }
*code = \&escape;

sub text {
	my ($r, $s) = @_;
	return join '', map { /^\[\[(.*)\]\]$/ ? '<code>' . $r->escape($1) . '</code>' : $r->escape($_) } split /(\[\[.*?\]\])/, $s;
}

sub href {
	my ($r, $place) = @_;
	return ($place->{page} eq $r->{page} ? '' : "$place->{page}.$r->{format}") . "#$place->{anchor}";
}

sub extension { return $_[0]{format} }

sub link { my ($r, $place, $html, $class) = @_; return '<a' . ($class ? " class=\"$class\"" : '') . ' href="' . $r->href($place) . "\">$html</a>" }

# Where something is, in a word: its chapter unless it is this one, and its section.
sub label {
	my ($r, $place) = @_;
	my $chapter = $place->{page} eq $r->{page} ? '' : $place->{chapter}{id};
	my $section = $place->{section} ? $place->{section}{id} : '';
	return join(' ', grep { length } $chapter, $section) || $place->{chapter}{id};
}

# Links to all places, but to one only of those with the same label.
sub links {
	my ($r, @places) = @_;
	my %seen;
	return join ', ', map { $r->link($_, $r->label($_)) } grep { !$seen{$r->label($_)}++ } @places;
}

sub use_of {
	my ($r, $name) = @_;
	my $first = $r->{book}{named}{$name};
	my $html = '⟨' . $r->text($name) . '⟩';
	return $first ? $r->link($first->[0], $html, 'use') : "<span class=\"use\">$html</span>";
}

sub token {
	my ($r, $c, $class, $text) = @_;
	return $r->use_of($text) if $class eq 'use';
	my $html = $r->escape($text);
	my $ident = $class =~ /^[ilk]$/ && $r->{book}{idents}{$text};
	$html = "<span class=\"$class\">$html</span>" if $class =~ /^[csnktprld]$/;
	$html = $r->link($ident->{defs}[0], $html, 'id') if $ident && $ident->{defs}[0] != $c;
	return $html;
}

# The lines of a chunk as blocks: text, and the uses that can be opened.
sub body {
	my ($r, $c, $indent, @inside) = @_;
	my ($out, $text) = ('', '');
	my $flush = sub { $out .= "<pre><code>$text</code></pre>\n" if length $text; $text = '' };
	my @lines = @{$c->{tokens}};
	shift @lines while !@inside && @lines && !@{$lines[0]};
	for my $line (@lines) {
		my @solid = grep { $_->[1] =~ /\S/ } @$line;
		my $blank = @$line && $line->[0][0] eq '' && $line->[0][1] =~ /^(\s+)/ ? $1 : '';
		if ($r->{format} eq 'html' && @solid == 1 && $solid[0][0] eq 'use' && (my $parts = $r->{book}{named}{$solid[0][1]})) {
			my $name = $solid[0][1];
			next if grep { $_ eq $name } @inside;
			$flush->();
			$out .= '<details><summary>' . $indent . $blank . $r->use_of($name) . "</summary>\n";
			for my $part (@$parts) {
				$out .= '<div class="part">' . $r->link($part, $r->label($part), 'at') . "\n" if @$parts > 1;
				$out .= $r->body($part, $indent . $blank, @inside, $name);
				$out .= "</div>\n" if @$parts > 1;
			}
			$out .= "</details>\n";
			next;
		}
		$text .= (@$line ? $indent : '') . join('', map { $r->token($c, @$_) } @$line) . "\n";
	}
	$flush->();
	return $out;
}

sub chunk {
	my ($r, $c) = @_;
	my $name = $r->text($c->{replaces} // $c->{name});
	my $sign = $c->{replaces} ? 'instead' : $c->{previous} ? '+≡' : '≡';
	my @where = map { '<span class="file">' . $r->escape($_) . '</span>' } grep { $_ ne $c->{name} } @{$c->{roots}};
	push @where, $r->link($c->{section}, $c->{section}{id}) if $c->{section};
	my @foot;
	push @foot, 'continues ' . $r->link($c->{previous}, $r->label($c->{previous})) if $c->{previous};
	push @foot, 'goes on in ' . $r->link($c->{next}, $r->label($c->{next})) if $c->{next};
	push @foot, 'used in ' . join ', ', map { $r->link($_, '⟨' . $r->text($_->{name}) . '⟩') } @{$c->{users}} if @{$c->{users}};
	push @foot, 'in place of ' . $r->use_of($c->{replaces}) if $c->{replaces};
	return $r->raw(qq(<div class="chunk" id="$c->{anchor}">\n<p class="head"><span class="name"><a href="#$c->{anchor}">⟨$name⟩</a>&#160;$sign</span> )
		. qq(<span class="where">@where</span></p>\n<div class="code">\n) . $r->body($c, '') . "</div>\n"
		. (@foot ? '<p class="foot">' . join(' · ', @foot) . "</p>\n" : '') . '</div>');
}

# The difference of a file, as Changes::between has it. weave/compare.js makes the same.
my %KIND = ('+' => 'more', '-' => 'less', ' ' => 'both');

sub difference {
	my ($r, $file, $anchor, $count, $runs) = @_;
	my $html = "<h2 id=\"$anchor\"><code>" . $r->escape($file) . "</code> $count</h2>\n<div class=\"code difference\">\n";
	for (@$runs) {
		my ($kind, $lines, $chunk) = @$_;
		my $n = @$lines;
		if ($kind eq '.') {
			$html .= "<p>$n line" . ($n > 1 ? 's' : '') . " as before</p>\n";
			next;
		}
		$html .= "<div class=\"part $KIND{$kind}\">";
		if ($chunk >= 0) {
			my $c = $r->{book}{chunks}[$chunk];
			$html .= $r->link($c, $r->escape($r->chunk_label($c)), 'at');
		}
		$html .= '<pre>' . join('', map { $kind . $r->escape($_) . "\n" } @$lines) . "</pre></div>\n";
	}
	return "$html</div>\n";
}

sub chunk_label { my ($r, $c) = @_; return $r->label($c) . ' ⟨' . ($c->{replaces} // $c->{name}) =~ s/\[\[(.*?)\]\]/$1/gr . '⟩' }

sub difference_data {
	my ($r, $lines) = @_;
	my %files;
	for my $file (keys %$lines) {
		for (@{$lines->{$file}}) {
			my ($text, @where) = @$_;
			my $run = $files{$file} && $files{$file}[-1];
			push @{$files{$file}}, $run = [@where, []] unless $run && "@$run[0 .. 2]" eq "@where";
			push @{$run->[3]}, $text;
		}
	}
	return 'const changes = ' . JSON::PP->new->canonical->space_after(0)->encode({
		chapters => [map { [$_->{id}, $_->{title} =~ s/[`*\\]//gr] } @{$r->{book}{chapters}}],
		chunks => [map { [$r->href($_), $r->chunk_label($_)] } @{$r->{book}{chunks}}],
		files => \%files,
	}) . ";\n";
}

sub index {
	my ($r, @entries) = @_;
	my $out = "<ul class=\"index\">\n";
	for (@entries) {
		my ($text, $def, @uses) = @$_;
		my @links = ($def ? "<b>" . $r->links($def) . "</b>" : (), $r->links(grep { !$def || $r->label($_) ne $r->label($def) } @uses) || ());
		$out .= "<li>$text <span class=\"places\">" . join(', ', @links) . "</span></li>\n";
	}
	return $r->raw("$out</ul>");
}

sub ident { my ($r, $s) = @_; return '<code>' . $r->escape($s) . '</code>' }
sub name { my ($r, $s) = @_; return '<span class="use">⟨' . $r->text($s) . '⟩</span>' }
sub place { my ($r, $place) = @_; return '`' . $r->link($place, $r->label($place)) . '`{=html}' }

1;
