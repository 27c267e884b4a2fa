// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A cpufreq driver for the processors of the virtual host, which have none: a policy for each CPU, the kernel's
 * governors, and energy_performance_preference. Nothing of it changes how fast anything runs. Test-only.
 *
 *   busy     while the governor is performance, a write to the preference fails with EBUSY, as in intel_pstate's active
 *            mode and in amd-pstate-epp (default)
 *   sticky   the governor performance sets the preference to performance, and it stays there, as in amd-pstate-epp;
 *            without it what was set before is kept (default)
 */
#include <linux/cpufreq.h>
#include <linux/module.h>

static bool busy = true, sticky;
module_param(busy, bool, 0644);
module_param(sticky, bool, 0644);

static const char *const preferences[] = { "default", "performance", "balance_performance", "balance_power", "power" };

#define PERFORMANCE         1
#define BALANCE_PERFORMANCE 2

static unsigned int chosen[NR_CPUS]; /* an index of preferences, by the policy's CPU */

static bool in_performance(struct cpufreq_policy *policy)
{
	return policy->governor && !strcmp(policy->governor->name, "performance");
}

static ssize_t show_energy_performance_preference(struct cpufreq_policy *policy, char *text)
{
	return sysfs_emit(text, "%s\n", preferences[chosen[policy->cpu]]);
}

static ssize_t store_energy_performance_preference(struct cpufreq_policy *policy, const char *text, size_t size)
{
	int i = sysfs_match_string(preferences, text);

	if (i < 0)
		return -EINVAL;
	if (busy && in_performance(policy) && i != PERFORMANCE)
		return -EBUSY;
	chosen[policy->cpu] = i;
	return size;
}

static ssize_t show_energy_performance_available_preferences(struct cpufreq_policy *policy, char *text)
{
	ssize_t size = 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(preferences); i++)
		size += sysfs_emit_at(text, size, "%s ", preferences[i]);
	return size + sysfs_emit_at(text, size, "\n");
}

cpufreq_freq_attr_rw(energy_performance_preference);
cpufreq_freq_attr_ro(energy_performance_available_preferences);

static struct freq_attr *attributes[] = {
	&energy_performance_preference,
	&energy_performance_available_preferences,
	NULL,
};

static int fake_init(struct cpufreq_policy *policy)
{
	policy->cpuinfo.min_freq = policy->min = 1000000;
	policy->cpuinfo.max_freq = policy->max = 3000000;
	policy->cur = policy->min;
	policy->cpuinfo.transition_latency = 1000000;
	policy->fast_switch_possible = true; /* else schedutil has a thread for each CPU */
	return 0;
}

static int fake_exit(struct cpufreq_policy *policy)
{
	return 0;
}

static int fake_verify(struct cpufreq_policy_data *policy)
{
	cpufreq_verify_within_cpu_limits(policy);
	return 0;
}

/* The performance governor calls it when it is chosen, whatever the frequency: CPUFREQ_NEED_UPDATE_LIMITS. */
static int fake_target(struct cpufreq_policy *policy, unsigned int frequency, unsigned int relation)
{
	if (sticky && in_performance(policy))
		chosen[policy->cpu] = PERFORMANCE;
	return 0;
}

static unsigned int fake_fast_switch(struct cpufreq_policy *policy, unsigned int frequency)
{
	return frequency;
}

static struct cpufreq_driver driver = {
	.name = "fake_cpufreq",
	.flags = CPUFREQ_NEED_UPDATE_LIMITS,
	.init = fake_init,
	.exit = fake_exit,
	.verify = fake_verify,
	.target = fake_target,
	.fast_switch = fake_fast_switch,
	.attr = attributes,
};

static int __init fake_cpufreq_init(void)
{
	int i;

	for (i = 0; i < NR_CPUS; i++)
		chosen[i] = BALANCE_PERFORMANCE;
	return cpufreq_register_driver(&driver);
}

static void __exit fake_cpufreq_exit(void)
{
	cpufreq_unregister_driver(&driver);
}

module_init(fake_cpufreq_init);
module_exit(fake_cpufreq_exit);
MODULE_DESCRIPTION("cpufreq for emulated processors, test only");
MODULE_LICENSE("GPL");
