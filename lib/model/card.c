// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/card.h"

#include <stddef.h>
#include <string.h>

static const char *const kind_names[] = {
	[CARD_DISCRETE] = "discrete",
	[CARD_INTEGRATED] = "integrated",
	[CARD_BMC] = "bmc",
	[CARD_VF] = "vf",
};
_Static_assert(sizeof(kind_names) / sizeof(kind_names[0]) == CARD_KINDS_, "a kind of card has no name");

const char *card_kind_name(enum card_kind kind)
{
	return kind_names[kind];
}

static const char *const role_names[] = {
	[ROLE_GPU] = "gpu",
	[ROLE_AUDIO] = "audio",
	[ROLE_USB] = "usb",
	[ROLE_UCSI] = "ucsi",
	[ROLE_OTHER] = "other",
};
_Static_assert(sizeof(role_names) / sizeof(role_names[0]) == CARD_ROLES_, "a role has no name");

const char *card_role_name(enum card_role role)
{
	return role_names[role];
}

enum card_role card_role(const struct card *card, const struct function *function)
{
	if (function == card->gpu)
		return ROLE_GPU;
	switch (function->class_code >> 8) {
	case 0x0403:
		return ROLE_AUDIO;
	case 0x0c03:
		return ROLE_USB;
	case 0x0c80:
		return ROLE_UCSI;
	default:
		return ROLE_OTHER;
	}
}

/* Screens of management controllers; names as in pci.ids. */
static bool is_bmc(const struct function *gpu)
{
	static const struct {
		uint16_t vendor, device_first, device_last;
	} bmcs[] = {
		{ 0x1a03, 0x0000, 0xffff }, /* ASPEED */
		{ 0x102b, 0x0522, 0x0524 }, /* Matrox G200e, G200SE: the server variants of desktop cards */
		{ 0x102b, 0x0530, 0x0538 }, /* G200eV, G200eW, G200eH, G200eR */
		{ 0x1002, 0x515e, 0x515f }, /* ATI ES1000 */
		{ 0x1002, 0x4752, 0x4752 }, /* ATI Rage XL */
		{ 0x18ca, 0x0020, 0x0021 }, /* XGI Z7, Z9 */
		{ 0x19a2, 0x0000, 0xffff }, /* Emulex Pilot */
		{ 0x19e5, 0x1711, 0x1711 }, /* Huawei Hi171x */
		{ 0x126f, 0x0750, 0x0750 }, /* Silicon Motion SM750 */
	};

	for (size_t i = 0; i < sizeof(bmcs) / sizeof(bmcs[0]); i++) {
		if (gpu->vendor == bmcs[i].vendor && gpu->device >= bmcs[i].device_first &&
			gpu->device <= bmcs[i].device_last)
			return true;
	}
	return false;
}

/*
 * A processor's own graphics. Intel's is always 00:02.0. AMD's sits at 00:01.0 of older APUs; in the newer ones it
 * shares its slot with the platform security processor (class 1080), which no card carries. Zhaoxin's is 00:01.0.
 */
static bool is_integrated(const struct inventory *inventory, const struct function *gpu)
{
	struct address a = gpu->address;

	if (a.domain == 0 && a.bus == 0) {
		return (gpu->vendor == 0x8086 && a.slot == 2) ||
		       ((gpu->vendor == 0x1002 || gpu->vendor == 0x1d17) && a.slot == 1);
	}
	if (gpu->vendor != 0x1002)
		return false;
	for (unsigned int i = 0; i < inventory->n_functions; i++) {
		const struct function *other = &inventory->functions[i];

		if (address_same_slot(other->address, a) && other->class_code >> 8 == 0x1080)
			return true;
	}
	return false;
}

static enum card_kind find_kind(const struct inventory *inventory, const struct function *gpu)
{
	if (gpu->is_virtual)
		return CARD_VF;
	if (is_bmc(gpu))
		return CARD_BMC;
	if (is_integrated(inventory, gpu))
		return CARD_INTEGRATED;
	return CARD_DISCRETE;
}

/* Whether another function of the slot belongs to the card. */
static bool is_companion(const struct card *card, const struct function *other)
{
	const struct function *gpu = card->gpu;

	if (other == gpu)
		return true;
	if (function_is_bridge(other) || other->is_virtual || gpu->is_virtual)
		return false;
	/* The slot of a virtual function is full of its twins, each one a card of its own. */
	if (function_is_display(other) && other->vendor == gpu->vendor && other->device == gpu->device)
		return false;
	/* The rest of an APU's slot is the platform's: its USB, its sensors, its own sound. */
	if (card->kind == CARD_INTEGRATED)
		return function_is_audio(other) && other->address.function == gpu->address.function + 1;
	return true;
}

static bool has_function(const struct card *card, const struct function *function)
{
	for (unsigned int i = 0; i < card->n_functions; i++) {
		if (card->functions[i] == function)
			return true;
	}
	return false;
}

static bool has_group(const struct card *card, int group)
{
	for (unsigned int i = 0; i < card->n_groups; i++) {
		if (card->groups[i] == group)
			return true;
	}
	return false;
}

static void add_group(struct card *card, int group)
{
	unsigned int i = card->n_groups;

	if (group < 0 || has_group(card, group))
		return;
	for (; i > 0 && card->groups[i - 1] > group; i--)
		card->groups[i] = card->groups[i - 1];
	card->groups[i] = group;
	card->n_groups++;
}

void card_describe(const struct inventory *inventory, const struct function *gpu, struct card *ret)
{
	bool every_group_known = true;

	memset(ret, 0, sizeof(*ret));
	ret->gpu = gpu;
	ret->kind = find_kind(inventory, gpu);
	for (unsigned int i = 0; i < inventory->n_functions; i++) {
		const struct function *f = &inventory->functions[i];

		if (!address_same_slot(f->address, gpu->address) || !is_companion(ret, f))
			continue;
		ret->functions[ret->n_functions++] = f;
		add_group(ret, f->iommu_group);
		every_group_known = every_group_known && f->iommu_group >= 0;
	}
	for (unsigned int i = 0; i < inventory->n_functions; i++) {
		const struct function *f = &inventory->functions[i];

		if (!has_group(ret, f->iommu_group) || has_function(ret, f))
			continue;
		if (function_is_bridge(f))
			ret->bridges[ret->n_bridges++] = f;
		else
			ret->extra[ret->n_extra++] = f;
	}
	if (every_group_known)
		ret->isolation = ret->n_extra ? ISOLATION_SHARED : ISOLATION_ISOLATED;
}

bool card_find(const struct inventory *inventory, struct address address, struct card *ret)
{
	for (unsigned int i = 0; i < inventory->n_functions; i++) {
		const struct function *gpu = &inventory->functions[i];

		if (!function_is_display(gpu) || !address_same_slot(gpu->address, address))
			continue;
		card_describe(inventory, gpu, ret);
		if (has_function(ret, inventory_find(inventory, address)))
			return true;
	}
	return false;
}
