/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: /etc/gpu-handoff.conf, the host's own settings, an INI file:
 *
 *	[holders]
 *	action = refuse
 *	wait = 10
 *	# stopped and started again around a handover, besides those of NVIDIA's driver
 *	restart = dcgm-exporter.service
 *
 *	[cpus]
 *	isolate = no
 *	governor = performance
 *	overlap = refuse
 *
 *	[hugepages]
 *	allocate = no
 *
 *	# an address, a slot path, or ids
 *	[card 0000:01:00.0]
 *	mode = kept-free
 *	access = kvm
 *
 *	# ids, or a port
 *	[usb 046d:c52b]
 *	domain = gpuvm
 *
 * A word in it that is not understood is no reason to guess: settings->policy.problem then says which line, and nothing
 * is taken until it is mended. Of a section about a device settings->device_problem says it, and handovers go on.
 */
#pragma once

#include "host/host.h"
#include "model/policy.h"

#define CONFIG_SIZE_MAX (64u * 1024)

/* Reads the file; without one, the defaults. */
void config_probe(const struct host *host, struct settings *ret);

/* Reads its text, over what the settings are. Pure. */
void config_parse(const char *text, struct settings *settings);
