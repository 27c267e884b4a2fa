// SPDX-License-Identifier: GPL-2.0-or-later
/* Random machines and plans: undoing any beginning of a plan brings the machine back, by the kernel's own rules. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/plan.h"
#include "tests/unit/plan/plan.h"

#define ROUNDS 3000

static struct inventory inventory, world;
static struct plan plan, undo;
static struct notes notes;
static struct refusal refusal;
static struct settings settings;

/* Nobody is asked who uses what. */
static int take(const struct domain *domain, bool module_loaded)
{
	const struct situation situation = {
		.inventory = &inventory, .module_loaded = module_loaded, .settings = &settings
	};

	return plan_take(domain, &situation, &plan, &notes, &refusal);
}

static const char *one_of(const char *const words[], unsigned int n)
{
	return words[(unsigned int)rand() % n];
}

static void make_world(void)
{
	static const char *const drivers[] = { "", "nvidia", "snd_hda_intel", "vfio-pci" };
	static const char *const powers[] = { "on", "auto" }, *const numbers[] = { "0", "1" };

	inventory.n_functions = 0;
	for (unsigned int i = 0, n = 1 + (unsigned int)rand() % 12; i < n; i++) {
		struct function f = {
			.address = { 0, (uint8_t)(1 + i / 4), 0, (uint8_t)(i % 4) },
			.class_code = 0x030000,
			.iommu_group = (int)(i / 4),
		};

		(void)snprintf(f.driver, sizeof(f.driver), "%s", one_of(drivers, 4));
		(void)snprintf(f.power_control, sizeof(f.power_control), "%s", one_of(powers, 2));
		(void)snprintf(f.d3cold_allowed, sizeof(f.d3cold_allowed), "%s", one_of(numbers, 2));
		/* Of any driver: also one that forbids the very driver that is bound. */
		(void)snprintf(f.driver_override, sizeof(f.driver_override), "%s",
			rand() % 2 ? OVERRIDE_NONE : one_of(drivers + 1, 3));
		(void)inventory_put(&inventory, &f);
	}
	world = inventory;
}

/* One step as the kernel would do it: nothing to do, done, or refused. */
static void carry_out(const struct step *step)
{
	struct function *f = (struct function *)inventory_find(&world, step->target);

	switch (step->kind) {
	case STEP_POWER:
		(void)snprintf(f->power_control, sizeof(f->power_control), "%.7s", step->new);
		break;
	case STEP_D3COLD:
		(void)snprintf(f->d3cold_allowed, sizeof(f->d3cold_allowed), "%.3s", step->new);
		break;
	case STEP_OVERRIDE:
		memcpy(f->driver_override, step->new, sizeof(f->driver_override));
		break;
	case STEP_UNBIND:
		if (strcmp(f->driver, step->old) != 0)
			break;
		if (strcmp(f->driver, PLAN_DRIVER) == 0)
			(void)strcpy(f->power_control, "on");
		f->driver[0] = '\0';
		break;
	case STEP_BIND:
		if (f->driver[0])
			break;
		ck_assert_msg(
			strcmp(f->driver_override, OVERRIDE_NONE) == 0 || strcmp(f->driver_override, step->new) == 0,
			"'%s' is forbidden by '%s'", step->new, f->driver_override);
		memcpy(f->driver, step->new, sizeof(f->driver));
		if (strcmp(f->driver, PLAN_DRIVER) == 0)
			(void)strcpy(f->power_control, "auto");
		break;
	default:
		break;
	}
}

static void check_world(const char *when)
{
	for (unsigned int i = 0; i < world.n_functions; i++) {
		const struct function *a = &inventory.functions[i], *b = &world.functions[i];

		ck_assert_msg(strcmp(a->driver, b->driver) == 0, "%s: driver '%s'", when, b->driver);
		ck_assert_msg(strcmp(a->driver_override, b->driver_override) == 0, "%s: override", when);
		ck_assert_msg(strcmp(a->power_control, b->power_control) == 0, "%s: power", when);
		ck_assert_msg(strcmp(a->d3cold_allowed, b->d3cold_allowed) == 0, "%s: d3cold", when);
	}
}

START_TEST(test_restores)
{
	unsigned int n_undone = 0;

	srand(1 + (unsigned int)_i);
	for (unsigned int round = 0; round < ROUNDS; round++) {
		struct domain domain = { .name = "random" };
		unsigned int n_steps;

		make_world();
		for (unsigned int i = 0; i < inventory.n_functions; i++) {
			if (i == 0 || rand() % 3)
				ck_assert_int_eq(domain_add_hostdev(&domain, inventory.functions[i].address), 0);
		}
		ck_assert_int_eq(take(&domain, rand() % 2), 0);
		/* Some of it, of which the last step was perhaps not carried out. */
		n_steps = plan.n_steps ? (unsigned int)rand() % (plan.n_steps + 1) : 0;
		for (unsigned int i = 0; i < n_steps; i++)
			carry_out(&plan.steps[i]);
		plan.n_steps = n_steps < plan.n_steps && rand() % 2 ? n_steps + 1 : n_steps;
		plan_undo(&plan, &undo);
		ck_assert_uint_eq(undo.n_taken, plan.n_taken);
		/* One more for each override that has to make way for a bind. */
		ck_assert_uint_le(undo.n_steps, plan.n_steps + plan.n_taken);
		for (unsigned int i = 0; i < undo.n_steps; i++)
			carry_out(&undo.steps[i]);
		check_world("undone");
		n_undone += undo.n_steps;
	}
	ck_assert_uint_gt(n_undone, ROUNDS);
}
END_TEST

/* Whoever is undone first: .0 of each card before its siblings, and drivers before power. */
START_TEST(test_order)
{
	unsigned int n_kept = 0;
	struct domain domain = { .name = "order" };

	srand(7);
	do {
		make_world();
	} while (inventory.n_functions < 8);
	for (unsigned int i = 0; i < inventory.n_functions; i++)
		(void)strcpy(inventory.functions[i].driver_override, OVERRIDE_NONE);
	for (unsigned int i = 0; i < inventory.n_functions; i++)
		ck_assert_int_eq(domain_add_hostdev(&domain, inventory.functions[i].address), 0);
	ck_assert_int_eq(take(&domain, false), 0);
	plan_undo(&plan, &undo);
	/* Everything but the module, which stays, and what changed nothing. */
	for (unsigned int i = 0; i < plan.n_steps; i++)
		n_kept += plan.steps[i].kind == STEP_MODULE || plan.steps[i].kind == STEP_FREE;
	ck_assert_uint_eq(undo.n_steps, plan.n_steps - n_kept);
	for (unsigned int i = 1; i < undo.n_steps; i++) {
		static const int order[STEP_KINDS_] = {
			[STEP_UNBIND] = 1, [STEP_OVERRIDE] = 2, [STEP_BIND] = 3, [STEP_D3COLD] = 4, [STEP_POWER] = 5
		};
		const struct step *a = &undo.steps[i - 1], *b = &undo.steps[i];

		ck_assert_int_le(order[a->kind], order[b->kind]);
		if (a->kind == b->kind)
			ck_assert_int_lt(address_compare(a->target, b->target), 0);
	}
}
END_TEST

/* A journal that nobody of ours wrote may ask for more than a plan has room for: nothing is written behind it. */
START_TEST(test_overfull)
{
	static struct {
		struct plan undo;
		unsigned char behind[4096];
	} guarded;

	memset(&plan, 0, sizeof(plan));
	plan_add(&plan, STEP_UNBIND, (struct address){ 0 }, "nvidia", "");
	while (plan.n_steps < PLAN_STEPS_MAX)
		plan_add(&plan, STEP_OVERRIDE, (struct address){ 0 }, "nouveau", PLAN_DRIVER);
	plan_undo(&plan, &guarded.undo);
	ck_assert_uint_eq(guarded.undo.n_steps, PLAN_STEPS_MAX);
	for (size_t i = 0; i < sizeof(guarded.behind); i++)
		ck_assert_uint_eq(guarded.behind[i], 0);
}
END_TEST

TCase *case_undo(void)
{
	TCase *tcase = suite_case("undo");

	tcase_add_loop_test(tcase, test_restores, 0, 4);
	tcase_add_test(tcase, test_order);
	tcase_add_test(tcase, test_overfull);
	return tcase;
}
