// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A domain runs: its control group, its process and its memory are there now. Nothing of this is a reason to end it, so
 * what cannot be done is told.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "apply/context.h"
#include "apply/execute.h"
#include "apply/ledger.h"
#include "apply/lock.h"
#include "base/fd.h"
#include "host/manager.h"
#include "host/runtime.h"
#include "probe/resident.h"
#include "probe/vm.h"

/* libvirt waits for us, and so does who started the domain. */
#define LOCK_WAIT_MS         5000
#define RESIDENT_DEADLINE_MS 5000
#define START_DEADLINE_MS    5000

static int find_journal(const char *owner, void *data)
{
	(void)owner;
	*(bool *)data = true;
	return 0;
}

bool handover_is_idle(const struct host *host)
{
	int runtime CLOSE_FD = runtime_open(host, false);
	bool found = false;

	if (runtime < 0)
		return true;
	return !ledger_exists(runtime) && journal_for_each(runtime, find_journal, &found) >= 0 && !found;
}

/* A scope that has just come is one more that other VMs' CPUs are closed to. */
static int settle(struct handover *handover, int runtime, const struct journal *journal)
{
	int lock CLOSE_FD = lock_acquire(runtime, LOCK_WAIT_MS);
	char sentence[sizeof(handover->why) + 64];
	int r;

	handover->n_turned = 0;
	r = lock < 0 ? lock : context_settle(handover, runtime, journal);
	if (handover->n_turned) {
		(void)snprintf(sentence, sizeof(sentence), "kept what has come off the CPUs of domains, %u change%s",
			handover->n_turned, handover->n_turned == 1 ? "" : "s");
		context_say(handover, EVENT_CPUS, journal, NULL, sentence);
	}
	if (r >= 0 || r == STEP_STALE)
		return 0;
	(void)snprintf(sentence, sizeof(sentence), "cannot keep what has come off the CPUs of domains: %s",
		handover->why[0] ? handover->why : strerror(-r));
	context_note(handover, journal, sentence);
	return r;
}

static void tell_memory(
	struct handover *handover, const struct domain *domain, const struct journal *journal, pid_t qemu)
{
	struct resident resident;
	char sentence[256];
	struct text text;
	int r = resident_probe(handover->host, qemu, &resident, RESIDENT_DEADLINE_MS);

	text_init(&text, sentence, sizeof(sentence));
	if (r < 0)
		text_add(&text, "cannot tell where its memory is: %s", strerror(-r));
	else
		resident_describe(&text, &resident, &domain->demand.nodes);
	context_note(handover, journal, sentence);
}

/*
 * What comes later is seen to by a service that lives as long as the VM: control groups that are made, and the
 * interrupts that the guest's driver asks for when it likes, and again when it is loaded again.
 */
static void start_attendance(struct handover *handover, const struct journal *journal, pid_t qemu)
{
	const char *const argv[] = { HOOK_PATH, "--attend", journal->owner, NULL };
	char scope[UNIT_NAME_SIZE], unit[64], sentence[512];
	int r = vm_scope_probe(handover->host, qemu, scope, sizeof(scope));

	(void)snprintf(unit, sizeof(unit), "gpu-handoff-%s.service", journal->owner);
	if (r == 0)
		r = handover->host->manager->start_bound(handover->host, unit,
			"gpu-handoff: keeps what comes off the CPUs of a VM", scope, argv, START_DEADLINE_MS);
	if (r == 0)
		return;
	(void)snprintf(sentence, sizeof(sentence), "cannot see to what comes while it runs: %s", strerror(-r));
	context_note(handover, journal, sentence);
}

int handover_settle(struct handover *handover)
{
	int runtime CLOSE_FD = runtime_open(handover->host, false);
	struct journal *journal = &handover->journal;

	if (runtime == -ENOENT || (runtime >= 0 && !ledger_exists(runtime)))
		return 0;
	if (runtime < 0)
		return runtime;
	memset(journal, 0, sizeof(*journal));
	journal->state = JOURNAL_HELD;
	(void)text_copy(journal->name, sizeof(journal->name), "host");
	return settle(handover, runtime, journal);
}

void handover_started(struct handover *handover, const struct domain *domain)
{
	int runtime CLOSE_FD = runtime_open(handover->host, false);
	struct journal *journal = &handover->journal;
	pid_t qemu;
	int r;

	if (runtime < 0)
		return;
	r = journal_read(runtime, domain->uuid, handover->buffer, journal);
	if (r < 0) {
		memset(journal, 0, sizeof(*journal));
		journal->state = JOURNAL_HELD;
		(void)text_copy(journal->owner, sizeof(journal->owner), domain->uuid);
		(void)text_copy(journal->name, sizeof(journal->name), domain->name);
		if (r == -ENOENT && ledger_exists(runtime))
			(void)settle(handover, runtime, journal);
		return;
	}
	journal_start(runtime, domain->uuid);
	if (ledger_exists(runtime))
		(void)settle(handover, runtime, journal);
	if (!journal->plan.has_claim && journal->plan.orders.n_orders == 0)
		return;
	r = qemu_probe(handover->host, journal->name, &qemu);
	if (r < 0) {
		context_note(handover, journal, "its process cannot be found, so nobody looks where its memory is");
		return;
	}
	tell_memory(handover, domain, journal, qemu);
	if (journal->plan.claim.isolate)
		start_attendance(handover, journal, qemu);
}
