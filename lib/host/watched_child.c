// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/watched_child.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fb.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"
#include "host/balancer.h"
#include "host/bus.h"
#include "host/manager.h"
#include "host/program.h"

#define NAME             "handoff-writer"
#define SOCKET_FD        3
#define SCOPE_TIMEOUT_MS 5000

/* Killed while a driver waits, a process spins for as long as that lasts: nothing shall choose this one to be killed.
 */
static void stand_apart(const struct host *host)
{
	int score CLOSE_FD = beneath_open(host->proc, "self/oom_score_adj", O_WRONLY, 0);
	sigset_t all;

	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, NULL);
	(void)setsid();
	(void)prctl(PR_SET_NAME, NAME);
	if (score >= 0)
		(void)fd_write_all(score, "-1000", strlen("-1000"));
}

/* Leaves the child with the socket and three times /dev/null. */
static int close_others(const struct host *host, int socket)
{
	int null = beneath_open(host->dev, "null", O_RDWR, 0);

	if (null < 0)
		return null;
	/* The socket first: one of the three may be its number. */
	socket = fcntl(socket, F_DUPFD_CLOEXEC, SOCKET_FD);
	if (socket < 0)
		return -errno;
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (dup2(null, fd) < 0)
			return -errno;
	}
	if (socket != SOCKET_FD && dup3(socket, SOCKET_FD, O_CLOEXEC) < 0)
		return -errno;
	return close_range(SOCKET_FD + 1, ~0U, 0) < 0 ? -errno : 0;
}

/* Receives a request and the file that comes with it. Returns the size, 0 at the end, -errno. */
static ssize_t receive(struct watched_request *request, int *ret_file)
{
	union {
		struct cmsghdr header;
		char buffer[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec part = { .iov_base = request, .iov_len = sizeof(*request) };
	struct msghdr message = {
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)
	};
	ssize_t n = recvmsg(SOCKET_FD, &message, MSG_CMSG_CLOEXEC);
	struct cmsghdr *header = n > 0 ? CMSG_FIRSTHDR(&message) : NULL;

	if (n < 0)
		return -errno;
	if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS)
		memcpy(ret_file, CMSG_DATA(header), sizeof(*ret_file));
	return n;
}

static ssize_t answer_write(const struct watched_request *request, int file)
{
	ssize_t n = write(file, request->value, request->size);

	if (n < 0)
		return -errno;
	/* The kernel takes each write of an attribute as a whole value. */
	return (size_t)n == request->size ? 0 : -EIO;
}

/* The words of a value, and NULL behind them. */
static void take_words(struct watched_request *request, char *words[WATCHED_WORDS_MAX + 1])
{
	size_t at = 0, n = 0;

	while (n < WATCHED_WORDS_MAX && at < request->size) {
		words[n++] = request->value + at;
		at += strlen(request->value + at) + 1;
	}
	words[n] = NULL;
}

static int start_program(struct watched_request *request, int output, pid_t *ret)
{
	char *arguments[WATCHED_WORDS_MAX + 1];
	const int streams[] = { -1, output, -1 };

	take_words(request, arguments);
	if (!arguments[0])
		return -EINVAL;
	return program_start(arguments[0], arguments, streams, ret);
}

/* The beginning of what it prints is kept; the rest is read, so that it can end. */
static void keep_output(int fd, char *value, size_t size)
{
	char rest[512];
	size_t have = 0;
	ssize_t n;

	do {
		bool full = have == size - 1;

		n = full ? read(fd, rest, sizeof(rest)) : read(fd, value + have, size - 1 - have);
		have += full || n < 0 ? 0 : (size_t)n;
	} while (n > 0);
	value[have] = '\0';
}

static ssize_t answer_run(struct watched_request *request, char *value, size_t size)
{
	int reading CLOSE_FD = -1, writing CLOSE_FD = -1;
	int ends[2], status, r;
	pid_t child = 0;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	reading = ends[0];
	writing = ends[1];
	r = start_program(request, writing, &child);
	if (r < 0)
		return r;
	fd_close(&writing);
	keep_output(reading, value, size);
	if (waitpid(child, &status, 0) < 0)
		return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -ECHILD;
}

/* Opens a node of the directory, if it is the one that was meant. */
static int open_node(const struct watched_request *request, int directory, mode_t type, int flags)
{
	const char *path = request->value;
	int node CLOSE_FD = beneath_open(directory, path, O_PATH | O_NOFOLLOW, 0);
	struct stat st;

	if (node < 0)
		return node;
	if (fstat(node, &st) < 0)
		return -errno;
	if ((st.st_mode & S_IFMT) != type || st.st_rdev != request->number)
		return -ENOENT;
	return beneath_open(directory, path, flags | O_NOFOLLOW | O_NONBLOCK, 0);
}

static ssize_t answer_consoles(const struct watched_request *request, int directory, char *value)
{
	int framebuffer CLOSE_FD = open_node(request, directory, S_IFCHR, O_RDONLY);
	uint64_t consoles = 0;

	if (framebuffer < 0)
		return framebuffer;
	for (unsigned int console = 1; console <= CONSOLE_MAX; console++) {
		struct fb_con2fbmap map = { .console = console, .framebuffer = UINT32_MAX };

		if (ioctl(framebuffer, FBIOGET_CON2FBMAP, &map) < 0)
			return -errno;
		if (map.framebuffer == minor(request->number))
			consoles |= UINT64_C(1) << console;
	}
	memcpy(value, &consoles, sizeof(consoles));
	return sizeof(consoles);
}

static ssize_t answer_show(const struct watched_request *request, int directory)
{
	int framebuffer CLOSE_FD = open_node(request, directory, S_IFCHR, O_RDONLY);

	if (framebuffer < 0)
		return framebuffer;
	for (unsigned int console = 1; console <= CONSOLE_MAX; console++) {
		struct fb_con2fbmap map = { .console = console, .framebuffer = minor(request->number) };

		if ((request->consoles >> console & 1) != 0 && ioctl(framebuffer, FBIOPUT_CON2FBMAP, &map) < 0)
			return -errno;
	}
	return 0;
}

static ssize_t answer_claim(const struct watched_request *request, int directory)
{
	/* Whoever has it for himself alone is refused nothing; we are. */
	int disk CLOSE_FD = open_node(request, directory, S_IFBLK, O_RDONLY | O_EXCL);

	return disk < 0 ? disk : 0;
}

static int start_bound(struct watched_request *request, const struct host *own)
{
	char *words[WATCHED_WORDS_MAX + 1] = { 0 };

	take_words(request, words);
	if (!words[0] || !words[1] || !words[2])
		return -EINVAL;
	return manager_systemd.start_bound(
		own, words[0], words[1], words[2], (const char *const *)words + 3, request->deadline_ms);
}

static int start_scope(struct watched_request *request, const struct host *own)
{
	char *words[WATCHED_WORDS_MAX + 1] = { 0 };

	take_words(request, words);
	if (!words[0] || !words[1] || !words[2])
		return -EINVAL;
	return manager_systemd.start_scope(own, words[0], words[1], words[2], request->told.pid, request->deadline_ms);
}

static int manage(struct watched_request *request, const struct host *own, struct watched_fact *ret)
{
	const struct manager *manager = &manager_systemd;
	const struct watched_fact *told = &request->told;
	const char *subject = request->value;
	int deadline_ms = request->deadline_ms, r;
	uint64_t uid;

	switch (request->manage) {
	case MANAGE_STOP_UNIT:
		return manager->stop_unit(own, subject, deadline_ms);
	case MANAGE_START_UNIT:
		return manager->start_unit(own, subject, deadline_ms);
	case MANAGE_RELOAD_UNIT:
		return manager->reload_unit(own, subject, deadline_ms);
	case MANAGE_UNIT_IS_ACTIVE:
		return manager->unit_is_active(own, subject, deadline_ms);
	case MANAGE_GET_UNIT_CHANGE:
		return manager->get_unit_change(own, subject, &ret->time_us, deadline_ms);
	case MANAGE_END_SESSION:
		return manager->end_session(own, subject, deadline_ms);
	case MANAGE_END_SESSIONS_OF:
		r = text_parse_number(subject, 10, UINT32_MAX, &uid);
		return r < 0 ? r : manager->end_sessions_of(own, (uid_t)uid, deadline_ms);
	case MANAGE_GET_ALLOWED_CPUS:
		return manager->get_allowed_cpus(own, subject, &ret->cpus, deadline_ms);
	case MANAGE_SET_ALLOWED_CPUS:
		return manager->set_allowed_cpus(own, subject, &told->cpus, deadline_ms);
	case MANAGE_RELOAD:
		return manager->reload(own, deadline_ms);
	case MANAGE_START_BOUND:
		return start_bound(request, own);
	case MANAGE_START_SCOPE:
		return start_scope(request, own);
	case MANAGE_GET_BANNED_CPUS:
		return manager->get_banned_cpus(own, &ret->pid, &ret->cpus, deadline_ms);
	case MANAGE_SET_BANNED_CPUS:
		return manager->set_banned_cpus(own, told->pid, &told->cpus, deadline_ms);
	}
	return -EINVAL;
}

static ssize_t answer_manage(struct watched_request *request, char *value)
{
	struct watched_fact fact = { 0 };
	struct host own;
	int r;

	/* Nothing of the parent's is left. */
	r = host_open(NULL, &own);
	if (r == 0)
		r = manage(request, &own, &fact);
	host_close(&own);
	memcpy(value, &fact, sizeof(fact));
	return r;
}

/*
 * systemd takes its time for it, in which a device may have to be bound: a process of its own waits for the end, and
 * nobody for that process.
 */
static ssize_t answer_reload(struct watched_request *request)
{
	char unused[sizeof(struct watched_fact)];
	pid_t child = fork();

	if (child < 0)
		return -errno;
	if (child > 0)
		return waitpid(child, NULL, 0) < 0 ? -errno : 0;
	if (fork() == 0) {
		(void)close(SOCKET_FD);
		bus_forget();
		(void)answer_manage(request, unused);
	}
	_exit(0);
}

static void serve(struct watched_request *request, int file)
{
	static struct watched_answer answer;
	size_t size = offsetof(struct watched_answer, value);

	answer.value[0] = '\0';
	switch (request->kind) {
	case WATCHED_WRITE:
		answer.result = answer_write(request, file);
		break;
	case WATCHED_READ:
		answer.result = fd_read_all(file, answer.value, sizeof(answer.value));
		size += answer.result > 0 ? (size_t)answer.result : 0;
		break;
	case WATCHED_RUN:
		answer.result = answer_run(request, answer.value, sizeof(answer.value));
		size += strlen(answer.value) + 1;
		break;
	case WATCHED_CONSOLES:
		answer.result = answer_consoles(request, file, answer.value);
		size += answer.result > 0 ? (size_t)answer.result : 0;
		break;
	case WATCHED_SHOW:
		answer.result = answer_show(request, file);
		break;
	case WATCHED_MANAGE:
		answer.result = request->manage == MANAGE_RELOAD ? answer_reload(request)
								 : answer_manage(request, answer.value);
		size += sizeof(struct watched_fact);
		break;
	case WATCHED_CLAIM:
		answer.result = answer_claim(request, file);
		break;
	}
	(void)send(SOCKET_FD, &answer, size, MSG_NOSIGNAL);
}

/* Without systemd, or when that does not answer, it stays where it is: in the group of who started us. */
static void enter_scope(void)
{
	struct host own;

	if (host_open(NULL, &own) == 0)
		(void)manager_enter_scope(
			&own, "gpu-handoff: writes to drivers, which may keep it waiting", SCOPE_TIMEOUT_MS);
	host_close(&own);
}

void watched_child_run(const struct host *host, int socket, bool scope)
{
	static struct watched_request request;

	stand_apart(host);
	/* First of all: among what the parent has open is its lock. */
	if (chdir("/") == 0 && close_others(host, socket) == 0) {
		if (scope)
			enter_scope();
		bus_keep(true);
		for (;;) {
			int file CLOSE_FD = -1;

			if (receive(&request, &file) <= 0)
				break;
			serve(&request, file);
		}
	}
	balancer_leave();
	_exit(0);
}
