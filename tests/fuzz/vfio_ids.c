// SPDX-License-Identifier: GPL-2.0-or-later
/* Who gives a function to vfio-pci: its ids, a command line of the kernel, a file of modprobe.d. */
#include "probe/vfio_ids.h"
#include "tests/fuzz/fuzz.h"

/* What is a list by itself is one as a parameter, in both places. */
static void promise_same(const char *ids, const struct function *function)
{
	bool match = vfio_ids_match(ids, function);
	char text[1100];

	(void)snprintf(text, sizeof(text), "quiet vfio_pci.ids=%s", ids);
	PROMISE(vfio_ids_in_cmdline(text, function) == match);
	(void)snprintf(text, sizeof(text), "# x\noptions vfio-pci x=1 ids=%s\n", ids);
	PROMISE(vfio_ids_in_options(text, function) == match);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct function function = { .vendor = 0x10de, .device = 0x2184, .class_code = 0x030000 };
	char *text = fuzz_string(data, size);

	/* Nothing but ids names it. */
	PROMISE(strchr(text, ':') || (!vfio_ids_match(text, &function) && !vfio_ids_in_cmdline(text, &function) &&
					     !vfio_ids_in_options(text, &function)));
	/* One word, of the driver's size. */
	if (!strpbrk(text, " \t\n\"\\") && strlen(text) < 1000)
		promise_same(text, &function);
	free(text);
	return 0;
}
