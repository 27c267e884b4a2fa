// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/refusal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

static const char *const reason_names[] = {
	[REFUSAL_NONE] = "none",
	[REFUSAL_INPUT] = "input",
	[REFUSAL_ABSENT] = "absent",
	[REFUSAL_NO_IOMMU] = "no-iommu",
	[REFUSAL_GROUP] = "group",
	[REFUSAL_NOT_ENDPOINT] = "not-endpoint",
	[REFUSAL_VIRTUAL] = "virtual-functions",
	[REFUSAL_CRITICAL] = "critical",
	[REFUSAL_TAKEN] = "taken",
	[REFUSAL_HELD] = "held",
	[REFUSAL_DRIVER] = "driver",
	[REFUSAL_POISONED] = "poisoned",
	[REFUSAL_LOCKED] = "locked",
	[REFUSAL_STATE] = "state",
	[REFUSAL_FAILED] = "failed",
	[REFUSAL_CPUS] = "cpus",
	[REFUSAL_MEMORY] = "memory",
};
_Static_assert(sizeof(reason_names) / sizeof(reason_names[0]) == REFUSAL_REASONS_, "a reason has no name");

int refusal_set(struct refusal *refusal, enum refusal_reason reason, const char *format, ...)
{
	va_list arguments;

	refusal->reason = reason;
	va_start(arguments, format);
	(void)vsnprintf(refusal->sentence, sizeof(refusal->sentence), format, arguments);
	va_end(arguments);
	/* A path or a name in it steers no terminal, whoever put it there. */
	for (char *c = refusal->sentence; *c; c++) {
		if (*c < ' ' || *c > '~')
			*c = '?';
	}
	return -ECANCELED;
}

const char *refusal_reason_name(enum refusal_reason reason)
{
	return reason_names[reason];
}
