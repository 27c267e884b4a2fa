/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cli: gpu-handoff's commands, one const struct each. Dispatch, option parsing and --help walk the same table.
 */
#pragma once

#include <signal.h>
#include <stdbool.h>

#include "host/host.h"
#include "model/address.h"
#include "model/refusal.h"

/* Exit codes. */
enum {
	EXIT_DONE = 0,
	EXIT_REFUSED = 1, /* refused or failed */
	EXIT_USAGE = 2,
};

/* Options that a command takes, as a mask. */
enum {
	OPTION_JSON = 1 << 0,
	OPTION_SYSROOT = 1 << 1,
	OPTION_DRY_RUN = 1 << 2,
	OPTION_PICTURE = 1 << 3, /* --svg or --png, one of them; and --xml */
	OPTION_FIX = 1 << 4,
	OPTION_YES = 1 << 5,
	OPTION_RUN = 1 << 6, /* what a command that is run gets */
};

struct invocation {
	struct host host;
	const char *sysroot; /* NULL for the running host */
	bool json, dry_run, fix, yes;
	const char *svg, *png;  /* files to write, NULL where not asked for */
	const char *xml;        /* the file that tells of the domain, in the place of the argument */
	const char *argument;   /* the command's own, or NULL */
	struct address address; /* the argument, where it is ADDRESS */

	/* Of a command that runs one: the words before --, and what is behind it, up to a NULL. */
	int n_words;
	char **words, **command;
	const char *user, *cpus, *governor, *hugepages, *page_size, *node; /* OPTION_RUN; NULL where not said */
	sigset_t signals; /* that were blocked before a command of root's held some */
	int status;       /* the exit code where nothing was refused; 0 unless the command sets it */
};

/* The argument that is parsed before the command runs. */
#define ARGUMENT_ADDRESS "ADDRESS"

struct command {
	const char *name;     /* a word, or two with a blank between them */
	const char *argument; /* as in the help, in brackets when it can be left out; or NULL when it takes none */
	const char *help;     /* one line */
	bool for_units;       /* what a unit of ours runs: not in the help of all commands */
	unsigned int options;
	bool root;        /* needs root where it is about the running host */
	bool has_command; /* takes words, --, and the words of another command, which are nothing to us */
	/*
	 * Returns ≥ 0, or -ECANCELED with the refusal filled, and then a status of 0 is EXIT_REFUSED.
	 */
	int (*run)(struct invocation *invocation, struct refusal *refusal);
};

extern const struct command command_list, command_status, command_plan, command_detach, command_reattach,
	command_recover, command_doctor, command_topology, command_usb_attach_all, command_usb_sync, command_vanished,
	command_setup, command_reset, command_run, command_run_return;
