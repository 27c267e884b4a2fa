// SPDX-License-Identifier: GPL-2.0-or-later
/* What Windows does better when it knows that it is a guest (https://www.qemu.org/docs/master/system/i386/hyperv.html).
 */
#include "xmlgen/build.h"
#include "xmlgen/section.h"

/* Any text of up to twelve characters that is no hypervisor's own. */
#define VENDOR_ID "gpuhandoff"

void section_hyperv(xmlNode *features, const struct guest *guest)
{
	static const struct {
		const char *name, *retries;
		bool direct;
	} enlightenments[] = {
		{ .name = "relaxed" },
		{ .name = "vapic" },
		{ .name = "spinlocks", .retries = "8191" },
		{ .name = "vpindex" },
		{ .name = "runtime" },
		{ .name = "synic" },
		{ .name = "stimer", .direct = true },
		{ .name = "frequencies" },
		{ .name = "tlbflush" },
		{ .name = "ipi" },
	};
	xmlNode *hyperv, *feature;

	if (guest->os.family != OS_WINDOWS)
		return;
	hyperv = build_add(features, "hyperv");
	build_set(hyperv, "mode", "custom");
	for (size_t i = 0; i < sizeof(enlightenments) / sizeof(enlightenments[0]); i++) {
		feature = build_add(hyperv, enlightenments[i].name);
		build_set(feature, "state", "on");
		if (enlightenments[i].retries)
			build_set(feature, "retries", "%s", enlightenments[i].retries);
		if (enlightenments[i].direct)
			build_set(build_add(feature, "direct"), "state", "on");
	}
	if (guest->request->hidden) {
		feature = build_add(hyperv, "vendor_id");
		build_set(feature, "state", "on");
		build_set(feature, "value", VENDOR_ID);
	}
}
