// SPDX-License-Identifier: GPL-2.0-or-later
/* Udev is asked to look again at what a handover has changed without an event. Nothing waits for that, or fails by it.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>

#include "apply/context.h"
#include "apply/poison.h"

/* The kernel only sends a message. */
#define UEVENT_DEADLINE_MS 5000

/* Returns whether the next one may be asked. */
static bool announce(const struct host *host, const char *device)
{
	char path[512];

	if (snprintf(path, sizeof(path), "%s/uevent", device) >= (int)sizeof(path) || !beneath_has(host->sys, path))
		return true;
	return host->kernel->write(host, path, "change", UEVENT_DEADLINE_MS) != KERNEL_STUCK;
}

/* With a driver of VFIO, or without one, that is all that there is below it. */
static bool announce_function(const struct host *host, struct address address)
{
	char device[64], path[64 + sizeof("/vfio-dev/") + sizeof(((struct dirent *)0)->d_name)];
	const struct dirent *entry;
	bool goes_on;
	DIR *list;

	(void)snprintf(device, sizeof(device), "bus/pci/devices/%s", address_text(address).s);
	goes_on = announce(host, device);
	(void)snprintf(path, sizeof(path), "%s/vfio-dev", device);
	if (!goes_on || beneath_list(host->sys, path, &list) < 0)
		return goes_on;
	while (goes_on && (entry = readdir(list))) {
		(void)snprintf(path, sizeof(path), "%s/vfio-dev/%s", device, entry->d_name);
		goes_on = entry->d_name[0] == '.' || announce(host, path);
	}
	closedir(list);
	return goes_on;
}

/* Its driver came while its state was what it is now, and that was an event. */
static bool is_told(const struct plan *done, struct address address)
{
	for (unsigned int i = 0; i < done->n_steps; i++) {
		if (done->steps[i].kind == STEP_BIND && address_compare(done->steps[i].target, address) == 0)
			return true;
	}
	return false;
}

void context_announce(struct handover *handover, int runtime, const struct journal *journal, const struct plan *done)
{
	bool goes_on = true;

	for (unsigned int i = 0; i < journal->plan.n_taken && goes_on; i++) {
		const struct taken *taken = &journal->plan.taken[i];

		if (!is_told(done, taken->address) &&
			!poison_has(runtime, taken->address, taken->identity, handover->buffer, &handover->poison))
			goes_on = announce_function(handover->host, taken->address);
	}
}

void context_announce_groups(struct handover *handover, const struct journal *journal)
{
	const struct plan *plan = &journal->plan;
	char path[64];

	for (unsigned int i = 0; i < plan->n_taken; i++) {
		if (i > 0 && plan->taken[i].iommu_group == plan->taken[i - 1].iommu_group)
			continue;
		(void)snprintf(path, sizeof(path), "devices/virtual/vfio/%d", plan->taken[i].iommu_group);
		(void)announce(handover->host, path);
	}
}
