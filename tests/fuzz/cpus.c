// SPDX-License-Identifier: GPL-2.0-or-later
/* cpuset_parse() and cpuset_mask_parse(): a set that reads the same again, or none. */
#include <errno.h>

#include "model/cpuset.h"
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *string = fuzz_string(data, size);

	promise_list(string);
	promise_mask(string);
	free(string);
	return 0;
}
