/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: how far udevd is with the devices of a function, by the files that it keeps below /run/udev. It writes the
 * record of a device (data/c226:0, data/+pci:0000:01:00.0), under another name and renamed, when the rules have run and
 * the node has its owner and its links: that is what sd_device_get_is_initialized(3) looks at, too. queue is there
 * while any event waits or is at work, which is what 'udevadm settle' waits for.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

#include "host/host.h"
#include "model/address.h"
#include "model/node.h"

/* The record of a function: another one after each event. */
struct udev_record {
	bool there; /* udev keeps none of a device that it has nothing to say of */
	ino_t inode;
	struct timespec written;
};

/* Whether udevd runs: else nobody makes nodes, and nothing is to be waited for. */
bool udev_is_running(const struct host *host);

/* Whether it has nothing to do. What cannot be told is true. */
bool udev_is_idle(const struct host *host);

/* The record of a function as it is now. */
void udev_probe_record(const struct host *host, struct address address, struct udev_record *ret);

/* Whether no event of the function was seen to in between. */
bool udev_record_same(const struct udev_record *a, const struct udev_record *b);

/*
 * Looks for a device below the function that has a device number, and no record or no node yet. Takes no lock of a
 * device. Returns 1 and what the kernel calls its node; 0 when there is none; -ENOENT when the function is not there,
 * -errno.
 */
int udev_find_unfinished(const struct host *host, struct address address, char name[NODE_NAME_SIZE]);
