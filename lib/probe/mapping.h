/* SPDX-License-Identifier: GPL-2.0-or-later */
/* probe: a line of /proc/PID/maps (proc(5)). */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct mapping {
	uint64_t start, end;
	uint32_t major, minor; /* of the file system, not of a device */
	uint64_t inode;        /* 0: no file */
	const char *path;      /* in the line, a stranger's text; "" where there is none */
};

/* Reads a line without its newline. Returns 0, or -EBADMSG and leaves *ret as it was. Pure. */
int mapping_parse(const char *line, struct mapping *ret);

/* Its name below /proc/PID/map_files; of any text of this size it fits. */
#define MAPPING_NAME_SIZE sizeof("ffffffffffffffff-ffffffffffffffff")
void mapping_name(const struct mapping *mapping, char name[MAPPING_NAME_SIZE]);
