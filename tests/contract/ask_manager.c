// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ask-manager: asks systemd and logind, as root, what manager.h promises, and prints the answer and the milliseconds.
 * After "scope" it stays for some seconds, to be looked at.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "host/host.h"
#include "host/manager.h"

static int ask(const struct host *host, const char *what, const char *subject, int deadline_ms)
{
	const struct manager *manager = host->manager;

	if (strcmp(what, "stop") == 0)
		return manager->stop_unit(host, subject, deadline_ms);
	if (strcmp(what, "start") == 0)
		return manager->start_unit(host, subject, deadline_ms);
	if (strcmp(what, "active") == 0)
		return manager->unit_is_active(host, subject, deadline_ms);
	if (strcmp(what, "end-session") == 0)
		return manager->end_session(host, subject, deadline_ms);
	if (strcmp(what, "end-sessions-of") == 0)
		return manager->end_sessions_of(host, (uid_t)strtoul(subject, NULL, 10), deadline_ms);
	if (strcmp(what, "scope") == 0)
		return manager_enter_scope(host, "asked by the lab", deadline_ms);
	return -ENOSYS;
}

int main(int argc, char *argv[])
{
	struct host host;
	uint64_t began;
	int r;

	if (argc != 4) {
		(void)fprintf(stderr,
			"usage: ask-manager stop|start|active|end-session|end-sessions-of|scope SUBJECT DEADLINE_MS\n"
			"for scope, the subject is how many seconds to stay in it\n");
		return 2;
	}
	r = host_open(NULL, &host);
	if (r < 0)
		return 1;
	began = clock_now_us();
	r = ask(&host, argv[1], argv[2], (int)strtol(argv[3], NULL, 10));
	if (r < 0)
		(void)printf("%s", strerrorname_np(-r));
	else
		(void)printf("%d", r);
	(void)printf(" %llu\n", (unsigned long long)(clock_now_us() - began) / 1000);
	(void)fflush(stdout);
	if (strcmp(argv[1], "scope") == 0)
		(void)sleep((unsigned int)strtoul(argv[2], NULL, 10));
	host_close(&host);
	return 0;
}
