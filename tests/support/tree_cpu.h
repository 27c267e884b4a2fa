/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests: the CPU and memory part of a recorded machine's tree: cores, caches, NUMA nodes, huge pages. */
#pragma once

#include <json-c/json.h>

/* topology: an array of { cpu, node, socket, core, l3, l3_kb, type }, null for what is not known. */
void tree_write_cpus(int root, json_object *topology);
