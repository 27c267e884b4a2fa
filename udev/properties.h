/* SPDX-License-Identifier: GPL-2.0-or-later */
/* udev: what the rules know of a device of a card, and of a USB device that follows a domain (gpu-handoff-udev(8)). */
#pragma once

#include <stdio.h>

#include "host/host.h"

/*
 * Prints the properties of the device at udev's $devpath; nothing for one that is no card's and follows nobody, and for
 * one that is gone. Reads nothing that takes a device's lock. Returns 0; -EINVAL for what is no such path; -errno.
 */
int properties_print(const struct host *host, const char *devpath, FILE *stream);
