// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/loader.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/fd.h"
#include "model/cmdline.h"

#define INFO            "firmware/efi/efivars/LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"
#define INFO_SIZE       256
#define ATTRIBUTES_SIZE 4

int loader_parse_info(const void *bytes, size_t n, char *ret, size_t size)
{
	const unsigned char *units = (const unsigned char *)bytes + ATTRIBUTES_SIZE;
	size_t length = 0;

	ret[0] = '\0';
	if (n < ATTRIBUTES_SIZE || n % 2 != 0)
		return -EINVAL;
	for (size_t i = 0; i + ATTRIBUTES_SIZE < n && (units[i] || units[i + 1]); i += 2) {
		if (length + 1 == size)
			break;
		ret[length++] = (char)(units[i + 1] || units[i] < ' ' || units[i] > '~' ? '?' : units[i]);
	}
	ret[length] = '\0';
	return length ? 0 : -EINVAL;
}

static bool begins_with(const char *text, const char *word)
{
	return strncmp(text, word, strlen(word)) == 0;
}

enum loader loader_probe(const struct host *host, const char *cmdline)
{
	int fd CLOSE_FD = beneath_open(host->sys, INFO, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
	char bytes[INFO_SIZE], info[INFO_SIZE];
	ssize_t n = fd < 0 ? fd : fd_read_all(fd, bytes, sizeof(bytes));

	if (n >= 0 && loader_parse_info(bytes, (size_t)n, info, sizeof(info)) == 0) {
		if (begins_with(info, "systemd-boot "))
			return LOADER_SYSTEMD_BOOT;
		return begins_with(info, "GRUB ") ? LOADER_GRUB : LOADER_UNKNOWN;
	}
	return cmdline_has_name(cmdline, "BOOT_IMAGE") ? LOADER_GRUB : LOADER_UNKNOWN;
}
