// SPDX-License-Identifier: GPL-2.0-or-later
/* traits_parse(): what a domain can have, or a sentence. */
#include <errno.h>

#include "probe/traits.h"
#include "tests/fuzz/fuzz.h"

static void promise_traits(const struct traits *traits)
{
	PROMISE(memchr(traits->machine, '\0', sizeof(traits->machine)));
	PROMISE(traits->n_hostdevs <= DOMAIN_HOSTDEVS_MAX);
	for (unsigned int i = 0; i < traits->n_hostdevs; i++) {
		struct address again;

		PROMISE(memchr(traits->hostdevs[i].rom_file, '\0', ROM_FILE_SIZE));
		PROMISE(address_parse(address_text(traits->hostdevs[i].address).s, &again) == 0);
		PROMISE(address_compare(again, traits->hostdevs[i].address) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct traits traits, untouched;
	struct refusal refusal;
	int r;

	memset(&refusal, 0xa5, sizeof(refusal));
	memset(&untouched, 0xa5, sizeof(untouched));
	traits = untouched;
	r = traits_parse((const char *)data, size, &traits, &refusal);
	PROMISE(r == 0 || r == -ECANCELED);
	if (r == 0) {
		promise_traits(&traits);
	} else {
		promise_refusal(&refusal);
		PROMISE(traits.n_hostdevs == untouched.n_hostdevs && traits.memory_kib == untouched.memory_kib &&
			traits.machine[0] == untouched.machine[0]);
	}
	return 0;
}
