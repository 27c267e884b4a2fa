/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hooks: gpu-handoff-hook --attend UUID: what the service that lives as long as a VM runs. */
#pragma once

/*
 * arguments: the uuid of a VM that runs and has CPUs for itself. Keeps control groups that come off the CPUs of VMs,
 * and brings the interrupts of its functions near those. Returns 0 when it is told to end (SIGTERM), never in the
 * middle of a change; else 1, after a line on stderr.
 */
int attend_run(int n_arguments, char *arguments[]);
