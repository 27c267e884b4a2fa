// SPDX-License-Identifier: GPL-2.0-or-later
/* The real kernel, and the one of a recorded tree. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "host/affinity.h"
#include "host/host.h"
#include "host/isolated.h"
#include "host/kmsg.h"
#include "host/watched.h"

#define NVIDIA_SMI "/usr/bin/nvidia-smi"

static int real_begin(const struct host *host)
{
	return watched_begin(host);
}

static pid_t real_writer(const struct host *host)
{
	(void)host;
	return watched_pid();
}

static int real_write(const struct host *host, const char *path, const char *value, int deadline_ms)
{
	int fd CLOSE_FD = beneath_open(host->sys, path, O_WRONLY, 0), kmsg CLOSE_FD = -1;
	bool unbinding = strlen(path) > strlen("/unbind") && strcmp(strrchr(path, '/'), "/unbind") == 0;

	if (fd < 0)
		return fd;
	if (unbinding)
		kmsg = kmsg_open(host);
	return watched_write(host, fd, value, deadline_ms, kmsg, unbinding ? value : NULL);
}

static int real_write_proc(const struct host *host, const char *path, const char *value, int deadline_ms)
{
	int fd CLOSE_FD = beneath_open(host->proc, path, O_WRONLY, 0);

	return fd < 0 ? fd : watched_write(host, fd, value, deadline_ms, -1, NULL);
}

static ssize_t real_read(
	const struct host *host, int directory, const char *path, char *buffer, size_t size, int deadline_ms)
{
	int fd CLOSE_FD = beneath_open(directory, path, O_RDONLY | O_NOFOLLOW, 0);
	ssize_t n;

	buffer[0] = '\0';
	if (fd < 0)
		return fd;
	n = watched_read(host, fd, buffer, size - 1, deadline_ms);
	return attribute_end(buffer, n);
}

/* modprobe, as libvirt itself does: it knows the module's dependencies, blacklists and built-ins. */
static int real_load_module(const struct host *host, const char *module, int deadline_ms)
{
	int r = watched_run(host, (const char *[]){ "/sbin/modprobe", "-b", "--", module, NULL }, NULL, 0, deadline_ms);

	return r > 0 ? -ENOENT : r;
}

static int real_get_persistence(const struct host *host, const char *address, int deadline_ms)
{
	char answer[32];
	int r = watched_run(host,
		(const char *[]){
			NVIDIA_SMI, "-i", address, "--query-gpu=persistence_mode", "--format=csv,noheader", NULL },
		answer, sizeof(answer), deadline_ms);

	if (r != 0)
		return r < 0 ? r : -EIO;
	return strcmp(answer, "Enabled\n") == 0 ? 1 : strcmp(answer, "Disabled\n") == 0 ? 0 : -EBADMSG;
}

static int real_set_persistence(const struct host *host, const char *address, const char *value, int deadline_ms)
{
	int r = watched_run(
		host, (const char *[]){ NVIDIA_SMI, "-i", address, "-pm", value, NULL }, NULL, 0, deadline_ms);

	return r > 0 ? -EIO : r;
}

/*
 * A VFIO group can be opened once (drivers/vfio/group.c), so opening it tells, without a look at any process. Ask
 * only about a group that nobody is about to open.
 */
static int real_group_is_open(const struct host *host, int group)
{
	char path[sizeof("vfio/2147483647")];
	int fd CLOSE_FD = -1;

	(void)snprintf(path, sizeof(path), "vfio/%u", (unsigned int)group);
	fd = beneath_open(host->dev, path, O_RDWR, 0);
	if (fd == -EBUSY)
		return 1;
	/* A group that has just lost its last device is not open either. */
	return fd >= 0 || fd == -ENOENT || fd == -ENODEV || fd == -ENXIO ? 0 : fd;
}

static int real_framebuffer_consoles(const struct host *host, unsigned int n, int deadline_ms, uint64_t *ret)
{
	return watched_consoles(host, n, deadline_ms, ret);
}

static int real_framebuffer_show(const struct host *host, unsigned int n, uint64_t consoles, int deadline_ms)
{
	return watched_show(host, n, consoles, deadline_ms);
}

static int real_block_is_claimed(const struct host *host, const char *path, dev_t number, int deadline_ms)
{
	int r = watched_claim(host, path, number, deadline_ms);

	/* A drive without a disc, or what has just gone: nobody lives on it. */
	return r == -ENOMEDIUM || r == -ENXIO || r == -ENODEV ? 0 : r == -EBUSY ? 1 : r;
}

static int real_get_affinity(const struct host *host, pid_t tid, struct cpuset *ret)
{
	(void)host;
	return affinity_get(tid, ret);
}

static int real_set_affinity(const struct host *host, pid_t tid, const struct cpuset *cpus)
{
	(void)host;
	return affinity_set(tid, cpus);
}

const struct kernel kernel_real = {
	.begin = real_begin,
	.writer = real_writer,
	.write = real_write,
	.write_proc = real_write_proc,
	.read = real_read,
	.load_module = real_load_module,
	.get_persistence = real_get_persistence,
	.set_persistence = real_set_persistence,
	.look = isolated_call,
	.group_is_open = real_group_is_open,
	.framebuffer_consoles = real_framebuffer_consoles,
	.framebuffer_show = real_framebuffer_show,
	.block_is_claimed = real_block_is_claimed,
	.get_affinity = real_get_affinity,
	.set_affinity = real_set_affinity,
};

static int recorded_begin(const struct host *host)
{
	(void)host;
	return -EROFS;
}

static pid_t recorded_writer(const struct host *host)
{
	(void)host;
	return 0;
}

static int recorded_write(const struct host *host, const char *path, const char *value, int deadline_ms)
{
	(void)host;
	(void)path;
	(void)value;
	(void)deadline_ms;
	return -EROFS;
}

static ssize_t recorded_read(
	const struct host *host, int directory, const char *path, char *buffer, size_t size, int deadline_ms)
{
	(void)host;
	(void)deadline_ms;
	return attribute_read(directory, path, buffer, size);
}

static int recorded_load_module(const struct host *host, const char *module, int deadline_ms)
{
	(void)host;
	(void)module;
	(void)deadline_ms;
	return -EROFS;
}

static int recorded_get_persistence(const struct host *host, const char *address, int deadline_ms)
{
	(void)host;
	(void)address;
	(void)deadline_ms;
	return -ENOENT;
}

static int recorded_set_persistence(const struct host *host, const char *address, const char *value, int deadline_ms)
{
	(void)host;
	(void)address;
	(void)value;
	(void)deadline_ms;
	return -EROFS;
}

/* What is recorded waits for nobody. */
static int recorded_look(int (*function)(void *argument), void *argument, size_t size, int deadline_ms)
{
	(void)size;
	(void)deadline_ms;
	return function(argument);
}

static int recorded_group_is_open(const struct host *host, int group)
{
	(void)host;
	(void)group;
	return 0;
}

static int recorded_framebuffer_consoles(const struct host *host, unsigned int n, int deadline_ms, uint64_t *ret)
{
	(void)host;
	(void)n;
	(void)deadline_ms;
	*ret = 0;
	return 0;
}

static int recorded_framebuffer_show(const struct host *host, unsigned int n, uint64_t consoles, int deadline_ms)
{
	(void)host;
	(void)n;
	(void)consoles;
	(void)deadline_ms;
	return -EROFS;
}

static int recorded_block_is_claimed(const struct host *host, const char *path, dev_t number, int deadline_ms)
{
	(void)host;
	(void)path;
	(void)number;
	(void)deadline_ms;
	return 0;
}

static int recorded_get_affinity(const struct host *host, pid_t tid, struct cpuset *ret)
{
	(void)host;
	(void)tid;
	(void)ret;
	return -ENOENT;
}

static int recorded_set_affinity(const struct host *host, pid_t tid, const struct cpuset *cpus)
{
	(void)host;
	(void)tid;
	(void)cpus;
	return -EROFS;
}

const struct kernel kernel_recorded = {
	.begin = recorded_begin,
	.writer = recorded_writer,
	.write = recorded_write,
	.write_proc = recorded_write,
	.read = recorded_read,
	.load_module = recorded_load_module,
	.get_persistence = recorded_get_persistence,
	.set_persistence = recorded_set_persistence,
	.look = recorded_look,
	.group_is_open = recorded_group_is_open,
	.framebuffer_consoles = recorded_framebuffer_consoles,
	.framebuffer_show = recorded_framebuffer_show,
	.block_is_claimed = recorded_block_is_claimed,
	.get_affinity = recorded_get_affinity,
	.set_affinity = recorded_set_affinity,
};
