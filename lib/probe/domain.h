/* SPDX-License-Identifier: GPL-2.0-or-later */
/* probe: libvirt's domain XML as a value. The text is hostile: probe/document.h reads it. */
#pragma once

#include <stddef.h>

#include "model/domain.h"
#include "model/refusal.h"

/* More is no domain of this world: libvirt's largest are some 100 KiB. */
#define DOMAIN_XML_MAX (4u * 1024 * 1024)

/* Reads the XML. Returns 0; -ECANCELED with the refusal filled, and *ret untouched. */
int domain_parse(const char *xml, size_t size, struct domain *ret, struct refusal *refusal);

/*
 * Reads all of an open file of domain XML; a negative fd is why it could not be opened. Returns 0, and the text, which
 * the caller frees; -ECANCELED with the refusal filled, which has the name.
 */
int domain_load(int fd, const char *name, char **ret, size_t *ret_size, struct refusal *refusal);
