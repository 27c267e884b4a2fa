// SPDX-License-Identifier: GPL-2.0-or-later
#include "udev/device.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "base/text.h"
#include "model/slot_path.h"
#include "probe/inventory.h"

#define DEVICES     "/devices/"
#define VFIO_GROUPS DEVICES "virtual/vfio/"

/* Whether a part of it is "..", with which a path could lie about where it leads. */
static bool goes_up(const char *path)
{
	for (; (path = strstr(path, "/..")); path += strlen("/..")) {
		if (path[strlen("/..")] == '/' || path[strlen("/..")] == '\0')
			return true;
	}
	return false;
}

static int read_id(int directory, const char *name, uint16_t *ret)
{
	char value[8];
	uint64_t number;
	ssize_t n = attribute_read(directory, name, value, sizeof(value));

	if (n < 0)
		return (int)n;
	if (text_parse_number(value, 16, UINT16_MAX, &number) < 0)
		return -EBADMSG;
	*ret = (uint16_t)number;
	return 0;
}

/* A USB device is called by its port, and has ids. Its strings would take its lock; these do not. */
static bool read_usb(int directory, const char *name, struct usb_device *ret)
{
	struct usb_setting setting;
	struct usb_device usb = { 0 };

	if (usb_setting_parse_key(name, &setting) < 0 || !setting.by_port)
		return false;
	if (read_id(directory, "idVendor", &usb.vendor) < 0 || read_id(directory, "idProduct", &usb.product) < 0)
		return false;
	memcpy(usb.port, setting.port, sizeof(usb.port));
	*ret = usb;
	return true;
}

static int parse_group(const char *devpath)
{
	uint64_t number;

	if (strncmp(devpath, VFIO_GROUPS, strlen(VFIO_GROUPS)) != 0 ||
		text_parse_number(devpath + strlen(VFIO_GROUPS), 10, INT_MAX, &number) < 0)
		return -1;
	return (int)number;
}

int device_find(const struct host *host, const char *devpath, struct device *ret)
{
	struct device device = { .group = -1 };
	int directory CLOSE_FD = -1;

	if (strncmp(devpath, DEVICES, strlen(DEVICES)) != 0 || strlen(devpath) >= PATH_MAX || goes_up(devpath))
		return -EINVAL;
	directory = beneath_open(host->sys, devpath + 1, O_PATH | O_DIRECTORY, 0);
	if (directory < 0)
		return directory == -ENOTDIR ? -EINVAL : directory;
	device.has_function = slot_path_find_function(devpath, &device.function);
	device.group = parse_group(devpath);
	device.is_usb = read_usb(directory, strrchr(devpath, '/') + 1, &device.usb);
	*ret = device;
	return 0;
}

static int probe_group(const struct host *host, int group, struct inventory *inventory)
{
	struct dirent *entry;
	char path[64];
	DIR *list;
	int r;

	(void)snprintf(path, sizeof(path), "kernel/iommu_groups/%d/devices", group);
	r = beneath_list(host->sys, path, &list);
	if (r < 0)
		return r;
	while (r >= 0 && (errno = 0, entry = readdir(list))) {
		struct address address;

		/* One may leave while we look. */
		if (address_parse(entry->d_name, &address) == 0)
			r = inventory_probe(host, address, inventory);
		r = r == -ENOENT ? 0 : r;
	}
	if (r >= 0)
		r = -errno;
	closedir(list);
	return r;
}

int device_probe_functions(const struct host *host, const struct device *device, struct inventory *inventory)
{
	if (device->group >= 0)
		return probe_group(host, device->group, inventory);
	return device->has_function ? inventory_probe(host, device->function, inventory) : -ENOENT;
}
