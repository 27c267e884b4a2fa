// SPDX-License-Identifier: GPL-2.0-or-later
/* What goes to the journal's socket: one of the test's own, that is in the place of those of the system. */
#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/unit/base/base.h"

#define JOURNAL "/run/systemd/journal/socket"
#define SYSLOG  "/dev/log"

/* ---- the sockets ---- */

static char folder[64];
static int journal, syslogd;

int __real_connect(int fd, const struct sockaddr *address, socklen_t size);
int __wrap_connect(int fd, const struct sockaddr *address, socklen_t size);

static struct sockaddr_un own_address(const char *path)
{
	struct sockaddr_un own = { .sun_family = AF_UNIX };

	(void)snprintf(own.sun_path, sizeof(own.sun_path), "%s/%s", folder, strcmp(path, JOURNAL) == 0 ? "j" : "s");
	return own;
}

int __wrap_connect(int fd, const struct sockaddr *address, socklen_t size)
{
	const char *path = ((const struct sockaddr_un *)address)->sun_path;
	struct sockaddr_un own = own_address(path);

	(void)size;
	ck_assert_msg(strcmp(path, JOURNAL) == 0 || strcmp(path, SYSLOG) == 0, "%s", path);
	return __real_connect(fd, (const struct sockaddr *)&own, sizeof(own));
}

static int listen_at(const char *path)
{
	struct sockaddr_un own = own_address(path);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	(void)unlink(own.sun_path);
	ck_assert_int_eq(bind(fd, (const struct sockaddr *)&own, sizeof(own)), 0);
	return fd;
}

static void make_folder(void)
{
	(void)snprintf(folder, sizeof(folder), "%s/handoff-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	journal = syslogd = -1;
}

static void remove_folder(void)
{
	(void)close(journal);
	(void)close(syslogd);
	(void)unlink(own_address(JOURNAL).sun_path);
	(void)unlink(own_address(SYSLOG).sun_path);
	(void)rmdir(folder);
}

/* The next datagram. Returns its size; 0 for none. */
static size_t take(int fd, char buffer[2 * LOG_SIZE_MAX])
{
	ssize_t n = recv(fd, buffer, 2 * LOG_SIZE_MAX, 0);

	return n < 0 ? 0 : (size_t)n;
}

/* Takes the next field of a message apart, as the protocol has it. Returns what is left of it. */
static size_t take_field(const char **at, size_t left, char *name, char *value)
{
	const char *end = memchr(*at, '\n', left);
	size_t n_name = (size_t)(end - *at), n_value = 0;

	ck_assert_ptr_nonnull(end);
	ck_assert_uint_ge(left, n_name + 10);
	for (unsigned int i = 0; i < 8; i++)
		n_value |= (size_t)(unsigned char)end[1 + i] << (8 * i);
	ck_assert_uint_ge(left, n_name + n_value + 10);
	(void)snprintf(name, 64, "%.*s", (int)n_name, *at);
	(void)snprintf(value, LOG_SIZE_MAX, "%.*s", (int)n_value, end + 9);
	ck_assert_int_eq(end[9 + n_value], '\n');
	*at = end + 10 + n_value;
	return left - n_name - n_value - 10;
}

/* A message as text: "NAME=value;" for each field. */
static const char *show(const char *message, size_t size)
{
	static char shown[4 * LOG_SIZE_MAX], value[LOG_SIZE_MAX];
	char name[64];
	size_t n = 0;

	shown[0] = '\0';
	while (size > 0) {
		size = take_field(&message, size, name, value);
		n += (size_t)snprintf(shown + n, sizeof(shown) - n, "%s=%s;", name, value);
	}
	return shown;
}

/* ---- the cases ---- */

/* A name with a newline in it is one value, and begins no field of its own. */
START_TEST(test_fields)
{
	static const struct log_field fields[] = { { "ONE", "gpuvm\nMESSAGE_ID=0" }, { "NONE", NULL }, { "TWO", "" } };
	char buffer[2 * LOG_SIZE_MAX];
	size_t n;

	journal = listen_at(JOURNAL);
	log_send(LOG_INFO, "hello", fields, 3);
	n = take(journal, buffer);
	ck_assert_str_eq(show(buffer, n),
		"SYSLOG_IDENTIFIER=gpu-handoff;PRIORITY=6;MESSAGE=hello;ONE=gpuvm\nMESSAGE_ID=0;TWO=;");
	ck_assert_uint_eq(take(journal, buffer), 0);
}
END_TEST

/* What does not fit is left out as a whole, and what is smaller comes after it. */
START_TEST(test_large)
{
	static char large[LOG_SIZE_MAX];
	const struct log_field fields[] = { { "LARGE", large }, { "SMALL", "1" } };
	char buffer[2 * LOG_SIZE_MAX];
	size_t n;

	memset(large, 'x', sizeof(large) - 1);
	journal = listen_at(JOURNAL);
	log_send(LOG_ERR, "hello", fields, 2);
	n = take(journal, buffer);
	ck_assert_str_eq(show(buffer, n), "SYSLOG_IDENTIFIER=gpu-handoff;PRIORITY=3;MESSAGE=hello;SMALL=1;");
}
END_TEST

/* Without a journal the message alone; without anything nothing, and no failure. */
START_TEST(test_syslog)
{
	char buffer[2 * LOG_SIZE_MAX], expected[64];

	log_send(LOG_INFO, "nobody", NULL, 0);
	syslogd = listen_at(SYSLOG);
	log_send(LOG_INFO, "hello", &(struct log_field){ "ONE", "1" }, 1);
	buffer[take(syslogd, buffer)] = '\0';
	(void)snprintf(expected, sizeof(expected), "<30>gpu-handoff[%d]: hello", (int)getpid());
	ck_assert_str_eq(buffer, expected);
}
END_TEST

/* Whoever reads goes away, and another one comes: the attendant of a VM lives for weeks. */
START_TEST(test_comes_again)
{
	char buffer[2 * LOG_SIZE_MAX];

	journal = listen_at(JOURNAL);
	log_open();
	(void)close(journal);
	journal = listen_at(JOURNAL);
	log_send(LOG_INFO, "hello", NULL, 0);
	ck_assert_uint_gt(take(journal, buffer), 0);
}
END_TEST

/* A journal that does not read delays all of a handover for no longer than the patience; what it has got is there. */
START_TEST(test_nobody_reads)
{
	char buffer[2 * LOG_SIZE_MAX];
	uint64_t begin = clock_now_us();

	journal = listen_at(JOURNAL);
	for (unsigned int i = 0; i < 5000; i++)
		log_send(LOG_INFO, "hello", NULL, 0);
	ck_assert_uint_ge(clock_now_us() - begin, LOG_PATIENCE_MS * 900);
	ck_assert_uint_lt(clock_now_us() - begin, LOG_PATIENCE_MS * 10000);
	ck_assert_uint_gt(take(journal, buffer), 0);
	while (take(journal, buffer) > 0)
		;
	/* It reads again. */
	log_send(LOG_INFO, "hello", NULL, 0);
	ck_assert_uint_gt(take(journal, buffer), 0);
}
END_TEST

TCase *case_log(void)
{
	TCase *tcase = suite_case("log");

	tcase_add_checked_fixture(tcase, make_folder, remove_folder);
	tcase_add_test(tcase, test_fields);
	tcase_add_test(tcase, test_large);
	tcase_add_test(tcase, test_syslog);
	tcase_add_test(tcase, test_comes_again);
	tcase_add_test(tcase, test_nobody_reads);
	return tcase;
}
