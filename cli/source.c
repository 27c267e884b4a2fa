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

static int load_domain(const char *name, struct source *ret, struct refusal *refusal)
{
	struct asked *asked = calloc(1, sizeof(*asked));
	int r;

	if (!asked)
		return refusal_set(refusal, REFUSAL_STATE, "there is no memory to ask libvirt");
	r = snprintf(asked->name, sizeof(asked->name), "%s", name);
	r = r >= (int)sizeof(asked->name) ? -ENOENT : live_ask(ask_xml, asked, sizeof(*asked), refusal);
	r = answer(r, name, refusal);
	if (r == 0) {
		ret->size = asked->size;
		ret->xml = strndup(asked->xml, asked->size);
		if (!ret->xml)
			r = refusal_set(refusal, REFUSAL_STATE, "there is no memory to read the domain");
	}
	free(asked);
	return r;
}

#define STDIN "-"

int source_load(const char *argument, bool file_only, struct source *ret, struct refusal *refusal)
{
	int fd CLOSE_FD = -1;

	*ret = (struct source){ .is_file = true };
	if (strcmp(argument, STDIN) == 0)
		return domain_load(STDIN_FILENO, "stdin", &ret->xml, &ret->size, refusal);
	fd = named_open(argument);
	if (fd >= 0)
		return domain_load(fd, argument, &ret->xml, &ret->size, refusal);
	if (file_only || strchr(argument, '/'))
		return refusal_set(refusal, REFUSAL_INPUT, "cannot open '%s': %s", argument, strerror(-fd));
	ret->is_file = false;
	return load_domain(argument, ret, refusal);
}

int source_read(
	const char *argument, bool file_only, struct domain *ret, struct pinning *ret_pinning, struct refusal *refusal)
{
	struct refusal why;
	struct source source;
	int r = source_load(argument, file_only, &source, refusal);

	if (r < 0)
		return r;
	r = domain_parse(source.xml, source.size, ret, &why);
	if (r == 0 && ret_pinning)
		r = pinning_parse(source.xml, source.size, ret_pinning, &why);
	if (r < 0 && source.is_file)
		r = refusal_set(refusal, why.reason, "'%s': %s", strcmp(argument, STDIN) == 0 ? "stdin" : argument,
			why.sentence);
	else if (r < 0)
		*refusal = why;
	free(source.xml);
	return r;
}
