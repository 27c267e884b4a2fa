// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/usb_device.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"
#include "probe/critical.h"
#include "probe/disk.h"

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

	if (!usb_is_port(name))
		return -EINVAL;
	(void)text_copy(ret, USB_PORT_SIZE, name);
	return 0;
}

/* The path of the device at a port. */
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

static int read_device(int directory, struct usb_device *device)
{
	uint64_t vendor, product, bus, number;
	int r;

	r = read_number(directory, "idVendor", 16, UINT16_MAX, &vendor);
	if (r == 0)
		r = read_number(directory, "idProduct", 16, UINT16_MAX, &product);
	if (r == 0)
		r = read_number(directory, "busnum", 10, UINT16_MAX, &bus);
	if (r == 0)
		r = read_number(directory, "devnum", 10, UINT16_MAX, &number);
	if (r < 0)
		return r;
	device->vendor = (uint16_t)vendor;
	device->product = (uint16_t)product;
	device->bus = (unsigned int)bus;
	device->number = (unsigned int)number;
	return 0;
}

int usb_device_probe(const struct host *host, const char *path, struct usb_device *ret)
{
	struct usb_device device;
	int directory CLOSE_FD = -1;
	int r = usb_path_port(path, device.port);

	if (r < 0)
		return r;
	directory = beneath_open(host->sys, below_sys(path), O_PATH | O_DIRECTORY, 0);
	if (directory < 0)
		return directory;
	r = read_device(directory, &device);
	if (r == 0)
		*ret = device;
	return r;
}

int usb_plugged_probe(const struct host *host, const char *port, struct usb_plugged *ret)
{
	struct usb_plugged plugged = { 0 };
	int directory CLOSE_FD = -1;
	uint64_t class;
	int r;

	if (!usb_is_port(port))
		return -EINVAL;
	(void)text_copy(plugged.device.port, sizeof(plugged.device.port), port);
	r = read_path(host, port, plugged.path);
	if (r < 0)
		return r;
	directory = beneath_open(host->sys, plugged.path, O_PATH | O_DIRECTORY, 0);
	if (directory < 0)
		return directory;
	r = read_device(directory, &plugged.device);
	if (r == 0)
		r = read_number(directory, "bDeviceClass", 16, UINT8_MAX, &class);
	if (r < 0)
		return r;
	plugged.is_hub = class == CLASS_HUB;
	r = critical_probe_device(host, plugged.path, plugged.carries);
	if (r == 0)
		*ret = plugged;
	return r;
}

struct search {
	const struct host *host;
	struct usb_plugged *plugged;
	bool untold;
};

static int visit_device(void *data, const struct below *below)
{
	struct search *search = data;
	struct text text;
	int r;

	if (strcmp(below->subsystem, "block") != 0 || search->plugged->carries[0])
		return 0;
	r = disk_probe(search->host, below, USB_DISK_DEADLINE_MS);
	search->untold = search->untold || r == DISK_UNTOLD;
	if (r != DISK_PART && r != DISK_CLAIMED)
		return r < 0 ? r : 0;
	text_init(&text, search->plugged->carries, CARRIES_SIZE);
	text_add(&text, "holds '");
	text_add_foreign(&text, below->name);
	text_add(
		&text, r == DISK_PART ? "', which is part of another disk" : "', which is mounted or otherwise in use");
	return 0;
}

int usb_plugged_probe_disks(const struct host *host, struct usb_plugged *plugged)
{
	struct search search = { .host = host, .plugged = plugged };
	int r = plugged->carries[0] ? 0 : below_walk_path(host, plugged->path, visit_device, &search);

	if (r < 0)
		return r;
	return search.untold && !plugged->carries[0] ? -EACCES : 0;
}

int usb_plugged_each(const struct host *host, int (*visit)(void *data, const char *port), void *data)
{
	struct dirent *entry;
	DIR *list;
	int r = beneath_list(host->sys, BUS, &list);

	/* A host without USB. */
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	/* Interfaces and root hubs are listed as well. */
	while (r >= 0 && (entry = readdir(list))) {
		if (usb_is_port(entry->d_name))
			r = visit(data, entry->d_name);
	}
	closedir(list);
	return r < 0 ? r : 0;
}
