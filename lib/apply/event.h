/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * apply: what there is to tell of a handover while it happens, each kind with the MESSAGE_ID that the system's journal
 * knows it by. man/gpu-handoff.catalog explains each of them; tests/rules/catalog compares the two.
 */
#pragma once

#include <stdint.h>

#include "model/refusal.h"
#include "plan/plan.h"

enum event_kind {
	EVENT_TAKES,        /* a handover to a domain, or to a person, begins */
	EVENT_TAKEN,        /* and has ended well: the sum of it */
	EVENT_RETURNS,      /* what was taken begins to go back to the host */
	EVENT_RETURNED,     /* and is back: the sum of it */
	EVENT_INTERRUPTED,  /* what an earlier handover left begins to be put back */
	EVENT_RECOVERED,    /* and is put back: the sum of it */
	EVENT_STEP,         /* one change was made */
	EVENT_STEP_FAILED,  /* one was not */
	EVENT_LEFT,         /* somebody else has changed something meanwhile: it stays as they made it */
	EVENT_CPUS,         /* CPUs were taken from the host, or given back, or something new was kept off them */
	EVENT_WAITS,        /* for another handover, or for those who use a card */
	EVENT_REFUSED,      /* the last line of what was not done */
	EVENT_POISONED,     /* a driver has not let go of a function */
	EVENT_VANISHED,     /* a function is gone while somebody had it */
	EVENT_USB_ATTACHED, /* a USB device follows a domain */
	EVENT_USB_DETACHED, /* and no more */
	EVENT_NOTE,         /* anything else worth knowing */
	EVENT_KINDS_
};

struct event_kind_row {
	const char *id;     /* MESSAGE_ID: 128 bits in hexadecimal, for good */
	const char *name;   /* a word for people who filter */
	const char *result; /* how what it ends has ended; NULL when it ends nothing */
	int priority;       /* as in syslog(3) */
};

const struct event_kind_row *event_kind_row(enum event_kind kind);

/* Whom something is done for. */
struct event_owner {
	const char *name; /* a domain's name, which is a stranger's text, or an address, or a word of ours */
	const char *uuid; /* of the domain; NULL when it is for none */
};

struct event {
	enum event_kind kind;
	struct event_owner owner;
	const char *sentence; /* for a person */
	/* Each is NULL where the event has none. */
	const struct plan *plan;       /* whose functions it is about */
	const struct address *address; /* the one function that it is about */
	const struct step *step;       /* that was tried */
	const struct refusal *refusal;
	const char *usb;      /* the port of the USB device */
	int result;           /* of the step, as step_execute() returned; of a sum 1 when something was left alone */
	uint64_t duration_us; /* of the step, or of what the sum is of; else 0 */
	unsigned int changes; /* likewise, of a sum */
};

/* Whether it is the sum of something. */
bool event_is_sum(const struct event *event);

/* How what it ends has ended: done, left, failed, refused; NULL. */
const char *event_result(const struct event *event);
