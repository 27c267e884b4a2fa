// SPDX-License-Identifier: GPL-2.0-or-later
#include "xmlgen/cards.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/text.h"
#include "model/card.h"
#include "probe/bar.h"
#include "probe/inventory.h"
#include "probe/muxless.h"

#define WINDOW_MIN (64ULL << 30)

/* A 3D controller: without VGA's registers. */
static bool is_controller(const struct function *gpu)
{
	return gpu->class_code >> 8 == 0x0302;
}

/* ---- where it is ---- */

static bool is_near(const struct topology *topology, unsigned int node, const struct cpuset *cpus)
{
	for (unsigned int i = 0; i < topology->n_cores; i++) {
		if (topology->cores[i].node == node && !cpuset_has(cpus, topology->cores[i].cpus[0]))
			return false;
	}
	return true;
}

/* Its node; where firmware names none, the only one all of whose CPUs are near. */
static int local_node(const struct host *host, const struct guest *guest, const struct function *gpu)
{
	const struct topology *topology = &guest->topology;
	int directory CLOSE_FD = -1, found = -1;
	char content[CPUSET_TEXT_SIZE];
	struct cpuset cpus;

	if (gpu->numa_node >= 0 || topology->n_nodes < 2)
		return gpu->numa_node;
	directory = function_open(host, gpu->address);
	if (attribute_read(directory, "local_cpulist", content, sizeof(content)) <= 0 ||
		cpuset_parse(content, &cpus) < 0)
		return -1;
	for (unsigned int i = 0; i < topology->n_nodes; i++) {
		if (!is_near(topology, i, &cpus))
			continue;
		if (found >= 0)
			return -1;
		found = (int)topology->nodes[i].number;
	}
	return found;
}

/* ---- which ---- */

static bool has_function(const struct guest *guest, struct address address)
{
	for (unsigned int i = 0; i < guest->n_cards; i++) {
		for (unsigned int j = 0; j < guest->cards[i].n_functions; j++) {
			if (address_compare(guest->cards[i].functions[j], address) == 0)
				return true;
		}
	}
	return false;
}

static int add_card(const struct host *host, const struct inventory *inventory, const struct card *card,
	struct guest *guest, struct refusal *refusal)
{
	struct guest_card *added = &guest->cards[guest->n_cards];

	if (has_function(guest, card->gpu->address))
		return 0;
	if (guest->n_cards == REQUEST_GPUS_MAX)
		return refusal_set(
			refusal, REFUSAL_INPUT, "more than %d cards are not for one domain", REQUEST_GPUS_MAX);
	*added = (struct guest_card){
		.n_functions = card->n_functions,
		.node = local_node(host, guest, card->gpu),
		.is_variant = card->gpu->is_variant,
		.has_outputs = card->gpu->class_code >> 8 == 0x0300 && !card->gpu->is_virtual,
		.is_muxless = muxless_find_shower(host, inventory, card->gpu) != NULL,
	};
	for (unsigned int i = 0; i < card->n_functions; i++) {
		added->functions[i] = card->functions[i]->address;
		added->gpu = card->functions[i] == card->gpu ? i : added->gpu;
	}
	guest->n_cards++;
	if (card->isolation == ISOLATION_SHARED)
		notes_add(&guest->warnings,
			"card %s shares its IOMMU group with %s, and is not given away alone; see 'gpu-handoff list'",
			address_text(card->gpu->address).s, address_text(card->extra[0]->address).s);
	if (card->kind == CARD_INTEGRATED)
		notes_add(&guest->warnings,
			"card %s is part of the processor: drivers may want more of the host than its functions",
			address_text(card->gpu->address).s);
	if (card->gpu->iommu_group < 0)
		notes_add(&guest->warnings,
			"card %s is in no IOMMU group, and is not given away; turn the IOMMU on, or see 'gpu-handoff "
			"list'",
			address_text(card->gpu->address).s);
	return 0;
}

int cards_add(const struct host *host, struct address function, struct guest *guest, struct refusal *refusal)
{
	struct inventory *inventory = calloc(1, sizeof(*inventory));
	struct card *card = calloc(1, sizeof(*card));
	int r = inventory && card ? inventory_probe(host, function, inventory) : -ENOMEM;

	if (r == -ENOMEM)
		r = refusal_set(refusal, REFUSAL_STATE, "there is no memory for the cards");
	else if (r < 0)
		r = refusal_set(refusal, REFUSAL_ABSENT, "'%s' is not on this host; see 'gpu-handoff list'",
			address_text(function).s);
	else if (!card_find(inventory, function, card))
		r = refusal_set(refusal, REFUSAL_ABSENT, "'%s' is no graphics card's; see 'gpu-handoff list'",
			address_text(function).s);
	else if (is_controller(card->gpu) &&
		 (inventory_probe_displays(host, inventory) < 0 || !card_find(inventory, function, card)))
		r = refusal_set(refusal, REFUSAL_STATE, "the graphics cards of this host cannot be read");
	else
		r = add_card(host, inventory, card, guest, refusal);
	free(card);
	free(inventory);
	return r;
}

/* How well a card suits a VM; 0: not at all. The host's own screen is the last choice. */
static unsigned int rate(const struct card *card)
{
	if (card->kind != CARD_DISCRETE || card->gpu->virtual_enabled)
		return 0;
	return 1U + (card->gpu->boot_vga == 1 ? 0U : 4U) + (card->isolation == ISOLATION_SHARED ? 0U : 2U);
}

/* Of equals the first by address. */
static int choose(const struct host *host, struct inventory *inventory, struct card *card, struct guest *guest,
	struct refusal *refusal)
{
	const struct function *best = NULL;
	unsigned int best_rate = 0, n = 0, n_best = 0;

	for (unsigned int i = 0; i < inventory->n_functions; i++) {
		if (!function_is_display(&inventory->functions[i]))
			continue;
		card_describe(inventory, &inventory->functions[i], card);
		n += rate(card) > 0;
		n_best = rate(card) > best_rate ? 1 : n_best + (best && rate(card) == best_rate);
		if (rate(card) > best_rate) {
			best = &inventory->functions[i];
			best_rate = rate(card);
		}
	}
	if (!best)
		return refusal_set(refusal, REFUSAL_ABSENT,
			"this host has no graphics card that could be a VM's; give --gpu none for a VM without, or see "
			"'gpu-handoff list'");
	card_describe(inventory, best, card);
	notes_add(&guest->reasons, "card %s: %s that could be the VM's", address_text(best->address).s,
		n == 1        ? "the only one"
		: n_best == 1 ? "the best of those"
			      : "the first by address of the best of those");
	if (best->boot_vga == 1)
		notes_add(&guest->warnings, "card %s shows the host's screen", address_text(best->address).s);
	return add_card(host, inventory, card, guest, refusal);
}

static int choose_best(const struct host *host, struct guest *guest, struct refusal *refusal)
{
	struct inventory *inventory = calloc(1, sizeof(*inventory));
	struct card *card = calloc(1, sizeof(*card));
	int r;

	if (!inventory || !card)
		r = refusal_set(refusal, REFUSAL_STATE, "there is no memory for the cards");
	else if (inventory_probe_displays(host, inventory) < 0)
		r = refusal_set(refusal, REFUSAL_STATE, "the graphics cards of this host cannot be read");
	else
		r = choose(host, inventory, card, guest, refusal);
	free(card);
	free(inventory);
	return r;
}

int cards_choose(const struct host *host, struct guest *guest, struct refusal *refusal)
{
	const struct request *request = guest->request;
	int r = 0;

	if (request->gpu == GPU_NONE || (request->gpu == GPU_AUTO && !request->gpu_said && request->mdev))
		return 0;
	if (request->gpu == GPU_AUTO)
		return choose_best(host, guest, refusal);
	for (unsigned int i = 0; i < request->n_gpus && r >= 0; i++)
		r = cards_add(host, request->gpus[i], guest, refusal);
	return r;
}

/* ---- what it needs ---- */

static uint64_t round_up(uint64_t size)
{
	uint64_t power = 1;

	while (power < size && power < 1ULL << 62)
		power <<= 1;
	return power;
}

/* The BARs of a function that lie beyond 4 GiB. */
static uint64_t find_room(const struct host *host, struct address function)
{
	struct bars bars;
	uint64_t room = 0;

	if (bar_probe(host, function, &bars) < 0)
		return 0;
	for (unsigned int i = 0; i < BARS_MAX; i++) {
		if (bars.bars[i].is_memory && bars.bars[i].is_64bit && bars.bars[i].size <= 1ULL << 46)
			room += round_up(bars.bars[i].size);
	}
	return room;
}

void cards_look(const struct host *host, struct guest *guest)
{
	uint64_t room = 0;

	for (unsigned int i = 0; i < guest->n_cards; i++) {
		const struct guest_card *card = &guest->cards[i];

		for (unsigned int j = 0; j < card->n_functions; j++)
			room += find_room(host, card->functions[j]);
		if (card->is_muxless)
			notes_add(&guest->reasons,
				"card %s is a 3D controller beside the processor's own graphics (muxless, Optimus): it "
				"has no "
				"outputs",
				address_text(card->functions[0]).s);
	}
	if (room <= BARS_WINDOW_PLAIN)
		return;
	/* The next power of two: there is room for the guest's other devices, too. */
	guest->window = round_up(room + 1) > WINDOW_MIN ? round_up(room + 1) : WINDOW_MIN;
	notes_add(&guest->reasons, "%llu GiB of 64-bit address space for devices: the cards' BARs take %llu GiB",
		(unsigned long long)(guest->window >> 30), (unsigned long long)(room >> 30));
}
