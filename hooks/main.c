// SPDX-License-Identifier: GPL-2.0-or-later
/* gpu-handoff-hook NAME OPERATION SUBOPERATION EXTRA, domain XML on stdin: see gpu-handoff-hook(8). */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "hooks/attend.h"
#include "hooks/hook.h"

static int show(const char *text)
{
	return puts(text) < 0;
}

int main(int argc, char *argv[])
{
	struct refusal refusal;
	int r;

	if (argc == 2 && strcmp(argv[1], "--version") == 0)
		return show("gpu-handoff-hook " VERSION);
	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return show("usage: gpu-handoff-hook NAME OPERATION SUBOPERATION EXTRA <DOMAIN.xml\n"
			    "libvirt's qemu hook; it acts on 'prepare begin', 'started begin' and 'release end', see "
			    "gpu-handoff-hook(8)");
	if (argc >= 2 && strcmp(argv[1], "--attend") == 0)
		return attend_run(argc - 2, argv + 2);
	/* Session daemons run the same hooks, as their users. */
	if (geteuid() != 0 || argc < 4)
		return 0;
	r = hook_run(
		&(struct hook_call){
			.name = argv[1],
			.operation = argv[2],
			.suboperation = argv[3],
			.stdin_fd = STDIN_FILENO,
			.daemon = getppid(),
		},
		&refusal);
	if (r < 0)
		(void)fprintf(stderr, "gpu-handoff: %s\n", refusal.sentence);
	return r < 0;
}
