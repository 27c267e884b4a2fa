// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/policy.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"

static const char *const actions[] = {
	[HOLDERS_REFUSE] = "refuse",
	[HOLDERS_STOP] = "stop",
};

static const char *const overlaps[] = {
	[OVERLAP_REFUSE] = "refuse",
	[OVERLAP_WARN] = "warn",
};

static const char *const answers[] = { "no", "yes" };

const char *holders_action_name(enum holders_action action)
{
	return actions[action];
}

const char *overlap_action_name(enum overlap_action action)
{
	return overlaps[action];
}

void policy_init(struct policy *policy)
{
	*policy = (struct policy){ .action = HOLDERS_REFUSE, .wait_s = POLICY_WAIT_DEFAULT_S };
}

/* The place of a word among those that are known, or -EINVAL. */
static int find_word(const char *const words[], size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(words[i], word) == 0)
			return (int)i;
	}
	return -EINVAL;
}

int policy_set_action(struct policy *policy, const char *word)
{
	int i = find_word(actions, sizeof(actions) / sizeof(actions[0]), word);

	if (i < 0)
		return i;
	policy->action = (enum holders_action)i;
	policy->has_action = true;
	return 0;
}

int policy_set_wait(struct policy *policy, const char *word)
{
	uint64_t seconds;

	if (text_parse_number(word, 10, POLICY_WAIT_MAX_S, &seconds) < 0)
		return -EINVAL;
	policy->wait_s = (unsigned int)seconds;
	policy->has_wait = true;
	return 0;
}

static int set_answer(bool *answer, bool *has_answer, const char *word)
{
	int i = find_word(answers, sizeof(answers) / sizeof(answers[0]), word);

	if (i < 0)
		return i;
	*answer = i == 1;
	*has_answer = true;
	return 0;
}

int policy_set_isolate(struct policy *policy, const char *word)
{
	return set_answer(&policy->isolate, &policy->has_isolate, word);
}

int policy_set_overlap(struct policy *policy, const char *word)
{
	int i = find_word(overlaps, sizeof(overlaps) / sizeof(overlaps[0]), word);

	if (i < 0)
		return i;
	policy->overlap = (enum overlap_action)i;
	policy->has_overlap = true;
	return 0;
}

int policy_set_allocate(struct policy *policy, const char *word)
{
	return set_answer(&policy->allocate, &policy->has_allocate, word);
}

/* It is written into an attribute as it is: nothing but the names that governors have. */
int policy_set_governor(struct policy *policy, const char *word)
{
	size_t length = strlen(word);

	if (length == 0 || strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789_-") != length ||
		length >= sizeof(policy->governor))
		return -EINVAL;
	memcpy(policy->governor, word, length + 1);
	policy->has_governor = true;
	return 0;
}

struct policy policy_merge(const struct policy *domain, const struct policy *host)
{
	struct policy policy = *domain;

	if (!domain->has_action)
		policy.action = host->action;
	if (!domain->has_wait)
		policy.wait_s = host->wait_s;
	if (!domain->has_isolate)
		policy.isolate = host->isolate;
	if (!domain->has_governor)
		memcpy(policy.governor, host->governor, sizeof(policy.governor));
	if (!domain->has_overlap)
		policy.overlap = host->overlap;
	if (!domain->has_allocate)
		policy.allocate = host->allocate;
	if (!domain->problem[0])
		memcpy(policy.problem, host->problem, sizeof(policy.problem));
	return policy;
}

void settings_init(struct settings *settings)
{
	memset(settings, 0, sizeof(*settings));
	policy_init(&settings->policy);
	(void)settings_add_restarted(settings, "nvidia-persistenced.service");
	(void)settings_add_restarted(settings, "nvidia-powerd.service");
}

/* systemd.unit(5): letters, digits, and :-_.\@ */
static bool is_service(const char *unit)
{
	const char *suffix = strrchr(unit, '.');
	size_t length = strlen(unit);

	return suffix && suffix > unit && strcmp(suffix, ".service") == 0 && length < UNIT_NAME_SIZE &&
	       strspn(unit, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:-_.\\@") == length;
}

int settings_add_restarted(struct settings *settings, const char *unit)
{
	if (!is_service(unit))
		return -EINVAL;
	if (settings_restarts(settings, unit))
		return 0;
	if (settings->n_restarted == SETTINGS_RESTARTED_MAX)
		return -E2BIG;
	return text_copy(settings->restarted[settings->n_restarted++], UNIT_NAME_SIZE, unit);
}

bool settings_restarts(const struct settings *settings, const char *unit)
{
	for (unsigned int i = 0; i < settings->n_restarted; i++) {
		if (strcmp(settings->restarted[i], unit) == 0)
			return true;
	}
	return false;
}
