// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/support/tree.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/support/record.h"
#include "tests/support/scratch.h"
#include "tests/support/tree_cpu.h"

#define N_RESOURCES 13

struct device {
	json_object *record;
	const char *address, *driver;
	uint32_t class_code;
	uint16_t vendor, device, subsystem_vendor, subsystem_device;
	uint8_t revision;
	char path[PATH_MAX]; /* beneath the root */
};

static uint32_t hex(json_object *device, const char *key)
{
	const char *text = record_text(device, key);

	return text ? (uint32_t)strtoul(text, NULL, 16) : 0;
}

/* Where a device sits: below its parent's directory, or its root bus's, which VMD makes below a device of its own. */
static size_t write_path(json_object *host, json_object *device, char *path, size_t size)
{
	const char *address = record_text(device, "address"), *above = record_text(device, "parent");
	json_object *parent = above ? record_device(host, above) : NULL;
	bool has_parent = parent && parent != device;
	size_t n;

	if (has_parent)
		n = write_path(host, parent, path, size);
	else
		n = (size_t)snprintf(path, size, "sys/devices");
	if (!has_parent || strcspn(above, ":") != strcspn(address, ":") ||
		strncmp(above, address, strcspn(address, ":")) != 0)
		n += (size_t)snprintf(path + n, size - n, "/pci%.*s", (int)strlen(address) - 5, address);
	return n + (size_t)snprintf(path + n, size - n, "/%s", address);
}

static void read_device(json_object *host, json_object *record, struct device *ret)
{
	const char *class_code = record_text(record, "class"), *subsystem = record_text(record, "subsystem");
	unsigned int vendor = 0, device = 0;
	char digits[7];

	if (subsystem)
		(void)sscanf(subsystem, "%x:%x", &vendor, &device);
	/* Listings have four digits of a class, or six. */
	(void)snprintf(digits, sizeof(digits), "%s%s", class_code ? class_code : "",
		&"000000"[class_code ? strlen(class_code) : 0]);
	*ret = (struct device){
		.record = record,
		.address = record_text(record, "address"),
		.driver = record_text(record, "driver"),
		.class_code = (uint32_t)strtoul(digits, NULL, 16),
		.vendor = (uint16_t)hex(record, "vendor"),
		.device = (uint16_t)hex(record, "device"),
		.subsystem_vendor = (uint16_t)vendor,
		.subsystem_device = (uint16_t)device,
		.revision = (uint8_t)hex(record, "revision"),
	};
	(void)write_path(host, record, ret->path, sizeof(ret->path));
}

/* A value of the device's directory. */
#define PUT(root, device, name, ...)                                                                                   \
	do {                                                                                                           \
		char put_path_[PATH_MAX + 32];                                                                         \
		(void)snprintf(put_path_, sizeof(put_path_), "%s/%s", (device)->path, name);                           \
		put_text(root, put_path_, __VA_ARGS__);                                                                \
	} while (0)

static void put_ids(int root, const struct device *d)
{
	PUT(root, d, "vendor", "0x%04x\n", d->vendor);
	PUT(root, d, "device", "0x%04x\n", d->device);
	PUT(root, d, "class", "0x%06x\n", d->class_code);
	PUT(root, d, "revision", "0x%02x\n", d->revision);
	PUT(root, d, "subsystem_vendor", "0x%04x\n", d->subsystem_vendor);
	PUT(root, d, "subsystem_device", "0x%04x\n", d->subsystem_device);
	PUT(root, d, "uevent", "%s%s%sPCI_CLASS=%X\nPCI_ID=%04X:%04X\nPCI_SUBSYS_ID=%04X:%04X\nPCI_SLOT_NAME=%s\n",
		d->driver ? "DRIVER=" : "", d->driver ? d->driver : "", d->driver ? "\n" : "", d->class_code, d->vendor,
		d->device, d->subsystem_vendor, d->subsystem_device, d->address);
	PUT(root, d, "modalias", "pci:v%08Xd%08Xsv%08Xsd%08Xbc%02Xsc%02Xi%02X\n", d->vendor, d->device,
		d->subsystem_vendor, d->subsystem_device, d->class_code >> 16, d->class_code >> 8 & 0xff,
		d->class_code & 0xff);
}

/*
 * Documentation/PCI/sysfs-pci.rst. Few listings tell: "bars" of a record's device has [start, size, flags] for each of
 * its first ones, hexadecimal; all else is empty.
 */
static void put_resources(int root, const struct device *d)
{
	json_object *bars = json_object_object_get(d->record, "bars");
	char text[N_RESOURCES * 57 + 1] = "";
	size_t n = 0;

	for (size_t i = 0; i < N_RESOURCES; i++) {
		json_object *bar =
			bars && i < json_object_array_length(bars) ? json_object_array_get_idx(bars, i) : NULL;
		unsigned long long numbers[3] = { 0 };

		for (size_t j = 0; bar && j < 3; j++)
			numbers[j] = strtoull(json_object_get_string(json_object_array_get_idx(bar, j)), NULL, 16);
		n += (size_t)snprintf(text + n, sizeof(text) - n, "0x%016llx 0x%016llx 0x%016llx\n", numbers[0],
			numbers[1] ? numbers[0] + numbers[1] - 1 : 0, numbers[2]);
	}
	PUT(root, d, "resource", "%s", text);
}

static void put_state(int root, const struct device *d)
{
	const char *override = record_text(d->record, "driver_override"),
		   *power = record_text(d->record, "power_control");
	json_object *node;

	put_resources(root, d);
	PUT(root, d, "irq", "0\n");
	PUT(root, d, "enable", "0\n");
	PUT(root, d, "d3cold_allowed", "1\n");
	PUT(root, d, "driver_override", "%s\n", override ? override : "(null)");
	PUT(root, d, "power/control", "%s\n", power ? power : "on");
	node = json_object_object_get(d->record, "numa_node");
	PUT(root, d, "numa_node", "%d\n", node ? json_object_get_int(node) : -1);
	if (d->class_code >> 8 == 0x0300)
		PUT(root, d, "boot_vga", "%d\n",
			json_object_get_boolean(json_object_object_get(d->record, "boot_vga")));
}

/* Whether another device of the record is a function of the same slot. */
static bool has_sibling(json_object *host, const struct device *d)
{
	json_object *devices = json_object_object_get(host, "devices");
	size_t slot = strlen(d->address) - 1;

	for (size_t i = 0; i < json_object_array_length(devices); i++) {
		const char *other = record_text(json_object_array_get_idx(devices, i), "address");

		if (strncmp(other, d->address, slot) == 0 && strcmp(other, d->address) != 0)
			return true;
	}
	return false;
}

/* The header of configuration space, as lspci reads it (PCI Local Bus Specification, 6.1). */
static void put_config(int root, const struct device *d, bool multifunction)
{
	bool bridge = d->class_code >> 8 == 0x0604;
	uint8_t config[256] = {
		[0x00] = (uint8_t)d->vendor,
		[0x01] = (uint8_t)(d->vendor >> 8),
		[0x02] = (uint8_t)d->device,
		[0x03] = (uint8_t)(d->device >> 8),
		[0x08] = d->revision,
		[0x09] = (uint8_t)d->class_code,
		[0x0a] = (uint8_t)(d->class_code >> 8),
		[0x0b] = (uint8_t)(d->class_code >> 16),
		[0x0e] = (uint8_t)((bridge ? 0x01 : 0) | (multifunction ? 0x80 : 0)),
	};
	char path[PATH_MAX + 32];

	if (!bridge) {
		config[0x2c] = (uint8_t)d->subsystem_vendor;
		config[0x2d] = (uint8_t)(d->subsystem_vendor >> 8);
		config[0x2e] = (uint8_t)d->subsystem_device;
		config[0x2f] = (uint8_t)(d->subsystem_device >> 8);
	}
	(void)snprintf(path, sizeof(path), "%s/config", d->path);
	put_bytes(root, path, config, sizeof(config));
}

static void put_driver(int root, const struct device *d)
{
	static const char *const files[] = { "bind", "unbind", "new_id" };
	char driver[PATH_MAX], path[PATH_MAX + 32];

	(void)snprintf(driver, sizeof(driver), "sys/bus/pci/drivers/%s", d->driver);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", driver, files[i]);
		put_text(root, path, "%s", "");
	}
	(void)snprintf(path, sizeof(path), "%s/driver", d->path);
	put_link(root, path, driver);
	(void)snprintf(path, sizeof(path), "%s/%s", driver, d->address);
	put_link(root, path, d->path);
}

static void put_group(int root, const struct device *d, int number)
{
	char group[64], path[PATH_MAX + 32];

	(void)snprintf(group, sizeof(group), "sys/kernel/iommu_groups/%d", number);
	(void)snprintf(path, sizeof(path), "%s/type", group);
	put_text(root, path, "DMA\n");
	(void)snprintf(path, sizeof(path), "%s/devices/%s", group, d->address);
	put_link(root, path, d->path);
	(void)snprintf(path, sizeof(path), "%s/iommu_group", d->path);
	put_link(root, path, group);
}

static void put_device(int root, json_object *host, json_object *record)
{
	json_object *group = json_object_object_get(record, "iommu_group");
	const char *physical = record_text(record, "physfn");
	char path[PATH_MAX + 32], target[PATH_MAX];
	struct device d;

	read_device(host, record, &d);
	put_ids(root, &d);
	put_state(root, &d);
	put_config(root, &d, has_sibling(host, &d));
	(void)snprintf(path, sizeof(path), "sys/bus/pci/devices/%s", d.address);
	put_link(root, path, d.path);
	(void)snprintf(path, sizeof(path), "%s/subsystem", d.path);
	put_link(root, path, "sys/bus/pci");
	if (d.driver)
		put_driver(root, &d);
	if (group)
		put_group(root, &d, json_object_get_int(group));
	if (physical) {
		(void)snprintf(path, sizeof(path), "%s/physfn", d.path);
		(void)write_path(host, record_device(host, physical), target, sizeof(target));
		put_link(root, path, target);
	}
}

void tree_write(int root, json_object *host, json_object *topology)
{
	json_object *devices = json_object_object_get(host, "devices");
	size_t n = devices ? json_object_array_length(devices) : 0;

	put_directory(root, "sys");
	for (size_t i = 0; i < n; i++)
		put_device(root, host, json_object_array_get_idx(devices, i));
	if (n) {
		put_text(root, "sys/bus/pci/drivers_probe", "%s", "");
		put_directory(root, "sys/bus/pci/drivers");
		put_directory(root, "sys/kernel/iommu_groups");
	}
	if (!topology)
		topology = json_object_object_get(host, "cpu_topology");
	if (topology)
		tree_write_cpus(root, topology);
}
