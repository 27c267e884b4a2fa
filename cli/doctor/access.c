// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor: group kvm may open the VFIO groups of cards with access = kvm. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "cli/doctor/doctor.h"

#define GROUP    "kvm"
#define MODE     0660
#define MODE_ALL 07777

static void look_node(struct doctor *doctor, const char *section, int group, gid_t kvm)
{
	char path[sizeof("vfio/2147483647")];
	int fd CLOSE_FD = -1;
	struct stat st;

	(void)snprintf(path, sizeof(path), "vfio/%u", (unsigned int)group);
	fd = beneath_open(doctor->host->dev, path, O_PATH | O_NOFOLLOW, 0);
	if (fd < 0 || fstat(fd, &st) < 0)
		doctor_report(doctor, FINDING_PASS, section, NULL,
			"/dev/%s is not there while the host has the card; group " GROUP " gets it when it comes",
			path);
	else if (st.st_gid == kvm && (st.st_mode & MODE_ALL) == MODE)
		doctor_report(doctor, FINDING_PASS, section, NULL, "group " GROUP " may open /dev/%s", path);
	else
		doctor_report(doctor, FINDING_FAIL, section,
			finding_text("run 'udevadm trigger /sys/class/%s' as root", path).s,
			"group " GROUP " may not open /dev/%s: it is of group %u with mode %04o, not of %u with %04o",
			path, (unsigned int)st.st_gid, (unsigned int)st.st_mode & MODE_ALL, (unsigned int)kvm, MODE);
}

static void look_card(struct doctor *doctor, const struct card_setting *setting, int found, gid_t kvm)
{
	struct finding_text section = card_section(setting);
	struct card card;

	if (!doctor_find_card(doctor, setting, &card))
		return;
	if (found <= 0) {
		doctor_report(doctor, FINDING_FAIL, section.s, "run 'groupadd --system " GROUP "' as root",
			"access = kvm, and there is no group " GROUP "%s%s", found < 0 ? " to be found: " : "",
			found < 0 ? strerror(-found) : "");
		return;
	}
	if (card.n_groups == 0)
		doctor_report(doctor, FINDING_FAIL, section.s,
			"turn the IOMMU on: VT-d or AMD-Vi in the firmware, on Intel also intel_iommu=on for the "
			"kernel",
			"access = kvm, and %s has no IOMMU group", address_text(card.gpu->address).s);
	for (unsigned int i = 0; i < card.n_groups; i++)
		look_node(doctor, section.s, card.groups[i], kvm);
}

static void look_access(struct doctor *doctor)
{
	const struct card_settings *settings = &doctor->settings.cards;
	gid_t kvm = 0;
	int found = doctor_find_group(doctor, GROUP, &kvm);

	for (unsigned int i = 0; i < settings->n_cards; i++) {
		if (settings->cards[i].for_kvm)
			look_card(doctor, &settings->cards[i], found, kvm);
	}
}

const struct check check_access = { .name = "access", .look = look_access };
