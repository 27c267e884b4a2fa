// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * debugfs fake_nvidia: what shall go wrong, the ways out of it, and what a test wants to know. All of it belongs to the
 * GPU as it is bound now, and begins anew with the next probe.
 *
 *   force_release      written: every remove that waits now goes on
 *   uaf_hits           DRM files closed after the driver had freed what they point to
 *   ADDRESS/usage_count, started, minor
 *   ADDRESS/persistence   1: the adapter runs without anybody, 0: no longer
 *   ADDRESS/remove_mode   normal, wait (as if somebody held it), D (before anything else), slow:MS (in D, at the end)
 *   ADDRESS/race_open     MS: as remove begins somebody opens the GPU, for so long; 0: nobody
 *   ADDRESS/egpu          1: remove does not wait for holders
 *   ADDRESS/force_release as above, for this one
 *
 * Every wait ends by itself after max_block_ms as well. An escape says so in the kernel log.
 */
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/uaccess.h>

#include "nvidia.h"

static struct dentry *root;
static u32 uaf_hits;

void nvidia_uaf_hit(void)
{
	uaf_hits++;
}
EXPORT_SYMBOL_GPL(nvidia_uaf_hit);

/* ---- in remove ---- */

bool nv_fault_escape(struct gpu *gpu)
{
	unsigned long limit = gpu->removal_began + msecs_to_jiffies(nv_max_block_ms);

	if (!gpu->let_go && !(nv_max_block_ms && time_after(jiffies, limit)))
		return false;
	if (!gpu->escaped)
		pr_warn("FAKE: escape of %s\n", gpu->name);
	gpu->escaped = true;
	return true;
}

void nv_fault_removal_begins(struct gpu *gpu)
{
	gpu->removal_began = jiffies;
	gpu->removing = true;
	if (gpu->race_ms && !IS_ERR(nv_gpu_get(gpu->minor)))
		schedule_delayed_work(&gpu->race_end, msecs_to_jiffies(gpu->race_ms));
	while (gpu->remove_mode == REMOVE_D && !nv_fault_escape(gpu))
		schedule_timeout_uninterruptible(HZ / 10);
}

void nv_fault_teardown(struct gpu *gpu)
{
	unsigned long end = jiffies + msecs_to_jiffies(gpu->slow_ms);

	while (gpu->remove_mode == REMOVE_SLOW && time_before(jiffies, end) && !nv_fault_escape(gpu))
		schedule_timeout_uninterruptible(HZ / 10);
	if (cancel_delayed_work_sync(&gpu->race_end))
		nv_gpu_put(gpu);
}

/* ---- the files ---- */

static int force_release_all(void *data, u64 value)
{
	nv_gpus_let_go();
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(force_release_all_fops, NULL, force_release_all, "%llu\n");

static int force_release(void *data, u64 value)
{
	struct gpu *gpu = data;

	gpu->let_go = gpu->removing;
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(force_release_fops, NULL, force_release, "%llu\n");

static int persistence_set(void *data, u64 value)
{
	nv_gpu_persist(data, value);
	return 0;
}

static int persistence_get(void *data, u64 *value)
{
	*value = ((struct gpu *)data)->persistent;
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(persistence_fops, persistence_get, persistence_set, "%llu\n");

static int remove_mode_show(struct seq_file *s, void *v)
{
	static const char *const names[] = { "normal", "wait", "D", "slow" };
	const struct gpu *gpu = s->private;

	seq_puts(s, names[gpu->remove_mode]);
	if (gpu->remove_mode == REMOVE_SLOW)
		seq_printf(s, ":%u", gpu->slow_ms);
	seq_putc(s, '\n');
	return 0;
}

static ssize_t remove_mode_write(struct file *file, const char __user *user, size_t count, loff_t *pos)
{
	struct gpu *gpu = ((struct seq_file *)file->private_data)->private;
	char text[32] = "";

	if (count >= sizeof(text) || copy_from_user(text, user, count))
		return -EINVAL;
	strim(text);
	if (!strcmp(text, "normal"))
		gpu->remove_mode = REMOVE_NORMAL;
	else if (!strcmp(text, "wait"))
		gpu->remove_mode = REMOVE_WAIT;
	else if (!strcmp(text, "D"))
		gpu->remove_mode = REMOVE_D;
	else if (sscanf(text, "slow:%u", &gpu->slow_ms) == 1)
		gpu->remove_mode = REMOVE_SLOW;
	else
		return -EINVAL;
	return count;
}

static int remove_mode_open(struct inode *inode, struct file *file)
{
	return single_open(file, remove_mode_show, inode->i_private);
}

static const struct file_operations remove_mode_fops = {
	.owner = THIS_MODULE,
	.open = remove_mode_open,
	.read = seq_read,
	.write = remove_mode_write,
	.llseek = seq_lseek,
	.release = single_release,
};

void nv_faults_add(struct gpu *gpu)
{
	struct dentry *dir = debugfs_create_dir(gpu->name, root);

	gpu->debugfs = dir;
	debugfs_create_u32("usage_count", 0444, dir, (u32 *)&gpu->usage_count);
	debugfs_create_bool("started", 0444, dir, &gpu->started);
	debugfs_create_u32("minor", 0444, dir, &gpu->minor);
	debugfs_create_file("persistence", 0644, dir, gpu, &persistence_fops);
	debugfs_create_file("remove_mode", 0644, dir, gpu, &remove_mode_fops);
	debugfs_create_u32("race_open", 0644, dir, &gpu->race_ms);
	debugfs_create_bool("egpu", 0644, dir, &gpu->egpu);
	debugfs_create_file("force_release", 0200, dir, gpu, &force_release_fops);
}

void nv_faults_del(struct gpu *gpu)
{
	debugfs_remove(gpu->debugfs);
}

void nv_faults_init(void)
{
	root = debugfs_create_dir("fake_nvidia", NULL);
	debugfs_create_u32("uaf_hits", 0444, root, &uaf_hits);
	debugfs_create_file("force_release", 0200, root, NULL, &force_release_all_fops);
}

void nv_faults_exit(void)
{
	debugfs_remove(root);
}
