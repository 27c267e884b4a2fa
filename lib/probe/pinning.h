/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: where a domain's threads run and its memory comes from, of its XML (https://libvirt.org/formatdomain.html,
 * "CPU Allocation", "CPU Tuning", "NUMA Node Tuning"). The text is hostile: probe/document.h reads it.
 */
#pragma once

#include <stddef.h>

#include <libxml/tree.h>

#include "model/pinning.h"
#include "model/refusal.h"

/*
 * Reads <vcpu>, <cputune> and <numatune>. What has no pin of its own has that of <vcpu cpuset=…>; a pin for a vCPU that
 * the domain does not have is left out, as libvirt does; a domain without iothreads has none. What the host has of all
 * these CPUs is not asked. Returns 0; -ECANCELED with the refusal filled, and *ret untouched.
 */
int pinning_parse(const char *xml, size_t size, struct pinning *ret, struct refusal *refusal);

/* Likewise of a document that is read already, by its root. */
int pinning_read(const xmlNode *root, struct pinning *ret, struct refusal *refusal);
