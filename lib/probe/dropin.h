/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: what systemd leaves of a unit's AllowedCPUs that is set at runtime (systemd.unit(5), "Unit File Load Path"):
 * /run/systemd/system.control/UNIT.d/50-AllowedCPUs.conf, and for transient units a directory beside their own file.
 */
#pragma once

#define DROPIN_NAME "50-AllowedCPUs.conf"

/* The unit of a control group: the last part of its path. systemd writes _ before names that the kernel has files for.
 */
const char *group_unit(const char *group);

/* Which directory of /run/systemd, open at systemd, the unit's own directory is in: system.control or transient. */
const char *dropin_directory(int systemd, const char *unit);

/* What there is of it: one of the words of KNOB_DROPIN (model/knob.h). */
const char *dropin_probe(int systemd, const char *unit);
