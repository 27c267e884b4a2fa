// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/setup/record.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"

#define HEADER    "gpu-handoff setup 1"
#define LINE_SIZE (SETUP_COMMAND_SIZE + 64)
#define MODE_ALL  07777

static const char *const states[] = {
	[SETUP_BEGUN] = "begun",
	[SETUP_DONE] = "done",
	[SETUP_UNDONE] = "undone",
};
_Static_assert(sizeof(states) / sizeof(states[0]) == SETUP_STATES_, "a state has a name");

static const char *origin_of(const struct setup_file *file)
{
	return file->passing ? "passing" : file->before.there ? "there" : "absent";
}

int record_print(const struct setup *setup, char *buffer, size_t size)
{
	struct text text;

	text_init(&text, buffer, size);
	text_add(&text, "%s\nstate %s %u\n", HEADER, states[setup->state], setup->n_begun);
	for (unsigned int i = 0; i < setup->n_directories; i++)
		text_add(&text, "directory %s\n", setup->directories[i]);
	for (unsigned int i = 0; i < setup->n_files; i++) {
		const struct setup_file *file = &setup->files[i];

		text_add(&text, "file %u %u %u %s %s\n", (unsigned int)file->owner.mode, file->owner.uid,
			file->owner.gid, origin_of(file), file->path);
	}
	for (unsigned int i = 0; i < setup->n_commands; i++)
		text_add(&text, "run %s\nundo %s\n", setup->commands[i].run, setup->commands[i].undo);
	return text.cut ? -E2BIG : 0;
}

/* What is behind the word of a line, or NULL when that has another one. */
static char *behind(char *line, const char *word)
{
	size_t length = strlen(word);

	return strncmp(line, word, length) == 0 && line[length] == ' ' ? line + length + 1 : NULL;
}

static int parse_number(char **rest, uint64_t max, unsigned int *ret)
{
	const char *word = strsep(rest, " ");
	uint64_t number;

	if (!word || text_parse_number(word, 10, max, &number) < 0)
		return -EINVAL;
	*ret = (unsigned int)number;
	return 0;
}

/* Below /etc, and of no line but its own. */
static int parse_path(const char *path, char ret[SETUP_PATH_SIZE])
{
	size_t length = strlen(path);

	if (length == 0 || path[0] == '/' || path[length - 1] == '/' || strstr(path, "..") || strstr(path, "//"))
		return -EINVAL;
	return text_copy(ret, SETUP_PATH_SIZE, path) < 0 ? -EINVAL : 0;
}

static int parse_state(char *rest, struct setup *setup)
{
	const char *name = strsep(&rest, " ");

	for (unsigned int i = 0; i < SETUP_STATES_; i++) {
		if (strcmp(states[i], name) == 0) {
			setup->state = (enum setup_state)i;
			return rest && parse_number(&rest, SETUP_COMMANDS_MAX, &setup->n_begun) == 0 && !rest ? 0
													      : -EINVAL;
		}
	}
	return -EINVAL;
}

static int parse_file(char *rest, struct setup *setup)
{
	struct setup_file *file = &setup->files[setup->n_files];
	const char *origin;
	unsigned int mode;

	if (setup->n_files == SETUP_FILES_MAX || parse_number(&rest, MODE_ALL, &mode) < 0 ||
		parse_number(&rest, UINT32_MAX - 1, &file->owner.uid) < 0 ||
		parse_number(&rest, UINT32_MAX - 1, &file->owner.gid) < 0)
		return -EINVAL;
	file->owner.mode = mode;
	origin = strsep(&rest, " ");
	if (!origin || !rest)
		return -EINVAL;
	file->passing = strcmp(origin, "passing") == 0;
	file->before.there = strcmp(origin, "there") == 0;
	file->after.there = true;
	if (!file->passing && !file->before.there && strcmp(origin, "absent") != 0)
		return -EINVAL;
	setup->n_files++;
	return parse_path(rest, file->path);
}

static int parse_directory(const char *rest, struct setup *setup)
{
	if (setup->n_directories == SETUP_DIRECTORIES_MAX)
		return -EINVAL;
	return parse_path(rest, setup->directories[setup->n_directories++]);
}

/* Two lines. */
static int parse_command(const char *run, const char **text, struct setup *setup)
{
	struct setup_command *command = &setup->commands[setup->n_commands];
	char line[LINE_SIZE];
	const char *undo;

	if (setup->n_commands++ == SETUP_COMMANDS_MAX || !*run || !text_take_line(text, line, sizeof(line)))
		return -EINVAL;
	undo = behind(line, "undo");
	return undo && text_copy(command->run, sizeof(command->run), run) == 0 &&
			       text_copy(command->undo, sizeof(command->undo), undo) == 0
		       ? 0
		       : -EINVAL;
}

static int parse_line(char *line, const char **text, struct setup *setup)
{
	char *rest;

	if ((rest = behind(line, "state")))
		return parse_state(rest, setup);
	if ((rest = behind(line, "directory")))
		return parse_directory(rest, setup);
	if ((rest = behind(line, "file")))
		return parse_file(rest, setup);
	if ((rest = behind(line, "run")))
		return parse_command(rest, text, setup);
	return -EINVAL;
}

int record_parse(const char *text, struct setup *ret)
{
	char line[LINE_SIZE];
	bool has_state = false;

	memset(ret, 0, sizeof(*ret));
	if (!text_take_line(&text, line, sizeof(line)) || strcmp(line, HEADER) != 0)
		return -EINVAL;
	while (text_take_line(&text, line, sizeof(line))) {
		if (parse_line(line, &text, ret) < 0)
			return -EINVAL;
		has_state = true;
	}
	return has_state && ret->n_begun <= ret->n_commands ? 0 : -EINVAL;
}
