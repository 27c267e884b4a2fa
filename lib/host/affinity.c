// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/affinity.h"

#include <errno.h>
#include <limits.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The system calls themselves: glibc's cpu_set_t has 1024 CPUs. The kernel refuses to tell less than all that it has.
 */
#define KERNEL_CPUS 8192
#define WORD_BITS   (CHAR_BIT * sizeof(unsigned long))
#define OURS        (CPUS_MAX / WORD_BITS)

int affinity_get(pid_t tid, struct cpuset *ret)
{
	unsigned long mask[KERNEL_CPUS / WORD_BITS] = { 0 };
	struct cpuset cpus = { 0 };

	/* To the kernel, 0 is the thread that asks. */
	if (tid <= 0)
		return -ESRCH;
	if (syscall(SYS_sched_getaffinity, tid, sizeof(mask), mask) < 0)
		return -errno;
	for (size_t i = 0; i < OURS; i++)
		cpus.words[i * WORD_BITS / 64] |= (uint64_t)mask[i] << i * WORD_BITS % 64;
	*ret = cpus;
	return 0;
}

int affinity_set(pid_t tid, const struct cpuset *cpus)
{
	unsigned long mask[OURS];

	if (tid <= 0)
		return -ESRCH;
	for (size_t i = 0; i < OURS; i++)
		mask[i] = (unsigned long)(cpus->words[i * WORD_BITS / 64] >> i * WORD_BITS % 64);
	return syscall(SYS_sched_setaffinity, tid, sizeof(mask), mask) < 0 ? -errno : 0;
}
