// SPDX-License-Identifier: GPL-2.0-or-later
#include "apply/pages.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "apply/execute.h"
#include "base/text.h"
#include "probe/pool.h"

#define PATH_SIZE   64
#define NUMBER_SIZE 24

/* How often more is asked for, with room made in between. */
#define ATTEMPTS_MAX 4

/* The pages that the pool is to have, and those that are left over until they are freed. */
static int read_total(const struct host *host, struct pool_id id, uint64_t *ret, uint64_t *ret_surplus)
{
	struct pool pool;
	int r = pool_probe(host, id, &pool);

	if (r < 0)
		return r == -ENOENT ? STEP_GONE : r;
	*ret = pool.total;
	*ret_surplus = pool.surplus;
	return 0;
}

static int write_total(const struct host *host, const struct step *step, uint64_t total)
{
	char path[POOL_PATH_SIZE], value[NUMBER_SIZE];

	pool_path(host, step->pool, "/nr_hugepages", path);
	(void)snprintf(value, sizeof(value), "%" PRIu64, total);
	return host->kernel->write(host, path, value, (int)step_deadline_ms(step));
}

/* Pages in use are moved together, so that whole huge pages come free between them. */
static int make_room(const struct host *host, const struct step *step)
{
	char path[PATH_SIZE];

	(void)snprintf(path, sizeof(path), "devices/system/node/node%u/compact", step->pool.node);
	return host->kernel->write(host, path, "1", (int)step_deadline_ms(step));
}

static int add_pages(const struct host *host, const struct step *step, uint64_t old, uint64_t new, uint64_t *ret_found)
{
	uint64_t total = 0, before, surplus = 0, all;
	int r = read_total(host, step->pool, &total, &surplus);

	if (r == 0 && total != old)
		r = STEP_STALE;
	before = old;
	all = total + surplus;
	for (unsigned int attempt = 0; r == 0 && attempt < ATTEMPTS_MAX; attempt++) {
		r = write_total(host, step, new);
		if (r == 0)
			r = read_total(host, step->pool, &total, &surplus);
		if (r < 0)
			break;
		/* Those that were left over, and are to stay now, are not new. */
		*ret_found = total + surplus > all ? total + surplus - all : 0;
		if (total >= new)
			return 0;
		if (attempt > 0 && total <= before)
			break;
		before = total;
		r = make_room(host, step);
		/* A kernel that cannot do that is one that cannot: the pages that were found are all there are. */
		if (r < 0 && r != KERNEL_STUCK)
			r = 0;
	}
	return r < 0 ? r : STEP_SHORT;
}

static int remove_pages(
	const struct host *host, const struct step *step, uint64_t added, uint64_t kept, uint64_t *ret_in_use)
{
	uint64_t total = 0, target;
	int r = read_total(host, step->pool, &total, ret_in_use);

	if (r < 0)
		return r;
	target = total <= kept ? total : total - kept > added ? total - added : kept;
	/* Also where nothing was added: the kernel changes a pool once at a time, and a late change is over then. */
	r = write_total(host, step, target);
	if (r < 0 || total == target)
		return r < 0 ? r : 1;
	r = read_total(host, step->pool, &total, ret_in_use);
	if (r < 0)
		return r;
	return total == target ? 0 : STEP_NO_EFFECT;
}

int pages_set(const struct host *host, const struct step *step, uint64_t kept, struct pages_result *ret)
{
	uint64_t old = 0, new = 0;
	int r = text_parse_number(step->old, 10, UINT64_MAX, &old);

	*ret = (struct pages_result){ 0 };
	if (r == 0)
		r = text_parse_number(step->new, 10, UINT64_MAX, &new);
	if (r < 0)
		return r;
	return new >= old ? add_pages(host, step, old, new, &ret->found)
			  : remove_pages(host, step, old - new, kept == UINT64_MAX ? new : kept, &ret->in_use);
}
