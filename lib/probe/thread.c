// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/thread.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Its masks and lists, and lines of known length. */
#define STATUS_SIZE (4 * CPUSET_TEXT_SIZE)

int thread_parse_cpus(const char *text, struct cpuset *ret)
{
	/* The name before it may hold this too, but no newline. */
	static const char start[] = "\nCpus_allowed:\t";
	const char *mask = strstr(text, start);
	char word[CPUSET_TEXT_SIZE];
	size_t length;

	if (!mask)
		return -EBADMSG;
	mask += strlen(start);
	length = strcspn(mask, "\n");
	if (length >= sizeof(word))
		return -EBADMSG;
	memcpy(word, mask, length);
	word[length] = '\0';
	return cpuset_mask_parse(word, ret) < 0 ? -EBADMSG : 0;
}

int thread_probe_cpus(const struct host *host, pid_t tid, struct cpuset *ret)
{
	char path[32], text[STATUS_SIZE];
	ssize_t n;

	(void)snprintf(path, sizeof(path), "%d/status", (int)tid);
	n = attribute_read(host->proc, path, text, sizeof(text));
	if (n < 0)
		return n == -ENOENT ? -ESRCH : (int)n;
	return thread_parse_cpus(text, ret);
}
