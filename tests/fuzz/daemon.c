// SPDX-License-Identifier: GPL-2.0-or-later
/* daemon_probe(): the input is /proc/PID/stat, whose second field, a name, may hold anything. */
#include <errno.h>

#include "probe/daemon.h"
#include "tests/fuzz/tree.h"

#define PID 812

/* Only a daemon of libvirt's is one: what else is in parentheses is somebody's name for himself. */
static void promise_name(const char *stat, size_t size)
{
	const char *first = memchr(stat, '(', size), *last = memrchr(stat, ')', size);
	size_t length = (size_t)(last - first);

	PROMISE((length == 9 && memcmp(first, "(libvirtd", 9) == 0) ||
		(length == 10 && memcmp(first, "(virtqemud", 10) == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct host host = { .sys = -1, .proc = -1, .dev = -1, .run = -1, .kernel = &kernel_recorded };
	const uint64_t untouched = 0xa5a5a5a5a5a5a5a5;
	uint64_t start = untouched;
	int r;

	if (host.proc < 0) {
		host.proc = tree_new();
		tree_directory(host.proc, "812");
	}
	tree_write(host.proc, "812/stat", data, size);
	r = daemon_probe(&host, PID, &start);
	PROMISE(r == 1 || r == 0 || r == -EBADMSG || r == -E2BIG);
	PROMISE(r == 1 || start == untouched);
	if (r == 1)
		promise_name((const char *)data, strnlen((const char *)data, size));
	PROMISE(daemon_probe(&host, PID + 1, &start) == 0);
	return 0;
}
