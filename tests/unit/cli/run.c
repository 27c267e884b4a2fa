// SPDX-License-Identifier: GPL-2.0-or-later
/* What 'gpu-handoff run' is asked for, and the whole of it on a machine of the tests, with commands that are real. */
#include "cli/run/run.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/support/machine.h"
#include "tests/support/snapshot.h"
#include "tests/unit/cli/cli.h"

#define HOST    "x570-3900x-gtx1080ti-gt710"
#define LONG_MS 20000

static struct machine machine;
static struct order order;
static struct account nobody;
static struct invocation invocation;
static sigset_t unblocked;
static char *before;

/* ---- words ---- */

static const struct {
	const char *word, *expected; /* NULL: refused */
} words[] = {
	{ "", "" },
	{ "-nodefaults", "-nodefaults" },
	{ "vfio-pci,host={address}", "vfio-pci,host=0000:01:00.0" },
	{ "{address1}{address}", "0000:01:00.00000:01:00.0" },
	{ "/dev/vfio/{group},{group2}", "/dev/vfio/14,7" },
	{ "{address2}.", "0000:21:00.0." },
	{ "{address3}", NULL },
	{ "{group0}", NULL },
	{ "{address99999999999}", "{address99999999999}" },
	{ "{\"driver\":\"x\"}", "{\"driver\":\"x\"}" },
	{ "{addr}{address", "{addr}{address" },
	{ "{address 2}{Address}{}{", "{address 2}{Address}{}{" },
	{ "{{group}}", "{14}" },
};

START_TEST(test_words)
{
	char *given[] = { (char *)words[_i].word, (char *)"last", NULL }, **made = NULL;
	struct refusal refusal;
	int r;

	order.n_cards = 2;
	order.cards[0] = (struct order_card){ .address = { .bus = 0x01 }, .group = 14 };
	order.cards[1] = (struct order_card){ .address = { .bus = 0x21 }, .group = 7 };
	r = words_replace(&order, given, &made, &refusal);
	ck_assert_int_eq(r, words[_i].expected ? 0 : -ECANCELED);
	if (!words[_i].expected)
		return;
	ck_assert_str_eq(made[0], words[_i].expected);
	ck_assert_str_eq(made[1], "last");
	ck_assert_ptr_null(made[2]);
	words_free(made);
}
END_TEST

/* ---- options ---- */

static const struct {
	const char *cpus, *governor, *pages, *page_size, *node;
	const char *refused; /* part of the sentence; NULL: taken */
	uint64_t kib, page_kib;
	unsigned int n_cpus;
} options[] = {
	{ .refused = NULL },
	{ .cpus = "4-7,12", .n_cpus = 5 },
	{ .cpus = "4", .governor = "performance", .n_cpus = 1 },
	{ .cpus = "", .refused = "--cpus" },
	{ .cpus = "7-4", .refused = "--cpus" },
	{ .cpus = "4", .governor = "../x", .refused = "--governor" },
	{ .governor = "performance", .refused = "give both" },
	{ .pages = "8G", .kib = 8 << 20 },
	{ .pages = "512M", .page_size = "2M", .node = "1", .kib = 512 << 10, .page_kib = 2048 },
	{ .pages = "8G", .page_size = "1G", .kib = 8 << 20, .page_kib = 1 << 20 },
	{ .pages = "8", .refused = "--hugepages" },
	{ .pages = "G", .refused = "--hugepages" },
	{ .pages = "0G", .refused = "--hugepages" },
	{ .pages = "-1G", .refused = "--hugepages" },
	{ .pages = "8X", .refused = "--hugepages" },
	{ .pages = "99999999999999999999G", .refused = "--hugepages" },
	{ .pages = "18446744073709551615T", .refused = "--hugepages" },
	{ .pages = "8G", .page_size = "huge", .refused = "--page-size" },
	{ .pages = "8G", .node = "x", .refused = "--node" },
	{ .pages = "8G", .node = "99999", .refused = "--node" },
	{ .page_size = "2M", .refused = "--hugepages" },
	{ .node = "0", .refused = "--hugepages" },
};

START_TEST(test_options)
{
	static struct domain domain;
	const struct invocation asked = {
		.cpus = options[_i].cpus,
		.governor = options[_i].governor,
		.hugepages = options[_i].pages,
		.page_size = options[_i].page_size,
		.node = options[_i].node,
	};
	struct refusal refusal;
	int r = order_read_options(&asked, &domain, &refusal);

	ck_assert_int_eq(r, options[_i].refused ? -ECANCELED : 0);
	if (options[_i].refused) {
		ck_assert_msg(strstr(refusal.sentence, options[_i].refused) != NULL, "%s", refusal.sentence);
		return;
	}
	ck_assert_str_eq(domain.demand.partition, "/machine");
	ck_assert_uint_eq(domain.demand.n_pinned, options[_i].n_cpus);
	ck_assert_uint_eq(cpuset_count(&domain.demand.vcpus), options[_i].n_cpus);
	ck_assert(domain.policy.isolate == (options[_i].cpus != NULL));
	ck_assert_str_eq(domain.policy.governor, options[_i].governor ? options[_i].governor : "");
	ck_assert(domain.policy.allocate == (options[_i].pages != NULL));
	ck_assert_uint_eq(domain.demand.needs[0].kib, options[_i].kib);
	ck_assert_uint_eq(domain.demand.needs[0].page_kib, options[_i].page_kib);
	ck_assert_uint_eq(cpuset_count(&domain.demand.needs[0].nodes), options[_i].node != NULL);
}
END_TEST

/* ---- the whole of it ---- */

static void make_order(const char *const cards[])
{
	static char *copies[4];
	char unit[96];

	invocation = (struct invocation){ .host = machine.host, .words = copies };
	for (invocation.n_words = 0; cards[invocation.n_words]; invocation.n_words++)
		copies[invocation.n_words] = (char *)cards[invocation.n_words];
	ck_assert_msg(order_make(&invocation, machine.handover, &order, &machine.refusal) == 0, "%s",
		machine.refusal.sentence);
	(void)snprintf(unit, sizeof(unit), "gpu-handoff-run@%s.service", order.domain.uuid);
	fake_manager_set_active(&machine.host, unit, false);
}

static void setup(void)
{
	machine_start(&machine, HOST, MACHINE_DRESSED | MACHINE_SMALL | MACHINE_LOADED);
	before = machine_snapshot(&machine);
	make_order((const char *[]){ address_text(machine.cards[0].hostdevs[0]).s, NULL });
	ck_assert_int_eq(account_find(NULL, &nobody, &machine.refusal), 0);
	(void)sigemptyset(&unblocked);
}

static void teardown(void)
{
	char *after = machine_snapshot(&machine);

	ck_assert_str_eq(before, after);
	ck_assert(machine_is_clean(&machine));
	free(before);
	free(after);
	machine_stop(&machine);
}

/* Runs a line of the shell, whose $0 is the folder of the machine. */
static int run_line(const char *line, int *ret_status)
{
	char *command[] = { (char *)"sh", (char *)"-c", (char *)line, machine.scratch.path, NULL };
	const struct run run = { &machine.host, machine.handover, &order, &nobody, command, &unblocked, NULL };

	return run_order(&run, ret_status, &machine.refusal);
}

static bool has_run(void)
{
	return faccessat(machine.scratch.fd, "ran", F_OK, 0) == 0;
}

static const struct {
	const char *line;
	int status;
} lines[] = {
	{ "true", 0 },
	{ "exit 7", 7 },
	{ "kill -TERM $$", 128 + SIGTERM },
	{ "for d in \"$0\"/sys/bus/pci/drivers/vfio-pci/0000:*; do test -e \"$d\" || exit 1; done", 0 },
	{ "test -e \"$0\"/run/gpu-handoff/*.journal && grep -q ^held \"$0\"/run/gpu-handoff/*.journal", 0 },
};

START_TEST(test_run)
{
	char expected[256];
	int status;

	ck_assert_msg(run_line(lines[_i].line, &status) == 0, "%s", machine.refusal.sentence);
	ck_assert_int_eq(status, lines[_i].status);
	(void)snprintf(expected, sizeof(expected),
		"scope gpu-handoff-run-%s.scope machine.slice, start gpu-handoff-run@%s.service", order.domain.uuid,
		order.domain.uuid);
	ck_assert_str_eq(fake_manager_log(&machine.host), expected);
}
END_TEST

START_TEST(test_not_found)
{
	char *command[] = { (char *)"gpu-handoff-no-such-program", NULL };
	const struct run run = { &machine.host, machine.handover, &order, &nobody, command, &unblocked, NULL };
	int status;

	ck_assert_int_eq(run_order(&run, &status, &machine.refusal), -ECANCELED);
	ck_assert_int_eq(status, 127);
	ck_assert_str_eq(
		machine.refusal.sentence, "cannot run 'gpu-handoff-no-such-program': No such file or directory");
	command[0] = (char *)"/";
	ck_assert_int_eq(run_order(&run, &status, &machine.refusal), -ECANCELED);
	ck_assert_int_eq(status, 126);
}
END_TEST

/* Somebody has it: the hook's own words, and the command never starts. */
START_TEST(test_held)
{
	struct refusal hook;
	int status;

	machine_put_node(&machine, address_text(order.cards[0].address).s, "drm/card0", "drm", "1:3");
	fake_manager_put_process(&machine.host, 700, "game", "", "/dev/null");
	free(before);
	before = machine_snapshot(&machine);
	machine.cards[0].policy.has_wait = order.domain.policy.has_wait = true;
	ck_assert_int_eq(handover_take(machine.handover, &machine.cards[0], 0, &hook), -ECANCELED);
	ck_assert_int_eq(run_line("touch \"$0/ran\"", &status), -ECANCELED);
	ck_assert_str_eq(machine.refusal.sentence, hook.sentence);
	ck_assert_int_eq(status, EXIT_REFUSED);
	ck_assert(!has_run());
}
END_TEST

/* Without systemd it runs all the same; but not with CPUs, which it would be kept off. */
START_TEST(test_no_systemd)
{
	int status;

	machine.manager.cannot_start = "scope";
	ck_assert_int_eq(run_line("touch \"$0/ran\"", &status), 0);
	ck_assert_int_eq(status, 0);
	ck_assert(has_run());
	remove_all(machine.scratch.fd, "ran");
	cpuset_add(&order.domain.demand.vcpus, 1);
	ck_assert_int_eq(run_line("touch \"$0/ran\"", &status), -ECANCELED);
	ck_assert_ptr_nonnull(strstr(machine.refusal.sentence, "--cpus"));
	ck_assert(!has_run());
}
END_TEST

/* Whom nobody has given the node. Only root becomes somebody else. */
START_TEST(test_access)
{
	int status;

	if (geteuid() != 0)
		return;
	nobody = (struct account){ .name = "nobody", .uid = 65534, .gid = 65534 };
	ck_assert_int_eq(run_line("touch \"$0/ran\"", &status), -ECANCELED);
	ck_assert_ptr_nonnull(strstr(machine.refusal.sentence, "access = kvm"));
	ck_assert_int_eq(status, 126);
	ck_assert(!has_run());
}
END_TEST

START_TEST(test_no_user)
{
	ck_assert_int_eq(account_find("no-such-user-here", &nobody, &machine.refusal), -ECANCELED);
	ck_assert_ptr_nonnull(strstr(machine.refusal.sentence, "'no-such-user-here'"));
	ck_assert_int_eq(account_find("root", &nobody, &machine.refusal), 0);
	ck_assert_uint_eq(nobody.uid, 0);
	ck_assert_int_ge(nobody.n_groups, 1);
}
END_TEST

static int read_pid(void *data)
{
	char *text = get_text(machine.scratch.fd, "ran");

	*(pid_t *)data = text && strchr(text, '\n') ? (pid_t)atoi(text) : 0;
	free(text);
	return *(pid_t *)data > 0;
}

static pid_t run_aside(const char *line, pid_t *ret_command)
{
	pid_t aside = fork();
	int status;

	ck_assert_int_ge(aside, 0);
	if (aside == 0)
		_exit(run_line(line, &status) < 0 ? 99 : status);
	ck_assert_int_eq(clock_await(read_pid, ret_command, LONG_MS), 1);
	return aside;
}

/* The command goes on; what was taken for it is in the journal, for whoever comes next. */
START_TEST(test_killed)
{
	pid_t command, aside = run_aside("echo $$ >\"$0/ran\"; exec sleep 60", &command);
	char *journal;

	ck_assert_int_eq(kill(aside, SIGKILL), 0);
	ck_assert_int_eq(waitpid(aside, NULL, 0), aside);
	ck_assert_int_eq(kill(command, 0), 0);
	journal = machine_journal(&machine, order.domain.uuid);
	ck_assert_ptr_nonnull(journal);
	free(journal);
	ck_assert_int_eq(kill(command, SIGKILL), 0);
	ck_assert_int_eq(handover_recover(machine.handover, &machine.refusal), 1);
}
END_TEST

/* As the command line has it when a command of root's runs. */
START_TEST(test_signal)
{
	sigset_t held;
	pid_t command, aside;
	int status;

	(void)sigemptyset(&held);
	(void)sigaddset(&held, SIGTERM);
	(void)sigprocmask(SIG_BLOCK, &held, NULL);
	aside = run_aside("trap 'exit 5' TERM; echo $$ >\"$0/ran\"; while :; do sleep 0.1; done", &command);
	ck_assert_int_eq(kill(aside, SIGTERM), 0);
	ck_assert_int_eq(waitpid(aside, &status, 0), aside);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 5);
}
END_TEST

/* ---- orders ---- */

START_TEST(test_order)
{
	struct domain domain;

	make_order((const char *[]){
		address_text(machine.cards[0].hostdevs[1]).s, address_text(machine.cards[1].hostdevs[0]).s, NULL });
	domain = order.domain;
	ck_assert_uint_eq(domain.n_hostdevs, machine.cards[0].n_hostdevs + machine.cards[1].n_hostdevs);
	ck_assert_uint_eq(order.n_cards, 2);
	ck_assert_int_eq(address_compare(order.cards[0].address, machine.cards[0].hostdevs[0]), 0);
	ck_assert_int_ge(order.cards[1].group, 0);
	ck_assert_int_eq(domain.uuid[14], '4');
	ck_assert_mem_eq(domain.name, "run-", 4);
	ck_assert_mem_eq(domain.name + 4, domain.uuid, 8);
}
END_TEST

START_TEST(test_order_refused)
{
	static const struct {
		const char *words[3], *refused;
	} rows[] = {
		{ { "0000:7f:00.0" }, "not on this host" },
		{ { "card0" }, "no slot path" },
		{ { "0000:00:7f.0/00.0" }, "slot" },
	};
	char first[ADDRESS_TEXT_SIZE], second[ADDRESS_TEXT_SIZE];
	char *twice[] = { first, second };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		invocation.words = (char **)rows[i].words;
		invocation.n_words = 1;
		ck_assert_int_eq(order_make(&invocation, machine.handover, &order, &machine.refusal), -ECANCELED);
		ck_assert_msg(
			strstr(machine.refusal.sentence, rows[i].refused) != NULL, "%s", machine.refusal.sentence);
	}
	(void)snprintf(first, sizeof(first), "%s", address_text(machine.cards[0].hostdevs[0]).s);
	(void)snprintf(second, sizeof(second), "%s", address_text(machine.cards[0].hostdevs[1]).s);
	invocation.words = twice;
	invocation.n_words = 2;
	ck_assert_int_eq(order_make(&invocation, machine.handover, &order, &machine.refusal), -ECANCELED);
	ck_assert_ptr_nonnull(strstr(machine.refusal.sentence, "twice"));
}
END_TEST

TCase *case_run_words(void)
{
	TCase *tcase = tcase_create("run_words");

	tcase_add_loop_test(tcase, test_words, 0, sizeof(words) / sizeof(words[0]));
	tcase_add_loop_test(tcase, test_options, 0, sizeof(options) / sizeof(options[0]));
	return tcase;
}

TCase *case_run(void)
{
	TCase *tcase = tcase_create("run");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, test_run, 0, sizeof(lines) / sizeof(lines[0]));
	tcase_add_test(tcase, test_not_found);
	tcase_add_test(tcase, test_held);
	tcase_add_test(tcase, test_no_systemd);
	tcase_add_test(tcase, test_access);
	tcase_add_test(tcase, test_no_user);
	tcase_add_test(tcase, test_killed);
	tcase_add_test(tcase, test_signal);
	tcase_add_test(tcase, test_order);
	tcase_add_test(tcase, test_order_refused);
	return tcase;
}
