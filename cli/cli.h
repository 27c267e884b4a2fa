/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli: from the words of the command line to a command, and from its result to an exit code. */
#pragma once

int cli_run(int argc, char *argv[]);
