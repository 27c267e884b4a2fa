// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/watched.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "host/kmsg.h"
#include "host/watched_child.h"

/* The child that serves: one for the process. */
static struct {
	int socket; /* -1: there is none */
	pid_t pid;
	bool scope;
} child = { .socket = -1 };

/* A child that is idle ends now; one that is stuck when it no longer is, and then it is nobody's. */
static void leave_behind(void)
{
	fd_close(&child.socket);
	child.pid = 0;
}

static int start(const struct host *host)
{
	int ends[2], r;
	pid_t pid;

	if (child.socket >= 0)
		return 0;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return -errno;
	pid = fork();
	r = -errno;
	if (pid == 0)
		watched_child_run(host, ends[1], child.scope);
	(void)close(ends[1]);
	if (pid < 0) {
		(void)close(ends[0]);
		return r;
	}
	child.socket = ends[0];
	child.pid = pid;
	return 0;
}

int watched_begin(const struct host *host)
{
	/* One that only reads has no scope. */
	if (!child.scope)
		leave_behind();
	child.scope = true;
	return start(host);
}

static int send_request(const struct watched_request *request, int file)
{
	union {
		struct cmsghdr header;
		char buffer[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec part = { .iov_base = (void *)request,
		.iov_len = offsetof(struct watched_request, value) + request->size };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	if (file >= 0) {
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.header), &file, sizeof(int));
		message.msg_control = &control;
		message.msg_controllen = sizeof(control);
	}
	return sendmsg(child.socket, &message, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

/* Waits for the answer until end, which a message of the kernel may bring nearer. Returns 1, 0 past the end, -errno. */
static int await(uint64_t end, int kmsg, const char *blocked)
{
	struct pollfd wait[] = { { .fd = child.socket, .events = POLLIN }, { .fd = kmsg, .events = POLLIN } };

	for (;;) {
		uint64_t now = clock_now_us();
		int r = poll(wait, blocked && kmsg >= 0 ? 2 : 1, now < end ? (int)((end - now + 999) / 1000) : 0);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -errno;
		if (r == 0 || wait[0].revents)
			return r != 0;
		if (kmsg_tells(kmsg, blocked)) {
			uint64_t grace = clock_now_us() + WATCHED_GRACE_MS * UINT64_C(1000);

			end = grace < end ? grace : end;
			blocked = NULL;
		}
	}
}

/* What the child answers. Its value is in answer. */
static ssize_t ask(const struct host *host, const struct watched_request *request, int file,
	struct watched_answer *answer, int deadline_ms, int kmsg, const char *blocked)
{
	uint64_t end = clock_now_us() + (uint64_t)deadline_ms * 1000;
	ssize_t n;
	int r;

	r = start(host);
	if (r < 0)
		return r;
	r = send_request(request, file);
	if (r == 0)
		r = await(end, kmsg, blocked);
	if (r <= 0) {
		leave_behind();
		return r < 0 ? r : KERNEL_STUCK;
	}
	n = recv(child.socket, answer, sizeof(*answer), 0);
	if (n >= (ssize_t)offsetof(struct watched_answer, value))
		return answer->result;
	/* Somebody killed it. */
	leave_behind();
	return -ECHILD;
}

int watched_write(const struct host *host, int fd, const char *value, int deadline_ms, int kmsg, const char *blocked)
{
	struct watched_request request = { .kind = WATCHED_WRITE, .size = strlen(value) };
	static struct watched_answer answer;

	if (request.size > sizeof(request.value))
		return -E2BIG;
	memcpy(request.value, value, request.size);
	return (int)ask(host, &request, fd, &answer, deadline_ms, kmsg, blocked);
}

ssize_t watched_read(const struct host *host, int fd, char *buffer, size_t size, int deadline_ms)
{
	struct watched_request request = { .kind = WATCHED_READ };
	static struct watched_answer answer;
	ssize_t n = ask(host, &request, fd, &answer, deadline_ms, -1, NULL);

	if (n < 0)
		return n;
	if ((size_t)n > size)
		return -E2BIG;
	memcpy(buffer, answer.value, (size_t)n);
	return n;
}

static int put_words(struct watched_request *request, const char *const words[])
{
	for (size_t i = 0; words[i]; i++) {
		size_t length = strlen(words[i]) + 1;

		if (i == WATCHED_WORDS_MAX || length > sizeof(request->value) - request->size)
			return -E2BIG;
		memcpy(request->value + request->size, words[i], length);
		request->size += length;
	}
	return 0;
}

int watched_run(const struct host *host, const char *const arguments[], char *output, size_t size, int deadline_ms)
{
	struct watched_request request = { .kind = WATCHED_RUN };
	static struct watched_answer answer;
	int result = put_words(&request, arguments);

	if (result < 0)
		return result;
	result = (int)ask(host, &request, -1, &answer, deadline_ms, -1, NULL);
	if (size > 0)
		(void)snprintf(output, size, "%s", result >= 0 ? answer.value : "");
	return result;
}

static void name_framebuffer(struct watched_request *request, unsigned int framebuffer)
{
	request->number = makedev(FRAMEBUFFER_MAJOR, framebuffer);
	request->size = 1 + (size_t)snprintf(request->value, sizeof(request->value), "fb%u", framebuffer);
}

int watched_show(const struct host *host, unsigned int framebuffer, uint64_t consoles, int deadline_ms)
{
	struct watched_request request = { .kind = WATCHED_SHOW, .consoles = consoles };
	static struct watched_answer answer;

	name_framebuffer(&request, framebuffer);
	return (int)ask(host, &request, host->dev, &answer, deadline_ms, -1, NULL);
}

int watched_consoles(const struct host *host, unsigned int framebuffer, int deadline_ms, uint64_t *ret)
{
	struct watched_request request = { .kind = WATCHED_CONSOLES };
	static struct watched_answer answer;
	ssize_t n;

	name_framebuffer(&request, framebuffer);
	n = ask(host, &request, host->dev, &answer, deadline_ms, -1, NULL);
	if (n < 0)
		return (int)n;
	if ((size_t)n != sizeof(*ret))
		return -EPROTO;
	memcpy(ret, answer.value, sizeof(*ret));
	return 0;
}

int watched_claim(const struct host *host, const char *path, dev_t number, int deadline_ms)
{
	struct watched_request request = { .kind = WATCHED_CLAIM, .number = number, .size = strlen(path) + 1 };
	static struct watched_answer answer;

	if (request.size > sizeof(request.value))
		return -E2BIG;
	memcpy(request.value, path, request.size);
	return (int)ask(host, &request, host->dev, &answer, deadline_ms, -1, NULL);
}

/* More than the call itself takes when it keeps to its deadline. */
#define MANAGE_MARGIN_MS 2000

int watched_manage(const struct host *host, enum watched_manage manage, const char *const words[],
	const struct watched_fact *told, struct watched_fact *ret, int deadline_ms)
{
	struct watched_request request = { .kind = WATCHED_MANAGE, .manage = manage, .deadline_ms = deadline_ms };
	static struct watched_answer answer;
	int r = put_words(&request, words);

	if (r < 0)
		return -EINVAL;
	if (told)
		request.told = *told;
	r = (int)ask(host, &request, -1, &answer, deadline_ms + MANAGE_MARGIN_MS, -1, NULL);
	if (r >= 0 && ret)
		memcpy(ret, answer.value, sizeof(*ret));
	return r == KERNEL_STUCK ? -ETIMEDOUT : r;
}

pid_t watched_pid(void)
{
	return child.pid;
}
