// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/domain.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/xmlIO.h>

#include "tests/unit/probe/probe.h"

#define UUID    "4dea22b3-1d52-d8f3-2516-782e98ab3fa0"
#define BEGIN   "<domain type='kvm'><name>gpuvm</name><uuid>" UUID "</uuid>"
#define DEVICES BEGIN "<devices>"
#define END     "</devices></domain>"

#define HOSTDEV(attributes, address)                                                                                   \
	"<hostdev mode='subsystem' type='pci'" attributes "><driver name='vfio'/><source><address " address            \
	"/></source><address type='pci' domain='0x0000' bus='0x05' slot='0x00' function='0x0'/></hostdev>"
#define ONE(address)       DEVICES HOSTDEV(" managed='yes'", address) END
#define AT(bus, slot, fun) "domain='0x0000' bus='" bus "' slot='" slot "' function='" fun "'"

/* What is read, and the hostdevs that it names, in order; NULL for a refusal. */
static const struct {
	const char *what, *xml, *hostdevs;
} rows[] = {
	{ "managed", DEVICES HOSTDEV(" managed='yes'", AT("0x01", "0x00", "0x0")) END, "0000:01:00.0 " },
	{ "not managed", DEVICES HOSTDEV(" managed='no'", AT("0x01", "0x00", "0x1")) END, "0000:01:00.1 " },
	{ "managed is absent", DEVICES HOSTDEV("", AT("0x01", "0x00", "0x2")) END, "0000:01:00.2 " },
	{ "no mode", DEVICES "<hostdev type='pci'><source><address bus='1'/></source></hostdev>" END, "0000:01:00.0 " },
	{ "upper case", ONE("domain='0XAB' bus='0xC1' slot='0X1F' function='0x7'"), "00ab:c1:1f.7 " },
	{ "decimal", ONE("domain='10' bus='193' slot='31' function='7'"), "000a:c1:1f.7 " },
	{ "octal", ONE("domain='010' bus='0301' slot='037' function='07'"), "0008:c1:1f.7 " },
	{ "a domain of VMD", ONE("domain='0x10000' bus='0xe1' slot='0' function='0'"), "10000:e1:00.0 " },
	{ "absent is 0", ONE("bus='0x01'"), "0000:01:00.0 " },
	{ "two cards, sorted, once each",
		DEVICES HOSTDEV("", AT("0x41", "0", "0")) HOSTDEV("", AT("0x01", "0", "1"))
			HOSTDEV("", AT("0x01", "0", "0")) HOSTDEV("", AT("0x41", "0x0", "0x0")) END,
		"0000:01:00.0 0000:01:00.1 0000:41:00.0 " },
	{ "none", DEVICES "<disk type='file'/>" END, "" },
	{ "no devices", BEGIN "</domain>", "" },
	{ "usb",
		DEVICES
		"<hostdev mode='subsystem' type='usb'><source><address bus='1' device='2'/></source></hostdev>" END,
		"" },
	{ "mdev",
		DEVICES "<hostdev mode='subsystem' type='mdev' model='vfio-pci'><source><address uuid='" UUID
			"'/></source></hostdev>" END,
		"" },
	{ "an interface is none of ours",
		DEVICES "<interface type='hostdev'><source><address type='pci' bus='0x03'/></source></interface>" END,
		"" },
	{ "metadata",
		BEGIN "<metadata><x:old xmlns:x='urn:x'><devices>" HOSTDEV("",
			AT("1", "0", "0")) "</devices></x:old>"
					   "<devices>" HOSTDEV("", AT("1", "0", "0")) "</devices></metadata></domain>",
		"" },
	{ "of another namespace",
		DEVICES "<x:hostdev xmlns:x='urn:x' type='pci'><source><address bus='1'/></source></x:hostdev>" END,
		"" },
	{ "below another element", DEVICES "<backup>" HOSTDEV("", AT("1", "0", "0")) "</backup>" END, "" },
	{ "a comment", DEVICES "<!-- " HOSTDEV("", AT("1", "0", "0")) " -->" END, "" },
	{ "a declaration and spaces",
		"<?xml version='1.0' encoding='UTF-8'?>\n" DEVICES "\n  " HOSTDEV("", AT("1", "0", "0")) "\n" END "\n",
		"0000:01:00.0 " },
	{ "bus out of range", ONE("bus='0x100'"), NULL },
	{ "slot out of range", ONE("bus='1' slot='0x20'"), NULL },
	{ "function out of range", ONE("bus='1' function='8'"), NULL },
	{ "domain out of range", ONE("domain='0x100000000'"), NULL },
	{ "no number", ONE("bus='0x'"), NULL },
	{ "empty number", ONE("bus=''"), NULL },
	{ "negative", ONE("bus='-1'"), NULL },
	{ "decimal with letters", ONE("bus='c1'"), NULL },
	{ "octal with 8", ONE("bus='08'"), NULL },
	{ "no source", DEVICES "<hostdev type='pci'/>" END, NULL },
	{ "no address", DEVICES "<hostdev type='pci'><source/></hostdev>" END, NULL },
	{ "no name", "<domain><devices/></domain>", NULL },
	{ "empty name", "<domain><name/></domain>", NULL },
	{ "no domain", "<network><name>x</name></network>", NULL },
	{ "not XML", "gpuvm", NULL },
	{ "cut", DEVICES, NULL },
	{ "two roots", BEGIN "</domain>" BEGIN "</domain>", NULL },
	{ "a byte that no UTF-8 has", "<domain><name>\xff\xfe</name></domain>", NULL },
	{ "a control character", "<domain><name>a\x01</name></domain>", NULL },
	{ "an unknown entity", "<domain><name>&x;</name></domain>", NULL },
	{ "an empty DTD", "<!DOCTYPE domain>" BEGIN "</domain>", NULL },
	{ "a DTD's own text", "<!DOCTYPE domain [<!ENTITY n 'x'>]><domain><name>&n;</name></domain>", NULL },
	{ "an external DTD", "<!DOCTYPE domain SYSTEM 'http://127.0.0.1:9/x.dtd'>" BEGIN "</domain>", NULL },
	{ "an external entity",
		"<!DOCTYPE domain [<!ENTITY n SYSTEM 'file:///etc/passwd'>]><domain><name>&n;</name></domain>", NULL },
	{ "a parameter entity",
		"<!DOCTYPE domain [<!ENTITY % p SYSTEM 'file:///etc/passwd'>%p;]><domain><name>x</name></domain>",
		NULL },
	{ "an XInclude",
		"<domain xmlns:xi='http://www.w3.org/2001/XInclude'><xi:include href='/etc/passwd' "
		"parse='text'/></domain>",
		NULL },
};

/* Nothing is fetched: whoever asks for a file or an address ends the test. */
static int never_match(const char *name)
{
	ck_abort_msg("'%s' was asked for", name);
	return 0;
}

static void check(const char *what, const char *xml, size_t size, const char *expected)
{
	struct domain domain = { .name = "untouched" };
	struct refusal refusal = { 0 };
	char seen[DOMAIN_HOSTDEVS_MAX * ADDRESS_TEXT_SIZE + 1] = "";
	int r = domain_parse(xml, size, &domain, &refusal);

	if (!expected) {
		ck_assert_msg(r == -ECANCELED, "%s: %d", what, r);
		ck_assert_msg(refusal.reason == REFUSAL_INPUT && strlen(refusal.sentence) > 20, "%s", what);
		ck_assert_str_eq(domain.name, "untouched");
		return;
	}
	ck_assert_msg(r == 0, "%s: %s", what, refusal.sentence);
	for (unsigned int i = 0; i < domain.n_hostdevs; i++) {
		strcat(seen, address_text(domain.hostdevs[i]).s);
		strcat(seen, " ");
	}
	ck_assert_msg(strcmp(seen, expected) == 0, "%s: '%s'", what, seen);
	ck_assert_str_eq(domain.name, "gpuvm");
	ck_assert_str_eq(domain.uuid, UUID);
}

START_TEST(test_row)
{
	/* Exactly as long as it says, so that a read behind its end is seen. */
	size_t size = strlen(rows[_i].xml);
	char *exact = malloc(size);

	memcpy(exact, rows[_i].xml, size);
	xmlCleanupInputCallbacks();
	ck_assert_int_ge(xmlRegisterInputCallbacks(never_match, NULL, NULL, NULL), 0);
	check(rows[_i].what, exact, size, rows[_i].hostdevs);
	free(exact);
}
END_TEST

static const struct {
	const char *uuid, *expected; /* NULL for a refusal */
} uuids[] = {
	{ UUID, UUID },
	{ "4DEA22B3-1D52-D8F3-2516-782E98AB3FA0", UUID },
	{ "", NULL },
	{ "4dea22b31d52d8f32516782e98ab3fa0", UUID },
	{ "4dea22b3-1d52-d8f3-2516-782e98ab3fa", NULL },
	{ "4dea22b3-1d52-d8f3-2516-782e98ab3fa00", NULL },
	{ "4dea22b3-1d52-d8f3-2516-782e98ab3fag", NULL },
	{ "4dea22b3_1d52_d8f3_2516_782e98ab3fa0", NULL },
	{ "../../../../../../../../etc/shadow-xx", NULL },
};

START_TEST(test_uuid)
{
	struct domain domain;
	struct refusal refusal;
	char xml[256];
	int r;

	(void)snprintf(xml, sizeof(xml), "<domain><name>x</name><uuid>%s</uuid></domain>", uuids[_i].uuid);
	r = domain_parse(xml, strlen(xml), &domain, &refusal);
	ck_assert_int_eq(r, uuids[_i].expected ? 0 : -ECANCELED);
	if (r == 0)
		ck_assert_str_eq(domain.uuid, uuids[_i].expected);
}
END_TEST

START_TEST(test_no_uuid)
{
	struct domain domain;
	struct refusal refusal;
	char xml[1024] = "<domain><name>";

	ck_assert_int_eq(domain_parse("<domain><name>x</name></domain>", 31, &domain, &refusal), 0);
	ck_assert_str_eq(domain.uuid, "");
	/* A name of any length. */
	memset(xml + strlen(xml), 'n', 600);
	strcat(xml, "</name></domain>");
	ck_assert_int_eq(domain_parse(xml, strlen(xml), &domain, &refusal), 0);
	ck_assert_uint_eq(strlen(domain.name), DOMAIN_NAME_SIZE - 1);
}
END_TEST

START_TEST(test_many)
{
	char *xml = malloc(100000);
	struct domain domain;
	struct refusal refusal;

	for (unsigned int n = DOMAIN_HOSTDEVS_MAX; n <= DOMAIN_HOSTDEVS_MAX + 1; n++) {
		strcpy(xml, DEVICES);
		for (unsigned int i = 0; i < n; i++)
			(void)sprintf(xml + strlen(xml),
				"<hostdev type='pci'><source><address bus='%u'/></source></hostdev>", i);
		strcat(xml, END);
		ck_assert_int_eq(
			domain_parse(xml, strlen(xml), &domain, &refusal), n > DOMAIN_HOSTDEVS_MAX ? -ECANCELED : 0);
		ck_assert_uint_eq(domain.n_hostdevs, DOMAIN_HOSTDEVS_MAX);
	}
	free(xml);
}
END_TEST

/* The bound itself, one byte more, and nothing at all. */
START_TEST(test_size)
{
	static const char begin[] = BEGIN "<!--", end[] = "--></domain>";
	char *xml = malloc(DOMAIN_XML_MAX + 1);

	memset(xml, 'x', DOMAIN_XML_MAX + 1);
	memcpy(xml, begin, sizeof(begin) - 1);
	memcpy(xml + DOMAIN_XML_MAX - sizeof(end) + 1, end, sizeof(end) - 1);
	check("as large as can be", xml, DOMAIN_XML_MAX, "");
	xml[DOMAIN_XML_MAX] = '\n';
	check("larger", xml, DOMAIN_XML_MAX + 1, NULL);
	check("empty", xml, 0, NULL);
	free(xml);
}
END_TEST

/* A tag, or scopes, that would take libxml2 minutes; text that only looks like one. */
START_TEST(test_crowd)
{
	static const struct {
		const char *begin, *before, *after, *end;
		int r;
		unsigned int n;
	} crowds[] = {
		{ "<domain", " a", "=''", "><name>gpuvm</name></domain>", 0, 256 },
		{ "<domain", " a", "=''", "><name>gpuvm</name></domain>", -ECANCELED, 257 },
		{ "<domain a='>\"'", " a", "=''", "><name>gpuvm</name></domain>", -ECANCELED, 256 },
		{ "<domain><name>gpuvm</name><!-- >", " a", "=''", "--></domain>", 0, 2000 },
		{ "<domain><name>gpuvm</name><![CDATA[ >", " <a", "=''", "]]></domain>", 0, 2000 },
		{ "<domain><name>gpuvm</name><a b='>", " a", "=", "'/></domain>", 0, 2000 },
		{ "<domain><name>gpuvm</name>", "<a xmlns:b", "='b'/>", "</domain>", 0, 1024 },
		{ "<domain><name>gpuvm</name>", "<a xmlns:b", "='b'/>", "</domain>", -ECANCELED, 1025 },
	};
	static char xml[1 << 16];
	struct refusal refusal;
	struct domain domain;
	size_t size = (size_t)sprintf(xml, "%s", crowds[_i].begin);

	for (unsigned int i = 0; i < crowds[_i].n; i++)
		size += (size_t)sprintf(xml + size, "%s%u%s", crowds[_i].before, i, crowds[_i].after);
	size += (size_t)sprintf(xml + size, "%s", crowds[_i].end);
	ck_assert_int_eq(domain_parse(xml, size, &domain, &refusal), crowds[_i].r);
}
END_TEST

/* Ten levels of ten would be 10 GB: the declaration alone ends the reading. */
START_TEST(test_bomb)
{
	char xml[4096] = "<!DOCTYPE domain [<!ENTITY a0 'aaaaaaaaaa'>";

	for (int i = 1; i < 10; i++) {
		(void)sprintf(xml + strlen(xml), "<!ENTITY a%d '", i);
		for (int j = 0; j < 10; j++)
			(void)sprintf(xml + strlen(xml), "&a%d;", i - 1);
		strcat(xml, "'>");
	}
	strcat(xml, "]><domain><name>&a9;</name></domain>");
	check("a bomb", xml, strlen(xml), NULL);
}
END_TEST

START_TEST(test_deep)
{
	size_t depth = 5000;
	char *xml = calloc(1, depth * 7 + 256);

	strcpy(xml, BEGIN);
	for (size_t i = 0; i < depth; i++)
		strcat(xml, "<a>");
	check("deep, not closed", xml, strlen(xml), NULL);
	free(xml);
}
END_TEST

#define X20  "xxxxxxxxxxxxxxxxxxxx"
#define X200 X20 X20 X20 X20 X20 X20 X20 X20 X20 X20

/* Metadata, with a prefix for the namespace, then a hostdev. */
#define NS                  "urn:gpu-handoff:1"
#define METADATA(inner)     "<metadata>" inner "</metadata>"
#define POLICY(inner)       METADATA("<handoff:policy xmlns:handoff='" NS "' version='1'>" inner "</handoff:policy>")
#define HOLDERS(attributes) POLICY("<handoff:holders" attributes "/>")
#define UNKNOWN(what)       "the policy in the domain's metadata has an unknown " what "; correct it with 'virsh edit', see"
#define VERSION_PROBLEM     "the policy in the domain's metadata has another version than '1'; correct it with 'virsh edit'"

/* What the metadata says, and what of it was said at all; or a part of why it cannot be followed. */
static const struct {
	const char *what, *metadata;
	enum holders_action action;
	unsigned int wait_s;
	bool has_action, has_wait;
	const char *problem;
} policies[] = {
	{ "none", "", HOLDERS_REFUSE, 10, false, false, "" },
	{ "empty metadata", "<metadata/>", HOLDERS_REFUSE, 10, false, false, "" },
	{ "empty policy", POLICY(""), HOLDERS_REFUSE, 10, false, false, "" },
	{ "stop", HOLDERS(" action='stop'"), HOLDERS_STOP, 10, true, false, "" },
	{ "refuse", HOLDERS(" action='refuse' wait='0'"), HOLDERS_REFUSE, 0, true, true, "" },
	{ "the longest wait", HOLDERS(" wait='600'"), HOLDERS_REFUSE, 600, false, true, "" },
	{ "an element that says nothing", HOLDERS(""), HOLDERS_REFUSE, 10, false, false, "" },
	{ "spaces, comments, text", POLICY("\n <!-- x --> y <handoff:holders wait='1'/>\n"), HOLDERS_REFUSE, 1, false,
		true, "" },
	{ "any prefix",
		METADATA("<x:policy xmlns:x='" NS "' version='1'><x:holders xmlns:x='" NS
			 "' action='stop'/></x:policy>"),
		HOLDERS_STOP, 10, true, false, "" },
	{ "no prefix", METADATA("<policy xmlns='" NS "' version='1'><holders wait='2'/></policy>"), HOLDERS_REFUSE, 2,
		false, true, "" },
	{ "besides others",
		METADATA("<a:policy xmlns:a='urn:a' version='9'><a:holders action='x'/></a:policy>"
			 "<h:policy xmlns:h='" NS "' version='1'><h:holders action='stop'/></h:policy>"),
		HOLDERS_STOP, 10, true, false, "" },
	{ "of another namespace", METADATA("<handoff:policy xmlns:handoff='urn:gpu-handoff:2' version='2'/>"),
		HOLDERS_REFUSE, 10, false, false, "" },
	{ "of none", METADATA("<policy version='1'><holders action='stop'/></policy>"), HOLDERS_REFUSE, 10, false,
		false, "" },
	{ "not in metadata", "<handoff:policy xmlns:handoff='" NS "' version='7'/>", HOLDERS_REFUSE, 10, false, false,
		"" },
	{ "further down", METADATA("<a><handoff:policy xmlns:handoff='" NS "' version='7'/></a>"), HOLDERS_REFUSE, 10,
		false, false, "" },
	{ "in a comment", METADATA("<!-- <handoff:policy xmlns:handoff='" NS "' version='7'/> -->"), HOLDERS_REFUSE, 10,
		false, false, "" },
	{ "entities in a value", HOLDERS(" action='st&#111;p'"), HOLDERS_STOP, 10, true, false, "" },

	{ "no version", METADATA("<h:policy xmlns:h='" NS "'/>"), HOLDERS_REFUSE, 10, false, false, VERSION_PROBLEM },
	{ "version 2", METADATA("<h:policy xmlns:h='" NS "' version='2'/>"), HOLDERS_REFUSE, 10, false, false,
		VERSION_PROBLEM },
	{ "version 1.0", METADATA("<h:policy xmlns:h='" NS "' version='1.0'/>"), HOLDERS_REFUSE, 10, false, false,
		VERSION_PROBLEM },
	{ "an unknown element", POLICY("<handoff:display takeover='yes'/>"), HOLDERS_REFUSE, 10, false, false,
		UNKNOWN("element 'display'") },
	{ "of another namespace in it", POLICY("<x:holders xmlns:x='urn:x' action='stop'/>"), HOLDERS_REFUSE, 10, false,
		false, UNKNOWN("element 'holders'") },
	{ "one in another", POLICY("<handoff:holders><handoff:except name='x'/></handoff:holders>"), HOLDERS_REFUSE, 10,
		false, false, UNKNOWN("element 'except'") },
	{ "an unknown attribute", HOLDERS(" action='stop' kill='yes'"), HOLDERS_REFUSE, 10, false, false,
		UNKNOWN("attribute 'kill'") },
	{ "one of the policy", METADATA("<h:policy xmlns:h='" NS "' version='1' action='stop'><h:holders/></h:policy>"),
		HOLDERS_REFUSE, 10, false, false, UNKNOWN("attribute 'action'") },
	{ "one of another namespace", HOLDERS(" xmlns:x='urn:x' x:action='stop'"), HOLDERS_REFUSE, 10, false, false,
		UNKNOWN("attribute 'action'") },
	{ "in upper case", HOLDERS(" Action='stop'"), HOLDERS_REFUSE, 10, false, false, UNKNOWN("attribute 'Action'") },
	{ "an unknown value", HOLDERS(" action='kill'"), HOLDERS_REFUSE, 10, false, false, UNKNOWN("value 'kill'") },
	{ "an empty one", HOLDERS(" action=''"), HOLDERS_REFUSE, 10, false, false, UNKNOWN("value ''") },
	{ "too long a wait", HOLDERS(" wait='601'"), HOLDERS_REFUSE, 10, false, false, UNKNOWN("value '601'") },
	{ "for ever", HOLDERS(" wait='-1'"), HOLDERS_REFUSE, 10, false, false, UNKNOWN("value '-1'") },
	{ "a value that steers", HOLDERS(" wait='&#10;1&#xe4;2'"), HOLDERS_REFUSE, 10, false, false,
		UNKNOWN("value '?1??2'") },
	{ "a long value", HOLDERS(" wait='" X200 X200 "'"), HOLDERS_REFUSE, 10, false, false, "...'; correct it with" },
	{ "a long name", POLICY("<handoff:" X200 X200 "/>"), HOLDERS_REFUSE, 10, false, false,
		"...'; correct it with" },
	{ "the first is told", HOLDERS(" wait='x' action='y'"), HOLDERS_REFUSE, 10, false, false,
		UNKNOWN("value 'x'") },
	{ "two policies", METADATA("<h:policy xmlns:h='" NS "' version='1'/><h:policy xmlns:h='" NS "' version='1'/>"),
		HOLDERS_REFUSE, 10, false, false, "has a second element 'policy'; correct it with" },
	{ "holders twice", POLICY("<handoff:holders action='stop'/><handoff:holders wait='1'/>"), HOLDERS_STOP, 10,
		true, false, "has a second element 'holders'; correct it with" },
	{ "cpus twice", POLICY("<handoff:cpus/><handoff:holders/><handoff:cpus/>"), HOLDERS_REFUSE, 10, false, false,
		"has a second element 'cpus'; correct it with" },
	{ "hugepages twice", POLICY("<handoff:hugepages/><!-- --><handoff:hugepages/>"), HOLDERS_REFUSE, 10, false,
		false, "has a second element 'hugepages'; correct it with" },
	{ "each once", POLICY("<handoff:hugepages/><handoff:cpus/><handoff:holders/>"), HOLDERS_REFUSE, 10, false,
		false, "" },
	{ "an attribute of another element", POLICY("<handoff:cpus wait='1'/>"), HOLDERS_REFUSE, 10, false, false,
		UNKNOWN("attribute 'wait'") },
	{ "another's way about", HOLDERS(" isolate='yes'"), HOLDERS_REFUSE, 10, false, false,
		UNKNOWN("attribute 'isolate'") },
	{ "allocate of cpus", POLICY("<handoff:cpus allocate='yes'/>"), HOLDERS_REFUSE, 10, false, false,
		UNKNOWN("attribute 'allocate'") },
	{ "one in cpus", POLICY("<handoff:cpus><handoff:hugepages/></handoff:cpus>"), HOLDERS_REFUSE, 10, false, false,
		UNKNOWN("element 'hugepages'") },
	{ "cpus of another namespace", POLICY("<x:cpus xmlns:x='urn:x' isolate='yes'/>"), HOLDERS_REFUSE, 10, false,
		false, UNKNOWN("element 'cpus'") },
	{ "a policy in the policy", POLICY("<handoff:policy version='1'/>"), HOLDERS_REFUSE, 10, false, false,
		UNKNOWN("element 'policy'") },
	{ "no answer", POLICY("<handoff:cpus isolate='1'/>"), HOLDERS_REFUSE, 10, false, false, UNKNOWN("value '1'") },
	{ "no governor", POLICY("<handoff:cpus governor='../a'/>"), HOLDERS_REFUSE, 10, false, false,
		UNKNOWN("value '../a'") },
	{ "no such overlap", POLICY("<handoff:cpus overlap='yes'/>"), HOLDERS_REFUSE, 10, false, false,
		UNKNOWN("value 'yes'") },
	{ "no such allocation", POLICY("<handoff:hugepages allocate='auto'/>"), HOLDERS_REFUSE, 10, false, false,
		UNKNOWN("value 'auto'") },
	{ "two metadata elements, the first counts", HOLDERS(" wait='1'") HOLDERS(" wait='2'"), HOLDERS_REFUSE, 1,
		false, true, "" },
};

/* Whatever the policy is like, the domain is read, for it must be possible to give back what it has. */
START_TEST(test_policy)
{
	char xml[4096];
	struct domain domain;
	struct refusal refusal;
	const char *problem = domain.policy.problem;

	(void)snprintf(xml, sizeof(xml), "%s%s<devices>%s%s", BEGIN, policies[_i].metadata,
		HOSTDEV("", AT("0x01", "0x00", "0x0")), END);
	ck_assert_msg(
		domain_parse(xml, strlen(xml), &domain, &refusal) == 0, "%s: %s", policies[_i].what, refusal.sentence);
	ck_assert_uint_eq(domain.n_hostdevs, 1);
	ck_assert_str_eq(address_text(domain.hostdevs[0]).s, "0000:01:00.0");
	ck_assert_msg(policies[_i].problem[0] || !problem[0], "%s: %s", policies[_i].what, problem);
	ck_assert_msg(strstr(problem, policies[_i].problem) != NULL, "%s: '%s'", policies[_i].what, problem);
	ck_assert_uint_lt(strlen(problem), sizeof(domain.policy.problem) - 1);
	for (const char *c = problem; *c; c++)
		ck_assert(*c >= 0x20 && *c < 0x7f);
	if (problem[0]) {
		ck_assert_ptr_nonnull(strstr(problem, "gpu-handoff-policy(7)"));
		return;
	}
	ck_assert_int_eq(domain.policy.action, policies[_i].action);
	ck_assert_uint_eq(domain.policy.wait_s, policies[_i].wait_s);
	ck_assert_int_eq(domain.policy.has_action, policies[_i].has_action);
	ck_assert_int_eq(domain.policy.has_wait, policies[_i].has_wait);
}
END_TEST

/* What the policy says of CPUs and huge pages: isolate, governor, overlap, allocate, those in brackets not said. */
static const struct {
	const char *what, *metadata, *said;
	bool has_policy;
} words[] = {
	{ "no policy", "", "[no] [] [refuse] [no]", false },
	{ "of another namespace", METADATA("<policy><cpus isolate='yes'/></policy>"), "[no] [] [refuse] [no]", false },
	{ "an empty policy", POLICY(""), "[no] [] [refuse] [no]", true },
	{ "elements that say nothing", POLICY("<handoff:cpus/><handoff:hugepages/>"), "[no] [] [refuse] [no]", true },
	{ "all",
		POLICY("<handoff:cpus isolate='yes' governor='performance' overlap='warn'/>"
		       "<handoff:hugepages allocate='yes'/>"),
		"yes performance warn yes", true },
	{ "the defaults, said",
		POLICY("<handoff:hugepages allocate='no'/><handoff:cpus overlap='refuse' isolate='no'/>"),
		"no [] refuse no", true },
	{ "no prefix", METADATA("<policy xmlns='" NS "' version='1'><cpus isolate='yes'/></policy>"),
		"yes [] [refuse] [no]", true },
	{ "another version is a policy", METADATA("<h:policy xmlns:h='" NS "' version='2'/>"), "[no] [] [refuse] [no]",
		true },
};

static void show_word(char *said, const char *word, bool has)
{
	(void)sprintf(said + strlen(said), "%s%s%s%s", said[0] ? " " : "", has ? "" : "[", word, has ? "" : "]");
}

START_TEST(test_words)
{
	char xml[1024], said[128] = "";
	struct domain domain;
	struct refusal refusal;
	const struct policy *policy = &domain.policy;

	(void)snprintf(xml, sizeof(xml), "%s%s</domain>", BEGIN, words[_i].metadata);
	ck_assert_int_eq(domain_parse(xml, strlen(xml), &domain, &refusal), 0);
	show_word(said, policy->isolate ? "yes" : "no", policy->has_isolate);
	show_word(said, policy->governor, policy->has_governor);
	show_word(said, overlap_action_name(policy->overlap), policy->has_overlap);
	show_word(said, policy->allocate ? "yes" : "no", policy->has_allocate);
	ck_assert_msg(strcmp(said, words[_i].said) == 0, "%s: '%s'", words[_i].what, said);
	ck_assert_int_eq(domain.has_policy, words[_i].has_policy);
}
END_TEST

TCase *case_domain(void)
{
	TCase *tcase = suite_case("domain");

	add_rows(tcase, test_row, rows);
	add_rows(tcase, test_uuid, uuids);
	add_rows(tcase, test_policy, policies);
	add_rows(tcase, test_words, words);
	tcase_add_test(tcase, test_no_uuid);
	tcase_add_test(tcase, test_many);
	tcase_add_test(tcase, test_size);
	tcase_add_loop_test(tcase, test_crowd, 0, 8);
	tcase_add_test(tcase, test_bomb);
	tcase_add_test(tcase, test_deep);
	return tcase;
}
