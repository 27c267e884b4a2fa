/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests: processors, to put recorded machines on: the recorded ones of tests/hosts/cpu, and made-up ones, regular
 * enough to be a row of a table: large servers, two kinds of cache, kinds of cores, hardly any core at all.
 */
#pragma once

#include <json-c/json.h>

#define PROCESSORS_MAX 64

/* The names of all, recorded ones first. Returns how many. Ends the test when it cannot look. */
unsigned int processor_names(const char *names[PROCESSORS_MAX]);

/* One as the cpu_topology of a record; json_object_put() releases it. NULL when there is none of that name. */
json_object *processor_load(const char *name);
