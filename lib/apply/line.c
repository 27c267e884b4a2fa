// SPDX-License-Identifier: GPL-2.0-or-later
#include "apply/line.h"

#include <errno.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/fd.h"

/* Half a line would join the next one, and neither could be read. */
int line_append(int fd, const char *line, size_t length)
{
	off_t end = lseek(fd, 0, SEEK_END);
	int r = end < 0 ? -errno : fd_write_all(fd, line, length);

	if (r < 0 && end >= 0 && ftruncate(fd, end) < 0)
		return -errno;
	return r;
}

int line_drop_half(int fd)
{
	char tail[LINE_MAX_APPENDED];
	off_t end = lseek(fd, 0, SEEK_END);
	ssize_t n;

	if (end < 0)
		return -errno;
	n = end < (off_t)sizeof(tail) ? (ssize_t)end : (ssize_t)sizeof(tail);
	n = pread(fd, tail, (size_t)n, end - n);
	if (n < 0)
		return -errno;
	for (; n > 0 && tail[n - 1] != '\n'; n--)
		end--;
	return ftruncate(fd, end) < 0 ? -errno : 0;
}
