/* SPDX-License-Identifier: GPL-2.0-or-later */
/* base: time that only goes forward, for deadlines and for saying how long a step took. */
#pragma once

#include <stdint.h>

/* Microseconds of CLOCK_MONOTONIC. */
uint64_t clock_now_us(void);

/*
 * Asks the question again and again, every few milliseconds, until it answers other than 0 or the deadline passes:
 * for facts that the kernel announces to nobody. Returns the answer, or 0 when the deadline passed.
 */
int clock_await(int (*question)(void *data), void *data, int deadline_ms);

/* The same, that often: for questions that are work to answer. */
int clock_await_slowly(int (*question)(void *data), void *data, int deadline_ms, int interval_ms);
