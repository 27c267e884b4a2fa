// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The GPU's I2C adapter, with nobody on the bus. Removing it waits in D for every open /dev/i2c-N: that is the kernel's
 * doing, and no escape of ours ends it.
 */
#include <linux/module.h>

#include "nvidia.h"

static int i2c_transfer_nothing(struct i2c_adapter *adapter, struct i2c_msg *messages, int n)
{
	return -ENXIO;
}

static u32 i2c_functionality(struct i2c_adapter *adapter)
{
	return I2C_FUNC_I2C | I2C_FUNC_SMBUS_EMUL;
}

static const struct i2c_algorithm i2c_algorithm = {
	.master_xfer = i2c_transfer_nothing,
	.functionality = i2c_functionality,
};

int nv_i2c_add(struct gpu *gpu)
{
	gpu->i2c.owner = THIS_MODULE;
	gpu->i2c.algo = &i2c_algorithm;
	gpu->i2c.dev.parent = &gpu->dev->dev;
	snprintf(gpu->i2c.name, sizeof(gpu->i2c.name), "NVIDIA i2c adapter 0 at %s", gpu->name);
	return i2c_add_adapter(&gpu->i2c);
}

void nv_i2c_del(struct gpu *gpu)
{
	i2c_del_adapter(&gpu->i2c);
}
