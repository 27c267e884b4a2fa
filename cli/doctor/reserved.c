// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor: a reserved card is with vfio-pci from the first moment, or its driver came before the rules did. */
#include <fcntl.h>
#include <stdio.h>

#include "base/fd.h"
#include "base/text.h"
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

/* What of a card is not with vfio-pci, by why. */
struct rest {
	struct finding_text late_text, built_in_text, driverless_text;
	struct text late;       /* drivers that were loaded before the rules: "nouveau has 0000:01:00.0" */
	struct text built_in;   /* drivers that are in the kernel, likewise */
	struct text driverless; /* functions that no driver has */
	const char *driver;     /* one that is in the kernel */
	unsigned int n_built_in;
};

static void add_function(struct rest *rest, const struct host *host, const struct function *function)
{
	struct address_text address = address_text(function->address);
	struct text *text;

	if (function_is_vfio(function))
		return;
	if (!function->driver[0]) {
		text_add(&rest->driverless, "%s/sys/bus/pci/devices/%s", rest->driverless.length ? " " : "", address.s);
		return;
	}
	text = is_built_in(host, function->driver) ? &rest->built_in : &rest->late;
	text_add(text, "%s%s has %s", text->length ? ", " : "", function->driver, address.s);
	if (text == &rest->late)
		return;
	rest->driver = function->driver;
	rest->n_built_in++;
}

static void report_built_in(
	struct doctor *doctor, const char *section, struct address_text gpu, const struct rest *rest)
{
	bool many = rest->n_built_in > 1;

	doctor_report(doctor, FINDING_FAIL, section,
		finding_text("use mode = kept-free, or a kernel that has %s as %s",
			many ? "these drivers" : rest->driver, many ? "modules" : "a module")
			.s,
		"%s is reserved, but %s: what is built into the kernel comes before any rule", gpu.s,
		rest->built_in.buffer);
}

/* Each reason once, whatever many functions it is about: the remedy is the same. */
static void report_rest(struct doctor *doctor, const char *section, const struct card *card, const struct rest *rest)
{
	struct address_text gpu = address_text(card->gpu->address);

	if (rest->late.length)
		doctor_report(doctor, FINDING_FAIL, section,
			finding_text("run %s as root, and reboot; until then 'gpu-handoff detach %s' takes it",
				doctor_find_initramfs(doctor->host), gpu.s)
				.s,
			"%s is reserved, but %s: loaded before the rules that keep drivers off", gpu.s,
			rest->late.buffer);
	if (rest->built_in.length)
		report_built_in(doctor, section, gpu, rest);
	if (rest->driverless.length)
		doctor_report(doctor, FINDING_WARN, section,
			finding_text("run 'udevadm trigger --action=add %s' as root, and look into 'journalctl -k'",
				rest->driverless.buffer)
				.s,
			"%s is reserved, but not all of it has a driver: vfio-pci has not got %s", gpu.s,
			rest->driverless.buffer);
}

void doctor_look_reserved(struct doctor *doctor, const char *section, const struct card *card)
{
	struct rest rest = { .n_built_in = 0 };

	text_init(&rest.late, rest.late_text.s, sizeof(rest.late_text.s));
	text_init(&rest.built_in, rest.built_in_text.s, sizeof(rest.built_in_text.s));
	text_init(&rest.driverless, rest.driverless_text.s, sizeof(rest.driverless_text.s));
	for (unsigned int i = 0; i < card->n_functions; i++)
		add_function(&rest, doctor->host, card->functions[i]);
	report_rest(doctor, section, card, &rest);
	if (!rest.late.length && !rest.built_in.length && !rest.driverless.length)
		doctor_report(doctor, FINDING_PASS, section, NULL, "%s is reserved: vfio-pci has all its functions",
			address_text(card->gpu->address).s);
}
