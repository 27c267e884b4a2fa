// SPDX-License-Identifier: GPL-2.0-or-later
#include "apply/journal_text.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "apply/word.h"

#define VERSION_LINE "gpu-handoff 1"

/* A line has six words at most. */
#define WORDS_MAX 6

/* The first word of the line that names the owner. */
static const char *const owners[] = {
	[JOURNAL_DOMAIN] = "domain",
	[JOURNAL_DETACHED] = "detached",
	[JOURNAL_POISONED] = "poisoned",
};

static void write_resources(struct text *text, const struct plan *plan)
{
	const struct claim *claim = &plan->claim;

	if (plan->has_claim) {
		text_add(text, "claim %s %s ", cpuset_text(&claim->cpus).s, claim->isolate ? "isolated" : "shared");
		word_write(text, claim->governor);
		text_add(text, " ");
		word_write(text, cpuset_text(&claim->nodes).s);
		text_add(text, " ");
		word_write(text, claim->partition);
		text_add(text, "\n");
	}
	for (unsigned int i = 0; i < plan->orders.n_orders; i++) {
		const struct page_order *order = &plan->orders.orders[i];
		char pool[POOL_ID_SIZE];

		pool_id_text((struct pool_id){ order->node, order->page_kib }, pool);
		text_add(text, "needs %s %" PRIu64 " %" PRIu64 "\n", pool, order->count, order->base);
	}
}

void journal_write_head(struct text *text, const struct journal *journal)
{
	text_add(text, VERSION_LINE "\n");
	text_add(text, "%s %s", owners[journal->kind], journal->owner);
	if (journal->kind != JOURNAL_DETACHED) {
		text_add(text, " ");
		word_write(text, journal->name);
	}
	text_add(text, "\n");
	if (journal->daemon)
		text_add(text, "%s %d %" PRIu64 "\n", journal->is_command ? "command" : "daemon", (int)journal->daemon,
			journal->daemon_start);
	write_resources(text, &journal->plan);
	for (unsigned int i = 0; i < journal->plan.n_taken; i++) {
		const struct taken *taken = &journal->plan.taken[i];

		text_add(text, "taken %s %d %s", address_text(taken->address).s, taken->iommu_group,
			taken->forgotten ? "forgotten" : "named");
		if (taken->identity)
			text_add(text, " %" PRIu64, taken->identity);
		text_add(text, "\n");
	}
}

void journal_write_change(struct text *text, const struct step *step)
{
	text_add(text, "change %s %s ", step_kind_name(step->kind), step_subject(step).s);
	word_write(text, step->old);
	text_add(text, " ");
	word_write(text, step->new);
	text_add(text, "\n");
}

void journal_write_begun(struct text *text, const struct step *step)
{
	text_add(text, "begun %s %s\n", step_kind_name(step->kind), step_subject(step).s);
}

void journal_write_writer(struct text *text, const struct journal *journal)
{
	text_add(text, "writer %d %" PRIu64 "\n", (int)journal->writer, journal->writer_start);
}

void journal_write_vanished(struct text *text, struct address address)
{
	text_add(text, "vanished %s\n", address_text(address).s);
}

void journal_forget(struct journal *journal, struct address address)
{
	plan_forget(&journal->plan, address);
	/* Whoever asked that of it asked the device that is gone. */
	if (journal->has_last && step_kind_has_target(journal->last.kind) &&
		address_compare(journal->last.target, address) == 0)
		journal->has_last = false;
}

static int parse_owner(unsigned int n, char *words[], struct journal *journal)
{
	/* One owner, once: the words of a second would mix with those of the first. */
	if (journal->owner[0])
		return -EBADMSG;
	while (strcmp(words[0], owners[journal->kind]) != 0)
		journal->kind++;
	if (n != (journal->kind == JOURNAL_DETACHED ? 2 : 3) || !*words[1] ||
		text_copy(journal->owner, sizeof(journal->owner), words[1]) < 0)
		return -EBADMSG;
	return n == 2 ? 0 : word_read(words[2], journal->name, sizeof(journal->name));
}

static int parse_process(unsigned int n, char *words[], pid_t *ret_pid, uint64_t *ret_start)
{
	uint64_t pid;

	if (n != 3 || text_parse_number(words[1], 10, INT32_MAX, &pid) < 0 ||
		text_parse_number(words[2], 10, UINT64_MAX, ret_start) < 0)
		return -EBADMSG;
	*ret_pid = (pid_t)pid;
	return 0;
}

static int parse_daemon(unsigned int n, char *words[], struct journal *journal)
{
	journal->is_command = strcmp(words[0], "command") == 0;
	return parse_process(n, words, &journal->daemon, &journal->daemon_start);
}

static int parse_writer(unsigned int n, char *words[], struct journal *journal)
{
	return parse_process(n, words, &journal->writer, &journal->writer_start);
}

static int parse_taken(unsigned int n, char *words[], struct journal *journal)
{
	struct plan *plan = &journal->plan;
	struct taken taken = { 0 };
	uint64_t group;

	if (n < 4 || n > 5 || plan->n_taken == PLAN_FUNCTIONS_MAX || address_parse(words[1], &taken.address) < 0 ||
		text_parse_number(words[2], 10, INT32_MAX, &group) < 0 ||
		(n == 5 && text_parse_number(words[4], 10, UINT64_MAX, &taken.identity) < 0))
		return -EBADMSG;
	taken.iommu_group = (int)group;
	taken.forgotten = strcmp(words[3], "forgotten") == 0;
	if (!taken.forgotten && strcmp(words[3], "named") != 0)
		return -EBADMSG;
	plan->taken[plan->n_taken++] = taken;
	return 0;
}

static int parse_claim(unsigned int n, char *words[], struct journal *journal)
{
	struct plan *plan = &journal->plan;
	struct cpuset_text nodes = { 0 };

	if (n != 6 || plan->has_claim || cpuset_parse(words[1], &plan->claim.cpus) < 0 ||
		word_read(words[3], plan->claim.governor, sizeof(plan->claim.governor)) < 0 ||
		word_read(words[4], nodes.s, sizeof(nodes.s)) < 0 ||
		(nodes.s[0] && cpuset_parse(nodes.s, &plan->claim.nodes) < 0) ||
		word_read(words[5], plan->claim.partition, sizeof(plan->claim.partition)) < 0)
		return -EBADMSG;
	plan->has_claim = true;
	plan->claim.isolate = strcmp(words[2], "isolated") == 0;
	return plan->claim.isolate || strcmp(words[2], "shared") == 0 ? 0 : -EBADMSG;
}

static int parse_needs(unsigned int n, char *words[], struct journal *journal)
{
	struct page_orders *orders = &journal->plan.orders;
	struct page_order order = { 0 };
	struct pool_id pool;

	if (n != 4 || orders->n_orders == PAGE_ORDERS_MAX || pool_id_parse(words[1], &pool) < 0 ||
		text_parse_number(words[2], 10, UINT64_MAX, &order.count) < 0 ||
		text_parse_number(words[3], 10, UINT64_MAX, &order.base) < 0)
		return -EBADMSG;
	order.node = pool.node;
	order.page_kib = pool.page_kib;
	orders->orders[orders->n_orders++] = order;
	return 0;
}

static int parse_change(unsigned int n, char *words[], struct journal *journal)
{
	struct plan *plan = &journal->plan;
	struct step *step = &plan->steps[plan->n_steps];

	if (n != 5 || plan->n_steps == PLAN_STEPS_MAX || step_kind_parse(words[1], &step->kind) < 0 ||
		step_parse_subject(step, words[2]) < 0 || word_read(words[3], step->old, sizeof(step->old)) < 0 ||
		word_read(words[4], step->new, sizeof(step->new)) < 0)
		return -EBADMSG;
	plan->n_steps++;
	journal->last = *step;
	journal->has_last = true;
	return 0;
}

static int parse_begun(unsigned int n, char *words[], struct journal *journal)
{
	journal->last = (struct step){ 0 };
	journal->has_last = true;
	return n == 3 && step_kind_parse(words[1], &journal->last.kind) == 0 &&
			       step_parse_subject(&journal->last, words[2]) == 0
		       ? 0
		       : -EBADMSG;
}

static int parse_held(unsigned int n, char *words[], struct journal *journal)
{
	(void)words;
	journal->state = JOURNAL_HELD;
	return n == 1 ? 0 : -EBADMSG;
}

static int parse_started(unsigned int n, char *words[], struct journal *journal)
{
	(void)words;
	journal->started = true;
	return n == 1 ? 0 : -EBADMSG;
}

static int parse_vanished(unsigned int n, char *words[], struct journal *journal)
{
	struct address address;

	if (n != 2 || address_parse(words[1], &address) < 0)
		return -EBADMSG;
	journal_forget(journal, address);
	return 0;
}

static int parse_returning(unsigned int n, char *words[], struct journal *journal)
{
	(void)words;
	journal->state = JOURNAL_RETURNING;
	return n == 1 ? 0 : -EBADMSG;
}

static const struct {
	const char *word;
	int (*parse)(unsigned int n, char *words[], struct journal *journal);
} lines[] = {
	{ "domain", parse_owner },
	{ "detached", parse_owner },
	{ "poisoned", parse_owner },
	{ "daemon", parse_daemon },
	{ "command", parse_daemon },
	{ "writer", parse_writer },
	{ "taken", parse_taken },
	{ "claim", parse_claim },
	{ "needs", parse_needs },
	{ "change", parse_change },
	{ "held", parse_held },
	{ "started", parse_started },
	{ "vanished", parse_vanished },
	{ "returning", parse_returning },
	{ "begun", parse_begun },
};

static int parse_line(char *line, struct journal *journal)
{
	char *words[WORDS_MAX];
	int n = word_split(line, words, WORDS_MAX);

	if (n < 0)
		return n;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (strcmp(words[0], lines[i].word) == 0)
			return lines[i].parse((unsigned int)n, words, journal);
	}
	return -EBADMSG;
}

int journal_parse(const char *text, size_t size, struct journal *ret)
{
	char line[JOURNAL_LINE_MAX];
	bool first = true;

	memset(ret, 0, sizeof(*ret));
	/* What is not even the beginning of a journal is nobody's to remove. */
	if (strncmp(text, VERSION_LINE "\n", size < sizeof(VERSION_LINE) ? size : sizeof(VERSION_LINE)) != 0)
		return -EBADMSG;
	for (const char *end; (end = memchr(text, '\n', size)); first = false) {
		size_t length = (size_t)(end - text);
		int r;

		if (length >= sizeof(line) || memchr(text, '\0', length))
			return -EBADMSG;
		memcpy(line, text, length);
		line[length] = '\0';
		r = first ? strcmp(line, VERSION_LINE) ? -EBADMSG : 0 : parse_line(line, ret);
		if (r < 0)
			return r;
		text = end + 1;
		size -= length + 1;
	}
	return 0;
}
