// SPDX-License-Identifier: GPL-2.0-or-later
/* The commands on a host of systems.c, as root would run them. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/support/snapshot.h"
#include "tests/unit/cli/cli.h"
#include "tests/unit/cli/systems.h"

struct scratch system_scratch;
struct refusal system_refusal;
char system_printed[SYSTEM_PRINTED_SIZE];

void system_start(unsigned int which)
{
	scratch_make(&system_scratch);
	system_make(&systems[which], system_scratch.fd);
	ck_assert_int_eq(setenv("SUDO_UID", "1000", 1), 0);
}

/* What the host has of its own, with modes. The caller frees it. */
char *system_look(void)
{
	static const char *const parts[] = { "etc", "boot", "efi", "var" };
	char *all = strdup("");

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		char *part = snapshot_take(system_scratch.fd, parts[i]), *both;

		ck_assert_int_gt(asprintf(&both, "%s%s", all, part), 0);
		free(all);
		free(part);
		all = both;
	}
	return all;
}

void system_assert_as(char *before)
{
	char *now = system_look();
	const char *line = snapshot_compare(before, now, NULL);

	ck_assert_msg(!line, "not as before: %s", line);
	free(now);
}

/* Runs it as root would on that host. What it prints is in printed. */
int system_run_with(const struct command *command, bool dry_run, bool yes)
{
	struct invocation invocation = { .dry_run = dry_run, .yes = yes };
	int fd = memfd_create("stdout", MFD_CLOEXEC), own = dup(STDOUT_FILENO), r;
	ssize_t n;

	(void)fflush(stdout);
	ck_assert_int_ge(dup2(fd, STDOUT_FILENO), 0);
	ck_assert_int_eq(host_open(system_scratch.path, &invocation.host), 0);
	system_refusal = (struct refusal){ 0 };
	r = command->run(&invocation, &system_refusal);
	host_close(&invocation.host);
	(void)fflush(stdout);
	ck_assert_int_ge(dup2(own, STDOUT_FILENO), 0);
	n = pread(fd, system_printed, sizeof(system_printed) - 1, 0);
	system_printed[n < 0 ? 0 : n] = '\0';
	(void)close(fd);
	(void)close(own);
	return r;
}

int system_run(const struct command *command)
{
	return system_run_with(command, false, true);
}

void system_assert_calls(const char *wanted)
{
	char *calls = system_take_calls(system_scratch.fd);

	ck_assert_str_eq(calls, wanted);
	free(calls);
}

void system_assert_in(const char *text, const char *part)
{
	ck_assert_msg(strstr(text, part), "'%s' is not in:\n%s", part, text);
}
