// SPDX-License-Identifier: GPL-2.0-or-later
/* irqbalance: what it answers, and one that takes its time, lies, or is not there. */
#include "host/balancer.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "host/manager.h"
#include "tests/unit/host/host.h"

#define LONG_MS  20000
#define SHORT_MS 200
#define SLACK_MS 2000

static const struct {
	const char *answer, *expected; /* NULL: refused */
} answers[] = {
	{ "SLEEP 10 BANNED 00000000", "" },
	{ "SLEEP 10 BANNED 00000003", "0-1" },
	{ "SLEEP 10 BANNED 80000000", "31" },
	{ "SLEEP 10 BANNED 00000001,0000000f", "0-3,32" },
	{ "SLEEP 10 BANNED 00000001,00000000,80000001\n", "0,31,64" },
	{ "SLEEP 3 IRQ 4 LOAD 12 DIFF 3 CLASS 0 IRQ 5 LOAD 0 DIFF 0 CLASS 4 BANNED deadbeef",
		"0-3,5-7,9-13,15-16,18-19,21,23,25-28,30-31" },
	{ "SLEEP 10 BANNED ", "" },
	{ "SLEEP 10 BANNED 2-3,7", "2-3,7" },
	{ "SLEEP 10 BANNED 2", "2" },
	{ "", NULL },
	{ "SLEEP 10", NULL },
	{ "SLEEP 10 BANNED", NULL },
	{ "BANNED 00000003", NULL },
	{ "TYPE 0 NUMBER 0 LOAD 0", NULL },
	{ "SLEEP 10 BANNED 0000000x", NULL },
	{ "SLEEP 10 BANNED 0000000F", NULL },
	{ "SLEEP 10 BANNED 00000001,000000", NULL }, /* cut: its buffer has 512 bytes */
	{ "SLEEP 10 BANNED 00000001,000", NULL },
	{ "SLEEP 10 BANNED 00000001,", NULL },
	{ "SLEEP 10 BANNED ,00000001", NULL },
	{ "SLEEP 10 BANNED 3-1", NULL },
	{ "SLEEP 10 BANNED none", NULL },
};

START_TEST(test_parse)
{
	struct cpuset cpus = { { 4711 } };
	int r = balancer_parse(answers[_i].answer, &cpus);

	ck_assert_int_eq(r, answers[_i].expected ? 0 : -EBADMSG);
	if (answers[_i].expected)
		ck_assert_str_eq(cpuset_text(&cpus).s, answers[_i].expected);
	else
		ck_assert_uint_eq(cpus.words[0], 4711);
}
END_TEST

/* More than a set has is left out, and what it has is there. */
START_TEST(test_parse_wide)
{
	char answer[9 * 80 + 32] = "SLEEP 10 BANNED ";
	struct cpuset cpus;

	for (int i = 0; i < 80; i++)
		(void)snprintf(answer + strlen(answer), sizeof(answer) - strlen(answer), "%s80000001", i ? "," : "");
	ck_assert_int_eq(balancer_parse(answer, &cpus), 0);
	ck_assert_uint_eq(cpuset_count(&cpus), CPUS_MAX / 32 * 2);
	ck_assert(cpuset_has(&cpus, 0) && cpuset_has(&cpus, 31) && cpuset_has(&cpus, CPUS_MAX - 1));
}
END_TEST

/* ---- one of our own ---- */

enum manner {
	PROMPT, /* a ban is in force when it is asked again */
	LATE,   /* it never comes to its next round */
	DEAF,   /* it makes something else of what it is told */
	BUSY,   /* it answers when it gets SIGUSR1 */
	CUT,    /* it closes the connection without a word */
};

static pid_t process;
static volatile sig_atomic_t idle;

static void wake(int signal)
{
	(void)signal;
	idle = 1;
}

static bool is_from_root(struct msghdr *message)
{
	struct cmsghdr *header = CMSG_FIRSTHDR(message);
	struct ucred asks;

	if (!header || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_CREDENTIALS)
		return false;
	memcpy(&asks, CMSG_DATA(header), sizeof(asks));
	return asks.uid == geteuid();
}

/* As irqbalance.c has it: one message, perhaps an answer, the end. */
static void answer_one(int connection, enum manner manner, char *banned, size_t size)
{
	char text[500] = "", answer[600], control[CMSG_SPACE(sizeof(struct ucred))];
	struct iovec part = { text, sizeof(text) - 1 };
	struct msghdr message = {
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)
	};

	if (recvmsg(connection, &message, 0) < 0 || !is_from_root(&message) || manner == CUT)
		return;
	if (strncmp(text, "settings cpus ", 14) == 0 && manner != LATE) {
		text[strcspn(text + 14, " ") + 14] = '\0';
		(void)snprintf(banned, size, "%s",
			strcmp(text + 14, "NULL") == 0 ? "00000000"
			: manner == DEAF               ? "00000080"
						       : text + 14);
	}
	if (strncmp(text, "setup", 5) != 0)
		return;
	(void)snprintf(answer, sizeof(answer), "SLEEP 10 BANNED %s", banned);
	/* Without MSG_NOSIGNAL, as it does. */
	(void)send(connection, answer, strlen(answer), 0);
}

__attribute__((noreturn)) static void serve(int listener, enum manner manner)
{
	char banned[512] = "00000004";

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)signal(SIGUSR1, wake);
	for (;;) {
		int connection;

		while (manner == BUSY && !idle)
			(void)usleep(1000);
		connection = accept(listener, NULL, NULL);
		answer_one(connection, manner, banned, sizeof(banned));
		(void)close(connection);
	}
}

static int listen_at(const struct sockaddr_un *address)
{
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	ck_assert_int_eq(bind(listener, (const struct sockaddr *)address, sizeof(*address)), 0);
	ck_assert_int_eq(setsockopt(listener, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)), 0);
	return listener;
}

static void start(enum manner manner)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char path[64];
	int ends[2];

	put_directory(scratch.fd, "tree/run/irqbalance");
	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	process = fork();
	if (process == 0) {
		int listener;

		(void)snprintf(address.sun_path, sizeof(address.sun_path),
			"%.60s/tree/run/irqbalance/irqbalance%d.sock", scratch.path, (int)getpid());
		listener = listen_at(&address);
		/* Whom SO_PEERCRED names is who listens. */
		(void)listen(listener, 1);
		(void)close(ends[1]);
		serve(listener, manner);
	}
	(void)close(ends[1]);
	ck_assert_int_eq((int)read(ends[0], path, 1), 0);
	(void)close(ends[0]);
	(void)snprintf(path, sizeof(path), "tree/proc/%d/comm", (int)process);
	put_text(scratch.fd, path, "irqbalance\n");
}

static void balancer_start(void)
{
	char path[sizeof(scratch.path) + 8];

	tree_start();
	host_close(&host);
	put_directory(scratch.fd, "tree/proc");
	(void)snprintf(path, sizeof(path), "%s/tree", scratch.path);
	ck_assert_int_eq(host_open(path, &host), 0);
}

static void stop(void)
{
	if (process > 0) {
		(void)kill(process, SIGKILL);
		(void)waitpid(process, NULL, 0);
	}
	process = 0;
}

static void balancer_stop(void)
{
	stop();
	tree_stop();
}

static int get(const char *expected, int deadline_ms)
{
	struct cpuset cpus = { 0 };
	pid_t pid = 0;
	int r = manager_systemd.get_banned_cpus(&host, &pid, &cpus, deadline_ms);

	ck_assert_str_eq(cpuset_text(&cpus).s, r == 0 ? expected : "");
	ck_assert_int_eq(pid, r == 0 ? process : 0);
	return r;
}

static int set(const char *list, int deadline_ms)
{
	struct cpuset cpus = { 0 };

	if (*list)
		ck_assert_int_eq(cpuset_parse(list, &cpus), 0);
	return manager_systemd.set_banned_cpus(&host, process, &cpus, deadline_ms);
}

START_TEST(test_prompt)
{
	start(PROMPT);
	ck_assert_int_eq(get("2", LONG_MS), 0);
	ck_assert_int_eq(set("1-3,7", LONG_MS), 0);
	ck_assert_int_eq(get("1-3,7", LONG_MS), 0);
	ck_assert_int_eq(set("", LONG_MS), 0);
	ck_assert_int_eq(get("", LONG_MS), 0);
}
END_TEST

START_TEST(test_late)
{
	start(LATE);
	ck_assert_int_eq(set("1", LONG_MS), 1);
	ck_assert_int_eq(get("2", LONG_MS), 0);
}
END_TEST

START_TEST(test_deaf)
{
	start(DEAF);
	ck_assert_int_eq(set("1", LONG_MS), -EIO);
}
END_TEST

/* What is not answered is not given up: that would be the end of it. */
START_TEST(test_busy)
{
	uint64_t began = clock_now_us();

	start(BUSY);
	ck_assert_int_eq(get("", SHORT_MS), -ETIMEDOUT);
	ck_assert_int_eq(get("", SHORT_MS), -ETIMEDOUT);
	/* It is told all the same. */
	ck_assert_int_eq(set("5", SHORT_MS), 1);
	ck_assert_uint_lt((clock_now_us() - began) / 1000, 3 * SHORT_MS + SLACK_MS);
	ck_assert_int_eq(kill(process, SIGUSR1), 0);
	balancer_leave();
	ck_assert_int_eq(get("5", LONG_MS), 0);
	ck_assert_int_eq(waitpid(process, NULL, WNOHANG), 0);
}
END_TEST

START_TEST(test_cut)
{
	start(CUT);
	ck_assert_int_eq(get("", LONG_MS), -EBADMSG);
}
END_TEST

START_TEST(test_no_balancer)
{
	ck_assert_int_eq(get("", LONG_MS), -ENOENT);
	ck_assert_int_eq(set("1", LONG_MS), -ENOENT);
	put_directory(scratch.fd, "tree/run/irqbalance");
	put_text(scratch.fd, "tree/run/irqbalance/irqbalance1.sock", "no socket\n");
	put_text(scratch.fd, "tree/run/irqbalance/other", "x\n");
	ck_assert_int_eq(get("", LONG_MS), -ENOENT);
	/* A socket that nobody listens on any more, before one that somebody does. */
	start(PROMPT);
	stop();
	ck_assert_int_eq(get("", LONG_MS), -ENOENT);
	start(PROMPT);
	ck_assert_int_eq(get("2", LONG_MS), 0);
	ck_assert_int_eq(get("", 0), -ETIMEDOUT);
}
END_TEST

/* A process of another name, or one that is not the one that was meant, is not told anything. */
START_TEST(test_another)
{
	struct cpuset cpus = { { 1 } };
	char path[64];

	start(PROMPT);
	ck_assert_int_eq(manager_systemd.set_banned_cpus(&host, process + 1, &cpus, LONG_MS), -ENOENT);
	ck_assert_int_eq(get("2", LONG_MS), 0);
	(void)snprintf(path, sizeof(path), "tree/proc/%d/comm", (int)process);
	put_text(scratch.fd, path, "irqbalanced\n");
	ck_assert_int_eq(get("", LONG_MS), -ENOENT);
	ck_assert_int_eq(set("1", LONG_MS), -ENOENT);
}
END_TEST

/* Its buffers: 500 bytes of what it is told, 512 of what it tells. */
START_TEST(test_too_much)
{
	struct cpuset cpus = { 0 };

	start(PROMPT);
	for (unsigned int cpu = 0; cpu < 400; cpu += 2)
		cpuset_add(&cpus, cpu);
	ck_assert_int_eq(manager_systemd.set_banned_cpus(&host, process, &cpus, LONG_MS), -E2BIG);
	ck_assert_int_eq(set("1792", LONG_MS), -E2BIG);
	ck_assert_int_eq(set("1791", LONG_MS), 0);
}
END_TEST

TCase *case_balancer(void)
{
	TCase *tcase = suite_case("balancer");

	tcase_add_checked_fixture(tcase, balancer_start, balancer_stop);
	add_rows(tcase, test_parse, answers);
	tcase_add_test(tcase, test_parse_wide);
	tcase_add_test(tcase, test_prompt);
	tcase_add_test(tcase, test_late);
	tcase_add_test(tcase, test_deaf);
	tcase_add_test(tcase, test_busy);
	tcase_add_test(tcase, test_cut);
	tcase_add_test(tcase, test_no_balancer);
	tcase_add_test(tcase, test_another);
	tcase_add_test(tcase, test_too_much);
	return tcase;
}
