/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests: a recorded machine that runs: its tree in a scratch directory, the fake kernel in it, and a handover on it
 * whose notes are kept.
 *
 * Calling sequence: machine_start(), anything, machine_stop(). It is large: keep it static.
 */
#pragma once

#include "apply/handover.h"
#include "tests/support/fake_kernel.h"
#include "tests/support/fake_manager.h"
#include "tests/support/scratch.h"

/* How it is set up. */
enum {
	MACHINE_DRESSED = 1 << 0, /* record_dress() */
	MACHINE_SMALL = 1 << 1,   /* only display functions, who shares their slots and groups, and what is above */
	MACHINE_LOADED = 1 << 2,  /* vfio-pci is there */
};

#define MACHINE_CARDS_MAX 64

struct machine {
	struct scratch scratch;
	struct host host;
	struct fake_kernel kernel;
	struct fake_manager manager;
	struct observer observer;
	struct handover *handover;
	struct refusal refusal; /* of the last call */
	char notes[8192];       /* a line each, "owner: sentence"; without steps, beginnings and sums */
	unsigned int n_failed;  /* steps that failed, by the observer */
	/* A test's own, that hears of each event; NULL for none. */
	void (*listen)(const struct event *event);

	/* A domain for each of its cards, with all the card's functions. */
	unsigned int n_cards;
	struct domain cards[MACHINE_CARDS_MAX];
};

/* record: NULL for a host without a device. */
void machine_start(struct machine *machine, const char *record, unsigned int how);
void machine_stop(struct machine *machine);

/* The tree of sysfs as text (support/snapshot.h). */
char *machine_snapshot(const struct machine *machine);

/* Whether /run/gpu-handoff holds nothing but the lock. */
bool machine_is_clean(const struct machine *machine);

/* The text of the journal of an owner, which the caller frees; NULL when there is none. */
char *machine_journal(const struct machine *machine, const char *owner);

/* Whether every hostdev is bound to the driver. */
bool machine_has(const struct machine *machine, const struct domain *domain, const char *driver);

/* A domain of that name with these hostdevs, addresses that end with NULL. Its uuid ends with the number. */
struct domain machine_domain(const char *name, unsigned int number, const char *const addresses[]);

/* Puts /proc/PID/stat of a process with a name there. */
void machine_put_process(const struct machine *machine, int pid, const char *name, unsigned long long start);

/*
 * Gives a function a device of a subsystem, at a path below it: sound/card0/controlC0. number is that of a real node,
 * which a process can have open: 1:3 of /dev/null, 1:5 of /dev/zero.
 */
void machine_put_node(const struct machine *machine, const char *address, const char *path, const char *subsystem,
	const char *number);
