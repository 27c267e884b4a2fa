// SPDX-License-Identifier: GPL-2.0-or-later
/* usb_path_port() of a path, and usb_record_parse() of what may be in /run/gpu-handoff: each read as it was written. */
#include <errno.h>

#include "apply/usb_record.h"
#include "probe/usb_device.h"
#include "tests/fuzz/fuzz.h"

static void promise_port(const char *path)
{
	char port[USB_PORT_SIZE];
	size_t length = strlen(path);

	if (usb_path_port(path, port) < 0)
		return;
	PROMISE(usb_is_port(port) && strspn(port, "0123456789-.") == strlen(port) && strlen(port) >= 3);
	PROMISE(length > strlen(port) && strcmp(path + length - strlen(port), port) == 0);
	PROMISE(path[length - strlen(port) - 1] == '/');
}

static void promise_record(const char *text)
{
	struct usb_record record, again;
	char written[USB_RECORD_SIZE];
	int r = usb_record_parse(text, &record);

	PROMISE(r == 0 || r == -EBADMSG);
	if (r < 0)
		return;
	PROMISE(record.bus <= UINT16_MAX && record.number <= UINT16_MAX);
	PROMISE(strspn(record.uuid, "0123456789abcdef-") == 36 && !record.uuid[36]);
	(void)snprintf(written, sizeof(written), "%u %u %s\n", record.bus, record.number, record.uuid);
	PROMISE(usb_record_parse(written, &again) == 0);
	PROMISE(again.bus == record.bus && again.number == record.number && strcmp(again.uuid, record.uuid) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size);

	promise_port(text);
	promise_record(text);
	free(text);
	return 0;
}
