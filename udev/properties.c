// SPDX-License-Identifier: GPL-2.0-or-later
#include "udev/properties.h"

#include <errno.h>
#include <stdlib.h>

#include "model/card.h"
#include "probe/inventory.h"

static const char *find_role(const struct card *card, const struct function *function)
{
	if (function == card->gpu)
		return "gpu";
	switch (function->class_code >> 8) {
	case 0x0403:
		return "audio";
	case 0x0c03:
		return "usb";
	case 0x0c80:
		return "ucsi";
	default:
		return "other";
	}
}

int properties_print(const struct host *host, struct address address, FILE *stream)
{
	struct inventory *inventory = calloc(1, sizeof(*inventory));
	const struct function *function;
	struct card card;
	int r = inventory ? inventory_probe(host, address, inventory) : -ENOMEM;

	if (r >= 0 && card_find(inventory, address, &card)) {
		function = inventory_find(inventory, address);
		(void)fprintf(stream, "GPU_HANDOFF_CARD=%s\nGPU_HANDOFF_ROLE=%s\n", address_text(card.gpu->address).s,
			find_role(&card, function));
		if (function->iommu_group >= 0)
			(void)fprintf(stream, "GPU_HANDOFF_GROUP=%d\n", function->iommu_group);
		r = ferror(stream) || fflush(stream) ? -EIO : 0;
	}
	free(inventory);
	return r;
}
