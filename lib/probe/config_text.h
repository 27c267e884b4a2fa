/* SPDX-License-Identifier: GPL-2.0-or-later */
/* probe: the beginning of a sentence about the configuration. For the files of config.h alone. */
#pragma once

#include "base/text.h"

#define CONFIG_NAME "gpu-handoff.conf"

/*
 * Adds "/etc/gpu-handoff.conf: 'key' of [section]", or the section alone without a key; so much of each that the rest
 * of a sentence has room.
 */
void config_add_place(struct text *text, const char *section, const char *key);
