// SPDX-License-Identifier: GPL-2.0-or-later
/* gpu-handoff-xmlgen OPTION…: see gpu-handoff-xmlgen(1). */
#include "xmlgen/xmlgen.h"

int main(int argc, char *argv[])
{
	return xmlgen_run(argc, argv);
}
