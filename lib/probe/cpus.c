// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/cpus.h"

#include <errno.h>

int cpus_read_list(int directory, const char *path, struct cpuset *ret)
{
	char text[CPUSET_TEXT_SIZE];
	ssize_t n = attribute_read(directory, path, text, sizeof(text));

	*ret = (struct cpuset){ 0 };
	if (n <= 0)
		return (int)n;
	return cpuset_parse(text, ret) < 0 ? -EBADMSG : 0;
}

int cpus_read_mask(int directory, const char *path, struct cpuset *ret)
{
	char text[CPUSET_TEXT_SIZE];
	ssize_t n = attribute_read(directory, path, text, sizeof(text));

	if (n < 0)
		return (int)n;
	return cpuset_mask_parse(text, ret) < 0 ? -EBADMSG : 0;
}

int workqueue_read_mask(const struct host *host, struct cpuset *ret)
{
	int r = cpus_read_mask(host->sys, WORKQUEUE_MASK "_requested", ret);

	/* Before Linux 6.8 nobody takes anything from it. */
	return r == -ENOENT ? cpus_read_mask(host->sys, WORKQUEUE_MASK, ret) : r;
}
