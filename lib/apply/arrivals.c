// SPDX-License-Identifier: GPL-2.0-or-later
#include "apply/arrivals.h"

#include <stdio.h>

#include "apply/context.h"
#include "base/clock.h"

/* Of all functions of a return together. The rules of a desktop take some 100 ms for a card. */
#define UDEV_DEADLINE_MS 10000

struct question {
	const struct host *host;
	const struct arrivals *arrivals;
	/* What is waited for. */
	struct address address;
	char name[NODE_NAME_SIZE]; /* "" for the function itself, or for other events */
};

struct arrival arrivals_expect(const struct host *host, struct address address)
{
	struct arrival arrival = { .address = address };

	udev_probe_record(host, address, &arrival.before);
	return arrival;
}

void arrivals_add(struct arrivals *arrivals, const struct arrival *expected, bool bound)
{
	struct arrival *arrival = &arrivals->arrivals[arrivals->n];

	if (arrivals->n == PLAN_FUNCTIONS_MAX)
		return;
	arrivals->n++;
	*arrival = *expected;
	arrival->bound = bound;
}

/*
 * Whether udev has seen to the function itself. Its event of the bind comes after those of the devices that the driver
 * made in it, and the record does not say of which event it is: it is new after that of the unbind from vfio-pci, too.
 * So that there is a new one tells that udevd has begun, and an empty queue that it has ended.
 */
static bool has_record(const struct host *host, const struct arrival *arrival)
{
	struct udev_record now;

	udev_probe_record(host, arrival->address, &now);
	return !arrival->bound || !arrival->before.there || !udev_record_same(&arrival->before, &now);
}

static int ask_udev(void *data)
{
	struct question *question = data;
	const struct host *host = question->host;

	for (unsigned int i = 0; i < question->arrivals->n; i++) {
		const struct arrival *arrival = &question->arrivals->arrivals[i];
		/* One that is gone again, or cannot be looked at, keeps nobody waiting. */
		int r = udev_find_unfinished(host, arrival->address, question->name);

		if (r != 1)
			question->name[0] = '\0';
		question->address = arrival->address;
		if (r == 1 || (r == 0 && !has_record(host, arrival)))
			return 0;
	}
	return udev_is_idle(host);
}

void context_await_arrivals(struct handover *handover, const struct journal *journal)
{
	struct question question = { .host = handover->host, .arrivals = &handover->arrivals };
	char sentence[STEP_SENTENCE_SIZE];
	struct text text;

	if (question.arrivals->n == 0 || !udev_is_running(handover->host) ||
		clock_await(ask_udev, &question, UDEV_DEADLINE_MS) != 0)
		return;
	text_init(&text, sentence, sizeof(sentence));
	text_add(&text, "'%s' is with its driver, but udev has not finished with ", address_text(question.address).s);
	if (question.name[0])
		text_add(&text, "its device '/dev/%s'", question.name);
	else
		text_add(&text, "%s", "its events");
	text_add(&text, " in %d seconds; see 'journalctl -u systemd-udevd'", UDEV_DEADLINE_MS / 1000);
	context_note(handover, journal, sentence);
}
