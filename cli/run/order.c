// SPDX-License-Identifier: GPL-2.0-or-later
/* What a command is to have: a domain that no libvirt knows. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/text.h"
#include "cli/run/run.h"
#include "model/card.h"
#include "model/slot_path.h"
#include "probe/inventory.h"
#include "probe/run.h"

/* ---- options ---- */

/* "8G": a number of bytes with the unit that counts them, in KiB. */
static int parse_size(const char *text, uint64_t *ret_kib)
{
	static const char units[] = "KMGT";
	size_t length = strlen(text);
	const char *unit = length > 1 ? strchr(units, text[length - 1]) : NULL;
	uint64_t number, factor;
	char digits[24];

	if (!unit || length > sizeof(digits))
		return -EINVAL;
	memcpy(digits, text, length - 1);
	digits[length - 1] = '\0';
	if (text_parse_number(digits, 10, UINT64_MAX, &number) < 0 || number == 0)
		return -EINVAL;
	factor = UINT64_C(1) << 10 * (unit - units);
	return __builtin_mul_overflow(number, factor, ret_kib) ? -ERANGE : 0;
}

static int refuse_value(const char *option, const char *value, const char *like, struct refusal *refusal)
{
	return refusal_set(refusal, REFUSAL_INPUT, "'%s' of --%s is nothing like %s", value, option, like);
}

static int read_cpus(const struct invocation *invocation, struct domain *domain, struct refusal *refusal)
{
	struct demand *demand = &domain->demand;

	if (invocation->governor && !invocation->cpus)
		return refusal_set(refusal, REFUSAL_INPUT, "--governor is about the CPUs of --cpus; give both");
	if (!invocation->cpus)
		return 0;
	if (cpuset_parse(invocation->cpus, &demand->vcpus) < 0)
		return refuse_value("cpus", invocation->cpus, "4-7,12", refusal);
	demand->n_vcpus = demand->n_pinned = cpuset_count(&demand->vcpus);
	domain->policy.has_isolate = domain->policy.isolate = true;
	if (!invocation->governor)
		return 0;
	domain->policy.has_governor = true;
	return policy_set_governor(&domain->policy, invocation->governor) < 0
		       ? refuse_value("governor", invocation->governor, "performance", refusal)
		       : 0;
}

static int read_pages(const struct invocation *invocation, struct domain *domain, struct refusal *refusal)
{
	struct demand *demand = &domain->demand;
	struct page_need *need = &demand->needs[0];
	uint64_t node;

	if ((invocation->page_size || invocation->node) && !invocation->hugepages)
		return refusal_set(refusal, REFUSAL_INPUT,
			"--page-size and --node are about the memory of --hugepages; give that");
	if (!invocation->hugepages)
		return 0;
	if (parse_size(invocation->hugepages, &need->kib) < 0)
		return refuse_value("hugepages", invocation->hugepages, "8G", refusal);
	if (invocation->page_size && parse_size(invocation->page_size, &need->page_kib) < 0)
		return refuse_value("page-size", invocation->page_size, "2M or 1G", refusal);
	if (invocation->node && text_parse_number(invocation->node, 10, CPUS_MAX - 1, &node) < 0)
		return refuse_value("node", invocation->node, "0", refusal);
	if (invocation->node)
		cpuset_add(&need->nodes, (unsigned int)node);
	demand->nodes = need->nodes;
	demand->n_needs = 1;
	domain->policy.has_allocate = domain->policy.allocate = true;
	return 0;
}

int order_read_options(const struct invocation *invocation, struct domain *domain, struct refusal *refusal)
{
	int r;

	policy_init(&domain->policy);
	domain->has_policy = true;
	/* Where our scope is: what leads there is not narrowed. */
	(void)text_copy(domain->demand.partition, sizeof(domain->demand.partition), "/machine");
	r = read_cpus(invocation, domain, refusal);
	return r < 0 ? r : read_pages(invocation, domain, refusal);
}

/* ---- cards ---- */

/* The address of a card by its name that stays: where it is plugged in. */
static int find_slot(const struct host *host, const char *word, struct inventory *inventory, struct address *ret,
	struct refusal *refusal)
{
	struct slot_path path;
	int r;

	if (slot_path_parse(word, &path) < 0)
		return refusal_set(refusal, REFUSAL_INPUT,
			"'%s' is no address like 0000:01:00.0, and no slot path; see 'gpu-handoff list'", word);
	inventory->n_functions = 0;
	r = inventory_probe_displays(host, inventory);
	if (r < 0)
		return refusal_set(refusal, REFUSAL_STATE, "cannot list the cards of this host: %s", strerror(-r));
	for (unsigned int i = 0; i < inventory->n_functions; i++) {
		if (strcmp(inventory->functions[i].slot_path.s, path.s) != 0)
			continue;
		*ret = inventory->functions[i].address;
		return 0;
	}
	return refusal_set(refusal, REFUSAL_ABSENT, "no card is plugged in at '%s'; see 'gpu-handoff list'", path.s);
}

static void add_group(struct order *order, int group)
{
	for (unsigned int i = 0; i < order->n_groups; i++) {
		if (order->groups[i] == group)
			return;
	}
	if (group >= 0 && order->n_groups < DOMAIN_HOSTDEVS_MAX)
		order->groups[order->n_groups++] = group;
}

/* All functions of the card, and what the command's arguments may want of it. */
static int add_functions(const struct domain *functions, const struct host *host, struct address address,
	struct inventory *inventory, struct order *order, struct refusal *refusal)
{
	struct order_card *named = &order->cards[order->n_cards++];
	const struct function *function;
	struct card card;

	inventory->n_functions = 0;
	(void)inventory_probe(host, address, inventory);
	function = card_find(inventory, address, &card) ? card.gpu : inventory_find(inventory, address);
	*named = (struct order_card){ .address = address, .group = -1 };
	if (function)
		*named = (struct order_card){ .address = function->address, .group = function->iommu_group };
	for (unsigned int i = 0; i < functions->n_hostdevs; i++) {
		function = inventory_find(inventory, functions->hostdevs[i]);
		if (function)
			add_group(order, function->iommu_group);
		if (domain_add_hostdev(&order->domain, functions->hostdevs[i]) < 0)
			return refusal_set(refusal, REFUSAL_INPUT, "the cards have more than %d functions; name fewer",
				DOMAIN_HOSTDEVS_MAX);
	}
	return 0;
}

static int add_card(const struct host *host, struct handover *handover, const char *word, struct inventory *inventory,
	struct order *order, struct refusal *refusal)
{
	struct address address;
	struct domain functions = { 0 };
	int r = 0;

	if (order->n_cards == ORDER_CARDS_MAX)
		return refusal_set(refusal, REFUSAL_INPUT, "more than %d cards; name fewer", ORDER_CARDS_MAX);
	if (address_parse(word, &address) < 0)
		r = find_slot(host, word, inventory, &address, refusal);
	if (r == 0)
		r = handover_find_card(handover, address, &functions, refusal);
	if (r < 0)
		return r;
	if (domain_names(&order->domain, address))
		return refusal_set(refusal, REFUSAL_INPUT, "the card of '%s' is named twice; name it once", word);
	return add_functions(&functions, host, address, inventory, order, refusal);
}

/* ---- what it is called ---- */

/* RFC 9562, version 4: libvirt has no domain of that uuid, and none of that name but by a chance of one in 2^32. */
static int make_uuid(char uuid[DOMAIN_UUID_SIZE], struct refusal *refusal)
{
	unsigned char b[16];

	if (getrandom(b, sizeof(b), 0) != (ssize_t)sizeof(b))
		return refusal_set(refusal, REFUSAL_STATE, "cannot make a uuid: %s", strerror(errno));
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
	(void)snprintf(uuid, DOMAIN_UUID_SIZE, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
		b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
	return 0;
}

void order_name(const char *uuid, char name[DOMAIN_NAME_SIZE])
{
	(void)snprintf(name, DOMAIN_NAME_SIZE, RUN_NAME_PREFIX "%.8s", uuid);
}

int order_make(
	const struct invocation *invocation, struct handover *handover, struct order *ret, struct refusal *refusal)
{
	struct inventory *inventory = malloc(sizeof(*inventory));
	int r;

	if (!inventory)
		return refusal_set(refusal, REFUSAL_STATE, "there is no memory for the cards");
	memset(ret, 0, sizeof(*ret));
	r = make_uuid(ret->domain.uuid, refusal);
	order_name(ret->domain.uuid, ret->domain.name);
	if (r == 0)
		r = order_read_options(invocation, &ret->domain, refusal);
	for (int i = 0; i < invocation->n_words && r == 0; i++)
		r = add_card(&invocation->host, handover, invocation->words[i], inventory, ret, refusal);
	free(inventory);
	return r;
}
