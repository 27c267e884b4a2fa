/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xmlgen: what the command line asks for. Its text is checked here: what is in a request may stand in XML and in a
 * message, and the numbers are in range. It points into argv.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/address.h"

#define REQUEST_GPUS_MAX  16
#define REQUEST_FILES_MAX 8

/* More want an IOMMU in the guest that extends interrupts (eim), and a card behind that is slow. */
#define REQUEST_VCPUS_MAX 255

enum request_gpu {
	GPU_AUTO, /* the default: the card that suits best, or those of the domain that is tuned */
	GPU_NONE,
	GPU_NAMED,
};

enum request_network {
	NETWORK_DEFAULT,
	NETWORK_BRIDGE,
	NETWORK_USER,
};

enum request_display {
	DISPLAY_UNSAID,
	DISPLAY_NONE,
	DISPLAY_VNC,
	DISPLAY_SPICE,
};

enum request_pages {
	PAGES_AUTO,
	PAGES_NONE,
	PAGES_2M,
	PAGES_1G,
};

struct request {
	const char *tune; /* a file, "-" for stdin; NULL for a new domain */
	const char *name, *os;
	const char *new_option; /* one of those that describe a new domain, where there was any */
	enum request_gpu gpu;
	bool gpu_said;
	unsigned int n_gpus;
	struct address gpus[REQUEST_GPUS_MAX];
	uint64_t memory;      /* bytes, 0: not said */
	unsigned int n_vcpus; /* 0: likewise */
	unsigned int n_disks, n_isos;
	const char *disks[REQUEST_FILES_MAX], *isos[REQUEST_FILES_MAX];
	const char *seed;
	enum request_network network;
	const char *bridge;
	enum request_display display;
	enum request_pages pages;
	bool no_pins, hidden, explain;
	bool isolate;         /* the CPUs that vCPUs are pinned to are theirs alone */
	const char *governor; /* of these CPUs; NULL: as it is */
	const char *mdev;     /* in lower case with dashes */
	const char *rom;
	unsigned int looking_glass; /* MiB, 0: none */
	const char *sysroot, *output;
};

/*
 * Reads the command line. Returns 0; 1 when it has shown help or the version; -EINVAL when it has said on stderr what
 * is wrong.
 */
int request_parse(int argc, char *argv[], struct request *ret);
