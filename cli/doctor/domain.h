/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor: what is looked at of one domain. Each reports what it finds, and nothing where there is nothing to say. */
#pragma once

#include "cli/doctor/doctor.h"
#include "model/domain.h"
#include "model/pinning.h"
#include "model/topology.h"
#include "model/traits.h"

/* A value, though a large one: keep it off the stack. */
struct domain_look {
	struct doctor *doctor;
	struct finding_text subject; /* domain 'gpuvm' */
	bool runs;                   /* it has its card and its memory already */
	struct domain domain;
	struct pinning pinning;
	struct traits traits;
	bool has_topology; /* the host tells of its CPUs */
	struct topology topology;
};

/* How its devices are given: managed, ROM, balloon, machine, firmware. */
void doctor_look_devices(const struct domain_look *look);

/* The file of a hostdev's ROM: there, and QEMU may read it. */
void doctor_look_rom(const struct domain_look *look, const struct hostdev_traits *hostdev);

/* Whether AppArmor is on; and its rules, where they keep QEMU from what this domain needs. */
bool doctor_has_apparmor(const struct host *host);
void doctor_look_rules(const struct domain_look *look);

/* The firmware and the TPM that it wants. */
void doctor_look_firmware(const struct domain_look *look);

/* Where its threads are pinned: whole cores, near the card, and apart from the emulator. */
void doctor_look_pins(const struct domain_look *look);

/*
 * Whether its memory and its huge pages are to be had. refused: the sentence with which its start is refused already,
 * which is not said again; or NULL.
 */
void doctor_look_memory(const struct domain_look *look, const char *refused);

/* A sentence of a refusal, whose end behind the first semicolon is the remedy. */
void doctor_report_refusal(
	struct doctor *doctor, const char *subject, const struct refusal *refusal, const char *remedy);
