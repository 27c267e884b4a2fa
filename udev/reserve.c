// SPDX-License-Identifier: GPL-2.0-or-later
#include "udev/reserve.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/card.h"
#include "probe/inventory.h"
#include "udev/intents.h"
#include "udev/state.h"

#define VFIO_PCI "vfio-pci"

/* The driver's probe() resets nothing and waits for nobody: longer, and it is stuck. */
#define PROBE_DEADLINE_MS 20000

static const char *explain(int r)
{
	return r == KERNEL_STUCK ? "it has not answered" : strerror(-r);
}

static int write_override(const struct host *host, struct address address, struct refusal *refusal)
{
	char path[64];
	int r;

	(void)snprintf(path, sizeof(path), "bus/pci/devices/%s/driver_override", address_text(address).s);
	r = host->kernel->write(host, path, VFIO_PCI, OVERRIDE_DEADLINE_MS);
	if (r >= 0)
		return 0;
	return refusal_set(refusal, REFUSAL_FAILED, "cannot keep '%s', which is reserved, for " VFIO_PCI ": %s",
		address_text(address).s, explain(r));
}

/* Whether VFIO has it: 1, or 0 when it has no driver. Nobody is thrown out, and what a handover has is its own. */
static int look(const struct host *host, struct address address, struct refusal *refusal)
{
	struct function function;
	const char *state;
	int r = function_probe(host, address, &function);

	if (r < 0)
		return refusal_set(refusal, REFUSAL_ABSENT, "cannot read '%s' in sysfs: %s", address_text(address).s,
			strerror(-r));
	state = state_find(host, &function);
	if (strcmp(state, "none") == 0 || strcmp(state, "vfio") == 0)
		return strcmp(state, "vfio") == 0;
	if (strcmp(state, "host") == 0)
		return refusal_set(refusal, REFUSAL_DRIVER,
			"'%s' is reserved, but '%s' had it before udev's rules were read; run 'gpu-handoff detach %s', "
			"and have the initramfs made anew for the next start",
			address_text(address).s, function.driver, address_text(address).s);
	return refusal_set(refusal, REFUSAL_TAKEN, "'%s' is not free to be reserved: its state is '%s'",
		address_text(address).s, state);
}

static int give(const struct host *host, struct address address, struct refusal *refusal)
{
	struct address_text text = address_text(address);
	int r;

	/* The kernel would ask every driver for it. */
	r = write_override(host, address, refusal);
	if (r < 0)
		return r;
	r = host->kernel->write(host, "bus/pci/drivers_probe", text.s, PROBE_DEADLINE_MS);
	if (r < 0)
		return refusal_set(refusal, REFUSAL_FAILED, "cannot have the kernel look for a driver for '%s': %s",
			text.s, explain(r));
	r = look(host, address, refusal);
	/* Whether a driver took it is not told otherwise. */
	if (r == 0)
		return refusal_set(refusal, REFUSAL_FAILED,
			"'%s' is reserved, but " VFIO_PCI
			" has not taken it; see what the kernel's log says of it, and "
			"whether the host has an IOMMU",
			text.s);
	return r < 0 ? r : 0;
}

static int reserve(const struct host *host, struct intents *intents, struct address address, struct refusal *refusal)
{
	int r = intents_probe(host, intents);

	if (r < 0)
		return refusal_set(refusal, REFUSAL_FAILED, "cannot read the cards in sysfs: %s", strerror(-r));
	if (intents_find(intents, address) != MODE_RESERVED)
		return refusal_set(refusal, REFUSAL_INPUT, "'%s' is not reserved in '/etc/gpu-handoff.conf'",
			address_text(address).s);
	r = look(host, address, refusal);
	if (r != 0)
		return r < 0 ? r : 0;
	return give(host, address, refusal);
}

int reserve_function(const struct host *host, struct address address, struct refusal *refusal)
{
	struct intents *intents = calloc(1, sizeof(*intents));
	int r = intents ? reserve(host, intents, address, refusal)
			: refusal_set(refusal, REFUSAL_FAILED, "%s", strerror(ENOMEM));

	free(intents);
	return r;
}

static int hold(const struct host *host, struct intents *intents, struct refusal *refusal)
{
	const struct inventory *inventory = &intents->inventory;
	struct refusal other;
	int r = intents_probe(host, intents), held = 0;

	if (r < 0)
		return refusal_set(refusal, REFUSAL_FAILED, "cannot read the cards in sysfs: %s", strerror(-r));
	for (unsigned int i = 0; i < inventory->n_functions; i++) {
		const struct function *function = &inventory->functions[i];

		/* One that a VM is about to have, or that a driver has not let go of, has no driver either. */
		if (intents_find(intents, function->address) != MODE_RESERVED ||
			strcmp(state_find(host, function), "none") != 0)
			continue;
		r = write_override(host, function->address, held < 0 ? &other : refusal);
		held = held < 0 ? held : r;
	}
	return held;
}

int reserve_hold(const struct host *host, struct refusal *refusal)
{
	struct intents *intents = calloc(1, sizeof(*intents));
	int r = intents ? hold(host, intents, refusal) : refusal_set(refusal, REFUSAL_FAILED, "%s", strerror(ENOMEM));

	free(intents);
	return r;
}
