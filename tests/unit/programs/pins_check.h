/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests: what holds of every domain that is written for a host, whatever the host: who has which CPU and which memory.
 * The XML is read by libxml2 and the host from its record, so none of it is the product's own view.
 */
#pragma once

#include <json-c/json.h>

struct pins_wish {
	unsigned int n_vcpus; /* that were asked for; 0: none were */
	unsigned int n_nodes; /* those of its cards that the host tells of */
	int nodes[2];
};

/* A host's cpu_topology, the wish, and the XML. Returns NULL, or a sentence that the next call overwrites. */
const char *pins_check(json_object *cpus, const struct pins_wish *wish, const char *xml);
