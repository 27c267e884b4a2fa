/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model: AMD's cards that a bus reset leaves dead until the host is rebooted, and that the kernel has no other way to
 * reset: the second start of a VM fails. The module vendor-reset knows how (gnif/vendor-reset, src/device-db.h).
 */
#pragma once

#include <stdint.h>

/* "Polaris 10", or NULL: it has not got that fault, or is not known to. Pure. */
const char *amd_find_reset_bug(uint16_t vendor, uint16_t device);
