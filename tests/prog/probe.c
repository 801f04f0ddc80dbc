// SPDX-License-Identifier: GPL-2.0-only
/*
 * What only a kernel can see: a module that looks at each CPU's settings, at
 * the Switcher's slot in every process, at RCU, and that sends NMIs and counts
 * whether they arrive. Its files are in /sys/kernel/debug/probe.
 */
#include <linux/cpu.h>
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/smp.h>
#include <linux/uaccess.h>
#include <asm/apic.h>
#include <asm/debugreg.h>
#include <asm/desc.h>
#include <asm/nmi.h>
#include <asm/special_insns.h>

#define SWITCHER_PGD_INDEX	1020

/* A lost NMI costs a second, so that we do not wait for many. */
#define LOST_ENOUGH		10

struct settings {
	unsigned long cr4, dr6, dr7, ldt;
	u32 sysenter_cs, high;
};

static void look(void *to)
{
	struct settings *s = to;

	s->cr4 = __read_cr4();
	get_debugreg(s->dr6, 6);
	get_debugreg(s->dr7, 7);
	store_ldt(s->ldt);
	if (boot_cpu_has(X86_FEATURE_SEP))
		rdmsr(MSR_IA32_SYSENTER_CS, s->sysenter_cs, s->high);
}

static int cpus_show(struct seq_file *m, void *unused)
{
	unsigned int nr;

	cpus_read_lock();
	for_each_online_cpu(nr) {
		struct settings s = { };

		smp_call_function_single(nr, look, &s, 1);
		seq_printf(m, "cpu %u: pge %u smep %u smap %u umip %u "
			   "sysenter %#x single-step %u breakpoints %#lx\n",
			   nr, !!(s.cr4 & X86_CR4_PGE),
			   !!(s.cr4 & X86_CR4_SMEP), !!(s.cr4 & X86_CR4_SMAP),
			   !!(s.cr4 & X86_CR4_UMIP), s.sysenter_cs,
			   !!(s.dr6 & DR_STEP), s.dr7 & 0xff);
	}
	cpus_read_unlock();
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(cpus);

/* The processes that have something in the Switcher's slot. */
static int slots_show(struct seq_file *m, void *unused)
{
	struct task_struct *p;

	rcu_read_lock();
	for_each_process(p) {
		task_lock(p);
		if (p->mm && pgd_val(p->mm->pgd[SWITCHER_PGD_INDEX]))
			seq_printf(m, "%d %s\n", p->pid, p->comm);
		task_unlock(p);
	}
	rcu_read_unlock();
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(slots);

/* Whoever reads this waits until every CPU has been through the scheduler. */
static int rcu_show(struct seq_file *m, void *unused)
{
	synchronize_rcu();
	seq_puts(m, "a grace period\n");
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(rcu);

static atomic_t expected, arrived;
static unsigned int sent, lost;

static int count_nmi(unsigned int cmd, struct pt_regs *regs)
{
	if (atomic_dec_if_positive(&expected) < 0)
		return NMI_DONE;
	atomic_inc(&arrived);
	return NMI_HANDLED;
}

static bool send_nmi(unsigned int nr)
{
	unsigned long end = jiffies + HZ;
	int before = atomic_read(&arrived);

	atomic_set(&expected, 1);
	apic->send_IPI_mask(cpumask_of(nr), NMI_VECTOR);
	while (atomic_read(&arrived) == before && time_before(jiffies, end))
		cond_resched();
	return atomic_read(&arrived) != before;
}

/* Written to it: a CPU, and how many NMIs to send there, one by one. */
static ssize_t nmi_write(struct file *file, const char __user *user,
			 size_t size, loff_t *off)
{
	unsigned int nr, n;
	char text[32] = "";

	if (size >= sizeof(text) || copy_from_user(text, user, size))
		return -EFAULT;
	if (sscanf(text, "%u %u", &nr, &n) != 2 || !cpu_online(nr))
		return -EINVAL;
	sent = 0;
	lost = 0;
	while (sent < n && lost < LOST_ENOUGH) {
		sent++;
		lost += !send_nmi(nr);
		udelay(get_random_u32() % 300);
	}
	return size;
}

static int nmi_show(struct seq_file *m, void *unused)
{
	seq_printf(m, "%u sent, %u lost\n", sent, lost);
	return 0;
}

static int nmi_open(struct inode *inode, struct file *file)
{
	return single_open(file, nmi_show, NULL);
}

static const struct file_operations nmi_fops = {
	.owner = THIS_MODULE,
	.open = nmi_open,
	.read = seq_read,
	.write = nmi_write,
	.release = single_release,
};

static struct dentry *dir;

static int __init probe_init(void)
{
	int err = register_nmi_handler(NMI_LOCAL, count_nmi, 0, "probe");

	if (err)
		return err;
	dir = debugfs_create_dir("probe", NULL);
	debugfs_create_file("cpus", 0400, dir, NULL, &cpus_fops);
	debugfs_create_file("slots", 0400, dir, NULL, &slots_fops);
	debugfs_create_file("rcu", 0400, dir, NULL, &rcu_fops);
	debugfs_create_file("nmi", 0600, dir, NULL, &nmi_fops);
	return 0;
}
module_init(probe_init);

static void __exit probe_exit(void)
{
	debugfs_remove(dir);
	unregister_nmi_handler(NMI_LOCAL, "probe");
}
module_exit(probe_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("what only a kernel can see");
