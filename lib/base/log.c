// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/log.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/text.h"

#define JOURNAL_SOCKET "/run/systemd/journal/socket"
#define SYSLOG_SOCKET  "/dev/log"

static int reader = -1;
static bool is_syslog;
static uint64_t waited_us;

static int reach(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	(void)text_copy(address.sun_path, sizeof(address.sun_path), path);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		fd_close(&fd);
	return fd;
}

void log_open(void)
{
	if (reader >= 0)
		return;
	reader = reach(JOURNAL_SOCKET);
	is_syslog = reader < 0;
	if (is_syslog)
		reader = reach(SYSLOG_SOCKET);
}

/* A message on its way. */
struct datagram {
	size_t size;
	char bytes[LOG_SIZE_MAX];
};

static void put(struct datagram *datagram, const void *bytes, size_t size)
{
	memcpy(datagram->bytes + datagram->size, bytes, size);
	datagram->size += size;
}

/* With its length before it: a stranger's newline begins no field of theirs. */
static void put_field(struct datagram *datagram, const char *name, const char *value)
{
	size_t n_name = strlen(name), n_value = value ? strlen(value) : 0;
	unsigned char length[8];

	if (!value || n_name + n_value + sizeof(length) + 2 > sizeof(datagram->bytes) - datagram->size)
		return;
	for (unsigned int i = 0; i < sizeof(length); i++)
		length[i] = (unsigned char)((uint64_t)n_value >> (8 * i));
	put(datagram, name, n_name);
	put(datagram, "\n", 1);
	put(datagram, length, sizeof(length));
	put(datagram, value, n_value);
	put(datagram, "\n", 1);
}

static void make_fields(
	struct datagram *datagram, int priority, const char *message, const struct log_field *fields, size_t n_fields)
{
	char level[16];

	(void)snprintf(level, sizeof(level), "%d", priority);
	put_field(datagram, "SYSLOG_IDENTIFIER", LOG_IDENTIFIER);
	put_field(datagram, "PRIORITY", level);
	put_field(datagram, "MESSAGE", message);
	for (size_t i = 0; i < n_fields; i++)
		put_field(datagram, fields[i].name, fields[i].value);
}

static void make_line(struct datagram *datagram, int priority, const char *message)
{
	struct text text;

	text_init(&text, datagram->bytes, sizeof(datagram->bytes));
	text_add(&text, "<%d>" LOG_IDENTIFIER "[%d]: %s", LOG_DAEMON | priority, (int)getpid(), message);
	datagram->size = text.length;
}

/* Waits until it is read again, within what is left of our patience. Returns whether it is. */
static bool await_reader(void)
{
	struct pollfd told = { .fd = reader, .events = POLLOUT };
	uint64_t begin = clock_now_us(), patience_us = LOG_PATIENCE_MS * UINT64_C(1000);
	int r;

	if (waited_us >= patience_us)
		return false;
	r = poll(&told, 1, (int)((patience_us - waited_us) / 1000));
	waited_us += clock_now_us() - begin;
	return r > 0;
}

/* Returns 0; -EAGAIN when nobody reads; -errno when nobody will. */
static int deliver(const struct datagram *datagram)
{
	do {
		if (send(reader, datagram->bytes, datagram->size, MSG_NOSIGNAL) >= 0)
			return 0;
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
	} while (await_reader());
	return -EAGAIN;
}

void log_send(int priority, const char *message, const struct log_field *fields, size_t n_fields)
{
	/* The second time to one who has come in the place of the first. */
	for (unsigned int attempt = 0; attempt < 2; attempt++) {
		struct datagram datagram;
		int r;

		log_open();
		if (reader < 0)
			return;
		datagram.size = 0;
		if (is_syslog)
			make_line(&datagram, priority, message);
		else
			make_fields(&datagram, priority, message, fields, n_fields);
		r = deliver(&datagram);
		if (r == 0 || r == -EAGAIN)
			return;
		fd_close(&reader);
	}
}
