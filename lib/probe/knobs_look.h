/* SPDX-License-Identifier: GPL-2.0-or-later */
/* probe: the parts of knobs_probe(), for the files of that name alone. */
#pragma once

#include <stdbool.h>

#include "probe/groups.h"
#include "probe/knobs.h"

/* Of one question to the manager. After the first that it does not answer it is not asked again. */
#define MANAGER_DEADLINE_MS 5000

struct knobs_look {
	const struct host *host;
	const struct claims *claims;
	struct knobs *knobs;
	struct notes *notes;
	struct refusal *refusal;
	struct cpuset online;
	bool isolates;       /* a claim does */
	bool whole;          /* there are no CPUs but those that are online */
	unsigned int known;  /* bits of the kinds that the ledger knows a knob of */
	unsigned int n_full; /* knobs that there is no room for */
	struct groups *groups;
	/* What a control group leaves to its threads, of the one that was asked about last; "" for none. */
	char asked[KNOB_KEY_SIZE];
	struct cpuset left;
};

/* Whether a kind is of interest. */
bool knobs_look_wants(const struct knobs_look *look, enum knob_kind kind);

/* Sees one; NULL, and it is counted, when there is no room for it. */
struct knob *knobs_look_cpus(
	struct knobs_look *look, enum knob_kind kind, const char *key, const struct cpuset *current);
struct knob *knobs_look_word(struct knobs_look *look, enum knob_kind kind, const char *key, const char *current);

/* Of more CPUs than any set has: the kernel writes as many words as it could have CPUs. */
#define MASK_TEXT_SIZE 4096

/* Each sees its knobs. Those that return a value return 0, or -ECANCELED with the refusal filled. */
void knobs_look_interrupts(struct knobs_look *look);
int knobs_look_units(struct knobs_look *look);
void knobs_look_threads(struct knobs_look *look);
void knobs_look_power(struct knobs_look *look);

/* ---- threads ---- */

/* Sees a thread. start: of /proc/TID/stat. Returns it, or NULL when it has gone, or was not seen. */
struct knob *thread_see(struct knobs_look *look, pid_t tid, uint64_t start, const struct cpuset *cpus);

/*
 * Sees the threads of user space that have CPUs of their own, as frail ones: a kernel before 6.2 takes these from them
 * when control groups are narrowed or widened.
 */
void tasks_look(struct knobs_look *look);

/* Calls a function with each process of /proc. */
int processes_each(struct knobs_look *look, void (*visit)(struct knobs_look *look, pid_t pid));
