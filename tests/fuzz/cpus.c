// SPDX-License-Identifier: GPL-2.0-or-later
/* cpuset_parse(), cpuset_mask_parse() and thread_parse_cpus(): a set that reads the same again, or none. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "model/cpuset.h"
#include "probe/thread.h"
#include "tests/fuzz/fuzz.h"

static struct cpuset untouched(void)
{
	struct cpuset set;

	memset(&set, 0xa5, sizeof(set));
	return set;
}

static void promise_list(const char *string)
{
	struct cpuset set = untouched(), again = untouched();
	int r = cpuset_parse(string, &set);

	PROMISE(r == 0 || r == -EINVAL || r == -ERANGE);
	PROMISE(r == 0 || cpuset_same(&set, &again));
	if (r < 0)
		return;
	PROMISE(!cpuset_is_empty(&set));
	PROMISE(cpuset_parse(cpuset_text(&set).s, &again) == 0 && cpuset_same(&set, &again));
}

static void promise_mask(const char *string)
{
	struct cpuset set = untouched(), again = untouched();
	int r = cpuset_mask_parse(string, &set);

	PROMISE(r == 0 || r == -EINVAL || r == -ERANGE);
	PROMISE(r == 0 || cpuset_same(&set, &again));
	if (r == 0)
		PROMISE(cpuset_mask_parse(cpuset_mask_text(&set).s, &again) == 0 && cpuset_same(&set, &again));
}

/* As it is, and as the line of a thread that calls itself so. */
static void promise_status(const char *string)
{
	struct cpuset set, again;
	char text[2 * CPUSET_TEXT_SIZE];
	int r = thread_parse_cpus(string, &set), mask = cpuset_mask_parse(string, &again);

	PROMISE(r == 0 || r == -EBADMSG);
	if (strchr(string, '\n') || strlen(string) >= CPUSET_TEXT_SIZE / 2)
		return;
	(void)snprintf(text, sizeof(text), "Name:\t%s\nCpus_allowed:\t%s\nCpus_allowed:\t1\n", string, string);
	r = thread_parse_cpus(text, &set);
	PROMISE(r == (mask == 0 ? 0 : -EBADMSG));
	PROMISE(r < 0 || cpuset_same(&set, &again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *string = fuzz_string(data, size);

	promise_list(string);
	promise_mask(string);
	promise_status(string);
	free(string);
	return 0;
}
