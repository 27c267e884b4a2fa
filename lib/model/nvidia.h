/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model: the nvidia driver of the host, and what its generation does in remove(). Whoever holds a GPU keeps remove()
 * waiting without an end, so what one generation lets go by itself, and another never, decides before it is called
 * (NVIDIA/open-gpu-kernel-modules: nv_pci_remove_helper(), nv_drm_remove(), nvidia_dev_put()).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Its name as a PCI driver. */
#define NVIDIA_DRIVER "nvidia"

/* The device numbers that are its own (nv-chardev-numbers.h). */
#define NVIDIA_MAJOR         195
#define NVIDIA_MINOR_MAX     247 /* of a GPU */
#define NVIDIA_MINOR_MODESET 254
#define NVIDIA_MINOR_CONTROL 255

/* What the host tells, or does not. */
enum nvidia_answer {
	NVIDIA_UNTOLD,
	NVIDIA_NO,
	NVIDIA_YES,
};

enum nvidia_flavour {
	NVIDIA_FLAVOUR_UNTOLD,
	NVIDIA_OPEN,
	NVIDIA_PROPRIETARY,
};

/* 580.159.04; one of two numbers has patch 0, and one that is not told is 0.0.0. */
struct nvidia_version {
	uint32_t major, minor, patch;
};

struct nvidia {
	bool loaded;
	struct nvidia_version version;
	enum nvidia_flavour flavour;
	enum nvidia_answer msi;     /* its parameter EnableMSI: without it, no vectors are no sign that a GPU is idle */
	bool drm;                   /* nvidia_drm is there */
	enum nvidia_answer modeset; /* its parameter; untold where it is built in, and to others than root */
};

/* The references to each GPU that nvidia_drm itself has for as long as it is bound. */
enum nvidia_references {
	NVIDIA_REFERENCES_UNKNOWN, /* what is not told may be any of these */
	NVIDIA_REFERENCES_NONE,    /* it has none: not there, or without modeset */
	NVIDIA_REFERENCES_DROPPED, /* remove() drops them */
	NVIDIA_REFERENCES_KEPT,    /* remove() would wait for ever: only nvidia_drm gone frees a GPU */
	NVIDIA_REFERENCES_
};

/* none, dropped, kept; unknown */
const char *nvidia_references_name(enum nvidia_references references);

/* Pure. */
enum nvidia_references nvidia_drm_references(const struct nvidia *nvidia);

/*
 * Whether those that hold a GPU through more than a descriptor of its own (modeset, UVM, dma-bufs) can no longer let go
 * once remove() has begun, so that ending them then does not help. A version that is not told is taken to. Pure.
 */
bool nvidia_generation_loses_puts(const struct nvidia *nvidia);
