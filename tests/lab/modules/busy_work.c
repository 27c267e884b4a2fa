// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Work for the kernel's unbound workqueues, all the time: every period_ms, an item for each CPU on system_unbound_wq,
 * and one on a queue of its own with a cpumask below /sys/devices/virtual/workqueue. Each is queued as if by that CPU,
 * so the workers of every node are asked. Test-only.
 *
 *   /sys/kernel/debug/busy_work/ran   a line for each CPU: its number, how many items of system_unbound_wq ran there,
 *                                     how many of the own queue
 */
#include <linux/cpumask.h>
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

static unsigned int period_ms = 100;
module_param(period_ms, uint, 0644);

struct item {
	struct work_struct work;
	unsigned int queue;
};

#define QUEUES 2

static struct workqueue_struct *own, *queues[QUEUES];
static struct item items[QUEUES][NR_CPUS];
static atomic_t ran[QUEUES][NR_CPUS];
static struct timer_list timer;
static struct dentry *dir;

static void item_run(struct work_struct *work)
{
	struct item *item = container_of(work, struct item, work);

	udelay(20);
	atomic_inc(&ran[item->queue][raw_smp_processor_id()]);
}

static void tick(struct timer_list *unused)
{
	unsigned int cpu, i;

	for_each_online_cpu(cpu)
		for (i = 0; i < QUEUES; i++)
			queue_work_on(cpu, queues[i], &items[i][cpu].work);
	mod_timer(&timer, jiffies + msecs_to_jiffies(period_ms));
}

static int ran_show(struct seq_file *file, void *unused)
{
	unsigned int cpu;

	for_each_online_cpu(cpu)
		seq_printf(file, "%u %d %d\n", cpu, atomic_read(&ran[0][cpu]), atomic_read(&ran[1][cpu]));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(ran);

static int __init busy_work_init(void)
{
	unsigned int cpu, i;

	own = alloc_workqueue("busy_work", WQ_UNBOUND | WQ_SYSFS, 0);
	if (!own)
		return -ENOMEM;
	queues[0] = system_unbound_wq;
	queues[1] = own;
	for (i = 0; i < QUEUES; i++)
		for_each_possible_cpu(cpu) {
			INIT_WORK(&items[i][cpu].work, item_run);
			items[i][cpu].queue = i;
		}
	dir = debugfs_create_dir("busy_work", NULL);
	debugfs_create_file("ran", 0444, dir, NULL, &ran_fops);
	timer_setup(&timer, tick, TIMER_PINNED);
	timer.expires = jiffies + 1;
	add_timer_on(&timer, 0); /* no VM of the lab has this CPU */
	return 0;
}

static void __exit busy_work_exit(void)
{
	unsigned int cpu, i;

	del_timer_sync(&timer);
	for (i = 0; i < QUEUES; i++)
		for_each_possible_cpu(cpu)
			cancel_work_sync(&items[i][cpu].work);
	destroy_workqueue(own);
	debugfs_remove_recursive(dir);
}

module_init(busy_work_init);
module_exit(busy_work_exit);
MODULE_DESCRIPTION("load for unbound workqueues, test only");
MODULE_LICENSE("GPL");
