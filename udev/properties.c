// SPDX-License-Identifier: GPL-2.0-or-later
#include "udev/properties.h"

#include <errno.h>
#include <stdlib.h>

#include "model/card.h"
#include "probe/config.h"
#include "probe/inventory.h"
#include "udev/device.h"
#include "udev/state.h"

/* Large: on the heap. */
struct view {
	struct device device;
	struct inventory inventory;
	struct settings settings;
	struct card card;
	const struct function *function; /* of that card: the one that the properties are about */
};

/* The card of the device's function; of a group the first, which is the same at each event. */
static bool find_card(struct view *view)
{
	const struct device *device = &view->device;

	for (unsigned int i = 0; i < view->inventory.n_functions; i++) {
		const struct function *f = &view->inventory.functions[i];

		if (device->group >= 0 ? f->iommu_group != device->group
				       : address_compare(f->address, device->function) != 0)
			continue;
		if (card_find(&view->inventory, f->address, &view->card)) {
			view->function = f;
			return true;
		}
	}
	return false;
}

/* What is ambiguous says nothing: gpu-handoff list tells of it. */
static const struct card_setting *find_setting(const struct view *view, const struct card *card)
{
	const struct card_setting *setting = NULL;

	return card_settings_find(&view->settings.cards, &view->inventory, card, &setting) == 1 ? setting : NULL;
}

/* Whoever may open a group has all that is in it: each of its cards has to say so. */
static bool is_for_kvm(const struct view *view)
{
	const struct card_setting *setting = find_setting(view, &view->card);
	struct card other;

	for (unsigned int i = 0; i < view->inventory.n_functions && setting && setting->for_kvm; i++) {
		const struct function *f = &view->inventory.functions[i];

		if (f->iommu_group >= 0 && f->iommu_group == view->function->iommu_group &&
			card_find(&view->inventory, f->address, &other))
			setting = find_setting(view, &other);
	}
	return setting && setting->for_kvm;
}

/* Reads the card, and what the configuration says of it. Returns 1; 0 when it is no card's; -errno. */
static int view_card(const struct host *host, struct view *view)
{
	int r = device_probe_functions(host, &view->device, &view->inventory);

	if (r < 0 || !find_card(view))
		return r == -ENOENT ? 0 : r;
	if (card_settings_want_all(&view->settings.cards)) {
		r = inventory_probe_displays(host, &view->inventory);
		/* What was found pointed into it. */
		if (r < 0 || !find_card(view))
			return r;
	}
	return 1;
}

static void print_card(const struct host *host, const struct view *view, FILE *stream)
{
	const struct card *card = &view->card;
	const struct function *function = view->function;
	const struct card_setting *setting = find_setting(view, card);

	(void)fprintf(stream, "GPU_HANDOFF_CARD=%s\nGPU_HANDOFF_ADDRESS=%s\nGPU_HANDOFF_ROLE=%s\n",
		card->gpu->slot_path.s[0] ? card->gpu->slot_path.s : address_text(card->gpu->address).s,
		address_text(function->address).s, card_role_name(card_role(card, function)));
	if (function->iommu_group >= 0)
		(void)fprintf(stream, "GPU_HANDOFF_GROUP=%d\n", function->iommu_group);
	(void)fprintf(stream, "GPU_HANDOFF_STATE=%s\nGPU_HANDOFF_MODE=%s\n", state_find(host, function),
		card_mode_name(setting ? setting->mode : MODE_SHARED));
	if (is_for_kvm(view))
		(void)fputs("GPU_HANDOFF_ACCESS=kvm\n", stream);
}

static int print(const struct host *host, struct view *view, FILE *stream)
{
	const struct device *device = &view->device;
	int r = 0;

	if (!device->has_function && device->group < 0 && !device->is_usb)
		return 0;
	config_probe(host, &view->settings);
	if (device->has_function || device->group >= 0)
		r = view_card(host, view);
	if (r > 0)
		print_card(host, view, stream);
	if (r >= 0 && device->is_usb && usb_settings_find(&view->settings.usbs, &device->usb))
		(void)fputs("GPU_HANDOFF_FOLLOW=1\n", stream);
	if (r >= 0)
		r = ferror(stream) || fflush(stream) ? -EIO : 0;
	return r;
}

int properties_print(const struct host *host, const char *devpath, FILE *stream)
{
	struct view *view = calloc(1, sizeof(*view));
	int r = view ? device_find(host, devpath, &view->device) : -ENOMEM;

	if (r >= 0)
		r = print(host, view, stream);
	free(view);
	/* Events come late: their device may be gone. */
	return r == -ENOENT || r == -ENODEV ? 0 : r;
}
