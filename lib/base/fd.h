/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * base: file descriptors. Closing by scope, handing over by name, reading and writing to the end.
 * Nothing here opens a path: only the host layer does.
 */
#pragma once

#include <stddef.h>
#include <sys/types.h>

/* Closes *fd if it is not negative. errno is kept. For CLOSE_FD. */
void fd_close(int *fd);

/* int fd CLOSE_FD = open(…): closed when it goes out of scope. */
#define CLOSE_FD __attribute__((cleanup(fd_close)))

/* Hands the descriptor to the caller: what closes by scope then closes nothing. */
#define TAKE_FD(fd)                                                                                                    \
	({                                                                                                             \
		int *fd_taken_ = &(fd), fd_value_ = *fd_taken_;                                                        \
		*fd_taken_ = -1;                                                                                       \
		fd_value_;                                                                                             \
	})

/*
 * Reads until the end of the file into the caller's buffer. Returns the bytes read; -E2BIG when the file holds more
 * than size bytes (the buffer then holds its first size bytes), -errno when a read fails.
 */
ssize_t fd_read_all(int fd, char *buffer, size_t size);

/* Writes all of it. Returns 0, or -errno; how much of it was written is then unknown. */
int fd_write_all(int fd, const char *buffer, size_t size);
