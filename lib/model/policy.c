// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/policy.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"

static const char *const actions[] = {
	[HOLDERS_REFUSE] = "refuse",
	[HOLDERS_STOP] = "stop",
};

const char *holders_action_name(enum holders_action action)
{
	return actions[action];
}

void policy_init(struct policy *policy)
{
	*policy = (struct policy){ .action = HOLDERS_REFUSE, .wait_s = POLICY_WAIT_DEFAULT_S };
}

int policy_set_action(struct policy *policy, const char *word)
{
	for (unsigned int i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (strcmp(actions[i], word) == 0) {
			policy->action = (enum holders_action)i;
			policy->has_action = true;
			return 0;
		}
	}
	return -EINVAL;
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

struct policy policy_merge(const struct policy *domain, const struct policy *host)
{
	struct policy policy = *domain;

	if (!domain->has_action)
		policy.action = host->action;
	if (!domain->has_wait)
		policy.wait_s = host->wait_s;
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
