/* SPDX-License-Identifier: GPL-2.0-or-later */
/* udev: keeps the virtual consoles off the framebuffers of cards that are kept free (Documentation/fb/fbcon.rst). */
#pragma once

#include "host/host.h"
#include "model/refusal.h"

/*
 * Has other framebuffers show the consoles that those of cards that are kept free, or reserved, show. Where there is no
 * other, framebuffers show none from then on, and /run/gpu-handoff/consoles/parted says so; when one has come, it shows
 * them. May be repeated, and called by many at once. Returns 0, also when there was nothing to do; -ECANCELED and the
 * refusal.
 */
int consoles_settle(const struct host *host, struct refusal *refusal);
