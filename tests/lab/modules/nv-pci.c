// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Probe, and remove with its wait: the order and the messages of the real nv_pci_remove(), and its way to sleep.
 *
 * Faults, in /sys/bus/pci/drivers/nvidia:
 *   probe_fail   the number of coming probes that fail with EIO
 *   probe_wait   MS: that long a probe stays in D before anything else; 0 lets go the one that waits
 */
#include <linux/module.h>
#include <linux/sched/signal.h>

#include "nvidia.h"

static atomic_t probe_fail = ATOMIC_INIT(0);
static atomic_t probe_wait = ATOMIC_INIT(0);
static atomic_t probed = ATOMIC_INIT(0);

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

static ssize_t probe_wait_show(struct device_driver *drv, char *buf)
{
	return sysfs_emit(buf, "%d\n", atomic_read(&probe_wait));
}

static ssize_t probe_wait_store(struct device_driver *drv, const char *buf, size_t count)
{
	int ms, r = kstrtoint(buf, 0, &ms);

	if (r < 0)
		return r;
	atomic_set(&probe_wait, ms);
	return count;
}
static DRIVER_ATTR_RW(probe_wait);

static struct attribute *nvidia_driver_attrs[] = { &driver_attr_probe_fail.attr, &driver_attr_probe_wait.attr, NULL };
ATTRIBUTE_GROUPS(nvidia_driver);

static void wait_to_probe(void)
{
	unsigned long began = jiffies;

	while (time_before(jiffies, began + msecs_to_jiffies(atomic_read(&probe_wait))))
		schedule_timeout_uninterruptible(HZ / 10);
}

static int nvidia_probe(struct pci_dev *dev, const struct pci_device_id *id)
{
	struct gpu *gpu;
	int r;

	wait_to_probe();
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
	gpu = nv_gpu_new(dev);
	if (IS_ERR(gpu)) {
		r = PTR_ERR(gpu);
		goto release;
	}
	r = nv_i2c_add(gpu);
	if (r < 0)
		goto forget;
	pci_set_master(dev);
	pci_set_drvdata(dev, gpu);
	nv_procfs_add(gpu);
	nv_faults_add(gpu);
	nv_gpu_publish(gpu);
	atomic_inc(&probed);
	pci_info(dev, "nvidia: stand-in bound, minor %u\n", gpu->minor);
	return 0;
forget:
	mutex_lock(&nv_lock);
	nv_gpu_removed(gpu);
	mutex_unlock(&nv_lock);
	nv_gpu_unref(gpu);
release:
	pci_release_region(dev, 0);
disable:
	pci_disable_device(dev);
	return r;
}

/*
 * The state is set once, as in the real nv_sleep_ms(): in S, deaf to signals, until one is pending; the time that is
 * left then is spent at full speed.
 */
static void sleep_ms(unsigned int ms)
{
	unsigned long end = jiffies + msecs_to_jiffies(ms);

	set_current_state(TASK_INTERRUPTIBLE);
	do {
		schedule_timeout(end - jiffies);
	} while (time_before(jiffies, end));
}

/* Under nv_lock, which it drops while it sleeps. */
static bool is_in_use(struct gpu *gpu)
{
	return ((gpu->usage_count && !gpu->egpu) || gpu->remove_mode == REMOVE_WAIT) && !nv_fault_escape(gpu);
}

static void wait_until_unused(struct gpu *gpu)
{
	if (!is_in_use(gpu))
		return;
	pr_cont("NVRM: Attempting to remove device %s with non-zero usage count!\n", gpu->name);
	do {
		mutex_unlock(&nv_lock);
		sleep_ms(500);
		mutex_lock(&nv_lock);
	} while (is_in_use(gpu));
	pr_cont("NVRM: Continuing with GPU removal for device %s\n", gpu->name);
}

static void nvidia_remove(struct pci_dev *dev)
{
	struct gpu *gpu = pci_get_drvdata(dev);

	nv_fault_removal_begins(gpu);
	if (nv_gen() >= 580)
		nv_tell_removed(gpu);
	mutex_lock(&nv_lock);
	gpu->unlinked = nv_gen() >= 575;
	wait_until_unused(gpu);
	nv_procfs_del(gpu);
	nv_gpu_removed(gpu);
	mutex_unlock(&nv_lock);
	nv_fault_teardown(gpu);
	cancel_delayed_work_sync(&gpu->stop);
	nv_faults_del(gpu);
	pci_set_drvdata(dev, NULL);
	nv_i2c_del(gpu);
	pci_clear_master(dev);
	pci_release_region(dev, 0);
	pci_disable_device(dev);
	atomic_dec(&probed);
	nv_gpu_unref(gpu);
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

/* Like the real one, it does not stay where it has nothing to drive. */
int nv_pci_init(void)
{
	int r = pci_register_driver(&nvidia_driver);

	if (r < 0 || atomic_read(&probed))
		return r;
	pr_err("NVRM: No NVIDIA devices probed.\n");
	pci_unregister_driver(&nvidia_driver);
	return -ENODEV;
}

void nv_pci_exit(void)
{
	pci_unregister_driver(&nvidia_driver);
}
