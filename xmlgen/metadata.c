// SPDX-License-Identifier: GPL-2.0-or-later
/* What libvirt keeps for others: virt-manager's name of the system, and our policy. */
#include "model/policy.h"
#include "xmlgen/build.h"
#include "xmlgen/section.h"

#define LIBOSINFO_NAMESPACE "http://libosinfo.org/xmlns/libvirt/domain/1.0"

/* An element in a namespace of its own, which those below it are in as well. */
static xmlNode *add_root(xmlNode *metadata, const char *name, const char *uri, const char *prefix)
{
	xmlNode *root = build_add(metadata, name);

	if (root)
		xmlSetNs(root, xmlNewNs(root, (const xmlChar *)uri, (const xmlChar *)prefix));
	return root;
}

void section_os_id(xmlNode *metadata, const struct guest *guest)
{
	xmlNode *root = add_root(metadata, "libosinfo", LIBOSINFO_NAMESPACE, "libosinfo");

	build_set(build_add(root, "os"), "id", "%s", guest->os.id);
}

static void add_cpus(xmlNode *policy, const struct request *request)
{
	xmlNode *cpus;

	if (!request->isolate && !request->governor)
		return;
	cpus = build_add(policy, "cpus");
	if (request->isolate)
		build_set(cpus, "isolate", "yes");
	if (request->governor)
		build_set(cpus, "governor", "%s", request->governor);
}

void section_policy(xmlNode *metadata, const struct guest *guest)
{
	xmlNode *root = add_root(metadata, "policy", POLICY_NAMESPACE, "handoff");

	build_set(root, "version", POLICY_VERSION);
	build_set(build_add(root, "holders"), "action", "%s", holders_action_name(HOLDERS_REFUSE));
	add_cpus(root, guest->request);
	/* Pages that were free by themselves may be so again; those that somebody insists on are to be there. */
	if (guest->request->pages == PAGES_2M || guest->request->pages == PAGES_1G)
		build_set(build_add(root, "hugepages"), "allocate", "yes");
}
