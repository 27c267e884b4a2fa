// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/fd.h"

#include <errno.h>
#include <unistd.h>

void fd_close(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
	errno = saved;
}

ssize_t fd_read_all(int fd, char *buffer, size_t size)
{
	size_t have = 0;
	char more;

	for (;;) {
		/* Full: one byte more tells a file that just fits from one that is too large. */
		ssize_t n = have < size ? read(fd, buffer + have, size - have) : read(fd, &more, 1);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return (ssize_t)have;
		if (have == size)
			return -E2BIG;
		have += (size_t)n;
	}
}

int fd_write_all(int fd, const char *buffer, size_t size)
{
	while (size > 0) {
		ssize_t n = write(fd, buffer, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		buffer += n;
		size -= (size_t)n;
	}
	return 0;
}
