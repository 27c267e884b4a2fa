/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests: hosts as their distributions install them, as far as setup looks: files of /etc, /boot, /usr and /sys, and
 * tools that do what the real ones do to these files, and write their calls to LOG.
 */
#pragma once

#include "cli/command.h"
#include "tests/support/scratch.h"

struct system_file {
	const char *path, *text;
};

struct system {
	const char *name;
	const char *cmdline; /* of the running kernel */
	const char *vendor;  /* of its processor; NULL for ARM */
	const char *config;  /* of its kernel: what is in /boot/config-RELEASE; NULL without one */
	struct system_file files[12];
	const char *tools[8];
	/* What setup is expected to run, a line each; and the file below /etc that has the words then, or NULL. */
	const char *calls, *file;
	/* What reset is. */
	const char *back;
};

#define SYSTEM_RELEASE "6.1.0-18-amd64"

enum {
	SYSTEM_DEBIAN,
	SYSTEM_DEBIAN_BOOT,
	SYSTEM_UBUNTU,
	SYSTEM_FEDORA,
	SYSTEM_SILVERBLUE,
	SYSTEM_ARCH_GRUB,
	SYSTEM_ARCH_INSTALL,
	SYSTEM_ARCH_UKI,
	SYSTEM_POP,
	SYSTEM_SUSE,
	SYSTEMS_
};

extern const struct system systems[SYSTEMS_];

/* Makes the tree; its boot loader's files are as its tools make them. */
void system_make(const struct system *system, int root);

/* Every tool that has run, with its words, a line each; the caller frees it. Its end is forgotten. */
char *system_take_calls(int root);

/*
 * What a tool does to the program that runs it, by its name: "TOOL before" and "TOOL after" kill that, before and after
 * the tool has done its work, "TOOL fail" does half of it, complains, and ends with status 3, once. NULL for nothing.
 */
void system_spoil(int root, const char *what);

/* ---- the commands on one: systems_run.c ---- */

#define SYSTEM_PRINTED_SIZE (64 * 1024)

extern struct scratch system_scratch;
extern struct refusal system_refusal;            /* of the last command */
extern char system_printed[SYSTEM_PRINTED_SIZE]; /* what it has printed */

/* Makes the host in system_scratch, where anna has run sudo; scratch_remove() ends it. */
void system_start(unsigned int which);

/* Runs a command as root would. Returns what it does. */
int system_run_with(const struct command *command, bool dry_run, bool yes);

/* The same with --yes. */
int system_run(const struct command *command);

/* What the host has of its own, with modes; the caller frees it. */
char *system_look(void);

/* Each ends the test when it is not so. */
void system_assert_as(char *before);
void system_assert_calls(const char *wanted);
void system_assert_in(const char *text, const char *part);
