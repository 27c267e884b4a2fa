// SPDX-License-Identifier: GPL-2.0-or-later
/* nvidia-modeset: 195:254, whose files hold GPUs, and the way of nvidia-drm to nvidia. */
#include <linux/module.h>
#include <linux/slab.h>

#include "nvidia.h"

static int modeset_open(struct inode *inode, struct file *file)
{
	file->private_data = kzalloc(sizeof(struct nvidia_held), GFP_KERNEL);
	return file->private_data ? 0 : -ENOMEM;
}

static int modeset_release(struct inode *inode, struct file *file)
{
	nvidia_hold_none(file->private_data);
	kfree(file->private_data);
	return 0;
}

static long modeset_ioctl(struct file *file, unsigned int command, unsigned long arg)
{
	return command == NV_HOLD_GPU ? nvidia_hold(file->private_data, arg) : -ENOTTY;
}

static const struct file_operations modeset_fops = {
	.owner = THIS_MODULE,
	.open = modeset_open,
	.release = modeset_release,
	.unlocked_ioctl = modeset_ioctl,
};

struct gpu *nvkms_gpu_get(unsigned int minor)
{
	return nvidia_dev_get(minor);
}
EXPORT_SYMBOL_GPL(nvkms_gpu_get);

void nvkms_gpu_put(struct gpu *gpu)
{
	nvidia_dev_put(gpu);
}
EXPORT_SYMBOL_GPL(nvkms_gpu_put);

void nvkms_listen(const struct nvidia_listener *listener)
{
	nvidia_listen(listener);
}
EXPORT_SYMBOL_GPL(nvkms_listen);

static int __init modeset_init(void)
{
	nvidia_modeset_fops(&modeset_fops);
	return 0;
}

static void __exit modeset_exit(void)
{
	nvidia_modeset_fops(NULL);
}

module_init(modeset_init);
module_exit(modeset_exit);
MODULE_DESCRIPTION("Stand-in for nvidia-modeset, test only");
MODULE_VERSION("535.216.01");
MODULE_LICENSE("GPL");
