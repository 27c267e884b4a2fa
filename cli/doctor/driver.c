// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor: which driver has a card, and what its generation means for a handover. */
#include <string.h>

#include "cli/doctor/cards.h"
#include "probe/nvidia.h"

#define MODESET_OFF                                                                                                    \
	"update the driver to 580.105 or later, or put 'options nvidia-drm modeset=0' into /etc/modprobe.d, or have "  \
	"mode = reserved for the card in /etc/gpu-handoff.conf"

/* ---- nvidia: model/nvidia.h ---- */

static struct finding_text describe_nvidia(const struct nvidia *nvidia)
{
	static const char *const flavours[] = {
		[NVIDIA_FLAVOUR_UNTOLD] = "",
		[NVIDIA_OPEN] = ", the open modules",
		[NVIDIA_PROPRIETARY] = ", the proprietary modules",
	};
	const struct nvidia_version *version = &nvidia->version;

	if (version->patch)
		return finding_text("nvidia %u.%u.%02u%s has it", version->major, version->minor, version->patch,
			flavours[nvidia->flavour]);
	return finding_text("nvidia %u.%02u%s has it", version->major, version->minor, flavours[nvidia->flavour]);
}

static void report_version(const struct card_look *look, const struct nvidia *nvidia)
{
	struct finding_text driver = describe_nvidia(nvidia);

	switch (nvidia_drm_references(nvidia)) {
	case NVIDIA_REFERENCES_KEPT:
		card_report(look, FINDING_FAIL, MODESET_OFF,
			"%s, and nvidia-drm with modeset, which never lets go of a GPU: a handover is refused",
			driver.s);
		break;
	case NVIDIA_REFERENCES_UNKNOWN:
		card_report(look, FINDING_WARN,
			"run it as root, or look at 'modinfo nvidia-drm' and its parameter modeset",
			"%s; whether nvidia-drm lets go of a GPU in this version, or has modeset on, is not told",
			driver.s);
		break;
	case NVIDIA_REFERENCES_NONE:
	case NVIDIA_REFERENCES_DROPPED:
	case NVIDIA_REFERENCES_:
		card_report(look, FINDING_PASS, NULL, "%s, and lets go of a GPU that nobody uses%s", driver.s,
			nvidia_generation_loses_puts(nvidia) ? "; of one in use never, once it has been asked to, so "
							       "it is not asked before all have gone"
							     : "");
		break;
	}
}

static void look_nvidia(const struct card_look *look)
{
	struct nvidia nvidia;

	nvidia_probe(look->doctor->host, &nvidia);
	if (nvidia.version.major)
		report_version(look, &nvidia);
	else if (!look->doctor->recorded)
		card_report(look, FINDING_WARN, "look at /proc/driver/nvidia/version and at 'modinfo nvidia'",
			"nvidia has it, and its version is not told: it is taken for one that never lets go of a GPU "
			"in use");
}

/* ---- others ---- */

static const struct {
	const char *driver;
	enum finding_result result;
	const char *reason, *remedy;
} drivers[] = {
	{ "vfio-pci", FINDING_PASS, "vfio-pci has it already: no driver has to let go of it", NULL },
	{ "nouveau", FINDING_PASS,
		"nouveau has it, and lets go of it even while somebody uses it, who then has a dead device: so a "
		"handover "
		"waits for nobody to",
		NULL },
	{ "amdgpu", FINDING_WARN,
		"amdgpu has it, which lets go even of a card in use; on some cards and kernels it fails as it lets go, "
		"or "
		"as it takes the card back from a VM",
		"try 'gpu-handoff detach' and 'reattach' once, before a VM counts on it; if that fails, have mode = "
		"reserved for the card in /etc/gpu-handoff.conf" },
	{ "radeon", FINDING_WARN, "radeon has it, which was never meant to let go of a card while the host runs",
		"try 'gpu-handoff detach' and 'reattach' once, before a VM counts on it; if that fails, have mode = "
		"reserved for the card in /etc/gpu-handoff.conf" },
	{ "i915", FINDING_WARN,
		"i915 has it; its sound goes first in a handover, and few have ever taken the host's graphics from it",
		"leave it with the host, if another card will do for the VM" },
	{ "xe", FINDING_WARN, "xe has it, which has let go of few cards yet",
		"try 'gpu-handoff detach' and 'reattach' once, before a VM counts on it" },
};

static void look_driver(const struct card_look *look)
{
	const struct function *gpu = look->card->gpu;

	if (strcmp(gpu->driver, NVIDIA_DRIVER) == 0 && !gpu->is_variant) {
		look_nvidia(look);
		return;
	}
	for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++) {
		if (strcmp(gpu->driver, drivers[i].driver) == 0) {
			card_report(look, drivers[i].result, drivers[i].remedy, "%s", drivers[i].reason);
			return;
		}
	}
	if (gpu->is_variant)
		card_report(look, FINDING_PASS, NULL, "%s has it, a VFIO driver of its vendor", gpu->driver);
	else if (gpu->driver[0])
		card_report(look, FINDING_PASS, NULL, "%s has it, which is taken as any other driver", gpu->driver);
	else if (!look->doctor->recorded)
		card_report(look, FINDING_PASS, NULL, "no driver has it");
}

const struct card_check card_check_driver = { .name = "driver", .look = look_driver };
