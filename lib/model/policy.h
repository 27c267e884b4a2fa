/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model: what a domain wants done about those who use its card, and about the CPUs and huge pages of the host, as its
 * XML says in <metadata>, over what the host's configuration says (gpu-handoff-policy(7)). Values: own nothing.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/mode.h"
#include "model/unit.h"
#include "model/usb.h"

#define POLICY_NAMESPACE "urn:gpu-handoff:1"
#define POLICY_VERSION   "1"

enum holders_action {
	HOLDERS_REFUSE, /* the default */
	HOLDERS_STOP,   /* stop services, end sessions; never anything else */
};

/* Longer than that nobody waits in front of virsh. */
#define POLICY_WAIT_DEFAULT_S 10
#define POLICY_WAIT_MAX_S     600

enum overlap_action {
	OVERLAP_REFUSE, /* the default */
	OVERLAP_WARN,   /* a note in the log, and they share these CPUs */
};

/* CPUFREQ_NAME_LEN of the kernel. */
#define GOVERNOR_SIZE 16

struct policy {
	bool has_action, has_wait; /* said; else the value is the default */
	enum holders_action action;
	unsigned int wait_s; /* how long holders may take to go, by themselves or stopped */
	bool has_isolate, has_governor, has_overlap, has_allocate; /* likewise */
	bool isolate;                 /* the CPUs that vCPUs are pinned to are theirs alone; default no */
	char governor[GOVERNOR_SIZE]; /* of these CPUs while the domain runs; "", the default: as it is */
	enum overlap_action overlap;  /* when somebody else is bound to them */
	bool allocate;                /* huge pages that the domain is to have are added to what is there; default no */
	char problem[192];            /* why it cannot be followed, as a sentence; "" when it can */
};

#define SETTINGS_RESTARTED_MAX 32

/* Of the host. */
struct settings {
	struct policy policy;
	/* Services that hold a card by design: stopped and started again around a handover, whatever the action. */
	unsigned int n_restarted;
	char restarted[SETTINGS_RESTARTED_MAX][UNIT_NAME_SIZE];
	struct card_settings cards;
	struct usb_settings usbs;
	/*
	 * What is wrong with the first section of a card or a USB device that is wrong, as a sentence; "" when none is.
	 * That section is left out; the others, and handovers, do not mind.
	 */
	char device_problem[192];
};

/* refuse, stop */
const char *holders_action_name(enum holders_action action);

/* refuse, warn */
const char *overlap_action_name(enum overlap_action action);

void policy_init(struct policy *policy);

/* Sets what a word of the XML or the configuration says. Returns 0, or -EINVAL. */
int policy_set_action(struct policy *policy, const char *word);
int policy_set_wait(struct policy *policy, const char *word);
int policy_set_isolate(struct policy *policy, const char *word);
int policy_set_overlap(struct policy *policy, const char *word);
int policy_set_allocate(struct policy *policy, const char *word);

/* A word of a-z, 0-9, _ and -: whether the host has this governor is not asked. */
int policy_set_governor(struct policy *policy, const char *word);

/* What the domain says, and what it does not say from the host. */
struct policy policy_merge(const struct policy *domain, const struct policy *host);

/* Without a configuration: nvidia-persistenced and nvidia-powerd are restarted. */
void settings_init(struct settings *settings);

/* Adds a service, once. Returns 0; -EINVAL when that is no name of a service; -E2BIG. */
int settings_add_restarted(struct settings *settings, const char *unit);

bool settings_restarts(const struct settings *settings, const char *unit);
