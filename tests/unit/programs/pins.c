// SPDX-License-Identifier: GPL-2.0-or-later
/* Where gpu-handoff-xmlgen puts a VM: on every recorded machine, with every processor, with many numbers of vCPUs. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/processor.h"
#include "tests/support/record.h"
#include "tests/support/scratch.h"
#include "tests/support/tree.h"
#include "tests/support/tree_cpu.h"
#include "tests/unit/programs/pins_check.h"
#include "tests/unit/programs/programs.h"

/* ---- the check itself ---- */

/* One L3: core 0 is CPUs 0 and 6. */
#define SMALL "ryzen5-5600"
#define SMALL_PINS                                                                                                     \
	"<vcpupin vcpu='0' cpuset='1'/><vcpupin vcpu='1' cpuset='7'/>"                                                 \
	"<vcpupin vcpu='2' cpuset='2'/><vcpupin vcpu='3' cpuset='8'/>"
#define SMALL_DOMAIN                                                                                                   \
	"<domain><memory unit='GiB'>4</memory><vcpu>4</vcpu><iothreads>1</iothreads><cputune>" SMALL_PINS              \
	"<emulatorpin cpuset='3,9'/><iothreadpin iothread='1' cpuset='3,9'/></cputune>"                                \
	"<numatune><memory mode='strict' nodeset='0'/></numatune>"                                                     \
	"<cpu><topology sockets='1' dies='1' cores='2' threads='2'/></cpu></domain>"

/* Node 0 has cores 0 to 3 with the siblings 16 to 19, node 1 cores 4 to 15 with 20 to 31. */
#define LARGE "uneven-nodes"
#define LARGE_DOMAIN                                                                                                   \
	"<domain><memory unit='MiB'>4096</memory><vcpu>4</vcpu><cputune>"                                              \
	"<vcpupin vcpu='0' cpuset='1'/><vcpupin vcpu='1' cpuset='17'/>"                                                \
	"<vcpupin vcpu='2' cpuset='4'/><vcpupin vcpu='3' cpuset='20'/>"                                                \
	"<emulatorpin cpuset='0,16'/></cputune>"                                                                       \
	"<numatune><memory mode='strict' nodeset='0-1'/><memnode cellid='0' mode='strict' nodeset='0'/>"               \
	"<memnode cellid='1' mode='strict' nodeset='1'/></numatune>"                                                   \
	"<cpu><topology sockets='1' dies='2' cores='1' threads='2'/><numa>"                                            \
	"<cell id='0' cpus='0-1' memory='2' unit='GiB'/><cell id='1' cpus='2-3' memory='2097152'/></numa></cpu>"       \
	"</domain>"

#define SPREAD_DOMAIN                                                                                                  \
	"<domain><memory unit='GiB'>4</memory><vcpu>1</vcpu><cputune><vcpupin vcpu='0' cpuset='1,7'/>"                 \
	"<emulatorpin cpuset='2,8'/></cputune><numatune><memory mode='strict' nodeset='0'/></numatune>"                \
	"<cpu><topology sockets='1' dies='1' cores='1' threads='1'/></cpu></domain>"

#define BARE_DOMAIN                                                                                                    \
	"<domain><memory unit='GiB'>4</memory><vcpu>2</vcpu><cpu><topology sockets='1' cores='2' threads='1'/></cpu>"  \
	"</domain>"

/* A domain in which one text was replaced by another, and a part of what is then found; NULL: nothing. */
static const struct {
	const char *processor, *domain, *from, *to, *problem;
	struct pins_wish wish;
} samples[] = {
	{ SMALL, SMALL_DOMAIN, "", "", NULL, { 0 } },
	{ SMALL, SMALL_DOMAIN, "", "", NULL, { 4, 1, { 0 } } },
	{ SMALL, SMALL_DOMAIN, "", "", NULL, { 5, 0, { 0 } } },
	{ SMALL, SPREAD_DOMAIN, "", "", NULL, { 1, 0, { 0 } } },
	{ LARGE, LARGE_DOMAIN, "", "", NULL, { 4, 2, { 0, 1 } } },
	{ "one-core", BARE_DOMAIN, "", "", NULL, { 2, 0, { 0 } } },
	{ "one-cpu", BARE_DOMAIN, "", "", NULL, { 2, 0, { 0 } } },

	{ SMALL, SMALL_DOMAIN, "</domain>", "", "no XML", { 0 } },
	{ SMALL, SMALL_DOMAIN, "", "", "4 vCPUs where 3 were wished", { 3, 0, { 0 } } },
	{ SMALL, SMALL_DOMAIN, "<vcpu>4<", "<vcpu>0<", "0 vCPUs", { 0 } },
	{ SMALL, SMALL_DOMAIN, "cores='2'", "cores='4'", "topology has 8 CPUs", { 0 } },
	{ SMALL, SMALL_DOMAIN, "dies='1'", "dies='2'", "topology has 8 CPUs", { 0 } },
	{ SMALL, SMALL_DOMAIN, "<topology sockets='1' dies='1' cores='2' threads='2'/>", "", "topology has 0", { 0 } },
	{ SMALL, SMALL_DOMAIN, "<memory unit='GiB'>4</memory>", "", "no memory", { 0 } },
	{ SMALL, BARE_DOMAIN, "", "", "nothing is pinned, and CPU 1 ", { 0 } },
	{ "two-cores", BARE_DOMAIN, "", "", "nothing is pinned, and CPU 1 ", { 0 } },
	{ "one-core", BARE_DOMAIN, "</vcpu>", "</vcpu><cputune><emulatorpin cpuset='0'/></cputune>", "no vCPU has",
		{ 0 } },
	{ SMALL, SMALL_DOMAIN, "<vcpupin vcpu='3' cpuset='8'/>", "", "3 of 4 vCPUs are pinned", { 0 } },
	{ SMALL, SMALL_DOMAIN, "vcpu='3' c", "vcpu='2' c", "there twice", { 0 } },
	{ SMALL, SMALL_DOMAIN, "vcpu='3' c", "vcpu='4' c", "vCPU 3 is not pinned", { 0 } },
	{ SMALL, SMALL_DOMAIN, "cpuset='8'", "cpuset=''", "cannot be read", { 0 } },
	{ SMALL, SMALL_DOMAIN, "cpuset='8'", "cpuset='x'", "cannot be read", { 0 } },
	{ SMALL, SMALL_DOMAIN, "cpuset='8'", "cpuset='12'", "which is not there", { 0 } },
	{ SMALL, SMALL_DOMAIN, "cpuset='8'", "cpuset='2'", "CPU 2 has two vCPUs", { 0 } },
	{ SMALL, SMALL_DOMAIN, "cpuset='8'", "cpuset='8,4'", "vCPU 3 is on two cores", { 0 } },
	{ SMALL, SPREAD_DOMAIN, "cpuset='1,7'", "cpuset='6'", "CPU 6 of the host's first core", { 0 } },
	{ SMALL, SMALL_DOMAIN, "cpuset='2'", "cpuset='0'", "CPU 0 of the host's first core", { 0 } },
	{ SMALL, SMALL_DOMAIN, "cpuset='8'", "cpuset='4'", "the core of CPU 2 is split", { 0 } },
	{ SMALL, SPREAD_DOMAIN, "cpuset='1,7'", "cpuset='7'", "the core of CPU 7 is split", { 0 } },
	{ SMALL, SMALL_DOMAIN, "vcpu='1' cpuset='7'/><vcpupin vcpu='2' cpuset='2'",
		"vcpu='1' cpuset='2'/><vcpupin vcpu='2' cpuset='7'", "vCPUs 0 and 1 are one core of the guest", { 0 } },
	{ SMALL, SMALL_DOMAIN, "cores='2' threads='2'", "cores='4' threads='1'", "is no core of the host", { 0 } },
	{ "i5-9400",
		"<domain><memory>4</memory><vcpu>2</vcpu><cputune><vcpupin vcpu='0' cpuset='1'/><vcpupin vcpu='1' "
		"cpuset='2'/><emulatorpin cpuset='3'/></cputune><cpu><topology cores='1' threads='2'/></cpu></domain>",
		"", "", "the guest's core of vCPU 0 is no core of the host", { 0 } },
	{ "i9-14900k", SMALL_DOMAIN, SMALL_PINS,
		"<vcpupin vcpu='0' cpuset='16'/><vcpupin vcpu='1' cpuset='17'/><vcpupin vcpu='2' cpuset='18'/><vcpupin "
		"vcpu='3' cpuset='19'/>",
		"CPU 16 of the VM is a small one", { 0 } },
	{ SMALL, SMALL_DOMAIN, "<emulatorpin cpuset='3,9'/>", "", "the emulator is not pinned", { 0 } },
	{ SMALL, SMALL_DOMAIN, "<iothreadpin iothread='1' cpuset='3,9'/>", "", "0 of 1 iothreads", { 0 } },
	{ SMALL, SMALL_DOMAIN, "<emulatorpin cpuset='3,9'/>", "<emulatorpin cpuset='3,8'/>", "CPU 8, which is a vCPU's",
		{ 0 } },
	{ SMALL, SMALL_DOMAIN, "iothread='1' cpuset='3,9'", "iothread='1' cpuset='1'", "CPU 1, which is a vCPU's",
		{ 0 } },
	{ SMALL, SMALL_DOMAIN, "<emulatorpin cpuset='3,9'/>", "<emulatorpin cpuset='77'/>",
		"CPU 77, which is not there", { 0 } },
	{ "ryzen9-5900x", SMALL_DOMAIN, SMALL_PINS "<emulatorpin",
		"<vcpupin vcpu='0' cpuset='1'/><vcpupin vcpu='1' cpuset='13'/><vcpupin vcpu='2' cpuset='6'/><vcpupin "
		"vcpu='3' cpuset='18'/><emulatorpin",
		NULL, { 0 } },
	{ "ryzen9-5900x",
		"<domain><memory>4</memory><vcpu>3</vcpu><cputune><vcpupin vcpu='0' cpuset='1,13'/><vcpupin "
		"vcpu='1' cpuset='2,14'/><vcpupin vcpu='2' cpuset='6,18'/><emulatorpin cpuset='3'/></cputune>"
		"<cpu><topology cores='3'/></cpu></domain>",
		"", "", "the L3 of CPUs 1 and 6 have unequal parts", { 0 } },
	{ LARGE,
		"<domain><memory>4</memory><vcpu>3</vcpu><cputune><vcpupin vcpu='0' cpuset='1,17'/><vcpupin vcpu='1' "
		"cpuset='2,18'/><vcpupin vcpu='2' cpuset='6,22'/><emulatorpin cpuset='3'/></cputune>"
		"<cpu><topology cores='3'/></cpu></domain>",
		"", "", "nodes 0 and 1 have unequal parts", { 0 } },
	{ LARGE, LARGE_DOMAIN, "", "", "spans nodes, and that of the card has room", { 4, 1, { 1 } } },
	{ LARGE, SPREAD_DOMAIN, "cpuset='1,7'", "cpuset='1,17'", "on node 0, and the card on 1", { 1, 1, { 1 } } },
	{ LARGE, SPREAD_DOMAIN, "cpuset='1,7'", "cpuset='1,17'", NULL, { 1, 1, { 0 } } },
	{ SMALL, SMALL_DOMAIN, "<memory mode='strict' nodeset='0'/>", "", "no nodeset", { 0 } },
	{ SMALL, SMALL_DOMAIN, "mode='strict'", "mode='preferred'", "not strict", { 0 } },
	{ SMALL, SMALL_DOMAIN, "nodeset='0'", "nodeset='0-1'", "node 1, which is not there", { 0 } },
	{ LARGE, LARGE_DOMAIN, "nodeset='0-1'", "nodeset='0'", "node 1 has vCPUs and no memory", { 0 } },
	{ LARGE, SPREAD_DOMAIN, "cpuset='1,7'", "cpuset='4,20'", "node 0 has memory and no vCPUs", { 0 } },
	{ LARGE, LARGE_DOMAIN, "<numa>", "<!--", "no XML", { 0 } },
	{ LARGE, LARGE_DOMAIN,
		"<numa><cell id='0' cpus='0-1' memory='2' unit='GiB'/><cell id='1' cpus='2-3' "
		"memory='2097152'/></numa>",
		"", "of no cell", { 0 } },
	{ LARGE, LARGE_DOMAIN, "cellid='1'", "cellid='0'", "of one that has one", { 0 } },
	{ LARGE, LARGE_DOMAIN, "mode='strict' nodeset='1'", "mode='strict' nodeset='0-1'", "not of one node", { 0 } },
	{ LARGE, LARGE_DOMAIN, "mode='strict' nodeset='1'", "mode='strict' nodeset='0'", "on another node", { 0 } },
	{ LARGE, LARGE_DOMAIN, "memory='2' unit", "memory='3' unit", "the cells have 5368709120 bytes of 4294967296",
		{ 0 } },
	{ LARGE, LARGE_DOMAIN, "memory='2' unit", "memory='0' unit", "cell 0 has no memory", { 0 } },
	{ LARGE, LARGE_DOMAIN, "cpus='2-3'", "cpus='2'", "the cells have 3 vCPUs of 4", { 0 } },
	{ LARGE, LARGE_DOMAIN, "cpus='2-3'", "cpus='2-4'", "vCPU 4, which is not there", { 0 } },
	{ LARGE, LARGE_DOMAIN, "cpus='2-3'", "cpus='1-2'", "vCPU 1 is in two cells", { 0 } },
	{ LARGE, LARGE_DOMAIN, "id='1' cpus", "id='2' cpus", "not in order", { 0 } },
};

START_TEST(test_sample)
{
	json_object *cpus = processor_load(samples[_i].processor);
	const char *at = strstr(samples[_i].domain, samples[_i].from), *problem;
	char xml[4096];

	ck_assert_ptr_nonnull(cpus);
	ck_assert_ptr_nonnull(at);
	(void)snprintf(xml, sizeof(xml), "%.*s%s%s", (int)(at - samples[_i].domain), samples[_i].domain, samples[_i].to,
		at + strlen(samples[_i].from));
	problem = pins_check(cpus, &samples[_i].wish, xml);
	if (samples[_i].problem)
		ck_assert_msg(problem && strstr(problem, samples[_i].problem), "'%s', and not '%s'",
			problem ? problem : "nothing", samples[_i].problem);
	else
		ck_assert_msg(!problem, "%s", problem);
	json_object_put(cpus);
}
END_TEST

/* What is made up is what its name says. */
START_TEST(test_made_up)
{
	json_object *cpus = processor_load("epyc-9654-2s");
	unsigned int n_l3 = 0, n_nodes = 0;

	ck_assert_uint_eq(json_object_array_length(cpus), 384);
	for (size_t i = 0; i < 384; i++) {
		json_object *cpu = json_object_array_get_idx(cpus, i);

		n_l3 = (unsigned int)record_number(cpu, "l3", 0) >= n_l3 ? (unsigned int)record_number(cpu, "l3", 0) + 1
									 : n_l3;
		n_nodes = record_number(cpu, "node", 0) == 1 ? 2 : n_nodes;
	}
	ck_assert_uint_eq(n_l3, 24);
	ck_assert_uint_eq(n_nodes, 2);
	json_object_put(cpus);
	ck_assert_ptr_null(processor_load("nothing of that name"));
}
END_TEST

/* ---- all machines ---- */

static const unsigned int numbers[] = { 1, 2, 3, 4, 6, 7, 8, 12, 16, 24, 32, 64, 200 };

/*
 * One tree for all: the processors are written once, below sys, and the link to the one that counts is set again and
 * again. The functions of a machine are written and removed around it.
 */
static struct scratch scratch;
static const char *records[RECORDS_MAX], *processors[PROCESSORS_MAX];
static unsigned int n_processors;

static json_object *load_processor(const char *name)
{
	json_object *record, *cpus = processor_load(name);

	if (!cpus) {
		record = record_load(name);
		cpus = json_object_get(json_object_object_get(record, "cpu_topology"));
		json_object_put(record);
	}
	return cpus;
}

/* Those of the records too, by the record's name. */
static void list_processors(void)
{
	unsigned int n = record_names(records);

	n_processors = processor_names(processors);
	for (unsigned int i = 0; i < n; i++) {
		json_object *record = record_load(records[i]);

		if (json_object_object_get(record, "cpu_topology") && n_processors < PROCESSORS_MAX)
			processors[n_processors++] = records[i];
		json_object_put(record);
	}
}

static void start(void)
{
	list_processors();
	scratch_make(&scratch);
	for (unsigned int i = 0; i < n_processors; i++) {
		json_object *cpus = load_processor(processors[i]);
		char path[128];
		int root;

		(void)snprintf(path, sizeof(path), "sys/processors/%s", processors[i]);
		put_directory(scratch.fd, path);
		root = openat(scratch.fd, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
		tree_write_cpus(root, cpus);
		close(root);
		json_object_put(cpus);
	}
}

static void stop(void)
{
	scratch_remove(&scratch);
}

static void set_processor(const char *name)
{
	static const char *const parts[] = { "system", "cpu_core", "cpu_atom", "cpu_lowpower" };

	for (int i = 0; i < COUNT(parts); i++) {
		char path[128], target[256];
		struct stat st;

		(void)snprintf(path, sizeof(path), "sys/devices/%s", parts[i]);
		(void)snprintf(target, sizeof(target), "sys/processors/%s/sys/devices/%s", name, parts[i]);
		(void)unlinkat(scratch.fd, path, 0);
		if (fstatat(scratch.fd, target, &st, 0) == 0)
			put_link(scratch.fd, path, target);
	}
}

static void put_machine(json_object *record)
{
	json_object_object_del(record, "cpu_topology");
	remove_all(scratch.fd, "sys/devices");
	remove_all(scratch.fd, "sys/bus");
	remove_all(scratch.fd, "sys/kernel");
	tree_write(scratch.fd, record, NULL);
	put_directory(scratch.fd, "sys/devices");
}

static void run(const char *record, const char *processor, json_object *cpus, const char *gpus, struct pins_wish wish)
{
	const char *problem;
	char *text, *xml;
	int status;

	text = program_run(&status,
		"gpu-handoff-xmlgen --name vm %s --memory 2G --vcpus %u --sysroot %s --output %s/xml", gpus,
		wish.n_vcpus, scratch.path, scratch.path);
	ck_assert_msg(status == 0, "%s with %s: %s --vcpus %u: %s", record, processor, gpus, wish.n_vcpus, text);
	free(text);
	xml = get_text(scratch.fd, "xml");
	ck_assert_ptr_nonnull(xml);
	problem = pins_check(cpus, &wish, xml);
	ck_assert_msg(
		!problem, "%s with %s: %s --vcpus %u: %s\n%s", record, processor, gpus, wish.n_vcpus, problem, xml);
	free(xml);
	remove_all(scratch.fd, "xml");
}

/* A node counts when the processor has it. */
static bool has_node(json_object *cpus, int node)
{
	for (size_t i = 0; i < json_object_array_length(cpus); i++) {
		if (record_number(json_object_array_get_idx(cpus, i), "node", 0) == node)
			return true;
	}
	return false;
}

/* Every machine with every second processor, each time with another number of vCPUs. */
START_TEST(test_machine)
{
	json_object *record = record_load(records[_i]), *expected = json_object_object_get(record, "expect"), *gpu;
	char gpus[64] = "--gpu none";

	put_machine(record);
	gpu = json_object_array_length(expected) ? json_object_array_get_idx(expected, 0) : NULL;
	if (gpu)
		(void)snprintf(gpus, sizeof(gpus), "--gpu %s", record_text(gpu, "gpu"));
	for (unsigned int i = (unsigned int)_i % 2; i < n_processors; i += 2) {
		json_object *cpus = load_processor(processors[i]);
		struct pins_wish wish = { .n_vcpus = numbers[((unsigned int)_i + i) % COUNT(numbers)] };

		if (gpu)
			wish.nodes[0] = record_number(record_device(record, record_text(gpu, "gpu")), "numa_node", -1);
		wish.n_nodes = gpu && has_node(cpus, wish.nodes[0]);
		set_processor(processors[i]);
		run(records[_i], processors[i], cpus, gpus, wish);
		json_object_put(cpus);
	}
	json_object_put(record);
}
END_TEST

#define TWO_CARDS "x570-3900x-gtx1080ti-gt710"
#define CARD_A    "0000:0b:00.0"
#define CARD_B    "0000:0c:00.0"

static void set_node(json_object *record, const char *address, int node)
{
	json_object_object_add(record_device(record, address), "numa_node", json_object_new_int(node));
}

/* Every processor with a card on each of its nodes, then with two on two of them, and all numbers of vCPUs. */
START_TEST(test_processor)
{
	json_object *cpus = load_processor(processors[_i]), *record = record_load(TWO_CARDS);

	for (int node = -1; node < 64; node++) {
		struct pins_wish wish = { .n_nodes = node >= 0, .nodes = { node } };

		if (node >= 0 && !has_node(cpus, node))
			continue;
		set_node(record, CARD_A, node);
		set_node(record, CARD_B, 0);
		put_machine(record);
		set_processor(processors[_i]);
		for (int i = 0; i < COUNT(numbers); i++) {
			wish.n_vcpus = numbers[i];
			run(TWO_CARDS, processors[_i], cpus, "--gpu " CARD_A, wish);
			if (node > 0)
				run(TWO_CARDS, processors[_i], cpus, "--gpu " CARD_A " --gpu " CARD_B,
					(struct pins_wish){ numbers[i], 2, { node, 0 } });
		}
	}
	json_object_put(record);
	json_object_put(cpus);
}
END_TEST

TCase *case_pins(void)
{
	TCase *tcase = suite_case("pins");

	add_rows(tcase, test_sample, samples);
	tcase_add_test(tcase, test_made_up);
	return tcase;
}

TCase *case_pins_everywhere(void)
{
	TCase *tcase = suite_case("pins everywhere");

	list_processors();
	tcase_add_unchecked_fixture(tcase, start, stop);
	tcase_add_loop_test(tcase, test_machine, 0, (int)record_names(records));
	tcase_add_loop_test(tcase, test_processor, 0, (int)n_processors);
	return tcase;
}
