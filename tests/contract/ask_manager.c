// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ask-manager: asks systemd, logind and irqbalance, as root, what manager.h promises, and prints the answer, the
 * milliseconds, and where CPUs were asked for these. After "scope" it stays for some seconds, to be looked at.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "host/host.h"
#include "host/manager.h"
#include "model/cpuset.h"

/* A question: the words between what is asked and the deadline, the last NULL. */
struct question {
	const char *const *words;
	int deadline_ms;
	struct cpuset cpus; /* told */
};

static int ask_stop(const struct host *host, struct question *q)
{
	return host->manager->stop_unit(host, q->words[0], q->deadline_ms);
}

static int ask_start(const struct host *host, struct question *q)
{
	return host->manager->start_unit(host, q->words[0], q->deadline_ms);
}

static int ask_active(const struct host *host, struct question *q)
{
	return host->manager->unit_is_active(host, q->words[0], q->deadline_ms);
}

static int ask_end_session(const struct host *host, struct question *q)
{
	return host->manager->end_session(host, q->words[0], q->deadline_ms);
}

static int ask_end_sessions_of(const struct host *host, struct question *q)
{
	return host->manager->end_sessions_of(host, (uid_t)strtoul(q->words[0], NULL, 10), q->deadline_ms);
}

static int ask_scope(const struct host *host, struct question *q)
{
	return manager_enter_scope(host, "asked by the lab", q->deadline_ms);
}

/* A list, or - for none. */
static int take_cpus(const char *list, struct cpuset *ret)
{
	return strcmp(list, "-") == 0 ? 0 : cpuset_parse(list, ret);
}

static int ask_allow(const struct host *host, struct question *q)
{
	int r = 0;

	for (const char *const *words = q->words; r >= 0 && words[0] && words[1]; words += 2) {
		struct cpuset cpus = { 0 };

		r = take_cpus(words[1], &cpus);
		if (r == 0)
			r = host->manager->set_allowed_cpus(host, words[0], &cpus, q->deadline_ms);
	}
	return r;
}

static int ask_allowed(const struct host *host, struct question *q)
{
	return host->manager->get_allowed_cpus(host, q->words[0], &q->cpus, q->deadline_ms);
}

static int ask_reload(const struct host *host, struct question *q)
{
	return host->manager->reload(host, q->deadline_ms);
}

static int ask_bound(const struct host *host, struct question *q)
{
	return host->manager->start_bound(
		host, q->words[0], "asked by the lab", q->words[1], q->words + 2, q->deadline_ms);
}

static int ask_banned(const struct host *host, struct question *q)
{
	pid_t pid;

	return host->manager->get_banned_cpus(host, &pid, &q->cpus, q->deadline_ms);
}

static int ask_ban(const struct host *host, struct question *q)
{
	struct cpuset cpus = { 0 };
	pid_t pid;
	int r = take_cpus(q->words[0], &cpus);

	if (r == 0)
		r = host->manager->get_banned_cpus(host, &pid, &q->cpus, q->deadline_ms);
	return r < 0 ? r : host->manager->set_banned_cpus(host, pid, &cpus, q->deadline_ms);
}

static const struct {
	const char *name, *words;
	int n_words; /* at least */
	int (*ask)(const struct host *host, struct question *question);
	bool tells_cpus;
} questions[] = {
	{ "stop", "UNIT", 1, ask_stop, false },
	{ "start", "UNIT", 1, ask_start, false },
	{ "active", "UNIT", 1, ask_active, false },
	{ "end-session", "ID", 1, ask_end_session, false },
	{ "end-sessions-of", "UID", 1, ask_end_sessions_of, false },
	{ "scope", "SECONDS", 1, ask_scope, false },
	{ "allow", "UNIT LIST|- [UNIT LIST|-]...", 2, ask_allow, false },
	{ "allowed", "UNIT", 1, ask_allowed, true },
	{ "reload", "", 0, ask_reload, false },
	{ "bound", "UNIT BOUND-TO PROGRAM [ARGUMENT...]", 3, ask_bound, false },
	{ "banned", "", 0, ask_banned, true },
	{ "ban", "LIST|-", 1, ask_ban, false },
};
#define N_QUESTIONS (sizeof(questions) / sizeof(questions[0]))

static int usage(void)
{
	(void)fprintf(stderr, "usage: ask-manager QUESTION... DEADLINE_MS\n");
	for (size_t i = 0; i < N_QUESTIONS; i++)
		(void)fprintf(stderr, "  %s %s\n", questions[i].name, questions[i].words);
	return 2;
}

static void ask_and_tell(const struct host *host, size_t i, struct question *question)
{
	uint64_t began = clock_now_us();
	int r = questions[i].ask(host, question);

	if (r < 0)
		(void)printf("%s", strerrorname_np(-r));
	else
		(void)printf("%d", r);
	(void)printf(" %llu", (unsigned long long)(clock_now_us() - began) / 1000);
	if (r >= 0 && questions[i].tells_cpus)
		(void)printf(" %s", cpuset_count(&question->cpus) ? cpuset_text(&question->cpus).s : "-");
	(void)printf("\n");
	(void)fflush(stdout);
}

int main(int argc, char *argv[])
{
	struct question question = { .words = (const char *const *)argv + 2 };
	struct host host;
	size_t i = 0;

	while (argc > 2 && i < N_QUESTIONS && strcmp(questions[i].name, argv[1]) != 0)
		i++;
	if (argc < 3 || i == N_QUESTIONS || argc - 3 < questions[i].n_words)
		return usage();
	question.deadline_ms = (int)strtol(argv[argc - 1], NULL, 10);
	argv[argc - 1] = NULL;
	if (host_open(NULL, &host) < 0)
		return 1;
	ask_and_tell(&host, i, &question);
	if (strcmp(argv[1], "scope") == 0)
		(void)sleep((unsigned int)strtoul(argv[2], NULL, 10));
	host_close(&host);
	return 0;
}
