/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: machine, firmware, balloon and PCI hostdevs of a domain's XML (https://libvirt.org/formatdomain.html,
 * "Operating system booting", "Memory balloon device", "Host device assignment"). The text is hostile:
 * probe/document.h reads it.
 */
#pragma once

#include <stddef.h>

#include "model/refusal.h"
#include "model/traits.h"

/*
 * Hostdevs without a readable address are left out: domain_parse() refuses them. Returns 0; -ECANCELED with the refusal
 * filled, and *ret untouched.
 */
int traits_parse(const char *xml, size_t size, struct traits *ret, struct refusal *refusal);
