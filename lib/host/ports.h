/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host: bridges as ports of PCI Express, from their configuration space by libpci. The kernel wakes a bridge that is
 * asleep to read it, and waits for no driver of a device below.
 */
#pragma once

#include "host/host.h"
#include "model/address.h"
#include "model/port.h"

/*
 * Reads one bridge. What is not told is that: a space without a list of capabilities, such as that of a recorded
 * machine, leaves all of it untold. Returns 0; -EACCES to others than root, who see 64 bytes of it; -ENOENT when it is
 * not on this host; -ENOMEM; -EIO.
 */
int port_read(const struct host *host, struct address address, struct port *ret);
