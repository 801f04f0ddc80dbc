#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# What is said in the book is still said: each session in a chapter is typed again, line
# by line, and has to print the lines that stand below each. A "#" is a shell of the lab
# machine's, on that chapter's hypervisor; a "$" below it is typed to the Guest; one
# that stands first is the reader's own shell.
use strict;
use warnings;
use File::Temp qw(tempdir);
use FindBin;
use IPC::Open2;
use lib $FindBin::RealBin;
use Tangled;
use Test::More;

chdir $top or die "$top: $!\n";
my $dir = tempdir(CLEANUP => 1);
my $kernel = $ENV{LAB_KERNEL} // '686';

# What is not the same each time: clocks, random numbers, how often the Host was
# interrupted, whose turn it was, where something lies in memory; and if the Guest has a
# clock, all that is counted.
sub settled {
	my $said = join '', map { s/\s+\z//r . "\n" } @_;
	$said =~ s/^(lguest: interrupt) \d+$/$1/mg;
	$said =~ s/^(lguest: \S+) \d+$/$1/mg if $said =~ /^lguest: injected [1-9]/m;
	$said =~ s/^((?:(?:Thread|Guest) \d.*\n)+)/join '', sort map { "$_\n" } split m{\n}, $1/mge;
	$said =~ s/^( +\d+ It is \d+\.\n)+/It is.\n/mg;
	$said =~ s/^((?:real|user|sys)\s).*/$1/mg;
	$said =~ s/^\[ *\d+\.\d+\]/[]/mg;
	$said =~ s/^\S+ +\d+\.\d+:/.:/mg;
	$said =~ s/(?<=0x10)[0-9a-f]{4}\b/..../g;
	$said =~ s/(born at|random number:|I am|cr3 is|vmlinuz:|^ +\d:) +[0-9a-fx]+\b/$1/mg;
	$said =~ s/^(\[1\]\+  Killed).*/$1/mg;
	$said =~ s/#\d+ PREEMPT .*(i686)/# PREEMPT $1/g;
	return $said;
}

# The sessions of a chapter: lists of [prompt, what is typed, lines...].
sub sessions {
	my ($fence, $more, @sessions) = (0, 0);
	for (split /\n/, slurp($_[0])) {
		if (/^```/) {
			$fence = !$fence;
			push @sessions, [] if $fence;
		} elsif (!$fence) {
			next;
		} elsif ($more) {
			$sessions[-1][-1][1] .= "\n$_";
		} elsif (/^((?:\S+ |\S+:~)?[#\$]) (.*)/) {
			push @{$sessions[-1]}, [$1, $2];
		} elsif (@{$sessions[-1]}) {
			push @{$sessions[-1][-1]}, $_;
		}
		my $typed = @sessions && @{$sessions[-1]} ? $sessions[-1][-1][1] : '';
		$more = $typed =~ /\\\z/ || ($typed =~ tr/'//) % 2;
	}
	# (A file of the book's may begin with a comment.)
	return grep { @$_ && !grep { /<</ } map { @$_ } @$_ } @sessions;
}

# What the book has of a session, "..." being anything, and what was said.
sub same {
	my ($name, $session, $said) = @_;
	my @book = map { @$_[2 .. $#$_] } @$session;
	my %typed = map { $_->[1] => 1 } @$session;
	my @now = grep { s/^(?:\$ )+//; !$typed{$_} } split /\n/, $said =~ s/\r//gr;
	my $want = join '.*', map { quotemeta } split /^\.\.\.$/m, settled(@book), -1;
	my $so = settled(@now);
	ok($so =~ /\A$want(?:\n|\z)/s, $name) or diag("the book:\n", settled(@book), "\nnow:\n", $so);
}

sub quoted { return "'" . $_[0] =~ s/'/'\\''/gr . "'" }

# A shell that types: each line when what stands below the one before is there. (A Guest's
# shell says what was typed, after its "$ ", and that does not count.)
my $begin = <<'END';
ln -s /guests/* .
ln -s /guests/l4-* G
exec 3>&1
said=$PWD/said
there() {
	tries=0
	until [ "$(sed '/^\$ /d' $said | wc -l)" -ge "$1" ] || [ $tries -ge 600 ]; do
		usleep 50000
		tries=$((tries + 1))
	done
}
dead() {
	while kill -0 $! 2> /dev/null; do usleep 10000; done
}
END

# Lab sessions of a chapter, as one script; each says what it says after a line "== N".
sub script {
	my $script = $begin;
	for my $n (0 .. $#_) {
		my @session = @{$_[$n]};
		my $talks = grep { $_->[0] eq '$' } @session;
		my $lines = 0;
		$script .= "cd /root\nexec > \$said 2>&1\n" . ($talks ? "mkfifo typed\nexec 4<> typed\n" : '');
		for my $i (0 .. $#session) {
			my ($prompt, $typed, @lines) = @{$session[$i]};
			if ($prompt eq '$') {
				$typed = 'echo ' . quoted($typed) . ' >&4';
			} elsif ($talks) {
				$typed .= ' < typed &';
			} elsif ($typed !~ /\||&\z/) {
				$typed .= ' < /dev/null';
			}
			$lines += @lines;
			$script .= "$typed\n";
			$script .= "dead\n" if $typed =~ /^kill -9 %1/;
			$script .= "there $lines\n" if $talks || $i < $#session;
		}
		$script .= "kill \$!\n" if $talks;
		$script .= "wait 2> /dev/null\nexec >&3 2>&1\nprintf '\\n== $n\\n'\ncat \$said\n";
	}
	return "$script:\n";
}

# The reader's own shell: a command each, in this directory, with files in another.
sub outside {
	my ($session) = @_;
	my $said = '';
	for my $step (@$session) {
		my $typed = $step->[1] =~ s/(?<= )(naive|courteous|\S+\.img)\b(?!')/$dir\/$1/gr =~ s/lab\/686/lab\/$kernel/gr;
		# (What comes by the other way comes when it likes.)
		my ($status, $now) = run("{ $typed\n} 2> $dir/errors; status=\$?; cat $dir/errors; exit \$status");
		is($status, 0, $typed =~ s/\s+/ /gr) or diag($now);
		$said .= $now if @$step > 2;
	}
	return $said;
}

# ... in which Linux is started, and after a prompt that is its. What the book has of a
# "^C" is typed as well.
sub linux {
	my ($start, @steps) = @{$_[0]};
	my $command = $start->[1] =~ s/(?<=[ =])([^\s=]+\.img)\b/$dir\/$1/r =~ s/\\\n//r;
	for my $disk ($command =~ /([^\s=]+\.img)/g) {
		system('truncate', '-s', '1M', $disk) and BAIL_OUT("no disk $disk");
	}
	local $SIG{PIPE} = 'IGNORE';
	my ($said, $pid) = ('', open2(my $from, my $to, 'script', '-qefc', $command, '/dev/null'));
	my $until = sub {
		my ($what, $since) = @_;
		while (substr($said, $since) !~ $what) {
			vec(my $ready = '', fileno $from, 1) = 1;
			select($ready, undef, undef, 300) > 0 && sysread($from, $said, 4096, length $said) or last;
		}
	};
	my $since = 0;
	for my $step (@steps, undef) {
		# (The shell of busybox asks the terminal where its cursor is, too.)
		$until->(qr/^\Q$steps[0][0]\E (?:\e\[6n)?\z/m, $since);
		$since = length $said;
		last unless $step;
		syswrite $to, "$step->[1]\n";
		my ($c) = grep { $step->[$_] eq '^C' } 2 .. $#$step or next;
		$until->(qr/^\Q$step->[$c - 1]\E\r?$/m, $since);
		syswrite $to, "\cC";
	}
	syswrite $to, "\cAx";
	waitpid $pid, 0;
	# (Where the terminal's "^C" stands, and the new line of who died of it, is their affair.)
	$said =~ s/\s*\^C\s*(?=\Q$steps[0][0]\E )/\r\n^C\r\n/g;
	return join '', grep { !/^\Q$steps[0][0]\E / } split /^/, $said;
}

my $n = 0;
for my $file (glob 'chapters/*.nw') {
	my ($chapter) = $file =~ m{/([^-]+)-};
	next if @ARGV && !grep { $_ eq $chapter } @ARGV;
	my @sessions = sessions($file);
	for my $session (grep { $_->[0][0] eq '$' } @sessions) {
		my $typed = join ' ', map { $_->[1] } @$session;
		# What counts instructions is for prices.t, and Debian for linux/debian.t.
		next if !grep { @$_ > 2 } @$session or $typed =~ /--icount|GUEST=debian/;
		same("$chapter: $session->[-1][1]", $session, $typed =~ /GUEST=linux/ ? linux($session) : outside($session));
		$n++;
	}
	my @lab = grep { $_->[0][0] eq '#' } @sessions or next;
	open my $to, '>', "$dir/script" or die "$dir/script: $!\n";
	print $to script(@lab);
	close $to or die "$dir/script: $!\n";
	my ($status, $said) = run("tools/lab --upto $chapter --smp 2 --modprobe tun --add '$dir/script' --add build/lab/686/vmlinuz -- '. ./script'");
	is($status, 0, "$chapter: all was typed") or diag($said);
	my @said = split /\r?\n== \d+\r?\n/, $said;
	for (0 .. $#lab) {
		same("$chapter: $lab[$_][0][1]", $lab[$_], $said[$_ + 1] // '');
		$n++;
	}
}
cmp_ok($n, '>', @ARGV ? 0 : 25, 'the book has such sessions');
done_testing();
