/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli: model → JSON values, of json-c. Each returns a new object that its caller owns, or hands on to another. */
#pragma once

#include <stdio.h>

#include <json-c/json.h>

#include "model/card.h"
#include "model/knob.h"
#include "model/notes.h"
#include "plan/plan.h"

json_object *json_address(struct address address);

/* null for a negative number, for "". */
json_object *json_number_or_null(int number);
json_object *json_text_or_null(const char *text);

/* 0x10de as "10de", as lspci -n shows it. */
json_object *json_hex(unsigned int digits, uint32_t value);

/* A step: kind, address, pool, old, new, sentence, deadline_ms. */
json_object *json_step(const struct step *step);
json_object *json_steps(const struct plan *plan);

/* A knob that is to be set: kind, name, base, old, new; null for CPUs that are not set. */
json_object *json_knob(const struct knob *knob);

json_object *json_notes(const struct notes *notes);

/* Prints it with a newline, and releases it. Returns 0, or -errno. */
int json_print(json_object *object);
