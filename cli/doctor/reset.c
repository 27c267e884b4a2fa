// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor: whether the kernel can bring a card back from whatever a guest has left it in (reset_method of sysfs). */
#include <stdio.h>
#include <string.h>

#include "cli/doctor/cards.h"
#include "model/amd.h"
#include "probe/inventory.h"

#define OWN     "device_specific"
#define UPGRADE "build and load the module vendor-reset (gnif/vendor-reset) at boot, before anything resets the card"

/* Since Linux 5.15 each device says how; what came before says only that there is a way. */
static bool can_reset(const struct doctor *doctor, const struct function *gpu)
{
	char path[sizeof("bus/pci/devices//reset") + ADDRESS_TEXT_SIZE];

	(void)snprintf(path, sizeof(path), "bus/pci/devices/%s/reset", address_text(gpu->address).s);
	return beneath_has(doctor->host->sys, path);
}

static bool has_method(const char *methods, const char *method)
{
	size_t length = strlen(method);
	const char *at = methods;

	while ((at = strstr(at, method))) {
		if ((at == methods || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
			return true;
		at += length;
	}
	return false;
}

/* The kernel tries the first one. */
static void report_amd(const struct card_look *look, const char *generation)
{
	const struct function *gpu = look->card->gpu;
	const char *methods = gpu->reset_method;

	if (strncmp(methods, OWN, strlen(OWN)) == 0)
		card_report(look, FINDING_PASS, NULL,
			"%s has the reset bug, and is reset by '" OWN "', which vendor-reset knows", generation);
	else if (has_method(methods, OWN))
		card_report(look, FINDING_WARN,
			finding_text("write '" OWN
				     "' into /sys/bus/pci/devices/%s/reset_method at each boot, by a file of "
				     "tmpfiles.d(5)",
				address_text(gpu->address).s)
				.s,
			"%s has the reset bug, and the kernel tries '%s' in this order: the first leaves it dead",
			generation, methods);
	else
		card_report(look, FINDING_WARN, UPGRADE,
			"%s has the reset bug: after the first VM with it, the card may be dead until the host is "
			"rebooted%s%s",
			generation, methods[0] ? "; the kernel has only: " : "", methods);
}

static void report_methods(const struct card_look *look, const char *methods)
{
	if (has_method(methods, "flr") || has_method(methods, OWN) || has_method(methods, "acpi"))
		card_report(look, FINDING_PASS, NULL, "the kernel can reset it: %s", methods);
	else if (has_method(methods, "bus"))
		card_report(look, FINDING_PASS, NULL,
			"the kernel can reset it: %s; 'bus' resets all its functions at once, which go to a VM "
			"together "
			"anyway",
			methods);
	else
		card_report(look, FINDING_WARN,
			"reboot the VM with it once, before somebody relies on that; if it does not come back, it "
			"wants another slot, where 'bus' can reset it",
			"the kernel can reset it by '%s' alone, which many cards do not take for one", methods);
}

static void look_reset(const struct card_look *look)
{
	const struct function *gpu = look->card->gpu;
	const char *generation = amd_find_reset_bug(gpu->vendor, gpu->device);

	if (generation && look->card->kind == CARD_DISCRETE)
		report_amd(look, generation);
	else if (gpu->reset_method[0])
		report_methods(look, gpu->reset_method);
	else if (can_reset(look->doctor, gpu))
		card_report(look, FINDING_PASS, NULL, "the kernel can reset it; how, it tells from Linux 5.15 on");
	else if (!look->doctor->recorded)
		card_report(look, FINDING_FAIL,
			"move the card to a slot where it is alone below its root port: then 'bus' can reset it; or do "
			"not reboot the VM without the host",
			"the kernel cannot reset it, so it stays as the last guest has left it");
}

const struct card_check card_check_reset = { .name = "reset", .look = look_reset };
