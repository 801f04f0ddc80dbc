#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# The web edition in a browser, from a file: the search by keyboard, chunks that
# open, numbers that lead to sections, differences; on a telephone, light and dark.
#
# Chromium is driven by its chromedriver, which speaks JSON over HTTP.
# BOOKDIR, FIGDIR and BOOK choose another book, as they do in book.pdf.mk;
# SHOTS names a directory for screenshots.
use strict;
use warnings;
use utf8;
use Cwd qw(abs_path);
use File::Temp qw(tempdir);
use FindBin;
use HTTP::Tiny;
use IO::Socket::INET;
use JSON::PP;
use MIME::Base64;
use Test::More;

chdir "$FindBin::Bin/.." or die "cannot go to the top of the tree\n";
binmode $_, ':utf8' for map { Test::More->builder->$_ } qw(output failure_output todo_output);
plan skip_all => 'chromium and its driver are not installed' unless grep { -x "$_/chromedriver" } split /:/, $ENV{PATH};
my $log = `make html 2>&1 </dev/null`;
is($?, 0, 'the web edition is woven') or BAIL_OUT("no web edition: $log");
my $html = abs_path(($ENV{BOOK} || 'build/book') . '/html');
my $tmp = tempdir(CLEANUP => 1);

# The driver, and a session with it.
my $port = do { my $free = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1') or die "no port: $!\n"; $free->sockport };
my $driver = fork // die "fork: $!\n";
if (!$driver) {
	open STDOUT, '>', "$tmp/driver" and open STDERR, '>&', \*STDOUT;
	$ENV{HOME} = $tmp;
	exec 'chromedriver', "--port=$port" or exit 127;
}
my $session = '';
END {
	my $status = $?;
	eval { ask('DELETE', '') } if $session;
	kill 'TERM', $driver if $driver;
	waitpid $driver, 0 if $driver;
	$? = $status;
}
$SIG{INT} = $SIG{TERM} = sub { exit 1 };

sub ask {
	my ($method, $path, $body) = @_;
	my $answer = HTTP::Tiny->new(timeout => 120)->request($method, "http://127.0.0.1:$port/session$session$path",
		{ $body ? (content => encode_json($body), headers => { 'content-type' => 'application/json' }) : () });
	my $value = eval { decode_json($answer->{content})->{value} };
	die "$method $path: " . (ref $value ? "$value->{error}: $value->{message}" : $answer->{content}) . "\n" unless $answer->{success};
	return $value;
}

for (1 .. 100) {
	last if IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port");
	select undef, undef, undef, 0.1;
}
$session = eval { "/" .
	ask('POST', '', { capabilities => { alwaysMatch => {
		'goog:chromeOptions' => { args => ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--window-size=1280,900'] },
		'goog:loggingPrefs' => { browser => 'ALL' },
	} } })->{sessionId}
} or die "no browser: $@";

sub visit { my ($page) = @_; ask('POST', '/url', { url => 'about:blank' }); ask('POST', '/url', { url => "file://$html/$page" }) }
sub js { my ($script, @args) = @_; return ask('POST', '/execute/sync', { script => $script, args => \@args }) }
sub cdp { my ($command, %params) = @_; return ask('POST', '/goog/cdp/execute', { cmd => $command, params => \%params }) }
my %KEY = (Enter => "\x{e007}", Escape => "\x{e00c}", Up => "\x{e013}", Down => "\x{e015}", Tab => "\x{e004}");
sub press {
	my @keys = map { my $key = $KEY{$_} // $_; ({ type => 'keyDown', value => $key }, { type => 'keyUp', value => $key }) } map { $KEY{$_} ? $_ : split // } @_;
	ask('POST', '/actions', { actions => [{ type => 'key', id => 'keys', actions => \@keys }] });
}

# What the script gives, as soon as it gives something true.
sub until_true {
	my ($script, @args) = @_;
	for (1 .. 100) {
		my $value = eval { js($script, @args) };
		return $value if $value;
		select undef, undef, undef, 0.1;
	}
	return undef;
}

sub shot {
	my ($name) = @_;
	my $dir = $ENV{SHOTS} or return;
	open my $out, '>:raw', "$dir/$name.png" or die "$dir/$name.png: $!\n";
	print $out decode_base64(ask('GET', '/screenshot'));
	close $out;
}

sub complaints { return map { "$_->{level}: $_->{message}" } @{ask('POST', '/se/log', { type => 'browser' })} }
sub none { my ($wrong, $what) = @_; ok(!@$wrong, $what) or diag(map { "$_\n" } @$wrong > 10 ? (@$wrong[0 .. 9], '...') : @$wrong) }

# What there is to find, as the pages have it.
my @pages = map { s/.*\///r } sort glob "$html/*.html";
sub slurp { my ($file) = @_; open my $in, '<:utf8', $file or die "$file: $!\n"; local $/; return scalar <$in> }
my (%section, @names);
for my $page (grep { /^[A-Z]\d+-/ } @pages) {
	my $text = slurp("$html/$page");
	$section{$2} //= "$page#$1" while $text =~ /<h\d[^>]*? id="([^"]*)"[^>]*><span\s+class="jid">([PGDLHSM]:\d{3})/g;
	push @names, [$page, $1] while $text =~ /<span class="d">(\w{6,})<\/span>/g;
}
my %once;
@names = grep { !$once{$_->[1]}++ } @names;
ok(%section && @names, 'the pages have sections and identifiers');

# The search.
my ($id) = grep { $section{$_} !~ /#P-/ } sort { $b cmp $a } keys %section;
my ($key, $digits) = split /:/, $id;
visit('index.html');
press('/');
is(js('return document.activeElement.getAttribute("role")'), 'combobox', '/ leads to the search');
press(lc "$key$digits");
my $first = until_true('return document.querySelector("#found [aria-selected=true]")?.innerText');
like($first // '', qr/\Q$id\E /, "$key$digits finds $id first");
shot('search');
press('Enter');
is(until_true('return location.href.includes(arguments[0]) && location.href', $section{$id}), "file://$html/$section{$id}", 'Enter goes there');
ok(until_true('const at = document.getElementById(location.hash.slice(1)).getBoundingClientRect().top; return at >= 0 && at < 200'), '... and it is in sight');

# A name that stands in a longer one, too, so that it matters which comes first.
my @short = grep { my $name = $_->[1]; grep { $_->[1] ne $name && index($_->[1], $name) >= 0 } @names } @names;
my ($page, $name) = @{$short[rand @short]};
press('/', $name);
until_true('return document.querySelector("#found .is-name")');
is(js('return document.querySelector("#found li a").innerText.split(/\s+/)[1]'), $name, 'an identifier is found');
my $wanted = js('return document.querySelector("#found li a").href');
press('Down', 'Up', 'Enter');
is(until_true('return location.href === arguments[0] && location.href', $wanted), $wanted, 'down and up again is where one was');
ok(until_true('return document.querySelector(":target.chunk")?.innerText.includes(arguments[0])', $name), '... and the chunk defines it') or diag($name);

press('/', substr $name, 0, 1);
until_true('return document.querySelectorAll("#found li").length > 3');
$wanted = js('return document.querySelectorAll("#found li a")[1].href');
press('Down', 'Down', 'Up');
is(js('return document.getElementById(document.querySelector("[role=combobox]").getAttribute("aria-activedescendant")).querySelector("a").href'), $wanted, 'arrows choose');
press('Enter');
is(until_true('return location.href === arguments[0] && location.href', $wanted), $wanted, '... to which Enter goes');
press('/', 'nosuchthing');
ok(until_true('return /nothing/i.test(document.getElementById("found").innerText)'), 'what is not there is not found');
press('Escape');
ok(js('return document.getElementById("found").hidden'), 'Escape closes the list');
press('Escape');
is(js('return document.activeElement.tagName'), 'BODY', '... and leaves');

# Numbers.
visit("index.html#$id");
is(until_true('return location.href.includes(arguments[0]) && location.href', $section{$id}), "file://$html/$section{$id}", "the number $id alone leads to the section");

# Chunks that open.
($page) = grep { slurp("$html/$_") =~ /<details>/ } grep { /^[A-Z]\d+-/ } @pages;
visit($page);
js('document.querySelector("summary").focus()');
press('Enter');
ok(js('const d = document.querySelector("details"); return d.open && d.querySelector("pre").getClientRects().length > 0'), 'a chunk opens in place by keyboard');

# Every page, on a telephone: nothing sticks out, nobody complains, nothing from elsewhere.
cdp('Emulation.setDeviceMetricsOverride', width => 360, height => 740, deviceScaleFactor => 2, mobile => JSON::PP::true);
my $text = <<'END';	# what a page shows of the changes, or rather, its length and a hash
const all = [...document.querySelectorAll('h2, .difference p, .difference .part')].map(e => e.className + e.textContent).join('\n');
return `${[...all].reduce((h, c) => (Math.imul(h, 33) ^ c.codePointAt()) | 0, 0)} of ${all.length}`;
END
my (@wide, @elsewhere, %shown);
complaints();
for (@pages) {
	ask('POST', '/url', { url => "file://$html/$_" });
	my $over = js('const e = document.scrollingElement; return e.scrollWidth - e.clientWidth');
	push @wide, "$_: by $over pixels" if $over > 0;
	$shown{$_} = js($text) if /^changes-/;
	shot("telephone-" . s/\.html//r) if /^(?:map|P1-.*|changes-M2)\.html$/;
	push @elsewhere, @{js('return performance.getEntriesByType("resource").map(e => e.name).filter(n => !n.startsWith("file:"))')};
}
none(\@wide, 'a telephone need not be moved sideways');
none(\@elsewhere, 'nothing is fetched from elsewhere');
none([complaints()], 'no page complains');
visit('index.html');
press('/', 'guest');
until_true('return document.querySelector("#found li")');
ok(js('const r = document.getElementById("found").getBoundingClientRect(); return r.left >= 0 && r.right <= innerWidth && document.scrollingElement.scrollWidth <= innerWidth'), '... nor for what the search found');
shot('search-telephone');

cdp('Emulation.clearDeviceMetricsOverride');
# What changed: the script shows what the pages show.
visit('changes.html');
my $chapters = js('return changes.chapters.map(c => c[0])');
my @differ;
for (1 .. $#$chapters) {
	my ($from, $to) = @$chapters[$_ - 1, $_];
	js('document.getElementById("compared").replaceChildren(); location.hash = arguments[0]', "from-$from-to-$to");
	until_true('return document.querySelector("#compared *")');
	push @differ, "$from to $to" unless js($text) eq $shown{"changes-$to.html"};
}
none(\@differ, 'the script shows what the pages show');
js('const s = document.querySelectorAll("select"); s[0].value = 0; s[1].value = s[1].options.length - 1; s[1].dispatchEvent(new Event("change"))');
is(js('return location.hash'), "#from-$chapters->[0]-to-$chapters->[-1]", 'any two chapters can be chosen');
cmp_ok(js('return document.querySelectorAll("#compared h2").length'), '>=', js('return Object.keys(changes.files).length'), '... and every file is there');
shot('changes');

# Light and dark: whatever is written can be read (4.5 to 1, as WCAG has it).
my $contrast = <<'END';
const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
function rgba(color) { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; }
function over(top, under) { return [0, 1, 2].map(i => (top[i] * top[3] + under[i] * (255 - top[3])) / 255).concat(255); }
const light = c => { const [r, g, b] = c.map(v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
const cache = new Map();
function behind(e) {
	if (!e) return [255, 255, 255, 255];
	if (!cache.has(e)) cache.set(e, over(rgba(getComputedStyle(e).backgroundColor), behind(e.parentElement)));
	return cache.get(e);
}
const bad = new Set();
document.querySelectorAll('details').forEach(d => d.open = true);
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let n; n = walker.nextNode();) {
	const e = n.parentElement;
	if (!n.data.trim() || !e.getClientRects().length) continue;
	const ground = behind(e), [a, b] = [light(over(rgba(getComputedStyle(e).color), ground)), light(ground)];
	const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
	if (ratio < 4.5) bad.add(`${e.tagName}.${e.className} in ${e.parentElement.className}: ${ratio.toFixed(2)}`);
}
return [[...bad], light(behind(document.body))];
END
my ($one) = grep { /^P1-/ } @pages;
for my $scheme ('light', 'dark') {
	cdp('Emulation.setEmulatedMedia', features => [{ name => 'prefers-color-scheme', value => $scheme }]);
	for my $page ('index.html', $one // $pages[0], "changes-$chapters->[-1].html") {
		visit($page);
		shot("$scheme-" . $page =~ s/\.html//r);
		press('/', 'guest');
		until_true('return document.querySelector("#found li")');
		my ($bad, $ground) = @{js($contrast)};
		none($bad, "$scheme: all of $page can be read");
		ok($scheme eq 'dark' ? $ground < 0.1 : $ground > 0.7, "$scheme: ... and it is $scheme") or diag($ground);
		shot("$scheme-search") if $page eq 'index.html';
	}
}
done_testing();
