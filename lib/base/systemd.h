/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * base: libsystemd, loaded when something of it is asked for: the hook links without it, and a call for a domain that
 * is not ours pays nothing.
 */
#pragma once

/*
 * A function of libsystemd's by its name, for the life of the process; NULL where there is none, or no libsystemd. The
 * first call allocates.
 */
void *systemd_function(const char *name);
