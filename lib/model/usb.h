/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model: USB devices that follow a domain: attached to it when they are plugged in (gpu-handoff.conf(5)). Values. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* "1-4.2": a bus, and a port on each hub, as the kernel names devices below /sys/bus/usb/devices. */
#define USB_PORT_SIZE 32

/* As long as a line of the configuration. */
#define USB_DOMAIN_SIZE 200

struct usb_device {
	char port[USB_PORT_SIZE];
	uint16_t vendor, product;
	unsigned int bus, number; /* busnum, devnum: another one each time it is plugged in */
};

/* [usb ...] */
struct usb_setting {
	bool by_port; /* else by vendor and product */
	char port[USB_PORT_SIZE];
	uint16_t vendor, product;
	char domain[USB_DOMAIN_SIZE]; /* its name, "" while it is not said */
};

#define USB_SETTINGS_MAX 64

struct usb_settings {
	unsigned int n_usbs;
	struct usb_setting usbs[USB_SETTINGS_MAX];
};

/* Whether it is the kernel's name of a device, 1-4.2, which fits into USB_PORT_SIZE. Root hubs and interfaces have
 * other names. */
bool usb_is_port(const char *text);

/* Reads the words behind "usb " of a section: VENDOR:PRODUCT, hexadecimal, or a port. Returns 0, or -EINVAL. */
int usb_setting_parse_key(const char *text, struct usb_setting *ret);

/* The name of a domain: no slash, which libvirt refuses, and nothing that steers a terminal. Returns 0, or -EINVAL. */
int usb_setting_set_domain(struct usb_setting *setting, const char *name);

bool usb_setting_same_key(const struct usb_setting *a, const struct usb_setting *b);

/* The one that is about a device: by its port first. NULL when there is none. */
const struct usb_setting *usb_settings_find(const struct usb_settings *settings, const struct usb_device *device);
