/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * apply: one step, on the host. It compares before it writes, so that what somebody else changed is left alone, and
 * looks after it wrote, because a write that the kernel accepted proves nothing.
 */
#pragma once

#include "base/text.h"
#include <stdbool.h>

#include "host/host.h"
#include "plan/step.h"

/*
 * Carries the step out. Returns 0 when it was done and seen to be done; 1 when there was nothing to do; -ESTALE when
 * the value is neither old nor new: somebody else changed it, and it stays; -ENOLINK when the function is gone;
 * -ENOENT when the driver is not there; -EIO when the kernel accepted the write and nothing changed; -errno of the
 * write.
 */
int step_execute(const struct host *host, const struct step *step);

/* Adds why it failed, for a person: "cannot bind '…' to '…': …". r is what step_execute() returned. */
void step_describe_failure(struct text *text, const struct step *step, int r);

/* Whether a step that binds finds its driver bound already. */
bool step_is_bound(const struct host *host, const struct step *step);

/* Whether a driver is registered for PCI devices. */
int driver_is_loaded(const struct host *host, const char *driver);
