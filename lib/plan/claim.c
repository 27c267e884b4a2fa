// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "plan/settle.h"

/* Longer lists of CPUs are cut in a sentence. */
#define LIST_SHOWN 100

/* How libvirt names the scope of a VM, and what it has below it. */
#define VM_SCOPE "machine-qemu"
#define VM_BELOW "/libvirt/"

/* What users name as they like. */
#define USERS "user.slice/"

/* What the questions about one domain share. */
struct asking {
	const struct demand *demand;
	const struct policy *policy;
	const struct claims *others;
	const struct knobs *knobs;
	const struct cpuset *online;
	struct cpuset isolated; /* by the others, and by it */
	struct notes *notes;
	struct refusal *refusal;
};

struct cpus_shown {
	char s[LIST_SHOWN + sizeof("CPUs ...")];
};

static struct cpus_shown show_cpus(const struct cpuset *set)
{
	const char *noun = cpuset_count(set) == 1 ? "CPU" : "CPUs";
	struct cpuset_text list = cpuset_text(set);
	struct cpus_shown shown;

	if (strlen(list.s) > LIST_SHOWN) {
		list.s[LIST_SHOWN] = '\0';
		memcpy(strrchr(list.s, ',') + 1, "...", sizeof("..."));
	}
	(void)snprintf(shown.s, sizeof(shown.s), "%s %s", noun, list.s);
	return shown;
}

static const char *verb(const struct cpuset *set)
{
	return cpuset_count(set) == 1 ? "is" : "are";
}

static struct cpuset common(const struct cpuset *a, const struct cpuset *b)
{
	struct cpuset both = *a;

	cpuset_keep_all(&both, b);
	return both;
}

/* ---- the pins ---- */

static int check_pinned(const struct asking *asking)
{
	const struct demand *demand = asking->demand;
	char only[64] = "none of them is";

	if (demand->n_pinned > 0 && demand->n_pinned == demand->n_vcpus)
		return 0;
	if (demand->n_pinned > 0)
		(void)snprintf(only, sizeof(only), "only %u of %u are", demand->n_pinned, demand->n_vcpus);
	return refusal_set(asking->refusal, REFUSAL_CPUS,
		"the policy is about the CPUs that vCPUs are pinned to, and %s; pin all with <vcpupin>, as "
		"'gpu-handoff xml --tune' does",
		only);
}

static int check_online(const struct asking *asking)
{
	struct cpuset absent = asking->demand->vcpus;

	cpuset_remove_all(&absent, asking->online);
	if (cpuset_is_empty(&absent))
		return 0;
	return refusal_set(asking->refusal, REFUSAL_CPUS,
		"vCPUs are pinned to %s, not online on this host; pin them to others with <vcpupin>",
		show_cpus(&absent).s);
}

static int check_rest(const struct asking *asking)
{
	if (!asking->policy->isolate || !cpuset_contains(&asking->isolated, asking->online))
		return 0;
	return refusal_set(asking->refusal, REFUSAL_CPUS,
		"with %s, VMs would have all CPUs of the host for themselves; leave it at least one core",
		show_cpus(&asking->demand->vcpus).s);
}

/* ---- those who have them already ---- */

/* Of somebody, named with what he is: refuses, or tells. */
static int meet(const struct asking *asking, const struct cpuset *shared, const char *what, const char *name)
{
	char printable[DOMAIN_NAME_SIZE];
	struct text text;

	text_init(&text, printable, sizeof(printable));
	text_add_foreign(&text, name);
	if (asking->policy->overlap == OVERLAP_WARN) {
		notes_add(asking->notes, "%s, which vCPUs are pinned to, %s shared with %s'%s'", show_cpus(shared).s,
			verb(shared), what, printable);
		return 0;
	}
	return refusal_set(asking->refusal, REFUSAL_CPUS,
		"%s, which vCPUs are pinned to, would be shared with %s'%s'; pin them to others, stop it, or set "
		"overlap='warn' in the policy",
		show_cpus(shared).s, what, printable);
}

static int check_claims(const struct asking *asking)
{
	for (unsigned int i = 0; i < asking->others->n_claims; i++) {
		const struct claim *other = &asking->others->claims[i];
		struct cpuset shared = common(&asking->demand->vcpus, &other->cpus);
		int r;

		if ((!asking->policy->isolate && !other->isolate) || cpuset_is_empty(&shared))
			continue;
		r = meet(asking, &shared, "VM ", other->name);
		if (r < 0)
			return r;
	}
	return 0;
}

/* What a person calls a control group: of those of a VM its scope, else the last component. */
static void name_group(const char *group, char *name, size_t size)
{
	const char *scope = strstr(group, VM_SCOPE), *below = strstr(group, VM_BELOW), *last;
	size_t length;

	if (scope) {
		last = scope;
		length = strcspn(scope, "/");
	} else {
		length = below ? (size_t)(below - group) : strlen(group);
		last = memrchr(group, '/', length);
		last = last ? last + 1 : group;
		length -= (size_t)(last - group);
	}
	(void)snprintf(name, size, "%.*s", (int)length, last);
}

static bool is_of_vm(const char *group)
{
	return strncmp(group, USERS, strlen(USERS)) != 0 && (strstr(group, VM_SCOPE) || strstr(group, VM_BELOW));
}

/* The pinned CPUs that it would lose; none where it does not matter. */
static struct cpuset find_lost(const struct asking *asking, const struct knob_need *need)
{
	struct cpuset nothing = { 0 }, has = common(&need->cpus, asking->online);
	bool is_vm = is_of_vm(need->group);

	/* A VM counts on each of its CPUs, but one that may run anywhere is bound to none. Others make do with less. */
	if (is_vm ? cpuset_contains(&has, asking->online) : !cpuset_contains(&asking->isolated, &has))
		return nothing;
	return common(&asking->demand->vcpus, &has);
}

/* What those of the same name would lose, from the i-th on; an earlier one has been told of with the others. */
static bool gather_lost(const struct asking *asking, unsigned int i, const char *name, struct cpuset *ret)
{
	char again[KNOB_KEY_SIZE];

	*ret = (struct cpuset){ 0 };
	for (unsigned int j = 0; j < asking->knobs->n_needs; j++) {
		struct cpuset lost = find_lost(asking, &asking->knobs->needs[j]);

		name_group(asking->knobs->needs[j].group, again, sizeof(again));
		if (strcmp(name, again) != 0)
			continue;
		if (j < i)
			return false;
		cpuset_add_all(ret, &lost);
	}
	return !cpuset_is_empty(ret);
}

static int check_needs(const struct asking *asking)
{
	char name[KNOB_KEY_SIZE];
	struct cpuset lost;
	int r = 0;

	if (!asking->policy->isolate)
		return 0;
	for (unsigned int i = 0; i < asking->knobs->n_needs && r == 0; i++) {
		name_group(asking->knobs->needs[i].group, name, sizeof(name));
		if (gather_lost(asking, i, name, &lost))
			r = meet(asking, &lost, "", name);
	}
	return r;
}

static void note_service(const struct asking *asking)
{
	for (unsigned int i = 0; i < asking->others->n_claims; i++) {
		const struct claim *other = &asking->others->claims[i];
		struct cpuset shared = common(&asking->demand->service, &other->cpus);
		char printable[DOMAIN_NAME_SIZE];
		struct text text;

		if (!other->isolate || cpuset_is_empty(&shared))
			continue;
		text_init(&text, printable, sizeof(printable));
		text_add_foreign(&text, other->name);
		notes_add(asking->notes, "%s, which emulator or iothreads are pinned to, %s isolated for VM '%s'",
			show_cpus(&shared).s, verb(&shared), printable);
	}
}

int plan_claim(const struct demand *demand, const struct policy *policy, const struct claims *others,
	const struct knobs *knobs, const struct cpuset *online, struct claim *ret, struct notes *notes,
	struct refusal *refusal)
{
	static int (*const checks[])(
		const struct asking *asking) = { check_pinned, check_online, check_rest, check_claims, check_needs };
	struct asking asking = { demand, policy, others, knobs, online, claims_isolated(others, -1), notes, refusal };

	if (!policy->isolate && !policy->governor[0])
		return 1;
	if (demand->problem[0])
		return refusal_set(refusal, REFUSAL_INPUT, "%s", demand->problem);
	if (policy->isolate)
		cpuset_add_all(&asking.isolated, &demand->vcpus);
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		int r = checks[i](&asking);

		if (r < 0)
			return r;
	}
	note_service(&asking);
	memset(ret, 0, sizeof(*ret));
	ret->cpus = demand->vcpus;
	ret->isolate = policy->isolate;
	memcpy(ret->governor, policy->governor, sizeof(ret->governor));
	return 0;
}
