# SPDX-License-Identifier: GPL-2.0-only
# Cuts code into tokens, for colours and links. It knows as much of C,
# assembler and make as a reader's eye needs, and no more.
#
# A token is [class, text]; the classes are c comment, s string, n number,
# k keyword, t type, p preprocessor, r register, l label, i identifier,
# use (a chunk's name), and '' for all else. Joined, they are the line again.
package Code;
use strict;
use warnings;

my %KEYWORD = map { $_ => 'k' } qw(
	auto break case const continue default do else enum extern for goto if inline register restrict return
	sizeof static struct switch typedef union volatile while asm __asm__ __always_inline __packed __init __exit
	__user __percpu __iomem __aligned __attribute__ __volatile__ noinline);
$KEYWORD{$_} = 't' for qw(
	void char short int long float double signed unsigned bool size_t ssize_t loff_t gfp_t
	u8 u16 u32 u64 s8 s16 s32 s64 __u8 __u16 __u32 __u64 __s32 __s64 uint8_t uint16_t uint32_t uint64_t int32_t int64_t
	pgd_t pud_t pmd_t pte_t pgprot_t ktime_t off_t pid_t);

my %LANGUAGE = (c => 'c', h => 'c', S => 'asm', s => 'asm', lds => 'ld', mk => 'make');

sub language {
	my ($file) = @_;
	return 'make' if $file =~ /(?:^|\/)(?:Makefile|Kbuild)$/;
	return $file =~ /\.(\w+)$/ && $LANGUAGE{$1} || '';
}

sub tokens {
	my ($language, $lines) = @_;
	my $state = { language => $language, comment => 0, directive => 0 };
	my @out;
	for my $line (@$lines) {
		$state->{start} = 1;
		push @out, [map { $_->[0] eq 'use' ? $_ : cut($state, $_->[1]) } @$line];
		$state->{directive} = 0 unless @$line && $line->[-1][1] =~ /\\$/;
	}
	return \@out;
}

sub cut {
	my ($state, $text) = @_;
	my $language = $state->{language};
	my @out;
	for ($text) {
		while ((pos() // 0) < length) {
			my $from = pos() // 0;
			my $class = '';
			if ($state->{comment}) {
				$class = 'c';
				if (/\G.*?\*\//gc) { $state->{comment} = 0 } else { /\G.*/gc }
			} elsif (!/\G\s+/gc) {
				$class = $language eq 'make' ? make_token($state) : $language ? c_token($state) : /\G.+/gc && '';
				$state->{start} = 0 unless $class eq 'l';
			}
			my $token = substr $_, $from, pos() - $from;
			$state->{start} = 1 if $language eq 'asm' && $token =~ /;$/;
			push @out, [$class, $token];
		}
	}
	return @out;
}

# Both match at pos() of $_, take at least one character, and say what it was.
sub c_token {
	my ($state) = @_;
	my $asm = $state->{language} eq 'asm';
	if (/\G\/\*/gc) {
		$state->{comment} = 1 unless /\G.*?\*\//gc;
		/\G.*/gc if $state->{comment};
		return 'c';
	}
	return 'c' if /\G\/\/.*/gc;
	if ($state->{start} && /\G#\s*(?:include|define|undef|ifn?def|if|elif|else|endif|error|pragma|warning)\b/gc) {
		$state->{directive} = 1;
		return 'p';
	}
	return 'c' if $asm && !$state->{directive} && /\G#.*/gc;
	return 's' if $state->{directive} && /\G<[\w\/.-]+>/gc;
	return 's' if /\G"(?:\\.|[^"\\])*"?/gc || /\G'(?:\\.|[^'\\])'/gc;
	return 'n' if /\G(?:0[xX][0-9a-fA-F]+|\d[\d.]*)[uUlL]*/gc;
	return $KEYWORD{$1} || 'i' if !$asm && /\G([A-Za-z_]\w*)/gc;
	if ($asm) {
		return 'r' if /\G%%?[a-z]\w*/gc;
		return 'n' if /\G\$~?(?:0[xX][0-9a-fA-F]+|\d+)/gc;
		return 'l' if $state->{start} && /\G[A-Za-z_.][\w.]*(?=:)/gc;
		return 'k' if $state->{start} && !$state->{directive} && /\G[A-Za-z_]\w*(?!\w|\s*=)/gc;
		return 'k' if /\G\.[a-z]\w*/gc;
		return 'i' if /\G[A-Za-z_]\w*/gc;
	}
	/\G[^\w\s"'\/%\$.#<]+/gc || /\G./gc;
	return '';
}

sub make_token {
	my ($state) = @_;
	return 'c' if /\G#.*/gc;
	return 'r' if /\G\$(?:\([^()\s]*\)|.)/gc;
	return 'k' if $state->{start} && /\G-?(?:include|ifn?eq|ifn?def|else|endif|export|define|endef)\b/gc;
	return 'l' if $state->{start} && /\G[\w.\/%-]+(?=\s*[:+?]?[:=])/gc;
	/\G[\w.\/%-]+/gc || /\G[^\w\s\$#]+/gc || /\G./gc;
	return '';
}

1;
