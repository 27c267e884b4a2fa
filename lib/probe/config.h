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
 * A word in it that is not understood is no reason to guess: settings->policy.problem then says which line, and nothing
 * is taken until it is mended.
 */
#pragma once

#include "host/host.h"
#include "model/policy.h"

#define CONFIG_SIZE_MAX (64u * 1024)

/* Reads the file; without one, the defaults. */
void config_probe(const struct host *host, struct settings *ret);

/* Reads its text, over what the settings are. Pure. */
void config_parse(const char *text, struct settings *settings);
