/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan: model → steps, with their undo. Pure: nothing here looks at the host or changes it, so what `gpu-handoff
 * plan` shows is what the hook carries out, and all of it is tested without a machine.
 */
#pragma once

#include <stdbool.h>

#include "model/domain.h"
#include "model/inventory.h"
#include "model/occupancy.h"
#include "model/refusal.h"
#include "plan/step.h"

/* What the functions are taken for: the kernel's driver that hands a device to user space. */
#define PLAN_DRIVER "vfio-pci"

#define PLAN_FUNCTIONS_MAX 128
#define PLAN_UNITS_MAX     64
#define PLAN_STEPS_MAX     (8 * PLAN_FUNCTIONS_MAX + 2 * PLAN_UNITS_MAX + 1)

/* What STEP_END ends: a session by its id, or those of a person: "user 1000". */
#define PLAN_USER "user "

/* A function that the plan takes. */
struct taken {
	struct address address;
	int iommu_group;
	bool forgotten; /* not in the XML: of the same slot and IOMMU group as one that is */
};

/* A value, though a large one: keep it off the stack. */
struct plan {
	unsigned int n_taken;
	struct taken taken[PLAN_FUNCTIONS_MAX]; /* by address */
	unsigned int n_steps;
	struct step steps[PLAN_STEPS_MAX]; /* in order */
};

/* Whether the plan takes the function. */
bool plan_takes(const struct plan *plan, struct address address);

/* Adds a step at the end. There is room for what any plan needs; what a journal of nobody's asks beyond is left out. */
void plan_add(struct plan *plan, enum step_kind kind, struct address target, const char *old, const char *new);

/* What a plan is made from. */
struct situation {
	/* The hostdevs, their slots and their groups; a hostdev that it lacks is one that the host lacks. */
	const struct inventory *inventory;
	bool module_loaded; /* vfio-pci is there already */
	/* Who uses the functions; NULL where nobody can be asked: a recorded machine. */
	const struct occupancy *occupancy;
	const struct settings *settings;
};

/*
 * The steps that give every hostdev of the domain to vfio-pci. Returns 0; -ECANCELED with the refusal filled and *ret
 * undefined: REFUSAL_HELD when those who use a function may yet go.
 */
int plan_take(
	const struct domain *domain, const struct situation *situation, struct plan *ret, struct refusal *refusal);

/*
 * The steps that take those of a plan back, whether all of them were done or only the first few, the last one
 * perhaps half: each compares before it acts. Not the reverse: first everything leaves vfio-pci, then overrides go,
 * which would forbid the binds that follow, .0 first, and power comes last, when all is calm.
 */
void plan_undo(const struct plan *plan, struct plan *ret);
