/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply: what the parts of a handover share. Nobody above apply includes this; handover.h is for them. */
#pragma once

#include <stdbool.h>

#include "apply/arrivals.h"
#include "apply/handover.h"
#include "apply/journal.h"
#include "base/text.h"
#include "model/knob.h"
#include "model/notes.h"
#include "model/occupancy.h"
#include "model/policy.h"
#include "model/pool.h"

struct handover {
	const struct host *host;
	const struct observer *observer;
	struct inventory inventory;
	struct occupancy occupancy;
	struct settings settings;
	struct journal journal;  /* of the owner that the call is about */
	struct journal other;    /* of another one, looked at on the way */
	struct journal poison;   /* of a function that is being poisoned, or may be */
	struct journal claimant; /* of another one, looked at for its claim */
	struct plan undo;
	struct arrivals arrivals; /* of that undo */
	struct pools pools;
	struct page_orders promised; /* to those who have not started yet */
	struct page_orders added;    /* by all of them, as count */
	struct knobs knobs;
	struct claims claims;
	struct cpuset online;
	struct notes notes;
	char why[STEP_SENTENCE_SIZE]; /* what of the last step failed, when it is one of many changes */
	uint64_t begun_us;            /* when what is being done has begun */
	unsigned int n_changes;       /* steps of it that were done */
	unsigned int n_turned;        /* knobs that were settled last */
	char buffer[JOURNAL_SIZE_MAX];
};

/*
 * Reads into handover->claims, ->promised and ->added what the journals but one, or NULL, have of CPUs and memory.
 * Returns 0, or -errno when one of them cannot be read.
 */
int context_gather(struct handover *handover, int runtime, const char *except);

/*
 * Reads what the domain may have of the host's CPUs and memory into the situation, as far as its policy asks for any.
 * Returns 0, or -ECANCELED with the refusal filled.
 */
int context_see_resources(struct handover *handover, int runtime, const struct domain *domain,
	struct situation *situation, struct refusal *refusal);

/* Says of each of the host's knobs in handover->knobs what it will be once the plan in handover->journal is done. */
void context_foresee(struct handover *handover);

/* Reads the host's shared knobs, over what the ledger says, for those claims. Returns 0, or -ECANCELED. */
int context_see(struct handover *handover, int runtime, struct refusal *refusal);

/*
 * Sets the host's shared knobs as the journals want it. Returns 0; 1 when there was nothing to do; STEP_STALE when
 * somebody else has changed some, which stay; else what failed, with the sentence in handover->why.
 */
int context_settle(struct handover *handover, int runtime, const struct journal *journal);

/* Tells the observer of an event of nobody's journal. */
void context_tell(struct handover *handover, const struct event *event);

/* Tells the observer, in a sentence, of what happens to a journal; to one function of it, or NULL. */
void context_say(struct handover *handover, enum event_kind kind, const struct journal *journal,
	const struct address *address, const char *sentence);

/* The same of anything that is worth knowing. */
void context_note(struct handover *handover, const struct journal *journal, const char *sentence);

/*
 * Tells the observer of a step that was tried, as step_execute() returned, since begin (clock_now_us()). Nothing to do
 * is nothing to tell.
 */
void context_tell_step(
	struct handover *handover, const struct journal *journal, const struct step *step, int r, uint64_t begin);

/* Something begins that a sum will be told of: its time, and its changes. */
void context_begin_sum(struct handover *handover);

/* Tells what is about to be taken, or returned: EVENT_TAKES, EVENT_RETURNS. */
void context_tell_intent(struct handover *handover, enum event_kind kind, const struct journal *journal);

/* Tells the sum: EVENT_TAKEN, EVENT_RETURNED, EVENT_RECOVERED. r: 1 when something was left alone. */
void context_tell_sum(struct handover *handover, enum event_kind kind, const struct journal *journal, int r);

/*
 * Carries out a step of a journal that is open at fd, and tells the observer. One whose device does not answer in its
 * time poisons that. Returns as step_execute().
 */
int context_execute(struct handover *handover, int runtime, struct journal *journal, int fd, const struct step *step);

/* Adds why the step failed that was carried out last, as step_describe_failure() does. */
void context_describe_failure(const struct handover *handover, struct text *text, const struct step *step, int r);

/* The refusal when /run/gpu-handoff cannot be used. Returns -ECANCELED. */
int context_refuse_state(struct refusal *refusal, int r);

/* Takes the lock, for an owner who is told when it has to wait. Returns 0 and *ret_lock, or -ECANCELED likewise. */
int context_lock(
	struct handover *handover, int runtime, struct event_owner owner, int *ret_lock, struct refusal *refusal);

/* Tells the observer that changes begin now: nothing is allocated from here on. */
void context_begin(struct handover *handover);

/*
 * Refuses when the journal of another than except holds a function of the plan in handover->journal. What a person
 * detached is free to use, unless detached_too says that it counts. Returns 0, or -ECANCELED with the refusal filled.
 */
int context_check_free(
	struct handover *handover, int runtime, const char *except, bool detached_too, struct refusal *refusal);

/*
 * Plans for the domain and carries the plan out, after others' leftovers are seen to. Under the lock; the head of
 * handover->journal is set. Returns as handover_take().
 */
int context_take(struct handover *handover, int runtime, const struct domain *domain, struct refusal *refusal);

/* 1 when nobody has any VFIO group of the journal open, 0 and the group when somebody has, or -errno. */
int context_groups_free(const struct host *host, const struct journal *journal, int *ret_open);

/*
 * Waits until nobody uses the function of a STEP_FREE, for its time at most. again: it follows another one at once,
 * whose look at the host serves it too. Returns 0, or -ECANCELED with the refusal filled.
 */
int context_await_free(struct handover *handover, const struct step *step, bool again, struct refusal *refusal);

/* What context_patiently() tries, under the lock. */
typedef int context_attempt(
	struct handover *handover, int runtime, const struct domain *domain, pid_t daemon, struct refusal *refusal);

/*
 * Tries under the lock; while the refusal is that somebody uses a function, it tries again, without the lock in
 * between, for as long as the policy waits. owner as for context_lock(). Returns what the last attempt returned.
 */
int context_patiently(struct handover *handover, struct event_owner owner, context_attempt *attempt,
	const struct domain *domain, pid_t daemon, struct refusal *refusal);

/*
 * Undoes the steps of a journal that is open at fd, all of them, whatever fails; those of a poisoned function are its
 * record's. Returns 0; 1 when something was left alone; KERNEL_STUCK when all that failed is a function that this has
 * poisoned; -errno of the first other failure; with the sentence of the first added to failure.
 */
int context_undo(struct handover *handover, int runtime, struct journal *journal, int fd, struct text *failure);

/*
 * Waits until udev has finished with the functions of handover->arrivals and all devices below them that have a number,
 * for 10 seconds at most: past them the observer is told. Waits for nothing where no udevd runs.
 */
void context_await_arrivals(struct handover *handover, const struct journal *journal);

/*
 * Has udev look again at those functions of the journal, and the VFIO devices below them, that the plan which was done
 * has given no driver: the state of a reserved one changes without an event. One that is poisoned is not asked.
 */
void context_announce(struct handover *handover, int runtime, const struct journal *journal, const struct plan *done);

/*
 * Who had a group gives its node back to root:root, as libvirt does, whatever udev's rules said of it. Where the group
 * is still there, as that of a reserved card is, udev is asked to say it again.
 */
void context_announce_groups(struct handover *handover, const struct journal *journal);

/* Whether another function has come to the address of one that was taken. */
bool context_is_replaced(const struct host *host, const struct taken *taken);

/* Forgets those of a journal that is open at fd, as handover_forget() does, should udev not have told of it in time. */
void context_forget_replaced(struct handover *handover, struct journal *journal, int fd);

/*
 * Undoes a journal that was read, once its groups are free, and closes it. Tells the sum as EVENT_RETURNED, or as
 * EVENT_RECOVERED, whose beginning the caller has told. Returns as handover_return().
 */
int context_give_back(struct handover *handover, int runtime, struct journal *journal, enum event_kind sum,
	int deadline_ms, struct refusal *refusal);

/*
 * Undoes every journal that nobody stands behind any more, and puts the host's shared knobs back when only the ledger
 * is left. Under the lock. told: the caller is recovery itself, wants to hear of those left alone as well, and sees to
 * the knobs while others have CPUs, too. Returns how much was undone, or -ECANCELED with the refusal of the first that
 * failed; the others were seen to all the same.
 */
int context_sweep(struct handover *handover, int runtime, bool told, struct refusal *refusal);
