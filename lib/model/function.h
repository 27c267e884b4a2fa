/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model: one PCI function as the host shows it in sysfs (Documentation/ABI/testing/sysfs-bus-pci). A value: copied
 * by =, owns nothing. What the host does not tell has a value of its own, never a guess.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/address.h"
#include "model/slot_path.h"

/* Names of drivers are names of modules or shorter: MODULE_NAME_LEN is 56 on 64-bit kernels. */
#define DRIVER_NAME_SIZE  64
#define RESET_METHOD_SIZE 64
#define CARRIES_SIZE      128

/* What an attribute with no override reads as: kernel's printf of a null pointer (drivers/pci/pci-sysfs.c). */
#define OVERRIDE_NONE "(null)"

struct function {
	struct address address;
	uint32_t class_code; /* 24 bits: base class, subclass, interface */
	uint16_t vendor, device, subsystem_vendor, subsystem_device;

	struct address parent; /* the bridge above it; valid with has_parent */
	bool has_parent;
	struct address physical; /* for a virtual function the physical one; valid with is_virtual */
	bool is_virtual;
	struct slot_path slot_path; /* "" when it is not told */
	bool is_variant;            /* a VFIO device already, under a driver of its vendor (vfio-dev/ below it) */
	bool virtual_enabled;       /* a physical function with virtual functions in use */

	uint64_t identity; /* of this device: another one that comes to its address later has another; 0: not told */

	int iommu_group; /* -1: the host has none, or does not tell */
	int numa_node;   /* -1: likewise */
	int boot_vga;    /* 1 firmware's display, 0 not, -1: no such attribute */

	char driver[DRIVER_NAME_SIZE];          /* "" when no driver is bound */
	char driver_override[DRIVER_NAME_SIZE]; /* OVERRIDE_NONE; "" when not told, or not asked (probe/inventory.h) */
	char power_control[8];                  /* on, auto; "" likewise */
	char d3cold_allowed[4];                 /* 0, 1; "" likewise */
	char carries[CARRIES_SIZE];             /* why the host lives on it, as the end of a sentence; "" it does not */
	char reset_method[RESET_METHOD_SIZE];   /* in the kernel's order, "" when there is none or it is not told */
};

/* Base class 06: PCI bridges, root ports, host and ISA bridges. They stay with the host, and in their group. */
bool function_is_bridge(const struct function *function);

/* Class 03, and AMD's accelerators, which say 12 (processing accelerator). */
bool function_is_display(const struct function *function);

bool function_is_audio(const struct function *function);

/* Whether VFIO has it: by vfio-pci, or by a driver of its vendor. */
bool function_is_vfio(const struct function *function);
