// SPDX-License-Identifier: GPL-2.0-or-later
/* balancer_parse(): what irqbalance answers is a set of CPUs, or nothing. */
#include <errno.h>

#include "host/balancer.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size);
	struct cpuset cpus, untouched;
	int r;

	memset(&untouched, 0xa5, sizeof(untouched));
	cpus = untouched;
	r = balancer_parse(text, &cpus);
	PROMISE(r == 0 || r == -EBADMSG);
	if (r < 0)
		PROMISE(memcmp(&cpus, &untouched, sizeof(cpus)) == 0);
	else
		PROMISE(strstr(text, "BANNED "));
	/* No CPU without a digit that says so. */
	if (r == 0 && cpuset_count(&cpus) > 0)
		PROMISE(strpbrk(strstr(text, "BANNED "), "0123456789abcdef"));
	free(text);
	return 0;
}
