// SPDX-License-Identifier: GPL-2.0-or-later
#include "xmlgen/adapt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "probe/document.h"
#include "probe/domain.h"
#include "xmlgen/build.h"
#include "xmlgen/cards.h"
#include "xmlgen/gather.h"
#include "xmlgen/section.h"
#include "xmlgen/tune.h"

/* libvirt takes more, and nobody has so many. */
#define IOTHREADS_MAX 256

#define WINDOWS_ID "http://microsoft.com/win/"

/* ---- what is there ---- */

/* The ids that libvirt gives: those listed, then the lowest that are free. */
static unsigned int find_iothreads(const xmlNode *root, unsigned int n, unsigned int ids[IOTHREADS_MAX])
{
	const xmlNode *list = element_child(root, "iothreadids");
	unsigned int found = 0;

	for (const xmlNode *node = list ? list->children : NULL; node && found < IOTHREADS_MAX; node = node->next) {
		uint64_t id;

		if (element_is(node, "iothread") && element_number(node, "id", UINT32_MAX, &id) == 0 && id > 0)
			ids[found++] = (unsigned int)id;
	}
	for (unsigned int id = 1; found < n && found < IOTHREADS_MAX; id++) {
		bool used = false;

		for (unsigned int i = 0; i < found; i++)
			used = used || ids[i] == id;
		if (!used)
			ids[found++] = id;
	}
	return found;
}

/* Cards are the domain's own, and those that the request adds. Other hostdevs are nobody's business here. */
static int find_cards(
	const struct host *host, const struct tune_facts *facts, struct guest *guest, struct refusal *refusal)
{
	int r = 0;

	for (unsigned int i = 0; i < facts->n_hostdevs && r >= 0; i++) {
		r = cards_add(host, facts->hostdevs[i], guest, refusal);
		if (r < 0 && refusal->reason == REFUSAL_ABSENT) {
			notes_add(&guest->warnings, "left as it is: %s", refusal->sentence);
			r = 0;
		}
	}
	if (r >= 0 && guest->request->gpu_said)
		r = cards_choose(host, guest, refusal);
	return r;
}

static void set_system(const struct tune_facts *facts, struct guest *guest)
{
	bool is_windows = strncmp(facts->os_id, WINDOWS_ID, strlen(WINDOWS_ID)) == 0 || facts->has_hyperv;

	guest->os.family = is_windows ? OS_WINDOWS : OS_OTHER;
}

/* ---- what it is to have ---- */

/* One that the domain has keeps its mode: a migration or a license may hang on it. */
static void add_cpu(xmlNode *domain, const xmlNode *root, const struct tune_facts *facts, const struct guest *guest)
{
	const xmlNode *there = element_child(root, "cpu");
	bool has_passthrough = there ? element_has(there, "mode", "host-passthrough") : facts->is_kvm;
	xmlNode *cpu = build_add(domain, "cpu");

	if (!there && has_passthrough) {
		build_set(cpu, "mode", "host-passthrough");
		build_set(cpu, "check", "none");
		build_set(cpu, "migratable", "off");
	}
	section_topology(cpu, guest);
	if (has_passthrough && facts->is_kvm)
		section_passthrough(cpu, guest);
	if (facts->has_special_cells)
		return;
	section_cells(cpu, guest);
	/* Where the guest has one node, it sees none. */
	if (guest->placement.n_cells == 1 && facts->n_cells > 1)
		build_add(cpu, "numa");
}

static xmlDoc *make_wanted(const xmlNode *root, const struct tune_facts *facts, const struct guest *guest)
{
	unsigned int ids[IOTHREADS_MAX], n = find_iothreads(root, facts->n_iothreads, ids);
	xmlDoc *document = build_document("domain");
	xmlNode *domain = document ? xmlDocGetRootElement(document) : NULL;

	section_policy(build_add(domain, "metadata"), guest);
	if (!guest->keeps_pages)
		section_memory_backing(domain, guest);
	section_cputune(domain, guest, ids, n);
	section_numatune(domain, guest);
	/* KVM has all of them, emulation few. */
	if (guest->os.family == OS_WINDOWS && facts->is_kvm)
		section_hyperv(build_add(domain, "features"), guest);
	if (guest->placement.is_pinned)
		add_cpu(domain, root, facts, guest);
	return document;
}

/* ---- all of it ---- */

static bool is_cell(const xmlNode *node, const struct cell *cell)
{
	xmlChar *cpus FREE_CONTENT = xmlGetNoNsProp(node, (const xmlChar *)"cpus");
	struct cpuset set;

	return cpus && cpuset_parse((const char *)cpus, &set) == 0 && cpuset_count(&set) == cell->n_vcpus &&
	       cpuset_next(&set, 0) == cell->first_vcpu && cpuset_has(&set, cell->first_vcpu + cell->n_vcpus - 1);
}

/* Whether the domain's cells have the vCPUs of the placement's. */
static bool has_these_cells(const xmlNode *root, const struct placement *placement)
{
	const xmlNode *numa = element_child(element_child(root, "cpu"), "numa");
	unsigned int n = 0;

	for (const xmlNode *node = numa ? numa->children : NULL; node; node = node->next) {
		if (!element_is(node, "cell"))
			continue;
		if (n == placement->n_cells || !is_cell(node, &placement->cells[n]))
			return false;
		n++;
	}
	return n == placement->n_cells;
}

/* Without pins, the domain keeps its own. */
static void give_up(const struct tune_facts *facts, struct guest *guest, const char *reason)
{
	notes_add(&guest->warnings, "nothing is pinned: %s", reason);
	guest->placement = (struct placement){ .pinning.n_vcpus = facts->n_vcpus, .memory = facts->memory };
}

static int choose_place(
	const xmlNode *root, const struct tune_facts *facts, struct guest *guest, struct refusal *refusal)
{
	const struct wish wish = {
		.n_vcpus = facts->n_vcpus,
		.exact = true,
		.memory = facts->memory,
		.page_size = facts->page_size,
	};

	/* What pages it has, it keeps. */
	guest->keeps_pages = facts->has_hugepages && guest->request->pages == PAGES_AUTO;
	if (gather_placement(guest, wish, refusal) < 0) {
		if (guest->request->pages == PAGES_2M || guest->request->pages == PAGES_1G)
			return -ECANCELED;
		guest->page_size = 0;
		give_up(facts, guest, "this host has too little memory for the domain's");
	} else if (facts->is_auto_placed) {
		give_up(facts, guest, "the domain has <vcpu placement='auto'>, so that numad does it");
	} else if (facts->n_cells && facts->has_special_cells && guest->placement.n_cells > 1 &&
		   !has_these_cells(root, &guest->placement)) {
		give_up(facts, guest,
			"devices or distances hang on the domain's cells, which do not fit the nodes here");
	}
	return 0;
}

static int make_text(const struct source *source, const struct tune_facts *facts, const struct guest *guest, char **ret,
	size_t *ret_size, struct refusal *refusal)
{
	xmlDoc *wanted FREE_DOCUMENT = make_wanted(xmlDocGetRootElement(source->document), facts, guest);
	struct slots_card cards[REQUEST_GPUS_MAX] = { 0 };

	if (build_failed(wanted))
		return refusal_set(refusal, REFUSAL_STATE, "there is no memory for the XML");
	for (unsigned int i = 0; i < guest->n_cards; i++) {
		cards[i].n_functions = guest->cards[i].n_functions;
		cards[i].is_variant = guest->cards[i].is_variant;
		memcpy(cards[i].functions, guest->cards[i].functions, sizeof(cards[i].functions));
	}
	return tune_source(source, facts, xmlDocGetRootElement(wanted), cards, guest->n_cards, ret, ret_size, refusal);
}

static int adapt_source(const struct host *host, const struct source *source, struct guest *guest, char **ret,
	size_t *ret_size, struct refusal *refusal)
{
	struct tune_facts facts;
	int r = tune_read(source, &facts, refusal);

	if (r >= 0)
		r = gather_topology(host, guest, refusal);
	if (r >= 0)
		r = find_cards(host, &facts, guest, refusal);
	if (r < 0)
		return r;
	if (facts.n_iothreads > IOTHREADS_MAX)
		return refusal_set(refusal, REFUSAL_INPUT,
			"the domain has %u iothreads, and only %d can be pinned; remove some with 'virsh edit'",
			facts.n_iothreads, IOTHREADS_MAX);
	set_system(&facts, guest);
	r = choose_place(source->elements[0].node, &facts, guest, refusal);
	if (r < 0)
		return r;
	cards_look(host, guest);
	if (guest->window)
		notes_add(&guest->warnings,
			"the cards' BARs are large, and firmware may have no room for them; see LARGE BARS in "
			"gpu-handoff-xmlgen(1)");
	return make_text(source, &facts, guest, ret, ret_size, refusal);
}

int adapt(const struct host *host, struct guest *guest, char **ret, size_t *ret_size, struct refusal *refusal)
{
	struct source source;
	char *xml = NULL;
	size_t size = 0;
	const char *path = guest->request->tune;
	int fd CLOSE_FD = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : named_open(path);
	int r = domain_load(fd, path, &xml, &size, refusal);

	if (r >= 0)
		r = source_read(xml, size, &source, refusal);
	if (r >= 0) {
		r = adapt_source(host, &source, guest, ret, ret_size, refusal);
		source_finish(&source);
	}
	free(xml);
	return r;
}
