// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/demand.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "probe/document.h"
#include "probe/needs.h"
#include "probe/pinning.h"

static void complain(struct demand *demand, const struct refusal *refusal)
{
	struct text text;

	if (demand->problem[0])
		return;
	text_init(&text, demand->problem, sizeof(demand->problem));
	text_add(&text, "%s", refusal->sentence);
}

static void take_pins(const struct pinning *pinning, struct demand *demand)
{
	demand->n_vcpus = pinning->n_vcpus;
	for (unsigned int i = 0; i < pinning->n_vcpus; i++) {
		demand->n_pinned += cpuset_count(&pinning->vcpus[i]) > 0;
		cpuset_add_all(&demand->vcpus, &pinning->vcpus[i]);
	}
	cpuset_add_all(&demand->service, &pinning->emulator);
	cpuset_add_all(&demand->service, &pinning->iothreads);
	demand->nodes = pinning->nodes;
}

static int read_pins(const xmlNode *root, struct demand *demand, struct refusal *refusal)
{
	struct pinning *pinning = malloc(sizeof(*pinning));
	int r;

	if (!pinning)
		return refusal_set(refusal, REFUSAL_INPUT, "there is no memory to read the domain XML");
	r = pinning_read(root, pinning, refusal);
	if (r == 0)
		take_pins(pinning, demand);
	free(pinning);
	return r;
}

/* src/qemu/qemu_cgroup.c: qemuInitCgroup() wants it absolute. An empty one is none. */
static int read_partition(const xmlNode *root, struct demand *demand, struct refusal *refusal)
{
	const xmlNode *node = element_child(element_child(root, "resource"), "partition");
	xmlChar *content FREE_CONTENT = node ? xmlNodeGetContent(node) : NULL;
	const char *path = content && *content ? (const char *)content : "/machine";

	if (path[0] != '/' || text_copy(demand->partition, sizeof(demand->partition), path) < 0)
		return element_refuse(node, "the path", path, refusal);
	return 0;
}

void demand_read(const xmlNode *root, struct demand *ret)
{
	struct refusal refusal;

	memset(ret, 0, sizeof(*ret));
	if (read_pins(root, ret, &refusal) < 0)
		complain(ret, &refusal);
	if (read_partition(root, ret, &refusal) < 0)
		complain(ret, &refusal);
	if (needs_read(root, ret->needs, &ret->n_needs, &refusal) < 0)
		complain(ret, &refusal);
}

int demand_parse(const char *xml, size_t size, struct demand *ret, struct refusal *refusal)
{
	xmlDoc *document FREE_DOCUMENT = NULL;
	int r = document_read(xml, size, &document, refusal);

	if (r == 0)
		demand_read(xmlDocGetRootElement(document), ret);
	return r;
}
