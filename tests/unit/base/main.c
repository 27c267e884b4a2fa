// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/text.h"
#include "tests/unit/base/base.h"

static const struct {
	const char *text;
	unsigned int base;
	uint64_t max;
	int expected;
	uint64_t value;
} numbers[] = {
	{ "0", 10, 9, 0, 0 },
	{ "007", 10, 9, 0, 7 },
	{ "10", 10, 9, -ERANGE, 0 },
	{ "18446744073709551615", 10, UINT64_MAX, 0, UINT64_MAX },
	{ "18446744073709551616", 10, UINT64_MAX, -ERANGE, 0 },
	{ "99999999999999999999999", 10, UINT64_MAX, -ERANGE, 0 },
	{ "ffffffffffffffff", 16, UINT64_MAX, 0, UINT64_MAX },
	{ "10000000000000000", 16, UINT64_MAX, -ERANGE, 0 },
	{ "1aF", 16, 0xfff, 0, 0x1af },
	{ "17", 8, 64, 0, 15 },
	{ "18", 8, 64, -EINVAL, 0 },
	{ "", 10, 9, -EINVAL, 0 },
	{ "-1", 10, 9, -EINVAL, 0 },
	{ "+1", 10, 9, -EINVAL, 0 },
	{ " 1", 10, 9, -EINVAL, 0 },
	{ "1 ", 10, 9, -EINVAL, 0 },
	{ "1\n", 10, 9, -EINVAL, 0 },
	{ "0x1", 16, 9, -EINVAL, 0 },
	{ "a", 10, 99, -EINVAL, 0 },
	{ "g", 16, 99, -EINVAL, 0 },
	{ "\xff", 16, 99, -EINVAL, 0 },
};

START_TEST(test_number)
{
	uint64_t value = 12345;

	ck_assert_int_eq(
		text_parse_number(numbers[_i].text, numbers[_i].base, numbers[_i].max, &value), numbers[_i].expected);
	ck_assert_uint_eq(value, numbers[_i].expected ? 12345 : numbers[_i].value);
}
END_TEST

/* Every size of buffer: what fits is there, what does not is known to be cut, and nothing is written behind. */
START_TEST(test_text)
{
	static const char whole[] = "one 2 three";

	for (size_t size = 1; size <= sizeof(whole) + 1; size++) {
		char *buffer = malloc(size);
		struct text text;

		text_init(&text, buffer, size);
		ck_assert_str_eq(buffer, "");
		text_add(&text, "one %d", 2);
		text_add(&text, " %s", "three");
		ck_assert_int_eq(text.cut, size < sizeof(whole));
		ck_assert_uint_eq(text.length, strlen(buffer));
		ck_assert_uint_eq(strncmp(buffer, whole, strlen(buffer)), 0);
		if (!text.cut)
			ck_assert_str_eq(buffer, whole);
		free(buffer);
	}
}
END_TEST

static const struct {
	const char *foreign, *shown;
} foreigns[] = {
	{ "gpuvm", "gpuvm" },
	{ "a b~", "a b~" },
	{ "\x1b[2Jx", "?[2Jx" },
	{ "a\nMESSAGE=b\r\t", "a?MESSAGE=b??" },
	{ "\xc3\xa9\x7f\x80\xff", "?????" },
	{ "%s%n", "%s%n" },
	{ "", "" },
};

START_TEST(test_foreign)
{
	char buffer[64];
	struct text text;

	text_init(&text, buffer, sizeof(buffer));
	text_add_foreign(&text, foreigns[_i].foreign);
	ck_assert_str_eq(buffer, foreigns[_i].shown);
	ck_assert(!text.cut);
}
END_TEST

START_TEST(test_copy)
{
	char target[4] = "old";

	ck_assert_int_eq(text_copy(target, sizeof(target), "new"), 0);
	ck_assert_str_eq(target, "new");
	ck_assert_int_eq(text_copy(target, sizeof(target), "long"), -E2BIG);
	ck_assert_str_eq(target, "");
	ck_assert_int_eq(text_copy(target, sizeof(target), ""), 0);
}
END_TEST

/* Lines as they are, whatever is too long cut, and no empty one behind the last newline. */
START_TEST(test_lines)
{
	static const char *const lines[] = { "one", "", "cut", "end" };
	const char *rest = "one\n\ncutshort\nend";
	char line[4] = "old";

	for (int i = 0; i < COUNT(lines); i++) {
		ck_assert(text_take_line(&rest, line, sizeof(line)));
		ck_assert_str_eq(line, lines[i]);
	}
	ck_assert(!text_take_line(&rest, line, sizeof(line)));
	ck_assert_str_eq(line, "");
	ck_assert_str_eq(rest, "");
	rest = "one\n";
	ck_assert(text_take_line(&rest, line, sizeof(line)));
	ck_assert(!text_take_line(&rest, line, sizeof(line)));
}
END_TEST

/* How much is in a pipe, in how large a buffer. */
static const struct {
	size_t have, room;
} reads[] = { { 0, 0 }, { 0, 8 }, { 7, 8 }, { 8, 8 }, { 9, 8 }, { 100, 8 }, { 1, 0 } };

START_TEST(test_read)
{
	static const char bytes[100] = "0123456789";
	char *buffer = malloc(reads[_i].room + 1);
	ssize_t n;
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(fd_write_all(ends[1], bytes, reads[_i].have), 0);
	close(ends[1]);
	n = fd_read_all(ends[0], buffer, reads[_i].room);
	if (reads[_i].have > reads[_i].room)
		ck_assert_int_eq(n, -E2BIG);
	else
		ck_assert_int_eq(n, (ssize_t)reads[_i].have);
	ck_assert_uint_eq(memcmp(buffer, bytes, reads[_i].have < reads[_i].room ? reads[_i].have : reads[_i].room), 0);
	close(ends[0]);
	free(buffer);
}
END_TEST

START_TEST(test_read_fails)
{
	char buffer[8];

	ck_assert_int_eq(fd_read_all(-1, buffer, sizeof(buffer)), -EBADF);
	ck_assert_int_eq(fd_write_all(-1, "x", 1), -EBADF);
	ck_assert_int_eq(fd_write_all(-1, "x", 0), 0);
}
END_TEST

/* More than a pipe holds: the writer is stopped half-way, and goes on. */
START_TEST(test_write_large)
{
	size_t size = 300000;
	char *bytes = malloc(size), *seen = malloc(size);
	int ends[2];

	memset(bytes, 'x', size);
	ck_assert_int_eq(pipe(ends), 0);
	if (fork() == 0) {
		close(ends[0]);
		_exit(fd_write_all(ends[1], bytes, size) < 0);
	}
	close(ends[1]);
	ck_assert_int_eq(fd_read_all(ends[0], seen, size), (ssize_t)size);
	ck_assert_uint_eq(memcmp(bytes, seen, size), 0);
	close(ends[0]);
	free(bytes);
	free(seen);
}
END_TEST

static int opened(void)
{
	return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static bool is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static int hand_over(void)
{
	int fd CLOSE_FD = opened();

	return TAKE_FD(fd);
}

START_TEST(test_scope)
{
	int kept = hand_over(), lost, none = -1;

	ck_assert(is_open(kept));
	{
		int fd CLOSE_FD = opened();

		lost = fd;
		ck_assert(is_open(lost));
		errno = EDOM;
	}
	ck_assert_int_eq(errno, EDOM);
	ck_assert(!is_open(lost));
	fd_close(&kept);
	ck_assert_int_eq(kept, -1);
	errno = EDOM;
	fd_close(&none);
	ck_assert_int_eq(errno, EDOM);
}
END_TEST

static int count_down(void *data)
{
	int *left = data;

	return --*left > 0 ? 0 : 42;
}

static int never(void *data)
{
	++*(int *)data;
	return 0;
}

START_TEST(test_await)
{
	uint64_t begin = clock_now_us();
	int left = 3, asked = 0;

	ck_assert_int_eq(clock_await(count_down, &left, 10000), 42);
	ck_assert_int_eq(left, 0);
	ck_assert_uint_lt(clock_now_us() - begin, 5000000);

	/* A deadline of 0 asks once. */
	ck_assert_int_eq(clock_await(never, &asked, 0), 0);
	ck_assert_int_eq(asked, 1);
	begin = clock_now_us();
	ck_assert_int_eq(clock_await(never, &asked, 30), 0);
	ck_assert_uint_ge(clock_now_us() - begin, 30000);
	ck_assert_int_gt(asked, 2);
}
END_TEST

int main(void)
{
	TCase *text = suite_case("text"), *fd = suite_case("fd"), *clock = suite_case("clock");

	add_rows(text, test_number, numbers);
	tcase_add_test(text, test_text);
	add_rows(text, test_foreign, foreigns);
	tcase_add_test(text, test_copy);
	tcase_add_test(text, test_lines);
	add_rows(fd, test_read, reads);
	tcase_add_test(fd, test_read_fails);
	tcase_add_test(fd, test_write_large);
	tcase_add_test(fd, test_scope);
	tcase_add_test(clock, test_await);
	return suite_run("base", (TCase *[]){ text, fd, clock, case_log(), NULL });
}
