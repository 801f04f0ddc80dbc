#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The debug kernel sees what it is there for, and tools/lab tells: a module that does
# wrong in as many ways as it is asked for. Part of "make check-debug" only.
. "${0%/*}/lib.sh"
[ "$kernel" = debug ] || skip_all "this is not the debug kernel (make check-debug)"

mkdir -p "$tmp/tree/module"
cat > "$tmp/tree/module/lg.c" <<-'END'
	#include <linux/list.h>
	#include <linux/mm.h>
	#include <linux/module.h>
	#include <linux/mutex.h>
	#include <linux/sched.h>
	#include <linux/slab.h>

	static DEFINE_MUTEX(a);
	static DEFINE_MUTEX(b);
	static LIST_HEAD(list);
	static char letters[64];
	static volatile unsigned int forty = 40;
	static void *volatile kept, *volatile other;

	static void none(void)
	{
		kept = kmalloc(64, GFP_KERNEL);
		kfree(kept);
	}

	static void sleep(void)
	{
		preempt_disable();
		might_sleep();
		preempt_enable();
	}

	static void in_order(struct mutex *first, struct mutex *second)
	{
		mutex_lock(first);
		mutex_lock_nested(second, 0);
		mutex_unlock(second);
		mutex_unlock(first);
	}

	static void locks(void)
	{
		in_order(&a, &b);
		in_order(&b, &a);
	}

	static void shift(void)
	{
		forty = 1U << forty;
	}

	static void bounds(void)
	{
		letters[forty * 2] = 1;
	}

	static void twice(void)
	{
		static struct list_head one;

		list_add(&one, &list);
		list_add(&one, &list);
		INIT_LIST_HEAD(&list);
	}

	static void beyond(void)
	{
		char *volatile p = kmalloc(64, GFP_KERNEL);

		p[forty + 25] = 1;
		kfree(p);
	}

	static void freed(void)
	{
		kept = kmalloc(64, GFP_KERNEL);
		kfree(kept);
		((char *)kept)[forty] = 1;
		other = kmalloc(64, GFP_KERNEL);
		kfree(other);
	}

	static void freed_page(void)
	{
		kept = (void *)__get_free_page(GFP_KERNEL);
		free_page((unsigned long)kept);
		((char *)kept)[forty] = 1;
	}

	static void lost(void)
	{
		kept = kmalloc(64, GFP_KERNEL);
		kept = NULL;
	}

	static void kept_too_long(void)
	{
		kept = kmalloc(64, GFP_KERNEL);
	}

	static void lost_page(void)
	{
		kept = (void *)__get_free_page(GFP_KERNEL);
	}

	static void pinned(void)
	{
		struct page *page;

		pin_user_pages_fast(current->mm->start_stack & PAGE_MASK, 1,
				    FOLL_WRITE | FOLL_LONGTERM, &page);
	}

	static void used(void)
	{
		__module_get(THIS_MODULE);
	}

	static const struct {
		const char *name;
		void (*function)(void);
	} ways[] = {
	#define WAY(name) { #name, name }
		WAY(none), WAY(sleep), WAY(locks), WAY(shift), WAY(bounds), WAY(twice),
		WAY(beyond), WAY(freed), WAY(freed_page), WAY(lost),
		WAY(kept_too_long), WAY(lost_page), WAY(pinned), WAY(used),
	};

	static int set(const char *value, const struct kernel_param *param)
	{
		int i;

		for (i = 0; i < ARRAY_SIZE(ways); i++) {
			if (!sysfs_streq(value, ways[i].name))
				continue;
			ways[i].function();
			return 0;
		}
		return -EINVAL;
	}

	static const struct kernel_param_ops ops = { .set = set };
	module_param_cb(wrong, &ops, NULL, 0200);

	static int __init start(void)
	{
		return 0;
	}

	static void __exit stop(void)
	{
	}

	module_init(start);
	module_exit(stop);
	MODULE_LICENSE("GPL");
END
printf 'obj-m := lg.o\nUBSAN_SANITIZE := y\n' > "$tmp/tree/module/Makefile"
make -s -C "$headers" M="$tmp/tree/module" modules > "$tmp/build" 2>&1 ||
	bail_out "no module can be built: $(tail -n 1 "$tmp/build")"

# tells WHAT-IS-TOLD DESCRIPTION: the lab ends with 99 and this line. The shell there
# may have a word before, of a command that was killed.
tells() {
	like "$status $(echo "$err" | tail -n 1)" "^99 lab: the kernel complained: .*$1" "$2"
}

# wrong WAY WHAT-IS-TOLD DESCRIPTION
wrong() {
	run_lab --tree "$tmp/tree" --log "$tmp/log" -- "echo $1 > /sys/module/lg/parameters/wrong"
	tells "$2" "$3"
}
truncate -s 1M "$tmp/disk"
run_lab --tree "$tmp/tree" --disk "$tmp/disk" --modprobe tun --log "$tmp/log" -- \
	'echo none > /sys/module/lg/parameters/wrong'
like "$status $err" '^0 $' "nothing wrong is nothing told, nor what is other modules'"
wrong sleep "BUG: sleeping function called from invalid context" "sleep while not preemptible"
wrong locks "WARNING: possible circular locking dependency" "locks in two orders"
wrong shift "UBSAN: shift-out-of-bounds" "a shift too far"
wrong bounds "UBSAN: array-index-out-of-bounds" "an index too large"
wrong twice "list_add (corruption|double add)" "a list entry twice"
wrong beyond "BUG kmalloc-64 .*edzone overwritten" "a byte beyond what was allocated"
wrong freed "BUG kmalloc-64 .*Poison overwritten" "a byte where something was"
wrong freed_page "BUG: unable to handle page fault" "a byte in a page that was freed"
wrong lost "lab: leaked: unreferenced object .* < lost < " "memory lost"
wrong kept_too_long "lab: leaked: unreferenced object .* < kept_too_long < " \
	"memory that is lost when the module goes"
wrong lost_page "lab: leaked: unreferenced page [0-9]+ < .* < lost_page < " "a page lost"
wrong pinned "lab: leaked: 1 pinned pages" "a page pinned for ever"
wrong used "lab: leaked: 1 uses of the module" "a module that cannot go"

# The same with the module gone before the command ends, and loaded elsewhere since.
run_lab --tree "$tmp/tree" --log "$tmp/log" -- '
	echo lost > /sys/module/lg/parameters/wrong
	rmmod lg
	insmod /lab/lg.ko'
tells "lab: leaked: unreferenced object" "memory lost by a module of before"

run_lab --tree "$tmp/tree" --log "$tmp/log" -- 'echo off > /sys/kernel/debug/kmemleak'
tells "lab: unwatched: kmemleak has given up" "a kernel that does not look for leaks"
done_testing
