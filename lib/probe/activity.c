// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/activity.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "base/text.h"
#include "model/nvidia.h"
#include "probe/activity_text.h"
#include "probe/below.h"
#include "probe/disk.h"
#include "probe/inventory.h"
#include "probe/nvidia.h"

struct look {
	const struct host *host;
	const struct function *function;
	struct activity *activity;
};

/* How many entries a directory has; none when it is not there. Returns that, or -errno. */
static int count_entries(int directory, const char *path)
{
	const struct dirent *entry;
	DIR *list;
	int n = 0, r = beneath_list(directory, path, &list);

	if (r < 0)
		return attribute_is_gone(r) ? 0 : r;
	while ((errno = 0, entry = readdir(list)))
		n += entry->d_name[0] != '.';
	r = errno ? -errno : n;
	closedir(list);
	return r;
}

/* Reads what a driver may keep waiting. Returns 1; 0 when there is none, or it is not for us; KERNEL_STUCK. */
static int read_waiting(const struct look *look, int directory, const char *path, char *buffer, size_t size)
{
	ssize_t n = look->host->kernel->read(look->host, directory, path, buffer, size, ACTIVITY_DEADLINE_MS);

	if (n == KERNEL_STUCK)
		return KERNEL_STUCK;
	if (n < 0 && !attribute_is_gone(n))
		look->activity->untold = true;
	return n >= 0;
}

static int look_at_clients(const struct look *look, const char *card)
{
	struct client client = { .kind = CLIENT_DRM, .owner = look->function->address };
	char path[64], text[4096];
	const char *rest = text;
	int r;

	(void)snprintf(path, sizeof(path), "kernel/debug/dri/%s/clients", card + strlen("card"));
	r = read_waiting(look, look->host->sys, path, text, sizeof(text));
	if (r <= 0)
		return r;
	while (drm_take_client(&rest, &client))
		activity_add_client(look->activity, &client);
	return 0;
}

/* Calls a function with every entry of a directory of /proc/asound that begins with a prefix. */
static int for_each_stream(const struct look *look, const char *path, const char *prefix,
	int (*visit)(const struct look *look, const char *path))
{
	const struct dirent *entry;
	char below[512];
	DIR *list;
	int r = beneath_list(look->host->proc, path, &list);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	while (r == 0 && (entry = readdir(list))) {
		if (strncmp(entry->d_name, prefix, strlen(prefix)) != 0)
			continue;
		if (snprintf(below, sizeof(below), "%s/%s", path, entry->d_name) < (int)sizeof(below))
			r = visit(look, below);
	}
	closedir(list);
	return r;
}

static int look_at_stream(const struct look *look, const char *path)
{
	struct client client = { .kind = CLIENT_SOUND, .owner = look->function->address };
	char status[600], text[2048];
	int r;

	(void)snprintf(status, sizeof(status), "%s/status", path);
	r = read_waiting(look, look->host->proc, status, text, sizeof(text));
	if (r <= 0)
		return r;
	if (sound_parse_status(text, &client))
		activity_add_client(look->activity, &client);
	return 0;
}

static int look_at_streams(const struct look *look, const char *path)
{
	return for_each_stream(look, path, "sub", look_at_stream);
}

static int look_at_sound(const struct look *look, const char *card)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "asound/%s", card);
	return for_each_stream(look, path, "pcm", look_at_streams);
}

static int look_at_interface(const struct look *look, const struct below *below)
{
	char value[32];
	uint64_t flags;
	ssize_t n = attribute_read(below->directory, "flags", value, sizeof(value));

	if (n < 0)
		return attribute_is_gone(n) ? 0 : (int)n;
	if (strncmp(value, "0x", 2) != 0 || text_parse_number(value + 2, 16, UINT32_MAX, &flags) < 0)
		return -EBADMSG;
	if (flags & IFF_UP)
		activity_add_use(look->activity, look->function->address, "the interface", below->name, "is up");
	return 0;
}

static int look_at_disk(const struct look *look, const struct below *below)
{
	int r = disk_probe(look->host, below, ACTIVITY_DEADLINE_MS);

	if (r == DISK_UNTOLD)
		look->activity->untold = true;
	else if (r == DISK_PART)
		activity_add_use(
			look->activity, look->function->address, "the disk", below->name, "is part of another one");
	else if (r == DISK_CLAIMED)
		activity_add_use(look->activity, look->function->address, "the disk", below->name,
			"is mounted, or otherwise in use");
	return r < 0 ? r : 0;
}

/* card and digits, as DRM and sound name their cards. */
static bool is_card(const char *name)
{
	return strncmp(name, "card", 4) == 0 && name[4] && strspn(name + 4, "0123456789") == strlen(name + 4);
}

static int visit_device(void *data, const struct below *below)
{
	const struct look *look = data;
	bool carries = look->function->carries[0];

	if (strcmp(below->subsystem, "drm") == 0 && is_card(below->name))
		return look_at_clients(look, below->name);
	if (strcmp(below->subsystem, "sound") == 0 && is_card(below->name))
		return look_at_sound(look, below->name);
	if (strcmp(below->subsystem, "net") == 0 && !carries)
		return look_at_interface(look, below);
	if (strcmp(below->subsystem, "block") == 0 && !carries)
		return look_at_disk(look, below);
	return 0;
}

static bool uvm_has(const struct host *host, const char *prefix, const char *uuid)
{
	char path[sizeof("driver/nvidia-uvm/gpus/UVM-") + NVIDIA_UUID_SIZE];
	int fd CLOSE_FD = -1;

	(void)snprintf(path, sizeof(path), "driver/nvidia-uvm/gpus/%s%s", prefix, uuid);
	fd = beneath_open(host->proc, path, O_PATH, 0);
	return fd >= 0;
}

static int look_at_uvm(const struct look *look, enum activity_uvm *ret)
{
	struct nvidia_gpu gpu;
	int r;

	/* Nothing there: nobody needs to be asked which GPU it is. */
	r = count_entries(look->host->proc, "driver/nvidia-uvm/gpus");
	if (r <= 0)
		return r;
	r = nvidia_probe_gpu(look->host, look->function->address, &gpu);
	if (r < 0)
		return r;
	if (!gpu.uuid[0])
		*ret = UVM_UNKNOWN;
	else if (uvm_has(look->host, "", gpu.uuid) || uvm_has(look->host, "UVM-", gpu.uuid))
		*ret = UVM_REGISTERED;
	return 0;
}

static int look_at_function(struct look *look, struct function_activity *ret)
{
	int device CLOSE_FD = function_open(look->host, look->function->address);
	int r;

	if (device < 0)
		return device == -ENOENT ? 0 : device;
	r = count_entries(device, "msi_irqs");
	if (r < 0)
		return r;
	ret->vectors = (unsigned int)r;
	if (strcmp(look->function->driver, NVIDIA_DRIVER) == 0) {
		r = look_at_uvm(look, &ret->uvm);
		if (r < 0)
			return r;
	}
	r = below_walk(look->host, look->function->address, visit_device, look);
	return r == -ENOENT ? 0 : r;
}

int activity_probe(const struct host *host, const struct inventory *inventory, struct activity *ret)
{
	struct look look = { .host = host, .activity = ret };
	int r = 0;

	memset(ret, 0, sizeof(*ret));
	for (unsigned int i = 0; i < inventory->n_functions && r == 0; i++) {
		look.function = &inventory->functions[i];
		r = look_at_function(&look, &ret->functions[i]);
	}
	return r;
}
