/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan: whether a USB device is attached to the domain that it is to follow (gpu-handoff.conf(5)). Pure: everything it
 * goes by is in its arguments.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/refusal.h"
#include "model/usb_hostdev.h"

struct usb_situation {
	const struct usb_device *device;
	bool is_hub;
	const char *carries; /* why the host lives on it, as the end of a sentence; "" it does not */

	const struct usb_setting *setting; /* the one about it, or NULL */
	bool is_running;                   /* the setting's domain */
	const struct usb_hostdevs *own;    /* what that has, while it runs */
	const char *other;                 /* the name of another domain that runs and has it, or NULL */
};

/*
 * Returns 1 when it is to be attached; 0 when there is nothing to do, and in text, of size, a sentence that says why;
 * -ECANCELED with the refusal filled.
 */
int plan_usb(const struct usb_situation *situation, char *text, size_t size, struct refusal *refusal);
