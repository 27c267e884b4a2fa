/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan: where the host takes the interrupts of a VM's devices, which it passes on. Pure. */
#pragma once

#include "model/claim.h"

/*
 * Of the CPUs that no VM has for itself: those on the VM's nodes (near), else all. Never a vCPU's: it would be
 * interrupted to be told of an interrupt.
 */
struct cpuset plan_vectors(const struct cpuset *online, const struct claims *claims, const struct cpuset *near);
