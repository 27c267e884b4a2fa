// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/support/fault.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>
#include <unistd.h>

static struct {
	struct fault fault;
	unsigned int count;
	bool inside;
	bool now; /* the operation that we are inside of is the one */
} state;

void fault_arm(const struct fault *fault)
{
	state.fault = *fault;
	state.count = 0;
	state.inside = state.now = false;
}

void fault_disarm(unsigned int scope)
{
	fault_arm(&(struct fault){ .kind = FAULT_NONE, .scope = scope });
}

unsigned int fault_count(void)
{
	return state.count;
}

int fault_enter(unsigned int what)
{
	if (state.fault.scope & what)
		state.count++;
	state.now = state.fault.scope & what && state.count == state.fault.at;
	if (state.now) {
		switch (state.fault.kind) {
		case FAULT_ERROR:
			return -state.fault.error;
		case FAULT_IGNORED:
			return 1;
		case FAULT_DEATH_BEFORE:
			_exit(FAULT_DEATH_STATUS);
		case FAULT_MEDDLE:
			state.inside = true;
			state.fault.meddle(state.fault.data);
			break;
		default:
			break;
		}
	}
	state.inside = true;
	return 0;
}

int fault_leave(int result)
{
	state.inside = false;
	if (state.now && state.fault.kind == FAULT_DEATH_AFTER)
		_exit(FAULT_DEATH_STATUS);
	return state.now && state.fault.kind == FAULT_ERROR_AFTER ? -state.fault.error : result;
}

/* The linker's --wrap: what the product calls read, write and unlinkat. */
ssize_t __real_read(int fd, void *buffer, size_t size);
ssize_t __wrap_read(int fd, void *buffer, size_t size);
ssize_t __real_write(int fd, const void *buffer, size_t size);
ssize_t __wrap_write(int fd, const void *buffer, size_t size);
int __real_unlinkat(int directory, const char *path, int flags);
int __wrap_unlinkat(int directory, const char *path, int flags);

#pragma weak __real_read
#pragma weak __real_write
#pragma weak __real_unlinkat

static int fail(int r)
{
	errno = -r;
	return -1;
}

ssize_t __wrap_read(int fd, void *buffer, size_t size)
{
	ssize_t n;
	int r;

	if (state.inside)
		return __real_read(fd, buffer, size);
	r = fault_enter(FAULT_READ);
	if (r != 0)
		return r < 0 ? fail(r) : 0;
	n = __real_read(fd, buffer, size);
	r = fault_leave(0);
	return r < 0 ? fail(r) : n;
}

ssize_t __wrap_write(int fd, const void *buffer, size_t size)
{
	ssize_t n;
	int r;

	/* Check tells its parent through pipes and files of its own; they are written with stdio, not with this. */
	if (state.inside)
		return __real_write(fd, buffer, size);
	r = fault_enter(FAULT_FILE);
	if (r < 0)
		return fail(r);
	if (r > 0)
		return (ssize_t)size;
	if (state.now && state.fault.kind == FAULT_HALF && size > 1) {
		n = __real_write(fd, buffer, size / 2);
		/* The rest comes as a write of its own, and fails. */
		state.fault.kind = FAULT_ERROR;
		state.fault.at++;
	} else {
		n = __real_write(fd, buffer, size);
	}
	r = fault_leave(0);
	return r < 0 ? fail(r) : n;
}

int __wrap_unlinkat(int directory, const char *path, int flags)
{
	int r, result;

	if (state.inside)
		return __real_unlinkat(directory, path, flags);
	r = fault_enter(FAULT_FILE);
	if (r != 0)
		return r < 0 ? fail(r) : 0;
	result = __real_unlinkat(directory, path, flags);
	r = fault_leave(0);
	return r < 0 ? fail(r) : result;
}

/* ---- time ---- */

int fault_patience_ms = INT_MAX;
void (*fault_meanwhile)(unsigned int n);

struct wait {
	int (*question)(void *data);
	void *data;
	unsigned int n;
};

static int ask(void *data)
{
	struct wait *wait = data;

	wait->n++;
	if (fault_meanwhile)
		fault_meanwhile(wait->n);
	return wait->question(wait->data);
}

int __real_clock_await(int (*question)(void *data), void *data, int deadline_ms);
int __wrap_clock_await(int (*question)(void *data), void *data, int deadline_ms);

#pragma weak __real_clock_await

int __wrap_clock_await(int (*question)(void *data), void *data, int deadline_ms)
{
	struct wait wait = { .question = question, .data = data };

	return __real_clock_await(ask, &wait, deadline_ms < fault_patience_ms ? deadline_ms : fault_patience_ms);
}
