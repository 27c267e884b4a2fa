/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host: what may be the name of a unit, before systemd is asked about it. */
#pragma once

#include <stdbool.h>

/* Of a service, scope or slice. It may come from a control group, which containers and people name. */
bool unit_name_is_valid(const char *unit);

/* Its suffix of these: ".service"; "" for none. */
const char *unit_name_suffix(const char *unit);
