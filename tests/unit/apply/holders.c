// SPDX-License-Identifier: GPL-2.0-or-later
/* Whole handovers of a card that somebody uses: who is refused, waited for, stopped, and started again. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/support/snapshot.h"
#include "tests/unit/apply/apply.h"
#include "tests/unit/apply/loops.h"

#define HOST  "rocketlake-i7-11700-rtx2060"
#define GPU   "0000:02:00.0"
#define SOUND "0000:02:00.1"

/* Nodes of the two functions are real ones that any process may have open. */
#define GPU_NODE   "/dev/zero"
#define SOUND_NODE "/dev/null"

#define XORG         812
#define PERSISTENCED 640
#define STRANGER     4001

static char *before;
static struct domain card;

static void begin(void)
{
	free(before);
	before = machine_snapshot(&machine);
	(void)fake_manager_log(&machine.host);
}

static void start(void)
{
	machine_start(&machine, HOST, MACHINE_DRESSED | MACHINE_SMALL | MACHINE_LOADED);
	card = machine.cards[1];
	ck_assert_str_eq(address_text(card.hostdevs[0]).s, GPU);
	machine_put_node(&machine, GPU, "drm/card1", "drm", "1:5");
	machine_put_node(&machine, SOUND, "sound/card1/controlC1", "sound", "1:3");
	before = NULL;
	begin();
}

static void stop(void)
{
	free(before);
	machine_stop(&machine);
}

static void set_policy(const char *action, const char *wait)
{
	ck_assert_int_eq(policy_set_action(&card.policy, action), 0);
	ck_assert_int_eq(policy_set_wait(&card.policy, wait), 0);
}

static void put_xorg(void)
{
	fake_manager_put_process(&machine.host, XORG, "Xorg", "gdm.service", GPU_NODE);
}

static void put_persistenced(void)
{
	fake_manager_put_process(
		&machine.host, PERSISTENCED, "nvidia-persiste", "nvidia-persistenced.service", GPU_NODE);
}

static void put_stranger(void *node)
{
	fake_manager_put_process(&machine.host, STRANGER, "python3", "docker-3f1c9a.scope", node);
}

static void check_log(const char *expected)
{
	ck_assert_str_eq(fake_manager_log(&machine.host), expected);
}

static void check_sentence(const char *part)
{
	ck_assert_msg(
		strstr(machine.refusal.sentence, part) != NULL, "'%s' lacks '%s'", machine.refusal.sentence, part);
}

/* Refused, with that in the sentence, before anything was changed. */
static void check_untouched(const char *part)
{
	fault_disarm(FAULT_ALL);
	ck_assert_int_eq(loop_call(CALL_TAKE, &card), -ECANCELED);
	ck_assert_uint_eq(fault_count(), 0);
	fault_disarm(0);
	check_sentence(part);
	check_log("");
	loop_check(before, "refused", &card, 0);
}

/* ---- refused ---- */

static const struct {
	const char *what, *action, *unit, *node, *sentence;
} refused[] = {
	{ "a service", "refuse", "gdm.service", GPU_NODE,
		"'" GPU "' is used by python3 (pid 4001, gdm.service) through /dev/dri/card1; stop it, or set holders "
		"action='stop'" },
	{ "a session", "refuse", "session-2.scope", SOUND_NODE,
		"'" SOUND "' is used by python3 (pid 4001, session-2.scope) through /dev/controlC1; stop it, or set" },
	{ "a container", "refuse", "docker-3f1c9a.scope", GPU_NODE,
		"(pid 4001, container 3f1c9a) through /dev/dri/card1; stop it first" },
	{ "a container", "stop", "docker-3f1c9a.scope", GPU_NODE,
		"stop it first: that is no service or session that may be stopped for you" },
	{ "in no unit", "stop", "", GPU_NODE, "stop it first: that is no service or session" },
	{ "who the host cannot be without", "stop", "systemd-logind.service", GPU_NODE,
		"stop it first: that is no service or session" },
};

START_TEST(test_refused)
{
	uint64_t begun = clock_now_us();

	fake_manager_put_process(&machine.host, STRANGER, "python3", refused[_i].unit, refused[_i].node);
	set_policy(refused[_i].action, "0");
	check_untouched(refused[_i].sentence);
	ck_assert_str_eq(refusal_reason_name(machine.refusal.reason), "held");
	ck_assert(fake_manager_has_process(&machine.host, STRANGER));
	/* At once, and nobody was told to wait. */
	ck_assert_uint_lt(clock_now_us() - begun, 2000000);
	ck_assert_str_eq(machine.notes, "");
}
END_TEST

/* One that may be stopped, beside one that may not: nobody is. */
START_TEST(test_beside_stranger)
{
	put_xorg();
	put_persistenced();
	put_stranger((void *)SOUND_NODE);
	set_policy("stop", "0");
	check_untouched("is used by python3");
	ck_assert(fake_manager_is_active(&machine.host, "gdm.service"));
}
END_TEST

START_TEST(test_problem)
{
	put_text(machine.scratch.fd, "etc/gpu-handoff.conf", "[holders]\nwait = ever\n");
	check_untouched("/etc/gpu-handoff.conf: 'wait' of [holders] wants seconds, 600 at most");
	ck_assert_str_eq(refusal_reason_name(machine.refusal.reason), "input");
	/* What it had before it was broken comes back all the same. */
	remove_all(machine.scratch.fd, "etc/gpu-handoff.conf");
	ck_assert_int_eq(loop_call(CALL_TAKE, &card), 0);
	put_text(machine.scratch.fd, "etc/gpu-handoff.conf", "[holders]\nwait = ever\n");
	ck_assert_int_eq(loop_call(CALL_RETURN, &card), 0);
	loop_check(before, "returned", &card, 0);
}
END_TEST

/* Those of the other card never matter. */
START_TEST(test_other_card)
{
	char *journal;

	machine_put_node(&machine, address_text(machine.cards[0].hostdevs[0]).s, "drm/card0", "drm", "1:7");
	begin();
	put_xorg();
	fake_manager_end_process(&machine.host, XORG);
	fake_manager_put_process(&machine.host, XORG, "Xorg", "gdm.service", "/dev/full");
	fake_manager_put_process(&machine.host, STRANGER, "python3", "", "/dev/full");
	set_policy("stop", "0");
	ck_assert_msg(loop_call(CALL_TAKE, &card) == 0, "%s", machine.refusal.sentence);
	journal = machine_journal(&machine, card.uuid);
	ck_assert_ptr_null(strstr(journal, "change stop"));
	free(journal);
	ck_assert_int_eq(loop_call(CALL_RETURN, &card), 0);
	check_log("");
	loop_check(before, "other card", &card, 0);
}
END_TEST

/* ---- waited for ---- */

static void *end_soon(void *data)
{
	(void)poll(NULL, 0, 700);
	fake_manager_end_process(&machine.host, *(int *)data);
	return NULL;
}

START_TEST(test_goes_away)
{
	int pid = STRANGER;
	pthread_t thread;

	put_stranger((void *)GPU_NODE);
	set_policy("refuse", "30");
	ck_assert_int_eq(pthread_create(&thread, NULL, end_soon, &pid), 0);
	ck_assert_msg(loop_call(CALL_TAKE, &card) == 0, "%s", machine.refusal.sentence);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert(machine_has(&machine, &card, "vfio-pci"));
	ck_assert_ptr_nonnull(
		strstr(machine.notes, "gpuvm: waiting for up to 30 seconds: '" GPU "' is used by python3"));
	ck_assert_int_eq(loop_call(CALL_RETURN, &card), 0);
	loop_check(before, "gone", &card, 0);
}
END_TEST

/* Nobody goes: refused when the time is over, and told of it once. */
START_TEST(test_stays)
{
	uint64_t begun = clock_now_us(), lasted;

	put_stranger((void *)GPU_NODE);
	set_policy("stop", "2");
	check_untouched("is used by python3");
	lasted = clock_now_us() - begun;
	ck_assert_uint_ge(lasted, 2000000);
	ck_assert_uint_lt(lasted, 6000000);
	ck_assert_ptr_nonnull(strstr(machine.notes, "waiting for up to 2 seconds"));
	ck_assert_ptr_null(strstr(strstr(machine.notes, "waiting") + 1, "waiting"));
}
END_TEST

/* What wakes every GPU is not asked again and again, for that keeps the card awake that is waited for. */
START_TEST(test_asked_once)
{
	put_text(machine.host.sys, "bus/pci/devices/" GPU "/msi_irqs/131", "msix\n");
	begin();
	set_policy("refuse", "3");
	check_untouched("is at work (1 interrupt vectors), although no process has it open");
	ck_assert_uint_eq(machine.kernel.n_persistence_asked, 1);
}
END_TEST

/* ---- stopped and started ---- */

START_TEST(test_stop)
{
	put_xorg();
	set_policy("stop", "0");
	ck_assert_msg(loop_call(CALL_TAKE, &card) == 0, "%s", machine.refusal.sentence);
	ck_assert(machine_has(&machine, &card, "vfio-pci"));
	check_log("stop gdm.service");
	ck_assert_int_eq(loop_call(CALL_RETURN, &card), 0);
	check_log("start gdm.service");
	ck_assert(fake_manager_has_process(&machine.host, XORG));
	loop_check(before, "stop", &card, 0);
}
END_TEST

START_TEST(test_end_session)
{
	fake_manager_put_process(&machine.host, 2001, "blender", "session-2.scope", GPU_NODE);
	set_policy("stop", "0");
	ck_assert_msg(loop_call(CALL_TAKE, &card) == 0, "%s", machine.refusal.sentence);
	check_log("end session-2.scope");
	ck_assert_int_eq(loop_call(CALL_RETURN, &card), 0);
	check_log("");
	loop_check(before, "session", &card, 0);
}
END_TEST

/* Nobody gives a session back, so nobody may say that everything is. */
START_TEST(test_end_session_then_fail)
{
	struct fault fault = { .kind = FAULT_ERROR, .scope = FAULT_KERNEL, .error = EIO };

	set_policy("stop", "0");
	fault.at = loop_count(CALL_TAKE, &card, FAULT_KERNEL);
	fake_manager_put_process(&machine.host, 2001, "blender", "session-2.scope", GPU_NODE);
	fault_arm(&fault);
	ck_assert_int_eq(loop_call(CALL_TAKE, &card), -ECANCELED);
	fault_disarm(0);
	check_log("end session-2.scope");
	check_sentence("everything but the sessions that were ended was put back");
	loop_check(before, "session, failure", &card, 0);
}
END_TEST

/* Restarted, whatever the action: around the take, and around the return. */
START_TEST(test_restart)
{
	put_persistenced();
	set_policy(_i ? "stop" : "refuse", "0");
	ck_assert_msg(loop_call(CALL_TAKE, &card) == 0, "%s", machine.refusal.sentence);
	check_log("stop nvidia-persistenced.service, start nvidia-persistenced.service");
	ck_assert_int_eq(loop_call(CALL_RETURN, &card), 0);
	check_log("stop nvidia-persistenced.service, start nvidia-persistenced.service");
	ck_assert(fake_manager_has_process(&machine.host, PERSISTENCED));
	loop_check(before, "restart", &card, 0);
}
END_TEST

START_TEST(test_configured)
{
	put_text(machine.scratch.fd, "etc/gpu-handoff.conf", "[holders]\naction = refuse\nrestart = dcgm.service\n");
	fake_manager_put_process(&machine.host, 5001, "nv-hostengine", "dcgm.service", SOUND_NODE);
	ck_assert_msg(loop_call(CALL_TAKE, &card) == 0, "%s", machine.refusal.sentence);
	check_log("stop dcgm.service, start dcgm.service");
	ck_assert_int_eq(loop_call(CALL_RETURN, &card), 0);
	loop_check(before, "configured", &card, 0);
}
END_TEST

START_TEST(test_cannot_stop)
{
	put_persistenced();
	put_xorg();
	machine.manager.cannot_stop = "gdm.service";
	set_policy("stop", "0");
	ck_assert_int_eq(loop_call(CALL_TAKE, &card), -ECANCELED);
	check_sentence("cannot stop 'gdm.service': Input/output error; everything was put back");
	check_log("stop nvidia-persistenced.service, stop gdm.service, start nvidia-persistenced.service");
	ck_assert(fake_manager_has_process(&machine.host, XORG));
	loop_check(before, "cannot stop", &card, 0);
}
END_TEST

/* It says that it has stopped, and its process stays. */
START_TEST(test_stubborn)
{
	put_xorg();
	machine.manager.stubborn = "gdm.service";
	set_policy("stop", "0");
	ck_assert_int_eq(loop_call(CALL_TAKE, &card), -ECANCELED);
	check_sentence("'" GPU "' is still used by Xorg (pid 812, gdm.service) through /dev/dri/card1; stop it first; "
		       "everything was put back");
	check_log("stop gdm.service, start gdm.service");
	/* In these ten seconds the host had something else to do, too. */
	ck_assert_uint_lt(machine.kernel.n_read, 400);
	ck_assert(fake_manager_is_active(&machine.host, "gdm.service"));
	loop_check(before, "stubborn", &card, 0);
}
END_TEST

/* The card is free, so the domain starts; returning tells of it, and keeps the journal until it is mended. */
START_TEST(test_cannot_start)
{
	put_persistenced();
	machine.manager.cannot_start = "nvidia-persistenced.service";
	set_policy("refuse", "0");
	ck_assert_msg(loop_call(CALL_TAKE, &card) == 0, "%s", machine.refusal.sentence);
	ck_assert_uint_eq(machine.n_failed, 1);
	ck_assert_int_eq(loop_call(CALL_RETURN, &card), -ECANCELED);
	check_sentence("cannot start 'nvidia-persistenced.service': Input/output error; mend that, then run");
	ck_assert(!machine_has(&machine, &card, "vfio-pci"));
	ck_assert(!machine_is_clean(&machine));
	machine.manager.cannot_start = NULL;
	ck_assert_int_eq(handover_recover(machine.handover, &machine.refusal), 1);
	ck_assert(fake_manager_is_active(&machine.host, "nvidia-persistenced.service"));
	loop_check(before, "cannot start", &card, 0);
}
END_TEST

/* A process that its service, stopped long ago, has left behind: the service is not ours to start. */
START_TEST(test_left_behind)
{
	put_xorg();
	fake_manager_set_active(&machine.host, "gdm.service", false);
	set_policy("stop", "0");
	ck_assert_int_eq(loop_call(CALL_TAKE, &card), -ECANCELED);
	check_sentence("is still used by Xorg");
	check_log("");
	ck_assert(!fake_manager_is_active(&machine.host, "gdm.service"));
	loop_check(before, "left behind", &card, 0);
}
END_TEST

/* Somebody else stops it between our look and our step: theirs, and it stays so. */
static void stop_both(void *data)
{
	fake_manager_set_active(data, "gdm.service", false);
	fake_manager_end_process(data, XORG);
	fake_manager_set_active(data, "nvidia-persistenced.service", false);
	fake_manager_end_process(data, PERSISTENCED);
}

START_TEST(test_stopped_meanwhile)
{
	struct fault fault = {
		.kind = FAULT_MEDDLE, .scope = FAULT_KERNEL, .at = 1, .meddle = stop_both, .data = &machine.host
	};

	put_xorg();
	put_persistenced();
	set_policy("stop", "0");
	fault_arm(&fault);
	ck_assert_msg(loop_call(CALL_TAKE, &card) == 0, "%s", machine.refusal.sentence);
	fault_disarm(0);
	check_log("");
	ck_assert_int_eq(loop_call(CALL_RETURN, &card), 0);
	check_log("");
	ck_assert(!fake_manager_is_active(&machine.host, "gdm.service"));
	loop_check(before, "stopped meanwhile", &card, 0);
}
END_TEST

/* Somebody opens the GPU after it was seen to be free, while its siblings are unbound: seen, and all is undone. */
START_TEST(test_appears)
{
	struct fault fault = {
		.kind = FAULT_MEDDLE, .scope = FAULT_KERNEL, .meddle = put_stranger, .data = (void *)GPU_NODE
	};
	char *journal;

	put_xorg();
	set_policy("stop", "0");
	/* Of each sibling there are override, unbind and bind; of the GPU as well. */
	fault.at = loop_count(CALL_TAKE, &card, FAULT_KERNEL) - 4;
	(void)fake_manager_log(&machine.host);
	fault_arm(&fault);
	ck_assert_int_eq(loop_call(CALL_TAKE, &card), -ECANCELED);
	fault_disarm(0);
	check_sentence("'" GPU "' is still used by python3 (pid 4001, container 3f1c9a)");
	check_log("stop gdm.service, start gdm.service");
	journal = machine_journal(&machine, card.uuid);
	ck_assert_ptr_null(journal);
	loop_check(before, "appears", &card, 0);
}
END_TEST

/* ---- persistence mode ---- */

START_TEST(test_persistence)
{
	fake_kernel_set_persistence(&machine.host, GPU, true);
	begin();
	set_policy("refuse", "0");
	ck_assert_msg(loop_call(CALL_TAKE, &card) == 0, "%s", machine.refusal.sentence);
	ck_assert(!fake_kernel_has_persistence(&machine.host, GPU));
	ck_assert_int_eq(loop_call(CALL_RETURN, &card), 0);
	ck_assert(fake_kernel_has_persistence(&machine.host, GPU));
	loop_check(before, "persistence", &card, 0);
}
END_TEST

/* ---- faults at each operation ---- */

/* A service that is stopped, one that is restarted, and one whose card is in persistence mode. */
static void crowd(void)
{
	put_xorg();
	put_persistenced();
	set_policy("stop", "0");
	begin();
}

static void crowd_persistent(void)
{
	fake_kernel_set_persistence(&machine.host, GPU, true);
	fake_manager_put_process(&machine.host, 5001, "pipewire", "sound.service", SOUND_NODE);
	set_policy("stop", "0");
	begin();
}

static void (*const crowds[])(void) = { crowd, crowd_persistent };

/* As loop_check(), and everybody is there again. */
static void check_crowd(const char *what, unsigned int at)
{
	if (fake_manager_has_process(&machine.host, 5001)) {
		ck_assert_msg(fake_kernel_has_persistence(&machine.host, GPU), "%s at %u: persistence", what, at);
		ck_assert_msg(fake_manager_is_active(&machine.host, "sound.service"), "%s at %u: sound", what, at);
	} else {
		ck_assert_msg(fake_manager_is_active(&machine.host, "gdm.service"), "%s at %u: gdm", what, at);
		ck_assert_msg(fake_manager_has_process(&machine.host, XORG), "%s at %u: Xorg", what, at);
		ck_assert_msg(fake_manager_is_active(&machine.host, "nvidia-persistenced.service"),
			"%s at %u: persistenced", what, at);
	}
	loop_check(before, what, &card, at);
}

static void die_in(enum call call, enum fault_kind kind, unsigned int at)
{
	struct fault fault = { .kind = kind, .scope = FAULT_ALL, .at = at };
	pid_t child = fork();
	int status;

	if (child == 0) {
		fault_arm(&fault);
		(void)loop_call(call, &card);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == FAULT_DEATH_STATUS, "did not die at %u", at);
}

static void die_everywhere(enum call call)
{
	static const enum fault_kind kinds[] = { FAULT_DEATH_BEFORE, FAULT_DEATH_AFTER };
	unsigned int n = loop_count(call, &card, FAULT_ALL);

	for (unsigned int at = 1; at <= n; at++) {
		for (int i = 0; i < COUNT(kinds); i++) {
			if (call == CALL_RETURN)
				ck_assert_int_eq(loop_call(CALL_TAKE, &card), 0);
			die_in(call, kinds[i], at);
			machine.n_failed = 0;
			ck_assert_msg(handover_recover(machine.handover, &machine.refusal) >= 0, "%s",
				machine.refusal.sentence);
			ck_assert_uint_eq(machine.n_failed, 0);
			check_crowd(i ? "death after" : "death before", at);
		}
	}
}

START_TEST(test_die)
{
	crowds[_i / 2]();
	die_everywhere(_i % 2 ? CALL_RETURN : CALL_TAKE);
}
END_TEST

static const struct {
	const char *name;
	enum fault_kind kind;
	unsigned int scope;
	int error;
} ways[] = {
	{ "refused", FAULT_ERROR, FAULT_KERNEL, EIO },
	{ "refused, with effect", FAULT_ERROR_AFTER, FAULT_KERNEL, ETIMEDOUT },
	{ "journal cannot be written", FAULT_ERROR, FAULT_FILE, ENOSPC },
	{ "journal is cut short", FAULT_HALF, FAULT_FILE, ENOSPC },
};

/* Whatever fails in a take, it is either refused and everybody is there, or done, and can be returned. */
START_TEST(test_fail_take)
{
	unsigned int n, n_taken = 0;

	crowds[_i % 2]();
	n = loop_count(CALL_TAKE, &card, ways[_i / 2].scope);
	for (unsigned int at = 1; at <= n; at++) {
		struct fault fault = { ways[_i / 2].kind, ways[_i / 2].scope, at, ways[_i / 2].error, NULL, NULL };
		int r;

		fault_arm(&fault);
		r = loop_call(CALL_TAKE, &card);
		fault_disarm(0);
		if (r == 0) {
			ck_assert(machine_has(&machine, &card, "vfio-pci"));
			n_taken++;
			r = loop_call(CALL_RETURN, &card);
			ck_assert_msg(r == 0, "%s at %u: %s", ways[_i / 2].name, at, machine.refusal.sentence);
		}
		check_crowd(ways[_i / 2].name, at);
	}
	/* Only a service that is started again may fail. */
	ck_assert_uint_le(n_taken, 1);
}
END_TEST

START_TEST(test_fail_return)
{
	unsigned int n;

	crowds[_i % 2]();
	n = loop_count(CALL_RETURN, &card, ways[_i / 2].scope);
	for (unsigned int at = 1; at <= n; at++) {
		struct fault fault = { ways[_i / 2].kind, ways[_i / 2].scope, at, ways[_i / 2].error, NULL, NULL };
		int r;

		ck_assert_msg(loop_call(CALL_TAKE, &card) == 0, "%s", machine.refusal.sentence);
		fault_arm(&fault);
		r = loop_call(CALL_RETURN, &card);
		fault_disarm(0);
		if (r == -ECANCELED) {
			ck_assert(!machine_is_clean(&machine));
			r = loop_call(CALL_RETURN, &card);
		}
		ck_assert_msg(r == 0, "%s at %u: %s", ways[_i / 2].name, at, machine.refusal.sentence);
		check_crowd(ways[_i / 2].name, at);
	}
}
END_TEST

TCase *case_holders(void)
{
	TCase *tcase = suite_case("holders");

	tcase_add_checked_fixture(tcase, start, stop);
	add_rows(tcase, test_refused, refused);
	tcase_add_test(tcase, test_beside_stranger);
	tcase_add_test(tcase, test_problem);
	tcase_add_test(tcase, test_other_card);
	tcase_add_test(tcase, test_goes_away);
	tcase_add_test(tcase, test_stays);
	tcase_add_test(tcase, test_asked_once);
	tcase_add_test(tcase, test_stop);
	tcase_add_test(tcase, test_end_session);
	tcase_add_test(tcase, test_end_session_then_fail);
	tcase_add_loop_test(tcase, test_restart, 0, 2);
	tcase_add_test(tcase, test_configured);
	tcase_add_test(tcase, test_cannot_stop);
	tcase_add_test(tcase, test_stubborn);
	tcase_add_test(tcase, test_cannot_start);
	tcase_add_test(tcase, test_left_behind);
	tcase_add_test(tcase, test_stopped_meanwhile);
	tcase_add_test(tcase, test_appears);
	tcase_add_test(tcase, test_persistence);
	tcase_add_loop_test(tcase, test_die, 0, 2 * COUNT(crowds));
	tcase_add_loop_test(tcase, test_fail_take, 0, 2 * COUNT(ways));
	tcase_add_loop_test(tcase, test_fail_return, 0, 2 * COUNT(ways));
	return tcase;
}
