/* SPDX-License-Identifier: GPL-2.0-or-later */
/* udev: what the rules know of a function of a card. Reads only sysfs, and nothing that takes a device lock. */
#pragma once

#include <stdio.h>

#include "host/host.h"
#include "model/address.h"

/*
 * Prints GPU_HANDOFF_CARD (the address of the card's display function), GPU_HANDOFF_ROLE (gpu, audio, usb, ucsi,
 * other) and GPU_HANDOFF_GROUP (the IOMMU group, where there is one) of a function; nothing when it is no card's.
 * Returns 0, or -errno.
 */
int properties_print(const struct host *host, struct address address, FILE *stream);
