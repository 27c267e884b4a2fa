/* SPDX-License-Identifier: GPL-2.0-or-later */
/* probe: what the first processor says of itself in /proc/cpuinfo (Documentation/arch/x86/cpuinfo.rst). */
#pragma once

#include <stdbool.h>

#include "host/host.h"

enum cpu_maker {
	CPU_OTHER,
	CPU_INTEL,
	CPU_AMD, /* and Hygon, whose processors are AMD's */
};

struct cpuinfo {
	enum cpu_maker maker;
	bool has_flags; /* there is a line of flags, as x86 has it: only then do the next ones tell anything */
	/*
	 * Intel's and AMD's virtualization. The kernel takes vmx away where the firmware has it off since 5.6
	 * (init_ia32_feat_ctl()), svm since 6.7 (init_amd()); older ones leave the flag.
	 */
	bool vmx, svm;
	bool hypervisor; /* it is the processor of a virtual machine */
};

/* Returns 0; -ENOENT where there is no such file; -errno. */
int cpuinfo_probe(const struct host *host, struct cpuinfo *ret);

/* Reads the text of the file, or its beginning. Pure. */
void cpuinfo_parse(const char *text, struct cpuinfo *ret);
