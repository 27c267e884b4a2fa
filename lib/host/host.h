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
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct cpuset;
struct host;
struct manager;

/* An answer of ours, apart from every errno that a driver may give: those end at -4095. */
#define KERNEL_STUCK (-5100)

/*
 * What a handover asks of the kernel. Each returns ≥ 0, or -errno. Those with a deadline, in ms, return KERNEL_STUCK
 * when it passes: what was asked has not returned, and whatever it locked stays locked until it does.
 */
struct kernel {
	/* Changes are about to be asked for. */
	int (*begin)(const struct host *host);
	/* The process that asks the kernel for us, 0 while there is none: as long as it lives after us, it is stuck. */
	pid_t (*writer)(const struct host *host);
	/* Writes a whole value to an attribute; path is relative to /sys. */
	int (*write)(const struct host *host, const char *path, const char *value, int deadline_ms);
	/* The same, of a file of /proc; path is relative to that. */
	int (*write_proc)(const struct host *host, const char *path, const char *value, int deadline_ms);
	/* Reads an attribute that a driver may keep waiting. Else as attribute_read(). */
	ssize_t (*read)(
		const struct host *host, int directory, const char *path, char *buffer, size_t size, int deadline_ms);
	/* Loads a module, with what it depends on. */
	int (*load_module)(const struct host *host, const char *module, int deadline_ms);
	/* The persistence mode of an NVIDIA GPU, an address, by the driver's own tool: 1 or 0; -ENOENT without it. */
	int (*get_persistence)(const struct host *host, const char *address, int deadline_ms);
	/* Sets it, likewise: "0" or "1". */
	int (*set_persistence)(const struct host *host, const char *address, const char *value, int deadline_ms);
	/*
	 * Calls a function that only reads, of processes that may keep it waiting. It may change the memory at its
	 * argument, and nothing else. Returns what it does; -ETIMEDOUT. See host/isolated.h.
	 */
	int (*look)(int (*function)(void *argument), void *argument, size_t size, int deadline_ms);
	/* 1 when a process has the VFIO group open, 0 when none has. */
	int (*group_is_open)(const struct host *host, int group);
	/* The virtual consoles that framebuffer /dev/fbN shows (FBIOGET_CON2FBMAP): bit 1 to 63 of *ret. Returns 0. */
	int (*framebuffer_consoles)(const struct host *host, unsigned int n, int deadline_ms, uint64_t *ret);
	/* Has framebuffer /dev/fbN show these from now on (FBIOPUT_CON2FBMAP), whatever showed them. Returns 0. */
	int (*framebuffer_show)(const struct host *host, unsigned int n, uint64_t consoles, int deadline_ms);
	/*
	 * 1 when somebody has the block device for himself alone: a mount, swap, md or dm, in whatever namespace; 0
	 * when nobody has. path is relative to /dev, and -ENOENT when the node there is none of that number.
	 */
	int (*block_is_claimed)(const struct host *host, const char *path, dev_t number, int deadline_ms);
	/*
	 * The CPUs that a thread may run on, those that are online (sched_getaffinity(2)). Returns 0; -ESRCH when it is
	 * gone; -ENOENT of a recorded tree, which does not tell.
	 */
	int (*get_affinity)(const struct host *host, pid_t tid, struct cpuset *ret);
	/*
	 * Sets them (sched_setaffinity(2)); of what is not online the kernel keeps nothing, but for threads of its own
	 * that no control group has, since 6.2. Returns 0; -ESRCH; -EINVAL
	 * when none of them is online, and for a thread that the kernel keeps where it is. Waits for no driver.
	 */
	int (*set_affinity)(const struct host *host, pid_t tid, const struct cpuset *cpus);
};

/* Writes, loads and asks for real. */
extern const struct kernel kernel_real;

/* Refuses every change with -EROFS: a recorded tree is only read. */
extern const struct kernel kernel_recorded;

struct host {
	int sys, proc, dev, run, etc, usr, lib, boot, efi, var; /* O_PATH directories, or -1 where the tree has none */
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

/* Whether there is anything at a path beneath the directory. */
bool beneath_has(int directory, const char *path);

/*
 * Reads an attribute beneath the directory, without its newline. Returns its length, -ENOENT when there is none,
 * -E2BIG when it does not fit (the buffer is then empty), -errno.
 */
ssize_t attribute_read(int directory, const char *path, char *buffer, size_t size);

/* Ends what was read of an attribute, length bytes or -errno, as attribute_read() does. Returns what that returns. */
ssize_t attribute_end(char *buffer, ssize_t length);

/*
 * Whether an answer about a device says that the device, or the part of it, has gone: what is opened then is not there,
 * and what was open before answers no more.
 */
bool attribute_is_gone(ssize_t r);

/* The last component of a symlink directly in the directory. Returns its length, or as attribute_read(). */
ssize_t attribute_link_name(int directory, const char *name, char *buffer, size_t size);

/*
 * A directory to list with readdir(3), beneath the given one. Returns 0 and *ret, which closedir(3) closes, or -errno.
 */
int beneath_list(int directory, const char *path, DIR **ret);
