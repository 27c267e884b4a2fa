// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The generation of driver that the stand-in plays, its other parameters, start and end of the module.
 *
 * gen may be written at any time; each operation looks at it anew, and so does /proc/driver/nvidia/version. Only
 * /sys/module/nvidia/version stays what it was built with.
 */
#include <linux/module.h>

#include "nvidia.h"

static const struct generation {
	int gen;
	const char *version;
} generations[] = {
	{ 535, "535.216.01" },
	{ 575, "575.64.05" },
	{ 580, "580.105.08" },
	{ 595, "595.45.04" },
};

static const struct generation *generation = &generations[0];

int nv_gen(void)
{
	return READ_ONCE(generation)->gen;
}

const char *nv_version(void)
{
	return READ_ONCE(generation)->version;
}

static int gen_set(const char *text, const struct kernel_param *param)
{
	int gen, i, r = kstrtoint(text, 0, &gen);

	if (r < 0)
		return r;
	for (i = 0; i < ARRAY_SIZE(generations); i++)
		if (generations[i].gen == gen) {
			WRITE_ONCE(generation, &generations[i]);
			return nv_chrdev_name();
		}
	return -EINVAL;
}

static int gen_get(char *text, const struct kernel_param *param)
{
	return sysfs_emit(text, "%d\n", nv_gen());
}

static const struct kernel_param_ops gen_ops = { .set = gen_set, .get = gen_get };
module_param_cb(gen, &gen_ops, NULL, 0644);
MODULE_PARM_DESC(gen, "plays 535, 575 (to 580.95), 580 (from 580.105) or 595");

bool nv_enable_msi = true;
module_param_named(NVreg_EnableMSI, nv_enable_msi, bool, 0644);

unsigned int nv_stop_delay_ms;
module_param_named(stop_delay_ms, nv_stop_delay_ms, uint, 0644);
MODULE_PARM_DESC(stop_delay_ms, "how long the adapter runs on after the last reference is gone");

unsigned int nv_max_block_ms = 120000;
module_param_named(max_block_ms, nv_max_block_ms, uint, 0644);
MODULE_PARM_DESC(max_block_ms, "how long remove may block, 0: for ever");

static int __init nvidia_init(void)
{
	int r = nv_procfs_init();

	if (r < 0)
		return r;
	nv_faults_init();
	r = nv_chrdev_init();
	if (r < 0)
		goto procfs;
	r = nv_pci_init();
	if (r < 0)
		goto chrdev;
	return 0;
chrdev:
	nv_chrdev_exit();
procfs:
	nv_faults_exit();
	nv_procfs_exit();
	return r;
}

static void __exit nvidia_exit(void)
{
	nv_pci_exit();
	nv_chrdev_exit();
	nv_faults_exit();
	nv_procfs_exit();
}

module_init(nvidia_init);
module_exit(nvidia_exit);
MODULE_DESCRIPTION("Stand-in for the nvidia driver, test only");
MODULE_VERSION("535.216.01");
MODULE_LICENSE("GPL");
