// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/domain.h"

bool domain_names(const struct domain *domain, struct address address)
{
	for (unsigned int i = 0; i < domain->n_hostdevs; i++) {
		if (address_compare(domain->hostdevs[i], address) == 0)
			return true;
	}
	return false;
}
