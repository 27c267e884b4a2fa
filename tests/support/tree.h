/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests: writes the sysfs tree of a recorded machine (tests/hosts), as its kernel would show it. What the record does
 * not know is left out, or has the value of a kernel that does not know. Beyond what was recorded, a device may say
 * "driver_override", "power_control" and "physfn".
 */
#pragma once

#include <json-c/json.h>

/* Writes sys/ beneath root: the PCI devices, and the CPUs of topology, which may be NULL. */
void tree_write(int root, json_object *host, json_object *topology);
