// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/activity.h"

#include "base/text.h"

void activity_add_client(struct activity *activity, const struct client *client)
{
	if (activity->n_clients < ACTIVITY_CLIENTS_MAX)
		activity->clients[activity->n_clients++] = *client;
	else
		activity->n_more++;
}

void activity_add_use(
	struct activity *activity, struct address owner, const char *begin, const char *name, const char *end)
{
	struct text text;
	struct use *use;

	if (activity->n_uses == ACTIVITY_USES_MAX) {
		activity->n_more++;
		return;
	}
	use = &activity->uses[activity->n_uses++];
	use->owner = owner;
	text_init(&text, use->sentence, sizeof(use->sentence));
	text_add(&text, "%s '", begin);
	text_add_foreign(&text, name);
	text_add(&text, "' %s", end);
}
