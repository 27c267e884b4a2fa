// SPDX-License-Identifier: GPL-2.0-or-later
/* What a domain says of itself before it is tuned. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/xmlgen/xmlgen.h"
#include "xmlgen/tune.h"

static void write_facts(const struct tune_facts *facts, char *text, size_t size)
{
	static const char *const machines[] = { "other", "q35", "i440fx" };

	(void)snprintf(text, size, "%s %s %u%s memory %llu%s %llu iothreads %u%s%s '%s' hostdevs %u",
		facts->is_kvm ? "kvm" : "qemu", machines[facts->machine], facts->n_vcpus,
		facts->is_auto_placed ? " auto" : "", (unsigned long long)facts->memory,
		facts->has_hugepages ? " hugepages" : "", (unsigned long long)facts->page_size, facts->n_iothreads,
		facts->has_special_cells ? " special"
		: facts->n_cells         ? " cells"
					 : "",
		facts->has_hyperv ? " hyperv" : "", facts->os_id, facts->n_hostdevs);
}

#define HVM "<os><type>hvm</type></os>"

static const struct {
	const char *xml, *expected; /* below <domain type='kvm'>; NULL: refused */
} rows[] = {
	{ HVM, "kvm i440fx 1 memory 0 0 iothreads 0 '' hostdevs 0" },
	{ "<os><type arch='x86_64' machine='pc-q35-rhel9.2.0'>hvm</type></os><vcpu placement='auto' current='2'> 8 "
	  "</vcpu>",
		"kvm q35 8 auto memory 0 0 iothreads 0 '' hostdevs 0" },
	{ "<os><type machine='microvm'>hvm</type></os><vcpu current='8'>8</vcpu><memory>\n1024\n</memory>",
		"kvm other 8 memory 1048576 0 iothreads 0 '' hostdevs 0" },
	{ HVM "<vcpu>2</vcpu><vcpus><vcpu id='1' enabled='no'/></vcpus><memory unit='gB'>3</memory>",
		"kvm i440fx 2 memory 3000000000 0 iothreads 0 '' hostdevs 0" },
	{ HVM "<memory "
	      "unit='bytes'>7</memory><iothreads>1</iothreads><iothreadids><iothread/><iothread/></iothreadids>",
		"kvm i440fx 1 memory 7 0 iothreads 2 '' hostdevs 0" },
	{ HVM "<memoryBacking><hugepages/><access mode='shared'/></memoryBacking><features><hyperv/></features>",
		"kvm i440fx 1 memory 0 hugepages 0 iothreads 0 hyperv '' hostdevs 0" },
	{ HVM "<memoryBacking><hugepages><page size='1' unit='G'/></hugepages></memoryBacking>",
		"kvm i440fx 1 memory 0 hugepages 1073741824 iothreads 0 '' hostdevs 0" },
	{ HVM "<cpu><numa><cell memory='1' unit='MiB'/><cell memory='512' memAccess='shared'/></numa></cpu>",
		"kvm i440fx 1 memory 1572864 0 iothreads 0 special '' hostdevs 0" },
	{ HVM "<devices><filesystem><driver type='virtiofs'/></filesystem></devices>",
		"kvm i440fx 1 memory 0 0 iothreads 0 '' hostdevs 0" },
	{ HVM "<devices><interface type='vhostuser'/></devices>", "kvm i440fx 1 memory 0 0 iothreads 0 '' hostdevs 0" },
	{ HVM "<metadata><l:libosinfo xmlns:l='http://libosinfo.org/xmlns/libvirt/domain/1.0'><l:os id='urn:x'/>"
	      "</l:libosinfo></metadata><devices><hostdev type='pci'><source><address bus='010'/></source></hostdev>"
	      "<hostdev type='usb'/></devices>",
		"kvm i440fx 1 memory 0 0 iothreads 0 'urn:x' hostdevs 1" },
	{ HVM "<memory unit='MiB'>5</memory><cpu><numa><cell id='0' cpus='0' memory='1' unit='MiB'/><cell "
	      "memory='1024'/></numa></cpu>",
		"kvm i440fx 1 memory 2097152 0 iothreads 0 cells '' hostdevs 0" },
	{ HVM "<cpu><numa><cell memory='1' unit='MiB'><distances/></cell></numa></cpu>",
		"kvm i440fx 1 memory 1048576 0 iothreads 0 special '' hostdevs 0" },
	{ HVM "<devices><memory model='dimm'/></devices>",
		"kvm i440fx 1 memory 0 0 iothreads 0 special '' hostdevs 0" },
	{ HVM "<cputune/><!-- --><cputune/>", NULL },
	{ "", NULL },
	{ HVM "<vcpu>0</vcpu>", NULL },
	{ HVM "<vcpu>4294967296</vcpu>", NULL },
	{ HVM "<vcpu>2 3</vcpu>", NULL },
	{ HVM "<memory unit='EiB'>16</memory>", NULL },
	{ HVM "<memory unit='miles'>1</memory>", NULL },
	{ HVM "<memory>18446744073709551616</memory>", NULL },
	{ HVM "<iothreads>x</iothreads>", NULL },
	{ HVM "<cpu><numa><cell memory='9223372036854775808' unit='b'/><cell memory='9223372036854775808' unit='b'/>"
	      "</numa></cpu>",
		NULL },
	{ HVM "<devices><hostdev type='pci'><source/></hostdev></devices>", NULL },
};

START_TEST(test_row)
{
	struct tune_facts facts = { 0 };
	char xml[1024], seen[512];
	struct refusal refusal;
	struct source source;
	int r, size = snprintf(xml, sizeof(xml), "<domain type='kvm'>%s</domain>", rows[_i].xml);

	ck_assert_int_eq(source_read(xml, (size_t)size, &source, &refusal), 0);
	r = tune_read(&source, &facts, &refusal);
	source_finish(&source);
	if (!rows[_i].expected) {
		ck_assert_int_eq(r, -ECANCELED);
		ck_assert(refusal.sentence[0]);
		return;
	}
	ck_assert_int_eq(r, 0);
	write_facts(&facts, seen, sizeof(seen));
	ck_assert_str_eq(seen, rows[_i].expected);
}
END_TEST

TCase *case_tune_read(void)
{
	TCase *tcase = suite_case("tune_read");

	add_rows(tcase, test_row, rows);
	return tcase;
}
