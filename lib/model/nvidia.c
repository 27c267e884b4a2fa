// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/nvidia.h"

/* Below 0, 0 or above 0, as strcmp. */
static int compare(const struct nvidia_version *a, uint32_t major, uint32_t minor, uint32_t patch)
{
	if (a->major != major)
		return a->major < major ? -1 : 1;
	if (a->minor != minor)
		return a->minor < minor ? -1 : 1;
	return (a->patch > patch) - (a->patch < patch);
}

static bool is_told(const struct nvidia_version *version)
{
	return version->major != 0;
}

const char *nvidia_references_name(enum nvidia_references references)
{
	static const char *const names[NVIDIA_REFERENCES_] = { "unknown", "none", "dropped", "kept" };

	return names[references];
}

/*
 * nv_drm_remove() came with the beta 580.94.06, is not in 580.95, and is in everything from 580.105 on. Between those
 * two there was no release.
 */
static enum nvidia_references references_of(const struct nvidia_version *version)
{
	bool beta = version->major == 580 && version->minor == 94;

	if (beta)
		return version->patch >= 6 ? NVIDIA_REFERENCES_DROPPED : NVIDIA_REFERENCES_KEPT;
	if (compare(version, 580, 96, 0) < 0)
		return NVIDIA_REFERENCES_KEPT;
	return compare(version, 580, 105, 0) < 0 ? NVIDIA_REFERENCES_UNKNOWN : NVIDIA_REFERENCES_DROPPED;
}

enum nvidia_references nvidia_drm_references(const struct nvidia *nvidia)
{
	enum nvidia_references references;

	if (!nvidia->drm || nvidia->modeset == NVIDIA_NO)
		return NVIDIA_REFERENCES_NONE;
	if (!is_told(&nvidia->version))
		return NVIDIA_REFERENCES_UNKNOWN;
	references = references_of(&nvidia->version);
	/* By default it is off before 595, but distributions turn it on: that is no fact about this host. */
	if (references == NVIDIA_REFERENCES_KEPT && nvidia->modeset != NVIDIA_YES)
		return NVIDIA_REFERENCES_UNKNOWN;
	return references;
}

bool nvidia_generation_loses_puts(const struct nvidia *nvidia)
{
	return !is_told(&nvidia->version) || nvidia->version.major >= 595;
}
