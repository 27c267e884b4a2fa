// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The process that becomes the command. It waits until it is told that the cards are there, puts itself right, and
 * says what went wrong, if anything: a socket that ends without a word is that of a command that has begun.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "cli/run/run.h"
#include "probe/udev.h"

/* udev gives the node its group a moment after the function has changed hands. */
#define ACCESS_DEADLINE_MS 5000

/* As shells have it. */
#define STATUS_NOT_RUN   126
#define STATUS_NOT_FOUND 127

enum obstacle {
	OBSTACLE_CPUS,
	OBSTACLE_MEMORY,
	OBSTACLE_ACCOUNT,
	OBSTACLE_ACCESS,
	OBSTACLE_PROGRAM,
};

struct report {
	enum obstacle obstacle;
	int error;
	int group; /* that cannot be opened */
};

/* ---- in the child ---- */

struct question {
	const struct run *run;
	int group;
};

/* By the rights that it has now: 1, 0 while udev may still change that, -EACCES. Nothing is opened: VFIO counts that.
 */
static int ask_access(void *data)
{
	struct question *question = data;
	const struct host *host = question->run->host;
	char path[sizeof("vfio/2147483647")];

	for (unsigned int i = 0; i < question->run->order->n_groups; i++) {
		question->group = question->run->order->groups[i];
		(void)snprintf(path, sizeof(path), "vfio/%d", question->group);
		if (faccessat(host->dev, path, R_OK | W_OK, AT_EACCESS) < 0)
			return udev_is_running(host) ? 0 : -EACCES;
	}
	return 1;
}

static int check_access(const struct run *run, struct report *report)
{
	struct question question = { .run = run };

	if (!run->account->name || clock_await(ask_access, &question, ACCESS_DEADLINE_MS) == 1)
		return 0;
	report->group = question.group;
	return -EACCES;
}

/* VFIO pins the guest's memory: a VMM of no privilege must be allowed to. */
static int allow_memory(void)
{
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };

	/* Who may not raise it has no privilege to give away either: tests. */
	return setrlimit(RLIMIT_MEMLOCK, &all) < 0 && errno != EPERM ? -errno : 0;
}

/* Puts it right, in this order: what takes root is done before root is given up. Returns 0, or -errno. */
static int put_right(const struct run *run, struct report *report)
{
	const struct cpuset *cpus = &run->order->domain.demand.vcpus;
	int r = 0;

	report->obstacle = OBSTACLE_CPUS;
	if (!cpuset_is_empty(cpus))
		r = run->host->kernel->set_affinity(run->host, getpid(), cpus);
	if (r < 0)
		return r;
	report->obstacle = OBSTACLE_MEMORY;
	r = allow_memory();
	if (r < 0)
		return r;
	report->obstacle = OBSTACLE_ACCOUNT;
	r = account_become(run->account);
	if (r < 0)
		return r;
	report->obstacle = OBSTACLE_ACCESS;
	return check_access(run, report);
}

__attribute__((noreturn)) static void become_command(const struct run *run, int socket)
{
	struct report report = { 0 };
	char word;

	/* Nobody has taken anything for us: refused, or whoever started us has died. */
	if (read(socket, &word, 1) != 1)
		_exit(0);
	report.error = -put_right(run, &report);
	if (report.error == 0) {
		(void)sigprocmask(SIG_SETMASK, run->signals, NULL);
		(void)execvp(run->words[0], run->words);
		report.obstacle = OBSTACLE_PROGRAM;
		report.error = errno;
	}
	(void)send(socket, &report, sizeof(report), MSG_NOSIGNAL);
	_exit(STATUS_NOT_RUN);
}

/* ---- in the parent ---- */

int child_start(const struct run *run, struct child *ret)
{
	int ends[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return -errno;
	(void)fflush(NULL);
	pid = fork();
	if (pid == 0) {
		(void)close(ends[0]);
		become_command(run, ends[1]);
	}
	if (pid < 0) {
		int r = -errno;

		(void)close(ends[0]);
		(void)close(ends[1]);
		return r;
	}
	(void)close(ends[1]);
	*ret = (struct child){ .pid = pid, .socket = ends[0] };
	return 0;
}

static void await_end(const struct child *child)
{
	while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
		;
}

void child_drop(struct child *child)
{
	fd_close(&child->socket);
	await_end(child);
}

static int refuse(const struct run *run, const struct report *report, struct refusal *refusal)
{
	const char *user = run->account->name, *why = strerror(report->error);

	switch (report->obstacle) {
	case OBSTACLE_CPUS:
		return refusal_set(refusal, REFUSAL_CPUS, "cannot put the command on CPUs %.200s: %s",
			cpuset_text(&run->order->domain.demand.vcpus).s, why);
	case OBSTACLE_MEMORY:
		return refusal_set(refusal, REFUSAL_MEMORY, "cannot let the command lock its memory: %s", why);
	case OBSTACLE_ACCOUNT:
		return refusal_set(refusal, REFUSAL_INPUT, "cannot become user '%s': %s", user, why);
	case OBSTACLE_ACCESS:
		return refusal_set(refusal, REFUSAL_INPUT,
			"user '%s' may not open '/dev/vfio/%d'; write 'access = kvm' into the [card] section of the "
			"card in /etc/gpu-handoff.conf, and put the user into group kvm",
			user, report->group);
	case OBSTACLE_PROGRAM:
		break;
	}
	return refusal_set(refusal, REFUSAL_INPUT, "cannot run '%s': %s", run->words[0], why);
}

int child_go(const struct run *run, struct child *child, int *ret_status, struct refusal *refusal)
{
	struct report report;
	ssize_t n = send(child->socket, "", 1, MSG_NOSIGNAL);

	while (n >= 0 && (n = read(child->socket, &report, sizeof(report))) < 0 && errno == EINTR)
		;
	fd_close(&child->socket);
	/* One that has ended without a word is told of by whoever waits for it. */
	if (n != (ssize_t)sizeof(report))
		return 0;
	await_end(child);
	*ret_status = report.obstacle == OBSTACLE_PROGRAM && report.error == ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_RUN;
	return refuse(run, &report, refusal);
}
