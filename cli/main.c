// SPDX-License-Identifier: GPL-2.0-or-later
/* gpu-handoff COMMAND …: see gpu-handoff(1). */
#include <locale.h>

#include "cli/cli.h"

int main(int argc, char *argv[])
{
	(void)setlocale(LC_CTYPE, "");
	return cli_run(argc, argv);
}
