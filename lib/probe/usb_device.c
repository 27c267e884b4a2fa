// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/usb_device.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"
#include "probe/critical.h"

#define BUS "bus/usb/devices"

/* What a link in BUS has before the path. */
#define UP "../../../"

/* USB_CLASS_HUB of the kernel. */
#define CLASS_HUB 0x09

/* Of a path, what is below /sys; NULL for none. */
static const char *below_sys(const char *path)
{
	if (strncmp(path, "/sys/", 5) == 0)
		path += 4;
	return strncmp(path, "/devices/", 9) == 0 ? path + 1 : NULL;
}

int usb_path_port(const char *path, char ret[USB_PORT_SIZE])
{
	const char *below = below_sys(path), *name = below ? strrchr(below, '/') + 1 : "";
	struct usb_setting setting;

	if (usb_setting_parse_key(name, &setting) < 0 || !setting.by_port)
		return -EINVAL;
	return text_copy(ret, USB_PORT_SIZE, setting.port) < 0 ? -EINVAL : 0;
}

/* The path of the device at a port: the one that every name of it leads to. */
static int read_path(const struct host *host, const char *port, char ret[USB_PATH_SIZE])
{
	int list CLOSE_FD = beneath_open(host->sys, BUS, O_PATH | O_DIRECTORY, 0);
	char target[USB_PATH_SIZE];
	ssize_t n;

	if (list < 0)
		return list;
	n = readlinkat(list, port, target, sizeof(target));
	if (n < 0)
		return -errno;
	if ((size_t)n == sizeof(target))
		return -ENAMETOOLONG;
	target[n] = '\0';
	if (strncmp(target, UP, strlen(UP)) != 0)
		return -EBADMSG;
	return text_copy(ret, USB_PATH_SIZE, target + strlen(UP));
}

static int read_number(int directory, const char *name, unsigned int base, uint64_t max, uint64_t *ret)
{
	char value[16];
	ssize_t n = attribute_read(directory, name, value, sizeof(value));

	if (n < 0)
		return n == -E2BIG ? -EBADMSG : (int)n;
	return text_parse_number(value, base, max, ret) < 0 ? -EBADMSG : 0;
}

static int read_attributes(int directory, struct usb_plugged *plugged)
{
	uint64_t vendor, product, bus, number, class;
	int r;

	r = read_number(directory, "idVendor", 16, UINT16_MAX, &vendor);
	if (r == 0)
		r = read_number(directory, "idProduct", 16, UINT16_MAX, &product);
	if (r == 0)
		r = read_number(directory, "busnum", 10, UINT16_MAX, &bus);
	if (r == 0)
		r = read_number(directory, "devnum", 10, UINT16_MAX, &number);
	if (r == 0)
		r = read_number(directory, "bDeviceClass", 16, UINT8_MAX, &class);
	if (r < 0)
		return r;
	plugged->device.vendor = (uint16_t)vendor;
	plugged->device.product = (uint16_t)product;
	plugged->device.bus = (unsigned int)bus;
	plugged->device.number = (unsigned int)number;
	plugged->is_hub = class == CLASS_HUB;
	return 0;
}

int usb_plugged_probe(const struct host *host, const char *path, struct usb_plugged *ret)
{
	struct usb_plugged plugged = { 0 };
	int directory CLOSE_FD = -1;
	int r;

	r = usb_path_port(path, plugged.device.port);
	if (r == 0)
		r = read_path(host, plugged.device.port, plugged.path);
	if (r < 0)
		return r;
	/* Another device may have a port of that name: on a bus that came back with the number of one that went. */
	if (strcmp(below_sys(path), plugged.path) != 0)
		return -ENOENT;
	directory = beneath_open(host->sys, plugged.path, O_PATH | O_DIRECTORY, 0);
	if (directory < 0)
		return directory;
	r = read_attributes(directory, &plugged);
	if (r == 0)
		r = critical_probe_device(host, plugged.path, plugged.carries);
	if (r == 0)
		*ret = plugged;
	return r;
}

int usb_plugged_each(const struct host *host, int (*visit)(void *data, const char *path), void *data)
{
	struct usb_setting setting;
	struct dirent *entry;
	DIR *list;
	int r = beneath_list(host->sys, BUS, &list);

	/* A host without USB. */
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	while (r >= 0 && (entry = readdir(list))) {
		char target[USB_PATH_SIZE], path[USB_PATH_SIZE + 1];

		/* Interfaces and root hubs are listed as well, and what has just gone is no longer. */
		if (usb_setting_parse_key(entry->d_name, &setting) < 0 || !setting.by_port ||
			read_path(host, setting.port, target) < 0)
			continue;
		(void)snprintf(path, sizeof(path), "/%s", target);
		r = visit(data, path);
	}
	closedir(list);
	return r < 0 ? r : 0;
}
