// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/support/fake_kernel.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/fake_knobs.h"
#include "tests/support/fault.h"
#include "tests/support/scratch.h"

#define DEVICES  "bus/pci/devices/"
#define DRIVERS  "bus/pci/drivers/"
#define VFIO_PCI "vfio-pci"

#define VTCONSOLES "class/vtconsole/"

/* A path below the device's directory. */
static const char *device_path(const char *address, const char *name)
{
	static char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), DEVICES "%s/%s", address, name);
	return path;
}

static bool exists(const struct host *host, const char *path)
{
	struct stat st;

	return fstatat(host->sys, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static bool device_exists(const struct host *host, const char *address)
{
	return exists(host, device_path(address, "vendor"));
}

/* The last part of a link, "" when there is none. */
static void link_name(const struct host *host, const char *path, char name[DRIVER_NAME_SIZE])
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(host->sys, path, target, sizeof(target) - 1);

	name[0] = '\0';
	if (n < 0)
		return;
	target[n] = '\0';
	(void)snprintf(name, DRIVER_NAME_SIZE, "%s", strrchr(target, '/') + 1);
}

static int device_group(const struct host *host, const char *address)
{
	char name[DRIVER_NAME_SIZE];

	link_name(host, device_path(address, "iommu_group"), name);
	return name[0] ? atoi(name) : -1;
}

static bool group_is_open(const struct fake_kernel *fake, int group)
{
	for (unsigned int i = 0; i < fake->n_open_groups; i++) {
		if (fake->open_groups[i] == group)
			return true;
	}
	return false;
}

/* uevent names the driver in its first line while there is one. */
static void put_uevent(const struct host *host, const char *address, const char *driver)
{
	char *old = get_text(host->sys, device_path(address, "uevent"));
	const char *rest = old;

	if (!old)
		return;
	if (strncmp(old, "DRIVER=", 7) == 0)
		rest = strchr(old, '\n') + 1;
	put_text(host->sys, device_path(address, "uevent"), "%s%s%s%s", driver ? "DRIVER=" : "", driver ? driver : "",
		driver ? "\n" : "", rest);
	free(old);
}

static void set_driver(const struct host *host, const char *address, const char *driver)
{
	char where[PATH_MAX], link[PATH_MAX + 16], target[PATH_MAX];
	ssize_t n;

	(void)snprintf(link, sizeof(link), DEVICES "%s", address);
	n = readlinkat(host->sys, link, where, sizeof(where) - 1);
	where[n] = '\0';
	/* ../../../devices/…: beneath sys */
	(void)snprintf(target, sizeof(target), "%s", where + strlen("../../../"));
	(void)snprintf(link, sizeof(link), "%s/driver", target);
	(void)snprintf(where, sizeof(where), DRIVERS "%s", driver);
	put_link(host->sys, link, where);
	(void)snprintf(link, sizeof(link), DRIVERS "%s/%s", driver, address);
	put_link(host->sys, link, target);
	put_uevent(host, address, driver);
}

static void clear_driver(const struct host *host, const char *address, const char *driver)
{
	char link[PATH_MAX];

	(void)snprintf(link, sizeof(link), DRIVERS "%s/%s", driver, address);
	(void)unlinkat(host->sys, link, 0);
	(void)unlinkat(host->sys, device_path(address, "driver"), 0);
	put_uevent(host, address, NULL);
}

static const char *natural_driver(const struct fake_kernel *fake, const char *address)
{
	for (unsigned int i = 0; i < fake->n_natural; i++) {
		if (strcmp(address_text(fake->natural[i].address).s, address) == 0)
			return fake->natural[i].driver;
	}
	return "";
}

/* pci_match_device(): an override decides alone; vfio-pci's own table wants one. */
static bool matches(const struct host *host, const char *address, const char *driver)
{
	char *override = get_text(host->sys, device_path(address, "driver_override"));
	bool match;

	if (override)
		override[strcspn(override, "\n")] = '\0';
	if (override && strcmp(override, OVERRIDE_NONE) != 0)
		match = strcmp(override, driver) == 0;
	else
		match = strcmp(driver, VFIO_PCI) != 0 &&
			strcmp(natural_driver(host->kernel_data, address), driver) == 0;
	free(override);
	return match;
}

/* really_probe(), for a device that has no driver. */
static int attach(const struct host *host, const char *address, const char *driver)
{
	const struct fake_kernel *fake = host->kernel_data;

	if (strcmp(driver, VFIO_PCI) != 0 && group_is_open(fake, device_group(host, address)))
		return -EBUSY;
	set_driver(host, address, driver);
	if (strcmp(driver, VFIO_PCI) == 0) {
		put_directory(host->sys, device_path(address, "vfio-dev/vfio0"));
		put_text(host->sys, device_path(address, "power/control"), "auto\n");
	} else if (strcmp(driver, "xhci_hcd") == 0) {
		/* This one has pm_runtime_allow() in its probe. */
		put_text(host->sys, device_path(address, "power/control"), "auto\n");
	}
	return 0;
}

static int write_bind(const struct host *host, const char *driver, const char *address)
{
	char bound[DRIVER_NAME_SIZE];

	if (!device_exists(host, address) || !matches(host, address, driver))
		return -ENODEV;
	link_name(host, device_path(address, "driver"), bound);
	return bound[0] ? -EBUSY : attach(host, address, driver);
}

static int write_unbind(const struct host *host, const char *driver, const char *address)
{
	struct fake_kernel *fake = host->kernel_data;
	char bound[DRIVER_NAME_SIZE];

	link_name(host, device_path(address, "driver"), bound);
	if (!device_exists(host, address) || strcmp(bound, driver) != 0)
		return -ENODEV;
	if (strcmp(driver, VFIO_PCI) == 0) {
		if (group_is_open(fake, device_group(host, address))) {
			fake->hung = true;
			return -EDEADLK;
		}
		remove_all(host->sys, device_path(address, "vfio-dev"));
		put_text(host->sys, device_path(address, "power/control"), "on\n");
	}
	clear_driver(host, address, driver);
	return 0;
}

static int write_drivers_probe(const struct host *host, const char *address)
{
	char bound[DRIVER_NAME_SIZE];
	struct dirent *entry;
	DIR *list;

	if (!device_exists(host, address))
		return -ENODEV;
	link_name(host, device_path(address, "driver"), bound);
	list = fdopendir(openat(host->sys, DRIVERS, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	while (!bound[0] && list && (entry = readdir(list))) {
		if (entry->d_name[0] == '.' || !matches(host, address, entry->d_name))
			continue;
		(void)attach(host, address, entry->d_name);
		break;
	}
	if (list)
		closedir(list);
	/* Whether a driver was found is not told. */
	return 0;
}

static int write_override(const struct host *host, const char *path, const char *value)
{
	size_t length = strcspn(value, "\n");

	put_text(host->sys, path, "%.*s\n", (int)(length ? length : strlen(OVERRIDE_NONE)),
		length ? value : OVERRIDE_NONE);
	return 0;
}

static int write_power(const struct host *host, const char *path, const char *value)
{
	size_t length = strcspn(value, "\n");

	if (!(length == 2 && memcmp(value, "on", 2) == 0) && !(length == 4 && memcmp(value, "auto", 4) == 0))
		return -EINVAL;
	put_text(host->sys, path, "%.*s\n", (int)length, value);
	return 0;
}

static int write_d3cold(const struct host *host, const char *path, const char *value)
{
	char *end;
	unsigned long number = strtoul(value, &end, 0);

	if (end == value || (*end && strcmp(end, "\n") != 0))
		return -EINVAL;
	put_text(host->sys, path, "%d\n", number != 0);
	return 0;
}

static const struct {
	const char *name;
	int (*write)(const struct host *host, const char *path, const char *value);
} attributes[] = {
	{ "driver_override", write_override },
	{ "power/control", write_power },
	{ "d3cold_allowed", write_d3cold },
};

static int write_attribute(const struct host *host, const char *path, const char *value)
{
	const char *name = strchr(path + strlen(DEVICES), '/');

	if (!exists(host, path))
		return -ENOENT;
	for (size_t i = 0; name && i < sizeof(attributes) / sizeof(attributes[0]); i++) {
		if (strcmp(name + 1, attributes[i].name) == 0)
			return attributes[i].write(host, path, value);
	}
	return -EACCES;
}

static int write_vtconsole(const struct host *host, const char *path, const char *value)
{
	if (!exists(host, path) || strcmp(strrchr(path, '/'), "/bind") != 0)
		return -ENOENT;
	put_text(host->sys, path, "%d\n", atoi(value) != 0);
	return 0;
}

int fake_kernel_write(const struct host *host, const char *path, const char *value)
{
	char driver[DRIVER_NAME_SIZE];
	const char *name;

	if (strcmp(path, "bus/pci/drivers_probe") == 0)
		return write_drivers_probe(host, value);
	if (strncmp(path, DEVICES, strlen(DEVICES)) == 0)
		return write_attribute(host, path, value);
	if (strncmp(path, VTCONSOLES, strlen(VTCONSOLES)) == 0)
		return write_vtconsole(host, path, value);
	if (strncmp(path, DRIVERS, strlen(DRIVERS)) != 0)
		return fake_knobs_write_sys(host, path, value);
	if (!exists(host, path))
		return -ENOENT;
	name = strrchr(path, '/');
	(void)snprintf(
		driver, sizeof(driver), "%.*s", (int)(name - path - (int)strlen(DRIVERS)), path + strlen(DRIVERS));
	if (strcmp(name, "/bind") == 0)
		return write_bind(host, driver, value);
	if (strcmp(name, "/unbind") == 0)
		return write_unbind(host, driver, value);
	return -EACCES;
}

static bool ends_with(const char *text, const char *end)
{
	return strlen(text) >= strlen(end) && strcmp(text + strlen(text) - strlen(end), end) == 0;
}

/* A device whose driver is stuck keeps whatever takes its lock waiting. */
static bool is_stuck(struct fake_kernel *fake, const char *path, const char *value)
{
	if (!fake->stuck[0] || !(strstr(path, fake->stuck) || strstr(value, fake->stuck)))
		return false;
	fake->asked_of_locked += fake->locked;
	fake->locked = fake->locked || ends_with(path, fake->stuck_file);
	return fake->locked;
}

static int counted_write(const struct host *host, const char *path, const char *value, int deadline_ms)
{
	struct fake_kernel *fake = host->kernel_data;
	int r;

	(void)deadline_ms;
	/* Udev is told something: no change, and none that is put back. */
	if (ends_with(path, "/uevent") && !is_stuck(fake, path, value))
		return exists(host, path) ? 0 : -ENOENT;
	r = fault_enter(FAULT_KERNEL);
	if (r != 0)
		return r < 0 ? r : 0;
	if (is_stuck(fake, path, value))
		return fault_leave(KERNEL_STUCK);
	return fault_leave(fake_kernel_write(host, path, value));
}

static int counted_write_proc(const struct host *host, const char *path, const char *value, int deadline_ms)
{
	int r = fault_enter(FAULT_KERNEL);

	(void)deadline_ms;
	if (r != 0)
		return r < 0 ? r : 0;
	return fault_leave(fake_kernel_write_proc(host, path, value));
}

static int counted_set_affinity(const struct host *host, pid_t tid, const struct cpuset *cpus)
{
	int r = fault_enter(FAULT_KERNEL);

	if (r != 0)
		return r < 0 ? r : 0;
	return fault_leave(fake_kernel_set_affinity(host, tid, cpus));
}

static int fake_begin(const struct host *host)
{
	(void)host;
	return 0;
}

static pid_t fake_writer(const struct host *host)
{
	const struct fake_kernel *fake = host->kernel_data;

	return fake->writer;
}

static ssize_t fake_read(
	const struct host *host, int directory, const char *path, char *buffer, size_t size, int deadline_ms)
{
	struct fake_kernel *fake = host->kernel_data;
	char link[64], device[PATH_MAX];
	ssize_t n;

	(void)deadline_ms;
	fake->n_read++;
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", directory);
	n = readlink(link, device, sizeof(device) - 1);
	if (n < 0)
		return -errno;
	device[n] = '\0';
	if (strcmp(path, "driver_override") == 0 && is_stuck(host->kernel_data, device, ""))
		return KERNEL_STUCK;
	return attribute_read(directory, path, buffer, size);
}

void fake_kernel_set_persistence(const struct host *host, const char *address, bool on)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "fake/persistence/%s", address);
	if (on) {
		put_text(host->run, path, "%s", "");
		put_text(host->sys, device_path(address, "msi_irqs/131"), "msix\n");
	} else {
		remove_all(host->run, path);
		remove_all(host->sys, device_path(address, "msi_irqs"));
	}
}

bool fake_kernel_has_persistence(const struct host *host, const char *address)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "fake/persistence/%s", address);
	return faccessat(host->run, path, F_OK, 0) == 0;
}

static int fake_get_persistence(const struct host *host, const char *address, int deadline_ms)
{
	struct fake_kernel *fake = host->kernel_data;

	(void)deadline_ms;
	fake->n_persistence_asked++;
	return fake_kernel_has_persistence(host, address);
}

static int fake_look(int (*function)(void *argument), void *argument, size_t size, int deadline_ms)
{
	(void)size;
	(void)deadline_ms;
	return function(argument);
}

static int counted_set_persistence(const struct host *host, const char *address, const char *value, int deadline_ms)
{
	int r = fault_enter(FAULT_KERNEL);

	(void)deadline_ms;
	if (r != 0)
		return r < 0 ? r : 0;
	fake_kernel_set_persistence(host, address, strcmp(value, "1") == 0);
	return fault_leave(0);
}

static int counted_load_module(const struct host *host, const char *module, int deadline_ms)
{
	static const char *const files[] = { "bind", "unbind", "new_id" };
	const struct fake_kernel *fake = host->kernel_data;
	char path[PATH_MAX];
	int r = fault_enter(FAULT_KERNEL);

	(void)deadline_ms;
	if (r != 0)
		return r < 0 ? r : 0;
	if (fake->module_missing || strcmp(module, VFIO_PCI) != 0)
		return fault_leave(-ENOENT);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		(void)snprintf(path, sizeof(path), DRIVERS "%s/%s", module, files[i]);
		put_text(host->sys, path, "%s", "");
	}
	return fault_leave(0);
}

static int answer_group_is_open(const struct host *host, int group)
{
	return group_is_open(host->kernel_data, group);
}

static int answer_framebuffer_consoles(const struct host *host, unsigned int n, int deadline_ms, uint64_t *ret)
{
	const struct fake_kernel *fake = host->kernel_data;

	(void)deadline_ms;
	if (n >= FAKE_FRAMEBUFFERS)
		return -ENOENT;
	*ret = fake->consoles[n];
	return 0;
}

static int counted_framebuffer_show(const struct host *host, unsigned int n, uint64_t consoles, int deadline_ms)
{
	struct fake_kernel *fake = host->kernel_data;
	int r = fault_enter(FAULT_KERNEL);

	(void)deadline_ms;
	if (r != 0)
		return r < 0 ? r : 0;
	if (n >= FAKE_FRAMEBUFFERS)
		return fault_leave(-ENOENT);
	for (unsigned int i = 0; i < FAKE_FRAMEBUFFERS; i++)
		fake->consoles[i] &= ~consoles;
	fake->consoles[n] |= consoles;
	return fault_leave(0);
}

static int answer_block_is_claimed(const struct host *host, const char *path, dev_t number, int deadline_ms)
{
	const struct fake_kernel *fake = host->kernel_data;

	(void)path;
	(void)deadline_ms;
	return fake->claimed != 0 && number == fake->claimed;
}

static const struct kernel kernel_fake = {
	.begin = fake_begin,
	.writer = fake_writer,
	.write = counted_write,
	.write_proc = counted_write_proc,
	.read = fake_read,
	.load_module = counted_load_module,
	.get_persistence = fake_get_persistence,
	.set_persistence = counted_set_persistence,
	.look = fake_look,
	.group_is_open = answer_group_is_open,
	.framebuffer_consoles = answer_framebuffer_consoles,
	.framebuffer_show = counted_framebuffer_show,
	.block_is_claimed = answer_block_is_claimed,
	.get_affinity = fake_kernel_get_affinity,
	.set_affinity = counted_set_affinity,
};

void fake_kernel_install(struct fake_kernel *fake, struct host *host)
{
	struct dirent *entry;
	DIR *list = fdopendir(openat(host->sys, DEVICES, O_RDONLY | O_DIRECTORY | O_CLOEXEC));

	memset(fake, 0, sizeof(*fake));
	while (list && (entry = readdir(list))) {
		unsigned int i = fake->n_natural;

		if (address_parse(entry->d_name, &fake->natural[i].address) < 0)
			continue;
		link_name(host, device_path(entry->d_name, "driver"), fake->natural[i].driver);
		fake->n_natural++;
	}
	if (list)
		closedir(list);
	host->kernel = &kernel_fake;
	host->kernel_data = fake;
}

void fake_kernel_open_group(struct fake_kernel *fake, int group)
{
	if (fake->n_open_groups < FAKE_OPEN_MAX)
		fake->open_groups[fake->n_open_groups++] = group;
}

void fake_kernel_close_group(struct fake_kernel *fake, int group)
{
	for (unsigned int i = 0; i < fake->n_open_groups; i++) {
		if (fake->open_groups[i] == group)
			fake->open_groups[i--] = fake->open_groups[--fake->n_open_groups];
	}
}

/* Where the directory of a function that is unplugged waits, and the link that leads to where it was. */
static void aside_path(const char *address, const char *what, char path[PATH_MAX])
{
	(void)snprintf(path, PATH_MAX, "fake/unplugged/%s-%s", address, what);
}

static void put_group_link(const struct host *host, const char *address, const char *target)
{
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "kernel/iommu_groups/%d/devices/%s", device_group(host, address), address);
	if (target)
		put_link(host->sys, path, target);
	else
		(void)unlinkat(host->sys, path, 0);
}

void fake_kernel_unplug(const struct host *host, struct address address)
{
	struct address_text text = address_text(address);
	char driver[DRIVER_NAME_SIZE], path[PATH_MAX], where[PATH_MAX], aside[PATH_MAX];
	ssize_t n;

	link_name(host, device_path(text.s, "driver"), driver);
	if (driver[0])
		clear_driver(host, text.s, driver);
	remove_all(host->sys, device_path(text.s, "vfio-dev"));
	put_group_link(host, text.s, NULL);
	(void)snprintf(path, sizeof(path), DEVICES "%s", text.s);
	n = readlinkat(host->sys, path, where, sizeof(where) - 1);
	if (n < 0)
		return;
	where[n] = '\0';
	(void)unlinkat(host->sys, path, 0);
	aside_path(text.s, "where", aside);
	put_text(host->run, aside, "%s", where + strlen("../../../"));
	aside_path(text.s, "device", aside);
	remove_all(host->run, aside);
	if (renameat(host->sys, where + strlen("../../../"), host->run, aside) < 0)
		abort();
}

/* Another directory with the same in it. Closes from. */
static void move_all(int from, int root, const char *where)
{
	int to = openat(root, where, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct dirent *entry;
	DIR *list = fdopendir(from);

	while (list && (entry = readdir(list))) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
			renameat(from, entry->d_name, to, entry->d_name) < 0)
			abort();
	}
	if (list)
		closedir(list);
	close(to);
}

void fake_kernel_plug(const struct host *host, struct address address, const char *override)
{
	struct address_text text = address_text(address);
	char path[PATH_MAX], aside[PATH_MAX], *where;

	aside_path(text.s, "where", aside);
	where = get_text(host->run, aside);
	if (!where)
		abort();
	aside_path(text.s, "device", aside);
	put_directory(host->sys, where);
	move_all(openat(host->run, aside, O_RDONLY | O_DIRECTORY | O_CLOEXEC), host->sys, where);
	(void)snprintf(path, sizeof(path), DEVICES "%s", text.s);
	put_link(host->sys, path, where);
	put_group_link(host, text.s, where);
	(void)fake_kernel_write(host, device_path(text.s, "driver_override"), override);
	(void)fake_kernel_write(host, device_path(text.s, "power/control"), "on");
	(void)fake_kernel_write(host, device_path(text.s, "d3cold_allowed"), "1");
	(void)write_drivers_probe(host, text.s);
	free(where);
}
