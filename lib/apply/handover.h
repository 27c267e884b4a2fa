/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * apply: a whole handover: take the functions that a domain names, return them, put right what a crash left. Each
 * call takes the lock of the host, and ends with every change either held in a journal or undone.
 *
 * Calling sequence: handover_new(), any of the calls, handover_free(). What is needed is allocated by the first;
 * nothing is once a change has been made.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "apply/event.h"
#include "host/host.h"
#include "model/domain.h"
#include "model/inventory.h"
#include "model/refusal.h"
#include "plan/plan.h"

/* How long a return waits for QEMU to let go of the VFIO group. It has exited by then, so this is seldom waited for. */
#define RELEASE_DEADLINE_MS 10000

/* Tells a program what happens while it happens. Each function may be NULL. */
struct observer {
	/* Changes begin now: what the other one needs must be there. May be called more than once. */
	void (*begins)(void *data);
	/* The event is valid for the call. */
	void (*told)(void *data, const struct event *event);
	void *data;
};

struct handover;
struct journal;

/* Both must outlive it. Returns NULL without memory; handover_free() takes NULL. */
struct handover *handover_new(const struct host *host, const struct observer *observer);
void handover_free(struct handover *handover);

/* What a domain would have: pointers into the handover, valid until the next call. */
struct outlook {
	const struct inventory *inventory;
	const struct plan *plan;
	const struct knobs
		*knobs; /* the host's, of which those that are due (plan/settle.h) would be set; maybe none */
	const struct notes *notes;
};

/* The plan for a domain, and what it was made from, without a change. Returns 0, or -ECANCELED. */
int handover_plan(struct handover *handover, const struct domain *domain, struct outlook *ret, struct refusal *refusal);

/*
 * Takes the domain's hostdevs for it, and what its policy says of CPUs and memory, after what a crash left is put
 * right. daemon: the libvirt daemon that called, or 0. Returns 0; or -ECANCELED with the refusal filled and everything
 * as it was before, except for what the sentence names.
 */
int handover_take(struct handover *handover, const struct domain *domain, pid_t daemon, struct refusal *refusal);

/*
 * The same for a command that was started by 'gpu-handoff run', and waits for it: recovery leaves what was taken alone
 * while that process lives.
 */
int handover_take_for_command(
	struct handover *handover, const struct domain *domain, pid_t command, struct refusal *refusal);

/*
 * All functions of the card that an address, any function's, belongs to, as the hostdevs of a nameless domain; the
 * function alone where it is no card's. Returns 0, or -ECANCELED with the refusal filled.
 */
int handover_find_card(struct handover *handover, struct address address, struct domain *ret, struct refusal *refusal);

/* Takes them, as handover_take() does, for a person, until they are returned by handover_reattach(). */
int handover_detach(struct handover *handover, const struct domain *card, struct refusal *refusal);

/* Returns what handover_detach() took; the address may be any function's of it. Returns as handover_return(). */
int handover_reattach(struct handover *handover, struct address address, struct refusal *refusal);

/*
 * Returns everything that the journal of an owner, the uuid of a domain, names. Returns 0, also when there is no such
 * journal; 1 when something was left alone because somebody else had changed it; -ECANCELED with the refusal filled
 * when something could not be returned: the journal stays, and the call can be repeated.
 */
int handover_return(struct handover *handover, const char *owner, struct refusal *refusal);

/*
 * Sees to what could not be seen to before the domain ran: its scope, the place of its memory, its interrupts. Tells
 * the observer of what it found; fails silently. Of a domain that is not ours, only its scope is seen to.
 */
void handover_started(struct handover *handover, const struct domain *domain);

/* Whether a USB device is to follow a domain of that name (gpu-handoff.conf(5)). */
bool handover_is_followed(const struct host *host, const char *domain);

/*
 * Of a domain that is followed and has started: has systemd attach these devices, gpu-handoff-usb-all@UUID.service, and
 * does not wait for that. Tells the observer when it cannot.
 */
void handover_start_usb(struct handover *handover, const struct domain *domain);

/* Of a domain that has stopped: forgets the USB devices that were attached to it, which libvirt has taken from it. */
void handover_forget_usb(struct handover *handover, const struct domain *domain);

/*
 * Keeps what has come to the host since off the CPUs of domains. Tells the observer what it cannot do. Returns 0, or
 * what failed, below 0: then it can be called again.
 */
int handover_settle(struct handover *handover);

/* Whether no domain has anything of ours, so that there is nothing to see to. */
bool handover_is_idle(const struct host *host);

/*
 * Undoes what crashes left: every journal that is half done, and every one that is held for a domain while neither
 * its daemon lives nor anybody has its VFIO groups open; and sets the host's shared knobs as those that are left want
 * them. Returns how much was undone: journals, and a ledger that had none; or -ECANCELED with the refusal filled.
 */
int handover_recover(struct handover *handover, struct refusal *refusal);

/*
 * A function is there no more, and nobody has returned it: unplugged, or removed by way of sysfs. Every journal that
 * has it forgets it, so that nothing of it is ever done to what comes at that address later, and tells the observer.
 * The rest of a domain's journal is returned when the domain stops; that of a person's, when nothing is left that they
 * could reattach, at once, and so is what was interrupted. Where the function is there, or is there again, only those
 * forget it that have another one. Returns how many did; or -ECANCELED with the refusal of the first that failed.
 */
int handover_forget(struct handover *handover, struct address address, struct refusal *refusal);

/*
 * Shows every journal as it is now, also those of poisoned functions, without waiting for a handover that is at work.
 * What cannot be read is left out. Returns 0; -EACCES to others than root; -errno.
 */
int handover_look(struct handover *handover, void (*visit)(void *data, const struct journal *journal), void *data);

/*
 * Shows every journal, without a change. why_left says why recovery would leave it alone, or is NULL when it would undo
 * it. Returns 0; 1 when it would put back the host's CPUs as well, which are turned for nobody; or -ECANCELED with the
 * refusal filled.
 */
int handover_survey(struct handover *handover,
	void (*visit)(void *data, const struct journal *journal, const char *why_left), void *data,
	struct refusal *refusal);
