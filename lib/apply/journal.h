/* SPDX-License-Identifier: GPL-2.0-or-later */
/* clang-format off */
/*
 * apply: the journal of one handover, /run/gpu-handoff/OWNER.journal, and of a function that its driver has not let go
 * of, /run/gpu-handoff/poisoned/ADDRESS.journal. Text, a fact a line, appended before the change
 * that it tells of is made: whatever ends the process, the journal names at least everything that was changed.
 *
 *	gpu-handoff 1
 *	domain 4dea22b3-1d52-d8f3-2516-782e98ab3fa0 gpuvm	or: detached 0000:01:00.0; or: poisoned 0000:01:00.0 gpuvm
 *	daemon 812 2214						the libvirt daemon that will call release, if one called; or: command,
 *								which 'gpu-handoff run' has started for it
 *	taken 0000:01:00.0 14 named 4711			or: forgotten; IOMMU group, identity where it is told
 *	claim 4-7 isolated performance 1 /machine		or: shared; governor, nodes of its memory, and libvirt's partition
 *								for it; - for none
 *	needs node1/hugepages/hugepages-2048kB 512 64		so many huge pages, those that were there included;
 *								and how many the host has of its own
 *	writer 951 3327						who asks the kernel from here on
 *	change bind 0000:01:00.0 - vfio-pci			kind, function, old, new
 *	held							all of it was done
 *	started							and libvirt said that the domain runs
 *	vanished 0000:01:00.1					whatever is at that address from here on, this is not about it
 *	returning						and is being undone
 *	begun unbind 0000:01:00.0				a step of that; of a poisoned function, what has not returned
 *
 * Values are percent-encoded where they are not plain; "-" is none. A last line without its newline never happened.
 *
 * Calling sequence: journal_create(), journal_append() before each step, journal_mark(), and journal_remove() once
 * all is undone; or journal_read() and what it says. All under the lock.
 */
/* clang-format on */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "apply/event.h"
#include "model/domain.h"
#include "model/refusal.h"
#include "plan/plan.h"

/* A uuid or an address. */
#define JOURNAL_OWNER_SIZE DOMAIN_UUID_SIZE

/* A journal of a full plan fits. */
#define JOURNAL_SIZE_MAX (4096u * 1024)

enum journal_state {
	JOURNAL_TAKING, /* begun, not finished: a crash, or at work under the lock */
	JOURNAL_HELD,
	JOURNAL_RETURNING,
};

enum journal_kind {
	JOURNAL_DOMAIN,
	JOURNAL_DETACHED, /* by a person: theirs until they reattach it */
	JOURNAL_POISONED, /* a function that a driver has not let go of, with the steps that were begun of it */
};

struct journal {
	char owner[JOURNAL_OWNER_SIZE];
	enum journal_kind kind;
	char name[DOMAIN_NAME_SIZE]; /* of the domain; a stranger's text */
	pid_t daemon;                /* who stands behind it; 0 for none */
	uint64_t daemon_start;       /* of /proc/PID/stat: tells a process from a later one of the same pid */
	bool is_command;             /* that is no libvirt daemon, but what the functions were taken for */
	enum journal_state state;
	bool started; /* the domain runs: it has taken what it needs of the huge pages */
	pid_t writer; /* who asked the kernel; 0 for none. What it was asked last has not returned while it lives */
	uint64_t writer_start;
	struct plan plan; /* what was taken, and the steps begun */
	bool has_last;    /* the step that was begun last, of those or of their undo */
	struct step last; /* its kind and its target */
	time_t changed;   /* when the file was last written */
};

/* What people call its owner: the domain's name, a stranger's text, or an address. */
const char *journal_owner_name(const struct journal *journal);

/* The same with the domain's uuid, where it is a domain's. */
struct event_owner journal_owner(const struct journal *journal);

/*
 * Reads the text of a journal. A text that ends early is one of a process that ended early. Returns 0, or -EBADMSG
 * when it is no journal of this version, and *ret is then undefined. Pure.
 */
int journal_parse(const char *text, size_t size, struct journal *ret);

/* What the line `vanished` says: the function is no longer taken, and its steps are nobody's to undo. */
void journal_forget(struct journal *journal, struct address address);

/* Makes the file and writes what is known before the first step. Returns a descriptor to append to; -EEXIST; -errno. */
int journal_create(int runtime, const struct journal *journal);

/* Appends a step that is about to be done. Returns 0, or -errno: then it must not be done. */
int journal_append(int fd, const struct step *step);

/* Appends who asks the kernel from now on; that a step of the undo is about to be done. Return 0, or -errno. */
int journal_append_writer(int fd, const struct journal *journal);
int journal_append_begun(int fd, const struct step *step);

/* Appends that a function of it has vanished: see journal_forget(). Returns 0, or -errno. */
int journal_append_vanished(int fd, struct address address);

/* Writes a journal with all its steps, over one that is there, or leaves that as it is. Returns 0, or -errno. */
int journal_replace(int runtime, const struct journal *journal);

/* Appends that all is held, or is being returned. Returns 0, or -errno. */
int journal_mark(int fd, enum journal_state state);

/*
 * Reads the journal of an owner; the buffer, of JOURNAL_SIZE_MAX, is scratch. Returns 0, -ENOENT when there is none,
 * -EBADMSG, -EPERM when it is not ours.
 */
int journal_read(int runtime, const char *owner, char *buffer, struct journal *ret);

/* The refusal when one cannot be read: r is what journal_read() returned. Returns -ECANCELED. */
int journal_refuse(const char *owner, int r, struct refusal *refusal);

/* Opens it again to append. Returns a descriptor, or -errno. */
int journal_open(int runtime, const char *owner);

/*
 * Appends to a held journal that it is being returned, for one who does not hold the lock: one append, which hurts
 * nobody who does. Fails silently; journal_mark() under the lock says the same.
 */
void journal_disown(int runtime, const char *owner);

/* Likewise, that its domain runs. */
void journal_start(int runtime, const char *owner);

int journal_remove(int runtime, const char *owner);

/* Calls visit with the owner of every journal, until one returns < 0, which is then returned. */
int journal_for_each(int runtime, int (*visit)(const char *owner, void *data), void *data);
