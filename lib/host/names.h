/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host: what people call PCI vendors, devices and classes, from libpci's pci.ids. For programs that talk to people:
 * reading the list takes milliseconds, so the hook does without.
 */
#pragma once

#include <stddef.h>

#include "model/function.h"

struct names;

/* Returns NULL when there is no memory. names_free() takes NULL. */
struct names *names_new(void);
void names_free(struct names *names);

/* "NVIDIA Corporation", "TU106 [GeForce RTX 2060]", "Audio device". Return 0, or -ENOENT when the list has none. */
int names_vendor(struct names *names, const struct function *function, char *buffer, size_t size);
int names_device(struct names *names, const struct function *function, char *buffer, size_t size);
int names_class(struct names *names, const struct function *function, char *buffer, size_t size);
