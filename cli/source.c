// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

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

/* The error is told once, by us. */
static void keep_silent(void *data, virErrorPtr error)
{
	(void)data;
	(void)error;
}

static virDomainPtr find_domain(virConnectPtr connection, const char *name)
{
	virDomainPtr domain = virDomainLookupByName(connection, name);

	return domain ? domain : virDomainLookupByUUIDString(connection, name);
}

static int parse_domain(const char *name, struct domain *ret, struct pinning *ret_pinning, struct refusal *refusal)
{
	virConnectPtr connection;
	virDomainPtr domain = NULL;
	char *xml = NULL;
	int r;

	virSetErrorFunc(NULL, keep_silent);
	connection = virConnectOpenReadOnly(LIVE_URI);
	if (connection)
		domain = find_domain(connection, name);
	if (domain)
		xml = virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE);
	if (xml)
		r = parse_text(xml, strlen(xml), ret, ret_pinning, refusal);
	else if (connection)
		r = refusal_set(refusal, REFUSAL_INPUT,
			"there is no domain '%s' at " LIVE_URI ", and no file of that name; see 'virsh list --all'",
			name);
	else
		r = refusal_set(refusal, REFUSAL_INPUT,
			"there is no file '%s', and libvirt does not answer at " LIVE_URI ": %s", name,
			virGetLastErrorMessage());
	free(xml);
	if (domain)
		virDomainFree(domain);
	if (connection)
		virConnectClose(connection);
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
