// SPDX-License-Identifier: GPL-2.0-or-later
#include "hooks/hook.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "apply/handover.h"
#include "apply/report.h"
#include "base/fd.h"
#include "base/text.h"
#include "probe/demand.h"
#include "probe/domain.h"

static int prepare(struct handover *handover, const struct domain *domain, pid_t daemon, struct refusal *refusal)
{
	return handover_take(handover, domain, daemon, refusal);
}

/* Nothing of it is a reason to end a domain that runs. */
static int started(struct handover *handover, const struct domain *domain, pid_t daemon, struct refusal *refusal)
{
	(void)daemon;
	(void)refusal;
	handover_started(handover, domain);
	handover_start_usb(handover, domain);
	return 0;
}

/*
 * release also follows a prepare that was refused, and a hostdev may have been unplugged since: what is returned is
 * what the domain's own journal names, nothing else.
 */
static int release(struct handover *handover, const struct domain *domain, pid_t daemon, struct refusal *refusal)
{
	(void)daemon;
	handover_forget_usb(handover, domain);
	return handover_return(handover, domain->uuid, refusal);
}

static const struct operation {
	const char *name, *suboperation;
	bool wants_something; /* most domains have neither a hostdev nor a policy, nor pins that may be in others' way
			       */
	bool wants_others;    /* it is nothing to us while nobody has anything of ours, and no USB device follows it */
	bool never_fails;
	int (*run)(struct handover *handover, const struct domain *domain, pid_t daemon, struct refusal *refusal);
} operations[] = {
	{ "prepare", "begin", .wants_something = true, .run = prepare },
	{ "started", "begin", .wants_others = true, .never_fails = true, .run = started },
	{ "release", "end", .run = release },
};

static const struct operation *find_operation(const struct hook_call *call)
{
	for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
		if (strcmp(operations[i].name, call->operation) == 0 &&
			strcmp(operations[i].suboperation, call->suboperation) == 0)
			return &operations[i];
	}
	return NULL;
}

static bool is_idle(void)
{
	struct host host;
	bool idle = host_open(NULL, &host) == 0 && handover_is_idle(&host);

	host_close(&host);
	return idle;
}

static bool is_followed(const char *name)
{
	struct host host;
	bool followed = host_open(NULL, &host) == 0 && handover_is_followed(&host, name);

	host_close(&host);
	return followed;
}

static int read_domain(int fd, struct domain *domain, struct refusal *refusal)
{
	/* Costs nothing until it is written to. */
	static char xml[DOMAIN_XML_MAX];
	ssize_t n = fd_read_all(fd, xml, sizeof(xml));
	int r;

	if (n == -E2BIG)
		return refusal_set(refusal, REFUSAL_INPUT, "the domain XML on stdin is larger than %u MiB",
			DOMAIN_XML_MAX / 1024 / 1024);
	if (n < 0)
		return refusal_set(
			refusal, REFUSAL_INPUT, "cannot read the domain XML on stdin: %s", strerror((int)-n));
	r = domain_parse(xml, (size_t)n, domain, refusal);
	/* Its pins may be on the CPUs of one that has them for itself. */
	if (r == 0 && !domain->n_hostdevs && !domain->has_policy && !is_idle())
		r = demand_parse(xml, (size_t)n, &domain->demand, refusal);
	return r;
}

static int act(const struct operation *operation, const struct domain *domain, pid_t daemon, struct refusal *refusal)
{
	struct handover *handover = NULL;
	struct observer observer;
	struct host host;
	int r = host_open(NULL, &host);

	report_init(&observer, domain);
	if (r < 0)
		r = refusal_set(refusal, REFUSAL_STATE, "cannot open /sys: %s", strerror(-r));
	else if (!(handover = handover_new(&host, &observer)))
		r = refusal_set(refusal, REFUSAL_STATE, "there is no memory for the handover");
	else
		r = operation->run(handover, domain, daemon, refusal);
	handover_free(handover);
	host_close(&host);
	return r;
}

int hook_run(const struct hook_call *call, struct refusal *refusal)
{
	const struct operation *operation = find_operation(call);
	struct domain domain = { 0 };
	struct text text;
	int r;

	if (!operation || (operation->wants_others && is_idle() && !is_followed(call->name)))
		return 0;
	/* Until it is read, the name is libvirt's word for it. */
	text_init(&text, domain.name, sizeof(domain.name));
	text_add(&text, "%s", call->name);
	r = read_domain(call->stdin_fd, &domain, refusal);
	if (r >= 0 && (domain.n_hostdevs || domain.has_policy || domain.demand.n_pinned || !operation->wants_something))
		r = act(operation, &domain, call->daemon, refusal);
	if (r < 0)
		report_refusal(&domain, operation->name, refusal);
	return r < 0 && !operation->never_fails ? r : 0;
}
