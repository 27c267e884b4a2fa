/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan: model → steps, with their undo. Pure: nothing here looks at the host or changes it, so what `gpu-handoff
 * plan` shows is what the hook carries out, and all of it is tested without a machine.
 */
#pragma once

#include <stdbool.h>

#include "model/claim.h"
#include "model/domain.h"
#include "model/inventory.h"
#include "model/knob.h"
#include "model/notes.h"
#include "model/occupancy.h"
#include "model/refusal.h"
#include "plan/pages.h"
#include "plan/step.h"

/* What the functions are taken for: the kernel's driver that hands a device to user space. */
#define PLAN_DRIVER "vfio-pci"

#define PLAN_FUNCTIONS_MAX 128
#define PLAN_UNITS_MAX     64
#define PLAN_STEPS_MAX     (8 * PLAN_FUNCTIONS_MAX + 2 * PLAN_UNITS_MAX + PAGE_ORDERS_MAX + 2)

/* What STEP_END ends: a session by its id, or those of a person: "user 1000". */
#define PLAN_USER "user "

/* A function that the plan takes. */
struct taken {
	struct address address;
	int iommu_group;
	bool forgotten;    /* not in the XML: of the same slot and IOMMU group as one that is */
	uint64_t identity; /* of struct function; 0: not told */
};

/* Whether a function of that identity is another one than the taken one. What cannot be compared is the same. */
bool taken_is_another(const struct taken *taken, uint64_t identity);

/* A value, though a large one: keep it off the stack. */
struct plan {
	unsigned int n_taken;
	struct taken taken[PLAN_FUNCTIONS_MAX]; /* by address */
	bool has_claim;                         /* it takes CPUs */
	struct claim claim;
	struct page_orders orders; /* huge pages that it needs, those that are there included */
	unsigned int n_steps;
	struct step steps[PLAN_STEPS_MAX]; /* in order */
};

/* Whether the plan takes the function. */
bool plan_takes(const struct plan *plan, struct address address);

/* Takes a function out of the plan, with its steps, as if it had never been in it. */
void plan_forget(struct plan *plan, struct address address);

/* Adds a step at the end. There is room for what any plan needs; what a journal of nobody's asks beyond is left out. */
void plan_add(struct plan *plan, enum step_kind kind, struct address target, const char *old, const char *new);

/* Adds the step that brings the total of a pool from old to new. */
void plan_add_pages(struct plan *plan, struct pool_id pool, uint64_t old, uint64_t new);

/* What a plan is made from. */
struct situation {
	/* The hostdevs, their slots and their groups; a hostdev that it lacks is one that the host lacks. */
	const struct inventory *inventory;
	bool module_loaded; /* vfio-pci is there already */
	/* Who uses the functions; NULL where nobody can be asked: a recorded machine. */
	const struct occupancy *occupancy;
	const struct settings *settings;
	/*
	 * NULL where the domain is not to have huge pages: the host's; what other domains are about to take; and, as
	 * count, what they have added.
	 */
	const struct pools *pools;
	const struct page_orders *promised, *added;
	const struct claims *claims; /* who else has CPUs; NULL for nobody */
	/* NULL where it is not to have CPUs: the host's knobs, and all its CPUs. */
	const struct knobs *knobs;
	const struct cpuset *online;
};

/*
 * The steps that get the domain its huge pages and its CPUs, and give every hostdev of it to vfio-pci. What a person
 * should know of them is added to the notes. Returns 0; -ECANCELED with the refusal filled and *ret
 * undefined: REFUSAL_HELD when those who use a function may yet go.
 */
int plan_take(const struct domain *domain, const struct situation *situation, struct plan *ret, struct notes *notes,
	struct refusal *refusal);

/*
 * The steps that take those of a plan back, whether all of them were done or only the first few, the last one
 * perhaps half: each compares before it acts. Not the reverse: CPUs are the host's again before its drivers ask for
 * interrupts, then everything leaves vfio-pci, then overrides go, which would forbid the binds that follow, .0 first,
 * and power comes last, when all is calm.
 */
void plan_undo(const struct plan *plan, struct plan *ret);
