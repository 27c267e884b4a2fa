// SPDX-License-Identifier: GPL-2.0-or-later
#include "apply/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>

#include "base/clock.h"
#include "base/fd.h"
#include "host/runtime.h"

static int try_lock(void *data)
{
	if (flock(*(int *)data, LOCK_EX | LOCK_NB) == 0)
		return 1;
	return errno == EWOULDBLOCK || errno == EINTR ? 0 : -errno;
}

int lock_acquire(int directory, int deadline_ms)
{
	int fd CLOSE_FD = runtime_file_open(directory, "lock", O_RDWR | O_CREAT);
	int r;

	if (fd < 0)
		return fd;
	r = clock_await(try_lock, &fd, deadline_ms);
	if (r < 0)
		return r;
	return r ? TAKE_FD(fd) : -ETIMEDOUT;
}
