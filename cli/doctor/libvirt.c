// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor: whether libvirt has a domain, asked as anybody may ask. */
#include <errno.h>
#include <stdio.h>

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include "cli/doctor/doctor.h"
#include "cli/live.h"

struct asked {
	char name[256];
};

static int ask(virConnectPtr connection, void *argument)
{
	const struct asked *asked = argument;
	virDomainPtr domain = virDomainLookupByName(connection, asked->name);

	if (domain) {
		virDomainFree(domain);
		return 1;
	}
	return virGetLastErrorCode() == VIR_ERR_NO_DOMAIN ? 0 : -EIO;
}

int doctor_find_domain(const char *name, struct refusal *refusal)
{
	struct asked asked;
	int r;

	(void)snprintf(asked.name, sizeof(asked.name), "%s", name);
	r = live_ask(ask, &asked, sizeof(asked), refusal);
	if (r < 0 && r != -ECANCELED)
		r = refusal_set(refusal, REFUSAL_FAILED, "libvirt does not tell whether there is a domain '%s'", name);
	return r;
}
