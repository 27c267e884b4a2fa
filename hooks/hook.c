// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "apply/handover.h"
#include "base/fd.h"
#include "base/text.h"
#include "hooks/hook.h"
#include "hooks/report.h"
#include "probe/domain.h"

/* Most domains have no hostdev, and nothing of theirs is ours. */
static int prepare(struct handover *handover, const struct domain *domain, pid_t daemon, struct refusal *refusal)
{
	return domain->n_hostdevs ? handover_take(handover, domain, daemon, refusal) : 0;
}

/*
 * release also follows a prepare that was refused, and a hostdev may have been unplugged since: what is returned is
 * what the domain's own journal names, nothing else.
 */
static int release(struct handover *handover, const struct domain *domain, pid_t daemon, struct refusal *refusal)
{
	(void)daemon;
	return handover_return(handover, domain->uuid, refusal);
}

static const struct operation {
	const char *name, *suboperation;
	int (*run)(struct handover *handover, const struct domain *domain, pid_t daemon, struct refusal *refusal);
} operations[] = {
	{ "prepare", "begin", prepare },
	{ "release", "end", release },
};

static const struct operation *find_operation(const char *name)
{
	for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
		if (strcmp(operations[i].name, name) == 0)
			return &operations[i];
	}
	return NULL;
}

bool hook_is_ours(const char *operation, const char *suboperation)
{
	const struct operation *ours = find_operation(operation);

	return ours && strcmp(ours->suboperation, suboperation) == 0;
}

static int read_domain(int fd, struct domain *domain, struct refusal *refusal)
{
	/* Costs nothing until it is written to. */
	static char xml[DOMAIN_XML_MAX];
	ssize_t n = fd_read_all(fd, xml, sizeof(xml));

	if (n == -E2BIG)
		return refusal_set(refusal, REFUSAL_INPUT, "the domain XML on stdin is larger than %u MiB",
			DOMAIN_XML_MAX / 1024 / 1024);
	if (n < 0)
		return refusal_set(
			refusal, REFUSAL_INPUT, "cannot read the domain XML on stdin: %s", strerror((int)-n));
	return domain_parse(xml, (size_t)n, domain, refusal);
}

/* Reads the domain, and acts on it. domain->name is the caller's until it is read. */
static int act(const struct host *host, const struct operation *operation, int stdin_fd, pid_t daemon,
	struct domain *domain, struct refusal *refusal)
{
	struct handover *handover;
	struct observer observer;
	int r;

	r = read_domain(stdin_fd, domain, refusal);
	if (r < 0)
		return r;
	report_init(&observer, domain);
	handover = handover_new(host, &observer);
	if (!handover)
		return refusal_set(refusal, REFUSAL_STATE, "there is no memory for the handover");
	r = operation->run(handover, domain, daemon, refusal);
	handover_free(handover);
	return r;
}

int hook_run(const struct host *host, const char *name, const char *operation, int stdin_fd, pid_t daemon,
	struct refusal *refusal)
{
	const struct operation *ours = find_operation(operation);
	struct domain domain = { 0 };
	struct text text;
	int r;

	if (!ours)
		return 0;
	text_init(&text, domain.name, sizeof(domain.name));
	text_add(&text, "%s", name);
	r = act(host, ours, stdin_fd, daemon, &domain, refusal);
	if (r < 0)
		report_refusal(&domain, operation, refusal);
	return r < 0 ? r : 0;
}
