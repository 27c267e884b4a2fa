// SPDX-License-Identifier: GPL-2.0-or-later
/* setup and reset that do not come to their end, for whatever reason: the next reset has everything as before. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/fault.h"
#include "tests/unit/cli/cli.h"
#include "tests/unit/cli/systems.h"

/* Somebody ended it, or the power was lost: at every write and every removal, of setup and of the reset behind it. */
static bool dies_at(const struct command *command, unsigned int at, enum fault_kind kind)
{
	int status = 0;
	pid_t child = fork();

	ck_assert_int_ge(child, 0);
	if (child == 0) {
		fault_arm(&(struct fault){ .kind = kind, .scope = FAULT_FILE, .at = at });
		_exit(system_run(command) == 0 ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status));
	ck_assert_int_ne(WEXITSTATUS(status), 1);
	return WEXITSTATUS(status) == FAULT_DEATH_STATUS;
}

static void die_everywhere(unsigned int which, const struct command *command, enum fault_kind kind)
{
	unsigned int n = 0;
	bool died = true;

	while (died) {
		char *before;

		system_start(which);
		before = system_look();
		if (command == &command_reset)
			ck_assert_int_eq(system_run(&command_setup), 0);
		died = dies_at(command, ++n, kind);
		ck_assert_msg(system_run(&command_reset) == 0, "%s, at %u: %s", systems[which].name, n,
			system_refusal.sentence);
		system_assert_as(before);
		free(before);
		scratch_remove(&system_scratch);
	}
	ck_assert_uint_gt(n, 5);
}

static const unsigned int mortals[] = { SYSTEM_DEBIAN, SYSTEM_DEBIAN_BOOT, SYSTEM_FEDORA, SYSTEM_ARCH_GRUB };

START_TEST(test_death)
{
	die_everywhere(mortals[_i], &command_setup, FAULT_DEATH_BEFORE);
	die_everywhere(mortals[_i], &command_setup, FAULT_DEATH_AFTER);
}
END_TEST

START_TEST(test_death_of_reset)
{
	die_everywhere(mortals[_i], &command_reset, FAULT_DEATH_BEFORE);
	die_everywhere(mortals[_i], &command_reset, FAULT_DEATH_AFTER);
}
END_TEST

/* The disk is full, and the like: setup takes everything back by itself. */
START_TEST(test_error)
{
	unsigned int n = 0, failed = 0;

	for (bool more = true; more;) {
		char *before;
		int r;

		system_start(mortals[_i]);
		before = system_look();
		fault_arm(&(struct fault){ .kind = FAULT_ERROR, .scope = FAULT_FILE, .at = ++n, .error = ENOSPC });
		r = system_run(&command_setup);
		more = fault_count() >= n;
		fault_disarm(FAULT_FILE);
		failed += r < 0;
		ck_assert_int_eq(system_run(&command_reset), 0);
		system_assert_as(before);
		free(before);
		scratch_remove(&system_scratch);
	}
	ck_assert_uint_gt(failed, 5);
}
END_TEST

/* ---- tools that fail, and that end with us ---- */

static const struct {
	unsigned int which;
	const char *tool;
} spoilt[] = {
	{ SYSTEM_DEBIAN, "update-grub" },
	{ SYSTEM_DEBIAN, "usermod" },
	{ SYSTEM_DEBIAN_BOOT, "kernel-install" },
	{ SYSTEM_FEDORA, "grubby" },
	{ SYSTEM_SILVERBLUE, "rpm-ostree" },
	{ SYSTEM_ARCH_UKI, "mkinitcpio" },
	{ SYSTEM_POP, "kernelstub" },
	{ SYSTEM_SUSE, "grub2-mkconfig" },
};

static void spoil(const char *tool, const char *how)
{
	char what[64];

	(void)snprintf(what, sizeof(what), "%s %s", tool, how);
	system_spoil(system_scratch.fd, what);
}

START_TEST(test_tool_fails)
{
	char *before;

	system_start(spoilt[_i].which);
	before = system_look();
	spoil(spoilt[_i].tool, "fail");
	ck_assert_int_eq(system_run(&command_setup), -ECANCELED);
	system_assert_in(system_refusal.sentence, "ended with status 3; everything is as before");
	system_assert_in(system_printed, "no space left");
	system_assert_as(before);
	ck_assert_int_eq(system_run(&command_reset), 0);
	system_assert_as(before);
	free(before);
	scratch_remove(&system_scratch);
}
END_TEST

START_TEST(test_death_with_tool)
{
	static const char *const moments[] = { "before", "after" };

	for (size_t i = 0; i < 2; i++) {
		char *before;
		pid_t child;
		int status;

		system_start(spoilt[_i].which);
		before = system_look();
		spoil(spoilt[_i].tool, moments[i]);
		child = fork();
		if (child == 0)
			_exit(system_run(&command_setup));
		ck_assert_int_eq(waitpid(child, &status, 0), child);
		ck_assert(WIFSIGNALED(status));
		ck_assert_int_eq(system_run(&command_setup), -ECANCELED);
		system_assert_in(system_refusal.sentence, "did not come to its end");
		ck_assert_msg(system_run(&command_reset) == 0, "%s", system_refusal.sentence);
		system_assert_as(before);
		free(before);
		scratch_remove(&system_scratch);
	}
}
END_TEST

/* In reset it stays written down, and the next one does it. */
START_TEST(test_tool_fails_in_reset)
{
	char *before;

	system_start(SYSTEM_DEBIAN);
	before = system_look();
	ck_assert_int_eq(system_run(&command_setup), 0);
	spoil("update-grub", "fail");
	ck_assert_int_eq(system_run(&command_reset), -ECANCELED);
	system_assert_in(system_refusal.sentence, "'update-grub' ended with status 3");
	ck_assert_int_eq(system_run(&command_reset), 0);
	system_assert_as(before);
	free(before);
	scratch_remove(&system_scratch);
}
END_TEST

TCase *case_setup_crash(void)
{
	TCase *tcase = suite_case("setup-crash");

	add_rows(tcase, test_death, mortals);
	add_rows(tcase, test_death_of_reset, mortals);
	add_rows(tcase, test_error, mortals);
	add_rows(tcase, test_tool_fails, spoilt);
	add_rows(tcase, test_death_with_tool, spoilt);
	tcase_add_test(tcase, test_tool_fails_in_reset);
	return tcase;
}
