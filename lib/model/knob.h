/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model: knobs of the host that VMs share: what decides where the host's own work runs, and how fast its CPUs are. Each
 * has a value that it had before anybody of ours turned it (base), and one that follows from that and from the claims
 * of the VMs that run (plan/settle.h). Nothing is added and taken away again, so the order in which VMs come and go
 * does not matter, and without claims every knob is at its base. A set of them is large: keep it off the stack.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/cpuset.h"

/* In the order in which they are set, whether CPUs are taken or given back. */
enum knob_kind {
	KNOB_BALANCER,  /* CPUs that irqbalance leaves alone; key: "PID START" */
	KNOB_DEFAULT,   /* CPUs for new interrupts: /proc/irq/default_smp_affinity; key: "-" */
	KNOB_INTERRUPT, /* of one: /proc/irq/N/smp_affinity; key: "N ACTIONS", for N alone may be another one later */
	KNOB_WORKQUEUE, /* of unbound workqueues: devices/virtual/workqueue/cpumask; key: "-" */
	KNOB_ALLOWED,   /* AllowedCPUs of a systemd unit, empty: not set; key: its control group */
	KNOB_CPUSET,    /* cpuset.cpus of a control group, empty: not set, or not there; key: its path below the root */
	KNOB_DROPIN,    /* what there is of systemd's drop-in for that (DROPIN_); key: the unit's control group */
	KNOB_THREAD,    /* CPUs of a thread (sched_setaffinity(2)); key: "TID START" */
	KNOB_LATENCY,   /* power/pm_qos_resume_latency_us of a CPU; key: its number */
	KNOB_GOVERNOR,  /* scaling_governor of a cpufreq policy; key: its number */
	KNOB_PREFERENCE, /* energy_performance_preference of one, likewise */
	KNOB_KINDS_
};

#define KNOB_EXEMPT_ALL   (-2)
#define KNOB_EXEMPT_NEEDS (-3)

/* A control group's path is the longest. */
#define KNOB_KEY_SIZE  512
#define KNOB_WORD_SIZE 64

/* CPUs, or a word; the kind tells which. The rest is zero. */
union knob_value {
	struct cpuset cpus;
	char word[KNOB_WORD_SIZE];
};

/* Words of KNOB_DROPIN, of /run/systemd/system.control/UNIT.d/50-AllowedCPUs.conf, and for transient units likewise. */
#define DROPIN_NOTHING   "nothing"   /* systemd has no such directory for any unit */
#define DROPIN_ELSEWHERE "elsewhere" /* it has, and none for this unit */
#define DROPIN_DIRECTORY "directory" /* for this unit, without the file */
#define DROPIN_FILE      "file"

struct knob {
	enum knob_kind kind;
	char key[KNOB_KEY_SIZE]; /* may hold a stranger's text: names of interrupts and control groups */
	union knob_value base;   /* before any change of ours */
	union knob_value last;   /* before the last one */
	union knob_value want;   /* after it; or what it is to be now */
	bool known;              /* it is in the ledger: a change of ours was at least begun */
	bool seen;               /* it is on the host, and current is how */
	bool foreign;            /* somebody else has changed it since: theirs from now on */
	bool offline;            /* not seen, for its CPUs are there and offline: it comes back with them */
	bool hidden;             /* not seen, and not gone for sure: it stays in the ledger as it is */
	union knob_value current;
	bool driven; /* due with another one that it goes with (plan/settle.h): look again when it is its turn */
	bool kept;   /* kept in the ledger with it */
	bool frail;  /* of a thread: the kernel takes its CPUs from it when those of its control group change */
	struct cpuset about; /* of KNOB_LATENCY, _GOVERNOR and _PREFERENCE: the CPUs that it is about */
	/* Of the scope of a VM: the index of its claim, or, without one, KNOB_EXEMPT_NEEDS; of what leads to VMs, or
	 * may be one that is about to start, KNOB_EXEMPT_ALL; else -1. */
	int exempt;
};

/* What a control group needs: the CPUs that it, or one above it, is bound to, by others than us. */
struct knob_need {
	char group[KNOB_KEY_SIZE]; /* its path below the root */
	struct cpuset cpus;
};

#define KNOBS_MAX      16384
#define KNOB_NEEDS_MAX 2048
#define KNOB_WAYS_MAX  64

struct knobs {
	bool settled;       /* of the ledger: every want was reached, or seen to be out of reach */
	unsigned int blind; /* bits of kinds that could not be looked at: what is not seen of them may be there */
	unsigned int n_knobs;
	struct knob knobs[KNOBS_MAX];
	unsigned int n_needs;
	struct knob_need needs[KNOB_NEEDS_MAX];
	/* Control groups below the root that lead to VMs: what is made in one is one more knob. As many as fit. */
	unsigned int n_ways;
	char ways[KNOB_WAYS_MAX][KNOB_KEY_SIZE];
	uint16_t slots[2 * KNOBS_MAX]; /* by kind and key: an index plus one, 0 for none */
};

/* Empties it, whatever is in it; touches little of it. */
void knobs_clear(struct knobs *knobs);

/* The knob of that kind and key, or NULL. */
struct knob *knobs_find(struct knobs *knobs, enum knob_kind kind, const char *key);

/*
 * Adds one that is not there yet, all zero but for kind, key and exempt, or finds it. NULL when there is no room for
 * it, or for its key.
 */
struct knob *knobs_put(struct knobs *knobs, enum knob_kind kind, const char *key);

/*
 * Says how it is on the host: seen from now on, with current; one that is not known has it as base, last and want too.
 * Returns the knob, or NULL when there is no room, or when the key or the word does not fit.
 */
struct knob *knobs_see_cpus(struct knobs *knobs, enum knob_kind kind, const char *key, const struct cpuset *current);
struct knob *knobs_see_word(struct knobs *knobs, enum knob_kind kind, const char *key, const char *current);

/* balancer, default, interrupt, workqueue, allowed, cpuset, dropin, thread, latency, governor, preference */
const char *knob_kind_name(enum knob_kind kind);

/* The kind with that name. Returns 0, or -EINVAL. */
int knob_kind_parse(const char *name, enum knob_kind *ret);

/* Whether its values are words; else they are CPUs. */
bool knob_kind_has_words(enum knob_kind kind);

bool knob_same(enum knob_kind kind, const union knob_value *a, const union knob_value *b);
