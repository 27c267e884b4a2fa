// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/usb.h"

#include <stdio.h>

#include "base/text.h"

/* What the host cannot give away, whatever the configuration says. */
static int refuse_needed(const struct usb_situation *situation, struct refusal *refusal)
{
	const struct usb_device *device = situation->device;

	if (situation->is_hub)
		return refusal_set(refusal, REFUSAL_INPUT,
			"USB device '%s' is a hub, which no domain can have; name what is plugged into it",
			device->port);
	if (situation->carries[0])
		return refusal_set(refusal, REFUSAL_CRITICAL, "USB device '%s' %s; the host lives on it, so it stays",
			device->port, situation->carries);
	return 0;
}

static int refuse_taken(const struct usb_situation *situation, struct refusal *refusal)
{
	char name[USB_DOMAIN_SIZE];
	struct text text;

	text_init(&text, name, sizeof(name));
	text_add_foreign(&text, situation->other);
	return refusal_set(refusal, REFUSAL_TAKEN,
		"domain '%s' has USB device '%s'; detach it there with 'virsh detach-device'", name,
		situation->device->port);
}

/* Adds the domain, and the end of a sentence about it. */
static int leave(const struct usb_situation *situation, const char *why, char *text, size_t size)
{
	struct text sentence;

	text_init(&sentence, text, size);
	text_add(&sentence, "domain '");
	text_add_foreign(&sentence, situation->setting->domain);
	text_add(&sentence, "' %s: nothing to do", why);
	return 0;
}

int plan_usb(const struct usb_situation *situation, char *text, size_t size, struct refusal *refusal)
{
	const struct usb_device *device = situation->device;
	char has[64];
	int r;

	if (!situation->setting || !situation->setting->domain[0]) {
		(void)snprintf(text, size,
			"no section of /etc/gpu-handoff.conf gives USB device '%s' (%04x:%04x) a domain; add one, "
			"[usb %s], if one is to have it",
			device->port, device->vendor, device->product, device->port);
		return 0;
	}
	r = refuse_needed(situation, refusal);
	if (r < 0)
		return r;
	if (!situation->is_running)
		return leave(situation, "does not run", text, size);
	if (usb_hostdevs_mean(situation->own, device)) {
		(void)snprintf(has, sizeof(has), "has USB device '%s' already", device->port);
		return leave(situation, has, text, size);
	}
	return situation->other ? refuse_taken(situation, refusal) : 1;
}
