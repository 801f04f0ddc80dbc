# SPDX-License-Identifier: GPL-2.0-only
# The book as data: chapters, their prose and chunks, and who mentions whom.
#
# noweb's own front end does the parsing; everything here reads its pipeline
# format. Anchors are derived from names, so that they stay the same in every
# edition and when a chapter is moved.
package Book;
use strict;
use warnings;
use utf8;
use Code;
use Costs;

our $MARKUP = ($ENV{NOWEBLIB} || '/usr/lib/noweb') . '/markup';
my $JOURNEY = qr/[PGDLHSM]:\d{3}[a-z]?/;

sub slug {
	my $s = lc shift;
	$s =~ s/[^a-z0-9]+/-/g;
	$s =~ s/^-+|-+$//g;
	return length $s ? $s : 'x';
}

# The Book in a directory: a file BOOK names the chapters in reading order.
sub open {
	my ($class, $dir) = @_;
	my $b = bless {
		dir => $dir, chapters => [], chunks => [], sections => [],
		named => {}, users => {}, idents => {}, terms => {}, figures => {}, words => [], taken => {},
	}, $class;
	CORE::open my $list, '<:utf8', "$dir/BOOK" or die "$dir/BOOK: $!\n";
	while (<$list>) {
		s/#.*//;
		next unless /(\S+)/;
		my $file = $1;
		-e "$dir/$file" or die "$dir/$file: listed in $dir/BOOK but not there\n";
		$b->read_chapter($file);
	}
	@{$b->{chapters}} or die "$dir/BOOK: no chapter in it\n";
	$b->cross_reference;
	return $b;
}

sub read_chapter {
	my ($b, $file) = @_;
	(my $page = $file) =~ s/\.nw$//;
	my ($id) = $page =~ /^([^-]+)/;
	my $ch = { id => $id, place => scalar @{$b->{chapters}}, file => $file, page => $page, title => $id, part => substr($id, 0, 1), blocks => [], heads => [] };
	push @{$b->{chapters}}, $ch;
	CORE::open my $in, '-|:utf8', $MARKUP, "$b->{dir}/$file" or die "$MARKUP: $!\n";
	my ($text, $chunk, $quoted, $fenced, $line) = ('', undef, undef, 0, 1);
	while (<$in>) {
		chomp;
		$line++ if /^@(?:index )?nl$/;
		my ($key, $value) = /^@(\w+) ?(.*)$/ or next;
		if ($key eq 'begin' && $value =~ /^code/) {
			$chunk = { chapter => $ch, lines => [[]], defines => [] };
		} elsif ($key eq 'defn') {
			$chunk->{name} = $value;
		} elsif ($key eq 'use') {
			push @{$chunk->{lines}[-1]}, ['use', $value];
		} elsif ($key eq 'index' && $chunk && $value =~ /^defn (.*)/) {
			push @{$chunk->{defines}}, split ' ', $1;
		} elsif ($key eq 'text') {
			if ($chunk) { push @{$chunk->{lines}[-1]}, ['text', $value] if length $value }
			elsif (defined $quoted) { $quoted .= $value }
			else {
				$value =~ s/\{\{/{{\0$line:/g unless $fenced;	# for costs()
				$text .= $value;
			}
		} elsif ($key eq 'nl') {
			if ($chunk) { push @{$chunk->{lines}}, [] }
			elsif (defined $quoted) { $quoted .= ' ' }
			else {
				$text .= "\n";
				$fenced = !$fenced if $text =~ /^(?:```|~~~)[^\n]*\n\z/m;
			}
		} elsif ($key eq 'quote') {
			$quoted = '';
		} elsif ($key eq 'endquote') {
			$text .= $fenced ? "[[$quoted]]" : inline($quoted);
			undef $quoted;
		} elsif ($key eq 'end' && $value =~ /^docs/) {
			$b->add_prose($ch, $text);
			$text = '';
		} elsif ($key eq 'end' && $value =~ /^code/) {
			$b->add_chunk($ch, $chunk);
			undef $chunk;
		}
	}
	close $in or die "$b->{dir}/$file: noweb cannot read it\n";
}

# [[code]] of noweb, as Markdown that no character of it can break.
sub inline {
	my ($code) = @_;
	$code =~ s/^\s+|\s+$//g;
	my ($longest) = sort { $b <=> $a } 0, map { length } $code =~ /(`+)/g;
	my $fence = '`' x ($longest + 1);
	my $space = $code =~ /^`|`$/ ? ' ' : '';
	return "$fence$space$code$space$fence\{.nw}";
}

# A name that nobody has yet, as near to the wanted one as can be.
sub anchor {
	my ($b, $want) = @_;
	my ($name, $n) = ($want, 1);
	$name = $want . '-' . ++$n while $b->{taken}{$name};
	$b->{taken}{$name} = 1;
	return $name;
}

# {{costs GROUP}} and {{round NAME}}, paragraphs, and {{cost NAME}} become what was
# measured. Behind the braces read_chapter has put the line, but for those in code.
sub costs {
	my ($b, $ch, $text) = @_;
	my $say = sub {
		my ($line, $words, $alone) = @_;
		$words =~ s/\s+/ /g;
		my ($what, $name) = $words =~ /^(costs?|round) (.*?) ?$/;
		return eval {
			defined $what or die "neither {{cost NAME}} nor {{costs GROUP}} nor {{round NAME}}\n";
			$what eq 'cost' || $alone or die "wants to be a paragraph of its own\n";
			return Costs::round($b->{dir}, $name) if $what eq 'round';
			$b->{costs} ||= Costs::load("$b->{dir}/costs.tsv");
			return $what eq 'cost' ? Costs::number($b->{costs}, $name) : Costs::table($b->{costs}, $name);
		} // die "$b->{dir}/$ch->{file}:$line: {{$words}}: $@";
	};
	$text =~ s/(?<!.\n)^\{\{\0(\d+):((?:costs|round)\s[^{}]*)\}\}[ \t]*$(?!\n.)/$say->($1, $2, 1)/gme;
	$text =~ s/\{\{\0(\d+):([^{}]*)\}\}/$say->($1, $2)/ge;
	$text =~ /\{\{\0(\d+):/ and die "$b->{dir}/$ch->{file}:$1: {{ without its }}\n";
	return $text;
}

# Prose gets its anchors here: headings of the Journey, terms of the index.
sub add_prose {
	my ($b, $ch, $text) = @_;
	$text = $b->costs($ch, $text);
	my $fenced = 0;
	my @out;
	for my $line (split /^/, $text) {
		$fenced = !$fenced if $line =~ /^(?:```|~~~)/;
		if (!$fenced && $line =~ /^(#+)\s+(.*?)\s*(?:\{([^{}]*)\})?\s*$/) {
			$line = $b->heading($ch, length $1, $2, $3 // '');
		}
		push @out, $line;
	}
	$text = join '', @out;
	my $where = $ch->{section};
	$text =~ s/\[((?:[^\[\]]|\n)+)\]\{\.ix(?:\s+of="([^"]*)")?\}/$b->term($ch, $1, $2)/ge;
	$text =~ s/^(:::+ *\{?\.?glossary\}?[ \t]*\n)(.*?)(^:::+[ \t]*$)/$b->glossary($ch, $2); $1 . $2 . $3/gmse;
	$b->{figures}{$_} = { chapter => $ch, number => "$ch->{id}." . ++$ch->{nfigures} }
		for $text =~ /\]\(figures\/[\w.-]+\)\{#fig:([\w-]+)/g;
	push @{$ch->{blocks}}, { text => $text };
}

sub heading {
	my ($b, $ch, $level, $title, $attr) = @_;
	if ($level == 1) {
		$ch->{title} = $title;
		$b->{taken}{$ch->{id}} = 1;
		return "# $title {#$ch->{id}}\n";
	}
	push @{$ch->{heads}}, my $head = { level => $level, title => $title, chapter => $ch };
	my $marks = '#' x $level;
	$title =~ /^($JOURNEY)\s+(.*)/ or return "$marks $title" . (length $attr ? " {$attr}" : '') . "\n";
	my ($id, $rest) = ($1, $2);
	(my $want = $id) =~ tr/:/-/;
	$want .= "-$ch->{id}" if $b->{taken}{$want};
	my $anchor = $b->anchor($want);
	$ch->{section} = { id => $id, title => $rest, anchor => $anchor, chapter => $ch };
	push @{$b->{sections}}, $ch->{section};
	$head->{anchor} = $anchor;
	$attr =~ s/#\S+//;
	$attr .= ' .section' unless $attr =~ /\.section\b/;
	return "$marks $title {#$anchor $attr}\n";
}

sub term {
	my ($b, $ch, $shown, $of) = @_;
	(my $key = $of // $shown) =~ s/\s+/ /g;
	$key =~ s/`+\s?(.*?)\s?`+\{\.nw\}/$1/g;
	$key =~ s/[*\\]//g;
	my $anchor = $b->anchor('ix-' . slug($key));
	push @{$b->{terms}{$key}}, { anchor => $anchor, chapter => $ch, section => $ch->{section} };
	return "[$shown]{#$anchor .ix}";
}

# New words: the lines of a definition list, cut into its entries.
sub glossary {
	my ($b, $ch, $text) = @_;
	my ($word, $blank);
	for my $line (split /^/, $text) {
		if ($line =~ /^[^\s:]/ && (!$word || $word->{body} =~ /\S/) && (!$word || $blank)) {
			push @{$b->{words}}, $word = { word => $line, body => '', chapter => $ch };
			chomp $word->{word};
		} elsif ($word) {
			$word->{body} .= $line;
		}
		$blank = $line !~ /\S/;
	}
}

sub add_chunk {
	my ($b, $ch, $c) = @_;
	shift @{$c->{lines}};	# the rest of the line that names it
	pop @{$c->{lines}} while @{$c->{lines}} && !@{$c->{lines}[-1]};
	my $same = $b->{named}{$c->{name}} ||= [];
	push @$same, $c;
	$c->{slug} = $same->[0]{slug} || $b->anchor('chunk-' . slug($c->{name}));
	$c->{number} = @$same;
	$c->{anchor} = "$c->{slug}-$c->{number}";
	$c->{section} = $ch->{section};
	push @{$b->{chunks}}, $c;
	push @{$ch->{blocks}}, { chunk => $c };
	$b->{idents}{$_}{$c->{anchor}} or push @{$b->{idents}{$_}{defs}}, $c for @{$c->{defines}};
	for my $use (grep { $_->[0] eq 'use' } map { @$_ } @{$c->{lines}}) {
		my $users = $b->{users}{$use->[1]} ||= [];
		push @$users, $c unless grep { $_ == $c } @$users;
	}
}

sub is_root { return $_[0] eq 'Makefile' || ($_[0] =~ m{/} && $_[0] !~ /^instead: /) }

# The files that a chunk ends up in.
sub roots {
	my ($b, $name, $seen) = @_;
	return $name if is_root($name);
	$seen ||= {};
	return if $seen->{$name}++;
	return $b->roots($1, $seen) if $name =~ /^instead: (.*)/;
	my %roots = map { $_ => 1 } map { $b->roots($_->{name}, $seen) } @{$b->{users}{$name} || []};
	return sort keys %roots;
}

sub cross_reference {
	my ($b) = @_;
	for my $c (@{$b->{chunks}}) {
		my $same = $b->{named}{$c->{name}};
		$c->{previous} = $c->{number} > 1 ? $same->[$c->{number} - 2] : undef;
		$c->{next} = $same->[$c->{number}];
		$c->{users} = $b->{users}{$c->{name}} || [];
		$c->{roots} = $b->{roots}{$c->{name}} ||= [$b->roots($c->{name})];
		$c->{replaces} = $1 if $c->{name} =~ /^instead: (.*)/;
		$c->{tokens} = Code::tokens(Code::language($c->{roots}[0] // ''), $c->{lines});
		my %defines = map { $_ => 1 } @{$c->{defines}};
		my %seen;
		for my $token (map { @$_ } @{$c->{tokens}}) {
			next unless $token->[0] =~ /^[ilk]$/ && $b->{idents}{$token->[1]};
			if ($defines{$token->[1]}) {
				$token->[0] = 'd' unless $seen{$token->[1]}++;
			} elsif (!$seen{$token->[1]}++) {
				push @{$b->{idents}{$token->[1]}{uses}}, $c;
			}
		}
	}
	$_->{page} = $_->{chapter}{page} for @{$b->{chunks}}, @{$b->{sections}}, map { @$_ } values %{$b->{terms}};
}

1;
