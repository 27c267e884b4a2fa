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

/* What a run of it prints, which the caller frees; with a change to the tree before. */
static char *run_on(const struct machine *m, void (*change)(int root), const char *options)
{
	struct scratch scratch;
	char *text;
	int status;

	put_machine(m, &scratch);
	if (change)
		change(scratch.fd);
	text = program_run(&status, "gpu-handoff-xmlgen --sysroot %s --disk pool/volume %s", scratch.path, options);
	ck_assert_msg(status == 0, "%s", text);
	scratch_remove(&scratch);
	return text;
}

static void check_has(const char *text, const char *const wanted[])
{
	for (int i = 0; wanted[i]; i++)
		ck_assert_msg(strstr(text, wanted[i]), "'%s' is not in %s", wanted[i], text);
}

/* As an H100 says it. */
static void make_bars_large(int root)
{
	put_text(root, "sys/bus/pci/devices/0000:01:00.0/resource",
		"0x0000102002000000 0x0000102002ffffff 0x000000000014220c\n"
		"0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
		"0x0000100000000000 0x0000101fffffffff 0x000000000014220c\n"
		"0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
		"0x0000102000000000 0x0000102001ffffff 0x000000000014220c\n"
		"0x0000000000000000 0x0000000000000000 0x0000000000000000\n");
}

START_TEST(test_large_bars)
{
	const struct machine m = { "haswell-gtx1070ti", "i5-9400", "" };
	char *text = run_on(&m, make_bars_large, "--gpu 01:00.0 --explain");

	check_has(text,
		(const char *const[]){ "256 GiB of 64-bit address space for devices: the cards' BARs take 128 GiB",
			"<qemu:arg value=\"name=opt/ovmf/X-PciMmio64Mb,string=262144\"/>", NULL });
	free(text);
	text = run_on(&m, NULL, "--gpu 01:00.0 --explain");
	ck_assert_ptr_null(strstr(text, "qemu:"));
	free(text);
}
END_TEST

/* The 3D controller of a laptop, whose picture the processor's graphics show. */
START_TEST(test_muxless)
{
	const struct machine m = { "laptop-gtx970m-muxless", "i5-9300h-lscpu", "" };
	char *text = run_on(&m, NULL, "--gpu auto --os windows11 --explain");

	check_has(text, (const char *const[]){ "(muxless, Optimus): it has no outputs", "01:00.0 of the guest",
				"a battery", "-acpitable", "<graphics type=\"vnc\"", "<model type=\"vga\"/>",
				"bus=\"0x01\" slot=\"0x00\" function=\"0x0\"", NULL });
	free(text);
}
END_TEST

static void put_cards_on_nodes(int root)
{
	put_text(root, "sys/bus/pci/devices/0000:18:00.0/numa_node", "0\n");
	put_text(root, "sys/bus/pci/devices/0000:9a:00.0/numa_node", "1\n");
}

/* Two nodes, each with a card: the guest has two, and host bridges that say so. */
START_TEST(test_nodes)
{
	const struct machine m = { "hgx-h200-8gpu", "epyc-7742-8nodes", "" };
	char *text = run_on(&m, put_cards_on_nodes, "--gpu 18:00.0 --gpu 9a:00.0 --vcpus 8 --memory 8G");

	check_has(text, (const char *const[]){ "index=\"1\" model=\"pcie-expander-bus\"", "<node>0</node>",
				"index=\"3\" model=\"pcie-expander-bus\"", "<node>1</node>",
				"<memnode cellid=\"1\" mode=\"strict\" nodeset=\"1\"/>",
				"<cell id=\"1\" cpus=\"4-7\" memory=\"4194304\" unit=\"KiB\"/>", NULL });
	free(text);
}
END_TEST

/* What of the policy each option writes. */
START_TEST(test_policy)
{
#define POLICY_OF(inner) "version=\"1\">\n      <handoff:holders action=\"refuse\"/>\n" inner "    </handoff:policy>"
	static const struct {
		const char *options, *policy;
	} rows[] = {
		{ "", POLICY_OF("") },
		{ "--hugepages no", POLICY_OF("") },
		{ "--hugepages auto", POLICY_OF("") },
		{ "--hugepages 2M", POLICY_OF("      <handoff:hugepages allocate=\"yes\"/>\n") },
		{ "--isolate", POLICY_OF("      <handoff:cpus isolate=\"yes\"/>\n") },
		{ "--governor performance", POLICY_OF("      <handoff:cpus governor=\"performance\"/>\n") },
		{ "--hugepages 2M --governor a-b_1 --isolate",
			POLICY_OF("      <handoff:cpus isolate=\"yes\" governor=\"a-b_1\"/>\n"
				  "      <handoff:hugepages allocate=\"yes\"/>\n") },
	};
	const struct machine m = { "haswell-gtx1070ti", "i5-9400", "" };

	for (int i = 0; i < COUNT(rows); i++) {
		char *text = run_on(&m, NULL, rows[i].options);

		check_has(text, (const char *const[]){ rows[i].policy, NULL });
		ck_assert_ptr_null(strstr(text, "pinned to none"));
		free(text);
	}
}
END_TEST

START_TEST(test_policy_refused)
{
	static const char *const rows[][2] = {
		{ "--governor Performance", "--governor cannot be 'Performance'; give the name of a governor" },
		{ "--governor sixteen-letters-", "--governor cannot be 'sixteen-letters-'" },
		{ "--isolate --pin no", "leave out '--pin no'" },
		{ "--governor performance --pin no", "leave out '--pin no'" },
	};

	for (int i = 0; i < COUNT(rows); i++) {
		int status;
		char *text = program_run(&status, "gpu-handoff-xmlgen --gpu none %s", rows[i][0]);

		ck_assert_int_eq(status, 2);
		check_has(text, (const char *const[]){ rows[i][1], NULL });
		free(text);
	}
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
	tcase_add_test(tcase, test_large_bars);
	tcase_add_test(tcase, test_muxless);
	tcase_add_test(tcase, test_nodes);
	tcase_add_test(tcase, test_policy);
	tcase_add_test(tcase, test_policy_refused);
	tcase_add_loop_test(tcase, test_golden, 0, read_machines());
	return tcase;
}
