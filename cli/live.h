/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cli: domains that run, and USB devices that come to them and go, by libvirt's API. None of its calls but live_ask()
 * has a deadline: who calls these sets one for all of it.
 *
 * Calling sequence: live_open(), live_find() or live_find_uuid(), what is about that domain, live_close().
 */
#pragma once

#include <stddef.h>

#include <libvirt/libvirt.h>

#include "model/refusal.h"
#include "model/usb_hostdev.h"

/* The system's domains. */
#define LIVE_URI "qemu:///system"

struct live {
	const char *uri;
	virConnectPtr connection;
	virDomainPtr domain; /* the one that was found last */
};

/*
 * Asks what only reads, as anybody may, in a child process: its deadline is LIVE_DEADLINE_MS, whoever calls needs none.
 * The question is called with a connection and a copy of the memory at argument, as isolated_call() (host/isolated.h)
 * has it: no pointer into the child's memory leads out. Returns what the question does, or -ECANCELED with the refusal
 * filled when libvirt does not answer.
 */
int live_ask(int (*question)(virConnectPtr connection, void *argument), void *argument, size_t size,
	struct refusal *refusal);

#define LIVE_DEADLINE_MS 10000

/* Each returns 0 where nothing else is said, or -ECANCELED with the refusal filled. */

/* live_close() takes one whose opening failed, too. */
int live_open(const char *uri, struct live *ret, struct refusal *refusal);
void live_close(struct live *live);

/* Finds a domain by its name, or its uuid: 1 when it runs, 0 when it does not, and refuses when there is none. */
int live_find(struct live *live, const char *name, struct refusal *refusal);

/* The same by its uuid alone; when there is none, it does not run. */
int live_find_uuid(struct live *live, const char *uuid, struct refusal *refusal);

/* Its name, and its uuid. Valid until another one is found. */
const char *live_name(const struct live *live);
int live_uuid(const struct live *live, char uuid[VIR_UUID_STRING_BUFLEN], struct refusal *refusal);

/* The USB devices that it has now. */
int live_usb(const struct live *live, struct usb_hostdevs *ret, struct refusal *refusal);

/*
 * The name of another one that runs and has the device, which the caller frees, or NULL. One that cannot be read has
 * nothing: libvirt gives no device to two.
 */
int live_find_owner(const struct live *live, const struct usb_device *device, char **ret, struct refusal *refusal);

/* Attaches, or detaches, the device at a bus with a number: of the domain as it runs, not as it is defined. */
int live_attach(const struct live *live, unsigned int bus, unsigned int number, struct refusal *refusal);
int live_detach(const struct live *live, unsigned int bus, unsigned int number, struct refusal *refusal);
