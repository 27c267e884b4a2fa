/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model: the USB devices of the host that a domain has, as its XML says. Values. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/usb.h"

/* <hostdev mode='subsystem' type='usb'>; what it does not say is 0. */
struct usb_hostdev {
	uint16_t vendor, product;
	unsigned int bus, number;
};

/* More than the ports of the controllers that QEMU gives a domain. */
#define USB_HOSTDEVS_MAX 128

struct usb_hostdevs {
	unsigned int n_hostdevs;
	struct usb_hostdev hostdevs[USB_HOSTDEVS_MAX];
};

/* Whether one of them is at this bus with this number. */
bool usb_hostdevs_have(const struct usb_hostdevs *hostdevs, unsigned int bus, unsigned int number);

/* Whether one of them is the device: by its bus and number, or by its IDs where nothing else is said. */
bool usb_hostdevs_mean(const struct usb_hostdevs *hostdevs, const struct usb_device *device);
