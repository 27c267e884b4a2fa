/* SPDX-License-Identifier: GPL-2.0-or-later */
/* udev: takes the virtual consoles off the framebuffer of a card that is kept free (Documentation/fb/fbcon.rst). */
#pragma once

#include "host/host.h"
#include "model/refusal.h"

/*
 * Has another framebuffer show the consoles that /dev/fbN shows, one that is of no such card. Where there is none,
 * framebuffers show no consoles from then on. Returns 0, also when it shows none; -ECANCELED and the refusal.
 */
int consoles_release(const struct host *host, unsigned int n, struct refusal *refusal);

/*
 * The same of every framebuffer of such a card: of one that shows consoles of which the kernel has told no event of its
 * own. Returns 0, also when there is none; -ECANCELED and the refusal.
 */
int consoles_release_all(const struct host *host, struct refusal *refusal);
