// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/plan.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/record.h"
#include "tests/unit/plan/plan.h"

static struct inventory inventory;
static struct plan plan;
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

static struct address at(const char *text)
{
	struct address address;

	ck_assert_int_eq(address_parse(text, &address), 0);
	return address;
}

/* Addresses with a space between. */
static struct domain domain_of(const char *hostdevs)
{
	struct domain domain = { .name = "gpuvm" };
	char text[256], *rest = text;

	(void)snprintf(text, sizeof(text), "%s", hostdevs);
	for (char *word; (word = strsep(&rest, " "));)
		ck_assert_int_eq(domain_add_hostdev(&domain, at(word)), 0);
	return domain;
}

static struct function *function_at(const char *text)
{
	return (struct function *)inventory_find(&inventory, at(text));
}

/* Nothing, or one thing that is different from the record. */
static void change_nothing(void)
{
}

static void bridge_with_driver(void)
{
	(void)snprintf(function_at("0000:00:01.0")->driver, DRIVER_NAME_SIZE, "shpchp");
}

static void bridge_with_vfio(void)
{
	(void)snprintf(function_at("0000:00:01.0")->driver, DRIVER_NAME_SIZE, "vfio-pci");
}

static void bridge_without(void)
{
	function_at("0000:00:01.0")->driver[0] = '\0';
}

static void with_functions(void)
{
	function_at("0000:02:00.0")->virtual_enabled = true;
}

static void sibling_with_functions(void)
{
	function_at("0000:02:00.2")->virtual_enabled = true;
}

static void mounted(void)
{
	(void)snprintf(function_at("0000:02:00.0")->carries, CARRIES_SIZE, "holds '/home', which is mounted");
}

static void sibling_elsewhere(void)
{
	function_at("0000:02:00.1")->iommu_group = 99;
}

static void stranger_without_driver(void)
{
	function_at("0000:02:00.0")->driver[0] = '\0';
}

/* What is asked of a machine: what is taken, forgotten ones in parentheses; or why not, and a part of the sentence. */
static const struct {
	const char *what, *record, *hostdevs;
	void (*change)(void);
	const char *taken; /* NULL for a refusal */
	enum refusal_reason reason;
	const char *sentence;
} rows[] = {
	{ "four functions", "rocketlake-i7-11700-rtx2060", "0000:02:00.0 0000:02:00.1 0000:02:00.2 0000:02:00.3",
		change_nothing, "0000:02:00.0 0000:02:00.1 0000:02:00.2 0000:02:00.3 ", 0, "" },
	{ "only .0", "rocketlake-i7-11700-rtx2060", "0000:02:00.0", change_nothing,
		"0000:02:00.0 (0000:02:00.1) (0000:02:00.2) (0000:02:00.3) ", 0, "" },
	{ "only the last", "rocketlake-i7-11700-rtx2060", "0000:02:00.3", change_nothing,
		"(0000:02:00.0) (0000:02:00.1) (0000:02:00.2) 0000:02:00.3 ", 0, "" },
	{ "a sibling in a group of its own stays", "rocketlake-i7-11700-rtx2060", "0000:02:00.0", sibling_elsewhere,
		"0000:02:00.0 (0000:02:00.2) (0000:02:00.3) ", 0, "" },
	{ "a bridge in the group", "haswell-gtx1070ti", "0000:01:00.0", change_nothing, "0000:01:00.0 (0000:01:00.1) ",
		0, "" },
	{ "with VFIO itself", "haswell-gtx1070ti", "0000:01:00.0", bridge_with_vfio, "0000:01:00.0 (0000:01:00.1) ", 0,
		"" },
	{ "without a driver", "haswell-gtx1070ti", "0000:01:00.0", bridge_without, "0000:01:00.0 (0000:01:00.1) ", 0,
		"" },
	{ "with a driver that does DMA", "haswell-gtx1070ti", "0000:01:00.0", bridge_with_driver, NULL, REFUSAL_GROUP,
		"'0000:00:01.0', driven by shpchp" },
	{ "a bridge itself", "haswell-gtx1070ti", "0000:00:01.0", change_nothing, NULL, REFUSAL_NOT_ENDPOINT,
		"'0000:00:01.0' is a bridge" },
	{ "a stranger", "b550-3900x-rx6950xt-rx550", "0000:04:00.0 0000:04:00.1", change_nothing, NULL, REFUSAL_GROUP,
		"shares IOMMU group 15 with '0000:02:00.0', driven by xhci_hcd" },
	{ "a stranger without a driver", "b550-3900x-rx6950xt-rx550", "0000:04:00.0 0000:04:00.1",
		stranger_without_driver, NULL, REFUSAL_GROUP, "with '0000:02:00.0'; give" },
	{ "cards that share a group, one of them", "x370-gtx1060-gtx580-shared", "0000:23:00.0", change_nothing, NULL,
		REFUSAL_GROUP, "'0000:24:00.0'" },
	{ "both", "v100-6x-paired-groups", "0000:27:00.0 0000:28:00.0", change_nothing, "0000:27:00.0 0000:28:00.0 ", 0,
		"" },
	{ "two cards", "x570-3900x-gtx1080ti-gt710", "0000:0c:00.0 0000:0b:00.0", change_nothing,
		"0000:0b:00.0 (0000:0b:00.1) 0000:0c:00.0 (0000:0c:00.1) ", 0, "" },
	{ "a virtual function, its twins stay", "rtxpro6000-sriov-domain1", "0000:8c:03.1", change_nothing,
		"0000:8c:03.1 ", 0, "" },
	{ "with virtual functions in use", "rocketlake-i7-11700-rtx2060", "0000:02:00.0", with_functions, NULL,
		REFUSAL_VIRTUAL, "'0000:02:00.0' has SR-IOV" },
	{ "a sibling with them", "rocketlake-i7-11700-rtx2060", "0000:02:00.0", sibling_with_functions, NULL,
		REFUSAL_VIRTUAL, "'0000:02:00.2' has SR-IOV" },
	{ "what the host lives on", "rocketlake-i7-11700-rtx2060", "0000:02:00.1", mounted, NULL, REFUSAL_CRITICAL,
		"'0000:02:00.0' holds '/home'" },
	{ "no IOMMU", "laptop-gtx970m-muxless", "0000:01:00.0", change_nothing, NULL, REFUSAL_NO_IOMMU,
		"intel_iommu=on" },
	{ "absent", "haswell-gtx1070ti", "0000:01:00.7", change_nothing, NULL, REFUSAL_ABSENT,
		"hostdev '0000:01:00.7' is not on this host" },
	{ "one of two absent", "haswell-gtx1070ti", "0000:01:00.0 0000:77:00.0", change_nothing, NULL, REFUSAL_ABSENT,
		"'0000:77:00.0'" },
	{ "another PCI domain", "arm64-a40-domain5", "0005:01:00.0", change_nothing, "0005:01:00.0 ", 0, "" },
};

static int take_row(int row, bool module_loaded)
{
	json_object *record = record_load(rows[row].record);
	struct domain domain = domain_of(rows[row].hostdevs);

	record_dress(record);
	record_inventory(record, &inventory);
	json_object_put(record);
	rows[row].change();
	return take(&domain, module_loaded);
}

START_TEST(test_taken)
{
	char seen[1024] = "";
	int r = take_row(_i, true);

	if (!rows[_i].taken) {
		ck_assert_msg(r == -ECANCELED, "%s: taken", rows[_i].what);
		ck_assert_msg(refusal.reason == rows[_i].reason, "%s: %s", rows[_i].what, refusal.sentence);
		ck_assert_msg(strstr(refusal.sentence, rows[_i].sentence), "%s: %s", rows[_i].what, refusal.sentence);
		return;
	}
	ck_assert_msg(r == 0, "%s: %s", rows[_i].what, refusal.sentence);
	for (unsigned int i = 0; i < plan.n_taken; i++) {
		const struct taken *t = &plan.taken[i];

		(void)sprintf(seen + strlen(seen), t->forgotten ? "(%s) " : "%s ", address_text(t->address).s);
		ck_assert_int_eq(t->iommu_group, inventory_find(&inventory, t->address)->iommu_group);
		ck_assert(plan_takes(&plan, t->address));
	}
	ck_assert_str_eq(seen, rows[_i].taken);
}
END_TEST

/* Nothing is unbound that was not seen to be free, and what nvidia has was seen so just before. */
static void check_freed(unsigned int at)
{
	const struct step *unbind = &plan.steps[at];
	bool nvidia = strcmp(unbind->old, "nvidia") == 0;

	for (unsigned int i = at; i-- > 0;) {
		const struct step *step = &plan.steps[i];

		if (step->kind == STEP_FREE && address_compare(step->target, unbind->target) == 0)
			return;
		ck_assert(!nvidia || step->kind != STEP_UNBIND);
	}
	ck_abort_msg("%s is unbound unseen", address_text(unbind->target).s);
}

/* What must hold of the order of any plan. */
START_TEST(test_order)
{
	unsigned int drivers_from = 0, unbound = 0;

	if (take_row(_i, false) < 0)
		return;
	ck_assert_int_eq(plan.steps[0].kind, STEP_MODULE);
	for (unsigned int i = 1; i < plan.n_steps; i++) {
		const struct step *step = &plan.steps[i], *before = &plan.steps[i - 1];

		ck_assert(plan_takes(&plan, step->target));
		if (step->kind == STEP_FREE)
			continue;
		ck_assert_int_ne(step->kind, STEP_MODULE);
		/* Power is held before any driver moves. */
		if (step->kind >= STEP_OVERRIDE && !drivers_from)
			drivers_from = i;
		ck_assert(step->kind >= STEP_OVERRIDE || !drivers_from);
		/* Functions in descending order within each part. */
		if (i > 1 && i != drivers_from && before->kind != STEP_FREE)
			ck_assert_int_ge(address_compare(before->target, step->target), 0);
		if (step->kind == STEP_UNBIND) {
			ck_assert_int_eq(before->kind, STEP_OVERRIDE);
			ck_assert_str_eq(step->old, inventory_find(&inventory, step->target)->driver);
			check_freed(i);
		}
		if (step->kind == STEP_BIND) {
			ck_assert(before->kind == STEP_UNBIND || before->kind == STEP_OVERRIDE);
			ck_assert_str_eq(step->new, PLAN_DRIVER);
			unbound++;
		}
	}
	ck_assert_uint_eq(unbound, plan.n_taken);
	/* Loaded already: the same without the first. */
	unbound = plan.n_steps;
	ck_assert_int_eq(take_row(_i, true), 0);
	ck_assert_uint_eq(plan.n_steps, unbound - 1);
}
END_TEST

/* What VFIO has already stays as it is, and needs no module. */
START_TEST(test_ready)
{
	struct domain domain = domain_of("0000:02:00.0 0000:02:00.1 0000:02:00.2 0000:02:00.3");

	ck_assert_int_eq(take_row(0, true), 0);
	for (unsigned int i = 0; i < inventory.n_functions; i++)
		(void)snprintf(inventory.functions[i].driver, DRIVER_NAME_SIZE, "vfio-pci");
	(void)snprintf(function_at("0000:02:00.3")->driver, DRIVER_NAME_SIZE, "nvgrace_gpu_vfio_pci");
	function_at("0000:02:00.3")->is_variant = true;
	ck_assert_int_eq(take(&domain, false), 0);
	ck_assert_uint_eq(plan.n_taken, 4);
	ck_assert_uint_eq(plan.n_steps, 0);
}
END_TEST

START_TEST(test_nothing)
{
	ck_assert_int_eq(take_row(0, true), 0);
	ck_assert_int_eq(take(&(struct domain){ 0 }, false), 0);
	ck_assert_uint_eq(plan.n_taken + plan.n_steps, 0);
}
END_TEST

/* As many hostdevs as a domain can name, each with forgotten siblings: refused at the bound, not written over it. */
START_TEST(test_too_many)
{
	struct domain domain = { .name = "large" };

	inventory.n_functions = 0;
	for (unsigned int slot = 0; slot < 64; slot++) {
		for (uint8_t function = 0; function < SLOT_FUNCTIONS; function++) {
			struct function f = {
				.address = { 0, (uint8_t)(slot / 32), (uint8_t)(slot % 32), function },
				.class_code = 0x030000,
				.iommu_group = (int)slot,
				.driver = "nvidia",
				.driver_override = OVERRIDE_NONE,
				.power_control = "auto",
				.d3cold_allowed = "1",
			};

			ck_assert_int_eq(inventory_put(&inventory, &f), 0);
		}
	}
	for (unsigned int slot = 0; slot < 64; slot++) {
		int r;

		ck_assert_int_eq(domain_add_hostdev(
					 &domain, (struct address){ 0, (uint8_t)(slot / 32), (uint8_t)(slot % 32), 0 }),
			0);
		r = take(&domain, false);
		ck_assert_int_eq(r, (slot + 1) * SLOT_FUNCTIONS <= PLAN_FUNCTIONS_MAX ? 0 : -ECANCELED);
		ck_assert_uint_le(plan.n_steps, PLAN_STEPS_MAX);
		if (r == 0)
			/* Each was seen to be free once, and all but the first once more. */
			ck_assert_uint_eq(plan.n_steps, 7 * SLOT_FUNCTIONS * (slot + 1));
	}
}
END_TEST

TCase *case_take(void)
{
	TCase *tcase = suite_case("take");

	add_rows(tcase, test_taken, rows);
	add_rows(tcase, test_order, rows);
	tcase_add_test(tcase, test_ready);
	tcase_add_test(tcase, test_nothing);
	tcase_add_test(tcase, test_too_many);
	return tcase;
}
