// SPDX-License-Identifier: GPL-2.0-or-later
#include "udev/consoles.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "apply/lock.h"
#include "base/fd.h"
#include "base/text.h"
#include "host/runtime.h"
#include "probe/below.h"
#include "probe/console.h"
#include "udev/intents.h"

#define DIRECTORY_NAME "consoles"
#define LOCK_WAIT_MS   30000

/* Framebuffers show no consoles because of us. */
#define RECORD "parted"

/* FB_MAX of the kernel. */
#define FRAMEBUFFERS_MAX 32

/* Bit N: fbN. */
struct framebuffers {
	uint32_t there, kept_free;
};

static int parse_name(const char *name)
{
	uint64_t n;

	if (strncmp(name, "fb", 2) != 0 || text_parse_number(name + 2, 10, FRAMEBUFFERS_MAX - 1, &n) < 0)
		return -EINVAL;
	return (int)n;
}

static int note_below(void *data, const struct below *below)
{
	struct framebuffers *framebuffers = data;
	int n = strcmp(below->subsystem, "graphics") == 0 ? parse_name(below->name) : -EINVAL;

	if (n >= 0)
		framebuffers->kept_free |= UINT32_C(1) << n;
	return 0;
}

static int find_kept_free(const struct host *host, struct framebuffers *ret)
{
	struct intents *intents = calloc(1, sizeof(*intents));
	int r = intents ? intents_probe(host, intents) : -ENOMEM;

	for (unsigned int i = 0; r == 0 && i < intents->inventory.n_functions; i++) {
		struct address address = intents->inventory.functions[i].address;

		if (intents_find(intents, address) == MODE_SHARED)
			continue;
		r = below_walk(host, address, note_below, ret);
		r = r == -ENOENT ? 0 : r;
	}
	free(intents);
	return r;
}

static int find_all(const struct host *host, struct framebuffers *ret)
{
	const struct dirent *entry;
	DIR *list;
	int r = beneath_list(host->sys, "class/graphics", &list);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	while ((errno = 0, entry = readdir(list))) {
		int n = parse_name(entry->d_name);

		if (n >= 0)
			ret->there |= UINT32_C(1) << n;
	}
	r = -errno;
	closedir(list);
	return r;
}

/* ---- none of them ---- */

static int set_bound(const struct host *host, const char *driver, const char *value)
{
	char path[sizeof("class/vtconsole//bind") + CONSOLE_NAME_SIZE];

	(void)snprintf(path, sizeof(path), "class/vtconsole/%s/bind", driver);
	return host->kernel->write(host, path, value, CONSOLE_DEADLINE_MS);
}

/* First, so that whoever comes in the meantime knows. */
static int part(const struct host *host, int records, const char *driver)
{
	int record CLOSE_FD = runtime_file_open(records, RECORD, O_WRONLY | O_CREAT);

	return record < 0 ? record : set_bound(host, driver, "0");
}

/* The kernel binds them to where they were: taking them from there is next. Returns 1; 0 without a record; -errno. */
static int join(const struct host *host, int records)
{
	int record CLOSE_FD = runtime_file_open(records, RECORD, O_RDONLY);
	char driver[CONSOLE_NAME_SIZE];
	bool bound = false;
	int r;

	if (record < 0)
		return record == -ENOENT ? 0 : record;
	r = console_find(host, driver, &bound);
	if (r > 0 && !bound)
		r = set_bound(host, driver, "1");
	return r < 0 ? r : 1;
}

/* ---- one of them ---- */

static int release(const struct host *host, int records, unsigned int n, uint32_t others)
{
	char driver[CONSOLE_NAME_SIZE];
	uint64_t consoles = 0;
	int r = console_find_bound(host, driver);

	if (r <= 0)
		return r;
	r = host->kernel->framebuffer_consoles(host, n, CONSOLE_DEADLINE_MS, &consoles);
	/* Gone again. */
	if (r == -ENOENT || r == -ENODEV)
		return 0;
	if (r < 0 || consoles == 0)
		return r;
	if (!others)
		return part(host, records, driver);
	return host->kernel->framebuffer_show(host, (unsigned int)__builtin_ctz(others), consoles, CONSOLE_DEADLINE_MS);
}

/* ---- all of them ---- */

static int settle(const struct host *host, int records)
{
	struct framebuffers framebuffers = { 0 };
	int r = find_kept_free(host, &framebuffers), joined = 0;
	uint32_t others;

	if (r == 0)
		r = find_all(host, &framebuffers);
	others = framebuffers.there & ~framebuffers.kept_free;
	if (r == 0 && others)
		r = joined = join(host, records);
	for (uint32_t left = framebuffers.kept_free; r >= 0 && left; left &= left - 1)
		r = release(host, records, (unsigned int)__builtin_ctz(left), others);
	if (r >= 0 && joined > 0 && unlinkat(records, RECORD, 0) < 0)
		r = -errno;
	return r < 0 ? r : 0;
}

/* Twice: one that came while the first made its record, and whose own event knew of none, has them by the second. */
static int settle_locked(const struct host *host)
{
	int runtime CLOSE_FD = -1, records CLOSE_FD = -1, lock CLOSE_FD = -1;
	struct framebuffers framebuffers = { 0 };
	int r = find_kept_free(host, &framebuffers);
	bool any = framebuffers.kept_free;

	/* Most hosts have none, and nothing is to be made there. */
	runtime = r < 0 ? r : runtime_open(host, any);
	records = runtime < 0 ? runtime : runtime_directory_open(runtime, DIRECTORY_NAME, any);
	if (records < 0)
		return records == -ENOENT && !any ? 0 : records;
	lock = lock_acquire(records, LOCK_WAIT_MS);
	r = lock < 0 ? lock : settle(host, records);
	return r < 0 ? r : settle(host, records);
}

int consoles_settle(const struct host *host, struct refusal *refusal)
{
	int r = settle_locked(host);

	if (r >= 0)
		return 0;
	return refusal_set(refusal, REFUSAL_FAILED,
		"cannot take the virtual consoles off the framebuffers of cards that are kept free: %s",
		r == KERNEL_STUCK ? "the kernel has not answered" : strerror(-r));
}
