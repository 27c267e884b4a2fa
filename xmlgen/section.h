/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xmlgen: the parts of a domain (https://libvirt.org/formatdomain.html), each written below the element that it belongs
 * to. What a new domain and one that is tuned have in common is written by the same function.
 */
#pragma once

#include <libxml/tree.h>

#include "xmlgen/guest.h"

/*
 * <metadata>: libosinfo's id, and the policy, which asks for what the request does, and is otherwise as strict as no
 * policy would be.
 */
void section_os_id(xmlNode *metadata, const struct guest *guest);
void section_policy(xmlNode *metadata, const struct guest *guest);

/* <memoryBacking>, where huge pages are taken; <numatune> and <cputune>, where threads are pinned. */
void section_memory_backing(xmlNode *domain, const struct guest *guest);
void section_numatune(xmlNode *domain, const struct guest *guest);
void section_cputune(
	xmlNode *domain, const struct guest *guest, const unsigned int iothreads[], unsigned int n_iothreads);

/* <hyperv>: what Windows does better when it knows that it is a guest. */
void section_hyperv(xmlNode *features, const struct guest *guest);

/* Below <cpu>: the topology, and the cells where the guest has some; with passthrough, what needs the host's own CPU.
 */
void section_topology(xmlNode *cpu, const struct guest *guest);
void section_cells(xmlNode *cpu, const struct guest *guest);
void section_passthrough(xmlNode *cpu, const struct guest *guest);

/* Everything below <devices>. */
void section_devices(xmlNode *devices, const struct guest *guest);

/* <qemu:commandline>, for what libvirt has no word for. */
void section_commandline(xmlNode *domain, const struct guest *guest);
