// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "plan/hold.h"
#include "plan/resources.h"

static int take_function(struct plan *plan, const struct function *function, bool forgotten, struct refusal *refusal)
{
	unsigned int i = plan->n_taken;

	if (plan_takes(plan, function->address))
		return 0;
	if (plan->n_taken == PLAN_FUNCTIONS_MAX)
		return refusal_set(refusal, REFUSAL_INPUT,
			"the domain takes more than %d PCI functions; remove some with 'virsh edit'",
			PLAN_FUNCTIONS_MAX);
	for (; i > 0 && address_compare(plan->taken[i - 1].address, function->address) > 0; i--)
		plan->taken[i] = plan->taken[i - 1];
	plan->taken[i] = (struct taken){
		.address = function->address,
		.iommu_group = function->iommu_group,
		.forgotten = forgotten,
		.identity = function->identity,
	};
	plan->n_taken++;
	return 0;
}

/* What is wrong with giving this function away, apart from its neighbours. */
static int check_function(const struct function *function, struct refusal *refusal)
{
	struct address_text address = address_text(function->address);

	if (function_is_bridge(function))
		return refusal_set(refusal, REFUSAL_NOT_ENDPOINT,
			"'%s' is a bridge, which stays with the host; remove it from the domain", address.s);
	if (function->iommu_group < 0)
		return refusal_set(refusal, REFUSAL_NO_IOMMU,
			"'%s' has no IOMMU group; enable VT-d, AMD-Vi or SMMU in the firmware, and on Intel boot with "
			"intel_iommu=on",
			address.s);
	if (function->carries[0])
		return refusal_set(refusal, REFUSAL_CRITICAL,
			"'%s' %s: the host lives on it; remove it from the domain", address.s, function->carries);
	if (function->virtual_enabled)
		return refusal_set(refusal, REFUSAL_VIRTUAL,
			"'%s' has SR-IOV virtual functions in use; set its sriov_numvfs to 0 first, or give the "
			"domain one of them",
			address.s);
	return 0;
}

static int take_named(
	const struct domain *domain, const struct inventory *inventory, struct plan *plan, struct refusal *refusal)
{
	for (unsigned int i = 0; i < domain->n_hostdevs; i++) {
		const struct function *function = inventory_find(inventory, domain->hostdevs[i]);
		int r;

		if (!function)
			return refusal_set(refusal, REFUSAL_ABSENT,
				"hostdev '%s' is not on this host; see 'gpu-handoff list', then correct the domain "
				"with 'virsh edit'",
				address_text(domain->hostdevs[i]).s);
		r = check_function(function, refusal);
		if (r < 0)
			return r;
		r = take_function(plan, function, false, refusal);
		if (r < 0)
			return r;
	}
	return 0;
}

/* The group is not viable while a sibling stays with a host driver, and nobody wants half a card. */
static int take_forgotten(
	const struct domain *domain, const struct inventory *inventory, struct plan *plan, struct refusal *refusal)
{
	for (unsigned int i = 0; i < inventory->n_functions; i++) {
		const struct function *sibling = &inventory->functions[i];
		int r = 0;

		if (function_is_bridge(sibling))
			continue;
		for (unsigned int j = 0; j < domain->n_hostdevs && r == 0; j++) {
			const struct function *named = inventory_find(inventory, domain->hostdevs[j]);

			if (sibling->iommu_group != named->iommu_group ||
				!address_same_slot(sibling->address, named->address))
				continue;
			r = check_function(sibling, refusal);
			if (r == 0)
				r = take_function(plan, sibling, true, refusal);
		}
		if (r < 0)
			return r;
	}
	return 0;
}

/* A bridge does not hinder, but a driver on it that does DMA does (iommu_device_use_default_domain() in the kernel). */
static bool hinders(const struct function *member)
{
	if (!function_is_bridge(member))
		return true;
	return member->driver[0] && strcmp(member->driver, "pcieport") != 0 &&
	       strcmp(member->driver, "pci-stub") != 0 && strcmp(member->driver, PLAN_DRIVER) != 0;
}

static int check_neighbours(const struct inventory *inventory, const struct plan *plan, struct refusal *refusal)
{
	for (unsigned int i = 0; i < plan->n_taken; i++) {
		const struct taken *taken = &plan->taken[i];

		for (unsigned int j = 0; j < inventory->n_functions; j++) {
			const struct function *member = &inventory->functions[j];
			char driver[2 * DRIVER_NAME_SIZE];
			struct text text;

			if (member->iommu_group != taken->iommu_group || plan_takes(plan, member->address) ||
				!hinders(member))
				continue;
			text_init(&text, driver, sizeof(driver));
			if (member->driver[0]) {
				text_add(&text, ", driven by ");
				text_add_foreign(&text, member->driver);
			}
			return refusal_set(refusal, REFUSAL_GROUP,
				"'%s' shares IOMMU group %d with '%s'%s; give the domain both, or move the card to a "
				"slot with a group of its own",
				address_text(taken->address).s, taken->iommu_group, address_text(member->address).s,
				driver);
		}
	}
	return 0;
}

/* With a driver that is VFIO's already, ours or its vendor's, a function stays as it is. */
static bool is_ready(const struct function *function)
{
	return function->is_variant || strcmp(function->driver, PLAN_DRIVER) == 0;
}

static void add_power_steps(const struct function *function, struct plan *plan)
{
	if (function->power_control[0])
		plan_add(plan, STEP_POWER, function->address, function->power_control, "on");
	if (function->d3cold_allowed[0])
		plan_add(plan, STEP_D3COLD, function->address, function->d3cold_allowed, "0");
}

/*
 * Closing the last node may be followed by seconds in which the driver puts the card to rest, and logind ends a
 * person's services ten seconds after the last session. It is waited for under the lock, so others wait as well.
 */
#define FREE_WAIT_MIN_S 15
#define FREE_WAIT_MAX_S 45

static void add_free(const struct function *function, const struct policy *policy, struct plan *plan)
{
	unsigned int wait_s = policy->wait_s < FREE_WAIT_MIN_S ? FREE_WAIT_MIN_S : policy->wait_s;
	char seconds[16];

	(void)snprintf(seconds, sizeof(seconds), "%u", wait_s < FREE_WAIT_MAX_S ? wait_s : FREE_WAIT_MAX_S);
	plan_add(plan, STEP_FREE, function->address, "", seconds);
}

static void add_driver_steps(const struct function *function, struct plan *plan)
{
	plan_add(plan, STEP_OVERRIDE, function->address, function->driver_override, PLAN_DRIVER);
	if (function->driver[0])
		plan_add(plan, STEP_UNBIND, function->address, function->driver, "");
	plan_add(plan, STEP_BIND, function->address, "", PLAN_DRIVER);
}

/* From the last function to .0, the display: the riskiest comes last, and failing there costs least. */
static const struct function *next_function(const struct situation *situation, const struct plan *plan, unsigned int *i)
{
	while (*i > 0) {
		const struct function *function = inventory_find(situation->inventory, plan->taken[--*i].address);

		if (!is_ready(function))
			return function;
	}
	return NULL;
}

static void add_first_steps(const struct situation *situation, struct plan *plan)
{
	const struct function *function;
	bool module_wanted = !situation->module_loaded;

	for (unsigned int i = plan->n_taken; (function = next_function(situation, plan, &i));) {
		if (module_wanted)
			plan_add(plan, STEP_MODULE, (struct address){ 0 }, "", PLAN_DRIVER);
		module_wanted = false;
		add_power_steps(function, plan);
	}
}

/* What frees those functions that a driver has, and the proof that it did. */
static int add_hold_steps(
	const struct situation *situation, const struct policy *policy, struct plan *plan, struct refusal *refusal)
{
	const struct function *function;
	int r;

	for (unsigned int i = plan->n_taken; situation->occupancy && (function = next_function(situation, plan, &i));) {
		r = function->driver[0]
			    ? plan_hold(function, situation->occupancy, policy, situation->settings, plan, refusal)
			    : 0;
		if (r < 0)
			return r;
	}
	for (unsigned int i = plan->n_taken; (function = next_function(situation, plan, &i));) {
		if (function->driver[0])
			add_free(function, policy, plan);
	}
	return 0;
}

static int add_steps(
	const struct situation *situation, const struct policy *policy, struct plan *plan, struct refusal *refusal)
{
	const struct function *function;
	bool unbound = false;
	int r;

	add_first_steps(situation, plan);
	r = add_hold_steps(situation, policy, plan, refusal);
	if (r < 0)
		return r;
	for (unsigned int i = plan->n_taken; (function = next_function(situation, plan, &i));) {
		/* The others took their time, and this is the driver that waits for ever. */
		if (unbound && strcmp(function->driver, NVIDIA_DRIVER) == 0)
			add_free(function, policy, plan);
		add_driver_steps(function, plan);
		unbound = unbound || function->driver[0];
	}
	plan_restart(situation->settings, plan);
	return 0;
}

int plan_take(const struct domain *domain, const struct situation *situation, struct plan *ret, struct notes *notes,
	struct refusal *refusal)
{
	const struct policy policy = policy_merge(&domain->policy, &situation->settings->policy);
	int r;

	ret->n_taken = ret->n_steps = 0;
	ret->has_claim = false;
	memset(&ret->claim, 0, sizeof(ret->claim));
	ret->orders.n_orders = 0;
	if (policy.problem[0])
		return refusal_set(refusal, REFUSAL_INPUT, "%s", policy.problem);
	r = plan_resources(domain, situation, &policy, ret, notes, refusal);
	if (r < 0)
		return r;
	r = take_named(domain, situation->inventory, ret, refusal);
	if (r < 0)
		return r;
	r = take_forgotten(domain, situation->inventory, ret, refusal);
	if (r < 0)
		return r;
	r = check_neighbours(situation->inventory, ret, refusal);
	return r < 0 ? r : add_steps(situation, &policy, ret, refusal);
}
