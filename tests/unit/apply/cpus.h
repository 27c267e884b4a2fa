/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests: what the cases about CPUs and huge pages share, on the machine of loops.h: a host, and how it was before. */
#pragma once

#include "tests/support/machine_cpus.h"
#include "tests/unit/apply/loops.h"

/* A host without a card; of Linux 6.1; with some. cpus_stop() ends the test unless all of it is as before. */
void cpus_start(void);
void cpus_start_old(void);
void cpus_start_card(void);
void cpus_stop(void);

/* After a change of the test's own, which is to stay. */
void cpus_accept(void);

/* NULL, or what differs, but for lines that begin so. */
const char *cpus_difference(const char *ignored);

/* As libvirt's daemon calls them. What is done ends the test when it is not. */
void cpus_take(const struct domain *domain);
void cpus_return(const struct domain *domain);
void cpus_refuse(const struct domain *domain, enum refusal_reason reason, const char *part);

/* A domain from its take until it runs, as that process, and from there to its return. */
void cpus_start_vm(const struct domain *domain, int pid);
void cpus_end_vm(const struct domain *domain, int pid);

/* Files below the scratch directory, and their first lines. */
struct expectation {
	const char *path, *value;
};

void cpus_check(const struct expectation *expected, int n);
void cpus_check_line(const char *path, const char *value);
