// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/program.h"

#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* "LANG=en_US.UTF-8", or "" where there is none that is plain. */
static void describe_language(char *text, size_t size)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._@-";
	const char *language = getenv("LANG");

	if (!language || language[strspn(language, plain)] || snprintf(text, size, "LANG=%s", language) >= (int)size)
		text[0] = '\0';
}

/* Nothing else of a person's: no DISPLAY, and nothing that would have hwloc look elsewhere. */
static int start(
	const char *path, char *const arguments[], const int streams[3], short flags, char *language, pid_t *ret)
{
	char *const environment[] = { (char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin", (char *)"LC_ALL=C",
		language && language[0] ? language : NULL, NULL };
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
	return start(path, arguments, streams, 0, NULL, ret);
}

int program_start_apart(const char *path, char *const arguments[], const int streams[3], pid_t *ret)
{
	char language[64];

	describe_language(language, sizeof(language));
	return start(path, arguments, streams, POSIX_SPAWN_SETPGROUP, language, ret);
}
