// SPDX-License-Identifier: GPL-2.0-or-later
#include "apply/follow.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"

/* The number of one that is gone may be another's a moment later. */
static bool has_vector(const struct vectors *vectors, const struct vector *vector)
{
	for (unsigned int i = 0; i < vectors->n_vectors; i++) {
		if (vectors->vectors[i].number == vector->number && vectors->vectors[i].birth == vector->birth)
			return true;
	}
	return false;
}

static void put_vector(struct vectors *vectors, const struct vector *vector)
{
	if (vectors->n_vectors < VECTORS_MAX)
		vectors->vectors[vectors->n_vectors++] = *vector;
}

/* This process has nothing else to do, so it writes by itself. */
static int move_vector(const struct host *host, unsigned int number, const struct cpuset *cpus)
{
	struct cpuset_mask mask = cpuset_mask_text(cpus);
	char path[64];
	int fd CLOSE_FD = -1;

	(void)snprintf(path, sizeof(path), "irq/%u/smp_affinity", number);
	fd = beneath_open(host->proc, path, O_WRONLY, 0);
	return fd < 0 ? fd : fd_write_all(fd, mask.s, strlen(mask.s));
}

static bool is_due(
	const struct host *host, const struct follow *follow, const struct vector *vector, const struct cpuset *cpus)
{
	struct cpuset current;

	if (!has_vector(&follow->moved, vector))
		return true;
	return !cpuset_same(&follow->cpus, cpus) && interrupt_probe_cpus(host, vector->number, &current) == 0 &&
	       cpuset_same(&current, &follow->cpus);
}

int follow_look(const struct host *host, const struct address *functions, unsigned int n_functions,
	const struct cpuset *cpus, struct follow *follow)
{
	static struct vectors there, now;
	int n_moved = 0, result = 0;

	now.n_vectors = 0;
	for (unsigned int i = 0; i < n_functions; i++) {
		int r = vectors_probe(host, functions[i], &there);

		if (r < 0)
			result = result ? result : r;
		for (unsigned int j = 0; r >= 0 && j < there.n_vectors; j++) {
			const struct vector *vector = &there.vectors[j];

			put_vector(&now, vector);
			if (!is_due(host, follow, vector, cpus))
				continue;
			r = move_vector(host, vector->number, cpus);
			n_moved += r >= 0;
			/* It has gone since. */
			result = r < 0 && r != -ENOENT && !result ? r : result;
			r = 0;
		}
	}
	follow->moved = now;
	follow->cpus = *cpus;
	return result ? result : n_moved;
}
