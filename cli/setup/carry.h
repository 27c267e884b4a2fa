/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli: a setup carried out, and taken back. What they do they print; the host's tools have a deadline each. */
#pragma once

#include "cli/setup/setup.h"

/*
 * Carries out what is empty of, or in, no store yet: writes it down there, then does it. When something fails,
 * everything is taken back. Returns 0, or -ECANCELED with the refusal filled, which says how the host is left.
 */
int carry_out(const struct host *host, int store, struct setup *setup, struct refusal *refusal);

/* What becomes of a file on the way back. */
enum back {
	BACK_NOTHING, /* it is as before */
	BACK_WRITE,   /* it gets the content that is told */
	BACK_REMOVE,
	BACK_LEAVE, /* somebody else has changed it, and what is ours in it cannot be told apart */
};

/*
 * Looks at a file of a setup: what is in it, what it is to get, and whose it is to be. Returns 0, or -ECANCELED with
 * the refusal filled.
 */
int back_find(const struct host *host, const struct setup_file *file, enum back *ret, struct setup_content *current,
	struct setup_content *target, struct durable_owner *owner, struct refusal *refusal);

/*
 * What undoes a command on this host as it is now; empty where nothing is left to be undone. Returns 0, or -ECANCELED
 * with the refusal filled.
 */
int undo_find(const struct host *host, const struct setup_command *command, char ret[SETUP_COMMAND_SIZE],
	struct refusal *refusal);

/*
 * Takes a setup back, however far it came, and removes it from the store. May be repeated when it was interrupted.
 * Returns 0, or -ECANCELED with the refusal filled: when a file is left to somebody else, everything else was done.
 */
int carry_back(const struct host *host, int store, struct setup *setup, struct refusal *refusal);
