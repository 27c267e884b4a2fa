// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * /proc/driver/nvidia: the files and the lines that programs read. The directory of a GPU stays while remove waits.
 */
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

#include "nvidia.h"

static struct proc_dir_entry *root, *gpus;

static int version_show(struct seq_file *s, void *v)
{
	seq_printf(s, "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  %s  Release Build  (lab@stand-in)\n",
		   nv_version());
	seq_puts(s, "GCC version:  gcc version 12.2.0 (Debian 12.2.0-14)\n");
	return 0;
}

static int params_show(struct seq_file *s, void *v)
{
	seq_puts(s, "ModifyDeviceFiles: 0\n");
	seq_printf(s, "EnableMSI: %d\n", nv_enable_msi);
	seq_puts(s, "DynamicPowerManagement: 3\nRegistryDwords: \"\"\n");
	return 0;
}

static int registry_show(struct seq_file *s, void *v)
{
	seq_puts(s, "Binary: \"\"\n");
	return 0;
}

static int information_show(struct seq_file *s, void *v)
{
	const struct gpu *gpu = s->private;
	const struct pci_dev *dev = gpu->dev;

	seq_printf(s, "Model: \t\t Stand-in %04x:%04x\n", dev->vendor, dev->device);
	seq_printf(s, "IRQ:   \t\t %u\n", dev->irq);
	seq_printf(s, "GPU UUID: \t %s\n", gpu->uuid);
	seq_puts(s, "Video BIOS: \t 90.06.2e.40.8f\n");
	seq_printf(s, "Bus Type: \t %s\n", dev->pcie_cap ? "PCIe" : "PCI");
	seq_printf(s, "DMA Size: \t 47 bits\nDMA Mask: \t 0x%llx\n", DMA_BIT_MASK(47));
	seq_printf(s, "Bus Location: \t %s\n", gpu->name);
	seq_printf(s, "Device Minor: \t %u\n", gpu->minor);
	seq_puts(s, "GPU Firmware: \t N/A\n");
	seq_puts(s, "GPU Excluded:\t No\n");
	return 0;
}

static int power_show(struct seq_file *s, void *v)
{
	const struct gpu *gpu = s->private;

	seq_printf(s, "Runtime D3 status:          %s\n", gpu->started ? "Disabled by default" : "?");
	seq_printf(s, "Video Memory:               %s\n", gpu->started ? "Active" : "?");
	return 0;
}

void nv_procfs_add(struct gpu *gpu)
{
	gpu->proc = proc_mkdir(gpu->name, gpus);
	if (!gpu->proc)
		return;
	proc_create_single_data("information", 0444, gpu->proc, information_show, gpu);
	proc_create_single_data("power", 0444, gpu->proc, power_show, gpu);
	proc_create_single_data("registry", 0444, gpu->proc, registry_show, gpu);
}

void nv_procfs_del(struct gpu *gpu)
{
	proc_remove(gpu->proc);
}

int nv_procfs_init(void)
{
	root = proc_mkdir("driver/nvidia", NULL);
	if (!root)
		return -ENOMEM;
	gpus = proc_mkdir("gpus", root);
	proc_create_single("version", 0444, root, version_show);
	proc_create_single("params", 0444, root, params_show);
	proc_create_single("registry", 0444, root, registry_show);
	return 0;
}

void nv_procfs_exit(void)
{
	proc_remove(root);
}
