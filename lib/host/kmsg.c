// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/kmsg.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"

/* The kernel's PREFIX_MAX and LOG_LINE_MAX, and then some. */
#define RECORD_SIZE 4096

int kmsg_open(const struct host *host)
{
	int fd CLOSE_FD = beneath_open(host->dev, "kmsg", O_RDONLY | O_NONBLOCK, 0);

	if (fd < 0)
		return fd;
	if (lseek(fd, 0, SEEK_END) < 0)
		return -errno;
	return TAKE_FD(fd);
}

/* nv_pci_remove_helper() in NVIDIA's nv-pci.c. The level varies, and other text may come first. */
bool kmsg_record_tells(const char *record, const char *address)
{
	const char *message = strstr(record, "Attempting to remove device ");

	return message && strstr(message, address) && strstr(message, "with non-zero usage count");
}

bool kmsg_tells(int kmsg, const char *address)
{
	char record[RECORD_SIZE];
	bool tells = false;
	ssize_t n;

	/* EPIPE: records were overwritten before they were read. The next read goes on. */
	while ((n = read(kmsg, record, sizeof(record) - 1)) > 0 || (n < 0 && (errno == EPIPE || errno == EINTR))) {
		if (n < 0)
			continue;
		record[n] = '\0';
		tells = tells || kmsg_record_tells(record, address);
	}
	return tells;
}
