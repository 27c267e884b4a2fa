// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/live.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libvirt/virterror.h>

#include "base/text.h"
#include "probe/usb_hostdev.h"

#define NAME_SIZE 256

/* The error is told once, by us. */
static void keep_silent(void *data, virErrorPtr error)
{
	(void)data;
	(void)error;
}

/* What libvirt says last, which may have a stranger's words in it. */
static int refuse(struct refusal *refusal, const char *what, const char *name)
{
	char subject[NAME_SIZE], message[400];
	struct text text;

	text_init(&text, subject, sizeof(subject));
	text_add_foreign(&text, name);
	text_init(&text, message, sizeof(message));
	text_add_foreign(&text, virGetLastErrorMessage());
	return refusal_set(refusal, REFUSAL_FAILED, "%s '%s': %s", what, subject, message);
}

int live_open(const char *uri, struct live *ret, struct refusal *refusal)
{
	virSetErrorFunc(NULL, keep_silent);
	*ret = (struct live){ .uri = uri, .connection = virConnectOpen(uri) };
	return ret->connection ? 0 : refuse(refusal, "libvirt does not answer at", uri);
}

static void forget_domain(struct live *live)
{
	if (live->domain)
		virDomainFree(live->domain);
	live->domain = NULL;
}

void live_close(struct live *live)
{
	forget_domain(live);
	if (live->connection)
		virConnectClose(live->connection);
	live->connection = NULL;
}

static int is_running(const struct live *live, struct refusal *refusal)
{
	int r = virDomainIsActive(live->domain);

	return r < 0 ? refuse(refusal, "libvirt does not tell of domain", virDomainGetName(live->domain)) : r;
}

static bool there_is_none(void)
{
	return virGetLastErrorCode() == VIR_ERR_NO_DOMAIN;
}

int live_find(struct live *live, const char *name, struct refusal *refusal)
{
	char shown[NAME_SIZE];
	struct text text;

	forget_domain(live);
	live->domain = virDomainLookupByName(live->connection, name);
	if (!live->domain && there_is_none())
		live->domain = virDomainLookupByUUIDString(live->connection, name);
	if (live->domain)
		return is_running(live, refusal);
	/* A name is an invalid uuid. */
	if (!there_is_none() && virGetLastErrorCode() != VIR_ERR_INVALID_ARG)
		return refuse(refusal, "libvirt does not tell of domain", name);
	text_init(&text, shown, sizeof(shown));
	text_add_foreign(&text, name);
	return refusal_set(refusal, REFUSAL_INPUT,
		"there is no domain '%s' at %s; correct /etc/gpu-handoff.conf, and see 'virsh list --all'", shown,
		live->uri);
}

int live_find_uuid(struct live *live, const char *uuid, struct refusal *refusal)
{
	forget_domain(live);
	live->domain = virDomainLookupByUUIDString(live->connection, uuid);
	if (live->domain)
		return is_running(live, refusal);
	return there_is_none() ? 0 : refuse(refusal, "libvirt does not tell of domain", uuid);
}

const char *live_name(const struct live *live)
{
	return virDomainGetName(live->domain);
}

int live_uuid(const struct live *live, char uuid[VIR_UUID_STRING_BUFLEN], struct refusal *refusal)
{
	return virDomainGetUUIDString(live->domain, uuid) < 0
		       ? refuse(refusal, "libvirt does not tell of domain", live_name(live))
		       : 0;
}

static int read_usb(virDomainPtr domain, struct usb_hostdevs *ret, struct refusal *refusal)
{
	char *xml = virDomainGetXMLDesc(domain, 0);
	int r;

	if (!xml)
		return refuse(refusal, "libvirt does not tell of domain", virDomainGetName(domain));
	r = usb_hostdevs_parse(xml, strlen(xml), ret, refusal);
	free(xml);
	return r;
}

int live_usb(const struct live *live, struct usb_hostdevs *ret, struct refusal *refusal)
{
	return read_usb(live->domain, ret, refusal);
}

int live_find_owner(const struct live *live, const struct usb_device *device, char **ret, struct refusal *refusal)
{
	struct usb_hostdevs hostdevs;
	struct refusal unread;
	virDomainPtr *domains;
	int n = virConnectListAllDomains(live->connection, &domains, VIR_CONNECT_LIST_DOMAINS_ACTIVE);

	*ret = NULL;
	if (n < 0)
		return refuse(refusal, "libvirt does not list the domains at", live->uri);
	for (int i = 0; i < n; i++) {
		/* IDs alone may mean another device like it. */
		if (!*ret && strcmp(virDomainGetName(domains[i]), live_name(live)) != 0 &&
			read_usb(domains[i], &hostdevs, &unread) == 0 &&
			usb_hostdevs_have(&hostdevs, device->bus, device->number))
			*ret = strdup(virDomainGetName(domains[i]));
		virDomainFree(domains[i]);
	}
	free(domains);
	return 0;
}

/* By its number, which no other device has while it is plugged in. */
static void describe(unsigned int bus, unsigned int number, char *xml, size_t size)
{
	(void)snprintf(xml, size,
		"<hostdev mode='subsystem' type='usb' managed='yes'><source><address bus='%u' device='%u'/></source>"
		"</hostdev>",
		bus, number);
}

int live_attach(const struct live *live, unsigned int bus, unsigned int number, struct refusal *refusal)
{
	char xml[192];

	describe(bus, number, xml, sizeof(xml));
	return virDomainAttachDeviceFlags(live->domain, xml, VIR_DOMAIN_AFFECT_LIVE) < 0
		       ? refuse(refusal, "cannot attach the USB device to domain", live_name(live))
		       : 0;
}

int live_detach(const struct live *live, unsigned int bus, unsigned int number, struct refusal *refusal)
{
	char xml[192];

	describe(bus, number, xml, sizeof(xml));
	return virDomainDetachDeviceFlags(live->domain, xml, VIR_DOMAIN_AFFECT_LIVE) < 0
		       ? refuse(refusal, "cannot detach the USB device from domain", live_name(live))
		       : 0;
}
