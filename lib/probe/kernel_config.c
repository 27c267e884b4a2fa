// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/kernel_config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "base/fd.h"
#include "base/text.h"

/* 300 KiB, and a fifth of that with gzip. */
#define CONFIG_SIZE_MAX (2u * 1024 * 1024)
#define LINE_SIZE       256

/* zlib's own flag, in its window's size: what comes has the header of gzip. */
#define GZIP 16

int kernel_release(const struct host *host, char *ret, size_t size)
{
	return (int)attribute_read(host->proc, "sys/kernel/osrelease", ret, size);
}

/* Unpacks into the buffer of CONFIG_SIZE_MAX. Returns the length, or -EBADMSG. */
static ssize_t unpack(Bytef *packed, size_t size, Bytef *buffer)
{
	z_stream stream = { 0 };
	int r;

	stream.next_in = packed;
	stream.avail_in = (uInt)size;
	stream.next_out = buffer;
	stream.avail_out = CONFIG_SIZE_MAX - 1;
	if (inflateInit2(&stream, MAX_WBITS + GZIP) != Z_OK)
		return -ENOMEM;
	r = inflate(&stream, Z_FINISH);
	(void)inflateEnd(&stream);
	return r == Z_STREAM_END ? (ssize_t)(CONFIG_SIZE_MAX - 1 - stream.avail_out) : -EBADMSG;
}

static ssize_t read_packed(const struct host *host, char *buffer)
{
	int fd CLOSE_FD = beneath_open(host->proc, "config.gz", O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
	char *packed;
	ssize_t n;

	if (fd < 0)
		return fd;
	packed = malloc(CONFIG_SIZE_MAX);
	if (!packed)
		return -ENOMEM;
	n = fd_read_all(fd, packed, CONFIG_SIZE_MAX);
	if (n >= 0)
		n = unpack((Bytef *)packed, (size_t)n, (Bytef *)buffer);
	free(packed);
	return n;
}

int kernel_config_probe(const struct host *host, const char *release, char **ret)
{
	char boot[sizeof("config-") + KERNEL_RELEASE_SIZE];
	char modules[sizeof("lib/modules//config") + KERNEL_RELEASE_SIZE];
	char *buffer = malloc(CONFIG_SIZE_MAX);
	ssize_t n;

	if (!buffer)
		return -ENOMEM;
	(void)snprintf(boot, sizeof(boot), "config-%s", release);
	(void)snprintf(modules, sizeof(modules), "lib/modules/%s/config", release);
	n = attribute_read(host->boot, boot, buffer, CONFIG_SIZE_MAX);
	if (n == -ENOENT)
		n = attribute_read(host->usr, modules, buffer, CONFIG_SIZE_MAX);
	if (n == -ENOENT)
		n = read_packed(host, buffer);
	if (n < 0) {
		free(buffer);
		return (int)n;
	}
	buffer[n] = '\0';
	*ret = buffer;
	return 0;
}

bool kernel_config_has(const char *config, const char *option)
{
	size_t length = strlen(option);
	char line[LINE_SIZE];

	while (text_take_line(&config, line, sizeof(line))) {
		if (strncmp(line, option, length) == 0 && strcmp(line + length, "=y") == 0)
			return true;
	}
	return false;
}
