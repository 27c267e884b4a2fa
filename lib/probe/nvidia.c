// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/nvidia.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

static enum nvidia_answer read_modeset(const struct host *host)
{
	char value[8];
	ssize_t n = attribute_read(host->sys, "module/nvidia_drm/parameters/modeset", value, sizeof(value));

	if (n != 1)
		return NVIDIA_UNTOLD;
	return value[0] == 'Y' ? NVIDIA_YES : value[0] == 'N' ? NVIDIA_NO : NVIDIA_UNTOLD;
}

void nvidia_probe(const struct host *host, struct nvidia *ret)
{
	struct nvidia nvidia = { 0 };
	char text[8192];

	if (attribute_read(host->proc, "driver/nvidia/version", text, sizeof(text)) >= 0) {
		nvidia.loaded = true;
		(void)nvidia_parse_version(text, &nvidia.version, &nvidia.flavour);
	}
	if (beneath_has(host->sys, "bus/pci/drivers/" NVIDIA_DRIVER))
		nvidia.loaded = true;
	if (attribute_read(host->proc, "driver/nvidia/params", text, sizeof(text)) >= 0)
		nvidia.msi = nvidia_parse_msi(text);
	nvidia.drm = beneath_has(host->sys, "module/nvidia_drm");
	if (nvidia.drm)
		nvidia.modeset = read_modeset(host);
	*ret = nvidia;
}

int nvidia_probe_gpu(const struct host *host, struct address address, struct nvidia_gpu *ret)
{
	char path[sizeof("driver/nvidia/gpus//information") + ADDRESS_TEXT_SIZE], text[4096];
	ssize_t n;

	(void)snprintf(path, sizeof(path), "driver/nvidia/gpus/%s/information", address_text(address).s);
	n = host->kernel->read(host, host->proc, path, text, sizeof(text), NVIDIA_DEADLINE_MS);
	if (n == KERNEL_STUCK)
		return KERNEL_STUCK;
	nvidia_parse_information(n < 0 ? "" : text, ret);
	return 0;
}

/* Nodes of the driver whose major number is its own choice. Of the switches and channels a few: they only hint. */
static const struct {
	const char *device, *name; /* in /proc/devices, below /dev */
	uint32_t first, last;
} dynamic[] = {
	{ "nvidia-uvm", "nvidia-uvm", 0, 0 },
	{ "nvidia-uvm", "nvidia-uvm-tools", 1, 1 },
	{ "nvidia-caps", "nvidia-caps/nvidia-cap%u", 1, 2 }, /* config and monitor of MIG (nv-caps.c) */
	{ "nvidia-nvlink", "nvidia-nvlink", 0, 0 },
	{ "nvidia-nvswitch", "nvidia-nvswitch%u", 0, 15 },
	{ "nvidia-nvswitch", "nvidia-nvswitchctl", 255, 255 },
	{ "nvidia-caps-imex-channels", "nvidia-caps-imex-channels/channel%u", 0, 0 },
};

/* A name that has the minor number in it, or has not. */
static int add_shared(struct nodes *nodes, uint32_t major, uint32_t minor, const char *name)
{
	struct node node = { .reach = NODE_SHARED, .major = major, .minor = minor };
	const char *number = strstr(name, "%u");
	struct text text;

	text_init(&text, node.name, sizeof(node.name));
	text_add(&text, "/dev/%.*s", (int)(number ? number - name : (int)strlen(name)), name);
	if (number)
		text_add(&text, "%u", minor);
	return nodes_add(nodes, &node);
}

static int add_range(struct nodes *nodes, uint32_t major, uint32_t first, uint32_t last, const char *name)
{
	int r = 0;

	for (uint32_t minor = first; minor <= last && r == 0; minor++)
		r = add_shared(nodes, major, minor, name);
	return r;
}

static int add_all_shared(const struct host *host, struct nodes *nodes)
{
	char devices[16384];
	int r;

	r = add_range(nodes, NVIDIA_MAJOR, NVIDIA_MINOR_CONTROL, NVIDIA_MINOR_CONTROL, "nvidiactl");
	if (r == 0)
		r = add_range(nodes, NVIDIA_MAJOR, NVIDIA_MINOR_MODESET, NVIDIA_MINOR_MODESET, "nvidia-modeset");
	if (attribute_read(host->proc, "devices", devices, sizeof(devices)) < 0)
		return r;
	for (size_t i = 0; i < sizeof(dynamic) / sizeof(dynamic[0]) && r == 0; i++) {
		int major = devices_parse_major(devices, dynamic[i].device);

		if (major >= 0)
			r = add_range(nodes, (uint32_t)major, dynamic[i].first, dynamic[i].last, dynamic[i].name);
	}
	return r;
}

static int add_gpu(const struct host *host, struct address address, struct nodes *nodes)
{
	struct node node = { .reach = NODE_DIRECT, .major = NVIDIA_MAJOR, .owner = address };
	struct nvidia_gpu gpu;
	int r;

	r = nvidia_probe_gpu(host, address, &gpu);
	if (r < 0)
		return r;
	if (gpu.minor < 0)
		return add_range(nodes, NVIDIA_MAJOR, 0, NVIDIA_MINOR_MAX, "nvidia%u");
	node.minor = (uint32_t)gpu.minor;
	(void)snprintf(node.name, sizeof(node.name), "/dev/nvidia%u", node.minor);
	return nodes_add(nodes, &node);
}

int nvidia_add_nodes(const struct host *host, const struct inventory *inventory, struct nodes *nodes)
{
	bool any = false;
	int r = 0;

	for (unsigned int i = 0; i < inventory->n_functions && r == 0; i++) {
		const struct function *function = &inventory->functions[i];

		if (strcmp(function->driver, NVIDIA_DRIVER) != 0)
			continue;
		any = true;
		r = add_gpu(host, function->address, nodes);
	}
	return any && r == 0 ? add_all_shared(host, nodes) : r;
}
