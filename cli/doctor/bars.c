// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor: how much address space a card's memory takes, could take, and what that asks of a guest's firmware. */
#include "base/text.h"
#include "cli/doctor/cards.h"
#include "probe/bar.h"

#define VENDOR_INTEL 0x8086
#define MIB_SHIFT    20
#define SIZES_MAX    44 /* 2^43 MiB are 2^63 bytes */

struct look {
	const struct card_look *look;
	struct finding_text sizes; /* "BAR 1 has 256 MiB" */
	uint64_t room;             /* beyond 4 GiB */
	unsigned int resizable;    /* a BAR that can be larger, with possible */
	uint64_t size, possible;
};

/* As people say it. */
static struct finding_text describe_size(uint64_t bytes)
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB", "TiB" };
	unsigned int unit = 0;

	while (unit + 1 < sizeof(units) / sizeof(units[0]) && bytes >= 1024 && bytes % 1024 == 0) {
		bytes /= 1024;
		unit++;
	}
	return finding_text("%llu %s", (unsigned long long)bytes, units[unit]);
}

/* The largest that it can have, 0 when that is not told. */
static uint64_t find_largest(const struct card_look *look, const struct function *gpu, unsigned int bar)
{
	uint64_t sizes;

	/* Of one whose driver is stuck nothing is asked. */
	if (look->occupancy && !inventory_find(&look->occupancy->functions, gpu->address))
		return 0;
	if (bar_probe_sizes(look->doctor->host, gpu->address, bar, &sizes) < 0)
		return 0;
	for (unsigned int i = SIZES_MAX; i-- > 0;) {
		if (sizes >> i & 1)
			return 1ULL << (i + MIB_SHIFT);
	}
	return 0;
}

/* Each lies at a multiple of its size, and an absurd one is nobody's. Returns false for one without an address. */
static bool add_bar(
	struct look *look, struct text *sizes, const struct function *gpu, const struct bar *bar, unsigned int index)
{
	uint64_t largest;

	if (!bar->is_memory || bar->size == 0 || bar->size > 1ULL << 46)
		return true;
	if (bar->is_unset)
		return false;
	if (bar->is_64bit)
		look->room += bar->size;
	if (bar->is_prefetchable)
		text_add(sizes, "%sBAR %u has %s", sizes->length ? ", " : "", index, describe_size(bar->size).s);
	largest = find_largest(look->look, gpu, index);
	if (largest > bar->size && largest > look->possible) {
		look->resizable = index;
		look->size = bar->size;
		look->possible = largest;
	}
	return true;
}

static void report(const struct look *look)
{
	const struct card_look *card = look->look;

	if (look->room > BARS_WINDOW_PLAIN)
		card_report(card, FINDING_WARN,
			"tune the domain with 'gpu-handoff xml', which gives its firmware a window that is large "
			"enough; without one the guest may not see the card, or its driver fails",
			"%s: more than the firmware of a guest has room for by itself", look->sizes.s);
	else if (look->possible && card->card->gpu->vendor == VENDOR_INTEL)
		card_report(card, FINDING_WARN, "turn on Above 4G Decoding and Resizable BAR in the firmware",
			"%s, and BAR %u could have %s: Intel's drivers count on that, and are slow without it",
			look->sizes.s, look->resizable, describe_size(look->possible).s);
	else if (look->possible)
		card_report(card, FINDING_PASS, NULL,
			"%s; with Resizable BAR on in the firmware, BAR %u could have %s; a guest sees the size that "
			"it "
			"has when a VM takes it",
			look->sizes.s, look->resizable, describe_size(look->possible).s);
	else
		card_report(card, FINDING_PASS, NULL, "%s, for which every guest's firmware has room", look->sizes.s);
}

/* What a VM is slow or blind with is the memory of the GPU, not the registers of its sound. */
static void look_bars(const struct card_look *card)
{
	const struct function *gpu = card->card->gpu;
	struct look look = { .look = card };
	struct text sizes;
	struct bars bars;

	text_init(&sizes, look.sizes.s, sizeof(look.sizes.s));
	if (bar_probe(card->doctor->host, gpu->address, &bars) < 0)
		return;
	for (unsigned int i = 0; i < BARS_MAX; i++) {
		if (add_bar(&look, &sizes, gpu, &bars.bars[i], i))
			continue;
		card_report(card, FINDING_FAIL, "turn on Above 4G Decoding in the firmware",
			"its BAR %u of %s has got no address, so nobody can use the card", i,
			describe_size(bars.bars[i].size).s);
		return;
	}
	/* A listing without sizes. */
	if (sizes.length)
		report(&look);
}

const struct card_check card_check_bars = { .name = "bars", .look = look_bars };
