/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host: a child process that does what may never return. A driver that waits for its users in remove() ignores every
 * signal, and even SIGKILL only makes it spin, so nobody but this child asks anything of a device that can be kept
 * waiting. It has a session and a control group of its own, /dev/null for its three streams, and no descriptor but
 * its socket, the file that a request brings, and a connection of its own to the bus: whoever waits for our exit does
 * not wait for it.
 *
 * One child serves all requests of a process, one after the other. When a deadline passes it is left behind, and the
 * next request starts another one. It ends when its socket is closed and what it was asked has returned.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "host/host.h"
#include "model/cpuset.h"

/* The longest value that can be written, a set of CPUs as a list, and the longest that can be read, with its end. */
#define WATCHED_VALUE_SIZE CPUSET_TEXT_SIZE
#define WATCHED_READ_SIZE  4096

/* A holder may close the device while its driver waits: drivers before 595 then go on. */
#define WATCHED_GRACE_MS 2000

/* Starts the child, in a scope of systemd's where there is one, for changes that follow. Returns 0, or -errno. */
int watched_begin(const struct host *host);

/* The child that serves now, 0 when there is none. */
pid_t watched_pid(void);

/*
 * Writes the value to the open file, in one write. Where blocked, an address, is not NULL, the kernel's log is looked
 * at (kmsg, of kmsg_open(); -1 when it cannot be read): a message that its driver waits for its users shortens the wait
 * to WATCHED_GRACE_MS. Returns 0, KERNEL_STUCK, or -errno.
 */
int watched_write(const struct host *host, int fd, const char *value, int deadline_ms, int kmsg, const char *blocked);

/* Reads the file to its end, which comes within WATCHED_READ_SIZE. Returns its length, KERNEL_STUCK, -E2BIG, -errno. */
ssize_t watched_read(const struct host *host, int fd, char *buffer, size_t size, int deadline_ms);

/*
 * Runs a program: its whole path, then arguments, then NULL. The beginning of what it prints on stdout goes to output,
 * a string; both NULL and 0 where nobody wants it. Returns its exit status, KERNEL_STUCK, or -errno.
 */
int watched_run(const struct host *host, const char *const arguments[], char *output, size_t size, int deadline_ms);

/*
 * What is asked of an open device node, by a child because opening one may wait as well. A node is taken only where it
 * is of the number that it should have; -ENOENT else. See framebuffer_consoles, framebuffer_show and block_is_claimed
 * in host.h; the last returns -EBUSY for a device that is claimed.
 */
int watched_consoles(const struct host *host, unsigned int framebuffer, int deadline_ms, uint64_t *ret);
int watched_show(const struct host *host, unsigned int framebuffer, uint64_t consoles, int deadline_ms);
int watched_claim(const struct host *host, const char *path, dev_t number, int deadline_ms);

/* The functions of struct manager (host/manager.h). */
enum watched_manage {
	MANAGE_STOP_UNIT,
	MANAGE_START_UNIT,
	MANAGE_RELOAD_UNIT,
	MANAGE_UNIT_IS_ACTIVE,
	MANAGE_GET_UNIT_CHANGE,
	MANAGE_END_SESSION,
	MANAGE_END_SESSIONS_OF, /* of a uid in decimal */
	MANAGE_GET_ALLOWED_CPUS,
	MANAGE_SET_ALLOWED_CPUS,
	MANAGE_RELOAD,
	MANAGE_START_BOUND, /* unit, description, what it is bound to, then the command */
	MANAGE_START_SCOPE, /* unit, description, slice; of the process with that pid */
	MANAGE_GET_BANNED_CPUS,
	MANAGE_SET_BANNED_CPUS,
};

/* What they take, or tell, that is no word. */
struct watched_fact {
	pid_t pid;
	uint64_t time_us;
	struct cpuset cpus;
};

/* As many words can be sent. */
#define WATCHED_WORDS_MAX 32

/*
 * Calls one for us: libsystemd allocates, and who is in the middle of a handover does not. words, up to a NULL, and
 * told are what it takes; told and ret may be NULL where there is nothing. Returns as that does; -EINVAL when the words
 * are too long.
 */
int watched_manage(const struct host *host, enum watched_manage manage, const char *const words[],
	const struct watched_fact *told, struct watched_fact *ret, int deadline_ms);
