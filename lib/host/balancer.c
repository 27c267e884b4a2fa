// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/balancer.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/text.h"

#define NAME         "irqbalance"
#define DIRECTORY    "irqbalance"
#define SOCKET_BEGIN "irqbalance"
#define SOCKET_END   ".sock"
/* It reads no more than 500 bytes at once, and takes the rest for nothing. */
#define COMMAND_SIZE 500
/* Its buffer for the mask has 512 bytes, in groups of 9 for 32 CPUs: it aborts when that is not enough. */
#define BANNED_MAX 1792
/* A line for each banned interrupt. */
#define ANSWER_SIZE 65536

/* ---- what it says ---- */

/* A digit of hexadecimal, or -1. */
static int digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* Groups of eight digits, the highest first. Returns 0, or -EBADMSG when it is something else. */
static int parse_mask(const char *text, struct cpuset *ret)
{
	size_t length = strlen(text);
	struct cpuset cpus = { 0 };

	if (length % 9 != 8)
		return -EBADMSG;
	for (size_t i = 0; i < length; i++) {
		size_t behind = length - i - 1;
		unsigned int first = (unsigned int)(behind - behind / 9) * 4;
		int value = digit(text[i]);

		if (i % 9 == 8 ? text[i] != ',' : value < 0)
			return -EBADMSG;
		for (unsigned int bit = 0; bit < 4 && i % 9 != 8; bit++) {
			if (value >> bit & 1)
				cpuset_add(&cpus, first + bit);
		}
	}
	*ret = cpus;
	return 0;
}

int balancer_parse(const char *answer, struct cpuset *ret)
{
	static const char marks[] = "BANNED ";
	char banned[CPUSET_TEXT_SIZE];
	const char *at;

	if (strncmp(answer, "SLEEP ", strlen("SLEEP ")) != 0)
		return -EBADMSG;
	at = strstr(answer, marks);
	if (!at || text_copy(banned, sizeof(banned), at + strlen(marks)) < 0)
		return -EBADMSG;
	banned[strcspn(banned, " \n")] = '\0';
	if (parse_mask(banned, ret) == 0)
		return 0;
	/* A mask that was cut is no list. */
	if (strspn(banned, "0123456789") >= 8)
		return -EBADMSG;
	if (banned[0])
		return cpuset_parse(banned, ret) < 0 ? -EBADMSG : 0;
	*ret = (struct cpuset){ 0 };
	return 0;
}

/* ---- a connection ---- */

struct link {
	int fd;
	pid_t pid;
	uint64_t end_us;
};

static int left_ms(uint64_t end_us)
{
	uint64_t now = clock_now_us(), left = now < end_us ? (end_us - now + 999) / 1000 : 0;

	return left < INT_MAX ? (int)left : INT_MAX;
}

/* Anybody may bind an abstract name, and a container's root is root: it must be a process of ours with that name. */
static int check_peer(const struct host *host, struct link *link)
{
	char path[sizeof("2147483647/comm")], command[32];
	struct ucred peer;
	socklen_t size = sizeof(peer);

	if (getsockopt(link->fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
		return -errno;
	(void)snprintf(path, sizeof(path), "%d/comm", (int)peer.pid);
	if (peer.uid != geteuid() || peer.pid <= 0 || attribute_read(host->proc, path, command, sizeof(command)) < 0 ||
		strcmp(command, NAME) != 0)
		return -ENOENT;
	link->pid = peer.pid;
	return 0;
}

/* Both wait no longer than the deadline: for a place among those that it has not accepted yet, for room. */
static int link_connect(const struct host *host, struct link *link, const struct sockaddr_un *address)
{
	int fd CLOSE_FD = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), ms = left_ms(link->end_us);
	struct timeval wait = { .tv_sec = ms / 1000, .tv_usec = (suseconds_t)(ms % 1000) * 1000 };
	int r;

	/* 0 would be no limit. */
	if (ms == 0)
		return -ETIMEDOUT;
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait)) < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) < 0)
		return errno == EAGAIN ? -ETIMEDOUT : errno == ECONNREFUSED ? -ENOENT : -errno;
	link->fd = fd;
	r = check_peer(host, link);
	if (r == 0)
		(void)TAKE_FD(fd);
	else
		link->fd = -1;
	return r;
}

/* Its socket in the directory: by the descriptor, so that it is the one that was found beneath it. */
static int link_open_file(const struct host *host, struct link *link, const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char path[NAME_MAX + sizeof(DIRECTORY "/")];
	int node CLOSE_FD = -1;
	struct stat st;

	(void)snprintf(path, sizeof(path), DIRECTORY "/%s", name);
	node = beneath_open(host->run, path, O_PATH | O_NOFOLLOW, 0);
	if (node < 0 || fstat(node, &st) < 0 || !S_ISSOCK(st.st_mode))
		return -ENOENT;
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d", node);
	return link_connect(host, link, &address);
}

/* Where it cannot make that one, it binds an abstract name of nothing but zeros. */
static int link_open_abstract(const struct host *host, struct link *link)
{
	return link_connect(host, link, &(const struct sockaddr_un){ .sun_family = AF_UNIX });
}

static bool is_socket(const char *name)
{
	size_t length = strlen(name), ends = strlen(SOCKET_BEGIN) + strlen(SOCKET_END);

	return length > ends && strncmp(name, SOCKET_BEGIN, strlen(SOCKET_BEGIN)) == 0 &&
	       strcmp(name + length - strlen(SOCKET_END), SOCKET_END) == 0;
}

/* One that has been killed leaves its socket behind: they are tried in turn. */
static int link_open(const struct host *host, uint64_t end_us, struct link *ret)
{
	const struct dirent *entry;
	DIR *list = NULL;
	int r;

	*ret = (struct link){ .fd = -1, .end_us = end_us };
	r = beneath_list(host->run, DIRECTORY, &list);
	if (r == 0) {
		r = -ENOENT;
		while (r == -ENOENT && (entry = readdir(list))) {
			if (is_socket(entry->d_name))
				r = link_open_file(host, ret, entry->d_name);
		}
		(void)closedir(list);
	}
	return r == -ENOENT ? link_open_abstract(host, ret) : r;
}

/* It wants to be told who asks, as well as to be asked by root. */
static int link_send(const struct link *link, const char *command)
{
	const struct ucred own = { .pid = getpid(), .uid = geteuid(), .gid = getegid() };
	union {
		struct cmsghdr header;
		char buffer[CMSG_SPACE(sizeof(own))];
	} control = { .header = {
			      .cmsg_level = SOL_SOCKET,
			      .cmsg_type = SCM_CREDENTIALS,
			      .cmsg_len = CMSG_LEN(sizeof(own)),
		      } };
	struct iovec part = { .iov_base = (void *)command, .iov_len = strlen(command) };
	struct msghdr message = {
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)
	};

	memcpy(CMSG_DATA(&control.header), &own, sizeof(own));
	return sendmsg(link->fd, &message, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

/* Reads until it closes the connection. Returns 0, -ETIMEDOUT, -errno. */
static int link_receive(const struct link *link, char *answer, size_t size)
{
	size_t have = 0;
	ssize_t n = 0;
	int r;

	do {
		struct pollfd wait = { .fd = link->fd, .events = POLLIN };

		r = poll(&wait, 1, left_ms(link->end_us));
		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return r < 0 ? -errno : -ETIMEDOUT;
		n = recv(link->fd, answer + have, size - 1 - have, 0);
		have += n > 0 ? (size_t)n : 0;
	} while (r < 0 || (n > 0 && have < size - 1));
	answer[have] = '\0';
	return n < 0 ? -errno : have == size - 1 ? -E2BIG : 0;
}

/* ---- what is asked ---- */

/* The connection on which it has not answered in time. */
static int unanswered = -1;

/* Returns 0, or -ETIMEDOUT: it is still at it, and does not answer the next one either. */
static int await_answer(int timeout_ms)
{
	struct pollfd wait = { .fd = unanswered, .events = POLLIN };

	if (unanswered >= 0 && poll(&wait, 1, timeout_ms) == 0)
		return -ETIMEDOUT;
	fd_close(&unanswered);
	return 0;
}

void balancer_leave(void)
{
	(void)await_answer(-1);
}

static int get(const struct host *host, pid_t *ret_pid, struct cpuset *ret, uint64_t end_us)
{
	static char answer[ANSWER_SIZE];
	struct link link;
	int r;

	r = await_answer(left_ms(end_us));
	if (r == 0)
		r = link_open(host, end_us, &link);
	if (r < 0)
		return r;
	r = link_send(&link, "setup");
	if (r == 0)
		r = link_receive(&link, answer, sizeof(answer));
	if (r == -ETIMEDOUT)
		unanswered = TAKE_FD(link.fd);
	fd_close(&link.fd);
	if (r == 0)
		r = balancer_parse(answer, ret);
	if (r == 0)
		*ret_pid = link.pid;
	return r;
}

int balancer_get_banned(const struct host *host, pid_t *ret_pid, struct cpuset *ret, int deadline_ms)
{
	return get(host, ret_pid, ret, clock_now_us() + (deadline_ms > 0 ? (uint64_t)deadline_ms * 1000 : 0));
}

/* Nothing answers that, but the end of the connection says that it was read. */
static int tell(const struct host *host, pid_t pid, const char *command, uint64_t end_us)
{
	struct link link;
	char answer[2];
	int r;

	r = link_open(host, end_us, &link);
	if (r < 0)
		return r;
	r = link.pid == pid ? link_send(&link, command) : -ENOENT;
	if (r == 0)
		r = link_receive(&link, answer, sizeof(answer));
	fd_close(&link.fd);
	/* It lies there until it reads it. */
	return r == -ETIMEDOUT ? 0 : r;
}

/* The blank keeps versions that do not end what they have read from reading on. Returns 0, or -E2BIG. */
static int write_command(const struct cpuset *cpus, char *command, size_t size)
{
	struct cpuset_text list = cpuset_text(cpus);
	struct text text;

	text_init(&text, command, size);
	text_add(&text, "settings cpus %s ", list.s[0] ? list.s : "NULL");
	return text.cut || cpuset_next(cpus, BANNED_MAX) < CPUS_MAX ? -E2BIG : 0;
}

static bool same(const struct cpuset *a, const struct cpuset *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

int balancer_set_banned(const struct host *host, pid_t pid, const struct cpuset *cpus, int deadline_ms)
{
	uint64_t half_us = deadline_ms > 0 ? (uint64_t)deadline_ms * 500 : 0, now = clock_now_us();
	char command[COMMAND_SIZE];
	struct cpuset before, after;
	bool answers;
	pid_t found;
	int r;

	r = write_command(cpus, command, sizeof(command));
	if (r == 0)
		r = get(host, &found, &before, now + half_us);
	if (r < 0 && r != -ETIMEDOUT)
		return r;
	answers = r == 0;
	/* Even where it seems to be so: it may have been told something else, and not have done it yet. */
	r = tell(host, pid, command, now + 2 * half_us);
	if (r < 0 || !answers)
		return r < 0 ? r : 1;
	r = get(host, &found, &after, now + 2 * half_us);
	if (r < 0)
		return r == -ETIMEDOUT ? 1 : r;
	return same(&after, cpus) ? 0 : same(&after, &before) ? 1 : -EIO;
}
