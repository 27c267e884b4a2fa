/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli: the domain that a person means: a file of XML, - for stdin, or the name or uuid of one that libvirt knows. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/domain.h"
#include "model/pinning.h"
#include "model/refusal.h"

/*
 * file_only: of a recorded machine no libvirt can be asked. ret_pinning is NULL where nobody asks for the pins. Returns
 * 0, or -ECANCELED with the refusal filled.
 */
int source_read(
	const char *argument, bool file_only, struct domain *ret, struct pinning *ret_pinning, struct refusal *refusal);

/* The XML itself. The caller frees it. */
struct source {
	char *xml;
	size_t size;
	bool is_file; /* else libvirt has it, as it is defined */
};

/* What source_read() reads. Returns 0, or -ECANCELED with the refusal filled and nothing to free. */
int source_load(const char *argument, bool file_only, struct source *ret, struct refusal *refusal);
