/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cli: a command that has cards for as long as it runs: QEMU started by hand, or any other VMM without libvirt.
 *
 * The command is started first, and waits: by then it has a scope of its own, and a service of systemd's that looks
 * after it (gpu-handoff-run@.service), whatever becomes of us. Only then its cards are taken, and it goes on when they
 * are.
 *
 * Calling sequence: order_make(), account_find(), words_replace(), run_order().
 */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

#include "apply/handover.h"
#include "cli/command.h"
#include "model/domain.h"
#include "model/refusal.h"

/* ---- what is asked for ---- */

#define ORDER_CARDS_MAX 16

/* A card as a person named it, for the command's arguments. */
struct order_card {
	struct address address; /* of its display function; of a function that is no card's, its own */
	int group;              /* its IOMMU group; -1: the host has none */
};

struct order {
	struct domain domain; /* run-XXXXXXXX, with all functions of the cards */
	unsigned int n_cards;
	struct order_card cards[ORDER_CARDS_MAX];
	unsigned int n_groups; /* of all these functions, each once */
	int groups[DOMAIN_HOSTDEVS_MAX];
};

/* Makes it of the command line, with a new uuid. Returns 0, or -ECANCELED with the refusal filled. */
int order_make(
	const struct invocation *invocation, struct handover *handover, struct order *ret, struct refusal *refusal);

/* The same, as far as the options say it, without a card. Pure. */
int order_read_options(const struct invocation *invocation, struct domain *domain, struct refusal *refusal);

/* Its name, of its uuid. */
void order_name(const char *uuid, char name[DOMAIN_NAME_SIZE]);

/*
 * A copy of the words in which {address} and {group} are those of the first card, {address2} and {group2} of the
 * second, and so on; what else is in braces stays. Returns 0 and *ret, which words_free() frees; -ECANCELED with the
 * refusal filled for a card that was not named.
 */
int words_replace(const struct order *order, char *const words[], char ***ret, struct refusal *refusal);
void words_free(char **words);

/* ---- for whom ---- */

#define ACCOUNT_GROUPS_MAX 1024

struct account {
	const char *name; /* the caller's; NULL: who we are */
	uid_t uid;
	gid_t gid;
	char home[4096];
	int n_groups;
	gid_t groups[ACCOUNT_GROUPS_MAX];
};

/* Asks for a user (getpwnam(3)). Returns 0, or -ECANCELED with the refusal filled. */
int account_find(const char *name, struct account *ret, struct refusal *refusal);

/* Becomes that user, for good. Returns 0, or -errno. */
int account_become(const struct account *account);

/* ---- the command ---- */

/* It all. */
struct run {
	const struct host *host;
	struct handover *handover;
	const struct order *order;
	const struct account *account;
	char *const *words;      /* the command, replaced */
	const sigset_t *signals; /* that are blocked in it */
	bool *runs;              /* told while it runs, when the terminal is its own; NULL: nobody wants to know */
};

/* One that was started. */
struct child {
	pid_t pid;
	int socket; /* it goes on when it is told, and ends when this is closed */
};

/* Starts it, and has it wait. Returns 0; -errno. */
int child_start(const struct run *run, struct child *ret);

/* Ends one that waits. */
void child_drop(struct child *child);

/*
 * Lets it go on: it becomes the command. Returns 0; or -ECANCELED with the refusal filled, when it cannot, and it has
 * ended; *ret_status is then what a shell would say of that.
 */
int child_go(const struct run *run, struct child *child, int *ret_status, struct refusal *refusal);

/*
 * Waits for its end. SIGTERM, SIGINT and SIGHUP are sent on to it, but for those of a terminal, which it has got
 * itself; who calls has blocked them. later is called once, when it has run for later_ms. Returns its status as shells
 * have it, or -errno.
 */
int child_wait(const struct child *child, void (*later)(void *data), void *data, int later_ms);

/*
 * Starts the command, takes the cards, waits for its end, and gives them back. Returns 0, and *ret_status is the
 * command's; or -ECANCELED with the refusal filled: then it is ours.
 */
int run_order(const struct run *run, int *ret_status, struct refusal *refusal);
