# SPDX-License-Identifier: GPL-2.0-only
# What the search of the web edition looks through: chapters and other pages,
# sections, chunks, files, identifiers, and terms. weave/book.js does the looking.
package Search;
use strict;
use warnings;
use utf8;
use JSON::PP;

sub plain { my ($s) = @_; return $s =~ s/\[\[(.*?)\]\]/$1/gr =~ s/`+\s?(.*?)\s?`+(?:\{\.nw\})?/$1/gr =~ s/[*\\]//gr }

# [kind, what is shown, page, anchor, where]
sub data {
	my ($book, @pages) = @_;
	my (@all, %page);
	my $add = sub {
		my ($kind, $name, $page, $anchor, @where) = @_;
		$page{$page} = keys %page unless exists $page{$page};
		push @all, [$kind, plain($name), $page{$page}, $anchor, join ' · ', grep { defined && length } @where];
	};
	my $where = sub { my ($place) = @_; return ($place->{chapter}{id}, $place->{section} ? $place->{section}{id} : '') };
	$add->('chapter', "$_->{id} $_->{title}", $_->{page}, $_->{id}) for @{$book->{chapters}};
	$add->('section', "$_->{id} $_->{title}", $_->{page}, $_->{anchor}, $_->{chapter}{id}) for @{$book->{sections}};
	for my $name (sort keys %{$book->{idents}}) {
		$add->('name', $name, $_->{page}, $_->{anchor}, $where->($_), $_->{roots}[0]) for @{$book->{idents}{$name}{defs}};
	}
	for my $c (grep { $_->{number} == 1 } @{$book->{chunks}}) {
		my $file = Book::is_root($c->{name});
		$add->($file ? 'file' : 'chunk', $c->{replaces} // $c->{name}, $c->{page}, $c->{anchor}, $where->($c), $file ? '' : $c->{roots}[0]);
	}
	for my $term (sort keys %{$book->{terms}}) {
		$add->('term', $term, $_->{page}, $_->{anchor}, $where->($_)) for $book->{terms}{$term}[0];
	}
	$add->('page', @$_) for @pages;
	my @page = sort { $page{$a} <=> $page{$b} } keys %page;
	return 'const searched = ' . JSON::PP->new->encode({ pages => \@page, all => \@all }) . ";\n";
}

1;
