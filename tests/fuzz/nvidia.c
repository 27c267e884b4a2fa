// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the nvidia driver says below /proc: version, params, information, and the list of devices. Each takes the whole
 * input: what one of them is given by mistake tells it nothing, or a value within its bounds.
 */
#include <errno.h>

#include "probe/nvidia_text.h"
#include "tests/fuzz/fuzz.h"

static void promise_version(const char *text)
{
	const struct nvidia_version untouched = { 1, 2, 3 };
	struct nvidia nvidia = { .drm = true, .modeset = NVIDIA_YES, .version = untouched };
	int r = nvidia_parse_version(text, &nvidia.version, &nvidia.flavour);

	PROMISE(r == 0 || r == -EBADMSG);
	if (r < 0) {
		PROMISE(memcmp(&nvidia.version, &untouched, sizeof(untouched)) == 0);
		PROMISE(nvidia.flavour == NVIDIA_FLAVOUR_UNTOLD);
		return;
	}
	PROMISE(strstr(text, "NVRM version:") && nvidia.version.major > 0);
	PROMISE(nvidia.version.major <= 99999 && nvidia.version.minor <= 99999 && nvidia.version.patch <= 99999);
	/* Nobody is told that it lets go who does not know it of that version. */
	if (nvidia_drm_references(&nvidia) == NVIDIA_REFERENCES_DROPPED)
		PROMISE(nvidia.version.major >= 580);
	PROMISE(nvidia_generation_loses_puts(&nvidia) == (nvidia.version.major >= 595));
}

static void promise_gpu(const char *text)
{
	struct nvidia_gpu gpu;

	memset(&gpu, 0xa5, sizeof(gpu));
	nvidia_parse_information(text, &gpu);
	PROMISE(gpu.minor >= -1 && gpu.minor <= NVIDIA_MINOR_MAX);
	PROMISE(gpu.minor == -1 || strstr(text, "Device Minor:"));
	/* It is a part of a path. */
	PROMISE(memchr(gpu.uuid, '\0', sizeof(gpu.uuid)));
	PROMISE(gpu.uuid[0] == '\0' || strlen(gpu.uuid) == NVIDIA_UUID_SIZE - 1);
	PROMISE(strspn(gpu.uuid, "GPU-0123456789abcdefABCDEF") == strlen(gpu.uuid));
}

static void promise_major(const char *text, const char *name)
{
	int major = devices_parse_major(text, name);

	PROMISE(major == -ENOENT || (major >= 0 && major <= 4095));
	PROMISE(major == -ENOENT || (strstr(text, "Character devices:") && strstr(text, name)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size);
	enum nvidia_answer msi = nvidia_parse_msi(text);

	promise_version(text);
	promise_gpu(text);
	PROMISE(msi == NVIDIA_UNTOLD || strstr(text, "EnableMSI:"));
	promise_major(text, "nvidia-uvm");
	promise_major(text, "nvidia-caps-imex-channels");
	free(text);
	return 0;
}
