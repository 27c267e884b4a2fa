// SPDX-License-Identifier: GPL-2.0-or-later
/* record_parse(): our own record of a setup, which may be damaged. One that is read prints as what reads the same. */
#include "cli/setup/record.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct setup setup, again;
	static char first[RECORD_SIZE_MAX], second[RECORD_SIZE_MAX];
	char *text = fuzz_string(data, size);

	if (record_parse(text, &setup) == 0) {
		PROMISE(setup.state < SETUP_STATES_ && setup.n_begun <= setup.n_commands);
		PROMISE(setup.n_files <= SETUP_FILES_MAX && setup.n_commands <= SETUP_COMMANDS_MAX);
		for (unsigned int i = 0; i < setup.n_files; i++)
			PROMISE(setup.files[i].path[0] != '/' && !strstr(setup.files[i].path, ".."));
		PROMISE(record_print(&setup, first, sizeof(first)) == 0);
		PROMISE(record_parse(first, &again) == 0);
		PROMISE(record_print(&again, second, sizeof(second)) == 0);
		PROMISE(strcmp(first, second) == 0);
	}
	free(text);
	return 0;
}
