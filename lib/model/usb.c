// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/usb.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "model/ids.h"

/* USB 3.2, 8.9: a route has five hubs below the root hub. */
#define PORTS_MAX   6
#define BUS_MAX     65535
#define NUMBER_SIZE 6

/* A number as the kernel writes it, without zeros before it, up to one of the characters that may end it. */
static int take_number(const char **text, const char *ends, uint64_t max)
{
	size_t length = strcspn(*text, ends);
	char digits[NUMBER_SIZE];
	uint64_t number;

	if (length == 0 || length >= sizeof(digits) || **text == '0')
		return -EINVAL;
	memcpy(digits, *text, length);
	digits[length] = '\0';
	*text += length;
	return text_parse_number(digits, 10, max, &number) < 0 ? -EINVAL : 0;
}

bool usb_is_port(const char *text)
{
	if (strlen(text) >= USB_PORT_SIZE || take_number(&text, "-", BUS_MAX) < 0 || *text++ != '-')
		return false;
	for (unsigned int i = 0; i < PORTS_MAX; i++) {
		if (take_number(&text, ".", UINT8_MAX) < 0)
			return false;
		if (!*text)
			return true;
		text++;
	}
	return false;
}

int usb_setting_parse_key(const char *text, struct usb_setting *ret)
{
	struct usb_setting setting = { .by_port = usb_is_port(text) };

	if (setting.by_port)
		(void)text_copy(setting.port, sizeof(setting.port), text);
	else if (ids_parse(text, &setting.vendor, &setting.product) < 0)
		return -EINVAL;
	*ret = setting;
	return 0;
}

int usb_setting_set_domain(struct usb_setting *setting, const char *name)
{
	if (!*name || strchr(name, '/'))
		return -EINVAL;
	for (const char *c = name; *c; c++) {
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			return -EINVAL;
	}
	return text_copy(setting->domain, sizeof(setting->domain), name) < 0 ? -EINVAL : 0;
}

bool usb_setting_same_key(const struct usb_setting *a, const struct usb_setting *b)
{
	return a->by_port == b->by_port && a->vendor == b->vendor && a->product == b->product &&
	       strcmp(a->port, b->port) == 0;
}

const struct usb_setting *usb_settings_find(const struct usb_settings *settings, const struct usb_device *device)
{
	const struct usb_setting *by_ids = NULL;

	for (unsigned int i = 0; i < settings->n_usbs; i++) {
		const struct usb_setting *setting = &settings->usbs[i];

		if (setting->by_port && strcmp(setting->port, device->port) == 0)
			return setting;
		if (!setting->by_port && setting->vendor == device->vendor && setting->product == device->product)
			by_ids = setting;
	}
	return by_ids;
}
