/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xmlgen: the <hostdev> elements of PCI functions, as virt-manager writes them. */
#pragma once

#include <stdio.h>

#include "model/address.h"

/* Writes one element a function. Returns 0, or -errno. */
int hostdev_write(const struct address *functions, unsigned int n, FILE *stream);
