// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/clock.h"

#include <poll.h>
#include <stddef.h>
#include <time.h>

#define INTERVAL_MS 5

uint64_t clock_now_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

int clock_await(int (*question)(void *data), void *data, int deadline_ms)
{
	return clock_await_slowly(question, data, deadline_ms, INTERVAL_MS);
}

int clock_await_slowly(int (*question)(void *data), void *data, int deadline_ms, int interval_ms)
{
	uint64_t deadline = clock_now_us() + (uint64_t)deadline_ms * 1000;

	for (;;) {
		int answer = question(data);

		if (answer != 0 || clock_now_us() >= deadline)
			return answer;
		(void)poll(NULL, 0, interval_ms);
	}
}
