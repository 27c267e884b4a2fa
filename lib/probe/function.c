// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"
#include "probe/inventory.h"

#define DEVICES "bus/pci/devices/"

/* Of whom more classes are displays than of others. */
#define VENDOR_AMD 0x1002

int function_open(const struct host *host, struct address address)
{
	char path[sizeof(DEVICES) + ADDRESS_TEXT_SIZE];

	(void)snprintf(path, sizeof(path), DEVICES "%s", address_text(address).s);
	return beneath_open(host->sys, path, O_PATH | O_DIRECTORY, 0);
}

static int read_identity(int device, uint64_t *ret)
{
	struct stat st;

	if (fstat(device, &st) < 0)
		return -errno;
	*ret = st.st_ino;
	return 0;
}

int function_identify(const struct host *host, struct address address, uint64_t *ret)
{
	int device CLOSE_FD = function_open(host, address);

	return device < 0 ? device : read_identity(device, ret);
}

/* An attribute of 0x and digits. One that is not there reads as 0. */
static int read_hex(int device, const char *name, uint64_t max, uint64_t *ret)
{
	char value[32];
	ssize_t n = attribute_read(device, name, value, sizeof(value));

	*ret = 0;
	if (n == -ENOENT)
		return 0;
	if (n < 0)
		return (int)n;
	return text_parse_number(strncmp(value, "0x", 2) == 0 ? value + 2 : value, 16, max, ret);
}

/* A decimal attribute. One that is not there, or negative, reads as -1. */
static int read_decimal(int device, const char *name, int *ret)
{
	char value[32];
	uint64_t number;
	ssize_t n = attribute_read(device, name, value, sizeof(value));
	int r;

	*ret = -1;
	if (n == -ENOENT || value[0] == '-')
		return 0;
	if (n < 0)
		return (int)n;
	r = text_parse_number(value, 10, INT32_MAX, &number);
	if (r == 0)
		*ret = (int)number;
	return r;
}

/* Text of an attribute, or of the last part of a symlink. What is not there reads as "". */
static int read_optional(int device, const char *name, char *buffer, size_t size)
{
	ssize_t n = attribute_read(device, name, buffer, size);

	return n == -ENOENT ? 0 : n < 0 ? (int)n : 0;
}

static int read_optional_link(int device, const char *name, char *buffer, size_t size)
{
	ssize_t n = attribute_link_name(device, name, buffer, size);

	return n == -ENOENT ? 0 : n < 0 ? (int)n : 0;
}

static int read_ids(int device, struct function *function)
{
	struct {
		const char *name;
		uint16_t *target;
	} ids[] = {
		{ "vendor", &function->vendor },
		{ "device", &function->device },
		{ "subsystem_vendor", &function->subsystem_vendor },
		{ "subsystem_device", &function->subsystem_device },
	};
	uint64_t value;
	int r;

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		r = read_hex(device, ids[i].name, UINT16_MAX, &value);
		if (r < 0)
			return r;
		*ids[i].target = (uint16_t)value;
	}
	r = read_hex(device, "class", 0xffffff, &value);
	function->class_code = (uint32_t)value;
	return r;
}

static int read_numbers(int device, struct function *function)
{
	int r = read_decimal(device, "boot_vga", &function->boot_vga);
	if (r < 0)
		return r;
	return read_decimal(device, "numa_node", &function->numa_node);
}

static int read_texts(int device, struct function *function)
{
	int r;

	r = read_optional_link(device, "driver", function->driver, sizeof(function->driver));
	if (r < 0)
		return r;
	r = read_optional(device, "power/control", function->power_control, sizeof(function->power_control));
	if (r < 0)
		return r;
	r = read_optional(device, "d3cold_allowed", function->d3cold_allowed, sizeof(function->d3cold_allowed));
	if (r < 0)
		return r;
	/* A longer list than any kernel's is not worth a failure. */
	(void)read_optional(device, "reset_method", function->reset_method, sizeof(function->reset_method));
	return 0;
}

static int read_group(int device, struct function *function)
{
	char name[16];
	uint64_t group;
	int r;

	function->iommu_group = -1;
	r = read_optional_link(device, "iommu_group", name, sizeof(name));
	if (r < 0 || !name[0])
		return r;
	r = text_parse_number(name, 10, INT32_MAX, &group);
	if (r == 0)
		function->iommu_group = (int)group;
	return r;
}

/* The slot path, and the bridge above: the last but one part of where the device's link leads. */
static void read_place(const struct host *host, struct function *function)
{
	int devices CLOSE_FD = beneath_open(host->sys, DEVICES, O_PATH | O_DIRECTORY, 0);
	char target[4096], *last, *above;
	ssize_t n;

	n = readlinkat(devices, address_text(function->address).s, target, sizeof(target) - 1);
	if (n < 0)
		return;
	target[n] = '\0';
	(void)slot_path_from_link(target, &function->slot_path);
	last = strrchr(target, '/');
	if (!last)
		return;
	*last = '\0';
	above = strrchr(target, '/');
	function->has_parent = above && address_parse(above + 1, &function->parent) == 0;
}

static void read_virtual(int device, struct function *function)
{
	char physical[ADDRESS_TEXT_SIZE];
	struct stat st;

	function->is_virtual = attribute_link_name(device, "physfn", physical, sizeof(physical)) > 0 &&
			       address_parse(physical, &function->physical) == 0;
	/* On a bus that no bridge leads to, it would have the path of another function. */
	if (function->is_virtual && function->physical.bus != function->address.bus)
		function->slot_path.s[0] = '\0';
	function->is_variant =
		strcmp(function->driver, "vfio-pci") != 0 && fstatat(device, "vfio-dev", &st, AT_SYMLINK_NOFOLLOW) == 0;
	/* The link of the first: sriov_numvfs itself takes the device lock. */
	function->virtual_enabled = fstatat(device, "virtfn0", &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* One that goes while it is looked at is one that was not there. */
static int absent(int r)
{
	return attribute_is_gone(r) ? -ENOENT : r;
}

int function_may_be_display(const struct host *host, struct address address, bool *ret)
{
	char path[sizeof(DEVICES) + ADDRESS_TEXT_SIZE + sizeof("/class")];
	struct function function = { .vendor = VENDOR_AMD };
	uint64_t value;
	int r;

	/* At once: it is asked of every function of a host. */
	(void)snprintf(path, sizeof(path), DEVICES "%s/class", address_text(address).s);
	r = absent(read_hex(host->sys, path, 0xffffff, &value));
	function.class_code = (uint32_t)value;
	*ret = function_is_display(&function);
	return r;
}

int function_probe(const struct host *host, struct address address, struct function *ret)
{
	int device CLOSE_FD = function_open(host, address);
	struct function function = { .address = address };
	int r;

	if (device < 0)
		return absent(device);
	r = read_ids(device, &function);
	if (r == 0)
		r = read_numbers(device, &function);
	if (r == 0)
		r = read_texts(device, &function);
	if (r == 0)
		r = read_group(device, &function);
	if (r < 0)
		return absent(r);
	(void)read_identity(device, &function.identity);
	read_place(host, &function);
	read_virtual(device, &function);
	*ret = function;
	return 0;
}

int function_probe_override(const struct host *host, struct function *function)
{
	int device CLOSE_FD = function_open(host, function->address);
	ssize_t n;

	if (device < 0)
		return absent(device);
	n = host->kernel->read(host, device, "driver_override", function->driver_override,
		sizeof(function->driver_override), OVERRIDE_DEADLINE_MS);
	/* One without the attribute is not gone. */
	return n == -ENOENT || n >= 0 ? 0 : absent((int)n);
}
