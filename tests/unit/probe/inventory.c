// SPDX-License-Identifier: GPL-2.0-or-later
/* What is read from the tree of a machine is what its record says. */
#include "probe/inventory.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/record.h"
#include "tests/support/scratch.h"
#include "tests/support/tree.h"
#include "tests/unit/probe/probe.h"

static const char *records[RECORDS_MAX];
static struct inventory recorded, probed;
static struct scratch scratch;
static struct host host;

static void start(const char *name)
{
	json_object *record = record_load(name);

	scratch_make(&scratch);
	record_dress(record);
	tree_write(scratch.fd, record, NULL);
	record_inventory(record, &recorded);
	json_object_put(record);
	ck_assert_int_eq(host_open(scratch.path, &host), 0);
	probed.n_functions = 0;
}

static void stop(void)
{
	host_close(&host);
	scratch_remove(&scratch);
}

static void check_same(const struct function *a, const struct function *b)
{
	const char *at = address_text(a->address).s;

	ck_assert_int_eq(address_compare(a->address, b->address), 0);
	ck_assert_msg(a->class_code == b->class_code, "%s: class %06x", at, b->class_code);
	ck_assert_msg(a->vendor == b->vendor && a->device == b->device, "%s: ids", at);
	ck_assert_msg(a->subsystem_vendor == b->subsystem_vendor && a->subsystem_device == b->subsystem_device,
		"%s: subsystem", at);
	ck_assert_msg(a->has_parent == b->has_parent, "%s: parent", at);
	if (a->has_parent)
		ck_assert_msg(address_compare(a->parent, b->parent) == 0, "%s: parent", at);
	ck_assert_msg(a->iommu_group == b->iommu_group, "%s: group %d", at, b->iommu_group);
	ck_assert_msg(a->numa_node == b->numa_node, "%s: node %d", at, b->numa_node);
	ck_assert_msg(a->boot_vga == b->boot_vga, "%s: boot_vga %d", at, b->boot_vga);
	ck_assert_msg(strcmp(a->driver, b->driver) == 0, "%s: driver '%s'", at, b->driver);
	ck_assert_msg(strcmp(a->driver_override, b->driver_override) == 0, "%s: '%s'", at, b->driver_override);
	ck_assert_msg(strcmp(a->power_control, b->power_control) == 0, "%s: power '%s'", at, b->power_control);
	ck_assert_msg(strcmp(a->d3cold_allowed, b->d3cold_allowed) == 0, "%s: '%s'", at, b->d3cold_allowed);
	ck_assert(a->is_virtual == b->is_virtual && !b->is_variant && !b->virtual_enabled);
}

START_TEST(test_functions)
{
	start(records[_i]);
	for (unsigned int i = 0; i < recorded.n_functions; i++) {
		struct function f;

		ck_assert_int_eq(function_probe(&host, recorded.functions[i].address, &f), 0);
		ck_assert_str_eq(f.driver_override, "");
		ck_assert_int_eq(function_probe_override(&host, &f), 0);
		check_same(&recorded.functions[i], &f);
	}
	stop();
}
END_TEST

/* As the chain of parents says it, and of no two functions the same. */
START_TEST(test_slot_paths)
{
	struct inventory *all = &probed;

	start(records[_i]);
	for (unsigned int i = 0; i < recorded.n_functions; i++) {
		struct function f;
		char last[8];

		ck_assert_int_eq(function_probe(&host, recorded.functions[i].address, &f), 0);
		ck_assert_int_eq(inventory_put(all, &f), 0);
		(void)snprintf(last, sizeof(last), "%02x.%x", f.address.slot, f.address.function);
		ck_assert_msg(f.slot_path.s[0] != '\0', "%s has none", address_text(f.address).s);
		ck_assert_str_eq(f.slot_path.s + strlen(f.slot_path.s) - strlen(last), last);
		if (!f.has_parent)
			ck_assert_str_eq(f.slot_path.s, address_text(f.address).s);
	}
	for (unsigned int i = 0; i < all->n_functions; i++) {
		const struct function *f = &all->functions[i];
		const struct function *above = f->has_parent ? inventory_find(all, f->parent) : NULL;

		if (f->slot_path.s[0] && above)
			ck_assert_mem_eq(f->slot_path.s, above->slot_path.s, strlen(above->slot_path.s));
		for (unsigned int j = 0; j < i && f->slot_path.s[0]; j++)
			ck_assert_msg(
				strcmp(f->slot_path.s, all->functions[j].slot_path.s) != 0, "%s twice", f->slot_path.s);
	}
	stop();
}
END_TEST

static bool shares_group(const struct function *f)
{
	for (unsigned int i = 0; i < recorded.n_functions; i++) {
		const struct function *other = &recorded.functions[i];

		if (!function_is_display(other))
			continue;
		if (address_same_slot(other->address, f->address))
			return true;
		for (unsigned int j = 0; j < recorded.n_functions; j++) {
			const struct function *sibling = &recorded.functions[j];

			if (address_same_slot(sibling->address, other->address) && sibling->iommu_group >= 0 &&
				sibling->iommu_group == f->iommu_group)
				return true;
		}
	}
	return false;
}

/* The displays, their slots, the groups of these, and nothing else. */
START_TEST(test_displays)
{
	start(records[_i]);
	ck_assert_int_ge(inventory_probe_displays(&host, &probed), 0);
	for (unsigned int i = 0; i < recorded.n_functions; i++) {
		const struct function *f = &recorded.functions[i], *found = inventory_find(&probed, f->address);

		ck_assert_msg((found != NULL) == shares_group(f), "%s", address_text(f->address).s);
	}
	stop();
}
END_TEST

static struct address at(const char *text)
{
	struct address address;

	ck_assert_int_eq(address_parse(text, &address), 0);
	return address;
}

START_TEST(test_overrides)
{
	start("rocketlake-i7-11700-rtx2060");
	put_text(scratch.fd, "sys/bus/pci/devices/0000:02:00.3/driver_override", "vfio-pci\n");
	ck_assert_int_eq(inventory_probe(&host, at("0000:02:00.1"), &probed), 0);
	ck_assert_uint_eq(probed.n_functions, 4);
	ck_assert_int_eq(inventory_probe_overrides(&host, at("0000:02:00.1"), &probed), 0);
	ck_assert_str_eq(inventory_find(&probed, at("0000:02:00.3"))->driver_override, "vfio-pci");
	ck_assert_str_eq(inventory_find(&probed, at("0000:02:00.0"))->driver_override, OVERRIDE_NONE);
	ck_assert_int_eq(inventory_probe(&host, at("0000:77:00.0"), &probed), -ENOENT);
	ck_assert_int_eq(inventory_probe_overrides(&host, at("0000:77:00.0"), &probed), -ENOENT);
	stop();
}
END_TEST

/* What is virtual, and what is VFIO's already by its vendor's driver. */
START_TEST(test_virtual)
{
	struct function f;

	start("rocketlake-i7-11700-rtx2060");
	put_link(scratch.fd, "sys/devices/pci0000:00/0000:00:02.0/physfn", "sys/devices/pci0000:00/0000:00:04.0");
	put_link(scratch.fd, "sys/devices/pci0000:00/0000:00:04.0/virtfn0", "sys/devices/pci0000:00/0000:00:02.0");
	put_directory(scratch.fd, "sys/bus/pci/devices/0000:00:02.0/vfio-dev/vfio3");
	ck_assert_int_eq(function_probe(&host, at("0000:00:02.0"), &f), 0);
	ck_assert(f.is_virtual && f.is_variant && !f.virtual_enabled);
	ck_assert_str_eq(address_text(f.physical).s, "0000:00:04.0");
	ck_assert_int_eq(function_probe(&host, at("0000:00:04.0"), &f), 0);
	ck_assert(!f.is_virtual && !f.is_variant && f.virtual_enabled);
	stop();
}
END_TEST

/* Attributes that no kernel writes. */
static const struct {
	const char *name, *value;
	int expected;
} hostile[] = {
	{ "vendor", "0x10dez\n", -EINVAL },
	{ "vendor", "0x110de\n", -ERANGE },
	{ "vendor", "\n", -EINVAL },
	{ "class", "0x1030000\n", -ERANGE },
	{ "numa_node", "99999999999\n", -ERANGE },
	{ "numa_node", "-1\n", 0 },
	{ "boot_vga", "yes\n", -EINVAL },
	{ "power/control", "automatically\n", -E2BIG },
	{ "vendor", "0xffffffffffffffffffffffffffffffffffff\n", -E2BIG },
};

START_TEST(test_hostile)
{
	struct function f = { .vendor = 0x1234 };
	char path[128] = "sys/bus/pci/devices/0000:02:00.0/";

	start("rocketlake-i7-11700-rtx2060");
	strcat(path, hostile[_i].name);
	put_text(scratch.fd, path, "%s", hostile[_i].value);
	ck_assert_int_eq(function_probe(&host, at("0000:02:00.0"), &f), hostile[_i].expected);
	if (hostile[_i].expected)
		ck_assert_uint_eq(f.vendor, 0x1234);
	stop();
}
END_TEST

/* Nothing but a directory: a function whose kernel tells nothing. */
START_TEST(test_bare)
{
	struct function f;

	scratch_make(&scratch);
	put_directory(scratch.fd, "sys/bus/pci/devices/0000:01:00.0");
	ck_assert_int_eq(host_open(scratch.path, &host), 0);
	ck_assert_int_eq(function_probe(&host, at("0000:01:00.0"), &f), 0);
	ck_assert_int_eq(f.iommu_group, -1);
	ck_assert_int_eq(f.numa_node, -1);
	ck_assert_int_eq(f.boot_vga, -1);
	ck_assert_str_eq(f.driver, "");
	ck_assert_str_eq(f.power_control, "");
	ck_assert(!f.has_parent && !f.is_virtual && !f.is_variant);
	ck_assert_int_eq(function_probe(&host, at("0000:01:00.1"), &f), -ENOENT);
	stop();
}
END_TEST

TCase *case_inventory(void)
{
	TCase *tcase = suite_case("inventory");
	int n = (int)record_names(records);

	tcase_add_loop_test(tcase, test_functions, 0, n);
	tcase_add_loop_test(tcase, test_slot_paths, 0, n);
	tcase_add_loop_test(tcase, test_displays, 0, n);
	tcase_add_test(tcase, test_overrides);
	tcase_add_test(tcase, test_virtual);
	add_rows(tcase, test_hostile, hostile);
	tcase_add_test(tcase, test_bare);
	return tcase;
}
