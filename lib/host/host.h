/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host: the only code that opens a path. A host is a set of root descriptors, of / or of a recorded tree, and
 * everything is resolved beneath them (openat2(2), RESOLVE_BENEATH). What changes the kernel goes through one table
 * of operations, so that tests can put a fake kernel there.
 *
 * Calling sequence: host_open(), anything, host_close().
 */
#pragma once

#include <dirent.h>
#include <stddef.h>
#include <sys/types.h>

struct host;
struct manager;

/* What a handover asks of the kernel. Each returns ≥ 0, or -errno. */
struct kernel {
	/* Writes a whole value to an attribute; path is relative to /sys. Blocks as long as the driver does. */
	int (*write)(const struct host *host, const char *path, const char *value);
	/* Loads a module, with what it depends on. Blocks for MODULE_DEADLINE_MS at most. */
	int (*load_module)(const struct host *host, const char *module);
	/* 1 when a process has the VFIO group open, 0 when none has. */
	int (*group_is_open)(const struct host *host, int group);
};

/* Writes, loads and asks for real. */
extern const struct kernel kernel_real;

/* Refuses every change with -EROFS: a recorded tree is only read. */
extern const struct kernel kernel_recorded;

#define MODULE_DEADLINE_MS 30000

struct host {
	int sys, proc, dev, run; /* O_PATH directories, or -1 where the tree has none */
	const struct kernel *kernel;
	void *kernel_data;             /* the table's own */
	const struct manager *manager; /* see host/manager.h */
};

/*
 * Opens the host below sysroot, or the running one for NULL. A sysroot is only ever read. Returns 0, or -errno when
 * there is no sys in it. host_close() takes a host whose opening failed, too.
 */
int host_open(const char *sysroot, struct host *ret);
void host_close(struct host *host);

/* Opens a file for reading that the person who runs the program names, as that person. Returns the descriptor, -errno.
 */
int named_open(const char *path);

/*
 * Opens path beneath the directory: never above it, never through magic links. Symlinks that stay beneath are
 * followed (sysfs needs them). flags as for open(2), O_CLOEXEC is added. Returns the descriptor, or -errno.
 */
int beneath_open(int directory, const char *path, int flags, mode_t mode);

/*
 * Reads an attribute beneath the directory, without its newline. Returns its length, -ENOENT when there is none,
 * -E2BIG when it does not fit (the buffer is then empty), -errno.
 */
ssize_t attribute_read(int directory, const char *path, char *buffer, size_t size);

/* The last component of a symlink directly in the directory. Returns its length, or as attribute_read(). */
ssize_t attribute_link_name(int directory, const char *name, char *buffer, size_t size);

/*
 * A directory to list with readdir(3), beneath the given one. Returns 0 and *ret, which closedir(3) closes, or -errno.
 */
int beneath_list(int directory, const char *path, DIR **ret);
