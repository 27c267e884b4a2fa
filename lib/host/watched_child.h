/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host: the watched child's side: what it is asked, and the loop that answers. watched.h is for everybody else. */
#pragma once

#include <stdbool.h>

#include "host/watched.h"

enum watched_kind {
	WATCHED_WRITE,    /* value, to the file that comes with it */
	WATCHED_READ,     /* that file */
	WATCHED_RUN,      /* value: the arguments, each with its end */
	WATCHED_CONSOLES, /* of the framebuffer value, a path below the directory that comes with it */
	WATCHED_SHOW,     /* on that framebuffer: these consoles */
	WATCHED_CLAIM,    /* of the block device value, likewise */
	WATCHED_MANAGE,   /* of the manager: a function of struct manager; value: its words, each with its end */
};

/* The number of framebuffers (Documentation/admin-guide/devices.rst), and how many consoles there can be:
 * MAX_NR_CONSOLES. */
#define FRAMEBUFFER_MAJOR 29
#define CONSOLE_MAX       63

/* A message of its own each, over a SOCK_SEQPACKET socket. */
struct watched_request {
	enum watched_kind kind;
	dev_t number;      /* of the device node */
	uint64_t consoles; /* for it to show: bit 1 to 63 */
	enum watched_manage manage;
	int deadline_ms;          /* of that function */
	struct watched_fact told; /* to it */
	size_t size;              /* of value: what is behind that is not sent */
	char value[WATCHED_VALUE_SIZE];
};

struct watched_answer {
	/* ≥ 0, or -errno; of a read, and of consoles, a uint64_t, the length of value. Of the manager: a fact. */
	ssize_t result;
	char value[WATCHED_READ_SIZE];
};

/* Serves until the socket is closed. host is the parent's: its root descriptors are used once, before they are closed.
 */
__attribute__((noreturn)) void watched_child_run(const struct host *host, int socket, bool scope);
