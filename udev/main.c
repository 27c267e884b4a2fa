// SPDX-License-Identifier: GPL-2.0-or-later
/* gpu-handoff-udev ADDRESS: see gpu-handoff-udev(8). For IMPORT{program} of udev's rules. */
#include <stdio.h>
#include <string.h>

#include "host/host.h"
#include "udev/properties.h"

static const char usage[] = "usage: gpu-handoff-udev ADDRESS\n"
			    "prints the udev properties of a PCI function, see gpu-handoff-udev(8)";

int main(int argc, char *argv[])
{
	struct address address;
	struct host host;
	int r;

	if (argc == 2 && strcmp(argv[1], "--version") == 0)
		return puts("gpu-handoff-udev " VERSION) < 0;
	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return puts(usage) < 0;
	if (argc != 2 || address_parse(argv[1], &address) < 0) {
		(void)fprintf(stderr, "%s\n", usage);
		return 2;
	}
	r = host_open(NULL, &host);
	if (r >= 0)
		r = properties_print(&host, address, stdout);
	host_close(&host);
	if (r < 0)
		(void)fprintf(stderr, "gpu-handoff-udev: cannot read '%s' in sysfs: %s\n", argv[1], strerror(-r));
	return r < 0;
}
