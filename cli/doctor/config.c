// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor: whether the configuration of the host is understood. */
#include "cli/doctor/doctor.h"

#define SUBJECT "/etc/gpu-handoff.conf"

static void look_config(struct doctor *doctor)
{
	const struct settings *settings = &doctor->settings;

	if (settings->policy.problem[0])
		doctor_report(doctor, FINDING_FAIL, SUBJECT,
			"mend it; until then every start of a domain with a card is refused", "%s",
			settings->policy.problem);
	if (settings->device_problem[0])
		doctor_report(doctor, FINDING_FAIL, SUBJECT,
			"mend it as gpu-handoff.conf(5) says; until then that section is left out", "%s",
			settings->device_problem);
	if (!settings->policy.problem[0] && !settings->device_problem[0])
		doctor_report(doctor, FINDING_PASS, SUBJECT, NULL,
			"it is understood, and has %u [card] and %u [usb] sections", settings->cards.n_cards,
			settings->usbs.n_usbs);
}

const struct check check_config = { .name = "configuration", .look = look_config };
