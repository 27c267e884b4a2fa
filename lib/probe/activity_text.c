// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/activity_text.h"

#include <string.h>

#include "base/text.h"

#define LINE_SIZE 256
#define DIGITS    "0123456789"

/* The command is written "%20s", whatever is in it, and shorter than that. */
#define COMMAND_WIDTH 20

/* A number at the beginning of a word, behind blanks. Returns 0 where there is none. */
static pid_t read_pid(const char *text)
{
	char digits[16];
	uint64_t pid;
	size_t length;

	text += strspn(text, " ");
	length = strspn(text, DIGITS);
	if (length >= sizeof(digits) || (text[length] != ' ' && text[length] != '\0'))
		return 0;
	memcpy(digits, text, length);
	digits[length] = '\0';
	return text_parse_number(digits, 10, INT32_MAX, &pid) == 0 ? (pid_t)pid : 0;
}

bool drm_take_client(const char **text, struct client *ret)
{
	char line[LINE_SIZE];

	while (text_take_line(text, line, sizeof(line))) {
		const char *command = line + strspn(line, " ");
		pid_t pid;

		if (strlen(line) <= COMMAND_WIDTH || line[COMMAND_WIDTH] != ' ')
			continue;
		/* Of the headings none is a number. */
		pid = read_pid(line + COMMAND_WIDTH);
		line[COMMAND_WIDTH] = '\0';
		if (pid == 0 || text_copy(ret->command, sizeof(ret->command), command) < 0)
			continue;
		ret->pid = pid;
		return true;
	}
	return false;
}

bool sound_parse_status(const char *text, struct client *ret)
{
	static const char state[] = "state: ", owner[] = "owner_pid";
	char line[LINE_SIZE];
	bool open = false;

	ret->pid = 0;
	ret->running = false;
	while (text_take_line(&text, line, sizeof(line))) {
		const char *colon = strchr(line, ':');

		if (strncmp(line, state, sizeof(state) - 1) == 0) {
			open = true;
			ret->running = strcmp(line + sizeof(state) - 1, "RUNNING") == 0 ||
				       strcmp(line + sizeof(state) - 1, "DRAINING") == 0;
		} else if (colon && strncmp(line, owner, sizeof(owner) - 1) == 0) {
			ret->pid = read_pid(colon + 1);
		}
	}
	return open;
}
