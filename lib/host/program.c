// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/program.h"

#include <signal.h>
#include <spawn.h>
#include <unistd.h>

static int start(const char *path, char *const arguments[], const int streams[3], short flags, pid_t *ret)
{
	/* Nothing of a person's: no DISPLAY, and nothing that would have hwloc look elsewhere. */
	char *const environment[] = { (char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin", (char *)"LC_ALL=C", NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none;
	int r;

	r = posix_spawnattr_init(&attributes);
	if (r != 0)
		return -r;
	r = posix_spawn_file_actions_init(&actions);
	if (r == 0) {
		(void)sigemptyset(&none);
		(void)posix_spawnattr_setsigmask(&attributes, &none);
		(void)posix_spawnattr_setflags(&attributes, (short)(POSIX_SPAWN_SETSIGMASK | flags));
		for (int fd = STDIN_FILENO; fd <= STDERR_FILENO && r == 0; fd++) {
			if (streams[fd] >= 0)
				r = posix_spawn_file_actions_adddup2(&actions, streams[fd], fd);
		}
		if (r == 0)
			r = posix_spawn(ret, path, &actions, &attributes, arguments, environment);
		(void)posix_spawn_file_actions_destroy(&actions);
	}
	(void)posix_spawnattr_destroy(&attributes);
	return -r;
}

int program_start(const char *path, char *const arguments[], const int streams[3], pid_t *ret)
{
	return start(path, arguments, streams, 0, ret);
}

int program_start_apart(const char *path, char *const arguments[], const int streams[3], pid_t *ret)
{
	return start(path, arguments, streams, POSIX_SPAWN_SETPGROUP, ret);
}
