/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host: files that outlive a loss of power. Each change is whole or not there at all, and on the disk when the function
 * returns: another file takes the place of the old one (rename(2)), and both it and its directory are synced. A process
 * that ends in between leaves at most that other file, which durable_tidy() removes.
 */
#pragma once

#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

/* Who may do what with a file. */
struct durable_owner {
	mode_t mode;
	uid_t uid;
	gid_t gid;
};

/*
 * Reads a whole regular file beneath the directory, and whose it is. Returns its length; -ENOENT; -E2BIG; -ELOOP for a
 * symlink, -EMLINK for a file that has other names, -EINVAL for anything else: those are not to be replaced.
 */
ssize_t durable_read(int directory, const char *path, char *buffer, size_t size, struct durable_owner *ret);

/* Writes a file, whatever was there. Its directory has to be there. Returns 0, or -errno. */
int durable_write(int directory, const char *path, const char *bytes, size_t size, const struct durable_owner *owner);

/* Removes one, which may be gone already, with what durable_tidy() removes. Returns 0, or -errno. */
int durable_remove(int directory, const char *path);

/* Makes a directory. Returns 0, -EEXIST, or -errno. */
int durable_make_directory(int directory, const char *path, mode_t mode);

/* Removes one, which may be gone already. Returns 0; -ENOTEMPTY; -errno. */
int durable_remove_directory(int directory, const char *path);

/* Removes what a durable_write() of that path left that did not come to its end. Returns 0, or -errno. */
int durable_tidy(int directory, const char *path);
