/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests: of what the rules have gpu-handoff-udev do, on a recorded machine with twins and a fake kernel. */
#pragma once

#include "tests/support/fake_kernel.h"
#include "tests/support/scratch.h"
#include "tests/support/suite.h"

/* Two cards of the same IDs, and their sound. */
#define GPU        "0000:52:00.0"
#define SOUND      "0000:52:00.1"
#define TWIN       "0000:4f:00.0"
#define TWIN_SOUND "0000:4f:00.1"

extern struct scratch scratch;
extern struct host host;
extern struct fake_kernel kernel;

/* Fixtures: the machine is there; the twins have drivers of the host. */
void udev_start(void);
void udev_stop(void);

/* [card GPU] in the configuration, with the mode. */
void udev_configure(const char *mode);

/* An attribute of a function, or of another path below /sys, without its newline. Valid until the next call. */
const char *udev_attribute(const char *address, const char *name);
/* Its driver, "" for none. */
const char *udev_driver(const char *address);

TCase *case_reserve(void);
TCase *case_consoles(void);
