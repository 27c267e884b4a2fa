// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/cpuinfo.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/fd.h"
#include "base/text.h"

/* The first processor has some 2 KiB, and a machine may have hundreds of them. */
#define BEGINNING_SIZE 16384

#define LINE_SIZE 8192

/* What is behind the colon of a line with that key; NULL for another line. */
static char *find_value(char *line, const char *key)
{
	size_t length = strlen(key);

	if (strncmp(line, key, length) != 0)
		return NULL;
	line += length;
	line += strspn(line, " \t");
	return *line == ':' ? line + 1 + strspn(line + 1, " \t") : NULL;
}

static enum cpu_maker read_maker(const char *vendor)
{
	if (strcmp(vendor, "GenuineIntel") == 0)
		return CPU_INTEL;
	if (strcmp(vendor, "AuthenticAMD") == 0 || strcmp(vendor, "HygonGenuine") == 0)
		return CPU_AMD;
	return CPU_OTHER;
}

static void read_flags(char *flags, struct cpuinfo *ret)
{
	const char *flag;

	ret->has_flags = true;
	while ((flag = strsep(&flags, " \t"))) {
		ret->vmx = ret->vmx || strcmp(flag, "vmx") == 0;
		ret->svm = ret->svm || strcmp(flag, "svm") == 0;
		ret->hypervisor = ret->hypervisor || strcmp(flag, "hypervisor") == 0;
	}
}

void cpuinfo_parse(const char *text, struct cpuinfo *ret)
{
	char line[LINE_SIZE], *value;

	*ret = (struct cpuinfo){ .maker = CPU_OTHER };
	/* The flags are behind the maker, and those of all processors are the same. */
	while (!ret->has_flags && text_take_line(&text, line, sizeof(line))) {
		if ((value = find_value(line, "vendor_id")))
			ret->maker = read_maker(value);
		else if ((value = find_value(line, "flags")))
			read_flags(value, ret);
	}
}

int cpuinfo_probe(const struct host *host, struct cpuinfo *ret)
{
	int fd CLOSE_FD = beneath_open(host->proc, "cpuinfo", O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
	static char text[BEGINNING_SIZE + 1];
	ssize_t n;

	if (fd < 0)
		return fd;
	n = fd_read_all(fd, text, BEGINNING_SIZE);
	if (n < 0 && n != -E2BIG)
		return (int)n;
	text[n < 0 ? BEGINNING_SIZE : n] = '\0';
	cpuinfo_parse(text, ret);
	return 0;
}
