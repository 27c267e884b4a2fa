// SPDX-License-Identifier: GPL-2.0-or-later
/* What devtmpfs calls the node of a device. */
#include <string.h>

#include "base/text.h"
#include "probe/below.h"

#define SOUND_MAJOR 116

/* Where classes put their nodes: what their devnode() says in the kernel. */
static const char *folder_of(const struct below *below, uint32_t major)
{
	static const struct {
		const char *subsystem, *folder;
	} folders[] = {
		{ "drm", "dri/" },
		{ "accel", "accel/" },
		{ "input", "input/" },
		{ "usbmisc", "usb/" },
		{ "bsg", "bsg/" },
		{ "vfio", "vfio/" },
		{ "vfio-dev", "vfio/devices/" },
		{ "infiniband_verbs", "infiniband/" },
		{ "infiniband_mad", "infiniband/" },
	};

	/* What OSS calls /dev/dsp is of the same class. */
	if (strcmp(below->subsystem, "sound") == 0)
		return major == SOUND_MAJOR ? "snd/" : "";
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		if (strcmp(below->subsystem, folders[i].subsystem) == 0)
			return folders[i].folder;
	}
	return "";
}

void below_name(const struct below *below, uint32_t major, char *name, size_t size)
{
	uint32_t bus, device;
	struct text text;

	text_init(&text, name, size);
	if (strcmp(below->subsystem, "usb") == 0 && below_read_number(below, "busnum", &bus) == 0 &&
		below_read_number(below, "devnum", &device) == 0) {
		text_add(&text, "bus/usb/%03u/%03u", bus, device);
		return;
	}
	text_add(&text, "%s%s", folder_of(below, major), below->name);
	for (char *c = strchr(name, '!'); c; c = strchr(c, '!'))
		*c = '/';
}
