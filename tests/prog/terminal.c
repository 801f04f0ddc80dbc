// SPDX-License-Identifier: GPL-2.0-only
/*
 * Run a command with a terminal of its own, do there what a person does (and some
 * signals), and see that everything comes as the words say. If it does, nothing is
 * printed; or else one line, and the status is 1.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static const char usage[] =
"usage: terminal WORD... -- COMMAND...\n"
"Before it starts:\n"
"  cols=N        the terminal has so many columns\n"
"  ignore=SIG    the command ignores this signal\n"
"  background    somebody else has the terminal's foreground\n"
"Then, in order:\n"
"  see=TEXT      wait until this is shown, after what has been seen before\n"
"  unseen=TEXT   this has not been shown, at any time\n"
"  type=TEXT     type this\n"
"  flood=N       type so many letters, as long as the terminal takes them\n"
"  raw, same     the terminal's settings are a Guest's; are what they were\n"
"  away          give the foreground to somebody else\n"
"  after=USEC    let so much time pass\n"
"  kill=SIG      send this signal to the command (HUP INT QUIT SEGV PIPE TERM\n"
"                KILL STOP CONT)\n"
"  stopped       wait until the command is stopped\n"
"  hangup        the terminal goes\n"
"  ends=STATUS   wait for its end (128 and the signal, if it died of one)\n"
"In a TEXT, ^C is control-C, and so on.\n";

/* In seconds, for anything that is waited for. */
#define PATIENCE	30

static int master, slave, reports;
static pid_t session, command;
static struct termios before;
static char shown[1 << 20];
static size_t length, seen;
static int last_report = -1;
static const char *doing = "start";

static const struct {
	const char *name;
	int number;
} signals[] = {
	{ "HUP", SIGHUP }, { "INT", SIGINT }, { "QUIT", SIGQUIT },
	{ "SEGV", SIGSEGV }, { "PIPE", SIGPIPE }, { "TERM", SIGTERM },
	{ "KILL", SIGKILL }, { "STOP", SIGSTOP }, { "CONT", SIGCONT },
};

static int signal_number(const char *name)
{
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (!strcmp(name, signals[i].name))
			return signals[i].number;
	errx(2, "what signal is '%s'?", name);
}

/* All that was shown goes into one line. */
static void __attribute__((noreturn)) fail(const char *what)
{
	size_t from = length > 200 ? length - 200 : 0;

	printf("%s: %s; shown last: ", doing, what);
	for (; from < length; from++)
		putchar(shown[from] < ' ' ? '~' : shown[from]);
	putchar('\n');
	fflush(stdout);
	kill(command, SIGKILL);
	exit(1);
}

/* Collect what comes: what is shown, and what becomes of the command. */
static void listen_for(int milliseconds)
{
	struct pollfd fds[] = {
		{ master, POLLIN, 0 }, { reports, POLLIN, 0 },
	};
	ssize_t n;

	poll(fds, 2, milliseconds);
	if (fds[0].revents & POLLIN) {
		n = read(master, shown + length, sizeof(shown) - 1 - length);
		length += n > 0 ? n : 0;
	}
	if (fds[1].revents & POLLIN &&
	    read(reports, &last_report, sizeof(last_report)) <= 0)
		errx(2, "the session has ended");
}

static void wait_until(bool (*so)(const char *), const char *value)
{
	time_t end = time(NULL) + PATIENCE;

	while (!so(value)) {
		if (time(NULL) > end)
			fail("waited in vain");
		listen_for(100);
	}
}

/* The session's leader does what a shell would. */
static void leave_foreground(int number)
{
	(void)number;
	tcsetpgrp(0, getpgrp());
}

static void pass_on(int number)
{
	kill(-command, number);
}

static void __attribute__((noreturn))
lead_session(const char *name, bool background, int ignored, char *argv[])
{
	int go[2], gone[2], status;
	char byte;

	if (pipe(go) < 0 || pipe2(gone, O_CLOEXEC) < 0 || setsid() < 0)
		err(2, "session");
	close(master);
	close(slave);
	slave = open(name, O_RDWR);
	for (int i = 0; i < 3; i++)
		dup2(slave, i);
	close(slave);
	command = fork();
	if (!command) {
		setpgid(0, 0);
		close(go[1]);
		if (read(go[0], &byte, 1) < 0)
			err(2, "pipe");
		close(go[0]);
		close(reports);
		if (ignored)
			signal(ignored, SIG_IGN);
		execvp(argv[0], argv);
		err(2, "%s", argv[0]);
	}
	setpgid(command, command);
	signal(SIGTTOU, SIG_IGN);
	signal(SIGUSR1, leave_foreground);
	signal(SIGHUP, pass_on);
	if (!background)
		tcsetpgrp(0, command);
	close(go[0]);
	close(go[1]);
	close(gone[1]);
	/* This ends when exec() closes the other end. */
	if (read(gone[0], &byte, 1) < 0 ||
	    write(reports, &command, sizeof(command)) < 0)
		err(2, "pipe");
	for (;;) {
		if (waitpid(command, &status, WUNTRACED) < 0) {
			if (errno == EINTR)
				continue;
			pause();
			continue;
		}
		if (write(reports, &status, sizeof(status)) < 0)
			exit(0);
	}
}

static void start(bool background, int ignored, int cols, char *argv[])
{
	struct winsize size = { .ws_row = 24, .ws_col = cols };
	int ends[2];

	master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (master < 0 || grantpt(master) || unlockpt(master) || pipe(ends) < 0)
		err(2, "no terminal");
	slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0 || tcgetattr(slave, &before) < 0)
		err(2, "no terminal");
	/* Not what a terminal has by itself. */
	before.c_cc[VERASE] = '\b';
	before.c_lflag &= ~ECHOCTL;
	tcsetattr(slave, TCSANOW, &before);
	tcgetattr(slave, &before);
	if (cols)
		ioctl(slave, TIOCSWINSZ, &size);
	fcntl(master, F_SETFL, O_NONBLOCK);
	session = fork();
	reports = ends[!session];
	if (!session)
		lead_session(ptsname(master), background, ignored, argv);
	close(ends[1]);
	if (read(reports, &command, sizeof(command)) != sizeof(command))
		errx(2, "no session");
}

static bool is_shown(const char *text)
{
	char *at = memmem(shown + seen, length - seen, text, strlen(text));

	if (!at && last_report >= 0 && !WIFSTOPPED(last_report)) {
		listen_for(0);
		at = memmem(shown + seen, length - seen, text, strlen(text));
		if (!at)
			fail("the command has ended");
	}
	if (at)
		seen = at + strlen(text) - shown;
	return at;
}

static void see(const char *text)
{
	wait_until(is_shown, text);
}

static void unseen(const char *text)
{
	if (memmem(shown, length, text, strlen(text)))
		fail("it was shown");
}

static void type(const char *text)
{
	for (; *text; text++)
		while (write(master, text, 1) < 0)
			listen_for(10);
}

static void flood(const char *value)
{
	for (long n = strtol(value, NULL, 10); n; n--)
		if (write(master, "x", 1) < 0)
			return;
}

static struct termios settings(void)
{
	struct termios now = { 0 };

	if (tcgetattr(slave, &now) < 0)
		fail("no terminal any more");
	return now;
}

static void raw(const char *value)
{
	struct termios now = settings();

	(void)value;
	if (now.c_lflag & (ECHO | ICANON) || now.c_iflag & ICRNL)
		fail("the terminal is not raw");
	if (!(now.c_lflag & ISIG) || now.c_cc[VINTR] != (']' & 0x1f))
		fail("there is no way out");
	if (!(now.c_oflag & OPOST))
		fail("what is shown is raw as well");
}

static void same(const char *value)
{
	struct termios now = settings();

	(void)value;
	if (now.c_iflag != before.c_iflag || now.c_oflag != before.c_oflag ||
	    now.c_cflag != before.c_cflag || now.c_lflag != before.c_lflag ||
	    memcmp(now.c_cc, before.c_cc, sizeof(now.c_cc)))
		fail("the terminal's settings are not what they were");
}

static bool is_away(const char *value)
{
	(void)value;
	return tcgetpgrp(master) != command;
}

static void away(const char *value)
{
	kill(session, SIGUSR1);
	wait_until(is_away, value);
}

static void after(const char *value)
{
	usleep(strtol(value, NULL, 10));
}

static void do_kill(const char *name)
{
	if (kill(command, signal_number(name)) < 0)
		fail("the command is not there");
}

static bool is_stopped(const char *value)
{
	(void)value;
	return last_report >= 0 && WIFSTOPPED(last_report);
}

static void stopped(const char *value)
{
	wait_until(is_stopped, value);
	last_report = -1;
}

static void hangup(const char *value)
{
	(void)value;
	close(master);
	master = -1;
}

static bool has_ended(const char *value)
{
	int status = last_report;

	if (status < 0)
		return false;
	if (WIFSTOPPED(status))
		fail("it is stopped");
	status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
				       WEXITSTATUS(status);
	if (status != strtol(value, NULL, 10))
		fail("with another status");
	return true;
}

static void ends(const char *value)
{
	wait_until(has_ended, value);
}

static const struct {
	const char *word;
	void (*act)(const char *value);
} acts[] = {
	{ "see", see },
	{ "unseen", unseen },
	{ "type", type },
	{ "flood", flood },
	{ "raw", raw },
	{ "same", same },
	{ "away", away },
	{ "after", after },
	{ "kill", do_kill },
	{ "stopped", stopped },
	{ "hangup", hangup },
	{ "ends", ends },
};

static void translate(char *text)
{
	char *to = text;

	for (; *text; text++)
		*to++ = *text == '^' && text[1] ? *++text & 0x1f : *text;
	*to = '\0';
}

static void obey(char *word)
{
	size_t n = strcspn(word, "=");

	doing = strdup(word);
	translate(word);
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++)
		if (strlen(acts[i].word) == n && !strncmp(word, acts[i].word, n)) {
			acts[i].act(word[n] ? word + n + 1 : "");
			return;
		}
	errx(2, "what is '%s'? (try --help)", word);
}

int main(int argc, char *argv[])
{
	int i, rest, cols = 0, ignored = 0;
	bool background = false;

	if (argc > 1 && !strcmp(argv[1], "--help")) {
		fputs(usage, stdout);
		return 0;
	}
	for (rest = 1; argv[rest] && strcmp(argv[rest], "--"); rest++)
		;
	if (!argv[rest] || !argv[rest + 1])
		errx(2, "words, -- and a command (try --help)");
	for (i = 1; i < rest; i++) {
		if (!strncmp(argv[i], "cols=", 5))
			cols = atoi(argv[i] + 5);
		else if (!strncmp(argv[i], "ignore=", 7))
			ignored = signal_number(argv[i] + 7);
		else if (!strcmp(argv[i], "background"))
			background = true;
		else
			break;
	}
	start(background, ignored, cols, argv + rest + 1);
	for (; i < rest; i++)
		obey(argv[i]);
	kill(command, SIGKILL);
	return 0;
}
