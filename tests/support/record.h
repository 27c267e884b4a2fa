/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests: the recorded machines of tests/hosts, as JSON and as the model that the product should make of them. */
#pragma once

#include <json-c/json.h>

#include "model/inventory.h"

#define RECORDS     "tests/hosts"
#define RECORDS_MAX 128

/* The names of all records, without their suffix, in order. Returns how many. Ends the test when it cannot look. */
unsigned int record_names(const char *names[RECORDS_MAX]);

/* A record by its name; json_object_put() releases it. Ends the test when it cannot be read. */
json_object *record_load(const char *name);

/* A value of an object, or NULL, or the number given, for null and for none. */
const char *record_text(json_object *object, const char *key);
int record_number(json_object *object, const char *key, int otherwise);

/* The device with an address, or NULL. */
json_object *record_device(json_object *host, const char *address);

/*
 * Listings often leave the drivers out. Gives every endpoint that has none, or vfio-pci already, the driver that a host
 * would have for its class, every bridge pcieport, and every second function power/control auto, so that there is
 * something to restore.
 */
void record_dress(json_object *host);

/* All its devices, overrides too, with what a tree of it tells. */
void record_inventory(json_object *host, struct inventory *ret);
