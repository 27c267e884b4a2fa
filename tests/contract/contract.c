// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/contract/contract.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "tests/contract/contract_host.h"

#define VFIO_PCI "vfio-pci"
#define NOWHERE  "ffff:ff:1f.7"

#define DEADLINE_MS 60000

static int write_driver(const struct contract_device *d, const char *driver, const char *file, const char *value)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "bus/pci/drivers/%s/%s", driver, file);
	return d->host->kernel->write(d->host, path, value, DEADLINE_MS);
}

static int bind_to(const struct contract_device *d, const char *driver)
{
	return write_driver(d, driver, "bind", address_text(d->address).s);
}

static int unbind_from(const struct contract_device *d, const char *driver)
{
	return write_driver(d, driver, "unbind", address_text(d->address).s);
}

static int drivers_probe(const struct contract_device *d)
{
	return d->host->kernel->write(d->host, "bus/pci/drivers_probe", address_text(d->address).s, DEADLINE_MS);
}

static void attribute_path(const struct contract_device *d, const char *name, char path[128])
{
	(void)snprintf(path, 128, "bus/pci/devices/%s/%s", address_text(d->address).s, name);
}

static int set(const struct contract_device *d, const char *name, const char *value)
{
	char path[128];

	attribute_path(d, name, path);
	return d->host->kernel->write(d->host, path, value, DEADLINE_MS);
}

static bool reads(const struct contract_device *d, const char *name, const char *expected, char *why)
{
	char path[128], value[128];

	attribute_path(d, name, path);
	if (attribute_read(d->host->sys, path, value, sizeof(value)) >= 0 && strcmp(value, expected) == 0)
		return true;
	(void)snprintf(why, CONTRACT_WHY_SIZE, "%s reads '%s', not '%s'", name, value, expected);
	return false;
}

/* The driver's link on both sides, and the line of uevent. */
static bool is_bound(const struct contract_device *d, const char *expected, char *why)
{
	char path[160], value[4096], line[128];
	int device CLOSE_FD = -1;
	bool listed, told;
	struct stat st;

	attribute_path(d, "", path);
	device = beneath_open(d->host->sys, path, O_PATH | O_DIRECTORY, 0);
	(void)attribute_link_name(device, "driver", line, sizeof(line));
	if (strcmp(line, expected) != 0) {
		(void)snprintf(why, CONTRACT_WHY_SIZE, "bound to '%s', not '%s'", line, expected);
		return false;
	}
	(void)snprintf(path, sizeof(path), "bus/pci/drivers/%s/%s", *expected ? expected : VFIO_PCI,
		address_text(d->address).s);
	listed = fstatat(d->host->sys, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
	(void)attribute_read(device, "uevent", value, sizeof(value));
	(void)snprintf(line, sizeof(line), "DRIVER=%s", expected);
	told = strncmp(value, line, strlen(line)) == 0;
	if (listed == (*expected != '\0') && told == (*expected != '\0'))
		return true;
	(void)snprintf(why, CONTRACT_WHY_SIZE, "driver's directory %s it, uevent %s '%s'", listed ? "lists" : "lacks",
		told ? "has" : "lacks", line);
	return false;
}

static bool answers(int r, int expected, char *why)
{
	if (r == expected)
		return true;
	(void)snprintf(why, CONTRACT_WHY_SIZE, "answered '%s', not '%s'", strerror(-r), strerror(-expected));
	return false;
}

#define BELIEF(name) static bool name(const struct contract_device *d, char why[CONTRACT_WHY_SIZE])

BELIEF(override_is_kept)
{
	return answers(set(d, "driver_override", VFIO_PCI), 0, why) && reads(d, "driver_override", VFIO_PCI, why) &&
	       is_bound(d, d->driver, why);
}

BELIEF(newline_clears_override)
{
	return answers(set(d, "driver_override", VFIO_PCI), 0, why) &&
	       answers(set(d, "driver_override", "\n"), 0, why) && reads(d, "driver_override", OVERRIDE_NONE, why);
}

BELIEF(unbind_leaves_none)
{
	return answers(unbind_from(d, d->driver), 0, why) && is_bound(d, "", why);
}

BELIEF(unbind_twice_is_refused)
{
	return answers(unbind_from(d, d->driver), 0, why) && answers(unbind_from(d, d->driver), -ENODEV, why);
}

BELIEF(unbind_from_another_is_refused)
{
	return answers(unbind_from(d, VFIO_PCI), -ENODEV, why) && is_bound(d, d->driver, why);
}

BELIEF(bind_brings_back)
{
	return answers(unbind_from(d, d->driver), 0, why) && answers(bind_to(d, d->driver), 0, why) &&
	       is_bound(d, d->driver, why);
}

BELIEF(bind_while_bound_is_refused)
{
	return answers(bind_to(d, d->driver), -EBUSY, why) && is_bound(d, d->driver, why);
}

BELIEF(vfio_wants_an_override)
{
	return answers(unbind_from(d, d->driver), 0, why) && answers(bind_to(d, VFIO_PCI), -ENODEV, why) &&
	       is_bound(d, "", why);
}

BELIEF(override_forbids_own_driver)
{
	return answers(unbind_from(d, d->driver), 0, why) && answers(set(d, "driver_override", VFIO_PCI), 0, why) &&
	       answers(bind_to(d, d->driver), -ENODEV, why) && is_bound(d, "", why);
}

static bool take(const struct contract_device *d, char *why)
{
	return answers(unbind_from(d, d->driver), 0, why) && answers(set(d, "driver_override", VFIO_PCI), 0, why) &&
	       answers(bind_to(d, VFIO_PCI), 0, why) && is_bound(d, VFIO_PCI, why);
}

BELIEF(vfio_binds_with_an_override)
{
	return take(d, why) && answers(bind_to(d, VFIO_PCI), -EBUSY, why);
}

BELIEF(vfio_changes_power)
{
	return answers(set(d, "power/control", "on"), 0, why) && take(d, why) &&
	       reads(d, "power/control", "auto", why) && answers(unbind_from(d, VFIO_PCI), 0, why) &&
	       reads(d, "power/control", "on", why);
}

BELIEF(probe_finds_own_driver)
{
	return answers(unbind_from(d, d->driver), 0, why) && answers(drivers_probe(d), 0, why) &&
	       is_bound(d, d->driver, why);
}

BELIEF(probe_succeeds_without_a_driver)
{
	return answers(unbind_from(d, d->driver), 0, why) &&
	       answers(set(d, "driver_override", "gpu-handoff-none"), 0, why) && answers(drivers_probe(d), 0, why) &&
	       is_bound(d, "", why);
}

BELIEF(power_takes_on_and_auto_alone)
{
	return answers(set(d, "power/control", "auto"), 0, why) && reads(d, "power/control", "auto", why) &&
	       answers(set(d, "power/control", "off"), -EINVAL, why) &&
	       answers(set(d, "power/control", "on"), 0, why) && reads(d, "power/control", "on", why);
}

BELIEF(d3cold_takes_numbers_alone)
{
	return answers(set(d, "d3cold_allowed", "0"), 0, why) && reads(d, "d3cold_allowed", "0", why) &&
	       answers(set(d, "d3cold_allowed", "no"), -EINVAL, why) &&
	       answers(set(d, "d3cold_allowed", "1"), 0, why) && reads(d, "d3cold_allowed", "1", why);
}

BELIEF(ids_are_read_only)
{
	return answers(set(d, "vendor", "0x1234"), -EACCES, why);
}

BELIEF(no_such_device)
{
	return answers(write_driver(d, d->driver, "bind", NOWHERE), -ENODEV, why) &&
	       answers(write_driver(d, d->driver, "unbind", NOWHERE), -ENODEV, why) &&
	       answers(d->host->kernel->write(d->host, "bus/pci/drivers_probe", NOWHERE, DEADLINE_MS), -ENODEV, why) &&
	       answers(d->host->kernel->write(d->host, "bus/pci/devices/" NOWHERE "/driver_override", "x", DEADLINE_MS),
		       -ENOENT, why);
}

BELIEF(no_such_driver)
{
	return answers(bind_to(d, "gpu-handoff-none"), -ENOENT, why);
}

const struct contract contracts[] = {
	{ "driver_override keeps what is written and moves nothing", override_is_kept },
	{ "a newline clears driver_override, which then reads (null)", newline_clears_override },
	{ "unbind leaves the device without a driver", unbind_leaves_none },
	{ "a second unbind is refused", unbind_twice_is_refused },
	{ "unbind from a driver that does not have the device is refused", unbind_from_another_is_refused },
	{ "bind brings the device back", bind_brings_back },
	{ "bind of a device that has a driver is refused", bind_while_bound_is_refused },
	{ "vfio-pci takes nothing without an override", vfio_wants_an_override },
	{ "an override forbids the device's own driver", override_forbids_own_driver },
	{ "vfio-pci takes what the override gives it, once", vfio_binds_with_an_override },
	{ "vfio-pci sets power/control to auto, and to on when it goes", vfio_changes_power },
	{ "drivers_probe finds the device's own driver", probe_finds_own_driver },
	{ "drivers_probe says success when no driver came", probe_succeeds_without_a_driver },
	{ "power/control takes on and auto alone", power_takes_on_and_auto_alone },
	{ "d3cold_allowed takes numbers alone", d3cold_takes_numbers_alone },
	{ "ids are read-only", ids_are_read_only },
	{ "a device that is not there is refused", no_such_device },
	{ "a driver that is not there is refused", no_such_driver },
	{ "a thread runs on the CPUs that were set, as far as they are online", contract_thread_moves },
	{ "a thread without a CPU, or that is not there, is refused", contract_thread_refuses },
	{ "a thread that the kernel keeps where it is is refused", contract_fixed_thread_stays },
	{ "a mask of CPUs reads as it was written", contract_mask_reads_back },
	{ "masks without a CPU, and what is no mask or number, are refused", contract_nonsense_is_refused },
};
const unsigned int n_contracts = sizeof(contracts) / sizeof(contracts[0]);

int contract_prepare(const struct host *host, struct address address, struct contract_device *ret)
{
	char path[128], why[CONTRACT_WHY_SIZE];
	int device CLOSE_FD = -1;
	ssize_t n;
	int r;

	*ret = (struct contract_device){ .host = host, .address = address };
	attribute_path(ret, "", path);
	device = beneath_open(host->sys, path, O_PATH | O_DIRECTORY, 0);
	n = attribute_link_name(device, "driver", ret->driver, sizeof(ret->driver));
	if (n < 0)
		return (int)n;
	n = attribute_read(device, "d3cold_allowed", ret->d3cold_allowed, sizeof(ret->d3cold_allowed));
	if (n >= 0)
		n = attribute_read(device, "power/control", ret->power_control, sizeof(ret->power_control));
	if (n < 0)
		return (int)n;
	if (strcmp(ret->driver, VFIO_PCI) == 0 || !reads(ret, "driver_override", OVERRIDE_NONE, why))
		return -EINVAL;
	r = host->kernel->load_module(host, VFIO_PCI, DEADLINE_MS);
	return r < 0 ? r : 0;
}

void contract_reset(const struct contract_device *device)
{
	(void)unbind_from(device, VFIO_PCI);
	(void)set(device, "driver_override", "\n");
	(void)bind_to(device, device->driver);
	(void)set(device, "d3cold_allowed", device->d3cold_allowed);
	(void)set(device, "power/control", device->power_control);
}
