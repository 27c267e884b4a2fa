/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * apply: one lock for the whole host (flock(2) on /run/gpu-handoff/lock), so that one handover is at work at a time.
 * USB devices that follow a domain have another one, in a directory of their own (apply/usb_record.h).
 */
#pragma once

/* Longer than a handover takes when nothing is wrong, shorter than a person's patience with virsh. */
#define LOCK_DEADLINE_MS 60000

/*
 * Waits for the lock, for the deadline at most. Returns a descriptor that holds it until it is closed; -ETIMEDOUT;
 * -errno.
 */
int lock_acquire(int directory, int deadline_ms);
