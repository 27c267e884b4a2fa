/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cli: what doctor looks at, one const struct for each check, each in a file of its own. A check looks, and reports
 * what it has found; it changes nothing, and what it cannot know it says.
 */
#pragma once

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "host/host.h"
#include "model/card.h"
#include "model/policy.h"
#include "model/refusal.h"

enum finding_result {
	FINDING_PASS,
	FINDING_WARN, /* may be as it was meant, or cannot be told */
	FINDING_FAIL,
	FINDING_RESULTS_
};

#define FINDING_TEXT_SIZE 1024

/* What a check looks at, and where its findings go. */
struct doctor {
	const struct host *host;
	bool recorded;        /* a tree of files: nobody can be asked anything */
	const char *sysroot;  /* where it is; NULL for the running host */
	const char *argument; /* the domain that is looked at as well, a name or a file; or NULL */
	struct settings settings;
	struct inventory inventory; /* the cards of the host, and what shares their groups */
	unsigned int n_findings[FINDING_RESULTS_];
	const char *check;            /* the name of the one that looks */
	bool silent;                  /* findings are counted only: it looks whether there is something to mend */
	struct json_object *findings; /* an array where JSON is wanted, else NULL */
};

struct check {
	const char *name; /* one word, for programs */
	void (*look)(struct doctor *doctor);
	/*
	 * With --fix, where a look did not pass: does what of the remedies can be done without asking anybody, each
	 * told by doctor_mended(). NULL where there is none. The next look says whether it helped.
	 */
	void (*mend)(struct doctor *doctor);
};

/* Of the host: in their order. */
extern const struct check check_machine, check_virtualization, check_kvm, check_iommu, check_remapping,
	check_passthrough, check_vfio, check_lockdown, check_hugepages, check_systemd, check_installed, check_vmd;

extern const struct check check_config, check_sections, check_access, check_memlock, check_usb, check_cards;

/* Of libvirt and QEMU, and of a domain. */
extern const struct check check_daemons, check_hooks, check_hooks_others, check_confinement, check_versions,
	check_firmware, check_domain;

/*
 * The one way to say something: of what, why, and what is to be done exactly, NULL where nothing is. A stranger's text
 * may be in any of them.
 */
__attribute__((format(printf, 5, 6))) void doctor_report(struct doctor *doctor, enum finding_result result,
	const char *subject, const char *remedy, const char *reason, ...);

/* Tells what was mended, or why that failed, as a sentence. */
__attribute__((format(printf, 2, 3))) void doctor_mended(struct doctor *doctor, const char *what, ...);

/* A remedy, or part of a sentence, as a value: finding_text(…).s, valid for the full expression. */
struct finding_text {
	char s[FINDING_TEXT_SIZE];
};

__attribute__((format(printf, 1, 2))) struct finding_text finding_text(const char *format, ...);

/* What is at a path beneath a directory, a link itself where it is one. Returns 0, or -errno. */
int doctor_stat(int directory, const char *path, struct stat *ret);

/* ---- what checks share: sections.c ---- */

/* "[card 0000:01:00.0]" */
struct finding_text card_section(const struct card_setting *setting);

/* The card that a section is about, of all others: false when there is none, or more than one. */
bool doctor_find_card(const struct doctor *doctor, const struct card_setting *setting, struct card *ret);

/* ---- the modes: reserved.c, kept_free.c, shared.c ---- */

/* What makes the initramfs of this host anew: "'update-initramfs -u'". */
const char *doctor_find_initramfs(const struct host *host);

void doctor_look_reserved(struct doctor *doctor, const char *section, const struct card *card);
void doctor_look_kept_free(struct doctor *doctor, const char *section, const struct card *card);
/* All cards that are shared, whether a section says so or none. */
void doctor_look_shared(struct doctor *doctor);

/* ---- groups of persons: group.c ---- */

/* Finds one by its name, of a recorded host in its own file. Returns 1 and *ret, 0 when there is none, -errno. */
int doctor_find_group(const struct doctor *doctor, const char *name, gid_t *ret);

/* ---- libvirt: libvirt.c ---- */

/* Whether libvirt knows a domain of this name. Returns 1, 0, -ECANCELED with the refusal filled when it does not tell.
 */
int doctor_find_domain(const char *name, struct refusal *refusal);
