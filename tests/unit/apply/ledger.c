// SPDX-License-Identifier: GPL-2.0-or-later
/* The ledger as text and as a file. */
#include "apply/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "host/runtime.h"
#include "plan/settle.h"
#include "tests/support/fault.h"
#include "tests/support/scratch.h"
#include "tests/unit/apply/apply.h"

#define HEAD "gpu-handoff ledger 1\n"

static struct knobs knobs, again;
static struct scratch scratch;
static int runtime = -1;

static void start(void)
{
	scratch_make(&scratch);
	runtime = runtime_directory_open(scratch.fd, "gpu-handoff", true);
	ck_assert_int_ge(runtime, 0);
	knobs_clear(&knobs);
	knobs_clear(&again);
}

static void stop(void)
{
	close(runtime);
	scratch_remove(&scratch);
}

static struct cpuset set_of(const char *list)
{
	struct cpuset set = { 0 };

	if (*list)
		ck_assert_int_eq(cpuset_parse(list, &set), 0);
	return set;
}

static void put_cpus(enum knob_kind kind, const char *key, const char *current, const char *want)
{
	struct cpuset set = set_of(current);
	struct knob *knob = knobs_see_cpus(&knobs, kind, key, &set);

	ck_assert_ptr_nonnull(knob);
	knob->want.cpus = set_of(want);
}

static void put_word(enum knob_kind kind, const char *key, const char *current, const char *want)
{
	struct knob *knob = knobs_see_word(&knobs, kind, key, current);

	ck_assert_ptr_nonnull(knob);
	memset(&knob->want, 0, sizeof(knob->want));
	(void)snprintf(knob->want.word, sizeof(knob->want.word), "%s", want);
}

/* All that is to be kept, and one that is not. */
static void fill(void)
{
	put_cpus(KNOB_ALLOWED, "system.slice", "", "0-3");
	put_cpus(KNOB_INTERRUPT, "24 eth0", "0-7,9,2047", "0-3");
	put_cpus(KNOB_DEFAULT, "-", "0-31", "0-3,8-31");
	put_cpus(KNOB_WORKQUEUE, "-", "0-7", "0-7");
	put_word(KNOB_DROPIN, "a\nb%c\xff/d-e", DROPIN_NOTHING, DROPIN_FILE);
	put_word(KNOB_GOVERNOR, "0", "power save", "performance");
	put_word(KNOB_LATENCY, "", "-", "");
}

#define FILLED                                                                                                         \
	HEAD "allowed system.slice - - 0-3\n"                                                                          \
	     "interrupt 24%20eth0 0-7,9,2047 0-7,9,2047 0-3\n"                                                         \
	     "default %2d 0-31 0-31 0-3,8-31\n"                                                                        \
	     "dropin a%0ab%25c%ff/d-e nothing nothing file\n"                                                          \
	     "governor 0 power%20save power%20save performance\n"                                                      \
	     "latency - %2d %2d -\n"

static void check_same(void)
{
	for (unsigned int i = 0; i < knobs.n_knobs; i++) {
		const struct knob *knob = &knobs.knobs[i], *other = knobs_find(&again, knob->kind, knob->key);

		ck_assert_int_eq(!!other, knob_is_due(knob) || knob_is_turned(knob));
		if (!other)
			continue;
		ck_assert(other->known && !other->seen && !other->foreign && other->exempt == -1);
		ck_assert_mem_eq(&other->base, &knob->base, sizeof(knob->base));
		ck_assert_mem_eq(&other->last, &knob->last, sizeof(knob->last));
		ck_assert_mem_eq(&other->want, &knob->want, sizeof(knob->want));
	}
}

START_TEST(test_file)
{
	char *text;

	start();
	ck_assert_int_eq(ledger_read(runtime, &again), -ENOENT);
	ck_assert_int_eq(ledger_mark(runtime), -ENOENT);
	ck_assert_int_eq(ledger_remove(runtime), -ENOENT);
	fill();
	ck_assert_int_eq(ledger_write(runtime, &knobs), 0);
	text = get_text(scratch.fd, "gpu-handoff/ledger");
	ck_assert_str_eq(text, FILLED);
	free(text);
	ck_assert_int_eq(ledger_read(runtime, &again), 0);
	ck_assert(!again.settled);
	ck_assert_uint_eq(again.n_knobs, 6);
	check_same();
	ck_assert_int_eq(ledger_mark(runtime), 0);
	knobs_clear(&again);
	ck_assert_int_eq(ledger_read(runtime, &again), 0);
	ck_assert(again.settled);
	check_same();
	/* A new one begins unsettled. */
	ck_assert_int_eq(ledger_write(runtime, &knobs), 0);
	knobs_clear(&again);
	ck_assert_int_eq(ledger_read(runtime, &again), 0);
	ck_assert(!again.settled);
	put_text(scratch.fd, "gpu-handoff/ledger.new", "half");
	ck_assert_int_eq(ledger_remove(runtime), 0);
	ck_assert_int_eq(ledger_read(runtime, &again), -ENOENT);
	ck_assert_ptr_null(get_text(scratch.fd, "gpu-handoff/ledger.new"));
	stop();
}
END_TEST

/* Foreign ones, and those that are gone, are no longer in it. */
START_TEST(test_left_out)
{
	start();
	fill();
	knobs_find(&knobs, KNOB_ALLOWED, "system.slice")->foreign = true;
	knobs_find(&knobs, KNOB_GOVERNOR, "0")->seen = false;
	ck_assert_int_eq(ledger_write(runtime, &knobs), 0);
	ck_assert_int_eq(ledger_read(runtime, &again), 0);
	ck_assert_uint_eq(again.n_knobs, 4);
	check_same();
	stop();
}
END_TEST

/* A whole ledger ends anywhere: what its whole lines say is so. */
START_TEST(test_beginnings)
{
	const size_t size = strlen(FILLED "settled\n"), head = strlen(HEAD);

	for (size_t n = 0; n <= size; n++) {
		char *exact = malloc(n + 1);
		unsigned int lines = 0;

		memcpy(exact, FILLED "settled\n", n);
		for (size_t i = head; i < n; i++)
			lines += exact[i] == '\n';
		knobs_clear(&again);
		ck_assert_int_eq(ledger_parse(exact, n, &again), n < head ? -EBADMSG : 0);
		ck_assert_uint_eq(again.n_knobs, n == size ? lines - 1 : lines);
		ck_assert_int_eq(again.settled, n == size);
		free(exact);
	}
}
END_TEST

static const struct {
	const char *text;
	int expected;
} texts[] = {
	{ HEAD, 0 },
	{ HEAD "settled\n", 0 },
	{ HEAD "settled\nsettled\n", 0 },
	{ HEAD "allowed a - 0 0-3\nallowed b - 0 0-3\ncpuset a - 0 0-3\n", 0 },
	{ HEAD "dropin a nothing file -\n", 0 },
	{ "", -EBADMSG },
	{ "\n", -EBADMSG },
	{ "gpu-handoff ledger 1", -EBADMSG },
	{ "gpu-handoff ledger 2\n", -EBADMSG },
	{ "gpu-handoff 1\n", -EBADMSG },
	{ HEAD HEAD, -EBADMSG },
	{ HEAD "\n", -EBADMSG },
	{ HEAD "settled \n", -EBADMSG },
	{ HEAD "Settled\n", -EBADMSG },
	{ HEAD "settled\nallowed a - 0 0-3\n", -EBADMSG },
	{ HEAD "allowed a - 0\n", -EBADMSG },
	{ HEAD "allowed a - 0 0-3 -\n", -EBADMSG },
	{ HEAD "allowed  a - 0 0-3\n", -EBADMSG },
	{ HEAD "allowed a - 0 3-0\n", -EBADMSG },
	{ HEAD "allowed a - 0 2048\n", -EBADMSG },
	{ HEAD "allowed a - 0 \n", -EBADMSG },
	{ HEAD "allowed a%00 - 0 0-3\n", -EBADMSG },
	{ HEAD "allowed a% - 0 0-3\n", -EBADMSG },
	{ HEAD "allowed a - ff 0-3\n", -EBADMSG },
	{ HEAD "allow a - 0 0-3\n", -EBADMSG },
	{ HEAD "allowed a - 0 0-3\nallowed a - 0 0-3\n", -EBADMSG },
	{ HEAD "allowed a - 0 0-3\nallowed %61 - 0 0-3\n", -EBADMSG },
	{ HEAD "governor 0 0123456789012345678901234567890123456789012345678901234567890123 - -\n", -EBADMSG },
};

START_TEST(test_text)
{
	knobs_clear(&again);
	ck_assert_int_eq(ledger_parse(texts[_i].text, strlen(texts[_i].text), &again), texts[_i].expected);
}
END_TEST

/* Bytes that no text has, a key and a line that are too long, and more knobs than there can be. */
START_TEST(test_bounds)
{
	static char buffer[LEDGER_SIZE_MAX];
	struct text text;

	knobs_clear(&again);
	ck_assert_int_eq(ledger_parse(HEAD "settled\0\n", strlen(HEAD) + 9, &again), -EBADMSG);
	for (int length = KNOB_KEY_SIZE - 1; length <= KNOB_KEY_SIZE; length++) {
		text_init(&text, buffer, sizeof(buffer));
		text_add(&text, HEAD "thread %0*d - - 1\n", length, 0);
		knobs_clear(&again);
		ck_assert_int_eq(ledger_parse(buffer, text.length, &again), length < KNOB_KEY_SIZE ? 0 : -EBADMSG);
	}
	text_init(&text, buffer, sizeof(buffer));
	text_add(&text, HEAD "thread %0*d - - 1\n", 100000, 0);
	knobs_clear(&again);
	ck_assert_int_eq(ledger_parse(buffer, text.length, &again), -EBADMSG);
	text_init(&text, buffer, sizeof(buffer));
	text_add(&text, HEAD);
	for (unsigned int i = 0; i < KNOBS_MAX; i++)
		text_add(&text, "thread %u - - 1\n", i);
	knobs_clear(&again);
	ck_assert_int_eq(ledger_parse(buffer, text.length, &again), 0);
	ck_assert_uint_eq(again.n_knobs, KNOBS_MAX);
	text_add(&text, "thread more - - 1\n");
	ck_assert(!text.cut);
	knobs_clear(&again);
	ck_assert_int_eq(ledger_parse(buffer, text.length, &again), -EBADMSG);
}
END_TEST

/* Every second of the CPUs that a host can have: no list is longer. */
static void put_largest(unsigned int n)
{
	struct cpuset even = { 0 }, odd = { 0 };
	char key[16];

	for (unsigned int cpu = 0; cpu < CPUS_MAX; cpu++)
		cpuset_add(cpu % 2 ? &odd : &even, cpu);
	for (unsigned int i = 0; i < n; i++) {
		(void)snprintf(key, sizeof(key), "%u", i);
		knobs_see_cpus(&knobs, KNOB_INTERRUPT, key, &even)->want.cpus = odd;
	}
}

/* In many pieces; and what does not fit leaves the old one as it was. */
START_TEST(test_large)
{
	start();
	put_largest(500);
	ck_assert_int_eq(ledger_write(runtime, &knobs), 0);
	ck_assert_int_eq(ledger_mark(runtime), 0);
	ck_assert_int_eq(ledger_read(runtime, &again), 0);
	ck_assert(again.settled);
	ck_assert_uint_eq(again.n_knobs, 500);
	check_same();
	put_largest(1000);
	ck_assert_int_eq(ledger_write(runtime, &knobs), -E2BIG);
	ck_assert_ptr_null(get_text(scratch.fd, "gpu-handoff/ledger.new"));
	knobs_clear(&again);
	ck_assert_int_eq(ledger_read(runtime, &again), 0);
	ck_assert(again.settled);
	ck_assert_uint_eq(again.n_knobs, 500);
	stop();
}
END_TEST

/* The longest keys with every character encoded, and the longest lists: a line holds them. */
START_TEST(test_longest)
{
	char key[KNOB_KEY_SIZE];
	struct cpuset even = { 0 };
	struct knob *knob;

	start();
	for (unsigned int cpu = 1000; cpu < CPUS_MAX; cpu += 2)
		cpuset_add(&even, cpu);
	memset(key, '\n', sizeof(key));
	key[sizeof(key) - 1] = '\0';
	knob = knobs_see_cpus(&knobs, KNOB_INTERRUPT, key, &even);
	ck_assert_int_eq(ledger_write(runtime, &knobs), 0);
	ck_assert_int_eq(ledger_read(runtime, &again), 0);
	ck_assert_uint_eq(again.n_knobs, 0);
	cpuset_add(&knob->want.cpus, 0);
	ck_assert_int_eq(ledger_write(runtime, &knobs), 0);
	ck_assert_int_eq(ledger_read(runtime, &again), 0);
	ck_assert_uint_eq(again.n_knobs, 1);
	ck_assert(cpuset_same(&again.knobs[0].base.cpus, &even));
	stop();
}
END_TEST

/* A write that ends half-way: the old ledger stays, or is not marked; and what is half there hurts nobody. */
START_TEST(test_half)
{
	struct fault half = { .kind = FAULT_HALF, .scope = FAULT_FILE, .at = 1, .error = ENOSPC };
	int fd;

	start();
	fill();
	ck_assert_int_eq(ledger_write(runtime, &knobs), 0);
	put_cpus(KNOB_THREAD, "1 2", "0-7", "0-3");
	fault_arm(&half);
	ck_assert_int_eq(ledger_write(runtime, &knobs), -ENOSPC);
	fault_arm(&half);
	ck_assert_int_eq(ledger_mark(runtime), -ENOSPC);
	fault_disarm(0);
	fd = runtime_file_open(runtime, "ledger", O_WRONLY | O_APPEND);
	ck_assert_int_eq((int)write(fd, "sett", 4), 4);
	close(fd);
	ck_assert_int_eq(ledger_read(runtime, &again), 0);
	ck_assert(!again.settled);
	ck_assert_uint_eq(again.n_knobs, 6);
	ck_assert_int_eq(ledger_mark(runtime), 0);
	knobs_clear(&again);
	ck_assert_int_eq(ledger_read(runtime, &again), 0);
	ck_assert(again.settled);
	stop();
}
END_TEST

/* Of a stranger, or one that strangers can write. */
START_TEST(test_not_ours)
{
	start();
	put_text(scratch.fd, "gpu-handoff/ledger", HEAD);
	ck_assert_int_eq(fchmodat(runtime, "ledger", 0622, 0), 0);
	ck_assert_int_eq(ledger_read(runtime, &again), -EPERM);
	ck_assert_int_eq(ledger_mark(runtime), -EPERM);
	ck_assert_int_eq(unlinkat(runtime, "ledger", 0), 0);
	ck_assert_int_eq(symlinkat("other", runtime, "ledger"), 0);
	ck_assert_int_eq(ledger_read(runtime, &again), -EPERM);
	stop();
}
END_TEST

TCase *case_ledger(void)
{
	TCase *tcase = suite_case("ledger");

	tcase_add_test(tcase, test_file);
	tcase_add_test(tcase, test_left_out);
	tcase_add_test(tcase, test_beginnings);
	add_rows(tcase, test_text, texts);
	tcase_add_test(tcase, test_bounds);
	tcase_add_test(tcase, test_large);
	tcase_add_test(tcase, test_longest);
	tcase_add_test(tcase, test_half);
	tcase_add_test(tcase, test_not_ours);
	return tcase;
}
