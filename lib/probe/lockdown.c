// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/lockdown.h"

#include <errno.h>
#include <string.h>

/* EFI_GLOBAL_VARIABLE. Before the value there are four bytes of attributes (Documentation/filesystems/efivarfs.rst). */
#define SECURE_BOOT "firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define VALUE       4

int lockdown_parse(const char *text, enum lockdown *ret)
{
	static const char *const names[] = {
		[LOCKDOWN_NONE] = "[none]",
		[LOCKDOWN_INTEGRITY] = "[integrity]",
		[LOCKDOWN_CONFIDENTIALITY] = "[confidentiality]",
	};

	for (enum lockdown i = LOCKDOWN_NONE; i <= LOCKDOWN_CONFIDENTIALITY; i++) {
		if (!strstr(text, names[i]))
			continue;
		*ret = i;
		return 0;
	}
	return -EINVAL;
}

int lockdown_probe(const struct host *host, enum lockdown *ret)
{
	char text[64];
	ssize_t n = attribute_read(host->sys, "kernel/security/lockdown", text, sizeof(text));

	return n < 0 ? (int)n : lockdown_parse(text, ret);
}

int secure_boot_probe(const struct host *host)
{
	char value[16];
	ssize_t n = attribute_read(host->sys, SECURE_BOOT, value, sizeof(value));

	if (n < 0)
		return (int)n;
	return n == VALUE + 1 ? value[VALUE] == 1 : -ENOENT;
}
