// SPDX-License-Identifier: GPL-2.0-or-later
/* Recovery decides by facts: which journal is left, which is undone, which cannot be read. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/snapshot.h"
#include "tests/unit/apply/apply.h"
#include "tests/unit/apply/loops.h"

#define HOST       "rocketlake-i7-11700-rtx2060"
#define GROUP      14
#define DAEMON     812
#define START      2214
#define STATE_FILE "run/libvirt/qemu/gpuvm.xml"

static char *before;

static void start(void)
{
	machine_start(&machine, HOST, MACHINE_DRESSED | MACHINE_SMALL | MACHINE_LOADED);
	before = machine_snapshot(&machine);
	machine_put_process(&machine, DAEMON, "libvirtd", START);
}

static void stop(void)
{
	loop_check(before, "the end", &machine.cards[1], 0);
	free(before);
	machine_stop(&machine);
}

/* A journal that is held: what there is now of its daemon, and of its group. */
static const struct {
	const char *name;
	bool by_daemon;      /* taken by one */
	const char *process; /* who has its pid now, NULL for nobody */
	unsigned long long started;
	bool open;
	bool kept;        /* libvirt's state file of the domain is there */
	const char *left; /* part of the note; NULL: undone */
	bool by_command;
} helds[] = {
	{ "by hand, stopped", false, NULL, 0, false, false, NULL, false },
	{ "by hand, running", false, NULL, 0, true, false, "VFIO group open", false },
	{ "daemon lives, starting", true, "libvirtd", START, false, false, "daemon that lives", false },
	{ "daemon lives, running", true, "libvirtd", START, true, true, "daemon that lives", false },
	{ "daemon gone, before QEMU", true, NULL, 0, false, false, NULL, false },
	{ "daemon gone, QEMU too", true, NULL, 0, false, true, "has not finished", false },
	{ "daemon gone, running", true, NULL, 0, true, true, "has not finished", false },
	{ "daemon restarted with the same pid", true, "libvirtd", START + 1, false, false, NULL, false },
	{ "pid is another program's", true, "bash", START, false, false, NULL, false },
	{ "command waits", true, "bash", START, false, false, "the command", true },
	{ "command runs", true, "qemu", START, true, true, "the command", true },
	{ "command gone", true, NULL, 0, false, false, NULL, true },
	{ "command gone, a domain of that name runs", true, NULL, 0, false, true, NULL, true },
	{ "command gone, what it started runs", true, NULL, 0, true, false, "left behind", true },
	{ "pid is a later process", true, "qemu", START + 1, false, false, NULL, true },
};

START_TEST(test_held)
{
	const struct domain *domain = &machine.cards[1];
	int r;

	if (helds[_i].by_command)
		ck_assert_int_eq(handover_take_for_command(machine.handover, domain, DAEMON, &machine.refusal), 0);
	else
		ck_assert_int_eq(
			handover_take(machine.handover, domain, helds[_i].by_daemon ? DAEMON : 0, &machine.refusal), 0);
	remove_all(machine.scratch.fd, "proc/812");
	if (helds[_i].process)
		machine_put_process(&machine, DAEMON, helds[_i].process, helds[_i].started);
	if (helds[_i].open)
		fake_kernel_open_group(&machine.kernel, GROUP);
	if (helds[_i].kept)
		put_text(machine.scratch.fd, STATE_FILE, "<domstatus/>\n");
	machine.notes[0] = '\0';
	r = handover_recover(machine.handover, &machine.refusal);
	ck_assert_msg(r == !helds[_i].left, "%s: %d", helds[_i].name, r);
	ck_assert(!machine.kernel.hung);
	if (helds[_i].left) {
		ck_assert_msg(strstr(machine.notes, helds[_i].left) != NULL, "%s: %s", helds[_i].name, machine.notes);
		ck_assert(machine_has(&machine, domain, "vfio-pci"));
		fake_kernel_close_group(&machine.kernel, GROUP);
		ck_assert_int_eq(loop_call(CALL_RETURN, domain), 0);
	}
	remove_all(machine.scratch.fd, STATE_FILE);
}
END_TEST

/* Journals that nobody of ours wrote, or that were damaged since. The domain's own card is held beside them. */
static const struct {
	const char *name, *text;
} damages[] = {
	{ "another version", "gpu-handoff 2\n" },
	{ "binary", "\x7f"
		    "ELF\n" },
	{ "a line that is none", "gpu-handoff 1\nchange everything\n" },
};

START_TEST(test_damaged)
{
	const char *path = "run/gpu-handoff/00000000-0000-0000-0000-000000000000.journal";
	const struct domain *domain = &machine.cards[1];
	char *text;

	ck_assert_int_eq(loop_call(CALL_TAKE, domain), 0);
	put_text(machine.scratch.fd, path, "%s", damages[_i].text);
	/* The one that can be read is undone, the other told of, and left as it is. */
	ck_assert_int_eq(handover_recover(machine.handover, &machine.refusal), -ECANCELED);
	ck_assert_ptr_nonnull(strstr(machine.refusal.sentence, "00000000-0000-0000-0000-000000000000.journal"));
	ck_assert(!machine_has(&machine, domain, "vfio-pci"));
	text = get_text(machine.scratch.fd, path);
	ck_assert_str_eq(text, damages[_i].text);
	free(text);
	/* It may name anything: no card is taken until a person has seen to it. */
	ck_assert_int_eq(loop_call(CALL_TAKE, domain), -ECANCELED);
	ck_assert_ptr_nonnull(strstr(machine.refusal.sentence, "00000000-0000-0000-0000-000000000000.journal"));
	ck_assert(!machine_has(&machine, domain, "vfio-pci"));
	remove_all(machine.scratch.fd, path);
}
END_TEST

START_TEST(test_damaged_own)
{
	const struct domain *domain = &machine.cards[1];
	char path[128];

	(void)snprintf(path, sizeof(path), "run/gpu-handoff/%s.journal", domain->uuid);
	put_directory(machine.scratch.fd, "run/gpu-handoff");
	put_text(machine.scratch.fd, path, "%s", damages[_i].text);
	ck_assert_int_eq(loop_call(CALL_TAKE, domain), -ECANCELED);
	ck_assert_ptr_nonnull(strstr(machine.refusal.sentence, domain->uuid));
	ck_assert_int_eq(loop_call(CALL_RETURN, domain), -ECANCELED);
	remove_all(machine.scratch.fd, path);
}
END_TEST

/* A state directory that others can write, or that is not one. */
static void make_link(void)
{
	put_directory(machine.scratch.fd, "run/elsewhere");
	put_link(machine.scratch.fd, "run/gpu-handoff", "run/elsewhere");
}

static void make_file(void)
{
	put_text(machine.scratch.fd, "run/gpu-handoff", "x");
}

static void make_writable(void)
{
	put_directory(machine.scratch.fd, "run/gpu-handoff");
	ck_assert_int_eq(fchmodat(machine.scratch.fd, "run/gpu-handoff", 0770, 0), 0);
}

static void make_journal_link(void)
{
	char path[128];

	put_directory(machine.scratch.fd, "run/gpu-handoff");
	put_text(machine.scratch.fd, "run/theirs", "gpu-handoff 1\n");
	(void)snprintf(path, sizeof(path), "run/gpu-handoff/%s.journal", machine.cards[1].uuid);
	put_link(machine.scratch.fd, path, "run/theirs");
}

static void (*const foreign[])(void) = { make_link, make_file, make_writable, make_journal_link };

START_TEST(test_foreign)
{
	foreign[_i]();
	ck_assert_int_eq(loop_call(CALL_TAKE, &machine.cards[1]), -ECANCELED);
	ck_assert_str_eq(refusal_reason_name(machine.refusal.reason), "state");
	ck_assert_int_eq(handover_recover(machine.handover, &machine.refusal), -ECANCELED);
	remove_all(machine.scratch.fd, "run/gpu-handoff");
}
END_TEST

/* Steps that a journal could ask for and that a plan never has: what they would need is looked at first. */
START_TEST(test_hostile_steps)
{
	static const char *const steps[] = {
		"change unbind 0000:00:02.0 ../../../etc -\n",
		"change bind 0000:02:00.0 - ..\n",
		"change bind 0000:02:00.0 nvidia/unbind vfio-pci\n",
		"change override ffff:ff:1f.7 x vfio-pci\n",
	};

	put_directory(machine.scratch.fd, "run/gpu-handoff");
	put_text(machine.scratch.fd, "run/gpu-handoff/0000:02:00.0.journal",
		"gpu-handoff 1\ndetached 0000:02:00.0\ntaken 0000:02:00.0 14 named\n%sreturning\n", steps[_i]);
	(void)handover_recover(machine.handover, &machine.refusal);
	remove_all(machine.scratch.fd, "run/gpu-handoff/0000:02:00.0.journal");
}
END_TEST

/* The group is busy when release comes, until QEMU's last thread has gone. */
START_TEST(test_busy)
{
	const struct domain *domain = &machine.cards[1];

	ck_assert_int_eq(loop_call(CALL_TAKE, domain), 0);
	fake_kernel_open_group(&machine.kernel, GROUP);
	ck_assert_int_eq(handover_recover(machine.handover, &machine.refusal), 0);
	ck_assert(machine_has(&machine, domain, "vfio-pci"));
	fake_kernel_close_group(&machine.kernel, GROUP);
	ck_assert_int_eq(loop_call(CALL_RETURN, domain), 0);
}
END_TEST

struct seen {
	unsigned int n;
	const char *why;
};

static void see(void *data, const struct journal *journal, const char *why_left)
{
	struct seen *seen = data;

	(void)journal;
	seen->n++;
	seen->why = why_left;
}

START_TEST(test_survey)
{
	struct seen seen = { 0 };

	ck_assert_int_eq(handover_survey(machine.handover, see, &seen, &machine.refusal), 0);
	ck_assert_uint_eq(seen.n, 0);
	ck_assert_int_eq(handover_take(machine.handover, &machine.cards[1], DAEMON, &machine.refusal), 0);
	ck_assert_int_eq(handover_survey(machine.handover, see, &seen, &machine.refusal), 0);
	ck_assert_uint_eq(seen.n, 1);
	ck_assert_ptr_nonnull(seen.why);
	remove_all(machine.scratch.fd, "proc/812");
	ck_assert_int_eq(handover_survey(machine.handover, see, &seen, &machine.refusal), 0);
	ck_assert_uint_eq(seen.n, 2);
	ck_assert_ptr_null(seen.why);
	ck_assert_int_eq(handover_recover(machine.handover, &machine.refusal), 1);
}
END_TEST

/* Domains without a journal do not wait for the lock, which another handover may hold for long. */
START_TEST(test_not_ours)
{
	int fd;

	ck_assert_int_eq(loop_call(CALL_RETURN, &machine.cards[1]), 0);
	ck_assert_int_eq(loop_call(CALL_TAKE, &machine.cards[1]), 0);
	fd = openat(machine.host.run, "gpu-handoff/lock", O_RDWR | O_CLOEXEC);
	ck_assert_int_eq(flock(fd, LOCK_EX | LOCK_NB), 0);
	ck_assert_int_eq(loop_call(CALL_RETURN, &machine.cards[0]), 0);
	close(fd);
	ck_assert_int_eq(loop_call(CALL_RETURN, &machine.cards[1]), 0);
}
END_TEST

TCase *case_recover(void)
{
	TCase *tcase = suite_case("recover");

	tcase_add_checked_fixture(tcase, start, stop);
	add_rows(tcase, test_held, helds);
	add_rows(tcase, test_damaged, damages);
	add_rows(tcase, test_damaged_own, damages);
	add_rows(tcase, test_foreign, foreign);
	tcase_add_loop_test(tcase, test_hostile_steps, 0, 4);
	tcase_add_test(tcase, test_busy);
	tcase_add_test(tcase, test_survey);
	tcase_add_test(tcase, test_not_ours);
	return tcase;
}
