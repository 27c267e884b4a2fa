// SPDX-License-Identifier: GPL-2.0-or-later
/* USB devices that follow a domain: those that are plugged in when it starts, and all when it has stopped. */
#include <stdio.h>
#include <string.h>

#include "apply/context.h"
#include "apply/usb_record.h"
#include "host/manager.h"
#include "probe/config.h"

#define START_DEADLINE_MS 5000

bool handover_is_followed(const struct host *host, const char *domain)
{
	static struct settings settings;

	config_probe(host, &settings);
	for (unsigned int i = 0; i < settings.usbs.n_usbs; i++) {
		if (strcmp(settings.usbs.usbs[i].domain, domain) == 0)
			return true;
	}
	return false;
}

void handover_start_usb(struct handover *handover, const struct domain *domain)
{
	struct journal *journal = &handover->journal;
	char unit[96], sentence[512];
	int r;

	if (!domain->uuid[0])
		return;
	(void)snprintf(unit, sizeof(unit), "gpu-handoff-usb-all@%s.service", domain->uuid);
	r = handover->host->manager->start_unit(handover->host, unit, START_DEADLINE_MS);
	if (r == 0)
		return;
	memset(journal, 0, sizeof(*journal));
	journal->state = JOURNAL_HELD;
	(void)text_copy(journal->owner, sizeof(journal->owner), domain->uuid);
	(void)text_copy(journal->name, sizeof(journal->name), domain->name);
	(void)snprintf(sentence, sizeof(sentence), "cannot give it the USB devices that follow it: %s", strerror(-r));
	context_note(handover, journal, sentence);
}

void handover_forget_usb(struct handover *handover, const struct domain *domain)
{
	if (domain->uuid[0])
		usb_records_remove(handover->host, domain->uuid);
}
