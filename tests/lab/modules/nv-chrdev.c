// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Character major 195: nvidiaN holds GPU N directly, nvidiactl by ioctl, and 254 leads to nvidia-modeset while that is
 * loaded. The nodes in /dev are somebody else's work, as with the real driver, and outlive the GPU.
 */
#include <linux/cdev.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "nvidia.h"

#define N_MINORS 256

static struct cdev cdev;
static DEFINE_MUTEX(fops_lock);
static const struct file_operations *modeset_fops;

/* Nothing is behind it, but it pins the file as any mapping does. */
static const struct vm_operations_struct no_pages;

static int nv_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_ops = &no_pages;
	return 0;
}

static int become(struct file *file, const struct file_operations *fops, void *private)
{
	file->private_data = private;
	fops = fops_get(fops);
	replace_fops(file, fops);
	return 0;
}

/* ---- nvidiaN ---- */

static int gpu_release(struct inode *inode, struct file *file)
{
	nv_gpu_put(file->private_data);
	return 0;
}

static long gpu_ioctl(struct file *file, unsigned int command, unsigned long arg)
{
	return command == NV_EXPORT_DMABUF ? nv_dmabuf_export(file->private_data) : -ENOTTY;
}

static const struct file_operations gpu_fops = {
	.owner = THIS_MODULE,
	.release = gpu_release,
	.unlocked_ioctl = gpu_ioctl,
	.mmap = nv_mmap,
};

static int gpu_open(struct file *file)
{
	struct gpu *gpu = nv_gpu_get(iminor(file_inode(file)));

	return IS_ERR(gpu) ? PTR_ERR(gpu) : become(file, &gpu_fops, gpu);
}

/* ---- nvidiactl ---- */

static int ctl_release(struct inode *inode, struct file *file)
{
	nvidia_hold_none(file->private_data);
	kfree(file->private_data);
	return 0;
}

static long ctl_ioctl(struct file *file, unsigned int command, unsigned long arg)
{
	return command == NV_HOLD_GPU ? nvidia_hold(file->private_data, arg) : -ENOTTY;
}

static const struct file_operations ctl_fops = {
	.owner = THIS_MODULE,
	.release = ctl_release,
	.unlocked_ioctl = ctl_ioctl,
	.mmap = nv_mmap,
};

static int ctl_open(struct file *file)
{
	struct nvidia_held *held = kzalloc(sizeof(*held), GFP_KERNEL);

	return held ? become(file, &ctl_fops, held) : -ENOMEM;
}

/* ---- nvidia-modeset ---- */

void nvidia_modeset_fops(const struct file_operations *fops)
{
	mutex_lock(&fops_lock);
	modeset_fops = fops;
	mutex_unlock(&fops_lock);
}
EXPORT_SYMBOL_GPL(nvidia_modeset_fops);

static int modeset_open(struct inode *inode, struct file *file)
{
	const struct file_operations *fops;

	mutex_lock(&fops_lock);
	fops = fops_get(modeset_fops);
	mutex_unlock(&fops_lock);
	if (!fops)
		return -ENODEV;
	replace_fops(file, fops);
	return fops->open(inode, file);
}

/* ---- the major ---- */

static int nv_open(struct inode *inode, struct file *file)
{
	switch (iminor(inode)) {
	case NV_MINOR_CTL:
		return ctl_open(file);
	case NV_MINOR_MODESET:
		return modeset_open(inode, file);
	default:
		return gpu_open(file);
	}
}

static const struct file_operations nv_fops = {
	.owner = THIS_MODULE,
	.open = nv_open,
};

/* The names in /proc/devices are apart from the device itself, and change with the generation. */
static const struct region {
	unsigned int first, count;
	const char *name;
} frontend[] = { { 0, N_MINORS, "nvidia-frontend" }, {} },
  split[] = { { 0, 248, "nvidia" }, { NV_MINOR_MODESET, 1, "nvidia-modeset" }, { NV_MINOR_CTL, 1, "nvidiactl" }, {} };
static const struct region *regions;

static void regions_drop(void)
{
	const struct region *region;

	for (region = regions; region && region->count; region++)
		unregister_chrdev_region(MKDEV(NV_MAJOR, region->first), region->count);
}

static int regions_take(void)
{
	const struct region *region;
	int r;

	regions = nv_gen() <= 535 ? frontend : split;
	for (region = regions; region->count; region++) {
		r = register_chrdev_region(MKDEV(NV_MAJOR, region->first), region->count, region->name);
		if (r < 0)
			return r;
	}
	return 0;
}

int nv_chrdev_name(void)
{
	if (!regions)
		return 0;
	regions_drop();
	return regions_take();
}

int nv_chrdev_init(void)
{
	int r = regions_take();

	if (r < 0)
		return r;
	cdev_init(&cdev, &nv_fops);
	cdev.owner = THIS_MODULE;
	r = cdev_add(&cdev, MKDEV(NV_MAJOR, 0), N_MINORS);
	if (r < 0)
		regions_drop();
	return r;
}

void nv_chrdev_exit(void)
{
	cdev_del(&cdev);
	regions_drop();
}
