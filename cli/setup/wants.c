// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * setup: what the kernel has to be told. Intel's IOMMU is off unless the kernel is told, or was built to have it on;
 * AMD's and ARM's are on where the firmware has them. Devices of the host go through it untranslated where it is told,
 * or built so (Documentation/admin-guide/kernel-parameters.txt: intel_iommu, iommu, iommu.passthrough).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "cli/setup/setup.h"
#include "probe/kernel_config.h"

#define WORD_ON          "intel_iommu=on"
#define WORD_PASSTHROUGH "iommu=pt"

/* What the words depend on. */
struct facts {
	bool is_x86, is_intel, has_groups;
	char cmdline[CMDLINE_SIZE];
	char *config; /* of the kernel; NULL where nobody tells */
};

static bool is_listed(const struct host *host, const char *path)
{
	const struct dirent *entry;
	bool found = false;
	DIR *list;

	if (beneath_list(host->sys, path, &list) < 0)
		return false;
	while (!found && (entry = readdir(list)))
		found = entry->d_name[0] != '.';
	(void)closedir(list);
	return found;
}

static int probe_facts(const struct host *host, struct facts *facts, struct refusal *refusal)
{
	char release[KERNEL_RELEASE_SIZE], processor[4096];
	int fd CLOSE_FD = beneath_open(host->proc, "cpuinfo", O_RDONLY, 0), r;
	ssize_t n = attribute_read(host->proc, "cmdline", facts->cmdline, sizeof(facts->cmdline));

	if (n < 0)
		return refusal_set(refusal, REFUSAL_INPUT,
			"cannot read '/proc/cmdline': %s; what the kernel was told has to be known", strerror((int)-n));
	/* The first processor is enough; the file is as long as there are many. */
	n = fd < 0 ? fd : fd_read_all(fd, processor, sizeof(processor) - 1);
	processor[n == -E2BIG ? (ssize_t)sizeof(processor) - 1 : n < 0 ? 0 : n] = '\0';
	facts->is_x86 = strstr(processor, "vendor_id") != NULL;
	facts->is_intel = strstr(processor, "GenuineIntel") != NULL;
	facts->has_groups = is_listed(host, "kernel/iommu_groups");
	r = kernel_release(host, release, sizeof(release));
	if (r < 0 || strchr(release, '/') || kernel_config_probe(host, release, &facts->config) < 0)
		facts->config = NULL;
	return 0;
}

static bool is_built(const struct facts *facts, const char *option)
{
	return facts->config && kernel_config_has(facts->config, option);
}

/* Whether there is an IOMMU after a boot with these words alone. */
static bool is_on(const struct facts *facts)
{
	if (cmdline_option_is(facts->cmdline, "intel_iommu", "off", "on"))
		return false;
	return cmdline_option_is(facts->cmdline, "intel_iommu", "on", "off") ||
	       is_built(facts, "CONFIG_INTEL_IOMMU_DEFAULT_ON") ||
	       is_built(facts, "CONFIG_INTEL_IOMMU_DEFAULT_ON_INTGPU_OFF");
}

/* Somebody may have chosen, whatever it is. */
static bool is_passthrough_chosen(const struct facts *facts)
{
	return is_built(facts, "CONFIG_IOMMU_DEFAULT_PASSTHROUGH") ||
	       cmdline_option_is(facts->cmdline, "iommu", "pt", NULL) ||
	       cmdline_option_is(facts->cmdline, "iommu", "nopt", NULL) ||
	       cmdline_has_name(facts->cmdline, "iommu.passthrough");
}

static int choose_words(
	const struct facts *facts, struct cmdline_words *ret, struct notes *notes, struct refusal *refusal)
{
	*ret = (struct cmdline_words){ 0 };
	if (cmdline_option_is(facts->cmdline, "iommu", "off", NULL) ||
		cmdline_option_is(facts->cmdline, "amd_iommu", "off", NULL))
		return refusal_set(refusal, REFUSAL_NO_IOMMU,
			"the kernel is told '%s', which nothing behind it overrules; remove that where it was "
			"configured, and reboot",
			cmdline_has(facts->cmdline, "amd_iommu=off") ? "amd_iommu=off" : "iommu=off");
	if (facts->is_intel && !facts->has_groups && !is_on(facts))
		ret->words[ret->n++] = WORD_ON;
	else if (!facts->has_groups)
		notes_add(notes,
			"there is no IOMMU group, and nothing that the kernel could be told; turn %s on in the "
			"firmware",
			!facts->is_x86    ? "the IOMMU"
			: facts->is_intel ? "VT-d"
					  : "AMD-Vi, which may be called IOMMU,");
	if (facts->is_x86 && !is_passthrough_chosen(facts))
		ret->words[ret->n++] = WORD_PASSTHROUGH;
	return 0;
}

int wants_probe(const struct host *host, struct cmdline_words *ret, struct notes *notes, struct refusal *refusal)
{
	struct facts facts = { 0 };
	int r = probe_facts(host, &facts, refusal);

	if (r >= 0)
		r = choose_words(&facts, ret, notes, refusal);
	free(facts.config);
	return r;
}
