// SPDX-License-Identifier: GPL-2.0-or-later
/* replay-TARGET DIRECTORY: gives every file of a corpus to a fuzz target, for compilers without libFuzzer. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "tests/fuzz/fuzz.h"

static void replay_file(int directory, const char *name)
{
	int fd CLOSE_FD = openat(directory, name, O_RDONLY | O_CLOEXEC);
	struct stat st;
	char *input;

	PROMISE(fd >= 0 && fstat(fd, &st) == 0);
	/* Of its very size, so that reading past its end is seen. */
	input = malloc((size_t)st.st_size + !st.st_size);
	PROMISE(input && fd_read_all(fd, input, (size_t)st.st_size) == st.st_size);
	(void)LLVMFuzzerTestOneInput((const uint8_t *)input, (size_t)st.st_size);
	free(input);
}

int main(int argc, char *argv[])
{
	DIR *list = argc == 2 ? opendir(argv[1]) : NULL;
	const struct dirent *entry;
	unsigned int n = 0;

	if (!list) {
		(void)fprintf(stderr, "usage: %s DIRECTORY\n", argv[0]);
		return 2;
	}
	while ((entry = readdir(list))) {
		if (entry->d_name[0] == '.')
			continue;
		replay_file(dirfd(list), entry->d_name);
		n++;
	}
	(void)closedir(list);
	(void)printf("%s: %u inputs replayed\n", argv[1], n);
	/* A corpus that is not there would pass for ever. */
	return n == 0;
}
