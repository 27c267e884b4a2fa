/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan: a step is data: what is changed, of which function, from what to what. One table gives each kind its name,
 * its attribute, its sentence and its deadline. The old value makes a step undoable, and makes it a comparison too:
 * apply touches nothing whose value is not the one that the step expects.
 *
 * A place for what comes later: consoles are released before STEP_FREE.
 */
#pragma once

#include <stdbool.h>

#include "model/address.h"
#include "model/function.h"
#include "model/pool.h"
#include "model/unit.h"

enum step_kind {
	STEP_PAGES,       /* huge pages of a node, a number: those that a domain lacks, before the card is touched */
	STEP_CPUS,        /* CPUs of the host (new) become a domain's alone: all that plan/settle.h decides */
	STEP_MODULE,      /* vfio-pci is loaded; never undone, as libvirt never does */
	STEP_POWER,       /* power/control: kept on while drivers change */
	STEP_D3COLD,      /* d3cold_allowed: some cards do not come back from there */
	STEP_STOP,        /* a service of the host (old), which uses the card */
	STEP_END,         /* a session of logind's (old), likewise; nobody can give that back */
	STEP_PERSISTENCE, /* NVIDIA's persistence mode: 1, 0 */
	STEP_FREE,        /* nothing is changed: nobody uses the function any more, for up to so many seconds (new) */
	STEP_OVERRIDE,    /* driver_override: whom the kernel may bind */
	STEP_UNBIND,      /* from its driver (old) to none */
	STEP_BIND,        /* from none to a driver (new), verified */
	STEP_START,       /* a service (new) */
	STEP_KINDS_
};

/* The longest value is the name of a unit. */
#define STEP_VALUE_SIZE UNIT_NAME_SIZE

struct step {
	enum step_kind kind;
	struct address target;     /* of those about a function */
	char old[STEP_VALUE_SIZE]; /* "" for none */
	char new[STEP_VALUE_SIZE]; /* likewise */
	struct pool_id pool;       /* of STEP_PAGES */
};

struct step_subject {
	char s[POOL_ID_SIZE];
};

/* The longest sentence of a step, with its end. */
#define STEP_SENTENCE_SIZE 640

/* pages, cpus, module, power, d3cold, stop, end, persistence, free, override, unbind, bind, start */
const char *step_kind_name(enum step_kind kind);

/* The kind with that name. Returns 0, or -EINVAL. */
int step_kind_parse(const char *name, enum step_kind *ret);

/* The attribute below the function's directory that holds the value; NULL where the value is the driver's link. */
const char *step_kind_attribute(enum step_kind kind);

/* Whether it is about a function; else its target means nothing. */
bool step_kind_has_target(enum step_kind kind);

/* What it is about, for programs: an address; of STEP_PAGES the pool's directory below those of the nodes. */
struct step_subject step_subject(const struct step *step);

/* Reads that of a step whose kind is set. Returns 0, or -EINVAL. */
int step_parse_subject(struct step *step, const char *subject);

/* Whether it takes the lock of a device, so that one that does not return leaves that device locked. */
bool step_kind_is_device(enum step_kind kind);

/* How long it may take, at most, in ms. */
unsigned int step_deadline_ms(const struct step *step);

/* What it does, for a person: unbind '0000:01:00.0' from 'nvidia'. */
void step_describe(const struct step *step, char sentence[STEP_SENTENCE_SIZE]);
