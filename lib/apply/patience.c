// SPDX-License-Identifier: GPL-2.0-or-later
/* Those who use a card are given time to go, in which other cards can come and go. */
#include <poll.h>
#include <stddef.h>
#include <stdio.h>

#include "apply/context.h"
#include "base/clock.h"
#include "base/fd.h"
#include "host/runtime.h"
#include "probe/config.h"

/* A look at all processes is work for a large host. */
#define INTERVAL_MS 500

/* A refusal is not the last word for so long. */
static void tell_wait(
	struct handover *handover, struct event_owner owner, unsigned int seconds, const struct refusal *refusal)
{
	char sentence[sizeof(refusal->sentence) + 64];

	(void)snprintf(sentence, sizeof(sentence), "waiting for up to %u seconds: %s", seconds, refusal->sentence);
	context_tell(handover, &(struct event){ .kind = EVENT_WAITS, .owner = owner, .sentence = sentence });
}

static int try_once(struct handover *handover, int runtime, struct event_owner owner, context_attempt *attempt,
	const struct domain *domain, pid_t daemon, struct refusal *refusal)
{
	int lock CLOSE_FD = -1;
	int r = context_lock(handover, runtime, owner, &lock, refusal);

	return r < 0 ? r : attempt(handover, runtime, domain, daemon, refusal);
}

int context_patiently(struct handover *handover, struct event_owner owner, context_attempt *attempt,
	const struct domain *domain, pid_t daemon, struct refusal *refusal)
{
	int runtime CLOSE_FD = runtime_open(handover->host, true);
	struct policy policy;
	uint64_t end = 0;
	int r;

	if (runtime < 0)
		return context_refuse_state(refusal, runtime);
	/* What it needs gets ready while we look at the host. */
	(void)handover->host->kernel->begin(handover->host);
	config_probe(handover->host, &handover->settings);
	handover->occupancy.n_persistences = 0;
	policy = policy_merge(&domain->policy, &handover->settings.policy);
	for (;;) {
		r = try_once(handover, runtime, owner, attempt, domain, daemon, refusal);
		if (r >= 0 || refusal->reason != REFUSAL_HELD || policy.wait_s == 0 || (end && clock_now_us() >= end))
			return r;
		if (!end) {
			end = clock_now_us() + policy.wait_s * UINT64_C(1000000);
			tell_wait(handover, owner, policy.wait_s, refusal);
		}
		(void)poll(NULL, 0, INTERVAL_MS);
	}
}
