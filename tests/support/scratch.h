/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests: a directory of its own for each test, below $TMPDIR, so that tests can run side by side; and files in it. */
#pragma once

#include <stddef.h>

struct scratch {
	char path[256];
	int fd; /* O_PATH */
};

/* Makes the directory; ends the test when it cannot. scratch_remove() takes it away with all that is in it. */
void scratch_make(struct scratch *scratch);
void scratch_remove(struct scratch *scratch);

/* Beneath a directory, with the directories on the way. All of them end the test when they fail. */
void put_directory(int root, const char *path);
void put_bytes(int root, const char *path, const void *bytes, size_t size);
__attribute__((format(printf, 3, 4))) void put_text(int root, const char *path, const char *format, ...);

/* A symlink at path, relative as the kernel writes them, to target, which is beneath the root as well. */
void put_link(int root, const char *path, const char *target);

/* Reads a whole file as a string; the caller frees it. NULL when it is not there. */
char *get_text(int root, const char *path);

/* Removes a file or a whole directory. One that is not there is removed already. */
void remove_all(int root, const char *path);
