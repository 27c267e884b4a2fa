// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/domain.h"

#include <errno.h>

bool domain_names(const struct domain *domain, struct address address)
{
	for (unsigned int i = 0; i < domain->n_hostdevs; i++) {
		if (address_compare(domain->hostdevs[i], address) == 0)
			return true;
	}
	return false;
}

int domain_add_hostdev(struct domain *domain, struct address address)
{
	unsigned int i = domain->n_hostdevs;

	if (domain_names(domain, address))
		return 0;
	if (domain->n_hostdevs == DOMAIN_HOSTDEVS_MAX)
		return -E2BIG;
	for (; i > 0 && address_compare(domain->hostdevs[i - 1], address) > 0; i--)
		domain->hostdevs[i] = domain->hostdevs[i - 1];
	domain->hostdevs[i] = address;
	domain->n_hostdevs++;
	return 0;
}
