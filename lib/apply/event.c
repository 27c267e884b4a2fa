// SPDX-License-Identifier: GPL-2.0-or-later
#include "apply/event.h"

#include <stddef.h>
#include <syslog.h>

static const struct event_kind_row kinds[] = {
	[EVENT_TAKES] = { "da6a83b0fdc24343a1d70b78f26898e0", "takes", NULL, LOG_INFO },
	[EVENT_TAKEN] = { "ff80b2b8253f448da533d1853a7f61c2", "taken", "done", LOG_NOTICE },
	[EVENT_RETURNS] = { "f2690728fe874f06a180d9c37ac25d34", "returns", NULL, LOG_INFO },
	[EVENT_RETURNED] = { "2555e1ef766945c1905bf7442791cd90", "returned", "done", LOG_NOTICE },
	[EVENT_INTERRUPTED] = { "ad0b76b1050342498d57245dbab0c961", "interrupted", NULL, LOG_NOTICE },
	[EVENT_RECOVERED] = { "687a4da4719348ad999e4359f61a2689", "recovered", "done", LOG_NOTICE },
	[EVENT_STEP] = { "9cc8100a4d1a4b30a99f598ce4575d72", "step", "done", LOG_INFO },
	[EVENT_STEP_FAILED] = { "3fa3d478f4944992b41aa3c146f1751a", "step-failed", "failed", LOG_ERR },
	[EVENT_LEFT] = { "3bbcb6cec2bc424797173824fc33a905", "left", "left", LOG_WARNING },
	[EVENT_CPUS] = { "d1d654869b93467296fffe7edc13f7f8", "cpus", "done", LOG_INFO },
	[EVENT_WAITS] = { "67486805f8094254a35332c8ebeff791", "waits", NULL, LOG_NOTICE },
	[EVENT_REFUSED] = { "f0fc375f13604400896cf1444705c54a", "refused", "refused", LOG_ERR },
	[EVENT_POISONED] = { "f91f3f60c7074be384567e3b7e2aadb4", "poisoned", "failed", LOG_CRIT },
	[EVENT_VANISHED] = { "3f78a4eafe354ecaae04c5a593259370", "vanished", NULL, LOG_WARNING },
	[EVENT_USB_ATTACHED] = { "7340a36f409d490583c4713e55301760", "usb-attached", "done", LOG_INFO },
	[EVENT_USB_DETACHED] = { "802f3ebe0c61440ab5eb827f368924f1", "usb-detached", "done", LOG_INFO },
	[EVENT_NOTE] = { "56b3b1da50704a9498b8691974ad88ea", "note", NULL, LOG_NOTICE },
};
_Static_assert(sizeof(kinds) / sizeof(kinds[0]) == EVENT_KINDS_, "a kind of event is not in the table");

const struct event_kind_row *event_kind_row(enum event_kind kind)
{
	return &kinds[kind];
}

bool event_is_sum(const struct event *event)
{
	return event->kind == EVENT_TAKEN || event->kind == EVENT_RETURNED || event->kind == EVENT_RECOVERED;
}

const char *event_result(const struct event *event)
{
	return event_is_sum(event) && event->result == 1 ? "left" : kinds[event->kind].result;
}
