// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/usb_hostdev.h"

bool usb_hostdevs_have(const struct usb_hostdevs *hostdevs, unsigned int bus, unsigned int number)
{
	for (unsigned int i = 0; i < hostdevs->n_hostdevs; i++) {
		if (hostdevs->hostdevs[i].bus == bus && hostdevs->hostdevs[i].number == number)
			return true;
	}
	return false;
}

bool usb_hostdevs_mean(const struct usb_hostdevs *hostdevs, const struct usb_device *device)
{
	for (unsigned int i = 0; i < hostdevs->n_hostdevs; i++) {
		const struct usb_hostdev *hostdev = &hostdevs->hostdevs[i];

		if (!hostdev->number && hostdev->vendor == device->vendor && hostdev->product == device->product)
			return true;
	}
	return usb_hostdevs_have(hostdevs, device->bus, device->number);
}
