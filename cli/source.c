// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libvirt/libvirt.h>

#include "base/fd.h"
#include "cli/live.h"
#include "host/host.h"
#include "probe/domain.h"
#include "probe/pinning.h"

static int parse_text(
	const char *xml, size_t size, struct domain *ret, struct pinning *ret_pinning, struct refusal *refusal)
{
	int r = domain_parse(xml, size, ret, refusal);

	return r < 0 || !ret_pinning ? r : pinning_parse(xml, size, ret_pinning, refusal);
}

static int parse_file(
	int fd, const char *name, struct domain *ret, struct pinning *ret_pinning, struct refusal *refusal)
{
	struct refusal why;
	size_t size = 0;
	char *xml = NULL;
	int r = domain_load(fd, name, &xml, &size, refusal);

	if (r < 0)
		return r;
	r = parse_text(xml, size, ret, ret_pinning, &why);
	if (r < 0)
		r = refusal_set(refusal, why.reason, "'%s': %s", name, why.sentence);
	free(xml);
	return r;
}

/* libvirt's largest are some 100 KiB. */
#define ASKED_XML_SIZE (512u * 1024)

struct asked {
	char name[1024]; /* or a uuid */
	size_t size;
	char xml[ASKED_XML_SIZE];
};

/* Returns 0; -ENOENT when there is no such domain; -E2BIG; -EIO when libvirt does not tell. */
static int ask_xml(virConnectPtr connection, void *argument)
{
	struct asked *asked = argument;
	virDomainPtr domain = virDomainLookupByName(connection, asked->name);
	char *xml;

	if (!domain)
		domain = virDomainLookupByUUIDString(connection, asked->name);
	if (!domain)
		return -ENOENT;
	xml = virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE);
	if (!xml)
		return -EIO;
	asked->size = strlen(xml);
	if (asked->size >= sizeof(asked->xml))
		return -E2BIG;
	memcpy(asked->xml, xml, asked->size + 1);
	return 0;
}

static int answer(int r, const char *name, struct refusal *refusal)
{
	if (r == -ENOENT)
		return refusal_set(refusal, REFUSAL_INPUT,
			"there is no domain '%s' at " LIVE_URI ", and no file of that name; see 'virsh list --all'",
			name);
	if (r < 0 && r != -ECANCELED)
		return refusal_set(
			refusal, REFUSAL_INPUT, "libvirt does not show the XML of domain '%s': %s", name, strerror(-r));
	return r;
}

static int parse_domain(const char *name, struct domain *ret, struct pinning *ret_pinning, struct refusal *refusal)
{
	struct asked *asked = calloc(1, sizeof(*asked));
	int r;

	if (!asked)
		return refusal_set(refusal, REFUSAL_STATE, "there is no memory to ask libvirt");
	r = snprintf(asked->name, sizeof(asked->name), "%s", name);
	r = r >= (int)sizeof(asked->name) ? -ENOENT : live_ask(ask_xml, asked, sizeof(*asked), refusal);
	r = answer(r, name, refusal);
	if (r == 0)
		r = parse_text(asked->xml, asked->size, ret, ret_pinning, refusal);
	free(asked);
	return r;
}

int source_read(
	const char *argument, bool file_only, struct domain *ret, struct pinning *ret_pinning, struct refusal *refusal)
{
	int fd CLOSE_FD = -1;

	if (strcmp(argument, "-") == 0)
		return parse_file(STDIN_FILENO, "stdin", ret, ret_pinning, refusal);
	fd = named_open(argument);
	if (fd >= 0)
		return parse_file(fd, argument, ret, ret_pinning, refusal);
	if (file_only || strchr(argument, '/'))
		return refusal_set(refusal, REFUSAL_INPUT, "cannot open '%s': %s", argument, strerror(-fd));
	return parse_domain(argument, ret, ret_pinning, refusal);
}
