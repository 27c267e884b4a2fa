// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/setup/setup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

#define MODE_FILE 0644

struct setup *setup_new(void)
{
	return calloc(1, sizeof(struct setup));
}

void setup_free(struct setup *setup)
{
	free(setup);
}

void setup_free_at(struct setup **setup)
{
	setup_free(*setup);
}

bool setup_is_empty(const struct setup *setup)
{
	return setup->n_files == 0 && setup->n_commands == 0;
}

int setup_read(const struct host *host, const char *path, struct setup_content *ret, struct durable_owner *ret_owner,
	struct refusal *refusal)
{
	ssize_t n = durable_read(host->etc, path, ret->bytes, sizeof(ret->bytes) - 1, ret_owner);

	ret->there = n >= 0;
	ret->length = n < 0 ? 0 : (size_t)n;
	ret->bytes[ret->length] = '\0';
	if (n == -ENOENT)
		return 0;
	if (n == -ELOOP || n == -EMLINK || n == -EINVAL)
		return refusal_set(refusal, REFUSAL_INPUT,
			"'/etc/%s' is no plain file of one name; change what it stands for yourself", path);
	if (n < 0)
		return refusal_set(refusal, REFUSAL_INPUT, "cannot read '/etc/%s': %s", path, strerror((int)-n));
	if (memchr(ret->bytes, '\0', ret->length))
		return refusal_set(refusal, REFUSAL_INPUT, "'/etc/%s' is no text; look at it yourself", path);
	return 1;
}

static int too_much(struct refusal *refusal)
{
	return refusal_set(refusal, REFUSAL_INPUT,
		"there is more to be done than can be kept for the way back; remove kernels that nobody boots");
}

/* The directory of a file, where there is none. Its own parent has to be there. */
static int add_directory(
	struct setup *setup, const struct host *host, const struct setup_file *file, struct refusal *refusal)
{
	const char *slash = strrchr(file->path, '/');
	char path[SETUP_PATH_SIZE];

	if (!slash)
		return 0;
	memcpy(path, file->path, (size_t)(slash - file->path));
	path[slash - file->path] = '\0';
	if (beneath_has(host->etc, path))
		return 0;
	if (setup->n_directories == SETUP_DIRECTORIES_MAX)
		return too_much(refusal);
	memcpy(setup->directories[setup->n_directories++], path, sizeof(path));
	return 0;
}

int setup_add_file(
	struct setup *setup, const struct host *host, const char *path, const char *content, struct refusal *refusal)
{
	struct setup_file *file = &setup->files[setup->n_files];
	size_t length = strlen(content);
	int r;

	if (setup->n_files == SETUP_FILES_MAX || length >= sizeof(file->after.bytes) ||
		text_copy(file->path, sizeof(file->path), path) < 0)
		return too_much(refusal);
	*file = (struct setup_file){ .owner = { .mode = MODE_FILE, .uid = geteuid(), .gid = getegid() } };
	(void)text_copy(file->path, sizeof(file->path), path);
	r = setup_read(host, path, &file->before, &file->owner, refusal);
	if (r < 0)
		return r;
	file->after.there = true;
	file->after.length = length;
	memcpy(file->after.bytes, content, length + 1);
	if (r == 1 && strcmp(file->before.bytes, content) == 0)
		return 0;
	r = add_directory(setup, host, file, refusal);
	if (r >= 0)
		setup->n_files++;
	return r;
}

int setup_add_command(struct setup *setup, const char *run, const char *undo, struct refusal *refusal)
{
	struct setup_command *command = &setup->commands[setup->n_commands];

	if (setup->n_commands == SETUP_COMMANDS_MAX || text_copy(command->run, sizeof(command->run), run) < 0 ||
		text_copy(command->undo, sizeof(command->undo), undo) < 0)
		return too_much(refusal);
	setup->n_commands++;
	return 0;
}
