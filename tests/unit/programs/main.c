// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "tests/support/record.h"
#include "tests/support/scratch.h"
#include "tests/support/tree.h"
#include "tests/unit/programs/programs.h"

char *program_run(int *ret_status, const char *format, ...)
{
	const char *build = getenv("BUILD");
	char arguments[1024], command[1200], buffer[4096], *text = NULL;
	size_t size, n;
	va_list list;
	FILE *stream, *program;

	va_start(list, format);
	(void)vsnprintf(arguments, sizeof(arguments), format, list);
	va_end(list);
	(void)snprintf(command, sizeof(command), "%s/%s 2>&1", build ? build : "build", arguments);
	program = popen(command, "r");
	ck_assert_ptr_nonnull(program);
	stream = open_memstream(&text, &size);
	while ((n = fread(buffer, 1, sizeof(buffer), program)) > 0)
		ck_assert_uint_eq(fwrite(buffer, 1, n, stream), n);
	*ret_status = WEXITSTATUS(pclose(program));
	(void)fclose(stream);
	return text;
}

void program_host(struct scratch *scratch, const char *name, int dressed)
{
	json_object *record = record_load(name);

	scratch_make(scratch);
	if (dressed)
		record_dress(record);
	tree_write(scratch->fd, record, NULL);
	json_object_put(record);
}

int main(void)
{
	return suite_run("programs",
		(TCase *[]){ case_list(), case_plan(), case_topology(), case_status(), case_doctor(),
			case_doctor_machine(), case_doctor_domain(), case_doctor_hooks(), case_doctor_cards(),
			case_doctor_isolation(), case_doctor_records(), case_hook(), case_udev(), case_modes(),
			case_xmlgen(), case_pins(), case_pins_everywhere(), NULL });
}
