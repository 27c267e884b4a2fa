/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xmlgen: the whole domain, as text. */
#pragma once

#include "xmlgen/guest.h"

/* The XML of a new domain, which free() frees; NULL when there is no memory for it. */
char *domain_write(const struct guest *guest);
