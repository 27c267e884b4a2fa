// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/pinning.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/probe/probe.h"

#define DOMAIN(inner)      "<domain type='kvm'><name>gpuvm</name>" inner "</domain>"
#define VCPUS(n, inner)    DOMAIN("<vcpu>" n "</vcpu>" inner)
#define CPUTUNE(n, inner)  VCPUS(n, "<cputune>" inner "</cputune>")
#define NUMATUNE(inner)    VCPUS("1", "<numatune>" inner "</numatune>")
#define VCPUPIN(vcpu, set) "<vcpupin vcpu='" vcpu "' cpuset='" set "'/>"
#define EMULATORPIN(set)   "<emulatorpin cpuset='" set "'/>"
#define IOTHREADPIN(set)   "<iothreadpin iothread='1' cpuset='" set "'/>"

/* What is read: each vCPU's set, a blank behind it, then emulator, iothreads and nodes; or a part of the refusal. */
static const struct {
	const char *what, *xml, *read, *refused;
} rows[] = {
	{ "nothing said", DOMAIN(""), "- e- i- n-", NULL },
	{ "not pinned", VCPUS("3", ""), "- - - e- i- n-", NULL },
	{ "blanks", VCPUS("\n  2\t", ""), "- - e- i- n-", NULL },
	{ "all at once", DOMAIN("<vcpu placement='static' cpuset='0-3,^1'>2</vcpu>"), "0,2-3 0,2-3 e0,2-3 i- n-",
		NULL },
	{ "numad", DOMAIN("<vcpu placement='auto' cpuset='0-3'>1</vcpu>"), "- e- i- n-", NULL },
	{ "some can be plugged", DOMAIN("<vcpu current='1'>2</vcpu>"), "- - e- i- n-", NULL },
	{ "each its own", CPUTUNE("2", VCPUPIN("1", "9") VCPUPIN("0", "8")), "8 9 e- i- n-", NULL },
	{ "one, and the rest at once",
		DOMAIN("<vcpu cpuset='4-5'>2</vcpu><iothreads>1</iothreads><cputune>" VCPUPIN("0", "8") "</cputune>"),
		"8 4-5 e4-5 i4-5 n-", NULL },
	{ "emulator", CPUTUNE("1", EMULATORPIN("0-1,12")), "- e0-1,12 i- n-", NULL },
	{ "iothreads together",
		VCPUS("1", "<iothreads>2</iothreads><cputune>" IOTHREADPIN("0") "<iothreadpin iothread='2' cpuset='3'/>"
										"</cputune>"),
		"- e- i0,3 n-", NULL },
	{ "iothreads by id",
		VCPUS("1", "<iothreadids><iothread id='4'/></iothreadids><cputune>" IOTHREADPIN("7") "</cputune>"),
		"- e- i7 n-", NULL },
	{ "a pin without iothreads", CPUTUNE("1", IOTHREADPIN("7")), "- e- i- n-", NULL },
	{ "two elements",
		VCPUS("2", "<cputune>" VCPUPIN("0", "1") "</cputune><cputune>" VCPUPIN("1", "2") "</cputune>"),
		"1 2 e- i- n-", NULL },
	{ "a vCPU that is not there", CPUTUNE("1", VCPUPIN("1", "9") VCPUPIN("4294967295", "9")), "- e- i- n-", NULL },
	{ "memory", NUMATUNE("<memory mode='strict' nodeset='1'/>"), "- e- i- n1", NULL },
	{ "memory of cells",
		NUMATUNE("<memory mode='strict' nodeset='0'/><memnode cellid='0' mode='strict' nodeset='2-3'/>"),
		"- e- i- n0,2-3", NULL },
	{ "memory where numad says", NUMATUNE("<memory mode='strict' placement='auto' nodeset='1'/>"), "- e- i- n-",
		NULL },
	{ "memory anywhere", NUMATUNE("<memory mode='preferred'/>"), "- e- i- n-", NULL },
	{ "the highest CPU", CPUTUNE("1", VCPUPIN("0", "2047")), "2047 e- i- n-", NULL },
	{ "a foreign namespace",
		VCPUS("1",
			"<x:cputune xmlns:x='urn:x'>" VCPUPIN("0", "1") "</x:cputune><cputune xmlns:x='urn:x'>"
									"<x:vcpupin vcpu='0' cpuset='1'/></cputune>"),
		"- e- i- n-", NULL },
	{ "elsewhere", VCPUS("1", VCPUPIN("0", "1") "<metadata><cputune>" VCPUPIN("0", "1") "</cputune></metadata>"),
		"- e- i- n-", NULL },

	{ "no number of vCPUs", VCPUS("two", ""), NULL, "of <vcpu> in the domain XML is 'two'" },
	{ "an empty one", VCPUS("", ""), NULL, "of <vcpu> in the domain XML is ''" },
	{ "two", VCPUS("1 2", ""), NULL, "is '1 2'" },
	{ "no vCPU", VCPUS("0", ""), NULL, "has 0 vCPUs" },
	{ "too many", VCPUS("1025", ""), NULL, "has 1025 vCPUs" },
	{ "a negative number", VCPUS("-1", ""), NULL, "is '-1'" },
	{ "far too many", VCPUS("99999999999999999999", ""), NULL, "is '99999999999999999999'" },
	{ "a CPU too high", CPUTUNE("1", VCPUPIN("0", "2048")), NULL,
		"cpuset of <vcpupin> in the domain XML is '2048'" },
	{ "no set", CPUTUNE("1", VCPUPIN("0", "0-")), NULL, "is '0-'" },
	{ "a set that is empty", CPUTUNE("1", EMULATORPIN("1,^1")), NULL, "cpuset of <emulatorpin>" },
	{ "a set that is missing", CPUTUNE("1", "<emulatorpin/>"), NULL, "cpuset of <emulatorpin>" },
	{ "a vCPU that is missing", CPUTUNE("1", "<vcpupin cpuset='1'/>"), NULL, "vcpu of <vcpupin>" },
	{ "a vCPU that is none", CPUTUNE("1", VCPUPIN("0x0", "1")), NULL, "is '0x0'" },
	{ "a vCPU twice", CPUTUNE("1", VCPUPIN("0", "1") VCPUPIN("0", "1")), NULL, "<vcpupin> twice" },
	{ "the emulator twice", CPUTUNE("1", EMULATORPIN("1") EMULATORPIN("2")), NULL, "<emulatorpin> twice" },
	{ "a wrong set for all", DOMAIN("<vcpu cpuset='all'>1</vcpu>"), NULL, "cpuset of <vcpu>" },
	{ "a wrong pin of one that is not there", CPUTUNE("1", VCPUPIN("5", "x")), NULL, "is 'x'" },
	{ "wrong iothreads", VCPUS("1", "<iothreads>x</iothreads>"), NULL, "of <iothreads>" },
	{ "a wrong node", NUMATUNE("<memnode cellid='0' nodeset='b'/>"), NULL, "nodeset of <memnode>" },
	{ "a set that steers", CPUTUNE("1", VCPUPIN("0", "&#10;1&#x7f;[2J&#xe4;")), NULL, "is '?1?[2J?" },
	{ "a long set", CPUTUNE("1", VCPUPIN("0", "1111111111111111111111111111111111111111111111111111111111")), NULL,
		"1111...'" },
	{ "another root", "<network/>", NULL, "no libvirt domain" },
	{ "a document type", "<!DOCTYPE domain>" DOMAIN(""), NULL, "document type" },
	{ "nothing", "", NULL, "is empty" },
	{ "no XML", "vcpu", NULL, "is no XML" },
	{ "<domain><vcpu>", "vcpu", NULL, "not well-formed" },
};

static char *show(char *end, const char *mark, const struct cpuset *set)
{
	return end + sprintf(end, "%s%s", mark, cpuset_count(set) ? cpuset_text(set).s : "-");
}

START_TEST(test_row)
{
	struct pinning *pinning = malloc(sizeof(*pinning));
	struct refusal refusal = { 0 };
	/* Exactly as long as it says, so that a read behind its end is seen. */
	size_t size = strlen(rows[_i].xml);
	char *exact = malloc(size + !size), seen[1024] = "", *end = seen;
	int r;

	memset(pinning, 0xa5, sizeof(*pinning));
	memcpy(exact, rows[_i].xml, size);
	r = pinning_parse(exact, size, pinning, &refusal);
	if (rows[_i].refused) {
		ck_assert_msg(r == -ECANCELED, "%s: %d", rows[_i].what, r);
		ck_assert_msg(strstr(refusal.sentence, rows[_i].refused), "%s: %s", rows[_i].what, refusal.sentence);
		ck_assert_int_eq(refusal.reason, REFUSAL_INPUT);
		ck_assert_uint_eq(pinning->n_vcpus, 0xa5a5a5a5);
		for (const char *c = refusal.sentence; *c; c++)
			ck_assert_msg(*c >= ' ' && *c < 0x7f, "%s", refusal.sentence);
	} else {
		ck_assert_msg(r == 0, "%s: %s", rows[_i].what, refusal.sentence);
		for (unsigned int i = 0; i < pinning->n_vcpus; i++)
			end = show(end, i ? " " : "", &pinning->vcpus[i]);
		end = show(end, " e", &pinning->emulator);
		end = show(end, " i", &pinning->iothreads);
		end = show(end, " n", &pinning->nodes);
		ck_assert_msg(strcmp(seen, rows[_i].read) == 0, "%s: '%s'", rows[_i].what, seen);
	}
	free(exact);
	free(pinning);
}
END_TEST

/* As many vCPUs as there can be, each with a pin. */
START_TEST(test_many)
{
	struct pinning *pinning = malloc(sizeof(*pinning));
	char *xml = malloc(100000), *end = xml;
	struct refusal refusal = { 0 };

	end += sprintf(end, "<domain><vcpu>%d</vcpu><cputune>", VCPUS_MAX);
	for (int i = 0; i < VCPUS_MAX; i++)
		end += sprintf(end, "<vcpupin vcpu='%d' cpuset='%d'/>", i, VCPUS_MAX - i);
	end += sprintf(end, "</cputune></domain>");
	ck_assert_msg(pinning_parse(xml, (size_t)(end - xml), pinning, &refusal) == 0, "%s", refusal.sentence);
	ck_assert_uint_eq(pinning->n_vcpus, VCPUS_MAX);
	for (unsigned int i = 0; i < VCPUS_MAX; i++) {
		ck_assert_uint_eq(cpuset_count(&pinning->vcpus[i]), 1);
		ck_assert(cpuset_has(&pinning->vcpus[i], VCPUS_MAX - i));
	}
	free(xml);
	free(pinning);
}
END_TEST

TCase *case_pinning(void)
{
	TCase *tcase = suite_case("pinning");

	add_rows(tcase, test_row, rows);
	tcase_add_test(tcase, test_many);
	return tcase;
}
