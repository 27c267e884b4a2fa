/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hooks: gpu-handoff-hook --vectors CPUS ADDRESS...: what the service that lives as long as a VM runs. */
#pragma once

/* arguments: CPUs as a list, then addresses. Does not return while all is well; else 1, after a line on stderr. */
int vectors_run(int n_arguments, char *arguments[]);
