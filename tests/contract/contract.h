/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests: what the product and the fake kernel believe of the kernel, each belief a function. The unit tests ask the
 * fake, build/tests/ask-kernel asks the real one, in the lab. The device is left as it was found.
 */
#pragma once

#include "host/host.h"
#include "model/function.h"

#define CONTRACT_WHY_SIZE 256

struct contract_device {
	const struct host *host;
	struct address address;
	char driver[DRIVER_NAME_SIZE];            /* its own: that the kernel chooses by its id */
	char d3cold_allowed[8], power_control[8]; /* as they were found */
};

struct contract {
	const char *belief;
	/* Returns whether it holds; else why says what was seen. */
	bool (*holds)(const struct contract_device *device, char why[CONTRACT_WHY_SIZE]);
};

extern const struct contract contracts[];
extern const unsigned int n_contracts;

/* The device must be bound to its own driver, without an override. Loads vfio-pci. Returns 0, or -errno. */
int contract_prepare(const struct host *host, struct address address, struct contract_device *ret);

/* Puts the device back to its own driver, as every belief expects to find it. */
void contract_reset(const struct contract_device *device);
