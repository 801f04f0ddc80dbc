# SPDX-License-Identifier: GPL-2.0-only
# What tools/bench has measured, in the form in which it writes it to a file; and
# that as the prose has it. chapters/costs.tsv is the record. And what was executed
# once, as tools/profile --round prints it; chapters/*.round are those records.
package Costs;
use strict;
use warnings;
use utf8;

# The rows of a file, in its order. What was not measured is undef.
sub load {
	my ($file) = @_;
	my (@rows, %seen);
	open my $in, '<', $file or die "$file: $!\n";
	while (my $line = <$in>) {
		my %row;
		utf8::decode($line) && $line =~ /^([a-z]+)\t([^\t]+)\t(\d+|-)\t(\d+)\t(?:-\t-|(\d+\.\d+)\t(\d+\.\d+))\n\z/
			or die "$file:$.: not a row as tools/bench --to writes them\n";
		@row{qw(group what natively guest least most)} = ($1, $2, $3 eq '-' ? undef : $3, $4, $5, $6);
		$seen{$row{group}, $row{what}}++ and die "$file:$.: $row{group} has a second row '$row{what}'\n";
		push @rows, \%row;
	}
	@rows or die "$file: there is no row in it\n";
	return \@rows;
}

sub escaped { return $_[0] =~ s/([\\`*_\[\]<>|#~^])/\\$1/gr }

sub ratio { my ($row) = @_; return $row->{natively} ? sprintf '%.2f', $row->{guest} / $row->{natively} : undef }

# A group as a table. It has the columns in which anything stands. If a line of it is
# long, pandoc makes the columns as wide as their dashes are.
sub table {
	my ($rows, $group) = @_;
	my @rows = grep { $_->{group} eq $group } @$rows or die "no such group was measured\n";
	return table_of_without(@rows) if $group eq 'without';
	my $functions = $group =~ /^(?:getppid|touch|munmap|pingpong)$/;
	my @columns = grep { my $of = $_->[1]; grep { defined $of->($_) } @rows }
		['natively', sub { $_[0]{natively} }], ['a Guest', sub { $_[0]{guest} }],
		$functions ? ['more', sub { $_[0]{guest} - ($_[0]{natively} // 0) }] : ['ratio', \&ratio],
		['plain emulation', sub { defined $_[0]{least} ? "$_[0]{least} to $_[0]{most}" : undef }];
	my $text = join(' | ', $group =~ /^(?:memory|many)$/ ? '|' : '| instructions', map { $_->[0] } @columns) . " |\n";
	my ($longest) = sort { $b <=> $a } map { length $_->{what} } @rows;
	$text .= '|:' . '-' x $longest . '|' . join('', map { '-' x length($_->[0]) . ':|' } @columns) . "\n";
	for my $row (@rows) {
		$text .= join(' | ', '| ' . escaped($row->{what}), map { $_->[1]->($row) // '' } @columns) . " |\n";
	}
	return $text;
}

# What the book is with something, and without: two columns more, and each is named once.
sub table_of_without {
	my %lines = map { $_->{what} =~ /^(.*): lines$/ ? ($1 => $_) : () } @_;
	my ($text, $last) = ("| | lines | | with | without | |\n|:" . '-' x 27 . '|-----:|:' . '-' x 25 . "|-------:|--------:|--------:|\n", '');
	for my $row (grep { $_->{what} !~ /: lines$/ } @_) {
		my ($of, $what) = $row->{what} =~ /^(.*?): (.*)$/ or die "without: '$row->{what}' is of nothing\n";
		my $lines = $lines{$of} // die "without: how many lines has '$of'?\n";
		my ($saved, $ratio) = ($lines->{natively} - $lines->{guest}, $row->{guest} / $row->{natively});
		my $more = $ratio < 3 ? sprintf '%+.0f %%', 100 * ($ratio - 1) : sprintf $ratio < 10 ? '× %.1f' : '× %.0f', $ratio;
		s/^-/−/, s/ /\x{a0}/ for $saved, $more;
		s/ of memory$| of 1000 bytes sent//g, s/ held beside/ beside/ for $what;
		$text .= join(' | ', $of eq $last ? ('| ', '') : ('| ' . escaped($of), $saved), escaped($what), @{$row}{qw(natively guest)}, $more) . " |\n";
		$last = $of;
	}
	return $text;
}

# One number: "WHAT", "WHAT, natively" or "WHAT, ratio", with "GROUP: " before it if need be.
sub number {
	my ($rows, $name) = @_;
	my $column = $name =~ s/, (natively|ratio)$// ? $1 : 'guest';
	my $group = $name =~ s/^([a-z]+): // ? $1 : undef;
	my @found = grep { $_->{what} eq $name && $_->{group} eq ($group // $_->{group}) } @$rows or die "no such row was measured\n";
	@found == 1 or die "that is a row of " . join(' and of ', map { $_->{group} } @found) . ": say which, as in {{cost $found[0]{group}: $name}}\n";
	my $n = ($column eq 'ratio' ? ratio($found[0]) : $found[0]{$column}) // die "nothing was measured natively\n";
	# As in the rest of the prose: 4500, but 84,000.
	if ($n =~ /^\d{5,}$/) {
		1 while $n =~ s/(\d)(\d{3})(?!\d)/$1,$2/;
	}
	return $n;
}

# A round: who, function, section and chunk, and below them what was executed.
sub load_round {
	my ($file) = @_;
	my @stretches;
	open my $in, '<', $file or die "no such round was traced\n";
	while (my $line = <$in>) {
		chomp $line;
		if ($line =~ /^\t(\S.*)/ && @stretches) {
			push @{$stretches[-1]{instructions}}, $1;
		} elsif ($line =~ /^([^\t]+)\t([^\t]+)\t([^\t]+)\t([^\t]+)\z/) {
			push @stretches, { who => $1, function => $2, section => $3, chunk => $4, instructions => [] };
		} else {
			die "$file:$.: not a line as tools/profile --round writes them\n";
		}
	}
	@stretches or die "$file: there is nothing in it\n";
	return \@stretches;
}

# ... in columns. A function is named where it begins, and where it goes on.
sub round {
	my ($dir, $name) = @_;
	$name =~ /^[a-z]+\z/ or die "no such round was traced\n";
	my ($text, $last) = ("::: {.round}\n", '');
	for my $stretch (@{load_round("$dir/$name.round")}) {
		my ($who, $function, $section, $chunk) = @$stretch{qw(who function section chunk)};
		my $begins = $who eq 'Host, lg' ? "`$function`{.nw}" : $who eq 'Host' ? "Linux: `$function`" : "the $who";
		$chunk = escaped($chunk);
		my $heading = join ', ', ("**$begins**") x ($begins ne $last), ("$section *$chunk*") x ($section ne '-');
		$last = $begins;
		$text .= ($heading eq '' ? '' : "$heading\n\n") . join("\n", '``` {.instructions}', @{$stretch->{instructions}}, '```', '', '');
	}
	return "${text}:::\n";
}

1;
