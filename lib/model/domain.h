/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model: what a libvirt domain asks of this host (https://libvirt.org/formatdomain.html). A value: owns nothing.
 */
#pragma once

#include <stdbool.h>

#include "model/address.h"
#include "model/demand.h"
#include "model/policy.h"

#define DOMAIN_NAME_SIZE    256
#define DOMAIN_UUID_SIZE    37
#define DOMAIN_HOSTDEVS_MAX 64

struct domain {
	char name[DOMAIN_NAME_SIZE]; /* a stranger's text: print it through text_add_foreign() */
	char uuid[DOMAIN_UUID_SIZE]; /* lower case with dashes, or "" where the XML has none */

	/* <hostdev mode='subsystem' type='pci'>, by address, each once. */
	unsigned int n_hostdevs;
	struct address hostdevs[DOMAIN_HOSTDEVS_MAX];

	bool has_policy; /* there is a policy element, whatever it says */
	struct policy policy;
	struct demand demand; /* all zero where the domain has neither hostdev nor policy: nothing of it is ours */
};

bool domain_names(const struct domain *domain, struct address address);

/* Adds a hostdev in its place, once. Returns 0, or -E2BIG. */
int domain_add_hostdev(struct domain *domain, struct address address);
