/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cli: what 'gpu-handoff setup' does to a host, as data: files below /etc that get another content, and commands. It is
 * made by looking alone, shown, written down with what takes it back (store.h), and then carried out (carry.h).
 *
 * Calling sequence: setup_new(), the functions that add, setup_free(). It is large, so it is on the heap.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "host/durable.h"
#include "host/host.h"
#include "model/cmdline.h"
#include "model/notes.h"
#include "model/refusal.h"

#define SETUP_DIRECTORIES_MAX 4
#define SETUP_FILES_MAX       4
#define SETUP_COMMANDS_MAX    40
#define SETUP_PATH_SIZE       256
#define SETUP_COMMAND_SIZE    768
#define SETUP_CONTENT_SIZE    (32u * 1024)

struct setup_content {
	bool there;
	size_t length;
	char bytes[SETUP_CONTENT_SIZE]; /* with an end */
};

struct setup_file {
	char path[SETUP_PATH_SIZE]; /* below /etc */
	/*
	 * It was not there before. What before has nevertheless is for the way back: tools make of it what they made
	 * without a file, and then it is removed.
	 */
	bool passing;
	struct durable_owner owner;
	struct setup_content before, after;
};

/* Words, with a tab between them; the first is the name of a tool (host/tool.h). */
struct setup_command {
	char run[SETUP_COMMAND_SIZE];
	/* What takes it back: the same where it makes something of files; empty where nothing is to be taken back. */
	char undo[SETUP_COMMAND_SIZE];
};

enum setup_state {
	SETUP_BEGUN,  /* written down; anything of it may be done */
	SETUP_DONE,   /* all of it */
	SETUP_UNDONE, /* everything is as before, but for the record, and files that only passed */
	SETUP_STATES_
};

struct setup {
	enum setup_state state;
	unsigned int n_begun; /* of the commands: those behind were not run */
	unsigned int n_directories, n_files, n_commands;
	char directories[SETUP_DIRECTORIES_MAX][SETUP_PATH_SIZE]; /* that were not there, below /etc */
	struct setup_file files[SETUP_FILES_MAX];
	struct setup_command commands[SETUP_COMMANDS_MAX];
	bool wants_reboot, wants_login; /* to be told at the end; not in the record */
};

/* NULL when there is no memory. */
struct setup *setup_new(void);
void setup_free(struct setup *setup);

/* For __attribute__((cleanup)). */
void setup_free_at(struct setup **setup);
#define FREE_SETUP __attribute__((cleanup(setup_free_at)))

bool setup_is_empty(const struct setup *setup);

/*
 * Has a file below /etc get this content, and its directory made where there is none. One that has it is left alone.
 * Returns 0, or -ECANCELED with the refusal filled.
 */
int setup_add_file(
	struct setup *setup, const struct host *host, const char *path, const char *content, struct refusal *refusal);

/* Reads a file below /etc as text. Returns 1, 0 when there is none, or -ECANCELED with the refusal filled. */
int setup_read(const struct host *host, const char *path, struct setup_content *ret, struct durable_owner *ret_owner,
	struct refusal *refusal);

/* Adds a command and what takes it back. Returns 0, or -ECANCELED with the refusal filled. */
int setup_add_command(struct setup *setup, const char *run, const char *undo, struct refusal *refusal);

/* ---- what is wanted ---- */

/* wants.c: the words for the kernel that it needs, and lacks. Returns 0, or -ECANCELED with the refusal filled. */
int wants_probe(const struct host *host, struct cmdline_words *ret, struct notes *notes, struct refusal *refusal);

/* modules.c: vfio-pci at every boot, and what a reserved card needs in the initramfs. Likewise. */
int modules_add(struct setup *setup, const struct host *host, struct notes *notes, struct refusal *refusal);

/* groups.c: who has run sudo may use libvirt and KVM. Likewise. */
int groups_add(struct setup *setup, const struct host *host, struct notes *notes, struct refusal *refusal);
