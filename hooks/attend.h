/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hooks: gpu-handoff-hook --attend GROUP CPUS [ADDRESS...]: what the service that lives as long as a VM runs. */
#pragma once

/*
 * arguments: the VM's control group, CPUs as a list, addresses of its functions. Keeps control groups that come off the
 * CPUs of VMs, and brings the interrupts of these functions to those CPUs. Does not return while all is well; else 1,
 * after a line on stderr.
 */
int attend_run(int n_arguments, char *arguments[]);
