// SPDX-License-Identifier: GPL-2.0-or-later
/* Tuning the XML of a domain: what comes out, to the byte, and that it comes out again when that is tuned. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>

#include "tests/support/golden.h"
#include "tests/support/wanted.h"
#include "tests/unit/xmlgen/xmlgen.h"
#include "xmlgen/tune.h"

#define BEGIN           "<domain type='kvm'>"
#define HVM             "<os><type>hvm</type></os>"
#define END             "</domain>"
#define DOMAIN(content) BEGIN HVM content END

/* A policy with another element before that of CPUs. */
#define CPUS(other)                                                                                                    \
	"<handoff:policy xmlns:handoff='urn:gpu-handoff:1' version='1'><handoff:" other                                \
	"/><handoff:cpus isolate='yes' governor='performance'/></handoff:policy>"

static const struct slots_card one_card[] = { { .n_functions = 2,
	.functions = { { .bus = 0x41 }, { .bus = 0x41, .function = 1 } } } };

/* In a block of its very size, so that reading past its end is seen. NULL when it is refused. */
static char *tune(const char *xml, size_t size, const char *wanted, const struct slots_card cards[],
	unsigned int n_cards, size_t *ret_size)
{
	xmlDoc *document = wanted ? xmlReadMemory(wanted, (int)strlen(wanted), NULL, NULL, XML_PARSE_NOBLANKS) : NULL;
	struct refusal refusal = { 0 };
	char *exact = malloc(size), *result = NULL;
	int r;

	ck_assert(!wanted == !document);
	memcpy(exact, xml, size);
	r = tune_text(exact, size, document ? xmlDocGetRootElement(document) : NULL, cards, n_cards, &result, ret_size,
		&refusal);
	free(exact);
	xmlFreeDoc(document);
	ck_assert_msg(r == 0 || (r == -ECANCELED && refusal.sentence[0]), "%d", r);
	return r < 0 ? NULL : result;
}

static void check_again(const char *what, const char *once, size_t size, const char *wanted,
	const struct slots_card cards[], unsigned int n_cards)
{
	size_t twice_size;
	char *twice = tune(once, size, wanted, cards, n_cards, &twice_size);

	ck_assert_msg(twice, "%s: refused when it is tuned again", what);
	ck_assert_msg(twice_size == size && memcmp(once, twice, size) == 0, "%s: tuned again it is\n%s", what, twice);
	free(twice);
}

static const struct {
	const char *what, *xml, *wanted, *expected; /* wanted: below <domain>; expected NULL: as it was */
} rows[] = {
	{ "an element that is missing", DOMAIN(""), "<iothreads>1</iothreads>",
		BEGIN "<iothreads>1</iothreads>" HVM END },
	{ "its place", BEGIN "\n  <name>a</name>\n  <vcpu>1</vcpu>\n\n  " HVM "\n" END, "<iothreads>1</iothreads>",
		BEGIN "\n  <name>a</name>\n  <vcpu>1</vcpu>\n  <iothreads>1</iothreads>\n\n  " HVM "\n" END },
	{ "several at one place", BEGIN "\n\t<vcpu>1</vcpu>\n\t" HVM "\n" END,
		"<iothreads>1</iothreads><numatune><memory mode='strict'/></numatune>",
		BEGIN "\n\t<vcpu>1</vcpu>\n\t<iothreads>1</iothreads>\n\t<numatune>\n\t\t<memory mode=\"strict\"/>\n"
		      "\t</numatune>\n\t" HVM "\n" END },
	{ "behind the last of a name, in a foreign order", BEGIN HVM "<vcpu>1</vcpu><name>a</name>" END,
		"<iothreads>1</iothreads>", BEGIN HVM "<vcpu>1</vcpu><iothreads>1</iothreads><name>a</name>" END },
	{ "ensured: there is one", DOMAIN("<iothreads>4</iothreads>"), "<iothreads>1</iothreads>", NULL },
	{ "ensured: there are ids", DOMAIN("<iothreadids><iothread id='2'/></iothreadids>"), "<iothreads>1</iothreads>",
		NULL },
	{ "a parent that closes itself", DOMAIN("<features/>"), "<features><acpi/></features>",
		DOMAIN("<features><acpi/></features>") },
	{ "on a line", BEGIN "\n  " HVM "\n  <features />\n" END, "<features><acpi/></features>",
		BEGIN "\n  " HVM "\n  <features >\n    <acpi/>\n  </features>\n" END },
	{ "an empty parent", BEGIN "\n  " HVM "\n  <features></features>\n" END, "<features><acpi/></features>",
		BEGIN "\n  " HVM "\n  <features>\n    <acpi/>\n  </features>\n" END },
	{ "a blank parent", BEGIN "\n  " HVM "\n  <features>\n  </features>\n" END, "<features><acpi/></features>",
		BEGIN "\n  " HVM "\n  <features>\n    <acpi/>\n  </features>\n" END },
	{ "behind a comment", BEGIN "\n  " HVM "\n  <features>\n    <!-- <acpi/> -->\n  </features>\n" END,
		"<features><acpi/></features>",
		BEGIN "\n  " HVM "\n  <features>\n    <!-- <acpi/> -->\n    <acpi/>\n  </features>\n" END },
	{ "CRLF", BEGIN "\r\n  " HVM "\r\n  <features>\r\n    <pae/>\r\n  </features>\r\n" END,
		"<features><acpi/><hyperv><vapic state='on'/></hyperv></features>",
		BEGIN "\r\n  " HVM "\r\n  <features>\r\n    <pae/>\r\n    <acpi/>\r\n    <hyperv>\r\n"
		      "      <vapic state=\"on\"/>\r\n    </hyperv>\r\n  </features>\r\n" END },
	{ "children on one line", BEGIN "\n  " HVM "\n  <features><pae/></features>\n" END,
		"<features><acpi/></features>", BEGIN "\n  " HVM "\n  <features><pae/><acpi/></features>\n" END },
	{ "in a comment, in CDATA, in text, in an attribute it is none",
		DOMAIN("<!-- <iothreads>1</iothreads> --><title><![CDATA[<iothreads/>]]>&lt;iothreads/></title>"
		       "<a b='<c>'/>"),
		"<iothreads>1</iothreads>", "!" },
	{ "what only looks like it",
		DOMAIN("<!-- <iothreads>> --><title><![CDATA[<iothreads/>]]>&lt;iothreads></title><a b='>/>'/>"),
		"<iothreads>1</iothreads>",
		BEGIN HVM "<!-- <iothreads>> --><title><![CDATA[<iothreads/>]]>&lt;iothreads></title>"
			  "<iothreads>1</iothreads><a b='>/>'/>" END },
	{ "of another namespace it is another", DOMAIN("<iothreads xmlns='urn:a'>1</iothreads>"),
		"<iothreads>1</iothreads>",
		BEGIN "<iothreads>1</iothreads>" HVM "<iothreads xmlns='urn:a'>1</iothreads>" END },
	{ "the same in other words",
		DOMAIN("<numatune >\n<!-- c --><memory nodeset = \"&#x30;\"\tmode='strict'> </memory></numatune>"),
		"<numatune><memory mode='strict' nodeset='0'/></numatune>", NULL },
	{ "replaced", DOMAIN("<numatune><memory mode='strict' nodeset='1'/></numatune>"),
		"<numatune><memory mode='strict' nodeset='0'/></numatune>",
		DOMAIN("<numatune><memory mode=\"strict\" nodeset=\"0\"/></numatune>") },
	{ "one of several replaced, one too many removed",
		BEGIN HVM "<cputune>\n <vcpupin vcpu='0' cpuset='1'/>\n <!-- c -->\n <vcpupin cpuset='3' vcpu='1'/>\n"
			  " <shares>1</shares>\n <vcpupin vcpu='2' cpuset='5'/>\n</cputune>" END,
		"<cputune><vcpupin vcpu='0' cpuset='2'/><vcpupin vcpu='1' cpuset='3'/></cputune>",
		BEGIN HVM
		"<cputune>\n <vcpupin vcpu=\"0\" cpuset=\"2\"/>\n <!-- c -->\n <vcpupin cpuset='3' vcpu='1'/>\n"
		" <shares>1</shares>\n</cputune>" END },
	{ "more than there are", DOMAIN("<cputune><vcpupin vcpu='0' cpuset='2'/><shares>1</shares></cputune>"),
		"<cputune><vcpupin vcpu='0' cpuset='2'/><vcpupin vcpu='1' cpuset='3'/></cputune>",
		DOMAIN("<cputune><vcpupin vcpu='0' cpuset='2'/><vcpupin vcpu=\"1\" "
		       "cpuset=\"3\"/><shares>1</shares></cputune>") },
	{ "a feature that says otherwise stays",
		DOMAIN("<cpu mode='host-passthrough'><feature name='topoext' policy='disable'/></cpu>"),
		"<cpu><feature policy='require' name='topoext'/><feature policy='require' name='invtsc'/></cpu>",
		DOMAIN("<cpu mode='host-passthrough'><feature name='topoext' policy='disable'/>"
		       "<feature policy=\"require\" name=\"invtsc\"/></cpu>") },
	{ "AMD's threads, on another processor",
		DOMAIN("<cpu mode='host-passthrough'><!-- --><feature policy='require' name='topoext'/></cpu>"),
		"<cpu><topology threads='1'/></cpu>",
		DOMAIN("<cpu mode='host-passthrough'><!-- --><topology threads=\"1\"/></cpu>") },
	{ "cells that are no more", DOMAIN("<cpu><numa><cell/></numa><topology/></cpu>"), "<cpu><numa/></cpu>",
		DOMAIN("<cpu><topology/></cpu>") },
	{ "no cells where there were none", DOMAIN("<cpu><topology/></cpu>"), "<cpu><numa/></cpu>", NULL },
	{ "attributes of one that closes itself", DOMAIN("<cpu/>"), "<cpu mode='host-passthrough'/>",
		DOMAIN("<cpu mode=\"host-passthrough\"/>") },
	{ "attributes and children of it", DOMAIN("<cpu mode='x'/>"),
		"<cpu mode='y'><maxphysaddr mode='passthrough'/></cpu>",
		DOMAIN("<cpu mode='y'><maxphysaddr mode=\"passthrough\"/></cpu>") },
	{ "a value that the quotes do not bear", DOMAIN("<cpu mode='x' check='none'/>"),
		"<cpu mode=\"a'b&quot;&lt;&#xe9;\"/>", DOMAIN("<cpu mode=\"a'b&quot;&lt;&#xE9;\" check='none'/>") },
	{ "huge pages, and what libvirt refuses beside them",
		DOMAIN("<memoryBacking><source type='anonymous'/><allocation mode='ondemand' "
		       "threads='2'/><locked/></memoryBacking>"),
		"<memoryBacking><hugepages/><source type='memfd'/></memoryBacking>",
		DOMAIN("<memoryBacking><source type=\"memfd\"/><allocation mode='immediate' "
		       "threads='2'/><locked/><hugepages/></memoryBacking>") },
	{ "a source in its place", DOMAIN("<memoryBacking><source type='anonymous'/></memoryBacking>"),
		"<memoryBacking><hugepages/><source type='memfd'/></memoryBacking>",
		DOMAIN("<memoryBacking><source type=\"memfd\"/><hugepages/></memoryBacking>") },
	{ "all that Hyper-V has", DOMAIN("<features><hyperv mode='passthrough'/></features>"),
		"<features><hyperv mode='custom'><vapic state='on'/></hyperv></features>", NULL },
	{ "what stands on what is switched off", DOMAIN("<features><hyperv><vpindex state='off'/></hyperv></features>"),
		"<features><hyperv><vapic state='on'/><synic state='on'/><ipi state='on'/></hyperv></features>",
		DOMAIN("<features><hyperv><vpindex state='off'/><vapic state=\"on\"/></hyperv></features>") },
	{ "a timer without its clock", DOMAIN("<features><hyperv/></features>"),
		"<features><hyperv><stimer state='on'/></hyperv></features>", NULL },
	{ "nor where Hyper-V is new", DOMAIN(""), "<features><hyperv><vapic/><stimer state='on'/></hyperv></features>",
		DOMAIN("<features><hyperv><vapic/></hyperv></features>") },
	{ "and with it", DOMAIN("<features><hyperv/></features><clock offset='utc'/>"),
		"<features><hyperv><stimer state='on'/></hyperv></features>"
		"<clock offset='localtime'><timer name='hypervclock' present='yes'/></clock>",
		DOMAIN("<features><hyperv><stimer state=\"on\"/></hyperv></features>"
		       "<clock offset='utc'><timer name=\"hypervclock\" present=\"yes\"/></clock>") },
	{ "a policy by its namespace",
		DOMAIN("<metadata><x:policy xmlns:x='urn:gpu-handoff:1' version='1'/></metadata>"),
		"<metadata><handoff:policy xmlns:handoff='urn:gpu-handoff:1' version='1'/></metadata>", NULL },
	{ "the prefix is another's", DOMAIN("<metadata xmlns:handoff='urn:b'><handoff:policy/></metadata>"),
		"<metadata><handoff:policy xmlns:handoff='urn:gpu-handoff:1' version='1'/></metadata>",
		DOMAIN("<metadata xmlns:handoff='urn:b'><handoff:policy/>"
		       "<handoff:policy xmlns:handoff=\"urn:gpu-handoff:1\" version=\"1\"/></metadata>") },
	{ "a policy that is new comes whole", DOMAIN("<metadata/>"),
		"<metadata>" CPUS("holders action='refuse'") "</metadata>",
		DOMAIN("<metadata><handoff:policy xmlns:handoff=\"urn:gpu-handoff:1\" version=\"1\">"
		       "<handoff:holders action=\"refuse\"/><handoff:cpus isolate=\"yes\" governor=\"performance\"/>"
		       "</handoff:policy></metadata>") },
	{ "what a policy lacks, without a word of holders",
		DOMAIN("<metadata><x:policy xmlns:x='urn:gpu-handoff:1' "
		       "version='1'><x:hugepages/></x:policy></metadata>"),
		"<metadata>" CPUS("holders action='refuse'") "</metadata>",
		DOMAIN("<metadata><x:policy xmlns:x='urn:gpu-handoff:1' version='1'><x:hugepages/>"
		       "<x:cpus isolate=\"yes\" governor=\"performance\"/></x:policy></metadata>") },
	{ "in one that closes itself, without a prefix",
		DOMAIN("<metadata><policy xmlns='urn:gpu-handoff:1' version='1'/></metadata>"),
		"<metadata>" CPUS("hugepages allocate='yes'") "</metadata>",
		DOMAIN("<metadata><policy xmlns='urn:gpu-handoff:1' version='1'><hugepages allocate=\"yes\"/>"
		       "<cpus isolate=\"yes\" governor=\"performance\"/></policy></metadata>") },
	{ "on lines of its own",
		BEGIN "\n  <metadata>\n    <x:policy xmlns:x='urn:gpu-handoff:1' version='1'>\n"
		      "      <x:holders wait='1'/>\n    </x:policy>\n  </metadata>\n  " HVM "\n" END,
		"<metadata>" CPUS("holders action='refuse'") "</metadata>",
		BEGIN "\n  <metadata>\n    <x:policy xmlns:x='urn:gpu-handoff:1' version='1'>\n"
		      "      <x:holders wait='1'/>\n      <x:cpus isolate=\"yes\" governor=\"performance\"/>\n"
		      "    </x:policy>\n  </metadata>\n  " HVM "\n" END },
	{ "what somebody wrote there stays, and what is missing comes",
		DOMAIN("<metadata><x:policy xmlns:x='urn:gpu-handoff:1' version='1'><x:cpus isolate='no' "
		       "overlap='warn'/><x:holders action='stop'/><x:hugepages allocate='no'/></x:policy></metadata>"),
		"<metadata>" CPUS("hugepages allocate='yes'") "</metadata>",
		DOMAIN("<metadata><x:policy xmlns:x='urn:gpu-handoff:1' version='1'><x:cpus isolate='no' "
		       "overlap='warn' governor=\"performance\"/><x:holders action='stop'/><x:hugepages allocate='no'/>"
		       "</x:policy></metadata>") },
	{ "a prefix that not every encoding has",
		DOMAIN("<metadata><\xc3\xa4:policy xmlns:\xc3\xa4='urn:gpu-handoff:1' version='1'/></metadata>"),
		"<metadata>" CPUS("holders action='refuse'") "</metadata>", NULL },
	{ "what only looks like it in there",
		DOMAIN("<metadata><x:policy xmlns:x='urn:gpu-handoff:1' version='1'><y:cpus xmlns:y='urn:y' "
		       "isolate='no'/>"
		       "</x:policy></metadata>"),
		"<metadata>" CPUS("holders action='refuse'") "</metadata>",
		DOMAIN("<metadata><x:policy xmlns:x='urn:gpu-handoff:1' version='1'><y:cpus xmlns:y='urn:y' "
		       "isolate='no'/>"
		       "<x:cpus isolate=\"yes\" governor=\"performance\"/></x:policy></metadata>") },
	{ "a policy of another version",
		DOMAIN("<metadata><x:policy xmlns:x='urn:gpu-handoff:1' version='2'/></metadata>"),
		"<metadata>" CPUS("hugepages allocate='yes'") "</metadata>", NULL },
	{ "another element in its place",
		DOMAIN("<metadata><x:other xmlns:x='urn:gpu-handoff:1' version='1'/></metadata>"),
		"<metadata>" CPUS("hugepages allocate='yes'") "</metadata>", NULL },
	{ "an encoding in which libxml2 does not write",
		"<?xml version='1.0' encoding='ISO-8859-1'?>" DOMAIN("<title>\xe9</title>"), "<cpu mode='&#xe9;'/>",
		"<?xml version='1.0' encoding='ISO-8859-1'?>" BEGIN HVM
		"<cpu mode=\"&#xE9;\"/><title>\xe9</title>" END },
	{ "a mark of the encoding, no line at the end", "\xef\xbb\xbf" DOMAIN(""), "<iothreads>1</iothreads>",
		"\xef\xbb\xbf" BEGIN "<iothreads>1</iothreads>" HVM END },
	{ "no rule for it", DOMAIN(""), "<devices/>", "!" },
	{ "a document type", "<!DOCTYPE domain>" DOMAIN(""), "<iothreads>1</iothreads>", "!" },
	{ "UTF-16", "\xff\xfe<", "<iothreads>1</iothreads>", "!" },
	{ "UTF-7", "<?xml version='1.0' encoding='UTF-7'?>" DOMAIN(""), "<iothreads>1</iothreads>", "!" },
	{ "a state file", "<domstatus>" DOMAIN("") "</domstatus>", "<iothreads>1</iothreads>", "!" },
	{ "a container", "<domain type='lxc'>" HVM END, "<iothreads>1</iothreads>", "!" },
	{ "no hvm", BEGIN "<os><type>exe</type></os>" END, "<iothreads>1</iothreads>", "!" },
	{ "another processor", BEGIN "<os><type arch='aarch64'>hvm</type></os>" END, "<iothreads>1</iothreads>", "!" },
};

START_TEST(test_row)
{
	const char *expected = rows[_i].expected ? rows[_i].expected : rows[_i].xml;
	char wanted[1024], *result;
	size_t size = 0;

	(void)snprintf(wanted, sizeof(wanted), "<domain>%s</domain>", rows[_i].wanted);
	result = tune(rows[_i].xml, strlen(rows[_i].xml), wanted, NULL, 0, &size);
	if (strcmp(expected, "!") == 0) {
		ck_assert_msg(!result, "%s: not refused, but\n%s", rows[_i].what, result);
		return;
	}
	ck_assert_msg(result, "%s: refused", rows[_i].what);
	ck_assert_msg(size == strlen(expected) && memcmp(result, expected, size) == 0, "%s:\n%s\nand not\n%s",
		rows[_i].what, result, expected);
	check_again(rows[_i].what, result, size, wanted, NULL, 0);
	free(result);
}
END_TEST

#define Q35     BEGIN "<os><type machine='pc-q35-7.2'>hvm</type></os><devices>"
#define I440FX  BEGIN HVM "<devices>"
#define STOP    "</devices>" END
#define GPU     "<source><address bus='0x41'/></source>"
#define AUDIO   "<source><address domain='0' bus='65' slot='00' function='1'/></source>"
#define FULL(f) "<source><address bus='0x41' domain=\"0x0000\" slot=\"0x00\" function=\"" f "\"/></source>"
#define NEW(f)                                                                                                         \
	"<hostdev mode=\"subsystem\" type=\"pci\" managed=\"yes\"><driver name=\"vfio\"/><source><address "            \
	"domain=\"0x0000\" bus=\"0x41\" slot=\"0x00\" function=\"" f "\"/></source>"
#define AT(b, s, f) "<address type=\"pci\" domain=\"0x0000\" bus=\"" b "\" slot=\"" s "\" function=\"" f "\""
#define MULTI       " multifunction=\"on\"/></hostdev>"

static const struct {
	const char *what, *xml, *expected;
} cards[] = {
	{ "a card that is not there", Q35 "<controller type='pci' index='7'/>" STOP,
		Q35 "<controller type='pci' index='7'/>" NEW("0x0") AT("0x08", "0x00", "0x0") MULTI NEW("0x1")
			AT("0x08", "0x00", "0x1") "/></hostdev>" STOP },
	{ "the bus of an address", Q35 "<disk><address type='pci' bus='010'/></disk>" STOP,
		Q35 "<disk><address type='pci' bus='010'/></disk>" NEW("0x0") AT("0x09", "0x00", "0x0") MULTI NEW("0x1")
			AT("0x09", "0x00", "0x1") "/></hostdev>" STOP },
	{ "i440fx, with a slot taken", I440FX "<disk><address type='pci' slot='0x10' function='3'/></disk>" STOP,
		I440FX "<disk><address type='pci' slot='0x10' function='3'/></disk>" NEW("0x0")
			AT("0x00", "0x11", "0x0") MULTI NEW("0x1") AT("0x00", "0x11", "0x1") "/></hostdev>" STOP },
	{ "each function on a bus of its own, as virt-manager has it",
		Q35 "<hostdev mode='subsystem' type='pci' managed='no'>" GPU "<rom bar='off'/>"
		    "<address type='pci' domain='0x0000' bus='0x05' slot='0x00' function='0x0'/></hostdev><input/>"
		    "<hostdev type='pci'>" AUDIO "<address type='pci' bus='0x06'/><boot order='1'/></hostdev>" STOP,
		Q35 "<hostdev mode='subsystem' type='pci' managed='yes'>"
		    "<source><address bus='0x41' domain=\"0x0000\" slot=\"0x00\" function=\"0x0\"/></source><rom "
		    "bar='off'/>"
		    "<address type='pci' domain='0x0000' bus='0x05' slot='0x00' function='0x0' multifunction=\"on\"/>"
		    "</hostdev><input/><hostdev type='pci' managed=\"yes\">" AUDIO
		    "<address type='pci' bus='0x05' domain=\"0x0000\" slot=\"0x00\" function=\"0x1\"/>"
		    "<boot order='1'/></hostdev>" STOP },
	{ "the audio is missing",
		Q35
		"<hostdev type='pci' managed='yes'>" FULL("0x0") "<address type='pci' bus='3'/></hostdev><input/>" STOP,
		Q35 "<hostdev type='pci' managed='yes'>" FULL(
			"0x0") "<address type='pci' bus='3' domain=\"0x0000\" slot=\"0x00\" function=\"0x0\" "
			       "multifunction=\"on\"/></hostdev>" NEW("0x1")
				       AT("0x03", "0x00", "0x1") "/></hostdev><input/>" STOP },
	{ "no address yet",
		Q35
		"<hostdev type='pci' managed='yes'>" FULL("0x0") "</hostdev><hostdev type='pci' managed='yes'>" FULL(
			"0x1") "<address type='pci'/></hostdev>" STOP,
		Q35 "<hostdev type='pci' managed='yes'>" FULL("0x0") AT("0x01", "0x00", "0x0") MULTI
		"<hostdev type='pci' managed='yes'>" FULL("0x1") "<address type='pci' domain=\"0x0000\" bus=\"0x01\" "
								 "slot=\"0x00\" function=\"0x1\"/></hostdev>" STOP },
	{ "another device in the slot",
		Q35 "<hostdev type='pci' managed='yes'>" FULL(
			"0x0") "<address type='pci' bus='3'/></hostdev>"
			       "<disk><address type='pci' bus='3' function='1'/></disk>" STOP,
		Q35 "<hostdev type='pci' managed='yes'>" FULL(
			"0x0") "<address type='pci' bus='0x04' domain=\"0x0000\" slot=\"0x00\" function=\"0x0\" "
			       "multifunction=\"on\"/></hostdev>" NEW("0x1") AT("0x04", "0x00",
				       "0x1") "/></hostdev>"
					      "<disk><address type='pci' bus='3' function='1'/></disk>" STOP },
	{ "one that the guest is not to see",
		Q35 "<hostdev type='pci'>" AUDIO "<address type='unassigned'/></hostdev>" STOP,
		Q35 "<hostdev type='pci'>" AUDIO "<address type='unassigned'/></hostdev>" NEW("0x0")
			AT("0x01", "0x00", "0x0") "/></hostdev>" STOP },
	{ "no devices", BEGIN HVM END,
		BEGIN HVM "<devices>" NEW("0x0") AT("0x00", "0x10", "0x0") MULTI NEW("0x1")
			AT("0x00", "0x10", "0x1") "/></hostdev></devices>" END },
	{ "no bus left", Q35 "<controller type='pci' index='255'/>" STOP, "!" },
	{ "a source that cannot be read", Q35 "<hostdev type='pci'/>" STOP, "!" },
	{ "a device's address that cannot be read", Q35 "<disk><address type='pci' bus='x'/></disk>" STOP, "!" },
};

START_TEST(test_card)
{
	size_t size = 0;
	char *result = tune(cards[_i].xml, strlen(cards[_i].xml), NULL, one_card, 1, &size);

	if (strcmp(cards[_i].expected, "!") == 0) {
		ck_assert_msg(!result, "%s: not refused, but\n%s", cards[_i].what, result);
		return;
	}
	ck_assert_msg(result, "%s: refused", cards[_i].what);
	ck_assert_msg(strcmp(result, cards[_i].expected) == 0, "%s:\n%s\nand not\n%s", cards[_i].what, result,
		cards[_i].expected);
	check_again(cards[_i].what, result, size, NULL, one_card, 1);
	free(result);
}
END_TEST

/* Functions of a card without a function 0 are numbered from 0. */
START_TEST(test_numbers)
{
	static const struct slots_card card = { .n_functions = 2,
		.functions = { { .bus = 6, .slot = 2, .function = 5 }, { .bus = 6, .slot = 2, .function = 7 } } };
	size_t size;
	char *result = tune(Q35 STOP, strlen(Q35 STOP), NULL, &card, 1, &size);

	ck_assert_ptr_nonnull(strstr(result, "function=\"0x5\"/></source>" AT("0x01", "0x00", "0x0") MULTI));
	ck_assert_ptr_nonnull(strstr(result, "function=\"0x7\"/></source>" AT("0x01", "0x00", "0x1") "/></hostdev>"));
	free(result);
}
END_TEST

/* Each card has a slot of its own; the second finds that of the first taken. */
START_TEST(test_two_cards)
{
	static const struct slots_card two[] = { { .n_functions = 1, .functions = { { .bus = 0x41 } } },
		{ .n_functions = 1, .functions = { { .bus = 0x42 } } } };
	static const char present[] = Q35 "<hostdev type='pci'>" FULL("0x0") "</hostdev>" STOP;
	size_t size;
	char *result = tune(present, strlen(present), NULL, two, 2, &size);

	ck_assert_ptr_nonnull(strstr(result, FULL("0x0") AT("0x01", "0x00", "0x0") "/></hostdev><hostdev"));
	ck_assert_ptr_nonnull(strstr(result, AT("0x02", "0x00", "0x0") "/></hostdev></devices>"));
	check_again("two cards", result, size, NULL, two, 2);
	free(result);
}
END_TEST

/* Many of what is looked for: what takes time by their square would not end. */
static const struct {
	const char *begin, *repeated, *end;
} large[] = {
	{ "", "<a/>", "" },
	{ "<cputune>", "<vcpupin/>", "</cputune>" },
	{ "<cputune>", "\n<vcpupin vcpu='0' cpuset='2'/>", "</cputune>" },
	{ "<features>", "  <acpi/>", "</features>" },
	{ "<cpu>", "<model/>", "</cpu>" },
	{ "<cpu>", "<feature name='x'/>", "</cpu>" },
	{ "<features>", "\n", "</features>" },
	{ "<devices>", "<disk><address type='pci' bus='1'/></disk>", "</devices>" },
};

START_TEST(test_large)
{
	static const struct slots_card wanted_cards[] = WANTED_CARDS;
	const size_t most = 1 << 20;
	size_t length = strlen(large[_i].repeated), size, result_size;
	char *xml = malloc(most + 256), *result;

	size = (size_t)sprintf(xml, BEGIN HVM "%s", large[_i].begin);
	for (; size < most; size += length)
		memcpy(xml + size, large[_i].repeated, length);
	size += (size_t)sprintf(xml + size, "%s" END, large[_i].end);
	result = tune(xml, size, WANTED_XML, wanted_cards, WANTED_N_CARDS, &result_size);
	ck_assert_ptr_nonnull(result);
	free(result);
	free(xml);
}
END_TEST

/* Others' domains, in tests/domains; what they become, in tests/golden, is to be read beside them. */
static const char *const domains[] = { "nova", "kubevirt", "virt-manager-win11", "crlf", "hand", "line" };

static char *read_domain(const char *name, size_t *ret_size)
{
	static char text[1 << 16];
	char path[128];
	FILE *file;

	(void)snprintf(path, sizeof(path), "tests/domains/%s.xml", name);
	file = fopen(path, "r");
	ck_assert_msg(file, "%s", path);
	*ret_size = fread(text, 1, sizeof(text) - 1, file);
	(void)fclose(file);
	text[*ret_size] = '\0';
	return text;
}

START_TEST(test_domain)
{
	static const struct slots_card wanted_cards[] = WANTED_CARDS;
	size_t size, tuned_size;
	char *text = read_domain(domains[_i], &size), golden[128];
	char *tuned = tune(text, size, WANTED_XML, &wanted_cards[1], 1, &tuned_size);

	ck_assert_msg(tuned, "%s", domains[_i]);
	(void)snprintf(golden, sizeof(golden), "tuned-%s.xml", domains[_i]);
	golden_check(golden, tuned);
	check_again(domains[_i], tuned, tuned_size, WANTED_XML, &wanted_cards[1], 1);
	free(tuned);
}
END_TEST

TCase *case_tune(void)
{
	TCase *tcase = suite_case("tune");

	add_rows(tcase, test_row, rows);
	add_rows(tcase, test_card, cards);
	tcase_add_test(tcase, test_numbers);
	tcase_add_test(tcase, test_two_cards);
	add_rows(tcase, test_large, large);
	add_rows(tcase, test_domain, domains);
	return tcase;
}
