// SPDX-License-Identifier: GPL-2.0-or-later
/* usb_hostdevs_parse(): devices that can be, or a sentence. */
#include <errno.h>

#include "probe/usb_hostdev.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct usb_hostdevs hostdevs, untouched;
	struct refusal refusal;
	int r;

	memset(&refusal, 0xa5, sizeof(refusal));
	memset(&untouched, 0xa5, sizeof(untouched));
	hostdevs = untouched;
	r = usb_hostdevs_parse((const char *)data, size, &hostdevs, &refusal);
	PROMISE(r == 0 || r == -ECANCELED);
	if (r < 0) {
		promise_refusal(&refusal);
		PROMISE(memcmp(&hostdevs, &untouched, sizeof(hostdevs)) == 0);
		return 0;
	}
	PROMISE(hostdevs.n_hostdevs <= USB_HOSTDEVS_MAX);
	for (unsigned int i = 0; i < hostdevs.n_hostdevs; i++) {
		const struct usb_hostdev *hostdev = &hostdevs.hostdevs[i];

		PROMISE(hostdev->bus <= UINT16_MAX && hostdev->number <= UINT16_MAX);
		PROMISE(usb_hostdevs_have(&hostdevs, hostdev->bus, hostdev->number));
	}
	return 0;
}
