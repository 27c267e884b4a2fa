// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor: the versions of libvirt and QEMU, and what of newer ones a card would like to have (libvirt's NEWS.rst). */
#include <errno.h>

#include <libvirt/libvirt.h>

#include "base/text.h"
#include "cli/doctor/doctor.h"
#include "cli/live.h"

#define SUBJECT "libvirt and QEMU"

/* As libvirt has it: 9.0.0 is 9000000. */
#define VERSION_OF(major, minor) ((major)*1000000UL + (minor)*1000UL)

/* The first that runs what is in hooks/qemu.d, and so the first for us. */
#define LIBVIRT_OLDEST VERSION_OF(6, 5)

/* By version: what those before it do not have. */
struct gain {
	unsigned long version;
	const char *what;
};

static const struct gain libvirt[] = {
	{ VERSION_OF(7, 2), "firmware by its features (7.2), which 'gpu-handoff xml' writes" },
	{ VERSION_OF(8, 2), "threads that clear memory (8.2)" },
	{ VERSION_OF(8, 7), "physical addresses as wide as the host's (8.7), for large BARs" },
	{ VERSION_OF(9, 2), "passt under AppArmor (9.2)" },
	{ VERSION_OF(10, 0), "VFIO drivers of vendors by itself (10.0)" },
	{ VERSION_OF(12, 1), "IOMMUFD (12.1)" },
	{ 0, NULL },
};

static const struct gain qemu[] = {
	{ VERSION_OF(7, 2), "memory that is cleared on its own node (7.2)" },
	{ VERSION_OF(9, 0), "IOMMUFD (9.0)" },
	{ 0, NULL },
};

struct asked {
	unsigned long libvirt, qemu;
};

/* The daemon's own version: that of our library may be another. */
static int ask(virConnectPtr connection, void *argument)
{
	struct asked *asked = argument;

	if (virConnectGetLibVersion(connection, &asked->libvirt) < 0 ||
		virConnectGetVersion(connection, &asked->qemu) < 0)
		return -EIO;
	return 0;
}

static struct finding_text describe(unsigned long version)
{
	return finding_text("%lu.%lu.%lu", version / 1000000, version / 1000 % 1000, version % 1000);
}

/* "libvirt 9.0.0, which lacks …" */
static struct finding_text describe_lacks(const char *name, unsigned long version, const struct gain *gains)
{
	struct finding_text ret = { "" };
	bool first = true;
	struct text text;

	text_init(&text, ret.s, sizeof(ret.s));
	text_add(&text, "%s %s", name, version ? describe(version).s : "of no known version");
	for (; version && gains->what; gains++) {
		if (version >= gains->version)
			continue;
		text_add(&text, "%s%s", first ? ", which lacks " : ", ", gains->what);
		first = false;
	}
	return ret;
}

static void report(struct doctor *doctor, const struct asked *asked)
{
	if (asked->libvirt < LIBVIRT_OLDEST)
		doctor_report(doctor, FINDING_FAIL, SUBJECT, "update libvirt to 6.5 or newer",
			"libvirt %s does not run the hook: it knows no /etc/libvirt/hooks/qemu.d",
			describe(asked->libvirt).s);
	else
		doctor_report(doctor, FINDING_PASS, SUBJECT, NULL, "%s; %s",
			describe_lacks("libvirt", asked->libvirt, libvirt).s,
			describe_lacks("QEMU", asked->qemu, qemu).s);
}

static void look_versions(struct doctor *doctor)
{
	struct asked asked = { 0 };
	struct refusal refusal;
	int r;

	if (doctor->recorded)
		return;
	r = live_ask(ask, &asked, sizeof(asked), &refusal);
	if (r < 0)
		doctor_report(doctor, FINDING_WARN, SUBJECT, "start libvirt's daemon, libvirtd or virtqemud",
			"their versions are not known: %s",
			r == -ECANCELED ? refusal.sentence : "libvirt does not tell; is QEMU installed?");
	else
		report(doctor, &asked);
}

const struct check check_versions = { .name = "versions", .look = look_versions };
