// SPDX-License-Identifier: GPL-2.0-or-later
/* Whole domains of gpu-handoff-xmlgen, for the machines of tests/libvirt/machines: make check-xml has libvirt take
 * them. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/golden.h"
#include "tests/support/processor.h"
#include "tests/support/record.h"
#include "tests/support/scratch.h"
#include "tests/support/tree.h"
#include "tests/unit/programs/programs.h"

#define MACHINES     "tests/libvirt/machines"
#define MACHINES_MIN 24
#define MACHINES_MAX 64

static struct machine {
	char record[64], processor[64], gpu[32];
} machines[MACHINES_MAX];

static const char *const systems[] = { "linux", "windows11" };

static int read_machines(void)
{
	char *text = get_text(AT_FDCWD, MACHINES), *rest = text, *line;
	int n = 0;

	while (text && (line = strsep(&rest, "\n")) && n < MACHINES_MAX) {
		struct machine *m = &machines[n];

		n += *line != '#' && sscanf(line, "%63s %63s %31s", m->record, m->processor, m->gpu) == 3;
	}
	free(text);
	return n;
}

static void put_machine(const struct machine *m, struct scratch *scratch)
{
	json_object *record = record_load(m->record), *cpus = NULL;

	if (strcmp(m->processor, "own") != 0) {
		cpus = processor_load(m->processor);
		ck_assert_msg(cpus != NULL, "there is no processor '%s'", m->processor);
	} else {
		ck_assert_msg(json_object_object_get(record, "cpu_topology") != NULL, "'%s' has none", m->record);
	}
	scratch_make(scratch);
	tree_write(scratch->fd, record, cpus);
	json_object_put(cpus);
	json_object_put(record);
}

START_TEST(test_golden)
{
	const struct machine *m = &machines[_i];
	struct scratch scratch;

	put_machine(m, &scratch);
	for (int i = 0; i < COUNT(systems); i++) {
		char name[160], *text;
		int status;

		text = program_run(&status, "gpu-handoff-xmlgen --sysroot %s --gpu %s --os %s --output %s/xml",
			scratch.path, m->gpu, systems[i], scratch.path);
		ck_assert_msg(status == 0, "%s: %s", m->record, text);
		free(text);
		text = get_text(scratch.fd, "xml");
		ck_assert_ptr_nonnull(text);
		(void)snprintf(name, sizeof(name), "xml/%s-%s.xml", m->record, systems[i]);
		golden_check(name, text);
		free(text);
		remove_all(scratch.fd, "xml");
	}
	scratch_remove(&scratch);
}
END_TEST

/* Fewer machines would be less seen. */
START_TEST(test_machines)
{
	ck_assert_int_ge(read_machines(), MACHINES_MIN);
}
END_TEST

TCase *case_xmlgen(void)
{
	TCase *tcase = suite_case("xmlgen");

	tcase_add_test(tcase, test_machines);
	tcase_add_loop_test(tcase, test_golden, 0, read_machines());
	return tcase;
}
