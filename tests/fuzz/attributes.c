// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * function_probe(): the input is a function in sysfs, a line NAME=TEXT an attribute; driver, iommu_group and physfn
 * are symlinks. NULs stand for newlines within a text.
 */
#include <errno.h>

#include "probe/inventory.h"
#include "tests/fuzz/tree.h"

#define DEVICE "bus/pci/devices/0000:01:00.0"
#define POWER  "bus/pci/devices/0000:01:00.0/power"

static const struct {
	const char *name;
	bool link;
} attributes[] = {
	{ "class", false },
	{ "vendor", false },
	{ "device", false },
	{ "subsystem_vendor", false },
	{ "subsystem_device", false },
	{ "boot_vga", false },
	{ "numa_node", false },
	{ "power/control", false },
	{ "d3cold_allowed", false },
	{ "driver_override", false },
	{ "reset_method", false },
	{ "driver", true },
	{ "iommu_group", true },
	{ "physfn", true },
	{ "virtfn0", true },
	{ "vfio-dev", true },
};
#define N_ATTRIBUTES (sizeof(attributes) / sizeof(attributes[0]))

static int make_tree(void)
{
	static const char *const directories[] = { "bus", "bus/pci", "bus/pci/devices", DEVICE, POWER };
	int tree = tree_new();

	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++)
		tree_directory(tree, directories[i]);
	return tree;
}

static void set_attribute(int device, const char *line, size_t length)
{
	for (size_t i = 0; i < N_ATTRIBUTES; i++) {
		size_t n = strlen(attributes[i].name);
		char *text;

		if (length <= n || memcmp(line, attributes[i].name, n) != 0 || line[n] != '=')
			continue;
		text = strndup(line + n + 1, length - n - 1);
		PROMISE(text);
		(void)unlinkat(device, attributes[i].name, 0);
		if (!attributes[i].link)
			tree_write(device, attributes[i].name, line + n + 1, length - n - 1);
		else if (*text && strlen(text) < 4096)
			PROMISE(symlinkat(text, device, attributes[i].name) == 0);
		free(text);
	}
}

static void promise_text(const char *text, size_t size)
{
	PROMISE(memchr(text, '\0', size));
}

static void promise_function(const struct function *function)
{
	PROMISE(function->class_code <= 0xffffff);
	PROMISE(function->iommu_group >= -1 && function->numa_node >= -1 && function->boot_vga >= -1);
	promise_text(function->driver, sizeof(function->driver));
	promise_text(function->driver_override, sizeof(function->driver_override));
	promise_text(function->power_control, sizeof(function->power_control));
	promise_text(function->d3cold_allowed, sizeof(function->d3cold_allowed));
	promise_text(function->reset_method, sizeof(function->reset_method));
	/* A driver's name is part of a path. */
	PROMISE(!strchr(function->driver, '/'));
	if (function->is_virtual)
		promise_address(function->physical);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct host host = { .sys = -1, .proc = -1, .dev = -1, .run = -1, .kernel = &kernel_recorded };
	const struct address address = { .bus = 1 };
	const char *line = (const char *)data, *end = line + size;
	struct function function;
	int device CLOSE_FD = -1;

	if (host.sys < 0)
		host.sys = make_tree();
	device = openat(host.sys, DEVICE, O_PATH | O_DIRECTORY | O_CLOEXEC);
	PROMISE(device >= 0);
	for (size_t i = 0; i < N_ATTRIBUTES; i++)
		(void)unlinkat(device, attributes[i].name, 0);
	while (line < end) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		size_t length = (size_t)((newline ? newline : end) - line);

		set_attribute(device, line, length);
		line += length + 1;
	}
	memset(&function, 0xa5, sizeof(function));
	if (function_probe(&host, address, &function) == 0) {
		PROMISE(address_compare(function.address, address) == 0);
		(void)function_probe_override(&host, &function);
		promise_function(&function);
	}
	return 0;
}
