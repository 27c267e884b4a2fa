// SPDX-License-Identifier: GPL-2.0-or-later
/* Functions that vanish while somebody has them, at any point; and what comes at their addresses later. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/snapshot.h"
#include "tests/unit/apply/apply.h"
#include "tests/unit/apply/loops.h"

#define HOST   "rocketlake-i7-11700-rtx2060"
#define OTHERS "x570-3900x-gtx1080ti-gt710"
#define DAEMON 812

static struct domain card; /* of four functions */

static void start(const char *record, unsigned int index)
{
	machine_start(&machine, record, MACHINE_DRESSED | MACHINE_SMALL | MACHINE_LOADED);
	machine_put_process(&machine, DAEMON, "libvirtd", 2214);
	card = machine.cards[index];
}

static void start_host(void)
{
	start(HOST, 1);
	ck_assert_uint_eq(card.n_hostdevs, 4);
}

static void stop(void)
{
	ck_assert(machine_is_clean(&machine));
	ck_assert(!machine.kernel.hung);
	machine_stop(&machine);
}

static int take(const struct domain *domain)
{
	return handover_take(machine.handover, domain, DAEMON, &machine.refusal);
}

static int forget(unsigned int i)
{
	machine.notes[0] = '\0';
	return handover_forget(machine.handover, card.hostdevs[i], &machine.refusal);
}

/* As udev tells of it: all functions of a card, one after the other. */
static void vanish(void)
{
	for (unsigned int i = 0; i < card.n_hostdevs; i++)
		fake_kernel_unplug(&machine.host, card.hostdevs[i]);
	for (unsigned int i = 0; i < card.n_hostdevs; i++)
		ck_assert_int_eq(forget(i), 1);
}

static void plug(const char *override)
{
	for (unsigned int i = 0; i < card.n_hostdevs; i++)
		fake_kernel_plug(&machine.host, card.hostdevs[i], override);
}

static void check_same(const char *before, const char *what)
{
	char *after = machine_snapshot(&machine);
	const char *difference = snapshot_compare(before, after, NULL);

	ck_assert_msg(!difference, "%s: %s", what, difference);
	free(after);
}

/* One function of four: told of once, and the rest is the domain's until it stops. */
START_TEST(test_one)
{
	char *expected;

	start_host();
	fake_kernel_unplug(&machine.host, card.hostdevs[1]);
	expected = machine_snapshot(&machine);
	stop();

	start_host();
	ck_assert_int_eq(take(&card), 0);
	fake_kernel_unplug(&machine.host, card.hostdevs[1]);
	ck_assert_int_eq(forget(1), 1);
	ck_assert_str_eq(machine.notes,
		"gpuvm: '0000:02:00.1' has vanished while the domain had it; what comes at that "
		"address later is not the domain's\n");
	ck_assert_int_eq(forget(1), 0);
	ck_assert_str_eq(machine.notes, "");
	/* One that is there has not vanished. */
	ck_assert_int_eq(forget(2), 0);
	card.hostdevs[1] = card.hostdevs[--card.n_hostdevs];
	ck_assert(machine_has(&machine, &card, "vfio-pci"));
	/* Nothing of it is tried, so nothing was left alone: not 1. */
	ck_assert_int_eq(loop_call(CALL_RETURN, &card), 0);
	check_same(expected, "the end");
	free(expected);
	stop();
}
END_TEST

/* Nobody had it: no note, no failure. */
START_TEST(test_nobody)
{
	start_host();
	fake_kernel_unplug(&machine.host, card.hostdevs[0]);
	ck_assert_int_eq(forget(0), 0);
	ck_assert_str_eq(machine.notes, "");
	stop();
}
END_TEST

static const char *const overrides[] = { "\n", "vfio-pci" };

/* The first one has returned, and the second one still has the card; then that returns it, and the test ends. */
static void end_both(const struct domain *second, char *taken, char *plugged)
{
	check_same(taken, "after the first");
	fake_kernel_close_group(&machine.kernel, 14);
	ck_assert_int_eq(loop_call(CALL_RETURN, second), 0);
	check_same(plugged, "after the second");
	free(plugged);
	free(taken);
	stop();
}

/*
 * It is plugged in again while its domain runs, to a host driver or, by an override, to vfio-pci: it is another
 * domain's to take, and nothing of the first one's is done to it.
 */
START_TEST(test_again)
{
	struct domain second;
	char *plugged, *taken;

	start_host();
	second = card;
	second.uuid[sizeof(second.uuid) - 2] = '9';
	(void)snprintf(second.name, sizeof(second.name), "second");
	ck_assert_int_eq(take(&card), 0);
	/* QEMU does not let go of the group before it ends. */
	fake_kernel_open_group(&machine.kernel, 14);
	vanish();
	fake_kernel_close_group(&machine.kernel, 14);
	plug(overrides[_i]);
	plugged = machine_snapshot(&machine);
	ck_assert_msg(take(&second) == 0, "%s", machine.refusal.sentence);
	ck_assert(machine_has(&machine, &second, "vfio-pci"));
	taken = machine_snapshot(&machine);
	/* The second one's QEMU has it open: the first is not waited for, and does not wait. */
	fake_kernel_open_group(&machine.kernel, 14);
	ck_assert_int_eq(loop_call(CALL_RETURN, &card), 0);
	end_both(&second, taken, plugged);
}
END_TEST

/* Likewise without another domain: the first one's return leaves it where it is. */
START_TEST(test_left_alone)
{
	char *plugged;

	start_host();
	ck_assert_int_eq(take(&card), 0);
	vanish();
	plug(overrides[_i]);
	plugged = machine_snapshot(&machine);
	ck_assert_int_eq(loop_call(CALL_RETURN, &card), 0);
	check_same(plugged, "after the return");
	free(plugged);
	stop();
}
END_TEST

/* The card is back before udev's event was seen to, or that is lost: the journal tells the one from the other. */
START_TEST(test_quick)
{
	struct domain second;
	char *plugged, *taken;

	start_host();
	second = card;
	second.uuid[sizeof(second.uuid) - 2] = '9';
	ck_assert_int_eq(take(&card), 0);
	for (unsigned int i = 0; i < card.n_hostdevs; i++)
		fake_kernel_unplug(&machine.host, card.hostdevs[i]);
	plug("vfio-pci");
	plugged = machine_snapshot(&machine);
	for (unsigned int i = 0; _i == 1 && i < card.n_hostdevs; i++) {
		ck_assert_int_eq(forget(i), 1);
		ck_assert_int_eq(forget(i), 0);
	}
	ck_assert_msg(take(&second) == 0, "%s", machine.refusal.sentence);
	taken = machine_snapshot(&machine);
	for (unsigned int i = 0; _i == 2 && i < card.n_hostdevs; i++)
		ck_assert_int_eq(forget(i), 1);
	fake_kernel_open_group(&machine.kernel, 14);
	ck_assert_int_eq(loop_call(CALL_RETURN, &card), 0);
	ck_assert_int_eq(_i == 0, strstr(machine.notes, "'0000:02:00.3' has vanished") != NULL);
	end_both(&second, taken, plugged);
}
END_TEST

/* The event comes late: the return was first, or the card is there again. */
START_TEST(test_late)
{
	start_host();
	ck_assert_int_eq(take(&card), 0);
	fake_kernel_unplug(&machine.host, card.hostdevs[3]);
	ck_assert_int_eq(loop_call(CALL_RETURN, &card), 1);
	ck_assert(machine_is_clean(&machine));
	ck_assert_int_eq(forget(3), 0);
	fake_kernel_plug(&machine.host, card.hostdevs[3], "\n");
	ck_assert_int_eq(take(&card), 0);
	ck_assert_int_eq(forget(3), 0);
	ck_assert_int_eq(loop_call(CALL_RETURN, &card), 0);
	stop();
}
END_TEST

/* What a person has detached: its journal goes with the last function, and it can be detached again. */
START_TEST(test_detached)
{
	start_host();
	ck_assert_int_eq(handover_detach(machine.handover, &card, &machine.refusal), 0);
	for (unsigned int i = 0; i < card.n_hostdevs; i++) {
		ck_assert(!machine_is_clean(&machine));
		fake_kernel_unplug(&machine.host, card.hostdevs[i]);
		ck_assert_int_eq(forget(i), 1);
		ck_assert_ptr_nonnull(strstr(machine.notes, "has vanished while it was detached"));
	}
	ck_assert(machine_is_clean(&machine));
	plug("\n");
	ck_assert_int_eq(handover_detach(machine.handover, &card, &machine.refusal), 0);
	ck_assert_int_eq(handover_reattach(machine.handover, card.hostdevs[0], &machine.refusal), 0);
	stop();
}
END_TEST

/* One that is poisoned is no more, though who asked its driver still lives; and the next one there can be taken. */
START_TEST(test_poisoned)
{
	start_host();
	machine.kernel.writer = 951;
	machine_put_process(&machine, 951, "handoff-writer", 3327);
	machine.kernel.stuck_file = "/unbind";
	(void)snprintf(machine.kernel.stuck, sizeof(machine.kernel.stuck), "%s", address_text(card.hostdevs[0]).s);
	ck_assert_int_eq(take(&card), -ECANCELED);
	ck_assert_int_eq(machine.refusal.reason, REFUSAL_POISONED);
	ck_assert_int_eq(forget(0), 0);
	ck_assert(!machine_is_clean(&machine));
	fake_kernel_unplug(&machine.host, card.hostdevs[0]);
	ck_assert_int_eq(forget(0), 1);
	ck_assert_ptr_nonnull(strstr(machine.notes, "'0000:02:00.0' has vanished and with it, that it was poisoned"));
	ck_assert(machine_is_clean(&machine));
	ck_assert_uint_eq(machine.kernel.asked_of_locked, 0);
	machine.kernel.stuck[0] = '\0';
	fake_kernel_plug(&machine.host, card.hostdevs[0], "\n");
	ck_assert_int_eq(take(&card), 0);
	ck_assert_int_eq(loop_call(CALL_RETURN, &card), 0);
	stop();
}
END_TEST

/* A journal that cannot be read does not keep the others from forgetting. */
START_TEST(test_damaged)
{
	const char *path = "run/gpu-handoff/00000000-0000-0000-0000-000000000000.journal";

	start_host();
	ck_assert_int_eq(take(&card), 0);
	put_text(machine.scratch.fd, path, "gpu-handoff 2\n");
	fake_kernel_unplug(&machine.host, card.hostdevs[0]);
	ck_assert_int_eq(forget(0), -ECANCELED);
	ck_assert_ptr_nonnull(strstr(machine.refusal.sentence, "00000000-0000-0000-0000-000000000000"));
	remove_all(machine.scratch.fd, path);
	ck_assert_int_eq(forget(0), 0);
	ck_assert_int_eq(loop_call(CALL_RETURN, &card), 0);
	stop();
}
END_TEST

/* ---- at any point ---- */

static const struct {
	const char *record;
	unsigned int card;
} machines[] = { { HOST, 1 }, { OTHERS, 0 }, { "laptop-krackan-rtx5070m", 0 } };

/* Any of its functions, another each time. */
static struct address choose(unsigned int at)
{
	return card.hostdevs[at * 7 % card.n_hostdevs];
}

static struct address lost;

static void pull(void *data)
{
	fake_kernel_unplug(data, lost);
}

/* How the host is without that function. */
static char *find_expected(int i)
{
	char *expected;

	start(machines[i].record, machines[i].card);
	fake_kernel_unplug(&machine.host, lost);
	expected = machine_snapshot(&machine);
	stop();
	return expected;
}

/* The event, and whatever ends what is left. */
static void end(int i, const char *what, unsigned int at)
{
	int r = handover_forget(machine.handover, lost, &machine.refusal);
	char *expected, *after;
	const char *difference;

	ck_assert_msg(r >= 0, "%s at %u: %s", what, at, machine.refusal.sentence);
	r = handover_return(machine.handover, card.uuid, &machine.refusal);
	ck_assert_msg(r >= 0, "%s at %u: %s", what, at, machine.refusal.sentence);
	r = handover_recover(machine.handover, &machine.refusal);
	ck_assert_msg(r >= 0, "%s at %u: %s", what, at, machine.refusal.sentence);
	after = machine_snapshot(&machine);
	stop();
	expected = find_expected(i);
	difference = snapshot_compare(expected, after, NULL);
	ck_assert_msg(!difference, "%s at %u: %s", what, at, difference);
	free(after);
	free(expected);
}

/* Begins a machine, for a call in which something happens. Returns how many operations the call has. */
static unsigned int begin(int i, enum call call, unsigned int at)
{
	unsigned int n;

	start(machines[i].record, machines[i].card);
	lost = choose(at);
	n = loop_count(call, &card, FAULT_ALL);
	if (call == CALL_RETURN)
		ck_assert_int_eq(take(&card), 0);
	return n;
}

static void pull_in(int i, enum call call)
{
	unsigned int n = 1;

	for (unsigned int at = 1; at <= n; at++) {
		struct fault fault = { .kind = FAULT_MEDDLE, .scope = FAULT_ALL, .at = at, .meddle = pull };
		int r;

		n = begin(i, call, at);
		fault.data = &machine.host;
		fault_arm(&fault);
		r = loop_call(call, &card);
		fault_disarm(0);
		/* No return fails because of it, and no take that is refused leaves a journal. */
		ck_assert_msg(call == CALL_RETURN ? r >= 0 : r == 0 || machine_is_clean(&machine), "at %u: %s", at,
			machine.refusal.sentence);
		end(i, "pulled", at);
	}
	ck_assert_uint_gt(n, 10);
}

START_TEST(test_pulled_in_take)
{
	pull_in(_i, CALL_TAKE);
}
END_TEST

START_TEST(test_pulled_in_return)
{
	pull_in(_i, CALL_RETURN);
}
END_TEST

static bool dies(int (*call)(void), enum fault_kind kind, unsigned int at)
{
	struct fault fault = { .kind = kind, .scope = FAULT_ALL, .at = at };
	pid_t child = fork();
	int status;

	if (child == 0) {
		fault_arm(&fault);
		(void)call();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status) == FAULT_DEATH_STATUS;
}

static int call_take(void)
{
	return take(&card);
}

static int call_return(void)
{
	return loop_call(CALL_RETURN, &card);
}

static int call_forget(void)
{
	return handover_forget(machine.handover, lost, &machine.refusal);
}

/* The hook was killed; then the function vanishes. */
static void kill_in(int i, enum call call)
{
	unsigned int n = 1;

	for (unsigned int at = 1; at <= n; at++) {
		int r;

		n = begin(i, call, at);
		ck_assert(dies(call == CALL_TAKE ? call_take : call_return, FAULT_DEATH_AFTER, at));
		pull(&machine.host);
		/* Without a daemon nobody stands behind a journal that is complete. */
		remove_all(machine.scratch.fd, "proc/812");
		/* What was interrupted ends with it. */
		r = call_forget();
		ck_assert(r == 0 || (r == 1 && machine_is_clean(&machine)));
		end(i, "killed", at);
	}
}

START_TEST(test_killed_in_take)
{
	kill_in(_i, CALL_TAKE);
}
END_TEST

START_TEST(test_killed_in_return)
{
	kill_in(_i, CALL_RETURN);
}
END_TEST

/* Who is to forget is killed. */
START_TEST(test_killed_in_forget)
{
	static const enum fault_kind kinds[] = { FAULT_DEATH_BEFORE, FAULT_DEATH_AFTER };

	for (int i = 0; i < COUNT(kinds); i++) {
		bool died = true;

		for (unsigned int at = 1; died; at++) {
			(void)begin(_i, CALL_RETURN, at);
			pull(&machine.host);
			died = dies(call_forget, kinds[i], at);
			ck_assert(died || at > 1);
			end(_i, "killed while it forgets", at);
		}
	}
}
END_TEST

TCase *case_forget(void)
{
	TCase *tcase = suite_case("forget");

	tcase_add_test(tcase, test_one);
	tcase_add_test(tcase, test_nobody);
	add_rows(tcase, test_again, overrides);
	add_rows(tcase, test_left_alone, overrides);
	tcase_add_loop_test(tcase, test_quick, 0, 3);
	tcase_add_test(tcase, test_late);
	tcase_add_test(tcase, test_detached);
	tcase_add_test(tcase, test_poisoned);
	tcase_add_test(tcase, test_damaged);
	add_rows(tcase, test_pulled_in_take, machines);
	add_rows(tcase, test_pulled_in_return, machines);
	add_rows(tcase, test_killed_in_take, machines);
	add_rows(tcase, test_killed_in_return, machines);
	add_rows(tcase, test_killed_in_forget, machines);
	return tcase;
}
