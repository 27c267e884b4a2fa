// SPDX-License-Identifier: GPL-2.0-or-later
#include "apply/usb_record.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "apply/lock.h"
#include "base/fd.h"
#include "base/text.h"
#include "host/runtime.h"

#define DIRECTORY_NAME "usb"

/* A domain that is busy keeps each of the others for half a minute, and an event that is given up comes never again. */
#define LOCK_WAIT_MS 240000

/* No port has this in its name. */
#define NEW_SUFFIX ".new"

/* As libvirt writes it. */
static bool is_uuid(const char *text)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

	for (size_t i = 0; i < sizeof(form); i++) {
		bool fits = form[i] == 'x' ? text[i] && strchr("0123456789abcdef", text[i]) : text[i] == form[i];

		if (!fits)
			return false;
	}
	return true;
}

int usb_record_parse(const char *text, struct usb_record *ret)
{
	char copy[USB_RECORD_SIZE], *rest = copy, *bus, *number, *uuid;
	uint64_t at_bus, at_number;

	if (text_copy(copy, sizeof(copy), text) < 0)
		return -EBADMSG;
	bus = strsep(&rest, " ");
	number = strsep(&rest, " ");
	uuid = strsep(&rest, "\n");
	if (!uuid || !rest || *rest || !is_uuid(uuid) || text_parse_number(bus, 10, UINT16_MAX, &at_bus) < 0 ||
		text_parse_number(number, 10, UINT16_MAX, &at_number) < 0)
		return -EBADMSG;
	ret->bus = (unsigned int)at_bus;
	ret->number = (unsigned int)at_number;
	(void)text_copy(ret->uuid, sizeof(ret->uuid), uuid);
	return 0;
}

static int open_directory(const struct host *host, bool create)
{
	int runtime CLOSE_FD = runtime_open(host, create);

	return runtime < 0 ? runtime : runtime_directory_open(runtime, DIRECTORY_NAME, create);
}

int usb_records_lock(const struct host *host)
{
	int directory CLOSE_FD = open_directory(host, true);

	return directory < 0 ? directory : lock_acquire(directory, LOCK_WAIT_MS);
}

int usb_record_put(const struct host *host, const char *port, const struct usb_record *record)
{
	char new[USB_PORT_SIZE + sizeof(NEW_SUFFIX)], line[USB_RECORD_SIZE];
	int directory CLOSE_FD = open_directory(host, true), fd CLOSE_FD = -1;
	int r;

	if (directory < 0)
		return directory;
	(void)snprintf(new, sizeof(new), "%s" NEW_SUFFIX, port);
	(void)snprintf(line, sizeof(line), "%u %u %s\n", record->bus, record->number, record->uuid);
	fd = runtime_file_open(directory, new, O_WRONLY | O_CREAT | O_TRUNC);
	if (fd < 0)
		return fd;
	r = fd_write_all(fd, line, strlen(line));
	if (r == 0 && renameat(directory, new, directory, port) < 0)
		r = -errno;
	if (r < 0)
		(void)unlinkat(directory, new, 0);
	return r;
}

int usb_record_get(const struct host *host, const char *port, struct usb_record *ret)
{
	int directory CLOSE_FD = open_directory(host, false), fd CLOSE_FD = -1;
	char line[USB_RECORD_SIZE];
	ssize_t n;

	if (directory < 0)
		return directory;
	fd = runtime_file_open(directory, port, O_RDONLY);
	if (fd < 0)
		return fd;
	n = fd_read_all(fd, line, sizeof(line) - 1);
	if (n < 0)
		return n == -E2BIG ? -EBADMSG : (int)n;
	line[n] = '\0';
	return strlen(line) == (size_t)n ? usb_record_parse(line, ret) : -EBADMSG;
}

int usb_record_remove(const struct host *host, const char *port)
{
	int directory CLOSE_FD = open_directory(host, false);

	if (directory < 0)
		return directory == -ENOENT ? 0 : directory;
	return unlinkat(directory, port, 0) < 0 && errno != ENOENT ? -errno : 0;
}

void usb_records_remove(const struct host *host, const char *uuid)
{
	int directory CLOSE_FD = open_directory(host, false);
	struct usb_record record;
	struct dirent *entry;
	DIR *list;

	if (directory < 0 || beneath_list(directory, ".", &list) < 0)
		return;
	while ((entry = readdir(list))) {
		if (usb_is_port(entry->d_name) && usb_record_get(host, entry->d_name, &record) == 0 &&
			strcmp(record.uuid, uuid) == 0)
			(void)usb_record_remove(host, entry->d_name);
	}
	closedir(list);
}
