// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * doctor: how much memory a person may lock, where access = kvm lets VMs of persons have a card. VFIO pins all memory
 * of the guest, and counts it (RLIMIT_MEMLOCK). libvirt adds 1 GiB for what devices map, and so does this.
 */
#include <stdint.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli/doctor/doctor.h"

#define SUBJECT "locked memory"
#define MIB     (UINT64_C(1) << 20)
#define DEVICES (1024 * MIB)

#define WHY        "VFIO pins all memory of a guest, so a VM at qemu:///session needs a limit of its memory and 1 GiB more"
#define NOT_SYSTEM "qemu:///system needs none of it, because libvirtd raises the limit itself"

static uint64_t find_memory(void)
{
	long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);

	return pages > 0 && size > 0 ? (uint64_t)pages * (uint64_t)size : 0;
}

/* All that the host has: no VM needs more. */
static struct finding_text describe_remedy(uint64_t memory)
{
	unsigned long long kib = memory / 1024;

	return finding_text("write '@kvm - memlock %llu' to /etc/security/limits.d/90-gpu-handoff.conf, and for what "
			    "systemd starts '[Service]' and 'LimitMEMLOCK=%lluK' as two lines to "
			    "/etc/systemd/system/user@.service.d/90-gpu-handoff.conf, then reboot; " NOT_SYSTEM,
		kib, kib);
}

static void look_limit(struct doctor *doctor)
{
	uint64_t memory = find_memory();
	struct rlimit limit;

	if (getrlimit(RLIMIT_MEMLOCK, &limit) < 0)
		return;
	if (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= memory)
		doctor_report(doctor, FINDING_PASS, SUBJECT, NULL, "you may lock all memory of this host; " WHY);
	else if (limit.rlim_cur > DEVICES)
		doctor_report(doctor, FINDING_WARN, SUBJECT, describe_remedy(memory).s,
			"you may lock %llu MiB, enough for VMs of up to %llu MiB; " WHY,
			(unsigned long long)(limit.rlim_cur / MIB),
			(unsigned long long)((limit.rlim_cur - DEVICES) / MIB));
	else
		doctor_report(doctor, FINDING_FAIL, SUBJECT, describe_remedy(memory).s,
			"you may lock %llu KiB, too little for any VM; " WHY,
			(unsigned long long)(limit.rlim_cur / 1024));
}

/* The limit of root, and of a machine that is not this one, say nothing of those who start VMs. */
static void look_memlock(struct doctor *doctor)
{
	const struct card_settings *settings = &doctor->settings.cards;
	bool wanted = false;

	for (unsigned int i = 0; i < settings->n_cards; i++)
		wanted = wanted || settings->cards[i].for_kvm;
	if (!wanted)
		return;
	if (doctor->recorded || geteuid() == 0)
		doctor_report(doctor, FINDING_WARN, SUBJECT,
			"run 'gpu-handoff doctor' there as the person who starts the VM; 'ulimit -l' shows the limit "
			"in KiB; " NOT_SYSTEM,
			"the limit of those who start VMs is not seen %s; " WHY,
			doctor->recorded ? "in a recorded machine" : "by root");
	else
		look_limit(doctor);
}

const struct check check_memlock = { .name = "memlock", .look = look_memlock };
