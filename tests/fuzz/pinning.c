// SPDX-License-Identifier: GPL-2.0-or-later
/* pinning_parse(): sets that a host can have, or a sentence. */
#include <errno.h>

#include "probe/pinning.h"
#include "tests/fuzz/fuzz.h"

/* What is written of a set is read back as the same one. */
static void promise_set(const struct cpuset *set)
{
	struct cpuset_text text = cpuset_text(set);
	struct cpuset again;

	if (cpuset_is_empty(set)) {
		PROMISE(!text.s[0]);
		return;
	}
	PROMISE(cpuset_parse(text.s, &again) == 0);
	PROMISE(cpuset_same(&again, set));
}

static void promise_pinning(const struct pinning *pinning)
{
	PROMISE(pinning->n_vcpus >= 1 && pinning->n_vcpus <= VCPUS_MAX);
	for (unsigned int i = 0; i < VCPUS_MAX; i++) {
		if (i >= pinning->n_vcpus)
			PROMISE(cpuset_is_empty(&pinning->vcpus[i]));
		else if (i < 16)
			promise_set(&pinning->vcpus[i]);
	}
	promise_set(&pinning->emulator);
	promise_set(&pinning->iothreads);
	promise_set(&pinning->nodes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct pinning pinning, untouched;
	struct refusal refusal;
	int r;

	memset(&refusal, 0xa5, sizeof(refusal));
	memset(&untouched, 0xa5, sizeof(untouched));
	pinning = untouched;
	r = pinning_parse((const char *)data, size, &pinning, &refusal);
	PROMISE(r == 0 || r == -ECANCELED);
	if (r == 0) {
		promise_pinning(&pinning);
	} else {
		promise_refusal(&refusal);
		PROMISE(pinning.n_vcpus == untouched.n_vcpus);
		PROMISE(memcmp(pinning.vcpus, untouched.vcpus, sizeof(pinning.vcpus)) == 0);
	}
	return 0;
}
