/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model: what a PCI or a USB device is by, as lspci -n and lsusb write it: 10de:1f08. */
#pragma once

#include <stdint.h>

/* Reads VVVV:DDDD, four hexadecimal digits each, in any case. Returns 0, or -EINVAL and changes nothing. */
int ids_parse(const char *text, uint16_t *ret_vendor, uint16_t *ret_device);
