// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * doctor: why a card shares its IOMMU group. The kernel has made the groups, and knows bridges better than their
 * capabilities tell, so only those that are in the group are asked for the reason.
 */
#include <errno.h>

#include "base/text.h"
#include "cli/doctor/cards.h"
#include "host/ports.h"
#include "probe/inventory.h"

#define PATH_MAX_BRIDGES 16
#define REASONS_MAX      3
#define CLASS_PCI_BRIDGE 0x0604

/* The bridges above a function, from the nearest to the root port. */
struct path {
	unsigned int n;
	struct function bridges[PATH_MAX_BRIDGES];
};

static void read_path(const struct doctor *doctor, const struct function *function, struct path *ret)
{
	ret->n = 0;
	while (function->has_parent && ret->n < PATH_MAX_BRIDGES) {
		if (function_probe(doctor->host, function->parent, &ret->bridges[ret->n]) < 0)
			return;
		function = &ret->bridges[ret->n++];
	}
}

static bool is_same(const struct function *a, const struct function *b)
{
	return address_compare(a->address, b->address) == 0;
}

/* Not a host bridge, nor one to ISA. */
static bool is_port(const struct function *bridge)
{
	return bridge->class_code >> 8 == CLASS_PCI_BRIDGE;
}

/* The nearest bridge that is above both, or NULL. */
static const struct function *find_common(const struct path *a, const struct path *b)
{
	for (unsigned int i = 0; i < a->n; i++) {
		for (unsigned int j = 0; j < b->n; j++) {
			if (is_same(&a->bridges[i], &b->bridges[j]))
				return &a->bridges[i];
		}
	}
	return NULL;
}

/* ---- what a bridge says of itself ---- */

static void add_services(struct text *text, uint16_t services)
{
	static const struct {
		uint16_t bit;
		const char *name;
	} names[] = {
		{ ACS_SOURCE_VALIDATION, "Source Validation" },
		{ ACS_REQUEST_REDIRECT, "Request Redirection" },
		{ ACS_COMPLETION_REDIRECT, "Completion Redirection" },
		{ ACS_UPSTREAM_FORWARDING, "Upstream Forwarding" },
	};
	bool first = true;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!(services & names[i].bit))
			continue;
		text_add(text, "%s%s", first ? "" : ", ", names[i].name);
		first = false;
	}
}

/* Whether it says something that accounts for the group. */
static bool add_fault(struct text *text, const struct function *bridge, const struct port *port)
{
	struct address_text address = address_text(bridge->address);
	const char *before = text->length ? "; " : "";
	uint16_t off = port_find_off(port);

	if (port->kind == PORT_TO_PCI || port->kind == PORT_PCI || port->kind == PORT_OTHER) {
		text_add(text, "%s%s is a %s, which keeps nothing below it apart", before, address.s,
			port_kind_name(port->kind));
	} else if (port->kind != PORT_UNTOLD && port->kind != PORT_UPSTREAM && port->acs == ACS_NONE) {
		text_add(text, "%s%s %s has no ACS capability", before, port_kind_name(port->kind), address.s);
	} else if (off) {
		text_add(text, "%s%s %s has ACS without ", before, port_kind_name(port->kind), address.s);
		add_services(text, off);
		text_add(text, " turned on");
	} else {
		return false;
	}
	return true;
}

/*
 * What the bridges of the group say: by address, so those of the root complex first, above which nothing keeps apart
 * any more. Returns -EACCES when they are kept from this person, else 0.
 */
static int add_faults(struct text *text, const struct card_look *look)
{
	const struct card *card = look->card;
	unsigned int n = 0;
	struct port port;
	int r, ret = 0;

	for (unsigned int i = 0; i < card->n_bridges && n < REASONS_MAX; i++) {
		if (!is_port(card->bridges[i]))
			continue;
		r = port_read(look->doctor->host, card->bridges[i]->address, &port);
		if (r == 0)
			n += add_fault(text, card->bridges[i], &port);
		else if (r == -EACCES)
			ret = r;
	}
	return ret;
}

/* ---- where they are ---- */

/* Without where each is: bridges are in a group with what is below them when they do not keep it apart. */
static void add_bridges(struct text *text, const struct card *card)
{
	const struct function *ports[INVENTORY_MAX];
	unsigned int n = 0;

	for (unsigned int i = 0; i < card->n_bridges; i++) {
		if (is_port(card->bridges[i]))
			ports[n++] = card->bridges[i];
	}
	if (n)
		text_add(text, "bridge%s %s %s there too, and so %s not keep apart what is below", n > 1 ? "s" : "",
			card_list(NULL, ports, n).s, n > 1 ? "are" : "is", n > 1 ? "do" : "does");
}

/* Two ports of the root complex that share a slot. */
static bool are_siblings(const struct path *a, const struct path *b)
{
	return a->n && b->n && address_same_slot(a->bridges[a->n - 1].address, b->bridges[b->n - 1].address);
}

/* The nearest bridge that is above the card and all others of its group; NULL when there is none, or it is not told. */
static const struct function *find_above(const struct card_look *look, const struct path *path, struct path *other)
{
	const struct function *above = NULL;

	for (unsigned int i = 0; i < look->card->n_extra; i++) {
		const struct function *here;

		read_path(look->doctor, look->card->extra[i], other);
		here = find_common(path, other);
		if (!here)
			return NULL;
		/* The path goes upwards. */
		above = !above || here > above ? here : above;
	}
	return above;
}

/* How the card and the others hang together. */
static void add_place(struct text *text, const struct card_look *look, const struct path *path)
{
	const struct function *gpu = look->card->gpu, *extra = look->card->extra[0], *above;
	static struct path other;

	if (address_same_slot(gpu->address, extra->address)) {
		text_add(text, "%s is a function of the same slot", address_text(extra->address).s);
		return;
	}
	above = find_above(look, path, &other);
	if (above)
		text_add(text, "all of them are below bridge %s", address_text(above->address).s);
	else if (are_siblings(path, &other))
		text_add(text, "root ports %s and %s are functions of one slot, which ACS alone would keep apart",
			address_text(path->bridges[path->n - 1].address).s,
			address_text(other.bridges[other.n - 1].address).s);
	else
		add_bridges(text, look->card);
}

struct finding_text bridges_explain(const struct card_look *look)
{
	static struct path path;
	struct finding_text ret = { "" };
	struct text text;
	int r;

	text_init(&text, ret.s, sizeof(ret.s));
	read_path(look->doctor, look->card->gpu, &path);
	add_place(&text, look, &path);
	r = add_faults(&text, look);
	if (r == -EACCES && !look->doctor->recorded)
		text_add(&text, "%sroot alone is told whether the bridges above have ACS: run it as root",
			text.length ? "; " : "");
	return ret;
}
