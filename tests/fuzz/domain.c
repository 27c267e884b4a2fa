// SPDX-License-Identifier: GPL-2.0-or-later
/* domain_parse(): a value that keeps its promises, or a sentence; nothing is fetched, whatever the XML says. */
#include <errno.h>

#include <libxml/parser.h>

#include "probe/domain.h"
#include "tests/fuzz/fuzz.h"

/* Called for every external entity and DTD that is about to be loaded. */
static xmlParserInputPtr never_load(const char *url, const char *id, xmlParserCtxtPtr context)
{
	(void)id;
	(void)context;
	(void)fprintf(stderr, "would load '%s'\n", url ? url : "");
	PROMISE(!"nothing is fetched");
	return NULL;
}

/* Called where libxml2 prints on stderr, unless domain_parse() has seen to that. */
static void never_print(void *context, const char *format, ...)
{
	(void)context;
	PROMISE(!"nothing is printed");
	(void)format;
}

static void promise_uuid(const char uuid[DOMAIN_UUID_SIZE])
{
	PROMISE(memchr(uuid, '\0', DOMAIN_UUID_SIZE));
	if (!uuid[0])
		return;
	PROMISE(strlen(uuid) == DOMAIN_UUID_SIZE - 1);
	for (size_t i = 0; i < DOMAIN_UUID_SIZE - 1; i++) {
		if (i == 8 || i == 13 || i == 18 || i == 23)
			PROMISE(uuid[i] == '-');
		else
			PROMISE(strchr("0123456789abcdef", uuid[i]));
	}
}

/* What is understood, or a whole sentence that says what is not. */
static void promise_policy(const struct policy *policy)
{
	PROMISE(policy->overlap == OVERLAP_REFUSE || policy->overlap == OVERLAP_WARN);
	PROMISE(memchr(policy->governor, '\0', sizeof(policy->governor)));
	PROMISE(strspn(policy->governor, "abcdefghijklmnopqrstuvwxyz0123456789_-") == strlen(policy->governor));
	PROMISE(policy->has_governor == (policy->governor[0] != '\0'));
	PROMISE(policy->has_isolate || !policy->isolate);
	PROMISE(policy->has_overlap || policy->overlap == OVERLAP_REFUSE);
	PROMISE(policy->has_allocate || !policy->allocate);
	PROMISE(policy->action == HOLDERS_REFUSE || policy->action == HOLDERS_STOP);
	PROMISE(policy->wait_s <= POLICY_WAIT_MAX_S);
	promise_printable(policy->problem, sizeof(policy->problem));
	PROMISE(!policy->problem[0] ||
		strstr(policy->problem, "; correct it with 'virsh edit', see gpu-handoff-policy(7)"));
}

/* Each size and set of nodes once, and some memory of it. */
static void promise_needs(const struct demand *demand)
{
	PROMISE(demand->n_needs <= PAGE_NEEDS_MAX);
	for (unsigned int i = 0; i < demand->n_needs; i++) {
		const struct page_need *need = &demand->needs[i];

		PROMISE(need->kib > 0);
		for (unsigned int j = 0; j < i; j++)
			PROMISE(demand->needs[j].page_kib != need->page_kib ||
				memcmp(&demand->needs[j].nodes, &need->nodes, sizeof(need->nodes)) != 0);
	}
}

static bool is_same_demand(const struct demand *a, const struct demand *b)
{
	for (unsigned int i = 0; i < a->n_needs && a->n_needs == b->n_needs; i++) {
		if (a->needs[i].page_kib != b->needs[i].page_kib || a->needs[i].kib != b->needs[i].kib ||
			!cpuset_same(&a->needs[i].nodes, &b->needs[i].nodes))
			return false;
	}
	return a->n_vcpus == b->n_vcpus && a->n_pinned == b->n_pinned && cpuset_same(&a->vcpus, &b->vcpus) &&
	       cpuset_same(&a->service, &b->service) && cpuset_same(&a->nodes, &b->nodes) &&
	       strcmp(a->partition, b->partition) == 0 && a->n_needs == b->n_needs &&
	       strcmp(a->problem, b->problem) == 0;
}

static void promise_demand(const struct domain *domain)
{
	static const struct demand none;
	const struct demand *demand = &domain->demand;

	if (!domain->has_policy && domain->n_hostdevs == 0) {
		PROMISE(is_same_demand(demand, &none));
		return;
	}
	PROMISE(demand->n_pinned <= demand->n_vcpus);
	PROMISE((demand->n_pinned > 0) == (cpuset_count(&demand->vcpus) > 0));
	PROMISE(memchr(demand->partition, '\0', sizeof(demand->partition)));
	PROMISE(demand->partition[0] == '/' || (!demand->partition[0] && demand->problem[0]));
	PROMISE(demand->n_vcpus > 0 || demand->problem[0]);
	promise_needs(demand);
	promise_printable(demand->problem, sizeof(demand->problem));
	PROMISE(!demand->problem[0] || strstr(demand->problem, "; correct it with 'virsh edit'"));
}

static void promise_domain(const struct domain *domain)
{
	promise_policy(&domain->policy);
	promise_demand(domain);
	PROMISE(memchr(domain->name, '\0', sizeof(domain->name)) && domain->name[0]);
	promise_uuid(domain->uuid);
	PROMISE(domain->n_hostdevs <= DOMAIN_HOSTDEVS_MAX);
	for (unsigned int i = 0; i < domain->n_hostdevs; i++) {
		promise_address(domain->hostdevs[i]);
		PROMISE(domain_names(domain, domain->hostdevs[i]));
		PROMISE(i == 0 || address_compare(domain->hostdevs[i - 1], domain->hostdevs[i]) < 0);
	}
}

static bool has_same_hostdevs(const struct domain *a, const struct domain *b)
{
	for (unsigned int i = 0; i < a->n_hostdevs; i++) {
		if (address_compare(a->hostdevs[i], b->hostdevs[i]) != 0)
			return false;
	}
	return true;
}

static bool is_same(const struct domain *a, const struct domain *b)
{
	return strcmp(a->name, b->name) == 0 && strcmp(a->uuid, b->uuid) == 0 && a->n_hostdevs == b->n_hostdevs &&
	       a->policy.action == b->policy.action && a->policy.wait_s == b->policy.wait_s &&
	       strcmp(a->policy.problem, b->policy.problem) == 0 && has_same_hostdevs(a, b) &&
	       is_same_demand(&a->demand, &b->demand);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* A domain of its own, to see that a refusal leaves it alone. */
	static const struct domain untouched = { .name = "untouched", .n_hostdevs = 1, .hostdevs = { { .bus = 1 } } };
	static struct domain domain, again;
	struct refusal refusal;
	int r;

	xmlSetExternalEntityLoader(never_load);
	xmlSetGenericErrorFunc(NULL, never_print);
	memset(&refusal, 0xa5, sizeof(refusal));
	domain = again = untouched;
	r = domain_parse((const char *)data, size, &domain, &refusal);
	PROMISE(r == 0 || r == -ECANCELED);
	if (r == 0) {
		promise_domain(&domain);
	} else {
		promise_refusal(&refusal);
		PROMISE(is_same(&domain, &untouched));
	}
	/* What one text says does not depend on the texts before it. */
	PROMISE(domain_parse((const char *)data, size, &again, &refusal) == r);
	PROMISE(is_same(&domain, &again));
	return 0;
}
