// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/usb_follow.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apply/report.h"
#include "apply/usb_record.h"
#include "base/fd.h"
#include "base/text.h"
#include "plan/usb.h"
#include "probe/config.h"
#include "probe/usb_device.h"

#define RECORDS "/run/gpu-handoff/usb"

void follower_init(struct follower *follower, const struct host *host, const char *uri, bool dry_run)
{
	memset(follower, 0, sizeof(*follower));
	follower->host = host;
	follower->uri = uri;
	follower->dry_run = dry_run;
	config_probe(host, &follower->settings);
}

void follower_finish(struct follower *follower)
{
	live_close(&follower->live);
}

static int ask_libvirt(struct follower *follower, struct refusal *refusal)
{
	return follower->live.connection ? 0 : live_open(follower->uri, &follower->live, refusal);
}

/* What goes wrong on the way, and ends nothing. */
static void complain(const struct follower *follower, const char *port, const struct refusal *refusal)
{
	(void)fprintf(stderr, "gpu-handoff: %s\n", refusal->sentence);
	if (!follower->dry_run)
		report_refusal((struct event_owner){ .name = port }, "usb", refusal);
}

static void report(const struct follower *follower, enum event_kind kind, const char *port, const char *done)
{
	char uuid[VIR_UUID_STRING_BUFLEN], sentence[128];
	struct refusal unread;
	const struct event event = {
		.kind = kind,
		.owner = { live_name(&follower->live), live_uuid(&follower->live, uuid, &unread) == 0 ? uuid : NULL },
		.sentence = sentence,
		.usb = port,
	};

	(void)snprintf(sentence, sizeof(sentence), "USB device '%s' %s it", port, done);
	report_event(&event);
}

static void tell(const struct follower *follower, enum event_kind kind, const char *port, const char *done)
{
	char name[USB_DOMAIN_SIZE];
	struct text text;

	text_init(&text, name, sizeof(name));
	text_add_foreign(&text, live_name(&follower->live));
	(void)printf("USB device '%s' %s%s domain '%s'\n", port, follower->dry_run ? "would be " : "", done, name);
	if (!follower->dry_run)
		report(follower, kind, port, done);
}

static int refuse_port(const char *port, struct refusal *refusal)
{
	char shown[128];
	struct text text;

	text_init(&text, shown, sizeof(shown));
	text_add_foreign(&text, port);
	return refusal_set(refusal, REFUSAL_INPUT,
		"'%s' is no port, such as 1-4.2; 'ls /sys/bus/usb/devices' shows what is plugged in", shown);
}

static int refuse_record(const char *port, int error, struct refusal *refusal)
{
	return refusal_set(refusal, REFUSAL_STATE, "cannot use '" RECORDS "/%s': %s", port, strerror(-error));
}

/* ---- detaching ---- */

/* Whether the domain that was found still runs, and has it. */
static int has_it(const struct follower *follower, const struct usb_record *record, struct refusal *refusal)
{
	struct usb_hostdevs hostdevs;
	int r = live_usb(&follower->live, &hostdevs, refusal);

	return r < 0 ? r : usb_hostdevs_have(&hostdevs, record->bus, record->number);
}

/* Detaches what a record names. Returns 1; 0 when the domain has it no longer; -ECANCELED. */
static int take_back(
	struct follower *follower, const char *port, const struct usb_record *record, struct refusal *refusal)
{
	int r = ask_libvirt(follower, refusal);

	if (r == 0)
		r = live_find_uuid(&follower->live, record->uuid, refusal);
	if (r > 0)
		r = has_it(follower, record, refusal);
	if (r <= 0)
		return r;
	if (!follower->dry_run)
		r = live_detach(&follower->live, record->bus, record->number, refusal);
	if (r < 0)
		return r;
	tell(follower, EVENT_USB_DETACHED, port, "detached from");
	return 1;
}

/* Sees to what was attached from a port and is not what is there now. Returns as take_back(), and forgets it. */
static int release(struct follower *follower, const char *port, const struct usb_plugged *now, struct refusal *refusal)
{
	struct usb_record record;
	int r = usb_record_get(follower->host, port, &record), removed = 0;

	if (r < 0)
		return r == -ENOENT ? 0 : refuse_record(port, r, refusal);
	if (now && now->device.bus == record.bus && now->device.number == record.number)
		return 0;
	r = take_back(follower, port, &record, refusal);
	if (r >= 0 && !follower->dry_run)
		removed = usb_record_remove(follower->host, port);
	return removed < 0 ? refuse_record(port, removed, refusal) : r;
}

/* ---- attaching ---- */

/* What libvirt knows that decides. */
struct answers {
	struct usb_hostdevs own;
	char *other;
};

static int ask(
	struct follower *follower, struct usb_situation *situation, struct answers *answers, struct refusal *refusal)
{
	struct live *live = &follower->live;
	int r = ask_libvirt(follower, refusal);

	if (r == 0)
		r = live_find(live, situation->setting->domain, refusal);
	if (r <= 0)
		return r;
	situation->is_running = true;
	situation->own = &answers->own;
	r = live_usb(live, &answers->own, refusal);
	if (r == 0)
		r = live_find_owner(live, situation->device, &answers->other, refusal);
	situation->other = answers->other;
	return r;
}

/* That the host uses a disk of it, which nobody names; only of a device that would be attached. */
static int look_at_disks(struct follower *follower, struct usb_plugged *plugged, struct refusal *refusal)
{
	int r = usb_plugged_probe_disks(follower->host, plugged);

	if (r == 0)
		return 0;
	return refusal_set(refusal, REFUSAL_STATE,
		"cannot tell whether the host uses the disk of USB device '%s': %s; see 'journalctl -k'",
		plugged->device.port, r == KERNEL_STUCK ? "it does not answer" : strerror(-r));
}

/* Without a section that is about it, one that could not be read may have been. */
static int decide(struct follower *follower, struct usb_plugged *plugged, struct refusal *refusal)
{
	const struct settings *settings = &follower->settings;
	struct usb_situation situation = { .device = &plugged->device,
		.is_hub = plugged->is_hub,
		.carries = plugged->carries,
		.setting = usb_settings_find(&settings->usbs, &plugged->device) };
	struct answers answers = { .other = NULL };
	char why[512];
	int r = 0;

	if (settings->policy.problem[0])
		return refusal_set(refusal, REFUSAL_INPUT, "%s", settings->policy.problem);
	if (!situation.setting && settings->device_problem[0])
		return refusal_set(refusal, REFUSAL_INPUT, "%s", settings->device_problem);
	/* What is refused anyway does not wait for libvirt. */
	if (situation.setting && !situation.is_hub && !situation.carries[0])
		r = ask(follower, &situation, &answers, refusal);
	if (r == 0 && situation.is_running)
		r = look_at_disks(follower, plugged, refusal);
	if (r == 0)
		r = plan_usb(&situation, why, sizeof(why), refusal);
	if (r == 0)
		(void)puts(why);
	free(answers.other);
	return r;
}

/* Returns 0; 1 when the domain has stopped meanwhile; -ECANCELED. */
static int attach(struct follower *follower, const char *port, const struct usb_record *record, struct refusal *refusal)
{
	struct refusal unread;
	int r, running, has;

	/* First, so that nothing is attached that nobody would detach. */
	r = usb_record_put(follower->host, port, record);
	if (r < 0)
		return refuse_record(port, r, refusal);
	r = live_attach(&follower->live, record->bus, record->number, refusal);
	if (r == 0)
		return 0;
	has = running = live_find_uuid(&follower->live, record->uuid, &unread);
	if (running > 0)
		has = has_it(follower, record, &unread);
	/* Where that is not known, it may have it: what is forgotten nobody detaches. */
	if (has == 0)
		(void)usb_record_remove(follower->host, port);
	if (running == 0)
		return 1;
	return has > 0 ? 0 : r;
}

static int give(struct follower *follower, struct usb_plugged *plugged, struct refusal *refusal)
{
	const struct usb_device *device = &plugged->device;
	struct usb_record record = { .bus = device->bus, .number = device->number };
	int r = decide(follower, plugged, refusal);

	if (r <= 0)
		return r;
	r = live_uuid(&follower->live, record.uuid, refusal);
	if (r == 0 && !follower->dry_run)
		r = attach(follower, device->port, &record, refusal);
	if (r == 0)
		tell(follower, EVENT_USB_ATTACHED, device->port, "attached to");
	else if (r > 0)
		(void)puts("the domain has stopped meanwhile: nothing to do");
	return r < 0 ? r : 0;
}

/* ---- a port ---- */

static int sync_port(struct follower *follower, const char *port, struct refusal *refusal)
{
	struct usb_plugged plugged, *now = &plugged;
	int r = usb_plugged_probe(follower->host, port, &plugged);

	if (r == -ENOENT || r == -ENODEV)
		now = NULL;
	else if (r < 0)
		return refusal_set(
			refusal, REFUSAL_STATE, "cannot tell what is plugged in at '%s': %s", port, strerror(-r));
	r = release(follower, port, now, refusal);
	if (!now) {
		if (r == 0)
			(void)printf(
				"nothing is plugged in at '%s', and no domain has what was: nothing to do\n", port);
		return r < 0 ? r : 0;
	}
	/* The domain has lost it anyway. */
	if (r < 0)
		complain(follower, port, refusal);
	return give(follower, now, refusal);
}

/* Others at work are not libvirt's silence: their time is none of ours. */
static int await_lock(const struct follower *follower)
{
	int lock;

	if (follower->set_deadline)
		follower->set_deadline(false);
	lock = usb_records_lock(follower->host);
	if (follower->set_deadline)
		follower->set_deadline(true);
	return lock;
}

int follower_sync(struct follower *follower, const char *port, struct refusal *refusal)
{
	int lock CLOSE_FD = -1;

	if (!usb_is_port(port))
		return refuse_port(port, refusal);
	/* Who only looks changes nothing, and may be anybody. */
	if (!follower->dry_run) {
		lock = await_lock(follower);
		if (lock < 0)
			return refusal_set(
				refusal, REFUSAL_STATE, "cannot lock '" RECORDS "/lock': %s", strerror(-lock));
	}
	return sync_port(follower, port, refusal);
}

/* ---- all of a domain ---- */

struct round {
	struct follower *follower;
	const char *name; /* of the domain */
	bool failed;
};

/* One that fails keeps no other. */
static int visit(void *data, const char *port)
{
	struct round *round = data;
	const struct usb_setting *setting;
	struct usb_plugged plugged;
	struct refusal refusal;

	if (usb_plugged_probe(round->follower->host, port, &plugged) < 0)
		return 0;
	setting = usb_settings_find(&round->follower->settings.usbs, &plugged.device);
	if (!setting || strcmp(setting->domain, round->name) != 0)
		return 0;
	if (follower_sync(round->follower, port, &refusal) < 0) {
		complain(round->follower, port, &refusal);
		round->failed = true;
	}
	return 0;
}

int follower_attach_all(struct follower *follower, const char *name, struct refusal *refusal)
{
	char found[USB_DOMAIN_SIZE];
	struct round round = { .follower = follower, .name = found };
	int r = ask_libvirt(follower, refusal);

	if (r == 0)
		r = live_find(&follower->live, name, refusal);
	if (r == 0)
		(void)puts("the domain does not run: nothing to do");
	if (r <= 0)
		return r;
	/* No section can name one with a longer name. */
	(void)text_copy(found, sizeof(found), live_name(&follower->live));
	r = usb_plugged_each(follower->host, visit, &round);
	if (r < 0)
		return refusal_set(refusal, REFUSAL_INPUT, "cannot list the USB devices of the host: %s", strerror(-r));
	return round.failed ? refusal_set(refusal, REFUSAL_FAILED,
				      "not all USB devices that are to follow the domain are attached to it")
			    : 0;
}
