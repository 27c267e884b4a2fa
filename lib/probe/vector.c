// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/vector.h"
#include "probe/cpus.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/text.h"
#include "probe/inventory.h"
#include "probe/knobs_look.h"
#include "probe/listing.h"

/* vfio-msi[0](0000:01:00.0), vfio-msix[3](…), of vfio_msi_set_vector_signal() */
#define VFIO_NAME "vfio-msi"

int interrupt_probe_actions(const struct host *host, unsigned int number, char *actions, size_t size)
{
	char path[sizeof("kernel/irq/4294967295/actions")], names[4097];
	struct text text;
	ssize_t n;

	text_init(&text, actions, size);
	(void)snprintf(path, sizeof(path), "kernel/irq/%u/actions", number);
	n = attribute_read(host->sys, path, names, sizeof(names));
	if (n < 0)
		return n == -ENOENT ? 0 : (int)n;
	text_add_foreign(&text, names);
	return n > 0;
}

int interrupt_probe_cpus(const struct host *host, unsigned int number, struct cpuset *ret)
{
	char path[sizeof("irq/4294967295/smp_affinity")];

	(void)snprintf(path, sizeof(path), "irq/%u/smp_affinity", number);
	return cpus_read_mask(host->proc, path, ret);
}

bool interrupt_is_vector_of(const char *actions, struct address address)
{
	char name[ADDRESS_TEXT_SIZE + 2];

	(void)snprintf(name, sizeof(name), "(%s)", address_text(address).s);
	return strncmp(actions, VFIO_NAME, strlen(VFIO_NAME)) == 0 && strstr(actions, name);
}

static int compare_numbers(const void *a, const void *b)
{
	const struct vector *x = a, *y = b;

	return x->number < y->number ? -1 : x->number > y->number;
}

/* Adds one if it is a VM's. */
static int look_at_vector(const struct host *host, const struct dirent *entry, struct vectors *vectors)
{
	char actions[sizeof(VFIO_NAME)];
	pid_t number = listing_number(entry->d_name);
	int r;

	if (number < 0)
		return 0;
	r = interrupt_probe_actions(host, (unsigned int)number, actions, sizeof(actions));
	if (r <= 0 || strcmp(actions, VFIO_NAME) != 0)
		return r < 0 ? r : 0;
	if (vectors->n_vectors == VECTORS_MAX)
		return -E2BIG;
	/* sysfs gives no number of a file twice. */
	vectors->vectors[vectors->n_vectors++] =
		(struct vector){ .number = (unsigned int)number, .birth = entry->d_ino };
	return 0;
}

int vectors_probe(const struct host *host, struct address address, struct vectors *ret)
{
	int device CLOSE_FD = function_open(host, address);
	const struct dirent *entry;
	DIR *list;
	int r;

	ret->n_vectors = 0;
	if (device < 0)
		return device == -ENOENT ? 0 : device;
	r = beneath_list(device, "msi_irqs", &list);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	while (r == 0 && (errno = 0, entry = readdir(list)))
		r = look_at_vector(host, entry, ret);
	r = r < 0 ? r : -errno;
	closedir(list);
	qsort(ret->vectors, ret->n_vectors, sizeof(ret->vectors[0]), compare_numbers);
	return r;
}
