// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor: whether each [usb] section is about a device that a VM can have, and a domain that there is. */
#include <errno.h>

#include "base/text.h"
#include "cli/doctor/doctor.h"
#include "cli/live.h"
#include "probe/usb_device.h"

struct look {
	struct doctor *doctor;
	const struct usb_setting *setting;
	struct text plugged; /* the ports of its devices */
	bool bad;            /* something was reported */
};

/* "[usb 046d:c52b]" */
static struct finding_text usb_section(const struct usb_setting *setting)
{
	if (setting->by_port)
		return finding_text("[usb %s]", setting->port);
	return finding_text("[usb %04x:%04x]", setting->vendor, setting->product);
}

static bool is_about(const struct usb_setting *setting, const struct usb_device *device)
{
	const struct usb_settings alone = { .n_usbs = 1, .usbs = { *setting } };

	return usb_settings_find(&alone, device) != NULL;
}

static void look_device(struct look *look, struct usb_plugged *plugged)
{
	struct finding_text section = usb_section(look->setting);
	const char *port = plugged->device.port;

	/* Of what nobody can tell, as an ordinary user cannot, the unit will when it comes to that. */
	if (!plugged->is_hub)
		(void)usb_plugged_probe_disks(look->doctor->host, plugged);
	if (plugged->is_hub)
		doctor_report(look->doctor, FINDING_FAIL, section.s, "name the devices that are plugged into it",
			"%s is a hub: a VM can have what is behind it, and not the hub itself", port);
	else if (plugged->carries[0])
		doctor_report(look->doctor, FINDING_FAIL, section.s,
			"unmount it, or end what else has it, or take the section out", "the host lives on %s: it %s",
			port, plugged->carries);
	look->bad = look->bad || plugged->is_hub || plugged->carries[0];
}

/* What has gone meanwhile is not plugged in. */
static int visit_plugged(void *data, const char *port)
{
	const struct usb_setting *first;
	struct usb_plugged plugged;
	struct look *look = data;

	if (usb_plugged_probe(look->doctor->host, port, &plugged) < 0 || !is_about(look->setting, &plugged.device))
		return 0;
	text_add(&look->plugged, "%s%s", look->plugged.length ? ", " : "", port);
	first = usb_settings_find(&look->doctor->settings.usbs, &plugged.device);
	if (first == look->setting) {
		look_device(look, &plugged);
		return 0;
	}
	look->bad = true;
	doctor_report(look->doctor, FINDING_FAIL, usb_section(look->setting).s, "keep one of them",
		"%s is in %s as well, which comes first and gives it to domain '%s'", port, usb_section(first).s,
		first->domain);
	return 0;
}

/* Returns 0, or -ECANCELED when libvirt does not answer. */
static int look_domain(struct look *look, struct refusal *unasked)
{
	const struct usb_setting *setting = look->setting;
	int r = doctor_find_domain(setting->domain, unasked);

	if (r == 0) {
		look->bad = true;
		doctor_report(look->doctor, FINDING_FAIL, usb_section(setting).s,
			"write the name of one that 'virsh -c " LIVE_URI " list --all' shows",
			"there is no domain '%s'", setting->domain);
	}
	return r < 0 ? r : 0;
}

static void report_unasked(struct doctor *doctor, const struct refusal *unasked)
{
	doctor_report(doctor, FINDING_WARN, "domains of [usb] sections",
		doctor->recorded ? "run 'gpu-handoff doctor' on that machine"
				 : "start libvirt's daemon, libvirtd or virtqemud",
		"whether they are defined is not known: %s",
		doctor->recorded ? "a recorded machine has no libvirt" : unasked->sentence);
}

static void look_usb(struct doctor *doctor)
{
	const struct usb_settings *settings = &doctor->settings.usbs;
	struct refusal unasked;
	int r = doctor->recorded ? -ECANCELED : 0;

	for (unsigned int i = 0; i < settings->n_usbs; i++) {
		struct look look = { .doctor = doctor, .setting = &settings->usbs[i] };
		struct finding_text ports;

		text_init(&look.plugged, ports.s, sizeof(ports.s));
		/* One that does not answer is not asked again. */
		r = r < 0 ? r : look_domain(&look, &unasked);
		(void)usb_plugged_each(doctor->host, visit_plugged, &look);
		if (!look.bad)
			doctor_report(doctor, FINDING_PASS, usb_section(look.setting).s, NULL,
				"goes to domain '%s'; plugged in now: %s", look.setting->domain,
				look.plugged.length ? ports.s : "nothing");
	}
	if (settings->n_usbs && r < 0)
		report_unasked(doctor, &unasked);
}

const struct check check_usb = { .name = "usb", .look = look_usb };
