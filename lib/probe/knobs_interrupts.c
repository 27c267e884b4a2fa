// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Interrupts and workqueues: /proc/irq (Documentation/core-api/irq/irq-affinity.rst), irqbalance, and
 * devices/virtual/workqueue (Documentation/core-api/workqueue.rst).
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "host/manager.h"
#include "probe/cpus.h"
#include "probe/knobs_look.h"
#include "probe/listing.h"
#include "probe/process_stat.h"
#include "probe/vector.h"

static void look_at_balancer(struct knobs_look *look)
{
	char key[48], text[PROCESS_STAT_SIZE];
	struct process_stat stat;
	struct cpuset banned = { 0 };
	pid_t pid;
	int r = look->host->manager->get_banned_cpus(look->host, &pid, &banned, MANAGER_DEADLINE_MS);

	if (r == -ENOENT)
		return;
	if (r >= 0)
		r = process_stat_read(look->host, pid, text, &stat);
	if (r < 0) {
		look->knobs->blind |= 1U << KNOB_BALANCER;
		notes_add(look->notes,
			"cannot ask irqbalance which CPUs it leaves alone: %s; it may move interrupts back",
			strerror(-r));
	} else if (r > 0) {
		(void)snprintf(key, sizeof(key), "%d %" PRIu64, (int)pid, stat.start);
		(void)knobs_look_cpus(look, KNOB_BALANCER, key, &banned);
	}
}

/* What the kernel alone places is read-only since 6.12; before, it looks like any other. Returns as cpus_read_mask().
 */
static int read_affinity(int directory, const char *number, bool *ret_fixed, struct cpuset *ret)
{
	char path[32], text[MASK_TEXT_SIZE];
	int fd CLOSE_FD = -1;
	struct stat st;
	ssize_t n;

	(void)snprintf(path, sizeof(path), "%.12s/smp_affinity", number);
	fd = beneath_open(directory, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	*ret_fixed = (st.st_mode & 0222) == 0;
	if (*ret_fixed)
		return 0;
	n = attribute_end(text, fd_read_all(fd, text, sizeof(text) - 1));
	if (n < 0)
		return (int)n;
	return cpuset_mask_parse(text, ret) < 0 ? -EBADMSG : 0;
}

struct count {
	unsigned int fixed, unseen;
};

/* Who attends to a VM that has CPUs for itself moves these when it likes, and nobody else. They end with the VM. */
static bool is_attended(const struct knobs_look *look, const char *actions)
{
	for (unsigned int i = 0; i < look->claims->n_functions; i++) {
		if (interrupt_is_vector_of(actions, look->claims->functions[i]))
			return true;
	}
	return false;
}

static void look_at_interrupt(struct knobs_look *look, int directory, const char *name, struct count *count)
{
	char actions[KNOB_KEY_SIZE - sizeof("2147483647 ")], key[KNOB_KEY_SIZE];
	pid_t number = listing_number(name);
	bool fixed = false;
	struct cpuset cpus;
	int r;

	if (number < 0)
		return;
	r = interrupt_probe_actions(look->host, (unsigned int)number, actions, sizeof(actions));
	if (r == 0 || (r > 0 && is_attended(look, actions)))
		return;
	if (r > 0)
		r = read_affinity(directory, name, &fixed, &cpus);
	/* It has just gone. */
	if (r == -ENOENT)
		return;
	if (r < 0 || fixed) {
		count->unseen += r < 0;
		count->fixed += fixed;
		return;
	}
	(void)snprintf(key, sizeof(key), "%d %s", (int)number, actions);
	(void)knobs_look_cpus(look, KNOB_INTERRUPT, key, &cpus);
}

static int look_at_all(struct knobs_look *look, struct count *count)
{
	int directory CLOSE_FD = beneath_open(look->host->proc, "irq", O_RDONLY | O_DIRECTORY, 0);
	_Alignas(uint64_t) char entries[16384];
	struct listing listing = { .fd = directory, .buffer = entries, .size = sizeof(entries) };
	const char *name;
	int r;

	if (directory < 0)
		return directory;
	while ((r = listing_next(&listing, &name)) > 0)
		look_at_interrupt(look, directory, name, count);
	return r;
}

/* One that was read, or why not. */
static void look_at_mask(
	struct knobs_look *look, enum knob_kind kind, const char *path, int r, const struct cpuset *cpus)
{
	if (r == 0)
		(void)knobs_look_cpus(look, kind, "-", cpus);
	else
		look->knobs->blind |= 1U << kind;
	if (r < 0 && look->isolates)
		notes_add(look->notes, "cannot read '%s', which stays as it is: %s", path, strerror(-r));
}

void knobs_look_interrupts(struct knobs_look *look)
{
	static const char born[] = "irq/default_smp_affinity";
	struct count count = { 0 };
	struct cpuset cpus;
	int r;

	if (knobs_look_wants(look, KNOB_BALANCER))
		look_at_balancer(look);
	if (knobs_look_wants(look, KNOB_DEFAULT)) {
		r = cpus_read_mask(look->host->proc, born, &cpus);
		look_at_mask(look, KNOB_DEFAULT, born, r, &cpus);
	}
	if (knobs_look_wants(look, KNOB_WORKQUEUE)) {
		r = workqueue_read_mask(look->host, &cpus);
		look_at_mask(look, KNOB_WORKQUEUE, WORKQUEUE_MASK, r, &cpus);
	}
	if (!knobs_look_wants(look, KNOB_INTERRUPT))
		return;
	r = look_at_all(look, &count);
	if (r < 0)
		look->knobs->blind |= 1U << KNOB_INTERRUPT;
	if (r < 0)
		notes_add(look->notes, "cannot list interrupts, which stay where they are: %s", strerror(-r));
	if (count.fixed > 0)
		notes_add(look->notes, "the kernel alone places %u interrupts, which stay where they are", count.fixed);
	if (count.unseen > 0)
		notes_add(look->notes, "cannot read where %u interrupts go, which stay there", count.unseen);
}
