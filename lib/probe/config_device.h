/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: the sections of the configuration that are each about one device, [card ...] and [usb ...]. For config.c: a
 * section is begun, its keys are set, and at its end it is among the settings, or settings->device_problem says why it
 * is not. One that is wrong is left out whole: half of what somebody wanted is not what he wanted.
 */
#pragma once

#include <stdbool.h>

#include "model/policy.h"

struct device_section {
	const char *name; /* NULL between sections, and in one that is about no device */
	const struct device_kind *kind;
	bool wrong;
	unsigned int said; /* a bit for each key */
	struct card_setting card;
	struct usb_setting usb;
};

/* Begins a section; the name must outlive it. Returns whether it is about a device. */
bool device_section_begin(struct device_section *section, const char *name, struct settings *settings);

/* value is NULL for a key without one. */
void device_section_set(struct device_section *section, const char *key, const char *value, struct settings *settings);

/* Ends the section, if there is one. */
void device_section_end(struct device_section *section, struct settings *settings);
