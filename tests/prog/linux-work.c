// SPDX-License-Identifier: GPL-2.0-only
/*
 * Work for a Linux on an i386, a Guest or not: what processes ask of their
 * kernel, and of what is beneath it, each answer checked; and loops to measure.
 */
#define _GNU_SOURCE
#include <asm/ldt.h>
#include <elf.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#define PAGE		4096u
#define WORDS		(PAGE / 4)
#define SIZE(array)	(sizeof(array) / sizeof(*(array)))

static const char *name;	/* of the command */
unsigned int number;		/* made up for this run */

/* One line, whole also when many complain; and the end of all threads. */
static _Noreturn void wrong(const char *format, ...)
{
	char line[500];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	dprintf(STDERR_FILENO, "linux-work: %s: %s\n", name, line);
	_exit(1);
}

/* The result of a system call that has to succeed. */
static long must(const char *what, long result)
{
	if (result == -1)
		wrong("%s: %s", what, strerror(errno));
	return result;
}

static void *map(void *at, unsigned int pages, int prot, int flags, int fd)
{
	void *got = mmap(at, pages * PAGE, prot, flags, fd, 0);

	if (got == MAP_FAILED)
		wrong("mmap of %u pages: %s", pages, strerror(errno));
	return got;
}

/* What children tell their parent. */
static void *shared_page(void)
{
	return map(NULL, 1, PROT_READ | PROT_WRITE,
		   MAP_SHARED | MAP_ANONYMOUS, -1);
}

static pid_t forked(void)
{
	return must("fork", fork());
}

static int ended(pid_t pid)
{
	int status;

	must("waitpid", waitpid(pid, &status, 0));
	return status;
}

/* A child that exits with 1 has said why; with LEFT_ALONE, another will. */
#define LEFT_ALONE	2

static void reap(pid_t pid, const char *what, unsigned int which)
{
	int status = ended(pid);

	if (WIFEXITED(status) && WEXITSTATUS(status) == 1)
		_exit(1);
	if (status && status != W_EXITCODE(LEFT_ALONE, 0))
		wrong("%s %u ended with status 0x%x", what, which, status);
}

static unsigned int mix(unsigned int a, unsigned int b)
{
	a = (a ^ number) * 2654435761u + b;
	a = (a ^ a >> 15) * 739982445u;
	return a ^ a >> 14;
}

static unsigned int dice(unsigned int sides)
{
	static unsigned int throws;

	return mix(throws++, 0x6d) % sides;
}

/*
 * forks: processes that are all there at once, in a ring of pipes. Each knows
 * which of them has written a page of its memory.
 */
#define COW_PAGES	16
#define TOKENS		4

static unsigned int cow[COW_PAGES][WORDS] __attribute__((aligned(PAGE)));
static unsigned int writer[COW_PAGES];

static unsigned int written(unsigned int page, unsigned int i)
{
	return mix(writer[page], page * WORDS + i);
}

static void scribble(unsigned int page, unsigned int who)
{
	writer[page] = who;
	for (unsigned int i = 0; i < WORDS; i++)
		cow[page][i] = written(page, i);
}

static void look(unsigned int who)
{
	for (unsigned int page = 0; page < COW_PAGES; page++)
		for (unsigned int i = 0; i < WORDS; i++)
			if (cow[page][i] != written(page, i))
				wrong("process %u finds 0x%x in word %u of "
				      "page %u, where %u wrote 0x%x", who,
				      cow[page][i], i, page, writer[page],
				      written(page, i));
}

static bool take(int fd, unsigned int *token)
{
	return read(fd, token, sizeof(*token)) == sizeof(*token);
}

static bool pass(int fd, unsigned int token)
{
	return write(fd, &token, sizeof(token)) == sizeof(token);
}

static _Noreturn void stand_in_ring(unsigned int who, int in, int out)
{
	unsigned int token;
	pid_t pid;

	for (unsigned int round = 0; round < TOKENS; round++) {
		if (!take(in, &token))
			_exit(LEFT_ALONE);
		look(who);
		for (unsigned int i = 0; i < COW_PAGES / 4; i++)
			scribble((who + round * 5 + i) % COW_PAGES, who);
		pid = forked();
		if (!pid) {
			look(who + 10000);
			for (unsigned int i = 0; i < COW_PAGES; i += 2)
				scribble(i, who + 10000);
			look(who + 10000);
			_exit(0);
		}
		look(who);
		reap(pid, "the child of process", who);
		look(who);
		if (!pass(out, mix(token, who)))
			_exit(LEFT_ALONE);
	}
	_exit(0);
}

static unsigned int go_round(unsigned int n, int out, int in)
{
	unsigned int token, right, i;

	for (i = 0; i < TOKENS; i++)
		pass(out, mix(i, 0));
	for (i = 0; i < TOKENS && take(in, &token); i++) {
		right = mix(i, 0);
		for (unsigned int who = 1; who <= n; who++)
			right = mix(right, who);
		if (token != right)
			wrong("token %u came round as 0x%x and not as 0x%x",
			      i, token, right);
		scribble(i, 0);
		look(0);
	}
	return i;
}

static void forks(unsigned int n)
{
	int first[2], next[2], in;
	unsigned int came;
	pid_t pids[n];

	signal(SIGPIPE, SIG_IGN);
	must("pipe", pipe(first));
	in = first[0];
	for (unsigned int i = 0; i < COW_PAGES; i++)
		scribble(i, 0);
	for (unsigned int i = 0; i < n; i++) {
		must("pipe", pipe(next));
		pids[i] = forked();
		if (!pids[i]) {
			close(first[1]);
			close(next[0]);
			stand_in_ring(i + 1, in, next[1]);
		}
		close(in);
		close(next[1]);
		in = next[0];
	}
	came = go_round(n, first[1], in);
	close(first[1]);
	for (unsigned int i = 0; i < n; i++)
		reap(pids[i], "process", i + 1);
	if (came < TOKENS || take(in, &n))
		wrong("%u tokens came round, and %u went", came, TOKENS);
}

/*
 * threads: each holds all registers of x87 and SSE, away from C, while others
 * run and signal handlers ruin them.
 */
#define TURNS		10
#define CALLS		20

struct state {
	uint8_t x87[8][12];
	uint32_t xmm[8][4], cw, mxcsr;
};

/* Load the state, yield and kill(2) oneself n times, store the state. */
void hold(const struct state *before, struct state *after, const int kill[3],
	  unsigned int n, bool sse);
asm(".pushsection .text\n"
    "hold:	pushl %ebp; pushl %ebx; pushl %esi; pushl %edi\n"
    "	movl 20(%esp), %eax\n"
    "	movl 28(%esp), %esi\n"
    "	movl 32(%esp), %edi\n"
    "	fldcw 224(%eax)\n"
    "	.irp i, 7, 6, 5, 4, 3, 2, 1, 0; fldt 12*\\i(%eax); .endr\n"
    "	cmpb $0, 36(%esp)\n"
    "	je 1f\n"
    "	ldmxcsr 228(%eax)\n"
    "	.irp i, 0, 1, 2, 3, 4, 5, 6, 7\n"
    "	movups 96+16*\\i(%eax), %xmm\\i\n"
    "	.endr\n"
    "1:	movl $158, %eax\n"		/* sched_yield */
    "	int $0x80\n"
    "	movl (%esi), %ebx\n"
    "	movl 4(%esi), %ecx\n"
    "	movl 8(%esi), %edx\n"
    "	movl $270, %eax\n"		/* tgkill */
    "	int $0x80\n"
    "	decl %edi\n"
    "	jnz 1b\n"
    "	movl 24(%esp), %eax\n"
    "	fnstcw 224(%eax)\n"
    "	.irp i, 0, 1, 2, 3, 4, 5, 6, 7; fstpt 12*\\i(%eax); .endr\n"
    "	fninit\n"
    "	cmpb $0, 36(%esp)\n"
    "	je 2f\n"
    "	stmxcsr 228(%eax)\n"
    "	.irp i, 0, 1, 2, 3, 4, 5, 6, 7\n"
    "	movups %xmm\\i, 96+16*\\i(%eax)\n"
    "	.endr\n"
    "	pushl $0x1f80\n"
    "	ldmxcsr (%esp)\n"
    "	popl %eax\n"
    "2:	popl %edi; popl %esi; popl %ebx; popl %ebp\n"
    "	ret\n"
    ".popsection");

static __thread unsigned int given = 0x600d600d, zeros[50];
static __thread int tid;
static __thread volatile unsigned int handled;
static pthread_barrier_t all_there;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static unsigned int total;
static bool sse;

static void ruin(int signal)
{
	static const uint16_t cw = 0x0f7f;
	static const uint32_t mxcsr = 0x7f80;

	if (tid && tid != gettid())
		wrong("a handler finds thread %d's memory in thread %d",
		      tid, gettid());
	if (signal == SIGUSR1)
		handled++;
	asm volatile("fninit; fldcw %0; .rept 8; fldpi; .endr" : : "m" (cw));
	if (sse)
		asm volatile(".irp i, 0, 1, 2, 3, 4, 5, 6, 7\n"
			     "xorps %%xmm\\i, %%xmm\\i; .endr\n"
			     "ldmxcsr %0" : : "m" (mxcsr));
}

static void make_state(struct state *state, unsigned int me)
{
	long double x;

	memset(state, 0, sizeof(*state));
	for (unsigned int i = 0; i < 8; i++) {
		x = mix(me, i) / 3.0L;
		memcpy(state->x87[i], &x, 10);
		for (unsigned int j = 0; sse && j < 4; j++)
			state->xmm[i][j] = mix(me, 100 + 4 * i + j);
	}
	state->cw = 0x37f | (me & 3) << 10;
	state->mxcsr = sse ? 0x1f80 | (me & 3) << 13 : 0;
}

static void check_state(const struct state *before, const struct state *after,
			unsigned int me)
{
	const uint8_t *was = (void *)before, *is = (void *)after;

	for (unsigned int i = 0; i < sizeof(*before); i++)
		if (was[i] != is[i])
			wrong("thread %u: byte %u of its x87 and SSE registers "
			      "is 0x%02x and was 0x%02x", me, i, is[i], was[i]);
}

/* A segment besides glibc's, in another of the kernel's three places. */
static void use_segment(unsigned int *base)
{
	struct user_desc segment = {
		.entry_number = -1, .base_addr = (unsigned int)base,
		.limit = 0xfffff, .seg_32bit = 1, .limit_in_pages = 1,
	};

	must("set_thread_area", syscall(SYS_set_thread_area, &segment));
	asm volatile("movl %0, %%fs" : : "r" (segment.entry_number * 8 + 3));
}

static void *be_thread(void *which)
{
	unsigned int me = (unsigned int)which, mine = mix(me, 1), there;
	const int kill[3] = { getpid(), gettid(), SIGUSR1 };
	struct state before, after;

	if (given != 0x600d600d || zeros[me % SIZE(zeros)])
		wrong("thread %u begins with 0x%x and %u", me, given,
		      zeros[me % SIZE(zeros)]);
	tid = gettid();
	given = me;
	use_segment(&mine);
	pthread_barrier_wait(&all_there);
	for (unsigned int turn = 0; turn < TURNS; turn++) {
		make_state(&before, me + turn);
		memset(&after, 0, sizeof(after));
		hold(&before, &after, kill, CALLS, sse);
		check_state(&before, &after, me);
		asm volatile("movl %%fs:0, %0" : "=r" (there) : : "memory");
		if (given != me || tid != gettid() || there != mine)
			wrong("thread %u finds thread %u's memory, 0x%x by fs",
			      me, given, there);
		pthread_mutex_lock(&mutex);
		total += mine;
		pthread_mutex_unlock(&mutex);
	}
	if (handled != TURNS * CALLS)
		wrong("thread %u took %u signals of %u", me, handled,
		      TURNS * CALLS);
	return NULL;
}

static void on(int signal, void (*handler)(int))
{
	const struct sigaction action = {
		.sa_handler = handler, .sa_flags = SA_RESTART,
	};

	sigaction(signal, &action, NULL);
}

static void tick_every(int timer, unsigned int usec)
{
	const struct itimerval every = { { 0, usec }, { 0, usec } };

	must("setitimer", setitimer(timer, &every, NULL));
}

/* What the kernel offers; getauxval() has glibc's own idea of that. */
static bool offers_sse(void)
{
	const Elf32_auxv_t *aux;
	char **after = environ;

	while (*after++)
		;
	for (aux = (void *)after; aux->a_type != AT_NULL; aux++)
		if (aux->a_type == AT_HWCAP)
			return aux->a_un.a_val & 1 << 25;
	return false;
}

static void threads(unsigned int n)
{
	unsigned int sum = 0;
	pthread_t thread[n];
	pthread_attr_t attr;
	int error;

	sse = offers_sse();
	if (!sse)
		printf("threads: without SSE\n");
	on(SIGUSR1, ruin);
	on(SIGALRM, ruin);
	tick_every(ITIMER_REAL, 3000);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 32 * PAGE);
	pthread_barrier_init(&all_there, NULL, n);
	for (unsigned int i = 0; i < n; i++) {
		error = pthread_create(thread + i, &attr, be_thread, (void *)i);
		if (error)
			wrong("no thread %u: %s", i, strerror(error));
		sum += TURNS * mix(i, 1);
	}
	for (unsigned int i = 0; i < n; i++)
		pthread_join(thread[i], NULL);
	tick_every(ITIMER_REAL, 0);
	if (total != sum)
		wrong("all together made 0x%x and not 0x%x", total, sum);
}

/*
 * faults: what an instruction does to a process that may not do that, and to
 * its handler. The values are those of Debian's own kernel in the lab machine.
 * (What QEMU does otherwise than processors is left out: icebp, a lock that may
 * not be, SSE's exceptions, the limits of segments.)
 */
#define READ_ONLY	0x20000000
#define BEYOND_FILE	0x20001000
#define NOWHERE		0x20002000
#define AT_EIP		1	/* as an address: that of the instruction */
#define TRAP_IRET	32	/* Linux's number for a return that fails */

struct fault {
	const char *code;
	unsigned int eax;
	int signal, si_code;
	unsigned int address, trap, error, at;
};

/* Have the handler of signal N change what the process returns to. */
#define RAISE(n) \
	"movl $20, %eax; int $0x80; movl %eax, %ebx;" \
	"movl $" n ", %ecx; movl $37, %eax; int $0x80"

#define PROTECTION(code, eax, error, at) \
	FAULT(code, eax, SIGSEGV, SI_KERNEL, 0, 13, error, at)
#define FAULTS \
	FAULT("divl %ecx", 1, SIGFPE, FPE_INTDIV, AT_EIP, 0, 0, 0) \
	FAULT("idivb %cl", 1, SIGFPE, FPE_INTDIV, AT_EIP, 0, 0, 0) \
	FAULT("int3", 0, SIGTRAP, SI_KERNEL, 0, 3, 0, 1) \
	FAULT(".byte 0xcd, 3", 0, SIGTRAP, SI_KERNEL, 0, 3, 0, 2) \
	FAULT("movb $127, %al; incb %al; into", 0, \
	      SIGSEGV, SI_KERNEL, 0, 4, 0, 5) \
	FAULT("int $4", 0, SIGSEGV, SI_KERNEL, 0, 4, 0, 2) \
	FAULT("boundl %esp, (%eax)", READ_ONLY, \
	      SIGSEGV, SI_KERNEL, 0, 5, 0, 0) \
	FAULT("ud2", 0, SIGILL, ILL_ILLOPN, AT_EIP, 6, 0, 0) \
	FAULT(".byte 0xf0, 0x0f, 0xc7, 0xc8", 0, \
	      SIGILL, ILL_ILLOPN, AT_EIP, 6, 0, 0) \
	FAULT("pushfl; orl $0x4000, (%esp); popfl; iret", 0, \
	      SIGSEGV, SI_KERNEL, 0, 10, 0, 9) \
	FAULT("fldcw (%eax); fld1; fldz; fdivrp; fwait", READ_ONLY, \
	      SIGFPE, FPE_FLTDIV, AT_EIP, 16, 0, 8) \
	PROTECTION("hlt", 0, 0, 0) \
	PROTECTION("cli", 0, 0, 0) \
	PROTECTION("sti", 0, 0, 0) \
	PROTECTION("inb $0x60, %al", 0, 0, 0) \
	PROTECTION("inl %dx, %eax", 0, 0, 0) \
	PROTECTION("outb %al, $0x80", 0, 0, 0) \
	PROTECTION("insb", 0, 0, 0) \
	PROTECTION("movl %cr0, %eax", 0, 0, 0) \
	PROTECTION("movl %eax, %cr3", 0, 0, 0) \
	PROTECTION("movl %eax, %dr7", 0, 0, 0) \
	PROTECTION("clts", 0, 0, 0) \
	PROTECTION("lgdt (%eax)", READ_ONLY, 0, 0) \
	PROTECTION("lidt (%eax)", READ_ONLY, 0, 0) \
	PROTECTION("ltr %ax", 0x80, 0, 0) \
	PROTECTION("rdmsr", 0, 0, 0) \
	PROTECTION("wrmsr", 0, 0, 0) \
	PROTECTION("invlpg (%eax)", READ_ONLY, 0, 0) \
	PROTECTION("wbinvd", 0, 0, 0) \
	PROTECTION("int $2", 0, 0x12, 0) \
	PROTECTION("int $8", 0, 0x42, 0) \
	PROTECTION("int $14", 0, 0x72, 0) \
	PROTECTION("int $0x1f", 0, 0xfa, 0) \
	PROTECTION("int $0x20", 0, 0x102, 0) \
	PROTECTION("int $0x21", 0, 0x10a, 0) \
	PROTECTION("int $0x81", 0, 0x40a, 0) \
	PROTECTION("int $0xff", 0, 0x7fa, 0) \
	PROTECTION("movl %eax, %ds", 0x53, 0x50, 0) \
	PROTECTION("movl %eax, %ds", 0x5b, 0x58, 0) \
	PROTECTION("movl %eax, %ds", 0x60, 0x60, 0) \
	PROTECTION("movl %eax, %es", 0x69, 0x68, 0) \
	PROTECTION("movl %eax, %fs", 0x6b, 0x68, 0) \
	PROTECTION("movl %eax, %gs", 0x83, 0x80, 0) \
	PROTECTION("movl %eax, %ds", 0x3b, 0x38, 0) \
	PROTECTION("movl %eax, %ds", 7, 4, 0) \
	PROTECTION("movl %eax, %ds", 0x103, 0x100, 0) \
	PROTECTION("movl %eax, %ds", 0xffff, 0xfffc, 0) \
	PROTECTION("movl %eax, %ss", 0, 0, 0) \
	PROTECTION("movl %eax, %ss", 0x73, 0x70, 0) \
	PROTECTION("movl %eax, %ss", 0x78, 0x78, 0) \
	PROTECTION("pushl $0x6b; popl %ss", 0, 0x68, 2) \
	PROTECTION("ljmp $0x60, $0", 0, 0x60, 0) \
	PROTECTION("ljmp $0x7b, $0", 0, 0x78, 0) \
	PROTECTION("ljmp $0x80, $0", 0, 0x80, 0) \
	PROTECTION("lcall $7, $0", 0, 4, 0) \
	PROTECTION("pushl $0x63; pushl %eax; lret", 0, 0x60, 3) \
	FAULT(RAISE("10"), 0, SIGILL, ILL_BADSTK, 0, TRAP_IRET, 0, 21) \
	FAULT(RAISE("12"), 0, SIGILL, ILL_BADSTK, 0, TRAP_IRET, 0, 21) \
	FAULT("movl (%eax), %eax", 0, SIGSEGV, SEGV_MAPERR, 0, 14, 4, 0) \
	FAULT("movl %ecx, (%eax)", 4, SIGSEGV, SEGV_MAPERR, 4, 14, 6, 0) \
	FAULT("movl %ecx, (%eax)", READ_ONLY, \
	      SIGSEGV, SEGV_ACCERR, READ_ONLY, 14, 6, 0) \
	FAULT("movl (%eax), %eax", BEYOND_FILE, \
	      SIGBUS, BUS_ADRERR, BEYOND_FILE, 14, 4, 0) \
	FAULT("movl (%eax), %eax", NOWHERE - 2, \
	      SIGBUS, BUS_ADRERR, BEYOND_FILE + 0xffe, 14, 4, 0) \
	FAULT("movl %eax, %esp; pushl %eax", NOWHERE + PAGE, \
	      SIGSEGV, SEGV_MAPERR, NOWHERE + PAGE - 4, 14, 6, 2) \
	FAULT("jmp *%eax", NOWHERE, SIGSEGV, SEGV_MAPERR, NOWHERE, 14, 4, \
	      NOWHERE) \
	FAULT("movl (%eax), %eax", 0xc0101000, \
	      SIGSEGV, SEGV_MAPERR, 0xc0101000, 14, 4, 0) \
	FAULT("movl %ecx, (%eax)", 0xffc00000, \
	      SIGSEGV, SEGV_MAPERR, 0xffc00000, 14, 6, 0)

/* One behind the other, 32 bytes each. */
#define FAULT(code, ...) ".balign 32; " code "; ret\n"
extern const char fault_code[][32];
asm(".pushsection .text\n"
    ".balign 32\n"
    "fault_code:\n"
    FAULTS
    ".popsection");
#undef FAULT
#define FAULT(...) { __VA_ARGS__ },
static const struct fault fault_list[] = { FAULTS };

/* Run code with eax, with ecx 0, and others that a handler knows again. */
void run_code(const char *code, unsigned int eax);
asm(".pushsection .text\n"
    "run_code:	pushl %ebp; pushl %ebx; pushl %esi; pushl %edi\n"
    "	movl 20(%esp), %edx\n"
    "	movl 24(%esp), %eax\n"
    "	movl number, %esi\n"
    "	leal 1(%esi), %edi\n"
    "	leal 2(%esi), %ebp\n"
    "	xorl %ecx, %ecx\n"
    "	call *%edx\n"
    "	popl %edi; popl %esi; popl %ebx; popl %ebp\n"
    "	ret\n"
    ".popsection");

static struct seen {
	struct fault fault;
	bool same;
} *seen;

static void note(int signal, siginfo_t *info, void *context)
{
	const greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
	struct fault *fault = &seen->fault;

	fault->signal = signal;
	fault->si_code = info->si_code;
	fault->address = (unsigned int)info->si_addr;
	fault->trap = regs[REG_TRAPNO];
	fault->error = regs[REG_ERR];
	fault->at = regs[REG_EIP];
	seen->same = (unsigned int)regs[REG_ESI] == number &&
		     (unsigned int)regs[REG_EDI] == number + 1 &&
		     (unsigned int)regs[REG_EBP] == number + 2;
}

/* The kernel's own segments, where a process has its own. */
static void spoil(int signal, siginfo_t *info, void *context)
{
	greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;

	(void)info;
	regs[signal == SIGUSR1 ? REG_CS : REG_SS] =
		signal == SIGUSR1 ? 0x63 : 0x6b;
}

static void on_stack(int signal, void (*handler)(int, siginfo_t *, void *),
		     int flags)
{
	const struct sigaction action = {
		.sa_sigaction = handler,
		.sa_flags = SA_SIGINFO | SA_ONSTACK | flags,
	};

	must("sigaction", sigaction(signal, &action, NULL));
}

static char other_stack[65536] __attribute__((aligned(PAGE)));

static void use_other_stack(void)
{
	const stack_t stack = {
		.ss_sp = other_stack, .ss_size = sizeof(other_stack),
	};

	must("sigaltstack", sigaltstack(&stack, NULL));
}

/* The first time a handler sees it, the second time it is the end. */
static _Noreturn void commit(const char *code, unsigned int eax)
{
	static const int signals[] = {
		SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP
	};
	const struct rlimit no_core = { 0, 0 };

	setrlimit(RLIMIT_CORE, &no_core);
	use_other_stack();
	for (unsigned int i = 0; i < SIZE(signals); i++)
		on_stack(signals[i], note, SA_RESETHAND);
	on_stack(SIGUSR1, spoil, 0);
	on_stack(SIGUSR2, spoil, 0);
	run_code(code, eax);
	run_code(code, eax);
	_exit(0);
}

/* Whether a page was there that may not be used so, or none, may differ. */
static unsigned int comparable(const struct fault *fault)
{
	return fault->error & (fault->trap == 14 ? ~1u : ~0u);
}

static void try_fault(const struct fault *fault, const char *code, bool judge)
{
	struct fault *got = &seen->fault;
	unsigned int address = fault->address;
	int status;
	pid_t pid;

	memset(seen, 0, sizeof(*seen));
	pid = forked();
	if (!pid)
		commit(code, fault->eax);
	status = ended(pid);
	if (got->at - (unsigned int)code < 32)
		got->at -= (unsigned int)code;
	if (address == AT_EIP)
		address = (unsigned int)code + fault->at;
	if (!judge) {
		printf("%s (eax 0x%x): signal %d code %d address 0x%x trap %u "
		       "error 0x%x at 0x%x, ended with 0x%x\n", fault->code,
		       fault->eax, got->signal, got->si_code,
		       got->address - (unsigned int)code < 32 ? AT_EIP :
		       got->address, got->trap, got->error, got->at, status);
		return;
	}
	if (got->signal != fault->signal || got->si_code != fault->si_code ||
	    got->address != address || got->trap != fault->trap ||
	    comparable(got) != comparable(fault) || got->at != fault->at)
		wrong("\"%s\" with eax 0x%x is signal %d code %d for 0x%x, "
		      "trap %u error 0x%x at 0x%x, and not signal %d code %d "
		      "for 0x%x, trap %u error 0x%x at 0x%x", fault->code,
		      fault->eax, got->signal, got->si_code, got->address,
		      got->trap, got->error, got->at, fault->signal,
		      fault->si_code, address, fault->trap, fault->error,
		      fault->at);
	if (!seen->same)
		wrong("\"%s\": its handler finds other registers", fault->code);
	if (status != fault->signal)
		wrong("\"%s\" with eax 0x%x ends a process with status 0x%x "
		      "and not 0x%x", fault->code, fault->eax, status,
		      fault->signal);
}

static void try_faults(bool judge)
{
	char path[] = "/tmp/linux-work.XXXXXX";
	int fd = must("/tmp", mkstemp(path));

	unlink(path);
	must("ftruncate", ftruncate(fd, PAGE));
	map((void *)READ_ONLY, 2, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd);
	seen = shared_page();
	for (unsigned int i = 0; i < SIZE(fault_list); i++)
		try_fault(fault_list + i, fault_code[i], judge);
}

static void faults(unsigned int unused)
{
	(void)unused;
	try_faults(true);
}

static void faults_seen(unsigned int unused)
{
	(void)unused;
	try_faults(false);
}
/*
 * ptrace: a child whose every step is known. It adds 3 to esi ecx times, asks
 * for its number, and adds 5 to esi edx times.
 */
struct told {
	unsigned int esi, edi, vdso, calls[3], signals;
};

static struct told *told;
void *vdso_entry;

void stepped(void), through_vdso(void), calling(void), signalled(void);
extern const unsigned int step_at[];
extern const char through_vdso_end[];
asm(".pushsection .text\n"
    "stepped:\n"
    "10:	addl $3, %esi\n"
    "11:	decl %ecx\n"
    "12:	jnz 10b\n"
    "13:	movl $20, %eax\n"		/* getpid */
    "14:	int $0x80\n"
    "15:	movl %eax, %edi\n"
    "16:	movl %edx, %ecx\n"
    "17:	addl $5, %esi\n"
    "18:	decl %ecx\n"
    "19:	jnz 17b\n"
    "20:	ret\n"
    "through_vdso:\n"
    "	movl $20, %eax\n"
    "	call *vdso_entry\n"
    "through_vdso_end:\n"
    "	ret\n"
    "calling:\n"
    "	movl $64, %eax; int $0x80; movl %eax, %esi\n"	/* getppid */
    "	movl $64, %eax; int $0x80; movl %eax, %edi\n"
    "	movl $64, %eax; int $0x80\n"
    "	ret\n"
    "signalled:\n"
    "	nop\n"
    "	ret\n"
    ".section .rodata\n"
    "step_at:\n"
    "	.irp i, 10b, 11b, 12b, 13b, 14b, 15b, 16b, 17b, 18b, 19b, 20b\n"
    "	.long \\i\n"
    "	.endr\n"
    ".popsection");

static void count_signal(int signal)
{
	(void)signal;
	told->signals++;
}

static _Noreturn void be_traced(unsigned int first, unsigned int second)
{
	unsigned int eax, ecx = first, edx = second, esi = number, edi;

	must("PTRACE_TRACEME", ptrace(PTRACE_TRACEME, 0, 0, 0));
	on(SIGUSR1, count_signal);
	raise(SIGSTOP);
	asm volatile("call stepped" : "=a" (eax), "=D" (edi), "+c" (ecx),
		     "+d" (edx), "+S" (esi) : : "memory", "cc");
	told->esi = esi;
	told->edi = edi;
	asm volatile("call through_vdso" : "=a" (eax) : : "memory", "cc");
	told->vdso = eax;
	asm volatile("call calling" : "=a" (eax), "=S" (esi), "=D" (edi)
		     : : "memory", "cc");
	told->calls[0] = esi;
	told->calls[1] = edi;
	told->calls[2] = eax;
	signalled();
	_exit(0);
}

static pid_t traced;

static struct user_regs_struct get_regs(void)
{
	struct user_regs_struct regs;

	must("PTRACE_GETREGS", ptrace(PTRACE_GETREGS, traced, 0, &regs));
	return regs;
}

static void set_regs(struct user_regs_struct regs)
{
	must("PTRACE_SETREGS", ptrace(PTRACE_SETREGS, traced, 0, &regs));
}

/* Let the child go on until it stops, which must be with this. */
static void go_on(int how, int signal, int stop, int si_code, const char *where)
{
	siginfo_t info;
	int status;

	must("ptrace", ptrace(how, traced, 0, signal));
	status = ended(traced);
	if (!WIFSTOPPED(status) || WSTOPSIG(status) != stop)
		wrong("%s: status 0x%x, and not stopped by signal %d", where,
		      status, stop);
	must("PTRACE_GETSIGINFO", ptrace(PTRACE_GETSIGINFO, traced, 0, &info));
	if (info.si_code != si_code)
		wrong("%s: signal %d with code %d and not %d", where, stop,
		      info.si_code, si_code);
}

static void run_to(void (*code)(void), const char *where)
{
	long word = ptrace(PTRACE_PEEKTEXT, traced, code, 0);
	struct user_regs_struct regs;

	if (word != *(const long *)code)
		wrong("%s has 0x%lx in the child", where, word);
	must("PTRACE_POKETEXT", ptrace(PTRACE_POKETEXT, traced, code,
				       (word & ~0xff) | 0xcc));
	go_on(PTRACE_CONT, 0, SIGTRAP, SI_KERNEL, where);
	must("PTRACE_POKETEXT", ptrace(PTRACE_POKETEXT, traced, code, word));
	regs = get_regs();
	if (regs.eip != (long)code + 1)
		wrong("the breakpoint at %s ends at 0x%lx", where, regs.eip);
	regs.eip--;
	set_regs(regs);
}

/* Which of the instructions is next after so many steps. */
static unsigned int place(unsigned int steps, unsigned int first,
			  unsigned int second)
{
	if (steps < 3 * first)
		return steps % 3;
	steps -= 3 * first;
	if (steps < 4)
		return 3 + steps;
	steps -= 4;
	return steps < 3 * second ? 7 + steps % 3 : 10;
}

static void step_through(unsigned int first, unsigned int second)
{
	unsigned int steps, next = 0, all = 3 * first + 4 + 3 * second;
	struct user_regs_struct regs;

	run_to(stepped, "stepped");
	for (steps = 1; steps <= all; steps++) {
		/* It is the kernel that steps out of a system call. */
		go_on(PTRACE_SINGLESTEP, 0, SIGTRAP,
		      next == 4 ? TRAP_BRKPT : TRAP_TRACE, "a step");
		next = place(steps, first, second);
		regs = get_regs();
		if ((unsigned int)regs.eip != step_at[next])
			wrong("step %u leads to 0x%lx and not to 0x%x", steps,
			      regs.eip, step_at[next]);
	}
	if ((unsigned int)regs.esi != number + 3 * first + 5 * second ||
	    regs.edi != traced)
		wrong("%u steps made 0x%lx in esi, 0x%lx in edi", all, regs.esi,
		      regs.edi);
	regs.esi ^= number;
	set_regs(regs);
}

/* How many steps the vDSO takes is its own affair, but there is an end. */
static void step_through_vdso(void)
{
	unsigned int steps = 0;

	run_to(through_vdso, "through_vdso");
	do {
		must("ptrace", ptrace(PTRACE_SINGLESTEP, traced, 0, 0));
		if (ended(traced) != W_STOPCODE(SIGTRAP))
			wrong("a step in the vDSO stops otherwise");
	} while (get_regs().eip != (long)through_vdso_end && ++steps < 1000);
	if (steps < 3 || steps == 1000 || get_regs().eax != traced)
		wrong("the vDSO returns 0x%lx after %u steps", get_regs().eax,
		      steps);
}

/* Three calls: with another result, another call instead, no call at all. */
static void change_calls(void)
{
	static const long instead[] = { 64, 20, -1 };
	const long result[] = { getpid(), traced, -ENOSYS };
	struct user_regs_struct regs;

	run_to(calling, "calling");
	must("PTRACE_SETOPTIONS", ptrace(PTRACE_SETOPTIONS, traced, 0,
					 PTRACE_O_TRACESYSGOOD));
	for (unsigned int i = 0; i < 3; i++) {
		go_on(PTRACE_SYSCALL, 0, SIGTRAP | 0x80, SIGTRAP | 0x80,
		      "a call");
		regs = get_regs();
		if (regs.orig_eax != 64 || regs.eax != -ENOSYS)
			wrong("call %u begins with %ld, %ld", i, regs.orig_eax,
			      regs.eax);
		regs.orig_eax = instead[i];
		set_regs(regs);
		go_on(PTRACE_SYSCALL, 0, SIGTRAP | 0x80, SIGTRAP | 0x80,
		      "a call's end");
		regs = get_regs();
		if (regs.eax != result[i])
			wrong("call %u ends with %ld and not %ld", i, regs.eax,
			      result[i]);
		if (i == 0) {
			regs.eax = number;
			set_regs(regs);
		}
	}
}

static void step_into_handler(void)
{
	run_to(signalled, "signalled");
	go_on(PTRACE_SINGLESTEP, 0, SIGTRAP, TRAP_TRACE, "the step before");
	go_on(PTRACE_SINGLESTEP, SIGUSR1, SIGTRAP, SIGTRAP,
	      "a step into a handler");
	if (get_regs().eip != (long)count_signal)
		wrong("a handler begins at 0x%lx", get_regs().eip);
}

/* A watchpoint of the processor's is refused, or it watches. */
#define DEBUG_REGISTER(i)	(offsetof(struct user, u_debugreg) + 4 * (i))

static volatile unsigned int watched;

static void watch(void)
{
	pid_t pid = forked();
	int status;

	if (!pid) {
		must("PTRACE_TRACEME", ptrace(PTRACE_TRACEME, 0, 0, 0));
		raise(SIGSTOP);
		watched = number;
		_exit(0);
	}
	if (must("waitpid", ended(pid)) != W_STOPCODE(SIGSTOP))
		wrong("the watched child does not stop");
	/* In dr7: the first, for this task, four bytes that are written. */
	if (ptrace(PTRACE_POKEUSER, pid, DEBUG_REGISTER(0), &watched) ||
	    ptrace(PTRACE_POKEUSER, pid, DEBUG_REGISTER(7), 0xd0001)) {
		must("kill", kill(pid, SIGKILL));
		ended(pid);
		return;
	}
	must("PTRACE_CONT", ptrace(PTRACE_CONT, pid, 0, 0));
	status = ended(pid);
	if (status != W_STOPCODE(SIGTRAP))
		wrong("a watchpoint was granted, and nobody watched (0x%x)",
		      status);
	must("PTRACE_CONT", ptrace(PTRACE_CONT, pid, 0, 0));
	reap(pid, "process", pid);
}

static void trace(unsigned int unused)
{
	unsigned int first = 30 + number % 40, second = 20 + number / 40 % 30;

	(void)unused;
	watch();
	told = shared_page();
	vdso_entry = (void *)getauxval(AT_SYSINFO);
	if (!vdso_entry)
		wrong("there is no vDSO");
	traced = forked();
	if (!traced)
		be_traced(first, second);
	if (must("waitpid", ended(traced)) != W_STOPCODE(SIGSTOP))
		wrong("the child does not stop");
	step_through(first, second);
	step_through_vdso();
	change_calls();
	step_into_handler();
	must("PTRACE_CONT", ptrace(PTRACE_CONT, traced, 0, 0));
	reap(traced, "process", traced);
	if (told->esi != ((number + 3 * first + 5 * second) ^ number) ||
	    told->edi != (unsigned int)traced ||
	    told->vdso != (unsigned int)traced || told->calls[0] != number ||
	    told->calls[1] != (unsigned int)traced ||
	    told->calls[2] != -(unsigned int)ENOSYS || told->signals != 1)
		wrong("the child has 0x%x, 0x%x, 0x%x, calls 0x%x, 0x%x, 0x%x, "
		      "%u signals", told->esi, told->edi, told->vdso,
		      told->calls[0], told->calls[1], told->calls[2],
		      told->signals);
}

/*
 * signals: what a handler finds, what it returns to; timers and clocks.
 */
struct registers {
	unsigned int ebx, ecx, edx, esi, edi, ebp, eax, flags;
};

/* Load them, be where a handler has to help out, and store them. */
void through_handler(struct registers *registers, bool wait);
extern const char spinning[];
struct registers *registers_at;
asm(".pushsection .text\n"
    "through_handler:\n"
    "	pushal\n"
    "	movl 36(%esp), %eax\n"
    "	cmpb $0, 40(%esp)\n"
    "	movl %eax, registers_at\n"
    "	movl (%eax), %ebx\n"
    "	movl 4(%eax), %ecx\n"
    "	movl 8(%eax), %edx\n"
    "	movl 12(%eax), %esi\n"
    "	movl 16(%eax), %edi\n"
    "	movl 20(%eax), %ebp\n"
    "	pushl 28(%eax)\n"
    "	movl 24(%eax), %eax\n"
    "	jne 1f\n"
    "	popfl\n"
    "	ud2\n"
    "	jmp 2f\n"
    "1:	popfl\n"
    "spinning:\n"
    "	jmp spinning\n"
    "2:	pushfl\n"
    "	pushl %eax\n"
    "	movl registers_at, %eax\n"
    "	movl %ebx, (%eax)\n"
    "	movl %ecx, 4(%eax)\n"
    "	movl %edx, 8(%eax)\n"
    "	movl %esi, 12(%eax)\n"
    "	movl %edi, 16(%eax)\n"
    "	movl %ebp, 20(%eax)\n"
    "	popl 24(%eax)\n"
    "	popl 28(%eax)\n"
    "	popal\n"
    "	cld\n"
    "	ret\n"
    ".popsection");

static void on_other_stack(const void *local)
{
	if ((uintptr_t)local - (uintptr_t)other_stack >= sizeof(other_stack))
		wrong("a handler's stack is at %p", local);
}

/* Both instructions have two bytes. */
static void help_out(int signal, siginfo_t *info, void *context)
{
	greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
	const struct registers *is = registers_at;

	(void)info;
	on_other_stack(&regs);
	if (signal == SIGALRM && regs[REG_EIP] != (greg_t)spinning)
		return;
	if (regs[REG_EAX] != (greg_t)is->eax ||
	    regs[REG_ECX] != (greg_t)is->ecx ||
	    regs[REG_EBP] != (greg_t)is->ebp)
		wrong("a handler finds eax 0x%x, ecx 0x%x, ebp 0x%x",
		      regs[REG_EAX], regs[REG_ECX], regs[REG_EBP]);
	regs[REG_EIP] += 2;
}

/* A process wants interrupts off and all I/O; that it may not is no trap. */
#define FLAGS	0xcd5u
#define IF	0x200u
#define IOPL	0x3000u

static void registers_kept(unsigned int times, bool wait)
{
	struct registers was, is;
	unsigned int *word = (void *)&was;

	while (times--) {
		for (unsigned int i = 0; i < sizeof(was) / 4; i++)
			word[i] = mix(times, i);
		was.flags = (was.flags & FLAGS) | IOPL | 2;
		is = was;
		through_handler(&is, wait);
		was.flags = (was.flags & FLAGS) | IF | 2;
		if (memcmp(&was, &is, sizeof(was)))
			wrong("after a handler ebx is 0x%x, eflags 0x%x, and "
			      "were 0x%x, 0x%x, or others changed", is.ebx,
			      is.flags, was.ebx, was.flags);
	}
}

/* volatile, since to gcc raise() is a leaf. */
static volatile unsigned int depth;

static void nest(int signal, siginfo_t *info, void *context)
{
	unsigned int here = mix(depth, 7), before = depth;

	(void)info;
	(void)context;
	on_other_stack(&here);
	if (++depth < 12)
		raise(signal == SIGUSR1 ? SIGUSR2 : SIGUSR1);
	if (here != mix(before, 7) || depth != 12)
		wrong("nested handlers: 0x%x at %u of %u", here, before, depth);
}

static volatile unsigned int selector;

static void set_fs(int signal, siginfo_t *info, void *context)
{
	(void)signal;
	(void)info;
	((ucontext_t *)context)->uc_mcontext.gregs[REG_FS] = selector;
}

/* What is not for a process is a null selector when it comes to it. */
static void selectors_cleared(void)
{
	static const unsigned int good[] = { 0x7b, 0x73, 0x33 };
	static const unsigned int bad[] = {
		0x60, 0x61, 0x63, 0x68, 0x69, 0x6b, 0x50, 0x58, 0x83, 0xfffb
	};
	unsigned int fs, right;

	on_stack(SIGUSR1, set_fs, 0);
	for (unsigned int i = 0; i < SIZE(good) + SIZE(bad); i++) {
		right = i < SIZE(good) ? good[i] : 0;
		selector = right ? right : bad[i - SIZE(good)];
		raise(SIGUSR1);
		asm volatile("movl %%fs, %0" : "=r" (fs));
		if (fs != right)
			wrong("fs 0x%x becomes 0x%x", selector, fs);
	}
}

/* Signals with words arrive each, and in their order. */
static void queued(void)
{
	union sigval value;
	siginfo_t info;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	sigprocmask(SIG_BLOCK, &set, NULL);
	for (unsigned int i = 0; i < 20; i++) {
		value.sival_int = mix(i, 3);
		must("sigqueue", sigqueue(getpid(), SIGRTMIN, value));
	}
	for (unsigned int i = 0; i < 20; i++) {
		must("sigwaitinfo", sigwaitinfo(&set, &info));
		if (info.si_value.sival_int != (int)mix(i, 3) ||
		    info.si_code != SI_QUEUE)
			wrong("signal %u has the word 0x%x, code %d", i,
			      info.si_value.sival_int, info.si_code);
	}
}

/* A process follows its own steps. */
static volatile unsigned int own_steps;
static greg_t stepping_from, stepping_to;

static void count_step(int signal, siginfo_t *info, void *context)
{
	greg_t eip = ((ucontext_t *)context)->uc_mcontext.gregs[REG_EIP];

	(void)signal;
	if (info->si_code != TRAP_TRACE || eip < stepping_from ||
	    eip > stepping_to)
		wrong("a step to 0x%x, code %d", eip, info->si_code);
	own_steps++;
}

static void step_oneself(void)
{
	unsigned int n = 10 + number % 50, ecx = n;

	on_stack(SIGTRAP, count_step, 0);
	asm volatile("movl $1f, %1; movl $2f, %2\n"
		     "	pushfl; orl $0x100, (%%esp); popfl\n"
		     "1:	decl %0; jnz 1b\n"
		     "	pushfl; andl $~0x100, (%%esp); popfl\n"
		     "2:" : "+r" (ecx), "=m" (stepping_from),
		     "=m" (stepping_to) : : "memory", "cc");
	if (own_steps != 2 * n + 3)
		wrong("%u of one's own steps, and not %u", own_steps,
		      2 * n + 3);
}

static volatile unsigned int ticked;

static void tick(int signal)
{
	(void)signal;
	ticked++;
}

#define MSEC	1000000ull

static uint64_t nsec(const struct timespec *time)
{
	return time->tv_sec * 1000 * MSEC + time->tv_nsec;
}

static uint64_t now(void)
{
	struct timespec time;

	must("clock_gettime", clock_gettime(CLOCK_MONOTONIC, &time));
	return nsec(&time);
}

static void at_least(const char *what, uint64_t since, uint64_t least)
{
	uint64_t took = now() - since;

	if (took < least)
		wrong("%s took %llu ns, and not %llu or more", what, took,
		      least);
}

static void timers(void)
{
	struct timespec sleep = { 0, 20 * MSEC }, left;
	uint64_t start = now();

	on(SIGALRM, tick);
	on(SIGVTALRM, tick);
	tick_every(ITIMER_REAL, 10000);
	while (ticked < 20)
		;
	tick_every(ITIMER_REAL, 0);
	at_least("20 ticks of 10 ms", start, 195 * MSEC);

	tick_every(ITIMER_VIRTUAL, 10000);
	for (ticked = 0; ticked < 3;)
		;
	tick_every(ITIMER_VIRTUAL, 0);

	for (unsigned int i = 0; i < 5; i++) {
		start = now();
		must("nanosleep", nanosleep(&sleep, NULL));
		at_least("a sleep of 20 ms", start, 20 * MSEC);
	}

	sleep.tv_sec = 100;
	tick_every(ITIMER_REAL, 10000);
	start = now();
	if (nanosleep(&sleep, &left) != -1 || errno != EINTR)
		wrong("nobody woke the sleeper");
	at_least("waking a sleeper", start, 9 * MSEC);
	if (nsec(&left) >= nsec(&sleep))
		wrong("a sleeper has %llu ns left of %llu", nsec(&left),
		      nsec(&sleep));
	at_least("a sleep, with what is left,", start - nsec(&left),
		 nsec(&sleep));
	tick_every(ITIMER_REAL, 0);
}

/* A function of the vDSO, which is an ELF file in our memory. */
static void *vdso(const char *wanted)
{
	const char *base = (void *)getauxval(AT_SYSINFO_EHDR), *names = NULL;
	const Elf32_Ehdr *header = (const void *)base;
	const Elf32_Phdr *part = (const void *)(base + header->e_phoff);
	const Elf32_Word *hash = NULL;
	const Elf32_Sym *symbol = NULL;
	const Elf32_Dyn *dyn;

	while (part->p_type != PT_DYNAMIC)
		part++;
	for (dyn = (void *)(base + part->p_offset); dyn->d_tag; dyn++) {
		if (dyn->d_tag == DT_STRTAB)
			names = base + dyn->d_un.d_ptr;
		if (dyn->d_tag == DT_SYMTAB)
			symbol = (const void *)(base + dyn->d_un.d_ptr);
		if (dyn->d_tag == DT_HASH)
			hash = (const void *)(base + dyn->d_un.d_ptr);
	}
	for (Elf32_Word i = 0; i < hash[1]; i++, symbol++)
		if (!strcmp(names + symbol->st_name, wanted))
			return (void *)(base + symbol->st_value);
	wrong("the vDSO has no %s", wanted);
}

#define READS	200000

static void clocks(void)
{
	int (*clock)(int, struct timespec *) = vdso("__vdso_clock_gettime");
	int (*day)(struct timeval *, void *) = vdso("__vdso_gettimeofday");
	uint64_t before = now(), after, moved = 0;
	struct timespec first, here, last;
	struct timeval since, today, till;

	for (unsigned int i = 0; i < READS; i++) {
		after = now();
		if (after < before)
			wrong("the clock goes back by %llu ns", before - after);
		moved += after != before;
		before = after;
	}
	if (moved < READS / 100)
		wrong("the clock moved in only %llu of %u reads", moved, READS);
	for (unsigned int i = 0; i < READS / 100; i++) {
		syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &first);
		clock(CLOCK_MONOTONIC, &here);
		syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &last);
		if (nsec(&first) > nsec(&here) || nsec(&here) > nsec(&last))
			wrong("the vDSO has %llu ns between %llu and %llu",
			      nsec(&here), nsec(&first), nsec(&last));
		syscall(SYS_gettimeofday, &since, NULL);
		day(&today, NULL);
		syscall(SYS_gettimeofday, &till, NULL);
		if (timercmp(&since, &today, >) || timercmp(&today, &till, >))
			wrong("the vDSO has %ld.%06ld between %ld.%06ld and "
			      "%ld.%06ld", today.tv_sec, today.tv_usec,
			      since.tv_sec, since.tv_usec, till.tv_sec,
			      till.tv_usec);
	}
}

/* That a process may not read the counter is refused, or it is so. */
static void counter_forbidden(void)
{
	pid_t pid = forked();
	int status;

	if (!pid) {
		signal(SIGSEGV, SIG_DFL);
		if (prctl(PR_SET_TSC, PR_TSC_SIGSEGV))
			raise(SIGSEGV);
		asm volatile("rdtsc" : : : "eax", "edx");
		_exit(0);
	}
	status = ended(pid);
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSEGV)
		wrong("the counter was forbidden, and could be read (0x%x)",
		      status);
}

static void signals(unsigned int unused)
{
	(void)unused;
	counter_forbidden();
	use_other_stack();
	on_stack(SIGILL, help_out, 0);
	on_stack(SIGALRM, help_out, 0);
	registers_kept(1000, false);
	tick_every(ITIMER_REAL, 3000);
	registers_kept(30, true);
	tick_every(ITIMER_REAL, 0);
	on_stack(SIGUSR1, nest, SA_NODEFER);
	on_stack(SIGUSR2, nest, SA_NODEFER);
	raise(SIGUSR1);
	selectors_cleared();
	queued();
	step_oneself();
	timers();
	clocks();
}
/*
 * memory: mappings made, changed and taken away at random, beside a model that
 * knows what must be in each page. A page has one value; 0 is a page of zeros.
 */
#define REGIONS		40
#define NOT_OWN		~0u

static struct region {
	char *at;			/* NULL: no region */
	unsigned int pages;
	bool private;
	unsigned int *own;		/* values that it wrote, if private */
	unsigned int *object;		/* ... that it shares with others; */
	unsigned int first;		/* and with which of them it begins */
} regions[REGIONS];

static unsigned int *file_object;
static int file;
static unsigned int most;		/* pages of a region, and of the file */
static unsigned int room;		/* pages that may still be mapped */
static const char *doing;

static unsigned int *model(struct region *region, unsigned int i)
{
	static unsigned int zero;

	if (region->private && region->own[i] != NOT_OWN)
		return region->own + i;
	zero = 0;
	return region->object ? region->object + region->first + i : &zero;
}

static unsigned int word_of(unsigned int value, unsigned int i)
{
	return value * (2 * i + 1);
}

static const unsigned int probes[] = { 0, 1, 511, 700, WORDS - 1 };

static void set_page(char *at, unsigned int value)
{
	for (unsigned int i = 0; i < SIZE(probes); i++)
		((unsigned int *)at)[probes[i]] = word_of(value, probes[i]);
}

static void check_page(struct region *region, unsigned int i)
{
	const unsigned int *at = (void *)(region->at + i * PAGE);
	unsigned int right = *model(region, i), p;

	for (p = 0; p < SIZE(probes); p++)
		if (at[probes[p]] != word_of(right, probes[p]))
			wrong("%s: page %u of %u at %p, %s, %s: word %u is "
			      "0x%x and not 0x%x", doing, i, region->pages,
			      region->at,
			      region->private ? "private" : "shared",
			      region->object == file_object ? "file" : "memory",
			      probes[p], at[probes[p]],
			      word_of(right, probes[p]));
}

static void check_region(struct region *region)
{
	for (unsigned int i = 0; i < region->pages; i++)
		check_page(region, i);
}

static void check_all(void)
{
	for (unsigned int i = 0; i < REGIONS; i++)
		if (regions[i].at)
			check_region(regions + i);
}

static unsigned int some_value(void)
{
	return dice(0x7fffffff) + 1;
}

static void write_page(struct region *region, unsigned int i)
{
	unsigned int value = some_value();

	set_page(region->at + i * PAGE, value);
	if (region->private)
		region->own[i] = value;
	else
		*model(region, i) = value;
}

static struct region *free_region(void)
{
	for (unsigned int i = 0; i < REGIONS; i++)
		if (!regions[i].at)
			return regions + i;
	return NULL;
}

static struct region *some_region(void)
{
	unsigned int from = dice(REGIONS), i;

	for (i = 0; i < REGIONS; i++)
		if (regions[(from + i) % REGIONS].at)
			return regions + (from + i) % REGIONS;
	return NULL;
}

/* Of all values, an array. */
static unsigned int *values(void)
{
	unsigned int *array = calloc(most, sizeof(*array));

	if (!array)
		wrong("no memory for the model");
	return array;
}

static void own_nothing(struct region *region, unsigned int from,
			unsigned int pages)
{
	for (unsigned int i = from; i < from + pages; i++)
		region->own[i] = NOT_OWN;
}

/* What follows the first pages of a region, at the same place or at another. */
static void copy_region(struct region *to, const struct region *from,
			unsigned int first)
{
	to->at = from->at + first * PAGE;
	to->pages = from->pages - first;
	to->private = from->private;
	to->object = from->object;
	to->first = from->first + first;
	own_nothing(to, 0, most);
	memcpy(to->own, from->own + first, to->pages * sizeof(*to->own));
}

/* What an access is answered with: 0, or its signal's code. */
static sigjmp_buf answered;
static volatile int answer;

static void note_answer(int signal, siginfo_t *info, void *context)
{
	(void)signal;
	(void)context;
	answer = info->si_code;
	siglongjmp(answered, 1);
}

static void refused(volatile char *at, bool write, int si_code)
{
	answer = 0;
	if (!sigsetjmp(answered, 1)) {
		if (write)
			*at = 1;
		else
			*at;
	}
	if (answer != si_code)
		wrong("%s: %s %p is answered with %d and not %d", doing,
		      write ? "writing to" : "reading at", at, answer, si_code);
}

static void make_region(void)
{
	struct region *region = free_region();
	unsigned int pages = 1 + dice(most), kind = dice(4), flags;

	if (!region || pages > room)
		return;
	doing = "mmap";
	region->private = kind < 2;
	region->pages = pages;
	region->object = NULL;
	region->first = 0;
	own_nothing(region, 0, most);
	flags = region->private ? MAP_PRIVATE : MAP_SHARED;
	if (kind & 1) {
		region->object = file_object;
		region->first = dice(most - pages + 1);
	} else {
		flags |= MAP_ANONYMOUS;
		if (!region->private)
			region->object = values();
	}
	region->at = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, flags,
			  kind & 1 ? file : -1, region->first * PAGE);
	if (region->at == MAP_FAILED)
		wrong("mmap of %u pages: %s", pages, strerror(errno));
	room -= pages;
}

/* Take pages out of a region; what follows them is a region of its own. */
static void unmap(struct region *region)
{
	unsigned int from = dice(region->pages);
	unsigned int pages = 1 + dice(region->pages - from), rest;
	struct region *tail = free_region();

	rest = region->pages - from - pages;
	if (rest && !tail)
		return;
	doing = "munmap";
	must("munmap", munmap(region->at + from * PAGE, pages * PAGE));
	refused(region->at + from * PAGE, false, SEGV_MAPERR);
	refused(region->at + (from + pages) * PAGE - 1, true, SEGV_MAPERR);
	room += pages;
	if (rest) {
		copy_region(tail, region, from + pages);
		check_region(tail);
	}
	region->pages = from;
	own_nothing(region, from, most - from);
	check_region(region);
	if (!from)
		region->at = NULL;
}

static void protect(struct region *region)
{
	unsigned int from = dice(region->pages);
	unsigned int pages = 1 + dice(region->pages - from);
	char *at = region->at + from * PAGE, *last = at + (pages - 1) * PAGE;

	doing = "mprotect";
	must("mprotect", mprotect(at, pages * PAGE, PROT_READ));
	refused(at, true, SEGV_ACCERR);
	refused(last, true, SEGV_ACCERR);
	check_region(region);
	must("mprotect", mprotect(at, pages * PAGE, PROT_NONE));
	refused(at, true, SEGV_ACCERR);
	refused(last, false, SEGV_ACCERR);
	must("mprotect", mprotect(at, pages * PAGE, PROT_READ | PROT_WRITE));
	check_region(region);
	write_page(region, from);
	check_region(region);
}

static void move(struct region *region)
{
	unsigned int pages = 1 + dice(most), old = region->pages;
	char *from = region->at, *to;

	if (region->object)
		pages = 1 + dice(old);
	if (pages > old && pages - old > room)
		return;
	doing = "mremap";
	/* Somewhere else for sure, if there is to be a gap behind it. */
	to = map(NULL, pages + 1, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	must("munmap", munmap(to + pages * PAGE, PAGE));
	to = mremap(from, old * PAGE, pages * PAGE,
		    MREMAP_MAYMOVE | MREMAP_FIXED, to);
	if (to == MAP_FAILED)
		wrong("mremap of %u pages to %u: %s", old, pages,
		      strerror(errno));
	refused(from, false, SEGV_MAPERR);
	region->at = to;
	region->pages = pages;
	room += old - pages;
	own_nothing(region, pages, most - pages);
	check_region(region);
}

/* The same pages at one more place. */
static void double_it(struct region *region)
{
	struct region *other = free_region();
	unsigned int i = dice(region->pages);

	if (region->private || !other || region->pages > room)
		return;
	doing = "mremap of nothing";
	copy_region(other, region, 0);
	other->at = mremap(region->at, 0, region->pages * PAGE, MREMAP_MAYMOVE);
	if (other->at == MAP_FAILED)
		wrong("mremap of nothing: %s", strerror(errno));
	room -= region->pages;
	check_region(other);
	write_page(other, i);
	check_page(region, i);
	write_page(region, i);
	check_page(other, i);
}

static void forget(struct region *region)
{
	unsigned int from = dice(region->pages);
	unsigned int pages = 1 + dice(region->pages - from);

	doing = "madvise";
	must("madvise", madvise(region->at + from * PAGE, pages * PAGE,
				MADV_DONTNEED));
	own_nothing(region, from, pages);
	check_region(region);
}

/* The file by system calls, and by whoever has it mapped. */
static void use_file(void)
{
	unsigned int page[WORDS], i = dice(most), p;

	doing = "pread";
	must("pread", pread(file, page, PAGE, i * PAGE));
	for (p = 0; p < SIZE(probes); p++)
		if (page[probes[p]] != word_of(file_object[i], probes[p]))
			wrong("page %u of the file: word %u is 0x%x and not "
			      "0x%x", i, probes[p], page[probes[p]],
			      word_of(file_object[i], probes[p]));
	doing = "pwrite";
	file_object[i] = some_value();
	set_page((char *)page, file_object[i]);
	must("pwrite", pwrite(file, page, PAGE, i * PAGE));
	check_all();
}

/* A child sees everything, and changes what it shares and what it does not. */
static void use_child(struct region *region)
{
	unsigned int i = dice(region->pages), value = some_value();
	pid_t pid = forked();

	doing = "in a child";
	if (!pid) {
		check_all();
		for (unsigned int j = 0; region->private && j < region->pages;
		     j++)
			write_page(region, j);
		set_page(region->at + i * PAGE, value);
		if (region->private)
			region->own[i] = value;
		else
			*model(region, i) = value;
		check_all();
		_exit(0);
	}
	reap(pid, "the child of process", getpid());
	doing = "after a child";
	if (!region->private)
		*model(region, i) = value;
	check_all();
}

static void change(struct region *region)
{
	switch (dice(12)) {
	case 0: unmap(region); break;
	case 1: protect(region); break;
	case 2: move(region); break;
	case 3: double_it(region); break;
	case 4: forget(region); break;
	case 5: use_file(); break;
	case 6:
		if (!dice(4))
			use_child(region);
		break;
	default:
		doing = "writing";
		for (unsigned int n = 1 + dice(10); n--;)
			write_page(region, dice(region->pages));
		check_region(region);
	}
}

static void memory(unsigned int mb)
{
	char path[] = "/tmp/linux-work.XXXXXX";
	struct region *region;

	on_stack(SIGSEGV, note_answer, 0);
	on_stack(SIGBUS, note_answer, 0);
	file = must("/tmp", mkstemp(path));
	unlink(path);
	room = mb * (1048576 / PAGE);
	most = 1 + 2 * room / REGIONS;
	must("ftruncate", ftruncate(file, most * PAGE));
	file_object = values();
	for (unsigned int i = 0; i < REGIONS; i++)
		regions[i].own = values();
	for (unsigned int n = 0; n < 2000; n++) {
		region = some_region();
		if (!region || !dice(6))
			make_region();
		else
			change(region);
		if (n % 100 == 99)
			check_all();
	}
}

/*
 * The loops to measure, in ticks of the time-stamp counter.
 */
static uint64_t ticks(void)
{
	uint64_t time;

	asm volatile("rdtsc" : "=A" (time) : : "memory");
	return time;
}

/* One place for the end of each: tools/profile looks for it. */
static __attribute__((noinline)) void report(const char *what, uint64_t start,
					     unsigned int n)
{
	printf("%s: %llu ticks each\n", what, (ticks() - start) / n);
}

static void time_getppid(unsigned int n)
{
	uint64_t start = ticks();
	int nr;

	for (unsigned int i = n; i--;) {
		nr = SYS_getppid;
		asm volatile("int $0x80" : "+a" (nr) : : "memory");
	}
	report(name, start, n);
}

static void byte_through(int out, int in)
{
	char byte = 1;

	if (write(out, &byte, 1) != 1 || read(in, &byte, 1) != 1)
		wrong("a byte is lost: %s", strerror(errno));
}

static void time_pipe(unsigned int n)
{
	uint64_t start;
	int ends[2];

	must("pipe", pipe(ends));
	byte_through(ends[1], ends[0]);
	start = ticks();
	for (unsigned int i = n; i--;)
		byte_through(ends[1], ends[0]);
	report(name, start, n);
	close(ends[0]);
	close(ends[1]);
}

/* There and back: two bytes, and two switches if there is one CPU. */
static void time_pingpong(unsigned int n)
{
	int there[2], back[2];
	uint64_t start;
	char byte;
	pid_t pid;

	must("pipe", pipe(there));
	must("pipe", pipe(back));
	pid = forked();
	if (!pid) {
		close(there[1]);
		while (read(there[0], &byte, 1) == 1)
			if (write(back[1], &byte, 1) != 1)
				break;
		_exit(0);
	}
	byte_through(there[1], back[0]);
	start = ticks();
	for (unsigned int i = n; i--;)
		byte_through(there[1], back[0]);
	report(name, start, n);
	close(there[1]);
	reap(pid, "process", pid);
	close(there[0]);
	close(back[0]);
	close(back[1]);
}

static void time_fork(unsigned int n)
{
	uint64_t start = ticks();
	pid_t pid;

	for (unsigned int i = n; i--;) {
		pid = forked();
		if (!pid)
			_exit(0);
		reap(pid, "process", pid);
	}
	report(name, start, n);
}

/* Pages that stay small, of which nobody has touched any. */
static char *fresh(unsigned int pages)
{
	char *at = map(NULL, pages, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1);

	madvise(at, pages * PAGE, MADV_NOHUGEPAGE);
	return at;
}

static void touch(volatile char *at, unsigned int pages)
{
	for (unsigned int i = 0; i < pages; i++)
		at[i * PAGE] = 1;
}

static void time_fault(unsigned int n)
{
	char *at = fresh(n);
	uint64_t start = ticks();

	touch(at, n);
	report(name, start, n);
	start = ticks();
	touch(at, n);
	report("second pass", start, n);
	must("madvise", madvise(at, n * PAGE, MADV_DONTNEED));
	start = ticks();
	touch(at, n);
	report("given back", start, n);
	munmap(at, n * PAGE);
}

static void time_munmap(unsigned int n)
{
	char *at = fresh(n);
	uint64_t start;

	touch(at, n);
	start = ticks();
	munmap(at, n * PAGE);
	report(name, start, n);
}

static void time_mmap(unsigned int n)
{
	uint64_t start = ticks();
	char *at;

	for (unsigned int i = n; i--;) {
		at = fresh(64);
		touch(at, 64);
		munmap(at, 64 * PAGE);
	}
	report(name, start, n);
}

/* Somebody else is always busy, and it is the clock that takes the CPU away. */
static void time_sleep(unsigned int n)
{
	const struct timespec nap = { .tv_nsec = 200000 };
	uint64_t start, late = 0;
	pid_t pid = forked();

	if (!pid) {
		must("prctl", prctl(PR_SET_PDEATHSIG, SIGKILL));
		for (;;)
			getppid();
	}
	must("prctl", prctl(PR_SET_TIMERSLACK, 1));
	for (unsigned int i = n; i--;) {
		start = now();
		must("nanosleep", nanosleep(&nap, NULL));
		late += now() - start - nap.tv_nsec;
	}
	printf("%s, late: %llu ns each\n", name, late / n);
	kill(pid, SIGKILL);
	ended(pid);
}

/*
 * Commands, and whether they want a number that counts something, and one that
 * was made up.
 */
static const struct command {
	const char *name;
	void (*work)(unsigned int n);
	bool counts, checks;
	const char *help;
} commands[] = {
	{ "forks", forks, true, true,
	  "N processes at once, a ring of pipes, copy-on-write" },
	{ "threads", threads, true, true,
	  "N threads: their own memory, x87, SSE" },
	{ "faults", faults, false, true,
	  "what is forbidden, and the signal that it brings" },
	{ "ptrace", trace, false, true,
	  "steps, breakpoints, registers, system calls of a child" },
	{ "signals", signals, false, true,
	  "handlers, their stacks and returns; timers; clocks" },
	{ "memory", memory, true, true,
	  "N MB: mappings at random, beside a model of them" },
	{ "faults-seen", faults_seen, false, false,
	  "what \"faults\" finds, unjudged" },
	{ "getppid", time_getppid, true, false, "a system call by int $0x80" },
	{ "pipe", time_pipe, true, false, "a byte to oneself" },
	{ "pingpong", time_pingpong, true, false,
	  "a byte to another process and back" },
	{ "fork", time_fork, true, false, "fork, exit, wait" },
	{ "fault", time_fault, true, false,
	  "the first touch of each of N pages, the next, one without them" },
	{ "munmap", time_munmap, true, false, "each of N pages taken away" },
	{ "mmap", time_mmap, true, false, "64 pages mapped, touched, gone" },
	{ "sleep", time_sleep, true, false,
	  "200 us, beside somebody busy: how late, in ns" },
};

static void usage(void)
{
	printf("usage: linux-work COMMAND [N] [NUMBER|again]\n"
	       "With NUMBER, which you make up: do that, check everything, and "
	       "end with the line\n\"COMMAND NUMBER: ok\", or with a complaint "
	       "and status 1. With N alone: do it N\ntimes, and print how many "
	       "ticks of the time-stamp counter each has taken; with\n\"again\", "
	       "for ever, and print \"lab: trace\" when it is warm.\n");
	for (unsigned int i = 0; i < SIZE(commands); i++)
		printf("  %s%s%s%*s%s\n", commands[i].name,
		       commands[i].counts ? " N" : "",
		       commands[i].checks ? " NUMBER" : "",
		       22 - (int)strlen(commands[i].name) -
		       2 * commands[i].counts - 7 * commands[i].checks, "",
		       commands[i].help);
}

static unsigned int number_of(const char *word)
{
	unsigned long long n;
	char *end;

	errno = 0;
	n = strtoull(word, &end, 10);
	if (*word < '0' || *word > '9' || *end || errno || n > UINT32_MAX)
		wrong("\"%s\" is no number", word);
	return n;
}

int main(int argc, char *argv[])
{
	const struct command *command = commands;
	bool again = argc == 4 && !strcmp(argv[3], "again");
	unsigned int n = 0;

	/* Whole lines: no child may have half of one to write. */
	setlinebuf(stdout);
	name = argc > 1 ? argv[1] : "--help";
	if (!strcmp(name, "--help")) {
		usage();
		return argc == 1;
	}
	while (strcmp(command->name, name))
		if (++command == commands + SIZE(commands))
			wrong("no such command (see --help)");
	again = again && command->counts && !command->checks;
	if (argc != 2 + command->counts + command->checks + again)
		wrong("wants other words (see --help)");
	if (command->counts)
		n = number_of(argv[2]);
	if (command->counts && !n)
		wrong("0 is too few");
	if (command->checks)
		number = number_of(argv[argc - 1]);
	command->work(n);
	for (unsigned int times = 1; again; times++) {
		if (times == 30)
			printf("lab: trace\n");
		command->work(n);
	}
	if (command->checks)
		printf("%s %u: ok\n", name, number);
	return 0;
}
