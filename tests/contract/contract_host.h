/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests: beliefs that are about no device, for the table in contract.c. They ask of the device's host. */
#pragma once

#include "tests/contract/contract.h"

bool contract_thread_moves(const struct contract_device *d, char why[CONTRACT_WHY_SIZE]);
bool contract_thread_refuses(const struct contract_device *d, char why[CONTRACT_WHY_SIZE]);
bool contract_fixed_thread_stays(const struct contract_device *d, char why[CONTRACT_WHY_SIZE]);
bool contract_mask_reads_back(const struct contract_device *d, char why[CONTRACT_WHY_SIZE]);
bool contract_nonsense_is_refused(const struct contract_device *d, char why[CONTRACT_WHY_SIZE]);
