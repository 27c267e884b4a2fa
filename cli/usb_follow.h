/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cli: USB devices that come to the domain that they are to follow, and go. What is done is printed; what was attached
 * is remembered (apply/usb_record.h) until it is detached.
 *
 * Calling sequence: follower_init(), any of the calls, follower_finish(). libvirt is asked when there is something to
 * ask it.
 */
#pragma once

#include <stdbool.h>

#include "cli/live.h"
#include "host/host.h"
#include "model/policy.h"
#include "model/refusal.h"

struct follower {
	const struct host *host;
	const char *uri;
	bool dry_run; /* prints what would be done */
	/* Sets what ends a call of libvirt's that does not, or takes it away; NULL, as it is first, for nothing. */
	void (*set_deadline)(bool set);
	struct settings settings;
	struct live live;
};

void follower_init(struct follower *follower, const struct host *host, const char *uri, bool dry_run);
void follower_finish(struct follower *follower);

/* Each returns 0, also when there is nothing to do, or -ECANCELED with the refusal filled. */

/*
 * Brings domains to what is plugged in at a port now: detaches what was attached from it and has gone, and attaches
 * what is to follow a domain that runs. May be repeated, and called by many at once: one works at a time.
 */
int follower_sync(struct follower *follower, const char *port, struct refusal *refusal);

/* Attaches all that is plugged in and is to follow a domain, by its name or uuid. */
int follower_attach_all(struct follower *follower, const char *name, struct refusal *refusal);
