// SPDX-License-Identifier: GPL-2.0-or-later
/* `gpu-handoff plan` of recorded machines, as people see it and as data. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/golden.h"
#include "tests/support/scratch.h"
#include "tests/unit/programs/programs.h"

static const struct {
	const char *golden, *record, *hostdevs, *options;
	int status;
} rows[] = {
	{ "plan-four-functions.txt", "rocketlake-i7-11700-rtx2060", "02:0 02:1 02:2 02:3", "", 0 },
	{ "plan-four-functions.json", "rocketlake-i7-11700-rtx2060", "02:0 02:1 02:2 02:3", "--json", 0 },
	{ "plan-forgotten.txt", "rocketlake-i7-11700-rtx2060", "02:0", "", 0 },
	{ "plan-stranger.txt", "b550-3900x-rx6950xt-rx550", "04:0 04:1", "", 1 },
	{ "plan-stranger.json", "b550-3900x-rx6950xt-rx550", "04:0 04:1", "--json", 1 },
	{ "plan-no-iommu.txt", "laptop-gtx970m-muxless", "01:0", "", 1 },
	{ "plan-two-cards.txt", "x570-3900x-gtx1080ti-gt710", "0b:0 0b:1 0c:0 0c:1", "", 0 },
	{ "plan-apu.txt", "b550-itx-5700g-apu-acs-override", "05:0 05:1", "", 0 },
	{ "plan-none.txt", "haswell-gtx1070ti", "", "", 0 },
};

static void put_domain(const struct scratch *scratch, const char *hostdevs)
{
	char devices[2048] = "", text[64], *rest = text;

	(void)snprintf(text, sizeof(text), "%s", hostdevs);
	for (char *word; (word = strsep(&rest, " ")) && *word;)
		(void)sprintf(devices + strlen(devices),
			"<hostdev mode='subsystem' type='pci' managed='yes'><source>"
			"<address domain='0x0000' bus='0x%.2s' slot='0x00' function='0x%s'/></source></hostdev>",
			word, word + 3);
	put_text(scratch->fd, "domain.xml",
		"<domain type='kvm'><name>gpuvm</name><uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid>"
		"<devices>%s</devices></domain>\n",
		devices);
}

START_TEST(test_plan)
{
	struct scratch scratch;
	char *text, *name;
	int status;

	program_host(&scratch, rows[_i].record, 1);
	put_domain(&scratch, rows[_i].hostdevs);
	text = program_run(&status, "gpu-handoff plan %s --sysroot %s %s/domain.xml", rows[_i].options, scratch.path,
		scratch.path);
	/* The scratch directory has another name each time. */
	while ((name = strstr(text, scratch.path)))
		memmove(name, name + strlen(scratch.path), strlen(name + strlen(scratch.path)) + 1);
	ck_assert_msg(status == rows[_i].status, "exit status %d: %s", status, text);
	golden_check(rows[_i].golden, text);
	free(text);
	scratch_remove(&scratch);
}
END_TEST

/* What cannot be read is refused in a sentence, never with a signal. */
static const char *const inputs[] = { "", "gpuvm", "<domain/>", "<!DOCTYPE x []><domain><name>x</name></domain>" };

START_TEST(test_input)
{
	struct scratch scratch;
	char *text;
	int status;

	program_host(&scratch, "haswell-gtx1070ti", 0);
	put_text(scratch.fd, "domain.xml", "%s", inputs[_i]);
	text = program_run(&status, "gpu-handoff plan --sysroot %s %s/domain.xml", scratch.path, scratch.path);
	ck_assert_msg(status == 1, "%d: %s", status, text);
	ck_assert_int_eq(strncmp(text, "gpu-handoff: ", 13), 0);
	ck_assert_ptr_eq(strchr(text, '\n'), text + strlen(text) - 1);
	free(text);
	scratch_remove(&scratch);
}
END_TEST

/* The command line itself. */
static const struct {
	const char *arguments;
	int status;
	const char *part;
} lines[] = {
	{ "--version", 0, "gpu-handoff 0." },
	{ "--help", 0, "usage: gpu-handoff COMMAND" },
	{ "", 2, "usage: gpu-handoff COMMAND" },
	{ "frobnicate", 2, "'frobnicate'" },
	{ "list --frobnicate", 2, "'--frobnicate'" },
	{ "list --sysroot", 2, "'--sysroot'" },
	{ "list extra", 2, "'extra'" },
	{ "plan", 2, "missing" },
	{ "plan --sysroot /nonexistent /nonexistent", 1, "'/nonexistent'" },
	{ "plan --help", 0, "usage: gpu-handoff plan" },
	{ "setup --help", 0, "usage: gpu-handoff setup [OPTION...]" },
	{ "reset --sysroot x", 2, "no such option" },
	{ "vanished", 2, "missing 'ADDRESS'" },
	{ "vanished 0000:01:00", 2, "'0000:01:00'" },
	{ "vanished --help", 0, "usage: gpu-handoff vanished ADDRESS" },
};

START_TEST(test_line)
{
	int status;
	char *text = program_run(&status, "gpu-handoff %s", lines[_i].arguments);

	ck_assert_msg(status == lines[_i].status, "'%s': %d: %s", lines[_i].arguments, status, text);
	ck_assert_msg(strstr(text, lines[_i].part), "'%s': %s", lines[_i].arguments, text);
	free(text);
}
END_TEST

TCase *case_plan(void)
{
	TCase *tcase = suite_case("plan");

	add_rows(tcase, test_plan, rows);
	add_rows(tcase, test_input, inputs);
	add_rows(tcase, test_line, lines);
	return tcase;
}

/* The hook, where it has nothing to do: silent, and done. */
static const struct {
	const char *arguments, *xml;
	int status;
} calls[] = {
	{ "gpuvm started begin -", "<domain/>", 0 },
	{ "gpuvm prepare end -", "<domain/>", 0 },
	{ "gpuvm stopped end -", "not even XML", 0 },
	{ "gpuvm reconnect begin -", "", 0 },
	{ "gpuvm migrate begin -", "", 0 },
	{ "", "", 0 },
	{ "gpuvm prepare begin -", "<domain><name>x</name><uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid></domain>",
		0 },
};

START_TEST(test_hook)
{
	struct scratch scratch;
	char *text;
	int status;

	scratch_make(&scratch);
	put_text(scratch.fd, "domain.xml", "%s", calls[_i].xml);
	text = program_run(&status, "gpu-handoff-hook %s <%s/domain.xml", calls[_i].arguments, scratch.path);
	ck_assert_msg(status == calls[_i].status, "%d: %s", status, text);
	ck_assert_str_eq(text, "");
	free(text);
	scratch_remove(&scratch);
}
END_TEST

TCase *case_hook(void)
{
	TCase *tcase = suite_case("hook");

	add_rows(tcase, test_hook, calls);
	return tcase;
}
