/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * apply: functions that their driver has not let go of. What was asked of it has not returned in its time, and the
 * device lock is held until it does: nothing of the function that takes the lock is read or written before. A record
 * in /run/gpu-handoff/poisoned, in the form of a journal, says so, and holds the function's own steps, which can be
 * undone should the driver return after all. That it has is known when the process that asked it has ended.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "apply/journal.h"
#include "host/host.h"
#include "model/refusal.h"

struct handover;

/*
 * Whether the function at an address, of an identity as in struct function, is poisoned: another one than that of the
 * record is not. What cannot be told, or compared, is: true. The buffer, of JOURNAL_SIZE_MAX, and the journal are
 * scratch.
 */
bool poison_has(int runtime, struct address address, uint64_t identity, char *buffer, struct journal *scratch);

/* The refusal that says so. Returns -ECANCELED. */
int poison_refuse(struct address address, struct refusal *refusal);

/*
 * Records that a step of the journal has not returned, with the steps of its function; a record that sticks
 * again is written anew. Returns 0, or -errno: then the journal still has the steps.
 */
int poison_put(struct handover *handover, int runtime, const struct journal *journal, const struct step *stuck);

/* Whether the process that asked has ended: what it asked has returned. */
bool poison_is_over(const struct host *host, const struct journal *record);

/* Removes the directory of the records when none is left. */
void poison_tidy(int runtime);

/* The directory of the records, journals to read. Returns a descriptor, -ENOENT when there is none, -errno. */
int poison_open(int runtime);
