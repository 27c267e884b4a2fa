// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/cpuset.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/text.h"

#define WORD_BITS 64

/* Of a mask's text. */
#define MASK_BITS   32
#define MASK_DIGITS 8

void cpuset_add(struct cpuset *set, unsigned int cpu)
{
	if (cpu < CPUS_MAX)
		set->words[cpu / WORD_BITS] |= 1ULL << cpu % WORD_BITS;
}

static void cpuset_remove(struct cpuset *set, unsigned int cpu)
{
	if (cpu < CPUS_MAX)
		set->words[cpu / WORD_BITS] &= ~(1ULL << cpu % WORD_BITS);
}

void cpuset_add_all(struct cpuset *set, const struct cpuset *other)
{
	for (unsigned int i = 0; i < CPUS_MAX / WORD_BITS; i++)
		set->words[i] |= other->words[i];
}

void cpuset_remove_all(struct cpuset *set, const struct cpuset *other)
{
	for (unsigned int i = 0; i < CPUS_MAX / WORD_BITS; i++)
		set->words[i] &= ~other->words[i];
}

struct cpuset cpuset_less(const struct cpuset *set, const struct cpuset *other)
{
	struct cpuset rest = *set;

	cpuset_remove_all(&rest, other);
	return rest;
}

void cpuset_keep_all(struct cpuset *set, const struct cpuset *other)
{
	for (unsigned int i = 0; i < CPUS_MAX / WORD_BITS; i++)
		set->words[i] &= other->words[i];
}

bool cpuset_has(const struct cpuset *set, unsigned int cpu)
{
	return cpu < CPUS_MAX && set->words[cpu / WORD_BITS] >> cpu % WORD_BITS & 1;
}

bool cpuset_contains(const struct cpuset *set, const struct cpuset *other)
{
	for (unsigned int i = 0; i < CPUS_MAX / WORD_BITS; i++) {
		if (other->words[i] & ~set->words[i])
			return false;
	}
	return true;
}

bool cpuset_intersects(const struct cpuset *a, const struct cpuset *b)
{
	for (unsigned int i = 0; i < CPUS_MAX / WORD_BITS; i++) {
		if (a->words[i] & b->words[i])
			return true;
	}
	return false;
}

bool cpuset_same(const struct cpuset *a, const struct cpuset *b)
{
	return memcmp(a->words, b->words, sizeof(a->words)) == 0;
}

bool cpuset_is_empty(const struct cpuset *set)
{
	return cpuset_next(set, 0) == CPUS_MAX;
}

unsigned int cpuset_count(const struct cpuset *set)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < CPUS_MAX / WORD_BITS; i++)
		n += (unsigned int)__builtin_popcountll(set->words[i]);
	return n;
}

unsigned int cpuset_next(const struct cpuset *set, unsigned int cpu)
{
	while (cpu < CPUS_MAX && !cpuset_has(set, cpu))
		cpu++;
	return cpu < CPUS_MAX ? cpu : CPUS_MAX;
}

struct cpuset_text cpuset_text(const struct cpuset *set)
{
	struct cpuset_text written = { "" };
	struct text text;

	text_init(&text, written.s, sizeof(written.s));
	for (unsigned int first = cpuset_next(set, 0), last; first < CPUS_MAX; first = cpuset_next(set, last + 1)) {
		for (last = first; cpuset_has(set, last + 1);)
			last++;
		text_add(&text, "%s%u", text.length ? "," : "", first);
		if (last > first)
			text_add(&text, "-%u", last);
	}
	return written;
}

/* Reads the number at *text and moves behind it. */
static int take_number(const char **text, unsigned int *ret)
{
	unsigned int number = 0;

	if (!isdigit((unsigned char)**text))
		return -EINVAL;
	for (; isdigit((unsigned char)**text); ++*text) {
		number = number * 10 + (unsigned int)(**text - '0');
		if (number >= CPUS_MAX)
			return -ERANGE;
	}
	*ret = number;
	return 0;
}

static void skip_blanks(const char **text)
{
	while (isspace((unsigned char)**text))
		++*text;
}

/* One number, a range, or a number that is taken out. */
static int take_part(const char **text, struct cpuset *set)
{
	bool out = **text == '^';
	unsigned int first, last;
	int r;

	*text += out;
	r = take_number(text, &first);
	if (r < 0)
		return r;
	last = first;
	skip_blanks(text);
	if (!out && **text == '-') {
		++*text;
		skip_blanks(text);
		r = take_number(text, &last);
		if (r < 0)
			return r;
		skip_blanks(text);
	}
	if (last < first)
		return -EINVAL;
	for (unsigned int cpu = first; cpu <= last; cpu++)
		(out ? cpuset_remove : cpuset_add)(set, cpu);
	return 0;
}

int cpuset_parse(const char *text, struct cpuset *ret)
{
	struct cpuset set = { 0 };

	for (;;) {
		int r;

		skip_blanks(&text);
		r = take_part(&text, &set);
		if (r < 0)
			return r;
		if (*text == '\0')
			break;
		if (*text++ != ',')
			return -EINVAL;
	}
	if (cpuset_is_empty(&set))
		return -EINVAL;
	*ret = set;
	return 0;
}

static uint32_t mask_word(const struct cpuset *set, unsigned int i)
{
	return (uint32_t)(set->words[i / 2] >> i % 2 * MASK_BITS);
}

struct cpuset_mask cpuset_mask_text(const struct cpuset *set)
{
	struct cpuset_mask written = { "" };
	unsigned int n = CPUS_MAX / MASK_BITS;
	struct text text;

	text_init(&text, written.s, sizeof(written.s));
	while (n > 1 && mask_word(set, n - 1) == 0)
		n--;
	while (n-- > 0)
		text_add(&text, "%08x%s", (unsigned int)mask_word(set, n), n ? "," : "");
	return written;
}

/* The first word of the text, whose length that is. */
static int parse_mask_word(const char *text, size_t length, uint64_t *ret)
{
	char digits[MASK_DIGITS + 1];

	if (length > MASK_DIGITS)
		return -EINVAL;
	memcpy(digits, text, length);
	digits[length] = '\0';
	return text_parse_number(digits, 16, UINT32_MAX, ret);
}

int cpuset_mask_parse(const char *text, struct cpuset *ret)
{
	struct cpuset set = { 0 };

	for (;; text++) {
		size_t length = strcspn(text, ",");
		uint64_t word;
		int r = parse_mask_word(text, length, &word);

		if (r < 0)
			return r;
		/* What was read until now stands one word higher. */
		if (set.words[CPUS_MAX / WORD_BITS - 1] >> MASK_BITS)
			return -ERANGE;
		for (unsigned int i = CPUS_MAX / WORD_BITS - 1; i > 0; i--)
			set.words[i] = set.words[i] << MASK_BITS | set.words[i - 1] >> MASK_BITS;
		set.words[0] = set.words[0] << MASK_BITS | word;
		text += length;
		if (*text == '\0')
			break;
	}
	*ret = set;
	return 0;
}
