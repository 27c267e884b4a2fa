/* SPDX-License-Identifier: GPL-2.0-or-later */
/* probe: what the nvidia driver says of itself below /proc, as values. Pure; text that is not understood tells nothing.
 */
#pragma once

#include "model/nvidia.h"

/* GPU- and a UUID, with its end. */
#define NVIDIA_UUID_SIZE 41

/* A GPU, as its driver knows it. */
struct nvidia_gpu {
	int minor;                   /* of /dev/nvidiaN; -1 when it is not told */
	char uuid[NVIDIA_UUID_SIZE]; /* "" when it is not told: the driver may not have looked yet */
};

/*
 * Reads driver/nvidia/version: NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.159.04  Release Build …
 * Returns 0, or -EBADMSG without a version in it.
 */
int nvidia_parse_version(const char *text, struct nvidia_version *ret, enum nvidia_flavour *ret_flavour);

/* Reads EnableMSI of driver/nvidia/params. */
enum nvidia_answer nvidia_parse_msi(const char *text);

/* Reads driver/nvidia/gpus/ADDRESS/information. */
void nvidia_parse_information(const char *text, struct nvidia_gpu *ret);

/* Reads /proc/devices. Returns the major number of a character device's name, or -ENOENT. */
int devices_parse_major(const char *text, const char *name);
