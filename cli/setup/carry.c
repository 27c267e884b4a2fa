// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/setup/carry.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/setup/store.h"
#include "cli/setup/tell.h"
#include "host/tool.h"

/* An initramfs for each kernel, on a machine that is emulated. */
#define DEADLINE_MS    (10 * 60 * 1000)
#define OUTPUT_SIZE    4096
#define MODE_DIRECTORY 0755

/* Contents on the way back: large, and of one file at a time. */
static struct setup_content current, target;

/* ---- tools ---- */

static const char *describe_end(int r, char *buffer, size_t size)
{
	if (r > 0)
		(void)snprintf(buffer, size, "ended with status %d", r);
	else if (r == -ETIMEDOUT)
		(void)snprintf(buffer, size, "has not ended for %d minutes", DEADLINE_MS / 60000);
	else if (r == -ECHILD)
		(void)snprintf(buffer, size, "was ended by a signal");
	else
		(void)snprintf(buffer, size, "cannot be run: %s", strerror(-r));
	return buffer;
}

/* Returns 0, or -ECANCELED with the refusal filled. */
static int run(const struct host *host, const char *command, struct refusal *refusal)
{
	char words[SETUP_COMMAND_SIZE], output[OUTPUT_SIZE], end[128], *rest = words;
	const char *vector[TOOL_WORDS_MAX + 1] = { NULL };
	int r;

	(void)text_copy(words, sizeof(words), command);
	for (size_t i = 0; i < TOOL_WORDS_MAX && rest; i++)
		vector[i] = strsep(&rest, "\t");
	(void)printf("running: %s\n", tell_command(command).s);
	(void)fflush(stdout);
	r = tool_run(host, vector, output, sizeof(output), DEADLINE_MS);
	if (r == 0)
		return 0;
	tell_output(output);
	return refusal_set(
		refusal, REFUSAL_FAILED, "'%s' %s", tell_command(command).s, describe_end(r, end, sizeof(end)));
}

/* ---- out ---- */

static int write_file(const struct host *host, const struct setup_file *file, struct refusal *refusal)
{
	bool there = file->before.there;
	struct durable_owner owner;
	int r = setup_read(host, file->path, &current, &owner, refusal);

	if (r < 0)
		return r;
	/* It was shown, and then somebody was asked. */
	if (current.there != there || (there && strcmp(current.bytes, file->before.bytes) != 0))
		return refusal_set(
			refusal, REFUSAL_FAILED, "somebody else has changed '/etc/%s' meanwhile", file->path);
	r = durable_write(host->etc, file->path, file->after.bytes, file->after.length, &file->owner);
	if (r < 0)
		return refusal_set(refusal, REFUSAL_FAILED, "cannot write '/etc/%s': %s", file->path, strerror(-r));
	return 0;
}

static int write_files(const struct host *host, const struct setup *setup, struct refusal *refusal)
{
	int r = 0;

	for (unsigned int i = 0; i < setup->n_directories; i++) {
		r = durable_make_directory(host->etc, setup->directories[i], MODE_DIRECTORY);
		if (r < 0 && r != -EEXIST)
			return refusal_set(refusal, REFUSAL_FAILED, "cannot make '/etc/%s': %s", setup->directories[i],
				strerror(-r));
	}
	for (unsigned int i = 0; i < setup->n_files && r >= 0; i++)
		r = write_file(host, &setup->files[i], refusal);
	return r;
}

static int write_state(int store, struct setup *setup, struct refusal *refusal)
{
	int r = store_write_state(store, setup);

	return r < 0 ? store_refuse(r, refusal) : 0;
}

static int do_all(const struct host *host, int store, struct setup *setup, struct refusal *refusal)
{
	int r = write_files(host, setup, refusal);

	for (unsigned int i = 0; i < setup->n_commands && r >= 0; i++) {
		setup->n_begun = i + 1;
		r = write_state(store, setup, refusal);
		if (r >= 0)
			r = run(host, setup->commands[i].run, refusal);
	}
	if (r < 0)
		return r;
	/* What the tools have written is on the disk before anybody is told that it is. */
	sync();
	setup->state = SETUP_DONE;
	return write_state(store, setup, refusal);
}

int carry_out(const struct host *host, int store, struct setup *setup, struct refusal *refusal)
{
	struct refusal why, back;
	int r = store_write(store, setup);

	if (r < 0) {
		(void)store_remove(host, store);
		return store_refuse(r, refusal);
	}
	r = do_all(host, store, setup, &why);
	if (r >= 0)
		return 0;
	(void)printf("taking everything back\n");
	setup->state = SETUP_BEGUN;
	r = carry_back(host, store, setup, &back);
	if (r < 0)
		return refusal_set(refusal, REFUSAL_FAILED,
			"%.400s; and it is not all as before: %.400s. Run 'gpu-handoff reset' when that is mended",
			why.sentence, back.sentence);
	return refusal_set(refusal, REFUSAL_FAILED,
		"%.800s; everything is as before, and what was made of the files was made again", why.sentence);
}

/* ---- back ---- */

/* Commands that have changed something by themselves. */
static int undo_commands(const struct host *host, const struct setup *setup, struct refusal *refusal)
{
	int r = 0;

	for (unsigned int i = setup->n_begun; i > 0 && r >= 0; i--) {
		const struct setup_command *command = &setup->commands[i - 1];
		char undo[SETUP_COMMAND_SIZE];

		if (strcmp(command->undo, command->run) == 0)
			continue;
		r = undo_find(host, command, undo, refusal);
		if (r >= 0 && *undo)
			r = run(host, undo, refusal);
	}
	return r;
}

/* A kernel that was removed since has no entry to be made anew: "kernel-install add VERSION IMAGE". */
static bool is_of_gone_kernel(const struct host *host, const char *command)
{
	static const char add[] = "kernel-install\tadd\t";
	const char *image = strrchr(command, '\t');

	if (strncmp(command, add, sizeof(add) - 1) != 0 || !image)
		return false;
	image++;
	if (strncmp(image, "/usr/", 5) == 0)
		return !beneath_has(host->usr, image + 5);
	return strncmp(image, "/boot/", 6) == 0 && !beneath_has(host->boot, image + 6);
}

/* Those that make something of files, which are as before now. */
static int make_again(const struct host *host, const struct setup *setup, struct refusal *refusal)
{
	int r = 0;

	for (unsigned int i = 0; i < setup->n_commands && r >= 0; i++) {
		if (strcmp(setup->commands[i].undo, setup->commands[i].run) == 0 &&
			!is_of_gone_kernel(host, setup->commands[i].run))
			r = run(host, setup->commands[i].run, refusal);
	}
	return r;
}

/* Returns 1 when it is left to somebody else, with the refusal filled; 0; -ECANCELED. */
static int put_back(const struct host *host, const struct setup_file *file, struct refusal *refusal)
{
	struct durable_owner owner;
	enum back back;
	int r = back_find(host, file, &back, &current, &target, &owner, refusal);

	if (r < 0)
		return r;
	r = durable_tidy(host->etc, file->path);
	if (r >= 0 && back == BACK_WRITE)
		r = durable_write(host->etc, file->path, target.bytes, target.length, &owner);
	if (r >= 0 && back == BACK_REMOVE)
		r = durable_remove(host->etc, file->path);
	if (r < 0)
		return refusal_set(refusal, REFUSAL_FAILED, "cannot put '/etc/%s' back: %s", file->path, strerror(-r));
	if (back != BACK_LEAVE)
		return 0;
	(void)refusal_set(refusal, REFUSAL_FAILED,
		"somebody else has changed '/etc/%s' since; it was left alone: take out yourself what it has of setup",
		file->path);
	return 1;
}

/* Returns how many are left to somebody else, or -ECANCELED. */
static int put_files_back(const struct host *host, const struct setup *setup, struct refusal *refusal)
{
	int n = 0, r = 0;

	for (unsigned int i = setup->n_files; i > 0 && r >= 0; i--) {
		r = put_back(host, &setup->files[i - 1], refusal);
		n += r > 0;
	}
	return r < 0 ? r : n;
}

/* Files that were not there, and were only needed for what is made of them; directories that are empty now. */
static int clear_away(const struct host *host, const struct setup *setup, struct refusal *refusal)
{
	int r = 0;

	for (unsigned int i = 0; i < setup->n_files && r >= 0; i++) {
		const struct setup_file *file = &setup->files[i];
		struct durable_owner owner;

		if (!file->passing)
			continue;
		r = setup_read(host, file->path, &current, &owner, refusal);
		if (r > 0 && strcmp(current.bytes, file->before.bytes) == 0)
			r = durable_remove(host->etc, file->path);
	}
	for (unsigned int i = setup->n_directories; i > 0 && r >= 0; i--) {
		r = durable_remove_directory(host->etc, setup->directories[i - 1]);
		r = r == -ENOTEMPTY ? 0 : r;
	}
	if (r < 0 && r != -ECANCELED)
		return refusal_set(refusal, REFUSAL_FAILED, "cannot clear '/etc' of what setup made: %s", strerror(-r));
	return r < 0 ? r : 0;
}

int carry_back(const struct host *host, int store, struct setup *setup, struct refusal *refusal)
{
	struct refusal left;
	int n = 0, r = 0;

	if (setup->state != SETUP_UNDONE) {
		r = undo_commands(host, setup, refusal);
		if (r >= 0) {
			n = put_files_back(host, setup, &left);
			r = n < 0 ? n : make_again(host, setup, refusal);
			if (n < 0)
				*refusal = left;
		}
		if (r < 0)
			return r;
		sync();
		setup->state = SETUP_UNDONE;
		r = write_state(store, setup, refusal);
	}
	if (r >= 0)
		r = clear_away(host, setup, refusal);
	if (r < 0)
		return r;
	r = store_remove(host, store);
	if (r < 0)
		return store_refuse(r, refusal);
	if (n > 0)
		*refusal = left;
	return n > 0 ? -ECANCELED : 0;
}
