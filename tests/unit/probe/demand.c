// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe/domain.h"
#include "tests/unit/probe/probe.h"

#define HOSTDEV             "<devices><hostdev type='pci'><source><address bus='1'/></source></hostdev></devices>"
#define NAMED(inner)        "<domain type='kvm'><name>gpuvm</name>" inner "</domain>"
#define DOMAIN(inner)       NAMED(inner HOSTDEV)
#define PAGES(inner)        "<memoryBacking><hugepages>" inner "</hugepages></memoryBacking>"
#define MIB(n)              "<memory unit='MiB'>" n "</memory>"
#define NUMA(inner)         "<cpu><numa>" inner "</numa></cpu>"
#define CELL(id, n)         "<cell id='" id "' cpus='" id "' memory='" n "' unit='MiB'/>"
#define TWO_CELLS           NUMA(CELL("0", "8") CELL("1", "16"))
#define TUNE(inner)         "<numatune>" inner "</numatune>"
#define STRICT(nodes)       "<memory mode='strict' nodeset='" nodes "'/>"
#define NODE(cell, on)      "<memnode cellid='" cell "' mode='strict' nodeset='" on "'/>"
#define SIZE(kib)           "<page size='" kib "' unit='KiB'/>"
#define SIZE_OF(kib, cells) "<page size='" kib "' unit='KiB' nodeset='" cells "'/>"
#define DIMM(source, mib, node)                                                                                        \
	"<memory model='dimm'>" source "<target><size unit='MiB'>" mib "</size>" node "</target></memory>"
#define SOURCE(inner) "<source>" inner "</source>"

/* With modules, the hostdev stands beside them. */
#define MODULES(inner, devices)                                                                                        \
	NAMED(inner "<devices>" devices "<hostdev type='pci'><source><address bus='1'/></source></hostdev></devices>")

#define P20  "pppppppppppppppppppp"
#define P200 P20 P20 P20 P20 P20 P20 P20 P20 P20 P20

/* vCPUs and how many of them are pinned, where, the service's CPUs, the nodes, the partition; or a problem. */
static const struct {
	const char *what, *xml, *read, *problem;
} rows[] = {
	{ "nothing said", DOMAIN(""), "1/0 v- s- n- /machine", "" },
	{ "neither hostdev nor policy", NAMED("<vcpu cpuset='1'>2</vcpu><resource><partition>x</partition></resource>"),
		"0/0 v- s- n- ", "" },
	{ "a policy alone",
		NAMED("<metadata><p:policy xmlns:p='urn:gpu-handoff:1' version='1'/></metadata><vcpu "
		      "cpuset='1'>2</vcpu>"),
		"2/2 v1 s1 n- /machine", "" },
	{ "a policy of another namespace", NAMED("<metadata><policy version='1'/></metadata><vcpu cpuset='1'>2</vcpu>"),
		"0/0 v- s- n- ", "" },
	{ "not pinned", DOMAIN("<vcpu>4</vcpu>"), "4/0 v- s- n- /machine", "" },
	{ "some pinned",
		DOMAIN("<vcpu>4</vcpu><cputune><vcpupin vcpu='0' cpuset='2'/><vcpupin vcpu='2' "
		       "cpuset='4-5'/></cputune>"),
		"4/2 v2,4-5 s- n- /machine", "" },
	{ "all at once", DOMAIN("<vcpu cpuset='2-3'>4</vcpu>"), "4/4 v2-3 s2-3 n- /machine", "" },
	{ "emulator and iothreads",
		DOMAIN("<vcpu>1</vcpu><iothreads>1</iothreads><cputune><emulatorpin cpuset='0'/>"
		       "<iothreadpin iothread='1' cpuset='8'/></cputune>"),
		"1/0 v- s0,8 n- /machine", "" },
	{ "nodes of all", DOMAIN(TWO_CELLS TUNE(STRICT("0") NODE("0", "1") NODE("1", "3"))),
		"1/0 v- s- n0-1,3 /machine", "" },
	{ "a partition", DOMAIN("<resource><partition>/machine/gpu</partition></resource>"),
		"1/0 v- s- n- /machine/gpu", "" },
	{ "an empty partition", DOMAIN("<resource><partition/></resource>"), "1/0 v- s- n- /machine", "" },
	{ "a resource without one", DOMAIN("<resource><fibrechannel appid='a'/></resource>"), "1/0 v- s- n- /machine",
		"" },

	{ "a relative partition", DOMAIN("<resource><partition>machine</partition></resource>"), "1/0 v- s- n- ",
		"the path of <partition> in the domain XML is 'machine'; correct it with 'virsh edit'" },
	{ "a long partition", DOMAIN("<resource><partition>/" P200 P200 "</partition></resource>"), "1/0 v- s- n- ",
		"the path of <partition> in the domain XML is '/ppp" },
	{ "a pin that is none", DOMAIN("<vcpu>2</vcpu><cputune><vcpupin vcpu='0' cpuset='x'/></cputune>"),
		"0/0 v- s- n- /machine", "cpuset of <vcpupin> in the domain XML is 'x'; correct it with 'virsh edit'" },
	{ "a pin that steers", DOMAIN("<cputune><emulatorpin cpuset='&#10;'/></cputune>"), "0/0 v- s- n- /machine",
		"is '?'" },
	{ "too many vCPUs", DOMAIN("<vcpu>1025</vcpu>"), "0/0 v- s- n- /machine", "has 1025 vCPUs" },
	{ "the first problem is told",
		DOMAIN("<vcpu>0</vcpu><resource><partition>x</partition></resource>" PAGES(SIZE("0"))), "0/0 v- s- n- ",
		"has 0 vCPUs" },
	{ "one problem of pages leaves the rest", DOMAIN("<vcpu cpuset='2'>1</vcpu>" PAGES(SIZE("0"))),
		"1/1 v2 s2 n- /machine", "size of <page> in the domain XML is '0'" },
};

static struct domain domain;

static void parse(const char *what, const char *xml)
{
	/* Exactly as long as it says, so that a read behind its end is seen. */
	size_t size = strlen(xml);
	char *exact = malloc(size);
	struct refusal refusal = { 0 };

	memcpy(exact, xml, size);
	memset(&domain, 0xa5, sizeof(domain));
	ck_assert_msg(domain_parse(exact, size, &domain, &refusal) == 0, "%s: %s", what, refusal.sentence);
	free(exact);
}

static char *show(char *end, const char *mark, const struct cpuset *set)
{
	return end + sprintf(end, "%s%s", mark, cpuset_count(set) ? cpuset_text(set).s : "-");
}

/* All of a sentence, and one that can be printed. */
static void check_problem(const char *what, const char *part)
{
	const char *problem = domain.demand.problem;

	ck_assert_msg(part[0] || !problem[0], "%s: %s", what, problem);
	ck_assert_msg(strstr(problem, part) != NULL, "%s: '%s'", what, problem);
	ck_assert_msg(!problem[0] || strstr(problem, "; correct it with 'virsh edit'"), "%s: '%s'", what, problem);
	for (const char *c = problem; *c; c++)
		ck_assert(*c >= 0x20 && *c < 0x7f);
}

START_TEST(test_row)
{
	const struct demand *demand = &domain.demand;
	char seen[1024], *end = seen;

	parse(rows[_i].what, rows[_i].xml);
	end += sprintf(end, "%u/%u", demand->n_vcpus, demand->n_pinned);
	end = show(end, " v", &demand->vcpus);
	end = show(end, " s", &demand->service);
	end = show(end, " n", &demand->nodes);
	(void)sprintf(end, " %s", demand->partition);
	ck_assert_msg(strcmp(seen, rows[_i].read) == 0, "%s: '%s'", rows[_i].what, seen);
	ck_assert_uint_eq(demand->n_needs, 0);
	check_problem(rows[_i].what, rows[_i].problem);
}
END_TEST

/* Each need: KiB of pages of so many KiB, on nodes; or a problem. */
static const struct {
	const char *what, *xml, *needs, *problem;
} pages[] = {
	{ "none", DOMAIN(MIB("64")), "", "" },
	{ "none, and memory that is none", DOMAIN("<memory unit='x'>y</memory>" NUMA(CELL("7", "z"))), "", "" },
	{ "of the default size", DOMAIN(MIB("64") "<memoryBacking><hugepages/></memoryBacking>"), "65536/0@- ", "" },
	{ "of a size", DOMAIN(MIB("64") PAGES(SIZE("2048"))), "65536/2048@- ", "" },
	{ "on nodes", DOMAIN(MIB("64") PAGES(SIZE("2048")) TUNE(STRICT("1-2"))), "65536/2048@1-2 ", "" },
	{ "of a mode that may take others",
		DOMAIN(MIB("64") PAGES(SIZE("2048")) TUNE("<memory mode='preferred' nodeset='1'/>")), "65536/2048@1 ",
		"" },
	{ "where numad says",
		DOMAIN(MIB("64") PAGES(SIZE("2048")) TUNE("<memory placement='auto' nodeset='1'/>" NODE("0", "1"))),
		"65536/2048@- ", "" },
	{ "of the size of small pages", DOMAIN(MIB("64") PAGES(SIZE("4"))), "", "" },
	{ "the guest's only cell", DOMAIN(MIB("64") PAGES(SIZE_OF("2048", "0"))), "65536/2048@- ", "" },
	{ "a cell where there is none", DOMAIN(MIB("64") PAGES(SIZE_OF("2048", "0-1"))), "", "" },
	{ "the last of those for all", DOMAIN(MIB("64") PAGES(SIZE("2048") SIZE("1048576"))), "65536/1048576@- ", "" },

	{ "no unit", DOMAIN("<memory>65536</memory>" PAGES(SIZE("2048"))), "65536/2048@- ", "" },
	{ "an empty unit", DOMAIN("<memory unit=''>65536</memory>" PAGES(SIZE("2048"))), "65536/2048@- ", "" },
	{ "bytes, rounded up", DOMAIN("<memory unit='bytes'>1025</memory>" PAGES(SIZE("2048"))), "2/2048@- ", "" },
	{ "b", DOMAIN("<memory unit='b'>1024</memory>" PAGES(SIZE("2048"))), "1/2048@- ", "" },
	{ "KB", DOMAIN("<memory unit='KB'>1024</memory>" PAGES(SIZE("2048"))), "1000/2048@- ", "" },
	{ "k", DOMAIN("<memory unit='k'>1024</memory>" PAGES(SIZE("2048"))), "1024/2048@- ", "" },
	{ "MB", DOMAIN("<memory unit='MB'>1</memory>" PAGES(SIZE("2048"))), "977/2048@- ", "" },
	{ "G", DOMAIN("<memory unit='G'>1</memory>" PAGES(SIZE("2048"))), "1048576/2048@- ", "" },
	{ "TiB", DOMAIN("<memory unit='TiB'>1</memory>" PAGES(SIZE("2048"))), "1073741824/2048@- ", "" },
	{ "a size in MiB", DOMAIN(MIB("64") PAGES("<page size='2' unit='M'/>")), "65536/2048@- ", "" },
	{ "as much as can be", DOMAIN("<memory unit='b'>18446744073709551615</memory>" PAGES(SIZE("2048"))),
		"18014398509481984/2048@- ", "" },

	{ "cells of one kind are one need", DOMAIN(MIB("24") TWO_CELLS PAGES(SIZE("2048"))), "24576/2048@- ", "" },
	{ "cells count, and not the sum", DOMAIN(MIB("999") TWO_CELLS PAGES(SIZE("2048"))), "24576/2048@- ", "" },
	{ "cells on nodes", DOMAIN(TWO_CELLS PAGES(SIZE("2048")) TUNE(STRICT("0-3") NODE("0", "2") NODE("1", "3"))),
		"8192/2048@2 16384/2048@3 ", "" },
	{ "one cell on a node of its own", DOMAIN(TWO_CELLS PAGES(SIZE("2048")) TUNE(STRICT("0") NODE("1", "3"))),
		"8192/2048@0 16384/2048@3 ", "" },
	{ "memnode without memory", DOMAIN(TWO_CELLS PAGES(SIZE("2048")) TUNE(NODE("1", "3"))),
		"8192/2048@- 16384/2048@3 ", "" },
	{ "a memnode of no cell", DOMAIN(TWO_CELLS PAGES(SIZE("2048")) TUNE(NODE("2", "3"))), "24576/2048@- ", "" },
	{ "a memnode far off", DOMAIN(TWO_CELLS PAGES(SIZE("2048")) TUNE(NODE("4294967295", "3"))), "24576/2048@- ",
		"" },
	{ "cells of two sizes", DOMAIN(TWO_CELLS PAGES(SIZE_OF("2048", "0") SIZE_OF("1048576", "1"))),
		"8192/2048@- 16384/1048576@- ", "" },
	{ "a cell that no page names", DOMAIN(TWO_CELLS PAGES(SIZE_OF("2048", "1"))), "16384/2048@- ", "" },
	{ "the rest of the cells", DOMAIN(TWO_CELLS PAGES(SIZE_OF("1048576", "1") SIZE("2048"))),
		"8192/2048@- 16384/1048576@- ", "" },
	{ "the rest, said first", DOMAIN(TWO_CELLS PAGES(SIZE("2048") SIZE_OF("1048576", "1"))),
		"8192/2048@- 16384/1048576@- ", "" },
	{ "the first that names a cell", DOMAIN(TWO_CELLS PAGES(SIZE_OF("2048", "0-1") SIZE_OF("1048576", "1"))),
		"24576/2048@- ", "" },
	{ "small pages for one cell", DOMAIN(TWO_CELLS PAGES(SIZE("2048") SIZE_OF("4", "0"))), "16384/2048@- ", "" },
	{ "cells out of order", DOMAIN(NUMA(CELL("1", "16") CELL("0", "8")) PAGES(SIZE_OF("2048", "0"))),
		"8192/2048@- ", "" },
	{ "cells without numbers",
		DOMAIN(NUMA("<cell memory='1024'/><cell memory='2048'/>") PAGES(SIZE_OF("2048", "1"))), "2048/2048@- ",
		"" },
	{ "a cell without memory", DOMAIN(NUMA(CELL("0", "8") "<cell id='1'/>") PAGES(SIZE("2048"))), "8192/2048@- ",
		"" },

	{ "a module, beside cells", MODULES(MIB("40") TWO_CELLS PAGES(SIZE("2048")), DIMM("", "16", "<node>1</node>")),
		"40960/2048@- ", "" },
	{ "a module on its cell's node",
		MODULES(TWO_CELLS PAGES(SIZE("2048")) TUNE(NODE("1", "3")), DIMM("", "4", "<node>1</node>")),
		"20480/2048@3 8192/2048@- ", "" },
	{ "a module on nodes of its own, of another size",
		MODULES(TWO_CELLS PAGES(SIZE("2048")),
			DIMM(SOURCE("<nodemask>1-2</nodemask><pagesize unit='GiB'>1</pagesize>"), "4",
				"<node>0</node>")),
		"4096/1048576@1-2 24576/2048@- ", "" },
	{ "a module alone", MODULES(TWO_CELLS, DIMM(SOURCE("<pagesize>2048</pagesize>"), "4", "<node>0</node>")),
		"4096/2048@- ", "" },
	{ "a module of small pages",
		MODULES(TWO_CELLS PAGES(SIZE("2048")), DIMM(SOURCE("<pagesize>4</pagesize>"), "4", "<node>0</node>")),
		"24576/2048@- ", "" },
	{ "modules are in the sum",
		MODULES(MIB("64") PAGES(SIZE("2048")), DIMM(SOURCE("<pagesize>4</pagesize>"), "4", "")),
		"61440/2048@- ", "" },
	{ "others are, too, and nothing else of them",
		MODULES(MIB("64") PAGES(SIZE("2048")),
			"<memory model='nvdimm'><source><path>/dev/dax0.0</path></source><target><size "
			"unit='MiB'>4</size>"
			"</target></memory>"),
		"61440/2048@- ", "" },
	{ "virtio-mem is left out",
		MODULES(TWO_CELLS PAGES(SIZE("2048")),
			"<memory model='virtio-mem'><target><size unit='MiB'>4</size><node>0</node></target></memory>"),
		"24576/2048@- ", "" },

	{ "a page without a size", DOMAIN(MIB("64") PAGES("<page/>")), "", "size of <page> in the domain XML is '0'" },
	{ "an unknown unit", DOMAIN("<memory unit='XiB'>5</memory>" PAGES(SIZE("2048"))), "",
		"the number of <memory> in the domain XML is '5 XiB'" },
	{ "a unit that goes on", DOMAIN("<memory unit='KiBs'>5</memory>" PAGES(SIZE("2048"))), "", "is '5 KiBs'" },
	{ "a number that is none", DOMAIN("<memory>much</memory>" PAGES(SIZE("2048"))), "", "is 'much KiB'" },
	{ "too much", DOMAIN("<memory unit='b'>18446744073709551616</memory>" PAGES(SIZE("2048"))), "",
		"is '18446744073709551616 b'" },
	{ "too much by its unit", DOMAIN("<memory unit='E'>16</memory>" PAGES(SIZE("2048"))), "", "is '16 E'" },
	{ "no memory", DOMAIN(PAGES(SIZE("2048"))), "", "less memory than its modules" },
	{ "less memory than modules", MODULES(MIB("4") PAGES(SIZE("2048")), DIMM("", "4", "")), "",
		"less memory than its modules" },
	{ "cells that are no set", DOMAIN(TWO_CELLS PAGES(SIZE_OF("2048", "a"))), "",
		"nodeset of <page> in the domain XML is 'a'" },
	{ "a cell twice", DOMAIN(NUMA(CELL("0", "8") CELL("0", "8")) PAGES(SIZE("2048"))), "",
		"not numbered 0 to 1, each once" },
	{ "a cell out of the row", DOMAIN(NUMA(CELL("1", "8")) PAGES(SIZE("2048"))), "", "not numbered 0 to 0" },
	{ "a cell's number that is none", DOMAIN(NUMA("<cell id='x'/>") PAGES(SIZE("2048"))), "",
		"id of <cell> in the domain XML is 'x'" },
	{ "a cell's memory that is none", DOMAIN(NUMA(CELL("0", "-8")) PAGES(SIZE("2048"))), "",
		"memory of <cell> in the domain XML is '-8 MiB'" },
	{ "a size of a module that is none", MODULES(MIB("8") PAGES(SIZE("2048")), DIMM("", "x", "")), "",
		"the number of <size> in the domain XML is 'x MiB'" },
	{ "a cell of a module that is none", MODULES(MIB("8") PAGES(SIZE("2048")), DIMM("", "1", "<node>x</node>")), "",
		"the number of <node> in the domain XML is 'x'" },
	{ "nodes of a module that are none",
		MODULES(MIB("8") PAGES(SIZE("2048")), DIMM(SOURCE("<nodemask>x</nodemask>"), "1", "")), "",
		"the list of <nodemask> in the domain XML is 'x'" },
	{ "a page of a module that is none",
		MODULES(MIB("8") PAGES(SIZE("2048")), DIMM(SOURCE("<pagesize>x</pagesize>"), "1", "")), "",
		"the number of <pagesize> in the domain XML is 'x KiB'" },
};

START_TEST(test_pages)
{
	const struct demand *demand = &domain.demand;
	char seen[1024] = "", *end = seen;

	parse(pages[_i].what, pages[_i].xml);
	for (unsigned int i = 0; i < demand->n_needs; i++) {
		const struct page_need *need = &demand->needs[i];

		end += sprintf(end, "%llu/%llu", (unsigned long long)need->kib, (unsigned long long)need->page_kib);
		end = show(end, "@", &need->nodes);
		end += sprintf(end, " ");
	}
	check_problem(pages[_i].what, pages[_i].problem);
	ck_assert_msg(strcmp(seen, pages[_i].needs) == 0, "%s: '%s'", pages[_i].what, seen);
}
END_TEST

/* Cells, each with memory of a node of its own. */
static void parse_cells(unsigned int n)
{
	static char xml[1 << 16];
	char *end = xml + sprintf(xml, "<domain><name>gpuvm</name>" HOSTDEV PAGES("") "<cpu><numa>");

	for (unsigned int i = 0; i < n; i++)
		end += sprintf(end, "<cell memory='%u'/>", i + 1);
	end += sprintf(end, "</numa></cpu><numatune>");
	for (unsigned int i = 0; i < n; i++)
		end += sprintf(end, "<memnode cellid='%u' nodeset='%u'/>", i, i % (PAGE_NEEDS_MAX + 1));
	(void)sprintf(end, "</numatune></domain>");
	parse("cells", xml);
}

/* The bounds, and one more. */
START_TEST(test_bounds)
{
	const struct demand *demand = &domain.demand;

	parse_cells(PAGE_NEEDS_MAX);
	check_problem("needs", "");
	ck_assert_uint_eq(demand->n_needs, PAGE_NEEDS_MAX);
	ck_assert_uint_eq(demand->needs[PAGE_NEEDS_MAX - 1].kib, PAGE_NEEDS_MAX);
	ck_assert(cpuset_has(&demand->needs[PAGE_NEEDS_MAX - 1].nodes, PAGE_NEEDS_MAX - 1));

	parse_cells(PAGE_NEEDS_MAX + 1);
	check_problem("needs", "huge pages of more than 64 sizes and sets of nodes");
	ck_assert_uint_eq(demand->n_needs, 0);
	ck_assert_uint_eq(demand->needs[0].kib, 0);

	parse_cells(129);
	check_problem("cells", "the domain has 129 cells, and 128 at most");
}
END_TEST

/* Modules of 2^54 KiB each, beside a cell. */
static void parse_modules(unsigned int n)
{
	static char xml[1 << 18];
	char *end = xml + sprintf(xml, "<domain><name>gpuvm</name>" PAGES("") NUMA(CELL("0", "8")) "<devices>");

	for (unsigned int i = 0; i < n; i++)
		end += sprintf(end, "<memory model='dimm'><target><size unit='b'>18446744073709551615</size></target>"
				    "</memory>");
	(void)sprintf(end, "<hostdev type='pci'><source><address bus='1'/></source></hostdev></devices>"
			   "<numatune><memnode cellid='0' nodeset='0'/></numatune></domain>");
	parse("modules", xml);
}

/* Sums that do not fit into a number. */
START_TEST(test_overflow)
{
	parse_modules(1023);
	check_problem("as many as fit", "");
	ck_assert_uint_eq(domain.demand.n_needs, 2);
	ck_assert(domain.demand.needs[0].kib == 1023ULL << 54);
	parse_modules(1024);
	check_problem("one more", "or more than can be");
	ck_assert_uint_eq(domain.demand.n_needs, 0);
}
END_TEST

TCase *case_demand(void)
{
	TCase *tcase = suite_case("demand");

	add_rows(tcase, test_row, rows);
	add_rows(tcase, test_pages, pages);
	tcase_add_test(tcase, test_bounds);
	tcase_add_test(tcase, test_overflow);
	return tcase;
}
