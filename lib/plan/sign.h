/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan: what the signs of the kernel say of a function that no process is seen to have: interrupt vectors, UVM, DRM
 * clients, and the references of nvidia_drm by its generation (model/nvidia.h). Pure. Each returns 0, or -ECANCELED
 * with the refusal filled.
 */
#pragma once

#include "model/occupancy.h"
#include "model/refusal.h"

/* Whether the driver's generation ever lets go of the function: REFUSAL_DRIVER. */
int sign_check_generation(const struct function *function, const struct occupancy *occupancy, struct refusal *refusal);

/* Whether something is at work that no process explains: REFUSAL_HELD, with those who may be behind it. */
int sign_check(const struct function *function, const struct occupancy *occupancy, struct refusal *refusal);
