// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mktree HOST.json DIR [PROCESSOR]: writes the sysfs tree of a recorded machine to DIR/sys, to look at it by hand; with
 * a processor of tests/hosts/cpu or a made-up one, by its name, instead of its own.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "tests/support/processor.h"
#include "tests/support/scratch.h"
#include "tests/support/tree.h"

int main(int argc, char *argv[])
{
	json_object *host, *cpus = NULL;
	struct stat st;
	int root;

	if (argc < 3 || argc > 4) {
		(void)fprintf(stderr, "usage: mktree HOST.json DIR [PROCESSOR]\n");
		return 2;
	}
	host = json_object_from_file(argv[1]);
	if (argc == 4)
		cpus = processor_load(argv[3]);
	if (!host || (argc == 4 && !cpus)) {
		(void)fprintf(stderr, "mktree: cannot read '%s'\n", argv[host ? 3 : 1]);
		return 1;
	}
	put_directory(AT_FDCWD, argv[2]);
	root = open(argv[2], O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0 || fstatat(root, "sys", &st, 0) == 0) {
		(void)fprintf(stderr, "mktree: '%s' has a sys already, or cannot be opened\n", argv[2]);
		return 1;
	}
	tree_write(root, host, cpus);
	json_object_put(cpus);
	json_object_put(host);
	return 0;
}
