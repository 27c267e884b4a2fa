/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xmlgen: which parts of a domain tuning owns, and how each is brought in (https://libvirt.org/formatdomain.html).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <libxml/tree.h>

enum way {
	/* Made when it is missing; its attributes are set; its children have rules of their own. */
	WAY_INTO,
	/* Likewise, but the attributes of one that is there stay. */
	WAY_INTO_KEPT,
	/* Likewise, but attributes that are missing are set. */
	WAY_FILL,
	/* All that are there become the wanted ones, at their places; the same in meaning, they stay as written. */
	WAY_REPLACE,
	/* Likewise; one without attributes and children: there are to be none. */
	WAY_REPLACE_OR_NONE,
	/* Added where none is there. */
	WAY_ENSURE,
};

struct rule {
	const char *path; /* below <domain>; a last name * is any */
	enum way way;
	const char *key; /* the attribute that tells those of one name apart, or NULL */
};

/* The rule of a path, or NULL. */
const struct rule *rule_find(const char *path);

/*
 * The place of an element of <domain> among the others, as libvirt writes them; RULE_ORDERS for one that it does not.
 */
#define RULE_ORDERS 38
size_t rule_order(const xmlNode *node);

/*
 * Whether a wanted element had better not be added to the parent that is there: the domain says what it must not stand
 * beside, or something else that means the same.
 */
bool rule_forbids(const char *path, const xmlNode *parent, const xmlNode *wanted);

/* Whether a domain has Hyper-V's clock, <timer name='hypervclock'>, or is going to. */
bool rule_has_clock(const xmlNode *domain, const xmlNode *wanted);
