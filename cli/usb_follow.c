// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/usb_follow.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apply/report.h"
#include "apply/usb_record.h"
#include "base/text.h"
#include "plan/usb.h"
#include "probe/config.h"
#include "probe/usb_device.h"

#define RECORD_NAME "/run/gpu-handoff/usb/%s"

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

static int refuse_path(const char *path, int error, struct refusal *refusal)
{
	char shown[128];
	struct text text;

	text_init(&text, shown, sizeof(shown));
	text_add_foreign(&text, path);
	if (error == -EINVAL)
		return refusal_set(refusal, REFUSAL_INPUT,
			"'%s' is no path of a USB device, such as /devices/pci0000:00/0000:00:14.0/usb1/1-4", shown);
	return refusal_set(refusal, REFUSAL_ABSENT, "there is no USB device '%s': %s", shown, strerror(-error));
}

static int refuse_record(const char *port, int error, struct refusal *refusal)
{
	return refusal_set(refusal, REFUSAL_STATE, "cannot use '" RECORD_NAME "': %s", port, strerror(-error));
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

/* The same, and forgets it. */
static int release(
	struct follower *follower, const char *port, const struct usb_record *record, struct refusal *refusal)
{
	int r = take_back(follower, port, record, refusal), removed = 0;

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

/* Without a section that is about it, one that could not be read may have been. */
static int decide(struct follower *follower, const struct usb_plugged *plugged, struct refusal *refusal)
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
	int r, running;

	/* First, so that nothing is attached that nobody would detach. */
	r = usb_record_put(follower->host, port, record);
	if (r < 0)
		return refuse_record(port, r, refusal);
	r = live_attach(&follower->live, record->bus, record->number, refusal);
	if (r == 0)
		return 0;
	running = live_find_uuid(&follower->live, record->uuid, &unread);
	/* Another one of us was faster: two are started when a device comes while its domain starts. */
	if (running > 0 && has_it(follower, record, &unread) > 0)
		return 0;
	(void)usb_record_remove(follower->host, port);
	return running == 0 ? 1 : r;
}

static int give(struct follower *follower, const struct usb_plugged *plugged, struct refusal *refusal)
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

int follower_attach(struct follower *follower, const char *path, struct refusal *refusal)
{
	struct usb_plugged plugged;
	struct usb_record before;
	struct refusal stays;
	int r = usb_plugged_probe(follower->host, path, &plugged);

	if (r < 0)
		return refuse_path(path, r, refusal);
	r = usb_record_get(follower->host, plugged.device.port, &before);
	/* It was unplugged and nobody was told, or could do it. The domain has lost it anyway. */
	if (r == 0 && (before.bus != plugged.device.bus || before.number != plugged.device.number) &&
		release(follower, plugged.device.port, &before, &stays) < 0)
		complain(follower, plugged.device.port, &stays);
	return give(follower, &plugged, refusal);
}

/* A device that went and came so fast that systemd was still stopping its unit: nobody else will start it. */
static int give_again(
	struct follower *follower, const char *path, const struct usb_record *gone, struct refusal *refusal)
{
	struct usb_plugged plugged;

	if (usb_plugged_probe(follower->host, path, &plugged) < 0 ||
		(plugged.device.bus == gone->bus && plugged.device.number == gone->number))
		return 0;
	return give(follower, &plugged, refusal);
}

int follower_detach(struct follower *follower, const char *path, struct refusal *refusal)
{
	char port[USB_PORT_SIZE];
	struct usb_record record;
	int r = usb_path_port(path, port);

	if (r < 0)
		return refuse_path(path, r, refusal);
	r = usb_record_get(follower->host, port, &record);
	if (r < 0 && r != -ENOENT)
		return refuse_record(port, r, refusal);
	if (r == 0)
		r = release(follower, port, &record, refusal);
	if (r == -ENOENT || r == 0)
		(void)printf("no domain has a USB device that was attached from port '%s': nothing to do\n", port);
	else if (r < 0)
		return r;
	return r == -ENOENT ? 0 : give_again(follower, path, &record, refusal);
}

/* ---- all of a domain ---- */

struct round {
	struct follower *follower;
	const char *name; /* of the domain */
	bool failed;
};

/* One that fails keeps no other. */
static int visit(void *data, const char *path)
{
	struct round *round = data;
	const struct usb_setting *setting;
	struct usb_plugged plugged;
	struct refusal refusal;

	if (usb_plugged_probe(round->follower->host, path, &plugged) < 0)
		return 0;
	setting = usb_settings_find(&round->follower->settings.usbs, &plugged.device);
	if (!setting || strcmp(setting->domain, round->name) != 0)
		return 0;
	if (follower_attach(round->follower, path, &refusal) < 0) {
		complain(round->follower, plugged.device.port, &refusal);
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
