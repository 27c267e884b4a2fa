// SPDX-License-Identifier: GPL-2.0-or-later
/* What the system's journal is told of handovers: every kind of event, its fields, and the story that they make. */
#include "apply/report.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "apply/lock.h"
#include "host/runtime.h"
#include "tests/support/caught.h"
#include "tests/unit/apply/apply.h"
#include "tests/unit/apply/cpus.h"

#define HOST      "rocketlake-i7-11700-rtx2060"
#define TWO_CARDS "x570-3900x-gtx1080ti-gt710"
#define GPU       "0000:02:00.0"
#define OVERRIDE  "bus/pci/devices/" GPU "/driver_override"

static const struct domain *card; /* the one of GPU, of four functions */

static void start_on(const char *record)
{
	fault_patience_ms = 1;
	machine_start(&machine, record, MACHINE_DRESSED | MACHINE_SMALL | MACHINE_LOADED);
	machine.listen = report_event;
	card = &machine.cards[1];
	caught_clear();
}

static void start(void)
{
	start_on(HOST);
	ck_assert_str_eq(address_text(card->hostdevs[0]).s, GPU);
}

static void stop(void)
{
	machine_stop(&machine);
}

static void take(void)
{
	ck_assert_msg(loop_call(CALL_TAKE, card) == 0, "%s", machine.refusal.sentence);
}

static void give_back(void)
{
	ck_assert_msg(loop_call(CALL_RETURN, card) >= 0, "%s", machine.refusal.sentence);
}

static const struct caught *find(enum event_kind kind)
{
	const struct caught *line = caught_find(0, "MESSAGE_ID", event_kind_row(kind)->id);

	ck_assert_msg(line != NULL, "nobody sends '%s'", event_kind_row(kind)->name);
	return line;
}

static void check(const struct caught *line, const char *name, const char *value)
{
	ck_assert_msg(strcmp(caught_value(line, name, 0), value) == 0, "%s of '%s' is '%s', not '%s'", name,
		line->message, caught_value(line, name, 0), value);
}

/* ---- the table ---- */

START_TEST(test_table)
{
	for (int i = 0; i < EVENT_KINDS_; i++) {
		const struct event_kind_row *row = event_kind_row((enum event_kind)i);

		ck_assert_uint_eq(strlen(row->id), 32);
		ck_assert_uint_eq(strspn(row->id, "0123456789abcdef"), 32);
		/* RFC 9562: random. */
		ck_assert_int_eq(row->id[12], '4');
		ck_assert_ptr_nonnull(strchr("89ab", row->id[16]));
		for (int j = 0; j < i; j++) {
			ck_assert_str_ne(row->id, event_kind_row((enum event_kind)j)->id);
			ck_assert_str_ne(row->name, event_kind_row((enum event_kind)j)->name);
		}
	}
}
END_TEST

/* ---- the story ---- */

/* The steps between a beginning and its sum, each with its fields. Returns how many changed something. */
static unsigned int check_steps(void)
{
	unsigned int n = 0;

	for (unsigned int i = 1; i + 1 < caught_count(); i++) {
		const struct caught *line = caught_at(i);

		check(line, "GPU_HANDOFF_EVENT", "step");
		check(line, "GPU_HANDOFF_CARD", GPU);
		check(line, "GPU_HANDOFF_RESULT", "done");
		check(line, "GPU_HANDOFF_DOMAIN", "gpuvm");
		check(line, "GPU_HANDOFF_UUID", card->uuid);
		ck_assert_str_ne(caught_value(line, "GPU_HANDOFF_STEP", 0), "");
		ck_assert_str_ne(caught_value(line, "GPU_HANDOFF_USEC", 0), "");
		ck_assert_int_eq(strncmp(caught_value(line, "GPU_HANDOFF_ADDRESS", 0), "0000:02:00.", 11), 0);
		n += strcmp(caught_value(line, "GPU_HANDOFF_STEP", 0), "free") != 0;
	}
	return n;
}

/* The last line says what was done, how much, and for how long. */
static void check_sum(enum event_kind kind, const char *beginning, unsigned int changes)
{
	const struct caught *line = caught_at(caught_count() - 1);
	char number[16], ending[32];

	(void)snprintf(number, sizeof(number), "%u", changes);
	(void)snprintf(ending, sizeof(ending), " ms, %u changes", changes);
	ck_assert_ptr_eq(line, find(kind));
	check(line, "GPU_HANDOFF_CARD", GPU);
	check(line, "GPU_HANDOFF_FUNCTIONS", "4");
	check(line, "GPU_HANDOFF_CHANGES", number);
	check(line, "GPU_HANDOFF_RESULT", "done");
	ck_assert_str_ne(caught_value(line, "GPU_HANDOFF_USEC", 0), "");
	ck_assert_msg(strncmp(line->message, beginning, strlen(beginning)) == 0, "%s", line->message);
	ck_assert_msg(strcmp(line->message + strlen(line->message) - strlen(ending), ending) == 0, "%s", line->message);
}

START_TEST(test_story)
{
	unsigned int n;

	start();
	take();
	ck_assert_ptr_eq(caught_at(0), find(EVENT_TAKES));
	check(caught_at(0), "GPU_HANDOFF_DOMAIN", "gpuvm");
	check(caught_at(0), "GPU_HANDOFF_UUID", card->uuid);
	check(caught_at(0), "GPU_HANDOFF_RESULT", "");
	ck_assert_int_eq(caught_at(0)->priority, LOG_INFO);
	n = check_steps();
	ck_assert_uint_gt(n, 8);
	check_sum(EVENT_TAKEN, "gpuvm: gave it '" GPU "' (4 functions) in ", n);

	caught_clear();
	give_back();
	ck_assert_str_eq(caught_at(0)->message, "gpuvm: returning '" GPU "' (4 functions) to the host");
	ck_assert_ptr_eq(caught_at(0), find(EVENT_RETURNS));
	n = check_steps();
	ck_assert_uint_gt(n, 8);
	check_sum(EVENT_RETURNED, "gpuvm: returned '" GPU "' (4 functions) to the host in ", n);
	stop();
}
END_TEST

START_TEST(test_intent)
{
	char expected[128];
	struct outlook outlook;

	start();
	ck_assert_int_eq(handover_plan(machine.handover, card, &outlook, &machine.refusal), 0);
	(void)snprintf(expected, sizeof(expected), "gpuvm: taking '" GPU "' (4 functions) from the host, in %u steps",
		outlook.plan->n_steps);
	take();
	ck_assert_str_eq(caught_at(0)->message, expected);
	give_back();
	stop();
}
END_TEST

/* A field for each of two cards; each step is about one of them. */
START_TEST(test_two_cards)
{
	struct domain both;
	const struct caught *line;

	start_on(TWO_CARDS);
	both = machine.cards[0];
	for (unsigned int i = 0; i < machine.cards[1].n_hostdevs; i++)
		both.hostdevs[both.n_hostdevs++] = machine.cards[1].hostdevs[i];
	ck_assert_int_eq(loop_call(CALL_TAKE, &both), 0);
	line = find(EVENT_TAKEN);
	check(line, "GPU_HANDOFF_CARD", address_text(machine.cards[0].hostdevs[0]).s);
	ck_assert_str_eq(caught_value(line, "GPU_HANDOFF_CARD", 1), address_text(machine.cards[1].hostdevs[0]).s);
	ck_assert_str_eq(caught_value(line, "GPU_HANDOFF_CARD", 2), "");
	ck_assert_ptr_nonnull(strstr(line->message, " functions), '"));
	ck_assert_str_eq(caught_value(find(EVENT_STEP), "GPU_HANDOFF_CARD", 1), "");
	ck_assert_int_eq(loop_call(CALL_RETURN, &both), 0);
	stop();
}
END_TEST

/* A person's card is no domain's. */
START_TEST(test_detached)
{
	struct domain mine;

	start();
	ck_assert_int_eq(handover_find_card(machine.handover, card->hostdevs[0], &mine, &machine.refusal), 0);
	ck_assert_int_eq(handover_detach(machine.handover, &mine, &machine.refusal), 0);
	check(find(EVENT_TAKEN), "GPU_HANDOFF_DOMAIN", "");
	check(find(EVENT_TAKEN), "GPU_HANDOFF_UUID", "");
	check(find(EVENT_TAKEN), "GPU_HANDOFF_CARD", GPU);
	ck_assert_ptr_nonnull(
		strstr(find(EVENT_TAKEN)->message, GPU ": took '" GPU "' (4 functions) from the host in "));
	ck_assert_int_eq(handover_reattach(machine.handover, mine.hostdevs[0], &machine.refusal), 0);
	check(find(EVENT_RETURNED), "GPU_HANDOFF_CARD", GPU);
	stop();
}
END_TEST

/* What another domain left is put back in its name, not in that of the one that starts. */
START_TEST(test_others)
{
	const struct caught *line;
	struct domain second;

	start();
	second = *card;
	second.uuid[sizeof(second.uuid) - 2] = '9';
	(void)snprintf(second.name, sizeof(second.name), "second\nPRIORITY=0");
	take();
	caught_clear();
	ck_assert_int_eq(loop_call(CALL_TAKE, &second), 0);
	line = find(EVENT_INTERRUPTED);
	check(line, "GPU_HANDOFF_DOMAIN", "gpuvm");
	check(line, "GPU_HANDOFF_UUID", card->uuid);
	ck_assert_ptr_nonnull(strstr(find(EVENT_RECOVERED)->message, "gpuvm: put back '" GPU "' (4 functions) in "));
	/* In a sentence a stranger's name is one line. */
	line = find(EVENT_TAKEN);
	ck_assert_ptr_nonnull(strstr(line->message, "second?PRIORITY=0: gave it"));
	check(line, "GPU_HANDOFF_UUID", second.uuid);
	ck_assert_int_eq(loop_call(CALL_RETURN, &second), 0);
	stop();
}
END_TEST

/* ---- every kind ---- */

static void do_take(void)
{
	take();
}

static void do_return(void)
{
	take();
	give_back();
}

static void do_recover(void)
{
	take();
	ck_assert_int_eq(handover_recover(machine.handover, &machine.refusal), 1);
}

static void do_fail(void)
{
	const struct fault fault = { .kind = FAULT_ERROR, .scope = FAULT_KERNEL, .at = 3, .error = EIO };

	fault_arm(&fault);
	ck_assert_int_eq(loop_call(CALL_TAKE, card), -ECANCELED);
	fault_disarm(0);
}

static void do_meddle(void)
{
	take();
	ck_assert_int_eq(fake_kernel_write(&machine.host, OVERRIDE, "nouveau"), 0);
	(void)loop_call(CALL_RETURN, card);
}

static void *unlock_soon(void *data)
{
	(void)poll(NULL, 0, 200);
	(void)close(*(int *)data);
	return NULL;
}

static void do_wait(void)
{
	int runtime = runtime_open(&machine.host, true), lock = lock_acquire(runtime, 0);
	pthread_t thread;

	fault_patience_ms = 60000;
	ck_assert_int_ge(lock, 0);
	ck_assert_int_eq(pthread_create(&thread, NULL, unlock_soon, &lock), 0);
	take();
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	(void)close(runtime);
}

static void do_refuse(void)
{
	struct domain absent = machine_domain("gpuvm", 7, (const char *const[]){ "0000:ff:00.0", NULL });

	ck_assert_int_eq(loop_call(CALL_TAKE, &absent), -ECANCELED);
	report_refusal((struct event_owner){ absent.name, absent.uuid }, "prepare", &machine.refusal);
}

static void do_stick(void)
{
	machine.kernel.writer = 951;
	machine_put_process(&machine, 951, "handoff-writer", 3327);
	machine.kernel.stuck_file = "/unbind";
	(void)snprintf(machine.kernel.stuck, sizeof(machine.kernel.stuck), GPU);
	ck_assert_int_eq(loop_call(CALL_TAKE, card), -ECANCELED);
}

static void do_vanish(void)
{
	take();
	fake_kernel_unplug(&machine.host, card->hostdevs[0]);
	ck_assert_int_eq(handover_forget(machine.handover, card->hostdevs[0], &machine.refusal), 1);
}

static void do_forget_functions(void)
{
	struct domain one = machine_domain("gpuvm", 7, (const char *const[]){ "0000:02:00.2", NULL });

	ck_assert_int_eq(loop_call(CALL_TAKE, &one), 0);
}

/* Those of USB devices are in tests/unit/cli. */
static const struct {
	void (*act)(void);
	enum event_kind kind;
	int priority;
	const char *name, *result, *address, *message; /* the beginning of it */
} rows[] = {
	{ do_take, EVENT_TAKES, LOG_INFO, "takes", "", "", "gpuvm: taking '" GPU "'" },
	{ do_take, EVENT_TAKEN, LOG_NOTICE, "taken", "done", "", "gpuvm: gave it '" GPU "'" },
	{ do_take, EVENT_STEP, LOG_INFO, "step", "done", NULL, "gpuvm: " },
	{ do_return, EVENT_RETURNS, LOG_INFO, "returns", "", "", "gpuvm: returning '" GPU "'" },
	{ do_return, EVENT_RETURNED, LOG_NOTICE, "returned", "done", "", "gpuvm: returned '" GPU "'" },
	{ do_recover, EVENT_INTERRUPTED, LOG_NOTICE, "interrupted", "", "", "gpuvm: a handover was interrupted" },
	{ do_recover, EVENT_RECOVERED, LOG_NOTICE, "recovered", "done", "", "gpuvm: put back '" GPU "'" },
	{ do_fail, EVENT_STEP_FAILED, LOG_ERR, "step-failed", "failed", NULL, "gpuvm: cannot " },
	{ do_meddle, EVENT_LEFT, LOG_WARNING, "left", "left", GPU, "gpuvm: cannot " },
	{ do_wait, EVENT_WAITS, LOG_NOTICE, "waits", "", "", "gpuvm: another handover is at work" },
	{ do_refuse, EVENT_REFUSED, LOG_ERR, "refused", "refused", "",
		"gpuvm: prepare refused: hostdev '0000:ff:00.0'" },
	{ do_stick, EVENT_POISONED, LOG_CRIT, "poisoned", "failed", GPU, "gpuvm: '" GPU "' is poisoned" },
	{ do_vanish, EVENT_VANISHED, LOG_WARNING, "vanished", "", GPU, "gpuvm: '" GPU "' has vanished" },
	{ do_forget_functions, EVENT_NOTE, LOG_NOTICE, "note", "", "", "gpuvm: '" GPU "' is not in the domain" },
};

START_TEST(test_kind)
{
	const struct caught *line;

	start();
	rows[_i].act();
	line = find(rows[_i].kind);
	ck_assert_int_eq(line->priority, rows[_i].priority);
	check(line, "GPU_HANDOFF_EVENT", rows[_i].name);
	check(line, "GPU_HANDOFF_RESULT", rows[_i].result);
	check(line, "GPU_HANDOFF_DOMAIN", "gpuvm");
	if (rows[_i].address)
		check(line, "GPU_HANDOFF_ADDRESS", rows[_i].address);
	check(line, "GPU_HANDOFF_REASON", rows[_i].kind == EVENT_REFUSED ? "absent" : "");
	ck_assert_msg(strncmp(line->message, rows[_i].message, strlen(rows[_i].message)) == 0, "%s", line->message);
	stop();
}
END_TEST

/* CPUs that are taken, kept, and returned. */
START_TEST(test_cpus)
{
	const struct domain vm = machine_cpus_domain("vm", 1, "4-7", "");
	const struct caught *line;

	cpus_start();
	machine.listen = report_event;
	cpus_take(&vm);
	line = find(EVENT_CPUS);
	check(line, "GPU_HANDOFF_STEP", "cpus");
	check(line, "GPU_HANDOFF_NEW", "4-7");
	check(line, "GPU_HANDOFF_RESULT", "done");
	check(line, "GPU_HANDOFF_ADDRESS", "");
	ck_assert_int_eq(line->priority, LOG_INFO);
	ck_assert_ptr_nonnull(strstr(find(EVENT_TAKEN)->message, "vm: gave it CPUs 4-7 in "));

	caught_clear();
	/* A slice that has just come. */
	machine_put_group(&machine, "vms.slice", "");
	ck_assert_int_eq(handover_settle(machine.handover), 0);
	ck_assert_ptr_nonnull(strstr(find(EVENT_CPUS)->message, "host: kept what has come off the CPUs of domains, "));
	caught_clear();
	ck_assert_int_eq(handover_settle(machine.handover), 0);
	ck_assert_uint_eq(caught_count(), 0);

	cpus_return(&vm);
	ck_assert_ptr_nonnull(strstr(find(EVENT_RETURNED)->message, "vm: returned CPUs 4-7 to the host in "));
	machine_stop(&machine);
}
END_TEST

/* ---- who is told, and what changes ---- */

/* A sum says that something was left alone. */
START_TEST(test_left)
{
	const struct caught *line;

	start();
	take();
	fake_kernel_unplug(&machine.host, card->hostdevs[1]);
	ck_assert_int_eq(loop_call(CALL_RETURN, card), 1);
	line = find(EVENT_RETURNED);
	check(line, "GPU_HANDOFF_RESULT", "left");
	ck_assert_ptr_nonnull(strstr(line->message, " changes; what somebody else had changed was left alone"));
	stop();
}
END_TEST

/* What was not returned has no sum. */
START_TEST(test_no_sum)
{
	start();
	do_fail();
	ck_assert_ptr_null(caught_find(0, "GPU_HANDOFF_EVENT", "taken"));
	stop();
}
END_TEST

TCase *case_report(void)
{
	TCase *tcase = suite_case("report");

	tcase_add_test(tcase, test_table);
	tcase_add_test(tcase, test_story);
	tcase_add_test(tcase, test_intent);
	tcase_add_test(tcase, test_two_cards);
	tcase_add_test(tcase, test_detached);
	tcase_add_test(tcase, test_others);
	add_rows(tcase, test_kind, rows);
	tcase_add_test(tcase, test_cpus);
	tcase_add_test(tcase, test_left);
	tcase_add_test(tcase, test_no_sum);
	return tcase;
}
