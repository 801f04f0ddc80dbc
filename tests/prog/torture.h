/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How torture.c begins, how it touches an address from ring 1 or ring 3, and what
 * its address space looks like.
 */
#define OFFSET		0xc0000000
#define STUB		0xd0000000
#define DATA_HCALL	1384

#define PRESENT		1
#define RW		2
#define USER		4
#define ACCESSED	0x20
#define DIRTY		0x40

/* Where a try begins and ends, and what came of it. */
struct result {
	uint32_t faulted, error, addr, value;
};

struct result try_kernel(uint32_t addr, bool write, uint32_t value);
struct result try_user(uint32_t addr, bool write, uint32_t value);
void page_fault(void);
void system_call(void);
extern uint32_t boot_dir[1024], stub_table[1024], user_code[1024];

/*
 * It is linked for 3 GB, and starts in linear mode: the first instructions use
 * physical addresses, publish where the kernel begins, and switch. If the command
 * line begins with an odd digit, the kernel begins in the middle of a slot.
 */
asm(".section .text.start, \"ax\"\n"
    ".globl	_start\n"
    "_start:\n"
    "	movl	$0xc0000000, %ecx\n"
    "	testb	$1, 4096\n"
    "	jz	1f\n"
    "	movl	$0xbffff000, %ecx\n"
    "1:	movl	$lguest_data - 0xc0000000, %ebx\n"
    "	movl	%ecx, 1384(%ebx)\n"
    "	movl	$1, %eax\n"
    "	int	$0x1f\n"
    "	movl	$boot_dir - 0xc0000000, %ebx\n"
    "	movl	$4, %eax\n"
    "	int	$0x1f\n"
    "	movl	$stack_top, %esp\n"
    "	movl	$guest_go_on, %eax\n"
    "	call	*%eax\n"

    /* Ring 3 has this page, and nothing else of its own. */
    ".balign	4096\n"
    ".globl	user_code\n"
    "user_code:\n"
    "	movl	(%esi), %eax\n"
    "	int	$0x80\n"
    "	.balign	16\n"
    "	movl	%eax, (%esi)\n"
    "	int	$0x80\n"
    ".balign	4096\n"
    ".text\n"

    /* try(result, addr, write, value): wherever it ends, esp is put right. */
    ".globl	try_kernel\n"
    "try_kernel:\n"
    "	call	begin\n"
    "	jnz	1f\n"
    "load:	movl	(%esi), %eax\n"
    "	jmp	no_fault\n"
    "1:\n"
    "store:	movl	%eax, (%esi)\n"
    "	jmp	no_fault\n"

    ".globl	try_user\n"
    "try_user:\n"
    "	call	begin\n"
    "	movl	$0x7b, %ebx\n"
    "	movl	%ebx, %ds\n"
    "	movl	%ebx, %es\n"
    "	pushl	%ebx\n"
    "	pushl	$0\n"
    "	pushl	$0x202\n"
    "	pushl	$0x73\n"
    "	shll	$4, %edx\n"
    "	addl	$0xd0000000, %edx\n"
    "	pushl	%edx\n"
    "	iret\n"

    "begin:	popl	%ecx\n"
    "	pushl	%ebp\n"
    "	pushl	%edi\n"
    "	pushl	%esi\n"
    "	pushl	%ebx\n"
    "	movl	%esp, where_we_were\n"
    "	movl	20(%esp), %edi\n"
    "	movl	24(%esp), %esi\n"
    "	movzbl	28(%esp), %edx\n"
    "	movl	32(%esp), %eax\n"
    "	testl	%edx, %edx\n"
    "	jmp	*%ecx\n"

    /* The frame: error code, eip, cs. A fault of our own is the end. */
    ".globl	page_fault\n"
    "page_fault:\n"
    "	pushl	%ss\n"
    "	popl	%ds\n"
    "	movl	(%esp), %edx\n"
    "	movl	4(%esp), %ecx\n"
    "	cmpl	$0x73, 8(%esp)\n"
    "	je	1f\n"
    "	cmpl	$load, %ecx\n"
    "	je	1f\n"
    "	cmpl	$store, %ecx\n"
    "	je	1f\n"
    "	pushl	%edx\n"
    "	pushl	%ecx\n"
    "	call	our_own_fault\n"
    "1:	movl	$1, %ecx\n"
    "	jmp	end\n"
    ".globl	system_call\n"
    "system_call:\n"
    "	pushl	%ss\n"
    "	popl	%ds\n"
    "no_fault:\n"
    "	xorl	%ecx, %ecx\n"
    "end:	movl	$0x69, %ebx\n"
    "	movl	%ebx, %ds\n"
    "	movl	%ebx, %es\n"
    "	movl	%ebx, %ss\n"
    "	movl	where_we_were, %esp\n"
    "	movl	20(%esp), %edi\n"
    "	movl	%ecx, (%edi)\n"
    "	movl	%edx, 4(%edi)\n"
    "	movl	lguest_data + 8, %ecx\n"
    "	movl	%ecx, 8(%edi)\n"
    "	movl	%eax, 12(%edi)\n"
    "	movl	%edi, %eax\n"
    "	popl	%ebx\n"
    "	popl	%esi\n"
    "	popl	%edi\n"
    "	popl	%ebp\n"
    "	ret	$4\n"
    ".local	where_we_were\n"
    ".comm	where_we_were, 4, 4\n"

    /* 8 MB at 3 GB, and at 0 for the first instructions; ring 3's page, and a
       stack of three at 64 KB behind it. */
    ".data\n"
    ".balign	4096\n"
    "tables:	.set	page, 0\n"
    "	.rept	2048\n"
    "	.long	page + 0x63\n"
    "	.set	page, page + 4096\n"
    "	.endr\n"
    ".globl	stub_table\n"
    "stub_table:\n"
    "	.long	user_code - 0xc0000000 + 0x65\n"
    "	.fill	1023, 4, 0\n"
    ".globl	boot_dir\n"
    "boot_dir:\n"
    "	.long	tables - 0xc0000000 + 0x63\n"
    "	.fill	767, 4, 0\n"
    "	.long	tables - 0xc0000000 + 0x63\n"
    "	.long	tables + 4096 - 0xc0000000 + 0x63\n"
    "	.fill	62, 4, 0\n"
    "	.long	stub_table - 0xc0000000 + 0x67\n"
    "	.fill	191, 4, 0\n"
    ".bss\n"
    "	.skip	16384\n"
    "stack_top:\n"
    ".text\n");
