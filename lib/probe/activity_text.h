/* SPDX-License-Identifier: GPL-2.0-or-later */
/* probe: what drivers say of those who use them, as values. Pure; a line that is not understood tells nothing. */
#pragma once

#include <stdbool.h>

#include "model/activity.h"

/*
 * Takes the next client from the text of dri/N/clients in debugfs (drm_clients_info() in drm_debugfs.c), fills in its
 * pid and command, and moves *text behind it. Returns false when there is none left.
 */
bool drm_take_client(const char **text, struct client *ret);

/*
 * Reads the status of a sound stream (snd_pcm_substream_proc_status_read() in pcm.c). Returns true for one that is
 * open, and fills in pid and running.
 */
bool sound_parse_status(const char *text, struct client *ret);
