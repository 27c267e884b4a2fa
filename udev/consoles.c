// SPDX-License-Identifier: GPL-2.0-or-later
#include "udev/consoles.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "probe/below.h"
#include "probe/console.h"
#include "udev/intents.h"

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

/* Where there is another framebuffer, there; or to none. */
static int move(const struct host *host, const struct framebuffers *framebuffers, uint64_t consoles, const char *driver)
{
	uint32_t others = framebuffers->there & ~framebuffers->kept_free;
	char path[sizeof("class/vtconsole//bind") + CONSOLE_NAME_SIZE];

	if (others)
		return host->kernel->framebuffer_show(
			host, (unsigned int)__builtin_ctz(others), consoles, CONSOLE_DEADLINE_MS);
	(void)snprintf(path, sizeof(path), "class/vtconsole/%s/bind", driver);
	return host->kernel->write(host, path, "0", CONSOLE_DEADLINE_MS);
}

static int release(const struct host *host, unsigned int n, const struct framebuffers *framebuffers)
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
	return move(host, framebuffers, consoles, driver);
}

static int find(const struct host *host, struct framebuffers *ret)
{
	int r = find_kept_free(host, ret);

	return r == 0 ? find_all(host, ret) : r;
}

static int refuse(int r, const char *what, struct refusal *refusal)
{
	return refusal_set(refusal, REFUSAL_FAILED, "cannot take the virtual consoles off %s: %s", what,
		r == KERNEL_STUCK ? "the kernel has not answered" : strerror(-r));
}

int consoles_release(const struct host *host, unsigned int n, struct refusal *refusal)
{
	struct framebuffers framebuffers = { 0 };
	int r = find(host, &framebuffers);
	char name[sizeof("'fb4294967295'")];

	if (r == 0 && (n >= FRAMEBUFFERS_MAX || (framebuffers.kept_free >> n & 1) == 0))
		return refusal_set(
			refusal, REFUSAL_INPUT, "'fb%u' is of no card that '/etc/gpu-handoff.conf' keeps free", n);
	if (r == 0)
		r = release(host, n, &framebuffers);
	(void)snprintf(name, sizeof(name), "'fb%u'", n);
	return r < 0 ? refuse(r, name, refusal) : 0;
}

int consoles_release_all(const struct host *host, struct refusal *refusal)
{
	struct framebuffers framebuffers = { 0 };
	int r = find(host, &framebuffers);

	for (uint32_t left = framebuffers.kept_free; r >= 0 && left; left &= left - 1)
		r = release(host, (unsigned int)__builtin_ctz(left), &framebuffers);
	return r < 0 ? refuse(r, "the framebuffers of cards that are kept free", refusal) : 0;
}
