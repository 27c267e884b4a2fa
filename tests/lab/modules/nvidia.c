// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A stand-in for NVIDIA's driver with its name and outer manners: PCI driver "nvidia" for 10de display functions,
 * bound synchronously, BAR 0 claimed as "nvidia", character major 195 without device nodes of its own. Test-only.
 *
 * So far it lets go whenever it is asked. What the real one does while somebody holds it belongs here as well, later.
 *
 * Fault: /sys/bus/pci/drivers/nvidia/probe_fail, the number of coming probes that fail with EIO.
 */
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/pci.h>

#define MAJOR_NR 195
#define MAX_GPUS 8

static struct pci_dev *gpus[MAX_GPUS]; /* index = minor */
static DEFINE_MUTEX(gpus_lock);
static atomic_t probe_fail = ATOMIC_INIT(0);

static ssize_t probe_fail_show(struct device_driver *drv, char *buf)
{
	return sysfs_emit(buf, "%d\n", atomic_read(&probe_fail));
}

static ssize_t probe_fail_store(struct device_driver *drv, const char *buf, size_t count)
{
	int n, r = kstrtoint(buf, 0, &n);

	if (r < 0)
		return r;
	atomic_set(&probe_fail, n);
	return count;
}
static DRIVER_ATTR_RW(probe_fail);

static struct attribute *nvidia_driver_attrs[] = { &driver_attr_probe_fail.attr, NULL };
ATTRIBUTE_GROUPS(nvidia_driver);

static int gpu_add(struct pci_dev *dev)
{
	int i, r = -ENOSPC;

	mutex_lock(&gpus_lock);
	for (i = 0; i < MAX_GPUS; i++)
		if (!gpus[i]) {
			gpus[i] = dev;
			r = i;
			break;
		}
	mutex_unlock(&gpus_lock);
	return r;
}

static void gpu_del(struct pci_dev *dev)
{
	int i;

	mutex_lock(&gpus_lock);
	for (i = 0; i < MAX_GPUS; i++)
		if (gpus[i] == dev)
			gpus[i] = NULL;
	mutex_unlock(&gpus_lock);
}

static int nvidia_open(struct inode *inode, struct file *file)
{
	unsigned int minor = iminor(inode);
	int r = -ENODEV;

	mutex_lock(&gpus_lock);
	if (minor < MAX_GPUS && gpus[minor])
		r = 0;
	mutex_unlock(&gpus_lock);
	return r;
}

static const struct file_operations nvidia_fops = {
	.owner = THIS_MODULE,
	.open = nvidia_open,
};

static int nvidia_probe(struct pci_dev *dev, const struct pci_device_id *id)
{
	int r, minor;

	if (atomic_add_unless(&probe_fail, -1, 0)) {
		pci_err(dev, "nvidia: probe fails as it was told\n");
		return -EIO;
	}
	r = pci_enable_device(dev);
	if (r < 0)
		return r;
	r = pci_request_region(dev, 0, "nvidia");
	if (r < 0)
		goto disable;
	minor = gpu_add(dev);
	if (minor < 0) {
		r = minor;
		goto release;
	}
	pci_set_master(dev);
	pci_info(dev, "nvidia: stand-in bound, minor %d\n", minor);
	return 0;
release:
	pci_release_region(dev, 0);
disable:
	pci_disable_device(dev);
	return r;
}

static void nvidia_remove(struct pci_dev *dev)
{
	gpu_del(dev);
	pci_clear_master(dev);
	pci_release_region(dev, 0);
	pci_disable_device(dev);
}

static const struct pci_device_id nvidia_ids[] = {
	{ PCI_DEVICE(PCI_VENDOR_ID_NVIDIA, PCI_ANY_ID), .class = PCI_CLASS_DISPLAY_VGA << 8, .class_mask = ~0 },
	{ PCI_DEVICE(PCI_VENDOR_ID_NVIDIA, PCI_ANY_ID), .class = PCI_CLASS_DISPLAY_3D << 8, .class_mask = ~0 },
	{}
};
MODULE_DEVICE_TABLE(pci, nvidia_ids);

static struct pci_driver nvidia_driver = {
	.name = "nvidia",
	.id_table = nvidia_ids,
	.probe = nvidia_probe,
	.remove = nvidia_remove,
	.groups = nvidia_driver_groups,
	.driver.probe_type = PROBE_FORCE_SYNCHRONOUS,
};

static int __init nvidia_init(void)
{
	int r = register_chrdev(MAJOR_NR, "nvidia", &nvidia_fops);

	if (r < 0)
		return r;
	r = pci_register_driver(&nvidia_driver);
	if (r < 0)
		unregister_chrdev(MAJOR_NR, "nvidia");
	return r;
}

static void __exit nvidia_exit(void)
{
	pci_unregister_driver(&nvidia_driver);
	unregister_chrdev(MAJOR_NR, "nvidia");
}

module_init(nvidia_init);
module_exit(nvidia_exit);
MODULE_DESCRIPTION("Stand-in for the nvidia driver, test only");
MODULE_VERSION("535.216.01");
MODULE_LICENSE("GPL");
