// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/amd.h"

#include <stddef.h>

#define VENDOR_AMD 0x1002

const char *amd_find_reset_bug(uint16_t vendor, uint16_t device)
{
	/* Processors with the graphics of these generations, and Navi 23, are in that list as well: most do without. */
	static const struct {
		uint16_t first, last;
		const char *generation;
	} rows[] = {
		{ 0x67c0, 0x67df, "Polaris 10" },
		{ 0x6fdf, 0x6fdf, "Polaris 20" },
		{ 0x67e0, 0x67ff, "Polaris 11" },
		{ 0x6980, 0x699f, "Polaris 12" },
		{ 0x6860, 0x687f, "Vega 10" },
		{ 0x66a0, 0x66af, "Vega 20" },
		{ 0x7310, 0x731f, "Navi 10" },
		{ 0x7340, 0x734f, "Navi 14" },
		{ 0x7360, 0x7362, "Navi 12" },
	};

	for (size_t i = 0; vendor == VENDOR_AMD && i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (device >= rows[i].first && device <= rows[i].last)
			return rows[i].generation;
	}
	return NULL;
}
