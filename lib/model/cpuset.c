// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/cpuset.h"

#include <ctype.h>
#include <errno.h>

#include "base/text.h"

#define WORD_BITS 64

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

bool cpuset_has(const struct cpuset *set, unsigned int cpu)
{
	return cpu < CPUS_MAX && set->words[cpu / WORD_BITS] >> cpu % WORD_BITS & 1;
}

bool cpuset_intersects(const struct cpuset *a, const struct cpuset *b)
{
	for (unsigned int i = 0; i < CPUS_MAX / WORD_BITS; i++) {
		if (a->words[i] & b->words[i])
			return true;
	}
	return false;
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
	if (cpuset_count(&set) == 0)
		return -EINVAL;
	*ret = set;
	return 0;
}
