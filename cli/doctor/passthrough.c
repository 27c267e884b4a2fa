// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * doctor: what the IOMMU costs the host's own devices (Documentation/ABI/testing/sysfs-kernel-iommu_groups, type).
 * VMs do not notice: what VFIO has gets another domain.
 */
#include <stdio.h>

#include "base/text.h"
#include "cli/doctor/doctor.h"
#include "probe/iommu.h"
#include "probe/module.h"

#define SUBJECT "IOMMU passthrough"

/* Before Linux 5.15 a group that cleans up later has the type DMA as well. */
static bool tells_strict(const struct host *host)
{
	char release[RELEASE_SIZE], first[4], second[4];
	uint64_t major, minor;

	release_probe(host, release);
	if (sscanf(release, "%3[0-9].%3[0-9]", first, second) != 2 || text_parse_number(first, 10, 999, &major) < 0 ||
		text_parse_number(second, 10, 999, &minor) < 0)
		return false;
	return major > 5 || (major == 5 && minor >= 15);
}

static void look_passthrough(struct doctor *doctor)
{
	struct iommus iommus;

	if (iommus_probe(doctor->host, &iommus) < 0)
		return;
	/* A few that are strict are devices that are not trusted: Thunderbolt's. */
	if (iommus.n_strict > iommus.n_identity + iommus.n_lazy && tells_strict(doctor->host))
		doctor_report(doctor, FINDING_WARN, SUBJECT,
			"where that matters, run 'gpu-handoff setup' as root, which adds iommu=pt, and reboot",
			"%u of %u groups have strict DMA: each transfer of the host's own disks and network cards "
			"waits for the IOMMU, which costs fast ones much; VMs lose nothing",
			iommus.n_strict, iommus.n_groups);
	else if (iommus.n_identity > iommus.n_lazy + iommus.n_strict)
		doctor_report(doctor, FINDING_PASS, SUBJECT, NULL,
			"it is on for %u of %u groups: the host's own devices pass the IOMMU by", iommus.n_identity,
			iommus.n_groups);
	else if (iommus.n_lazy)
		doctor_report(doctor, FINDING_PASS, SUBJECT, NULL,
			"%u of %u groups translate for the host's own devices, and clean up later, which costs them "
			"little",
			iommus.n_lazy, iommus.n_groups);
}

const struct check check_passthrough = { .name = "passthrough", .look = look_passthrough };
