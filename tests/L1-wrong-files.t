#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# What is put where in a Guest's memory, and what a kernel or an initrd is refused
# for, in exact words. The Launcher looks at its files before it opens /dev/lguest,
# so this runs without the lab: a file that is good gets as far as that device.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use Tangled;
use Fcntl qw(S_IRUSR);
use File::Temp qw(tempdir);
use POSIX qw(mkfifo);
use Test::More;

plan(skip_all => 'there is a /dev/lguest here') if -e '/dev/lguest';
my $tree = tangle();
my ($built, $said) = build("$tree/launcher", '-s');
BAIL_OUT($said) if $built;
$ENV{PATH} = "$tree/launcher:$ENV{PATH}";
my $tmp = tempdir(CLEANUP => 1);
chdir $tmp or die;
my $good = 'no /dev/lguest: is the module loaded (insmod lg.ko)?';

sub file {
	my ($name, $bytes) = @_;
	open my $out, '>:raw', $name or die "$name: $!\n";
	print $out $bytes;
	close $out or die "$name: $!\n";
}

# An ELF file: its header, the program headers, and what the segments hold. A segment
# is { at =>, bytes =>, room => (in memory), type =>, from => (in the file) }.
sub elf {
	my %o = (class => 1, type => 2, machine => 3, start => 0x100000, phoff => 52, phentsize => 32,
		segments => [{}], @_);
	my ($headers, $bytes) = ('', '');
	my $first = 52 + 32 * @{$o{segments}};
	for (@{$o{segments}}) {
		my %s = (type => 1, at => 0x100000, bytes => "\xeb\xfe", from => $first + length $bytes, %$_);
		$s{size} //= length $s{bytes};
		$headers .= pack 'V8', @s{qw(type from at at size)}, $s{room} // $s{size}, 7, 4096;
		$bytes .= $s{bytes};
	}
	return pack('a4CCCx9vvVVVVVvvvvvv', "\x7fELF", $o{class}, 1, 1, $o{type}, $o{machine}, 1,
		$o{start}, $o{phoff}, 0, 0, 52, $o{phentsize}, $o{phnum} // scalar @{$o{segments}}, 0, 0, 0)
		. $headers . $bytes;
}

# A bzImage. Fields by the names and places of the boot protocol.
my %fields = (setup_sects => [0x1f1, 'C'], syssize => [0x1f4, 'V'], boot_flag => [0x1fe, 'v'],
	jump => [0x200, 'v'], header => [0x202, 'a4'], version => [0x206, 'v'], loadflags => [0x211, 'C'],
	code32_start => [0x214, 'V'], initrd_addr_max => [0x22c, 'V'], kernel_alignment => [0x230, 'V'],
	relocatable_kernel => [0x234, 'C'], cmdline_size => [0x238, 'V'], pref_address => [0x258, 'Q<'],
	init_size => [0x260, 'V']);
sub bzimage {
	my %o = (setup_sects => 1, boot_flag => 0xaa55, jump => 0x62eb, header => 'HdrS', version => 0x20a,
		loadflags => 1, code32_start => 0x100000, initrd_addr_max => 0xffffffff,
		kernel_alignment => 0x100000, cmdline_size => 2047, pref_address => 0x100000,
		bytes => "\xeb\xfe" x 504, @_);
	$o{syssize} //= length($o{bytes}) / 16;
	my $setup = "\0" x (512 * ($o{before} // 2));
	for (grep { exists $o{$_} } keys %fields) {
		my ($at, $how) = @{$fields{$_}};
		my $value = pack $how, $o{$_};
		substr($setup, $at, length $value) = $value;
	}
	return $setup . $o{bytes};
}

# The Launcher's status and its lines on standard error; nothing may come on the other.
sub launch {
	my $status = system "timeout 20 lguest @_ > out 2> err";
	my $lines = slurp('err') =~ s/^lguest: //gmr;
	return ($? & 127 ? 'signal ' . ($? & 127) : $? >> 8) . ": $lines" . slurp('out');
}

sub refused {
	my ($about, $sentence, @words) = @_;
	is(launch(@words), "1: $sentence\n", $about);
}

# What --verbose says of what is loaded, without the lines that are always the same.
sub loads {
	my ($about, $lines, @words) = @_;
	my $all = launch('--verbose', @words) =~ s/^(command line|memory|start): .*\n//gmr;
	is($all, "1: $lines$good\n", $about);
}

### Where segments go.
my $middle = { at => 0x100000, bytes => 'x' x 100 };
for (
	['one segment', elf(), "2 bytes at 0x100000, then 0 of zero\n"],
	['a segment that grows in memory', elf(segments => [{ room => 5000 }]),
		"2 bytes at 0x100000, then 4998 of zero\n"],
	['a segment of which nothing is in the file', elf(segments => [{}, { at => 0x101000, bytes => '', room => 9, from => ~0 }]),
		"2 bytes at 0x100000, then 0 of zero\nFILE: 0 bytes at 0x101000, then 9 of zero\n"],
	['segments in descending order', elf(segments => [{ at => 0x300000 }, { at => 0x200000 }, {}]),
		join 'FILE: ', map { "2 bytes at ${_}00000, then 0 of zero\n" } '0x3', '0x2', '0x1'],
	['segments of other types anywhere', elf(segments => [
		(map { { type => $_, at => 0xfffffff0, room => 77, from => 0xfffffff0 } } 0, 2, 3, 4, 6, 0x6474e551), {}]),
		"2 bytes at 0x100000, then 0 of zero\n"],
	['an empty segment anywhere', elf(segments => [{ at => 0, bytes => '' }, { at => ~0, bytes => '' }, {}]),
		"2 bytes at 0x100000, then 0 of zero\n"],
	['the lowest place there is', elf(segments => [{ at => 6144 }], start => 6144),
		"2 bytes at 0x1800, then 0 of zero\n"],
	['the last bytes of memory', elf(segments => [{ at => 0x7ffffe }], start => 0x7fffff),
		"2 bytes at 0x7ffffe, then 0 of zero\n"],
	['all there is', elf(segments => [{ at => 6144, room => 0x800000 - 6144 }], start => 6144),
		"2 bytes at 0x1800, then 8382462 of zero\n"],
) {
	my ($about, $bytes, $lines) = @$_;
	file('FILE', $bytes);
	loads($about, "FILE: $lines", 8, 'FILE');
}

# A file may have more bytes than 32 bits can count, and headers on both sides of 4 GB.
{
	my @segments = map { pack 'V8', 1, 0, $_, $_, 2, 2, 7, 4096 } 0x100000, 0x200000;
	file('FILE', elf(phoff => 0xffffffe0, phnum => 2));
	open my $out, '+<:raw', 'FILE' or die;
	seek $out, 0xffffffe0, 0 or die;
	print $out @segments;
	close $out or die;
	loads('program headers around 4 GB', join('', map { "FILE: 2 bytes at ${_}00000, then 0 of zero\n" } '0x1', '0x2'),
		8, 'FILE');
	unlink 'FILE';
}

### And where a bzImage goes.
for (
	['a bzImage', bzimage(), '1008 bytes at 0x100000'],
	['a bzImage for elsewhere', bzimage(code32_start => 0x234560), '1008 bytes at 0x234560'],
	['a bzImage with four sectors of setup, from the time before they were counted',
		bzimage(setup_sects => 0, before => 5), '1008 bytes at 0x100000'],
	['a bzImage with 255 sectors', bzimage(setup_sects => 255, before => 256), '1008 bytes at 0x100000'],
	['a bzImage with something behind it', bzimage() . 'x' x 1000, '1008 bytes at 0x100000'],
	['a bzImage too old to know its size', bzimage(version => 0x203, syssize => 0x1234), '1008 bytes at 0x100000'],
	['a bzImage that needs all there is', bzimage(init_size => 0x700000), '1008 bytes at 0x100000'],
	['a bzImage too old to know what it needs', bzimage(version => 0x209, init_size => ~0), '1008 bytes at 0x100000'],
	['a bzImage whose header ends early', bzimage(jump => 0x20eb, init_size => ~0), '1008 bytes at 0x100000'],
	['a bzImage whose header is too long', bzimage(jump => 0xffeb), '1008 bytes at 0x100000'],
) {
	my ($about, $bytes, $line) = @$_;
	file('FILE', $bytes);
	loads($about, "FILE: $line\n", 8, 'FILE');
}

### Wrong kernels.
my $outside = 'reach beyond 8 MB of memory';
my $taken = 'lie on the boot parameters';
my $old = 'a boot sector, but no Linux of boot protocol 2.00';
my $unknown = 'not a kernel that I know how to load';
for (
	['an empty file', '', 'the file is empty'],
	['a text', "not much\n" x 100, $unknown],
	['a short text', "text\n", $unknown],
	['64 bits', elf(class => 2, machine => 62), 'ELF of 64 bits; I need 32'],
	['64 bits, but an i386', elf(class => 2), 'ELF of 64 bits; I need 32'],
	['no class at all', elf(class => 0), 'not an executable for i386'],
	['another machine', elf(machine => 40), 'ELF for another processor (number 40)'],
	['an object file', elf(type => 1), 'not linked for fixed addresses (type 1)'],
	['a shared library, or position-independent', elf(type => 3), 'not linked for fixed addresses (type 3)'],
	['a core file', elf(type => 4), 'not linked for fixed addresses (type 4)'],
	['program headers of another size', elf(phentsize => 31), 'not an executable for i386'],
	['no program headers', elf(segments => []), 'there is nothing in it to load'],
	['no segment to load', elf(segments => [{ type => 4 }]), 'there is nothing in it to load'],
	['only an empty one', elf(segments => [{ bytes => '' }]), 'there is nothing in it to load'],
	['program headers far away', elf(phoff => 0x7f000000), 'the file is truncated'],
	['program headers whose offset wraps', elf(phoff => 0xfffffff0, phnum => 2), 'the file is truncated'],
	['program headers of which the second wraps', elf(phoff => 0xffffffe0, phnum => 2), 'the file is truncated'],
	['more program headers than there are', elf(phnum => 65535), 'the file is truncated'],
	['a segment from far away', elf(segments => [{ from => 0xfffffff0, size => 100 }]), 'the file is truncated'],
	['more in the file than in memory', elf(segments => [{ size => 2, room => 1 }]),
		'a segment is larger in the file than in memory'],
	['a segment behind memory', elf(segments => [{ at => 0x800000 }]), "2 bytes at 0x800000 $outside"],
	['a segment that reaches out of memory', elf(segments => [{ at => 0x7fffff }]), "2 bytes at 0x7fffff $outside"],
	['... in memory only', elf(segments => [{ room => 0x700001 }]), "7340033 bytes at 0x100000 $outside"],
	['a segment whose end wraps', elf(segments => [{ at => 0xffffffff }]), "2 bytes at 0xffffffff $outside"],
	['a segment whose size wraps', elf(segments => [{ room => 0xffffffff }]), "4294967295 bytes at 0x100000 $outside"],
	['a segment whose end is 0', elf(segments => [{ room => 0xfff00000 }]), "4293918720 bytes at 0x100000 $outside"],
	['the second of two segments', elf(segments => [{}, { at => 0xc0100000 }]), "2 bytes at 0xc0100000 $outside"],
	['a segment at 0', elf(segments => [{ at => 0 }]), "2 bytes at 0 $taken"],
	['a segment on the command line', elf(segments => [{ at => 6143 }]), "2 bytes at 0x17ff $taken"],
	['a start before the kernel', elf(start => 0xfffff), 'it starts at 0xfffff, where nothing is'],
	['a start behind the kernel', elf(start => 0x100002), 'it starts at 0x100002, where nothing is'],
	['a start at 0', elf(start => 0), 'it starts at 0, where nothing is'],

	['a boot sector of something else', bzimage(header => "\0" x 4), $old],
	['boot protocol 1.99', bzimage(version => 0x1ff), $old],
	['a zImage', bzimage(loadflags => 0), 'a zImage; I need a bzImage'],
	['a bzImage with nothing in it', bzimage(bytes => ''), 'there is no kernel in it'],
	['an old one with nothing in it', bzimage(bytes => '', version => 0x200), 'there is no kernel in it'],
	['an old one that ends within its setup', bzimage(setup_sects => 9, version => 0x200), 'there is no kernel in it'],
	['a bzImage larger than memory', bzimage(syssize => 0x70001), "7340048 bytes at 0x100000 $outside"],
	['a bzImage whose size wraps', bzimage(syssize => 0x10000001), "4294967312 bytes at 0x100000 $outside"],
	['a bzImage as large as they come', bzimage(syssize => 0xffffffff), "68719476720 bytes at 0x100000 $outside"],
	['a bzImage at 0', bzimage(code32_start => 0), "1008 bytes at 0 $taken"],
	['a bzImage on the command line', bzimage(code32_start => 0x17ff), "1008 bytes at 0x17ff $taken"],
	['a bzImage behind memory', bzimage(code32_start => 0x800000), "1008 bytes at 0x800000 $outside"],
	['a bzImage whose end wraps', bzimage(code32_start => 0xfffffff0), "1008 bytes at 0xfffffff0 $outside"],
	['a bzImage that needs a byte more', bzimage(init_size => 0x700001), "7340033 bytes at 0x100000 $outside"],
	['a bzImage that wants to be higher', bzimage(init_size => 0x700000, pref_address => 0x100001),
		"7340032 bytes at 0x100001 $outside"],
	['a bzImage that wants to be much higher', bzimage(init_size => 1, pref_address => ~0),
		"1 bytes at 0xffffffffffffffff $outside"],
	['a bzImage that goes to the next boundary', bzimage(init_size => 1, relocatable_kernel => 1,
		kernel_alignment => 0x1000000), "1 bytes at 0x1000000 $outside"],
	['a bzImage that may go lower, and wants to be higher', bzimage(init_size => 1, relocatable_kernel => 1,
		pref_address => 0x900000), "1 bytes at 0x900000 $outside"],
	['a boundary so high that it wraps', bzimage(init_size => 1, relocatable_kernel => 1,
		kernel_alignment => 0xffffffff), "1 bytes at 0xffffffff $outside"],
	['a boundary of 0', bzimage(init_size => 1, relocatable_kernel => 1, kernel_alignment => 0,
		pref_address => 0x900000), "1 bytes at 0x900000 $outside"],
) {
	my ($about, $bytes, $sentence) = @$_;
	file('FILE', $bytes);
	refused($about, "FILE: $sentence", 8, 'FILE');
}

# Cut anywhere.
for (['an ELF file', elf(segments => [{}, { at => 0x200000, bytes => 'x' x 20 }]), 52],
	['a bzImage', bzimage(bytes => 'x' x 32), 512]) {
	my ($what, $bytes, $known) = @$_;
	my @wrong;
	for my $length (1 .. length($bytes) - 1) {
		file('FILE', substr $bytes, 0, $length);
		my $sentence = $length < 4 || $length >= $known || $what =~ /ELF/ ? 'the file is truncated' : $unknown;
		my $got = launch(8, 'FILE');
		push @wrong, "$length bytes: $got" if $got ne "1: FILE: $sentence\n";
		last if @wrong == 3;
	}
	is("@wrong", '', "$what, cut anywhere");
	file('FILE', $bytes);
	refused("... and whole", $good, 8, 'FILE');
}

# Damaged anyhow: one sentence, whatever it is.
my $seed = int rand 1e9;
srand $seed;
my @wrong;
for my $round (1 .. 400) {
	my $bytes = $round % 2 ? elf(segments => [{}, {at => 0x200000}]) : bzimage(init_size => 0x10000);
	my ($from, $size) = $round % 2 ? (4, 112) : (0x1f1, 0x73);
	substr($bytes, $from + int rand $size, 1) = chr int rand 256 for 1 .. 1 + rand 4;
	file('FILE', $bytes);
	my $got = launch(8, 'FILE');
	push @wrong, "round $round: $got" if $got !~ /\A1: [^\n]+\n\z/;
	last if @wrong == 3;
}
is("@wrong", '', "damaged files (seed $seed)");

### What is no file, or none that can be read; as a kernel and as an initrd.
file('good', elf());
mkdir 'directory' or die;
mkfifo('fifo', S_IRUSR) or die;
symlink('loop', 'loop') or die;
file('empty', '');
for (['', '8 %s'], ['as an initrd: ', '--initrd=%s 8 good']) {
	my ($how, $words) = @$_;
	my $try = sub { refused("$how$_[0]", "$_[1]: $_[2]", sprintf $words, $_[1]) };
	$try->('no such file', 'nonesuch', 'No such file or directory');
	$try->('a directory', 'directory', 'not a regular file');
	$try->('a FIFO that nobody writes to', 'fifo', 'not a regular file');
	$try->('a device', '/dev/zero', 'not a regular file');
	$try->('the end of a loop', 'loop', 'Too many levels of symbolic links');
	$try->('a file in the way', 'good/x', 'Not a directory');
	$try->('a file without a byte', 'empty', 'the file is empty');
	$try->('a file that only seems to be one', '/proc/self/mem', 'the file is empty');
}

### The initrd.
sub initrd {
	my ($about, $size, $kernel, $lines, $memory) = (@_, 8);
	file('kernel', $kernel);
	open my $out, '>', 'initrd' or die;
	truncate $out, $size or die;
	close $out;
	my $all = launch('--verbose', '--initrd=initrd', $memory, 'kernel');
	is($all =~ s/^(1: kernel|command line|memory|start): .*\n//gmr, "$lines\n", $about);
}
for ([1, '0x7ff000'], [4095, '0x7ff000'], [4096, '0x7ff000'], [4097, '0x7fe000'], [1000000, '0x70b000']) {
	my ($size, $at) = @$_;
	initrd("an initrd of $size bytes", $size, elf(), "initrd: $size bytes at $at\n$good");
}
my $high = elf(segments => [{ room => 0x300000 }]);
initrd('up to the last byte of the kernel', 0x400000, $high, "initrd: 4194304 bytes at 0x400000\n$good");
initrd('a byte more', 0x400001, $high, 'initrd: 4194305 bytes do not fit between 0x400000 and 0x800000');
initrd('onto its unset variables', 0x400000, elf(segments => [{ room => 0x300001 }]),
	'initrd: 4194304 bytes do not fit between 0x400001 and 0x800000');
initrd('as large as memory', 0x800000, elf(), 'initrd: 8388608 bytes do not fit between 0x100002 and 0x800000');
initrd('larger', 0x800001, elf(), 'initrd: 8388609 bytes do not fit between 0x100002 and 0x800000');
initrd('too large for 32 bits', 4294967297, elf(), 'initrd: 4294967297 bytes do not fit between 0x100002 and 0x800000');
initrd('as high as a bzImage can unpack itself', 0x400000, bzimage(init_size => 0x300000),
	"initrd: 4194304 bytes at 0x400000\n$good");
initrd('onto what a bzImage unpacks', 0x400001, bzimage(init_size => 0x300000),
	'initrd: 4194305 bytes do not fit between 0x400000 and 0x800000');
initrd('no higher than a bzImage will look', 1, bzimage(initrd_addr_max => 0x3fffff),
	"initrd: 1 bytes at 0x3ff000\n$good");
initrd('... within a page', 1, bzimage(initrd_addr_max => 0x3ffeff), "initrd: 1 bytes at 0x3ff000\n$good");
initrd('... below the kernel', 1, bzimage(initrd_addr_max => 0xfffff),
	'initrd: 1 bytes do not fit between 0x1003f0 and 0x100000');
initrd('no higher than a bzImage of protocol 2.02 will', 1, bzimage(version => 0x202),
	"initrd: 1 bytes at 0x37fff000\n$good", 1000);
initrd('at the top of much memory', 5000, elf(), "initrd: 5000 bytes at 0xa8bfe000\n$good", 2700);

### The command line. A bzImage may take a shorter one.
file('good.bz', bzimage(cmdline_size => 10));
refused('a command line as long as the kernel takes', $good, 8, 'good.bz', '1234 67890');
refused('a longer one', 'this kernel takes a command line of 10 bytes at most', 8, 'good.bz', '1234 678901');
refused('the longest there is', $good, 8, 'good', 'x' x 2046);
refused('longer', 'the command line is longer than 2046 bytes', 8, 'good', 'x' x 2047);
is(launch(qw(--verbose 8 good one two)), <<END, 'all that is said');
1: good: 2 bytes at 0x100000, then 0 of zero
command line: 7 bytes at 0x1000
memory: 8 MB, then 256 pages for devices
start: 0x100000
$good
END

### Options, and how much memory there may be.
is(launch('--initrd'), "1: option '--initrd' requires an argument\n", '--initrd without a file');
is(launch('--verbose=1', 8, 'good'), "1: option '--verbose' doesn't allow an argument\n", '--verbose with a word');
like(launch('--version'), qr/\A0: lguest \d+\.\d+ \(There and Back\)\n/, '--version');
like(launch('--help', '--nonsense'), qr/\A0: Usage: lguest .*--initrd=FILE.*--verbose.*--version/s, '--help');
refused('2700 MB', $good, 2700, 'good');
refused('3073 MB', '3073: not a number of megabytes between 1 and 3072', 3073, 'good');
done_testing();
