/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cli: boot loaders, and what manages them: one const struct each. It says whether the host has it, and has the setup
 * do what gives the kernel its words. What it cannot do exactly it refuses, and says what to do by hand.
 */
#pragma once

#include "cli/setup/setup.h"
#include "probe/entries.h"
#include "probe/loader.h"

/* A mask of enum loader: who may have started a kernel that gets its words so. */
#define STARTED_BY(loader) (1u << (loader))
#define STARTED_BY_ANY     (STARTED_BY(LOADER_GRUB) | STARTED_BY(LOADER_SYSTEMD_BOOT))

struct boot_words {
	const char *name; /* for a person: "GRUB" */
	unsigned int started_by;
	bool (*is_there)(const struct host *host);
	/* Returns 0, also when the kernel will have all of the words anyway; -ECANCELED with the refusal filled. */
	int (*add)(struct setup *setup, const struct host *host, const struct cmdline_words *words,
		struct refusal *refusal);
};

extern const struct boot_words boot_ostree, boot_kernelstub, boot_kernel_install, boot_mkinitcpio, boot_grubby,
	boot_grub, boot_entries;

/*
 * Has the boot loader of this host give the kernel these words. Returns 0, or -ECANCELED with the refusal filled, which
 * has them.
 */
int boot_add_words(
	struct setup *setup, const struct host *host, const struct cmdline_words *words, struct refusal *refusal);

/* ---- what they share ---- */

/* The refusal of one: why not, as a sentence, then what to do with which words. Always returns -ECANCELED. */
__attribute__((format(printf, 4, 5))) int boot_refuse(
	struct refusal *refusal, const struct cmdline_words *words, const char *what_to_do, const char *why, ...);

/*
 * Reads the entries in a directory below /boot, as entries_probe() (probe/entries.h) does; the words, and what to do
 * with them, are for the sentence. Returns 0, or -ECANCELED with the refusal filled.
 */
int boot_read_entries(const struct host *host, const char *directory, const char *const prefixes[],
	const struct cmdline_words *words, const char *what_to_do, struct entries *ret, struct refusal *refusal);

/*
 * Which of the words the entries lack, all of them. Of those that only some have nobody could tell afterwards which.
 * Returns 0, or -ECANCELED with the refusal filled.
 */
int boot_find_missing(const struct entries *entries, const struct cmdline_words *words, const char *what_to_do,
	struct cmdline_words *ret, struct refusal *refusal);

/*
 * kernelstub.c: the command that leaves its options without these words, in the order in which they are: its own
 * "kernelstub -d" keeps no order. Returns 0, or -ECANCELED with the refusal filled.
 */
int boot_kernelstub_undo(
	const struct host *host, const char *words, char ret[SETUP_COMMAND_SIZE], struct refusal *refusal);

/*
 * kernel_install.c: adds them to /etc/kernel/cmdline, where there is one. Where there is none, it gets what the running
 * kernel was told as well, and only passes. Likewise.
 */
int boot_add_kernel_cmdline(
	struct setup *setup, const struct host *host, const struct cmdline_words *words, struct refusal *refusal);
