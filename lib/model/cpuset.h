/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model: a set of the host's logical CPUs, by the kernel's numbers. A value: copied by =, owns nothing.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CPUS_MAX 2048

/* Longer is no list of a set: every second CPU, with its comma. */
#define CPUSET_TEXT_SIZE (CPUS_MAX / 2 * 5 + 1)

struct cpuset {
	uint64_t words[CPUS_MAX / 64];
};

struct cpuset_text {
	char s[CPUSET_TEXT_SIZE];
};

/* A mask of all of them: eight digits for each 32, and the commas between. */
#define CPUSET_MASK_SIZE (CPUS_MAX / 32 * 9)

struct cpuset_mask {
	char s[CPUSET_MASK_SIZE];
};

/* A number that is out of range is not added, and in no set. */
void cpuset_add(struct cpuset *set, unsigned int cpu);
void cpuset_add_all(struct cpuset *set, const struct cpuset *other);
void cpuset_remove_all(struct cpuset *set, const struct cpuset *other);
struct cpuset cpuset_less(const struct cpuset *set, const struct cpuset *other); /* without these */
void cpuset_keep_all(struct cpuset *set, const struct cpuset *other);            /* and no others */
bool cpuset_has(const struct cpuset *set, unsigned int cpu);
bool cpuset_contains(const struct cpuset *set, const struct cpuset *other); /* all of it */
bool cpuset_intersects(const struct cpuset *a, const struct cpuset *b);
bool cpuset_same(const struct cpuset *a, const struct cpuset *b);
bool cpuset_is_empty(const struct cpuset *set);
unsigned int cpuset_count(const struct cpuset *set);

/* The first CPU of the set that is not below the given one, or CPUS_MAX. */
unsigned int cpuset_next(const struct cpuset *set, unsigned int cpu);

/* As the kernel and libvirt write a set: 0-3,8; "" when it is empty. */
struct cpuset_text cpuset_text(const struct cpuset *set);

/*
 * Reads what the kernel and libvirt write: numbers and ranges between commas, and, as libvirt has it, ^N, which takes a
 * number out of what stands before it. Returns 0; -EINVAL for anything else, and for an empty set; -ERANGE.
 */
int cpuset_parse(const char *text, struct cpuset *ret);

/*
 * As the kernel's masks are written: 32-bit words in hexadecimal between commas, the highest first, none above the
 * highest that has a CPU: the kernel takes no more words than it has CPUs for. "00000000" when it is empty.
 */
struct cpuset_mask cpuset_mask_text(const struct cpuset *set);

/* Reads one; all zero is an empty set. Returns 0; -EINVAL; -ERANGE for a CPU that no set has. */
int cpuset_mask_parse(const char *text, struct cpuset *ret);
