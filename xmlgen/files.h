/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xmlgen: the files that the command line names, as they are on this host. */
#pragma once

#include "model/refusal.h"
#include "xmlgen/guest.h"

/* Adds disks, media and the ROM. Returns 0; -ECANCELED with the refusal filled. files_free() in any case. */
int files_look(struct guest *guest, struct refusal *refusal);
void files_free(struct guest *guest);
