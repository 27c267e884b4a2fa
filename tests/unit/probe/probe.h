/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests: the cases of the probe layer. */
#pragma once

#include "tests/support/suite.h"

TCase *case_domain(void);
TCase *case_pinning(void);
TCase *case_traits(void);
TCase *case_demand(void);
TCase *case_inventory(void);
TCase *case_critical(void);
TCase *case_daemon(void);
TCase *case_mapping(void);
TCase *case_process(void);
TCase *case_process_live(void);
TCase *case_nvidia(void);
TCase *case_node(void);
TCase *case_activity(void);
TCase *case_config(void);
TCase *case_config_device(void);
TCase *case_os(void);
TCase *case_seat(void);
TCase *case_vfio_ids(void);
TCase *case_accounts(void);
TCase *case_bar(void);
TCase *case_knobs_power(void);
TCase *case_knobs_threads(void);
TCase *case_knobs_units(void);
TCase *case_knobs(void);
TCase *case_vector(void);
TCase *case_pool(void);
TCase *case_node_cpus(void);
TCase *case_resident(void);
TCase *case_vm(void);
TCase *case_usb(void);
TCase *case_vanish(void);
TCase *case_machine(void);
TCase *case_module(void);
TCase *case_iommu(void);
TCase *case_memory(void);
TCase *case_boot(void);

/* A device of a subsystem at a path beneath the root, with its device number, or without one for NULL. */
void put_device(int root, const char *path, const char *subsystem, const char *number);
TCase *case_topology(void);
TCase *case_framebuffer(void);
