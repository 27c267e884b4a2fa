/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * apply: what is remembered of a USB device that was attached to a domain, /run/gpu-handoff/usb/PORT: when it has been
 * unplugged, nothing else tells which one of the domain's it was, and whether it was ours.
 */
#pragma once

#include <stddef.h>

#include "host/host.h"
#include "model/domain.h"
#include "model/usb.h"

struct usb_record {
	unsigned int bus, number;
	char uuid[DOMAIN_UUID_SIZE]; /* of the domain */
};

/* Its text: "1 7 4dea22b3-1d52-d8f3-2516-782e98ab3fa0\n" */
#define USB_RECORD_SIZE 64

/* Reads its text. Returns 0, or -EBADMSG. */
int usb_record_parse(const char *text, struct usb_record *ret);

/* Each returns -EPERM when /run/gpu-handoff, or what is in it, is not ours; -errno. A port is one of the kernel's. */

/*
 * Waits until nobody else looks at what is plugged in, at the records and at libvirt, to bring them together. Returns a
 * descriptor, which holds the lock until it is closed; -ETIMEDOUT. The hook has to do without: who has the lock may be
 * waiting for libvirt, and libvirt for the hook.
 */
int usb_records_lock(const struct host *host);

/* Writes it whole or not at all. Returns 0. */
int usb_record_put(const struct host *host, const char *port, const struct usb_record *record);

/* Returns 0; -ENOENT when there is none; -EBADMSG. */
int usb_record_get(const struct host *host, const char *port, struct usb_record *ret);

/* Removes it. Returns 0, also when there is none. */
int usb_record_remove(const struct host *host, const char *port);

/* Removes those of a domain. One that cannot be read stays. */
void usb_records_remove(const struct host *host, const char *uuid);
