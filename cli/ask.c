// SPDX-License-Identifier: GPL-2.0-or-later
/* live_ask(): libvirt asked by a child, which is given up when it has no answer in time. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libvirt/virterror.h>

#include "base/text.h"
#include "cli/live.h"
#include "host/isolated.h"

/* Both in one piece of memory, because the child has a copy. */
struct call {
	int (*question)(virConnectPtr connection, void *argument);
	char message[400]; /* why there is no connection */
	_Alignas(max_align_t) char argument[];
};

static void keep_silent(void *data, virErrorPtr error)
{
	(void)data;
	(void)error;
}

static int ask(void *argument)
{
	struct call *call = argument;
	virConnectPtr connection;
	struct text text;
	int r;

	virSetErrorFunc(NULL, keep_silent);
	connection = virConnectOpenReadOnly(LIVE_URI);
	if (!connection) {
		text_init(&text, call->message, sizeof(call->message));
		text_add_foreign(&text, virGetLastErrorMessage());
		return -ENOTCONN;
	}
	r = call->question(connection, call->argument);
	(void)virConnectClose(connection);
	return r;
}

static int answer(int r, const struct call *call, struct refusal *refusal)
{
	if (r == -ENOTCONN)
		return refusal_set(
			refusal, REFUSAL_FAILED, "libvirt does not answer at " LIVE_URI ": %s", call->message);
	if (r == -ETIMEDOUT || r == -ECHILD)
		return refusal_set(refusal, REFUSAL_FAILED,
			"libvirt has not answered at " LIVE_URI " for %d seconds; see 'systemctl status libvirtd'",
			LIVE_DEADLINE_MS / 1000);
	return r;
}

int live_ask(
	int (*question)(virConnectPtr connection, void *argument), void *argument, size_t size, struct refusal *refusal)
{
	struct call *call = malloc(sizeof(*call) + size);
	int r;

	if (!call)
		return refusal_set(refusal, REFUSAL_STATE, "there is no memory to ask libvirt");
	*call = (struct call){ .question = question };
	memcpy(call->argument, argument, size);
	r = isolated_call(ask, call, sizeof(*call) + size, LIVE_DEADLINE_MS);
	memcpy(argument, call->argument, size);
	r = answer(r, call, refusal);
	free(call);
	return r;
}
