// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/muxless.h"

#include "base/text.h"
#include "model/card.h"

/* SMBIOS's kinds of chassis that one carries about (DSP0134, 7.4.1). */
static bool is_portable(const struct host *host, bool *ret_told)
{
	static const uint64_t portable[] = { 8, 9, 10, 11, 14, 30, 31, 32 };
	char content[16];
	uint64_t type;

	*ret_told = attribute_read(host->sys, "class/dmi/id/chassis_type", content, sizeof(content)) > 0 &&
		    text_parse_number(content, 10, UINT32_MAX, &type) == 0;
	for (size_t i = 0; *ret_told && i < sizeof(portable) / sizeof(portable[0]); i++) {
		if (portable[i] == type)
			return true;
	}
	return false;
}

/* The processor's own graphics. */
static const struct function *find_integrated(const struct inventory *inventory)
{
	struct card card;

	for (unsigned int i = 0; i < inventory->n_functions; i++) {
		if (!function_is_display(&inventory->functions[i]))
			continue;
		card_describe(inventory, &inventory->functions[i], &card);
		if (card.kind == CARD_INTEGRATED)
			return card.gpu;
	}
	return NULL;
}

/* A 3D controller, or another display controller than of VGA: AMD's such cards say that. */
static bool is_controller(const struct function *gpu)
{
	return gpu->class_code >> 8 == 0x0302 || gpu->class_code >> 8 == 0x0380;
}

const struct function *muxless_find_shower(
	const struct host *host, const struct inventory *inventory, const struct function *gpu)
{
	const struct function *integrated = is_controller(gpu) ? find_integrated(inventory) : NULL;
	bool told, portable;

	if (!integrated || integrated == gpu || gpu->is_virtual)
		return NULL;
	/* Accelerators are 3D controllers as well, but these sit in no laptop. */
	portable = is_portable(host, &told);
	return told && !portable ? NULL : integrated;
}
