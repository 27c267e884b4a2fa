/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * apply: one step, on the host. It compares before it writes, so that what somebody else changed is left alone, and
 * looks after it wrote, because a write that the kernel accepted proves nothing.
 */
#pragma once

#include <stdint.h>

#include "base/text.h"
#include <stdbool.h>

#include "host/host.h"
#include "plan/step.h"

/* Answers of ours, apart from every errno that a driver may give to a write: those end at -4095. */
enum {
	STEP_STALE = -5000, /* the value is neither old nor new: somebody else changed it, and it stays */
	STEP_GONE,          /* the function is not there any more */
	STEP_NO_DRIVER,     /* the driver is not there */
	STEP_NO_EFFECT,     /* the kernel accepted the write, and nothing changed */
	STEP_HELD,          /* somebody uses the function */
	STEP_LATE,          /* it did not end in its time, and holds no device */
	STEP_SHORT,         /* the host has not so many huge pages to give */
};

/*
 * Carries the step out. Returns 0 when it was done and seen to be done; 1 when there was nothing to do; an answer of
 * ours; KERNEL_STUCK when the device is locked and stays so; or -errno of the kernel or the driver.
 */
int step_execute(const struct host *host, const struct step *step);

/* Adds why it failed, for a person: "cannot bind '…' to '…': …". r is what step_execute() returned. */
void step_describe_failure(struct text *text, const struct step *step, int r);

/* Adds what was done, or why it failed, and how long that took: "bind '…' to '…' (41.2 ms)". */
void step_describe_outcome(struct text *text, const struct step *step, int r, uint64_t duration_us);

/* Whether a step that binds finds its driver bound already. */
bool step_is_bound(const struct host *host, const struct step *step);

/* Whether a step that stops a service finds it stopped already. */
bool step_is_stopped(const struct host *host, const struct step *step);

/* Whether a driver is registered for PCI devices. */
int driver_is_loaded(const struct host *host, const char *driver);
