// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor: whether libvirt has a domain, asked as anybody may ask. */
#include <errno.h>
#include <stddef.h>

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include "cli/doctor.h"
#include "cli/live.h"

int doctor_find_domain(const char *name)
{
	virConnectPtr connection;
	virDomainPtr domain;
	int r = 1;

	connection = live_connect(LIVE_URI, true);
	if (!connection)
		return -ENOTCONN;
	domain = virDomainLookupByName(connection, name);
	if (domain)
		virDomainFree(domain);
	else
		r = virGetLastErrorCode() == VIR_ERR_NO_DOMAIN ? 0 : -ENOTCONN;
	virConnectClose(connection);
	return r;
}
