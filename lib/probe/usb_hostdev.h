/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: the USB hostdevs of domain XML (https://libvirt.org/formatdomain.html, "USB / PCI / SCSI devices"). The text
 * is hostile: probe/document.h reads it.
 */
#pragma once

#include <stddef.h>

#include "model/refusal.h"
#include "model/usb_hostdev.h"

/*
 * Reads them; one whose device was missing when the domain started is left out, for it has none. Returns 0; -ECANCELED
 * with the refusal filled, and *ret untouched.
 */
int usb_hostdevs_parse(const char *xml, size_t size, struct usb_hostdevs *ret, struct refusal *refusal);
