// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * nvidia-uvm: files that register GPUs. /proc/driver/nvidia-uvm/gpus has a directory for each that somebody registered.
 */
#include <linux/cdev.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/slab.h>

#include "nvidia.h"

/* By UUID, because a GPU that came back has the same one while an old file may still hold the old. */
struct registered {
	struct list_head node;
	char uuid[48];
	int users;
	struct proc_dir_entry *proc;
};

struct uvm_file {
	struct nvidia_held held;
	struct registered *gpu[MAX_GPUS];
};

static DEFINE_MUTEX(uvm_lock);
static LIST_HEAD(registered);
static struct proc_dir_entry *root, *gpus;
static struct cdev cdev;
static dev_t number;

static struct registered *registered_get(const char *uuid)
{
	struct registered *r;

	list_for_each_entry(r, &registered, node)
		if (!strcmp(r->uuid, uuid)) {
			r->users++;
			return r;
		}
	r = kzalloc(sizeof(*r), GFP_KERNEL);
	if (!r)
		return NULL;
	strscpy(r->uuid, uuid, sizeof(r->uuid));
	r->users = 1;
	r->proc = proc_mkdir(uuid, gpus);
	list_add(&r->node, &registered);
	return r;
}

static void registered_put(struct registered *r)
{
	if (!r || --r->users)
		return;
	proc_remove(r->proc);
	list_del(&r->node);
	kfree(r);
}

static int uvm_open(struct inode *inode, struct file *file)
{
	file->private_data = kzalloc(sizeof(struct uvm_file), GFP_KERNEL);
	return file->private_data ? 0 : -ENOMEM;
}

static int uvm_release(struct inode *inode, struct file *file)
{
	struct uvm_file *uvm = file->private_data;
	int i;

	mutex_lock(&uvm_lock);
	for (i = 0; i < MAX_GPUS; i++)
		registered_put(uvm->gpu[i]);
	mutex_unlock(&uvm_lock);
	nvidia_hold_none(&uvm->held);
	kfree(uvm);
	return 0;
}

static long uvm_ioctl(struct file *file, unsigned int command, unsigned long minor)
{
	struct uvm_file *uvm = file->private_data;
	int r;

	if (command != NV_HOLD_GPU)
		return -ENOTTY;
	mutex_lock(&uvm_lock);
	r = nvidia_hold(&uvm->held, minor);
	if (r == 0) {
		registered_put(uvm->gpu[minor]);
		uvm->gpu[minor] = registered_get(uvm->held.gpu[minor]->uuid);
	}
	mutex_unlock(&uvm_lock);
	return r;
}

static const struct file_operations uvm_fops = {
	.owner = THIS_MODULE,
	.open = uvm_open,
	.release = uvm_release,
	.unlocked_ioctl = uvm_ioctl,
};

static int __init uvm_init(void)
{
	int r = alloc_chrdev_region(&number, 0, 1, "nvidia-uvm");

	if (r < 0)
		return r;
	root = proc_mkdir("driver/nvidia-uvm", NULL);
	gpus = proc_mkdir("gpus", root);
	cdev_init(&cdev, &uvm_fops);
	cdev.owner = THIS_MODULE;
	r = cdev_add(&cdev, number, 1);
	if (r < 0) {
		proc_remove(root);
		unregister_chrdev_region(number, 1);
	}
	return r;
}

static void __exit uvm_exit(void)
{
	cdev_del(&cdev);
	proc_remove(root);
	unregister_chrdev_region(number, 1);
}

module_init(uvm_init);
module_exit(uvm_exit);
MODULE_DESCRIPTION("Stand-in for nvidia-uvm, test only");
MODULE_VERSION("535.216.01");
MODULE_LICENSE("GPL");
