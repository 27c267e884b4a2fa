/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host: what the kernel logs while it is waited for (Documentation/ABI/testing/dev-kmsg). */
#pragma once

#include <stdbool.h>

#include "host/host.h"

/* Opens the log at its end: what is logged from now on is read. Returns a descriptor to poll for, or -errno. */
int kmsg_open(const struct host *host);

/* Reads what there is. Whether a message of the nvidia driver says that it waits for the users of the device. */
bool kmsg_tells(int kmsg, const char *address);

/* The same of one record as it is read. Pure. */
bool kmsg_record_tells(const char *record, const char *address);
