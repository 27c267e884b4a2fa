// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/support/record.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int is_record(const struct dirent *entry)
{
	const char *suffix = strrchr(entry->d_name, '.');

	return suffix && strcmp(suffix, ".json") == 0;
}

unsigned int record_names(const char *names[RECORDS_MAX])
{
	static char *known[RECORDS_MAX];
	static int n;
	struct dirent **entries;

	if (n == 0) {
		n = scandir(RECORDS, &entries, is_record, alphasort);
		if (n < 0 || n > RECORDS_MAX) {
			(void)fprintf(stderr, "cannot list '" RECORDS "': run the tests in the root of the source\n");
			exit(99);
		}
		for (int i = 0; i < n; i++) {
			*strrchr(entries[i]->d_name, '.') = '\0';
			known[i] = strdup(entries[i]->d_name);
			free(entries[i]);
		}
		free(entries);
	}
	memcpy(names, known, (size_t)n * sizeof(known[0]));
	return (unsigned int)n;
}

json_object *record_load(const char *name)
{
	char path[256];
	json_object *host;

	(void)snprintf(path, sizeof(path), RECORDS "/%s.json", name);
	host = json_object_from_file(path);
	if (!host) {
		(void)fprintf(stderr, "cannot read '%s': %s\n", path, json_util_get_last_err());
		exit(99);
	}
	return host;
}

const char *record_text(json_object *object, const char *key)
{
	json_object *value = json_object_object_get(object, key);

	return value ? json_object_get_string(value) : NULL;
}

int record_number(json_object *object, const char *key, int otherwise)
{
	json_object *value = json_object_object_get(object, key);

	return value ? json_object_get_int(value) : otherwise;
}

json_object *record_device(json_object *host, const char *address)
{
	json_object *devices = json_object_object_get(host, "devices");

	for (size_t i = 0; i < json_object_array_length(devices); i++) {
		json_object *device = json_object_array_get_idx(devices, i);

		if (strcmp(record_text(device, "address"), address) == 0)
			return device;
	}
	return NULL;
}

static const char *usual_driver(json_object *device)
{
	static const struct {
		const char *class_code, *vendor, *driver; /* a beginning of the class; NULL for any vendor */
	} usual[] = {
		{ "03", "10de", "nvidia" },
		{ "03", "1002", "amdgpu" },
		{ "03", "8086", "i915" },
		{ "03", "1a03", "ast" },
		{ "0403", NULL, "snd_hda_intel" },
		{ "0c03", NULL, "xhci_hcd" },
		{ "0c80", "10de", "nvidia-gpu" },
		{ "0604", NULL, "pcieport" },
		{ "0108", NULL, "nvme" },
		{ "02", NULL, "e1000e" },
	};
	const char *class_code = record_text(device, "class"), *vendor = record_text(device, "vendor");

	for (size_t i = 0; class_code && i < sizeof(usual) / sizeof(usual[0]); i++) {
		if (strncmp(class_code, usual[i].class_code, strlen(usual[i].class_code)) == 0 &&
			(!usual[i].vendor || (vendor && strcmp(vendor, usual[i].vendor) == 0)))
			return usual[i].driver;
	}
	return NULL;
}

void record_dress(json_object *host)
{
	json_object *devices = json_object_object_get(host, "devices");

	for (size_t i = 0; i < json_object_array_length(devices); i++) {
		json_object *device = json_object_array_get_idx(devices, i);
		const char *driver = usual_driver(device), *recorded = record_text(device, "driver");

		if (driver && (!recorded || strcmp(recorded, "vfio-pci") == 0))
			json_object_object_add(device, "driver", json_object_new_string(driver));
		if (i % 2)
			json_object_object_add(device, "power_control", json_object_new_string("auto"));
	}
}

static uint16_t id(json_object *device, const char *key)
{
	const char *text = record_text(device, key);

	return text ? (uint16_t)strtoul(text, NULL, 16) : 0;
}

static void set_text(char *target, size_t size, const char *text, const char *otherwise)
{
	(void)snprintf(target, size, "%s", text ? text : otherwise);
}

void record_inventory(json_object *host, struct inventory *ret)
{
	json_object *devices = json_object_object_get(host, "devices");

	ret->n_functions = 0;
	for (size_t i = 0; i < json_object_array_length(devices); i++) {
		json_object *device = json_object_array_get_idx(devices, i);
		const char *class_code = record_text(device, "class"), *parent = record_text(device, "parent");
		const char *subsystem = record_text(device, "subsystem"), *physical = record_text(device, "physfn");
		unsigned int subsystem_vendor = 0, subsystem_device = 0;
		struct function f = {
			.vendor = id(device, "vendor"),
			.device = id(device, "device"),
			.iommu_group = record_number(device, "iommu_group", -1),
			.numa_node = record_number(device, "numa_node", -1),
			.boot_vga = -1,
		};

		(void)address_parse(record_text(device, "address"), &f.address);
		f.class_code = class_code ? (uint32_t)strtoul(class_code, NULL, 16) : 0;
		if (class_code && strlen(class_code) == 4)
			f.class_code <<= 8;
		if (f.class_code >> 8 == 0x0300)
			f.boot_vga = record_number(device, "boot_vga", 0);
		if (subsystem)
			(void)sscanf(subsystem, "%x:%x", &subsystem_vendor, &subsystem_device);
		f.subsystem_vendor = (uint16_t)subsystem_vendor;
		f.subsystem_device = (uint16_t)subsystem_device;
		/* Above a domain of VMD's own is its root bus, which is no function. */
		f.has_parent = parent && record_device(host, parent) && address_parse(parent, &f.parent) == 0 &&
			       f.parent.domain == f.address.domain;
		f.is_virtual = physical && address_parse(physical, &f.physical) == 0;
		set_text(f.driver, sizeof(f.driver), record_text(device, "driver"), "");
		set_text(f.driver_override, sizeof(f.driver_override), record_text(device, "driver_override"),
			OVERRIDE_NONE);
		set_text(f.power_control, sizeof(f.power_control), record_text(device, "power_control"), "on");
		set_text(f.d3cold_allowed, sizeof(f.d3cold_allowed), "1", "");
		(void)inventory_put(ret, &f);
	}
}
