/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a test program asks the stand-in for NVIDIA's driver to hold a GPU. The real ioctls are others; these have their
 * effects. Shared by the modules and programs/hold.c.
 */
#ifndef STAND_IN_H
#define STAND_IN_H

#include <linux/ioctl.h>

#define NV_MAJOR         195
#define NV_MINOR_MODESET 254
#define NV_MINOR_CTL     255

/* On nvidiactl, nvidia-modeset, nvidia-uvm: holds the GPU whose minor is the argument until the file is closed. */
#define NV_HOLD_GPU _IO('F', 0xf0)
/* On nvidiaN: returns the descriptor of a dma-buf, which holds a reference of its own. */
#define NV_EXPORT_DMABUF _IO('F', 0xf1)

#endif
