// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How fast CPUs are, and how soon awake (Documentation/admin-guide/pm/cpufreq.rst,
 * Documentation/power/pm_qos_interface.rst, Documentation/ABI/testing/sysfs-devices-power).
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "probe/cpus.h"
#include "probe/knobs_look.h"

#define CPUS      "devices/system/cpu"
#define POLICIES  CPUS "/cpufreq"
#define PATH_SIZE 512

/* The CPUs of claims that want a governor. */
static struct cpuset wanted_cpus(const struct claims *claims)
{
	struct cpuset set = { 0 };

	for (unsigned int i = 0; i < claims->n_claims; i++) {
		if (claims->claims[i].governor[0])
			cpuset_add_all(&set, &claims->claims[i].cpus);
	}
	return set;
}

/* Calls it with the number of each policy, as text. Returns 0; -ENOENT when there is no cpufreq; or what it returns. */
static int policies_each(const struct host *host, int (*visit)(void *data, const char *number), void *data)
{
	const struct dirent *entry;
	uint64_t number;
	DIR *list;
	int r = beneath_list(host->sys, POLICIES, &list);

	if (r < 0)
		return r;
	while (r == 0 && (entry = readdir(list))) {
		if (strncmp(entry->d_name, "policy", 6) == 0 &&
			text_parse_number(entry->d_name + 6, 10, CPUS_MAX - 1, &number) == 0)
			r = visit(data, entry->d_name + 6);
	}
	closedir(list);
	return r;
}

static ssize_t read_policy(const struct host *host, const char *number, const char *name, char *text, size_t size)
{
	char path[PATH_SIZE];

	(void)snprintf(path, sizeof(path), POLICIES "/policy%.16s/%s", number, name);
	return attribute_read(host->sys, path, text, size);
}

static void cut_blanks(char *text)
{
	for (size_t length = strlen(text); length > 0 && text[length - 1] == ' ';)
		text[--length] = '\0';
}

/* With those that are offline, where it tells. Unlike other lists it has blanks between its numbers. */
static int read_cpus(const struct host *host, const char *number, struct cpuset *ret)
{
	char text[CPUSET_TEXT_SIZE * 2];
	ssize_t n = read_policy(host, number, "related_cpus", text, sizeof(text));

	if (n <= 0)
		n = read_policy(host, number, "affected_cpus", text, sizeof(text));
	if (n <= 0)
		return n < 0 ? (int)n : -ENODATA;
	cut_blanks(text);
	for (char *c = text; *c; c++) {
		if (*c == ' ')
			*c = ',';
	}
	return cpuset_parse(text, ret) < 0 ? -EBADMSG : 0;
}

struct power {
	struct knobs_look *look;
	struct cpuset wanted;
};

static void see_policy(
	struct power *power, enum knob_kind kind, const char *number, const char *name, const struct cpuset *cpus)
{
	const struct knob *known = knobs_find(power->look->knobs, kind, number);
	char word[KNOB_WORD_SIZE];
	struct knob *knob;

	if (!(known && known->known) && !cpuset_intersects(cpus, &power->wanted))
		return;
	/* Few drivers have a preference. */
	if (read_policy(power->look->host, number, name, word, sizeof(word)) <= 0)
		return;
	knob = knobs_look_word(power->look, kind, number, word);
	if (knob)
		knob->about = *cpus;
}

static int look_at_policy(void *data, const char *number)
{
	struct power *power = data;
	struct cpuset cpus;

	if (read_cpus(power->look->host, number, &cpus) < 0)
		return 0;
	see_policy(power, KNOB_GOVERNOR, number, "scaling_governor", &cpus);
	see_policy(power, KNOB_PREFERENCE, number, "energy_performance_preference", &cpus);
	return 0;
}

static void see_latency(struct knobs_look *look, unsigned int cpu)
{
	char path[PATH_SIZE], key[16], word[KNOB_WORD_SIZE];
	struct knob *knob;

	(void)snprintf(path, sizeof(path), CPUS "/cpu%u/power/pm_qos_resume_latency_us", cpu);
	if (attribute_read(look->host->sys, path, word, sizeof(word)) <= 0)
		return;
	(void)snprintf(key, sizeof(key), "%u", cpu);
	knob = knobs_look_word(look, KNOB_LATENCY, key, word);
	if (knob) {
		knob->about = (struct cpuset){ 0 };
		cpuset_add(&knob->about, cpu);
	}
}

static void look_at_latencies(struct knobs_look *look, struct cpuset cpus)
{
	for (unsigned int i = 0; i < look->knobs->n_knobs; i++) {
		const struct knob *knob = &look->knobs->knobs[i];
		uint64_t cpu;

		if (knob->kind == KNOB_LATENCY && knob->known &&
			text_parse_number(knob->key, 10, CPUS_MAX - 1, &cpu) == 0)
			cpuset_add(&cpus, (unsigned int)cpu);
	}
	for (unsigned int cpu = cpuset_next(&cpus, 0); cpu < CPUS_MAX; cpu = cpuset_next(&cpus, cpu + 1))
		see_latency(look, cpu);
}

/*
 * A policy answers nothing while all its CPUs are offline; its number is that of one of them. With CPUs that have gone
 * for good, it has gone, too.
 */
static void find_offline(struct knobs_look *look)
{
	struct cpuset away;

	if (cpus_read_list(look->host->sys, CPUS "/present", &away) < 0)
		return;
	cpuset_remove_all(&away, &look->online);
	for (unsigned int i = 0; i < look->knobs->n_knobs; i++) {
		struct knob *knob = &look->knobs->knobs[i];
		uint64_t cpu;

		if (knob->kind >= KNOB_LATENCY && knob->known && !knob->seen &&
			text_parse_number(knob->key, 10, CPUS_MAX - 1, &cpu) == 0)
			knob->offline = cpuset_has(&away, (unsigned int)cpu);
	}
}

void knobs_look_power(struct knobs_look *look)
{
	const unsigned int kinds = 1u << KNOB_LATENCY | 1u << KNOB_GOVERNOR | 1u << KNOB_PREFERENCE;
	struct power power = { .look = look, .wanted = wanted_cpus(look->claims) };

	if (cpuset_is_empty(&power.wanted) && !(look->known & kinds))
		return;
	look_at_latencies(look, power.wanted);
	(void)policies_each(look->host, look_at_policy, &power);
	find_offline(look);
}

/* ---- whether a governor can be had ---- */

struct check {
	const struct host *host;
	const struct cpuset *cpus;
	const char *governor;
	struct refusal *refusal;
	bool found;
};

static bool offers(const char *offered, const char *governor)
{
	size_t length = strlen(governor);

	for (offered += strspn(offered, " "); *offered; offered += strspn(offered, " ")) {
		size_t n = strcspn(offered, " ");

		if (n == length && memcmp(offered, governor, n) == 0)
			return true;
		offered += n;
	}
	return false;
}

static int check_policy(void *data, const char *number)
{
	struct check *check = data;
	struct cpuset cpus;
	char offered[512];

	if (read_cpus(check->host, number, &cpus) < 0 || !cpuset_intersects(&cpus, check->cpus))
		return 0;
	if (read_policy(check->host, number, "scaling_available_governors", offered, sizeof(offered)) < 0)
		return 0;
	check->found = true;
	if (offers(offered, check->governor))
		return 0;
	cut_blanks(offered);
	return refusal_set(check->refusal, REFUSAL_CPUS,
		"CPUs %.200s of the host have no governor '%s'; let the domain say one of these: %s",
		cpuset_text(&cpus).s, check->governor, offered);
}

int governor_check(const struct host *host, const struct cpuset *cpus, const char *governor, struct refusal *refusal)
{
	struct check check = { .host = host, .cpus = cpus, .governor = governor, .refusal = refusal };
	int r = policies_each(host, check_policy, &check);

	if (r == -ECANCELED)
		return r;
	return check.found ? 0 : 1;
}
