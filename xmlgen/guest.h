/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xmlgen: all that the XML of a domain is written from: what was asked for, and what this host has for it. A value,
 * though a large one: keep it off the stack.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/address.h"
#include "model/os.h"
#include "model/placement.h"
#include "model/topology.h"
#include "xmlgen/request.h"

/* A battery for drivers that want one, xmlgen/battery.asl. QEMU reads it. */
#define BATTERY_FILE QEMUDIR "/battery.aml"

struct guest_card {
	unsigned int n_functions;
	struct address functions[SLOT_FUNCTIONS]; /* by address */
	unsigned int gpu;                         /* which of them it is named after */
	int node;                                 /* the kernel's number, -1: not told */
	bool is_variant;  /* a VFIO device of its vendor's driver: libvirt is not to rebind it */
	bool has_outputs; /* a screen can be plugged into it */
	bool is_muxless;  /* without outputs and ROM: what it draws, another card shows */
};

struct guest_disk {
	const char *path; /* absolute; NULL for a volume */
	char *owned;      /* where the path was made absolute, and is freed */
	char pool[256];   /* of the volume */
	const char *volume;
	const char *format; /* raw, qcow2, … */
	bool is_block;
};

struct guest {
	const struct request *request;
	struct os os;
	unsigned int n_cards;
	struct guest_card cards[REQUEST_GPUS_MAX];
	uint64_t window;    /* bytes of 64-bit memory that the cards' BARs need; 0: what firmware has will do */
	bool has_battery;   /* for laptop cards */
	uint64_t page_size; /* of huge pages, in bytes; 0: none */
	bool keeps_pages;   /* those that the domain has already */
	enum request_display display;
	unsigned int n_disks, n_isos;
	struct guest_disk disks[REQUEST_FILES_MAX], isos[REQUEST_FILES_MAX + 1];
	struct guest_disk rom; /* without a path: none */

	bool has_topology;
	struct topology topology;
	struct placement placement;
	struct notes reasons; /* those of the placement apart */
	struct notes warnings;
};
