# SPDX-License-Identifier: GPL-2.0-only
# The book's chunks, what is wrong with them, and the files they expand to.
#
# noweb's markup parses and its nt expands. Between the two stands the one
# filter: it empties chunks that only a later chapter defines, puts a chunk named
# "instead: NAME" in the place of all earlier definitions of NAME, and empties
# what is left out on request.
package Tangle;
use strict;
use warnings;
use Cwd ();
use File::Temp qw(tempdir);

my $noweb = $ENV{NOWEBLIB} // '/usr/lib/noweb';

# A heading with one of these opens a section of the Journey.
my $heading = qr/^\#\#+ \s+ ([PGDLHSM]:\d{3}[a-z]?) \b/x;

# What the build rules pick up.
my $root = qr{^(?: Makefile
	| (?:module|launcher|guest|include) (?:/(?!\.)[\w.-]+)* /
	  (?: [\w-][\w.-]*\.(?:c|S|h|lds|1) | Makefile | Kbuild )
	| linux/lguest/ (?:[\w.-]+/)* [\w-][\w.-]*
	| linux/edits/ (?:[\w.-]+/)* [\w-][\w.-]*\.ed )$}x;

sub is_root { $_[0] =~ m{/} || $_[0] eq 'Makefile' }

sub slurp {
	my ($file, $name) = (@_, @_);
	open my $in, '<', $file or die "$name: $!\n";
	local $/;
	return <$in> // '';
}

# Feed a command of noweb's. Return its output and what it complained about.
sub through {
	my ($input, $command, @words) = @_;
	-x "$noweb/$command" or die "noweb is not installed: no $noweb/$command\n";
	my $dir = tempdir(CLEANUP => 1);
	open my $in, '>', "$dir/in" or die "$dir/in: $!\n";
	print $in $input;
	close $in or die "$dir/in: $!\n";
	open my $out, '-|', 'sh', '-c', 'exec 2> "$0/err" < "$0/in"; exec "$@"',
		$dir, "$noweb/$command", @words or die "$command: $!\n";
	my $text = do { local $/; <$out> // '' };
	my $failed = !close $out;
	my ($complaint) = split /\n/, slurp("$dir/err");
	$complaint //= "noweb's $command failed" if $failed;
	return ($text, $complaint);
}

# Read all chapters. Options: dir, where the chapters are; with, more of them, which
# are no chapters of the book; draft, whether to warn about what is not written yet
# instead of dying.
sub new {
	my ($class, %option) = @_;
	my $dir = $option{dir} = Cwd::abs_path($option{dir}) // die "$option{dir}: no such directory\n";
	my $self = bless { %option, label => $dir =~ s{.*/(?=.)}{}r, chapters => [], defs => [] }, $class;
	my @files;

	for (split /\n/, slurp("$dir/BOOK", "$self->{label}/BOOK")) {
		s/\s*(#.*)?$//;
		next if $_ eq '';
		if (!-f "$dir/$_") {
			$self->not_yet("$self->{label}/BOOK: no such chapter: $_");
			next;
		}
		my ($id) = /^([^-]+)-/ or die "$self->{label}/BOOK: a chapter's file is ID-words.nw, not $_\n";
		die "$self->{label}/BOOK: two chapters $id\n" if grep { $_ eq $id } @{$self->{chapters}};
		push @{$self->{chapters}}, $id;
		push @files, "$dir/$_";
	}
	die "$self->{label}/BOOK: no chapters\n" if !@files;
	for (@{$option{with} // []}) {
		-f or die "no such chapter: $_\n";
		push @{$self->{chapters}}, '';
		push @files, $_;
	}
	my ($pipeline, $complaint) = through('', 'markup', '-t', @files);
	die $complaint =~ s{\Q$dir/\E}{$self->{label}/}r, "\n" if defined $complaint;
	$self->parse($pipeline);
	$self->check;
	return $self;
}

sub not_yet {
	my ($self, $message) = @_;
	die "$message\n" if !$self->{draft};
	warn "warning: $message\n" if !$self->{warned}{$message}++;
}

# noweb's pipeline, into definitions:
#	{ name, instead, chapter (its place), file, line, section, lines => [[PART...]...] }
# where a PART is ['text', ...] or ['use', name].
sub parse {
	my ($self, $pipeline) = @_;
	my ($chapter, $file, $line, $section, $def, $prose, $code) = (-1);
	my $finish = sub {
		die "$def->{file}:$def->{line}: <<$def->{name}>> is not closed by a line with @\n" if $def;
	};

	for (split /\n/, $pipeline) {
		my ($key, $rest) = /^@(\S+) ?(.*)$/s or next;
		if ($key eq 'file') {
			$finish->();
			$chapter++;
			($file, $line, $section) = ($rest, 1, '');
			$file =~ s{^\Q$self->{dir}\E/}{$self->{label}/};
		} elsif ($key eq 'begin') {
			undef $def if $rest =~ /^docs/;
			$finish->();
			($prose, $code) = ('', undef);
		} elsif ($key eq 'defn') {
			my $instead = $rest =~ s/^instead: //;
			$def = { name => $rest, instead => $instead, chapter => $chapter,
				file => $file, line => $line, section => $section, lines => [] };
			push @{$self->{defs}}, $def;
		} elsif ($key eq 'text' || $key eq 'use') {
			push @$code, [$key, $rest] if $code;
			$prose .= $rest;
		} elsif ($key eq 'nl') {
			push @{$def->{lines}}, $code if $code;
			$code = [] if $def;
			$section = $1 if !$def && $prose =~ $heading;
			$prose = '';
			$line++;
		} elsif ("$key $rest" eq 'index nl') {
			($def, $code) = ();
			$line++;
		}
	}
	$finish->();
}

# What is wrong with the book as a whole, told in reading order.
sub check {
	my ($self) = @_;
	my (%defined, %used, %uses, %seen);

	for my $def (@{$self->{defs}}) {
		my $line = $def->{line};
		for my $parts (@{$def->{lines}}) {
			$line++;
			for (grep { $_->[0] eq 'use' } @$parts) {
				$used{$_->[1]} //= "$def->{file}:$line";
				push @{$uses{$def->{name}}}, $_->[1];
			}
		}
	}
	$defined{$_->{name}} = 1 for grep { !$_->{instead} } @{$self->{defs}};
	for my $def (@{$self->{defs}}) {
		my ($name, $where) = ($def->{name}, "$def->{file}:$def->{line}");
		if ($def->{instead}) {
			defined $seen{$name} && $seen{$name} < $def->{chapter} or
				die "$where: <<instead: $name>>: no earlier chapter defines <<$name>>\n";
			next;
		}
		$seen{$name} //= $def->{chapter};
		if (is_root($name)) {
			$name =~ $root or die "$where: <<$name>>: a name with / is a file, and no build rule uses this one\n";
		} elsif (!$used{$name}) {
			$self->not_yet("$where: <<$name>> is used in no chapter");
		}
	}
	for (map { @{$uses{$_->{name}} // []} } @{$self->{defs}}) {
		$self->not_yet("$used{$_}: <<$_>> is defined in no chapter (write a shift as @<<)") if !$defined{$_};
	}

	my %state;
	my $visit;
	$visit = sub {
		my ($name, $from) = @_;
		return if ($state{$name} // '') eq 'done';
		die "$used{$name}: <<$name>> uses itself", $from eq $name ? '' : " through <<$from>>", "\n" if $state{$name};
		$state{$name} = 'open';
		$visit->($_, $name) for @{$uses{$name} // []};
		$state{$name} = 'done';
	};
	$visit->($_->{name}, '') for @{$self->{defs}};
}

# The definitions that count at the end of chapter $upto, under their names.
sub active {
	my ($self, $upto, @omit) = @_;
	my @chapters = @{$self->{chapters}};
	my $last = $#chapters;
	my (%replaced, %omit);

	if (defined $upto) {
		($last) = grep { $chapters[$_] eq $upto } 0 .. $#chapters;
		defined $last or die "no chapter $upto: there are @chapters\n";
	}
	for my $name (@omit) {
		grep { $_->{name} eq $name } @{$self->{defs}} or die "cannot leave out <<$name>>: no chapter defines it\n";
		is_root($name) and die "cannot leave out <<$name>>: it is a whole file\n";
		$omit{$name} = 1;
	}
	my @defs = grep { $_->{chapter} <= $last && !$omit{$_->{name}} } @{$self->{defs}};
	$replaced{$_->{name}} = $_->{chapter} for grep { $_->{instead} } @defs;
	return grep { $_->{chapter} >= ($replaced{$_->{name}} // 0) } @defs;
}

# The files as of chapter $upto: { file => [[text, definition, line]...] }.
#
# nt expands twice: the second time every line carries a mark that says where it
# comes from. So the text is noweb's own to the byte, whatever marks do to columns.
sub expand {
	my ($self, $upto, @omit) = @_;
	my @defs = $self->active($upto, @omit);
	my (%filled, %roots, @marks);
	for (@defs) {
		$filled{$_->{name}} = 1 if @{$_->{lines}};
		$roots{$_->{name}} = 1 if is_root($_->{name});
	}
	my @roots = sort keys %roots;
	my ($clean, $marked) = ('', '');
	my $both = sub { $clean .= $_[0]; $marked .= $_[0] };
	my $mark = sub {
		my $sign = shift;
		push @marks, [@_];
		$marked .= "\@text \x01$sign$#marks\x02\n";
	};
	my $use = sub { $both->($filled{$_[0]} ? "\@use $_[0]\n" : "\@text \n") };

	for my $def (@defs) {
		my $line = $def->{line};
		$both->("\@begin code 1\n\@defn $def->{name}\n\@nl\n");
		for my $parts (@{$def->{lines}}) {
			$line++;
			for (@$parts) {
				my ($key, $rest) = @$_;
				$key eq 'use' ? $use->($rest) : $both->("\@text $rest\n");
				$mark->('-', $def, $line, $rest) if $key eq 'use' && !$filled{$rest};
			}
			$mark->('+', $def, $line);
			$both->("\@nl\n");
		}
		$both->("\@end code 1\n");
	}
	# One more chunk makes all files in one go.
	$both->("\@begin code 1\n\@defn \x01\n\@nl\n");
	for (0 .. $#roots) {
		$both->("\@text \x01$_\x02\n\@nl\n");
		$use->($roots[$_]);
		$both->("\@nl\n");
	}
	$both->("\@end code 1\n");

	my @output;
	for my $stream ($clean, $marked) {
		my ($text, $complaint) = through($stream, 'nt', '-t8', "-R\x01");
		die "noweb: $complaint\n" if defined $complaint;
		push @output, [split /\n/, $text];
	}
	my %files = map { $_ => [] } @roots;
	my @parts;
	for (0 .. $#{$output[0]}) {
		if ($output[0][$_] =~ /^\x01(\d+)\x02$/) {
			push @parts, $files{$roots[$1]};
		} else {
			push @{$parts[-1]}, [$output[0][$_], $output[1][$_]];
		}
	}
	@$_ = $self->without_empty_slots(\@marks, @$_) for values %files;
	return \%files;
}

# A slot whose chunk is empty takes its line with it, and a blank line that
# would then double another or stand at the edge of a block or file.
sub without_empty_slots {
	my ($self, $marks, @lines) = @_;
	my ($gone, @kept) = (0);
	for (@lines) {
		my ($text, $marked) = @$_;
		my @empty = map { $marks->[$_] } $marked =~ /\x01-(\d+)\x02/g;
		my @from = map { $marks->[$_] } $marked =~ /\x01\+(\d+)\x02/g;
		my $rest = $marked =~ s/\x01[-+]\d+\x02//gr;
		if (@empty) {
			my ($def, $line, $name) = @{$empty[0]};
			$rest =~ /\S/ and die "$def->{file}:$line: <<$name>> is empty here, and not alone on its line\n";
			$gone = 1;
			next;
		}
		if ($gone) {
			my $above = @kept ? $kept[-1][0] : '';
			next if $text eq '' && $above =~ /^$|\{$/;
			pop @kept if $text =~ /^\s*\}/ && $above eq '' && @kept;
			$gone = 0;
		}
		push @kept, [$text, @{$from[0]}[0, 1]] if @from;
	}
	pop @kept if $gone && @kept && $kept[-1][0] eq '';
	return @kept;
}

1;
