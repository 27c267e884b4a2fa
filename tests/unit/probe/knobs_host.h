/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests: a host for knobs_probe(), made of files, whose threads and units have the CPUs that a table says. */
#pragma once

#include "host/host.h"
#include "host/manager.h"
#include "model/claim.h"
#include "model/knob.h"
#include "model/notes.h"
#include "model/refusal.h"
#include "tests/support/scratch.h"

struct knobs_host {
	struct scratch scratch;
	struct host host;
	struct kernel kernel;
	struct manager manager;
	struct knobs knobs;
	struct claims claims;
	struct notes notes;
	struct refusal refusal;
	unsigned int n_asked; /* questions to the manager */
};

/* The only one. */
extern struct knobs_host it;

/* Eight CPUs, the unified hierarchy, and nothing else. */
void knobs_host_setup(void);
void knobs_host_teardown(void);

/* A claim, which isolates, or which wants a governor, or both. Returns its index. */
int put_claim(const char *name, const char *cpus, bool isolate, const char *governor);

/* A file below the root of the host; a set of CPUs there. */
#define put(path, ...) put_text(it.scratch.fd, path, __VA_ARGS__)

/* The group and its file cpuset.cpus, without one for NULL; what is in it, and in those above, can be bound as well. */
void put_group(const char *path, const char *cpus);

/* AllowedCPUs of a unit; or, for an errno below zero, what the manager answers. */
void put_unit(const char *unit, const char *allowed, int error);

/* A thread of that name, with its flags, CPUs ("" for one that is gone) and control group; its leader for its own. */
void put_thread(int leader, int tid, const char *name, unsigned int flags, const char *cpus, const char *group);

/* A VM that runs, in a scope of that path. */
void put_vm(const char *name, int pid, const char *scope);

/* A knob that the ledger knows. */
struct knob *put_known(enum knob_kind kind, const char *key, const char *base, const char *want);

/* Looks, and ends the test when the result is another. */
void probe(int expected);

/*
 * The keys of a kind that are seen, with their values, and what they are exempt of, in order of their keys:
 * "machine.slice=-!all machine.slice/x.scope=-!0 user.slice=0-3".
 */
const char *seen(enum knob_kind kind);

/* The needs likewise. */
const char *needs(void);

/* Whether a note has the words. */
bool is_noted(const char *words);
