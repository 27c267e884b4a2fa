// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor: a reserved card is with vfio-pci from the first moment, or its driver came before the rules did. */
#include <fcntl.h>
#include <stdio.h>

#include "base/fd.h"
#include "cli/doctor/doctor.h"

/*
 * A driver that can be loaded has a link to its module, and only such a module tells its state. A host without
 * sys/module does not tell.
 */
static bool is_built_in(const struct host *host, const char *driver)
{
	char path[sizeof("bus/pci/drivers/") + DRIVER_NAME_SIZE], module[DRIVER_NAME_SIZE];
	char state[sizeof("module//initstate") + DRIVER_NAME_SIZE];
	int directory CLOSE_FD = -1;

	if (!beneath_has(host->sys, "module"))
		return false;
	(void)snprintf(path, sizeof(path), "bus/pci/drivers/%s", driver);
	directory = beneath_open(host->sys, path, O_PATH | O_DIRECTORY, 0);
	if (directory < 0)
		return false;
	if (attribute_link_name(directory, "module", module, sizeof(module)) < 0)
		return true;
	(void)snprintf(state, sizeof(state), "module/%s/initstate", module);
	return !beneath_has(host->sys, state);
}

const char *doctor_find_initramfs(const struct host *host)
{
	if (beneath_has(host->usr, "sbin/update-initramfs"))
		return "'update-initramfs -u'";
	if (beneath_has(host->usr, "bin/dracut") || beneath_has(host->usr, "sbin/dracut"))
		return "'dracut -f'";
	return "'update-initramfs -u' or 'dracut -f', whichever the host has,";
}

static void report_driver(
	struct doctor *doctor, const char *section, struct address gpu, const struct function *function)
{
	struct address_text address = address_text(function->address);

	if (is_built_in(doctor->host, function->driver))
		doctor_report(doctor, FINDING_FAIL, section,
			finding_text("use mode = kept-free, or a kernel that has %s as a module", function->driver).s,
			"%s has %s, which is reserved: the driver is built into the kernel, and comes before any rule",
			function->driver, address.s);
	else
		doctor_report(doctor, FINDING_FAIL, section,
			finding_text("run %s as root, and reboot; until then 'gpu-handoff detach %s' takes it",
				doctor_find_initramfs(doctor->host), address_text(gpu).s)
				.s,
			"%s has %s, which is reserved: the driver was loaded before the rules that keep it off",
			function->driver, address.s);
}

void doctor_look_reserved(struct doctor *doctor, const char *section, const struct card *card)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < card->n_functions; i++) {
		const struct function *function = card->functions[i];
		struct address_text address = address_text(function->address);

		if (function_is_vfio(function))
			n++;
		else if (function->driver[0])
			report_driver(doctor, section, card->gpu->address, function);
		else
			doctor_report(doctor, FINDING_WARN, section,
				finding_text(
					"run 'udevadm trigger --action=add /sys/bus/pci/devices/%s' as root, and look "
					"into 'journalctl -k'",
					address.s)
					.s,
				"%s is reserved, and has no driver: vfio-pci has not got it", address.s);
	}
	if (n == card->n_functions)
		doctor_report(doctor, FINDING_PASS, section, NULL, "%s is reserved: vfio-pci has all its functions",
			address_text(card->gpu->address).s);
}
