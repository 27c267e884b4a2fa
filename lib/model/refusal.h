/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model: why something is not done: a reason that programs can branch on, and one sentence for a person that names
 * the thing and the way out. Library functions fill one and return -ECANCELED; only programs print it.
 */
#pragma once

enum refusal_reason {
	REFUSAL_NONE,
	REFUSAL_INPUT,        /* what came from outside cannot be read */
	REFUSAL_ABSENT,       /* a function that is not on this host */
	REFUSAL_NO_IOMMU,     /* no IOMMU group */
	REFUSAL_GROUP,        /* a stranger in the IOMMU group */
	REFUSAL_NOT_ENDPOINT, /* bridges stay with the host */
	REFUSAL_VIRTUAL,      /* its virtual functions are in use */
	REFUSAL_CRITICAL,     /* the host lives on it */
	REFUSAL_TAKEN,        /* another domain has it */
	REFUSAL_HELD,         /* somebody uses it, who may yet go */
	REFUSAL_DRIVER,       /* its driver never lets go of it */
	REFUSAL_POISONED,     /* its driver has not let go of it */
	REFUSAL_LOCKED,       /* another handover is at work */
	REFUSAL_STATE,        /* /run/gpu-handoff cannot be trusted or used */
	REFUSAL_FAILED,       /* a step failed */
	REFUSAL_CPUS,         /* the CPUs that it asks for cannot be its own */
	REFUSAL_MEMORY,       /* the huge pages that it asks for are not to be had */
	REFUSAL_REASONS_
};

struct refusal {
	enum refusal_reason reason;
	char sentence[1024]; /* lower case, no full stop; strangers' text in it is printable */
};

/* Fills it from a format. Always returns -ECANCELED, so that callers can return it. */
__attribute__((format(printf, 3, 4))) int refusal_set(
	struct refusal *refusal, enum refusal_reason reason, const char *format, ...);

/* A word for programs: absent, group, … */
const char *refusal_reason_name(enum refusal_reason reason);
