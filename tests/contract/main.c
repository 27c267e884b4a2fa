// SPDX-License-Identifier: GPL-2.0-or-later
/* ask-kernel ADDRESS: asks the running kernel, as root, with a device that nobody needs. */
#include <stdio.h>
#include <string.h>

#include "tests/contract/contract.h"

static unsigned int ask_all(const struct contract_device *device)
{
	unsigned int failed = 0;

	for (unsigned int i = 0; i < n_contracts; i++) {
		char why[CONTRACT_WHY_SIZE] = "";
		bool holds = contracts[i].holds(device, why);

		(void)printf("%s: %s%s%s\n", holds ? "holds" : "FAILS", contracts[i].belief, holds ? "" : ": ", why);
		failed += !holds;
		contract_reset(device);
	}
	return failed;
}

int main(int argc, char *argv[])
{
	struct contract_device device;
	struct address address;
	unsigned int failed;
	struct host host;
	int r;

	if (argc != 2 || address_parse(argv[1], &address) < 0) {
		(void)fprintf(stderr, "usage: ask-kernel ADDRESS\n");
		return 2;
	}
	r = host_open(NULL, &host);
	if (r >= 0)
		r = contract_prepare(&host, address, &device);
	if (r < 0) {
		(void)fprintf(stderr, "ask-kernel: '%s' must have a driver of its own: %s\n", argv[1], strerror(-r));
		return 1;
	}
	failed = ask_all(&device);
	host_close(&host);
	(void)printf("%u passed, %u failed\n", n_contracts - failed, failed);
	return failed > 0;
}
