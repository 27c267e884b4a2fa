// SPDX-License-Identifier: GPL-2.0-or-later
/* `gpu-handoff doctor DOMAIN`: each row makes one thing wrong; what gpu-handoff-xmlgen writes is right everywhere. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/processor.h"
#include "tests/support/tree.h"
#include "tests/unit/programs/doctor.h"

/* A GPU with four functions, alone in its group. */
#define RECORD "rocketlake-i7-11700-rtx2060"

#define HOSTDEV(managed, function, inner)                                                                              \
	"<hostdev mode='subsystem' type='pci' managed='" managed "'><source><address domain='0' bus='2' slot='0' "     \
	"function='" function "'/></source>" inner "</hostdev>"
#define ALL HOSTDEV("yes", "0", "") HOSTDEV("yes", "1", "") HOSTDEV("yes", "2", "") HOSTDEV("yes", "3", "")
#define ROM(file)                                                                                                      \
	HOSTDEV("yes", "0", "<rom file='" file "'/>")                                                                  \
	HOSTDEV("yes", "1", "") HOSTDEV("yes", "2", "") HOSTDEV("yes", "3", "")
#define NO_BALLOON "<memballoon model='none'/>"
#define OS         "<os firmware='efi'><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>"
#define MEMORY     "<memory unit='GiB'>2</memory>"
#define DOMAIN(head, devices)                                                                                          \
	"<domain type='kvm'><name>gpuvm</name><uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid>" head                  \
	"<devices>" devices "</devices></domain>"
#define GOOD(head)             DOMAIN(OS MEMORY head, ALL NO_BALLOON)
#define POLICY(version, inner) "<h:policy xmlns:h='urn:gpu-handoff:1' version='" version "'>" inner "</h:policy>"
#define METADATA(inner)        "<metadata>" inner "</metadata>"
#define PIN(vcpu, set)         "<vcpupin vcpu='" vcpu "' cpuset='" set "'/>"
#define PINS(n, inner)         GOOD("<vcpu>" n "</vcpu><cputune>" inner "</cputune>")
#define PAGES(inner)           "<memoryBacking><hugepages>" inner "</hugepages></memoryBacking>"

static const char *records[RECORDS_MAX];

static void put_nothing(int root)
{
	(void)root;
}

static void put_apparmor(int root)
{
	put_text(root, "sys/module/apparmor/parameters/enabled", "Y\n");
}

static void put_site(int root)
{
	put_apparmor(root);
	put_text(root, "etc/apparmor.d/local/abstractions/libvirt-qemu", "/srv/roms/** r,\n");
}

static void put_rom(int root)
{
	put_apparmor(root);
	put_text(root, "usr/share/vgabios/card.rom", "\x55\xaa");
}

static void put_pages(int root)
{
	static const char *const names[] = { "nr_hugepages", "free_hugepages", "surplus_hugepages" };
	char path[128];

	for (int i = 0; i < COUNT(names); i++) {
		(void)snprintf(
			path, sizeof(path), "sys/devices/system/node/node0/hugepages/hugepages-2048kB/%s", names[i]);
		put_text(root, path, i < 2 ? "1000\n" : "0\n");
	}
	put_text(root, "proc/meminfo", "HugePages_Rsvd: 0\nHugepagesize: 2048 kB\n");
	put_text(root, "sys/kernel/mm/hugepages/hugepages-2048kB/resv_hugepages", "0\n");
}

#define LOCAL "etc/apparmor.d/local/abstractions/libvirt-qemu"

static void put_rules(int root)
{
	put_pages(root);
	put_apparmor(root);
	put_text(root, "etc/apparmor.d/abstractions/libvirt-qemu", "/sys/devices/system/node/ r,\n");
}

static void put_more_rules(int root)
{
	put_rules(root);
	put_text(root, LOCAL, "@{sys}/devices/system/node/node[0-9]*/cpumap r,\n");
}

static void put_usr(int root)
{
	put_directory(root, "usr/bin");
}

static void put_far(int root)
{
	put_text(root, "sys/bus/pci/devices/0000:02:00.0/numa_node", "1\n");
}

/* Processor: a name of tests/support/processor.h, or NULL. Result NULL: there is no such reason. */
static const struct {
	const char *name, *processor, *domain;
	void (*put)(int root);
	const char *result, *reason, *remedy;
} rows[] = {
	{ "as it should be", NULL, GOOD(""), put_nothing, "pass",
		"its start would take 0000:02:00.0, 0000:02:00.1, 0000:02:00.2, 0000:02:00.3", NULL },
	{ "no card", NULL, DOMAIN(OS MEMORY, ""), put_nothing, "pass", "no PCI hostdev", NULL },
	{ "no XML", NULL, "<domain", put_nothing, "fail", "", "virsh edit" },
	{ "no domain", NULL, "<network/>", put_nothing, "fail", "the XML is no libvirt domain", "virsh edit" },
	{ "no such card", NULL,
		DOMAIN(OS, "<hostdev type='pci' managed='yes'><source><address bus='0x77'/></source>"
			   "</hostdev>" NO_BALLOON),
		put_nothing, "fail", "hostdev '0000:77:00.0' is not on this host", "see 'gpu-handoff list'" },
	{ "forgotten", NULL, DOMAIN(OS MEMORY, HOSTDEV("yes", "0", "") NO_BALLOON), put_nothing, "warn",
		"0000:02:00.1, 0000:02:00.2, 0000:02:00.3 are not in the domain, and leave the host with its card",
		"add them as hostdevs" },
	{ "nothing forgotten", NULL, GOOD(""), put_nothing, NULL, "are not in the domain", NULL },

	{ "a policy", NULL, GOOD(METADATA(POLICY("1", "<h:holders action='stop'/>"))), put_nothing, "pass",
		"the policy in its metadata is understood", NULL },
	{ "another version", NULL, GOOD(METADATA(POLICY("2", ""))), put_nothing, "fail", "has another version than '1'",
		"correct it with 'virsh edit'" },
	{ "two policies", NULL, GOOD(METADATA(POLICY("1", "") POLICY("1", ""))), put_nothing, "fail",
		"has a second element 'policy'", "virsh edit" },
	{ "an unknown word", NULL, GOOD(METADATA(POLICY("1", "<h:holders action='shoot'/>"))), put_nothing, "fail",
		"has an unknown value 'shoot'", "virsh edit" },

	{ "unmanaged", NULL, DOMAIN(OS MEMORY, HOSTDEV("no", "0", "") NO_BALLOON), put_nothing, "warn",
		"hostdev 0000:02:00.0 is not managed", "managed='yes'" },
	{ "an old machine", NULL,
		DOMAIN("<os firmware='efi'><type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type></os>",
			ALL NO_BALLOON),
		put_nothing, "warn", "its machine pc-i440fx-7.2 has no PCI Express", "q35" },
	{ "no machine", NULL, DOMAIN("<os firmware='efi'><type>hvm</type></os>", ALL NO_BALLOON), put_nothing, "warn",
		"its machine has no PCI Express", "q35" },
	{ "ARM", NULL, DOMAIN("<os firmware='efi'><type arch='aarch64' machine='virt'>hvm</type></os>", ALL NO_BALLOON),
		put_nothing, NULL, "PCI Express", NULL },
	{ "no UEFI", NULL, DOMAIN("<os><type machine='q35'>hvm</type></os>", ALL NO_BALLOON), put_nothing, "pass",
		"no UEFI firmware", NULL },
	{ "UEFI by its file", NULL,
		DOMAIN("<os><type machine='q35'>hvm</type><loader type='pflash'>/x</loader></os>", ALL NO_BALLOON),
		put_nothing, NULL, "no UEFI", NULL },
	{ "a balloon", NULL, DOMAIN(OS MEMORY, ALL), put_nothing, "warn", "its memory balloon is of no use",
		"<memballoon model='none'/>" },
	{ "no balloon", NULL, GOOD(""), put_nothing, NULL, "balloon", NULL },

	{ "no ROM", NULL, DOMAIN(OS, ROM("/usr/share/vgabios/card.rom") NO_BALLOON), put_nothing, "fail",
		"the ROM of 0000:02:00.0, '/usr/share/vgabios/card.rom', cannot be had", "<rom>" },
	{ "a ROM", NULL, DOMAIN(OS, ROM("/usr/share/vgabios/card.rom") NO_BALLOON), put_rom, "pass",
		"the ROM of 0000:02:00.0 is where QEMU may read it", NULL },
	{ "a ROM elsewhere", NULL, DOMAIN(OS, ROM("/srv/roms/card.rom") NO_BALLOON), put_apparmor, "fail",
		"AppArmor lets no QEMU read", "/usr/share/vgabios/" },
	{ "without AppArmor", NULL, DOMAIN(OS, ROM("/srv/roms/card.rom") NO_BALLOON), put_nothing, NULL, "AppArmor",
		NULL },
	{ "allowed by the site", NULL, DOMAIN(OS, ROM("/srv/roms/card.rom") NO_BALLOON), put_site, "pass",
		"where QEMU may read it", NULL },
	{ "a ROM from nowhere", NULL, DOMAIN(OS, ROM("card.rom") NO_BALLOON), put_nothing, "fail",
		"no path from the root", "virsh edit" },
	{ "a ROM that is off", NULL, DOMAIN(OS, HOSTDEV("yes", "0", "<rom enabled='no' file='/x'/>") NO_BALLOON),
		put_apparmor, NULL, "the ROM of", NULL },
	{ "the card's own", NULL, DOMAIN(OS, HOSTDEV("yes", "0", "<rom bar='off'/>") NO_BALLOON), put_apparmor, NULL,
		"the ROM of", NULL },

	{ "no TPM", NULL, DOMAIN(OS, ALL NO_BALLOON "<tpm><backend type='emulator'/></tpm>"), put_usr, "fail",
		"it has a TPM, and /usr/bin/swtpm is not there", "swtpm" },
	{ "no TPM wanted", NULL, GOOD(""), put_usr, NULL, "it has a TPM", NULL },
	{ "no secure boot", NULL,
		DOMAIN("<os firmware='efi'><type machine='q35'>hvm</type><firmware><feature enabled='yes' "
		       "name='secure-boot'/></firmware></os>",
			ALL NO_BALLOON),
		put_usr, "fail", "it wants secure boot", "ovmf" },
	{ "secure boot that is off", NULL,
		DOMAIN("<os firmware='efi'><type machine='q35'>hvm</type><firmware><feature enabled='no' "
		       "name='secure-boot'/></firmware></os>",
			ALL NO_BALLOON),
		put_usr, NULL, "it wants secure boot", NULL },
	{ "pages that AppArmor minds", "ryzen5-5600",
		GOOD(PAGES("") "<numatune><memory mode='strict' nodeset='0'/></numatune>"), put_rules, "warn",
		"'The nodes select no CPUs'", "cpumap r," },
	{ "pages that AppArmor allows", "ryzen5-5600",
		GOOD(PAGES("") "<numatune><memory mode='strict' nodeset='0'/></numatune>"), put_more_rules, NULL,
		"'The nodes select no CPUs'", NULL },

	/* Core 0 of it is CPUs 0 and 6. */
	{ "not pinned", "ryzen5-5600", GOOD("<vcpu>2</vcpu>"), put_nothing, "pass", "are not pinned", NULL },
	{ "pinned", "ryzen5-5600", PINS("2", PIN("0", "1") PIN("1", "7") "<emulatorpin cpuset='0,6'/>"), put_nothing,
		"pass", "pinned to whole cores, CPUs 1,7", NULL },
	{ "split", "ryzen5-5600", PINS("2", PIN("0", "1") PIN("1", "2")), put_nothing, "warn",
		"CPUs 1-2 of the vCPUs share a core with CPUs 7-8", "both threads" },
	{ "with the emulator", "ryzen5-5600", PINS("2", PIN("0", "1") PIN("1", "7") "<emulatorpin cpuset='0-1'/>"),
		put_nothing, "warn", "the emulator is pinned to CPU 1, which vCPUs", "of their own" },
	{ "with iothreads", "ryzen5-5600",
		GOOD("<vcpu>2</vcpu><iothreads>1</iothreads><cputune>" PIN("0", "1") PIN(
			"1", "7") "<emulatorpin cpuset='0'/><iothreadpin iothread='1' cpuset='7'/></cputune>"),
		put_nothing, "warn", "iothreads are pinned to CPU 7", "of their own" },
	{ "half pinned", "ryzen5-5600", PINS("2", PIN("0", "1,7")), put_nothing, "warn", "1 of 2 vCPUs are pinned",
		"pin all" },
	{ "no such CPU", "ryzen5-5600", PINS("1", PIN("0", "99")), put_nothing, "fail",
		"vCPUs are pinned to CPU 99, which this host", "CPUs of this host" },
	{ "one vCPU without", "ryzen5-5600", PINS("2", PIN("0", "1,7") PIN("1", "98-99")), put_nothing, "fail",
		"vCPUs are pinned to CPUs 98-99, which this host", "CPUs of this host" },
	{ "some such CPUs", "ryzen5-5600", PINS("1", PIN("0", "1,7,99")), put_nothing, "warn",
		"vCPUs are pinned to CPU 99, which this host", "CPUs of this host" },
	{ "no such CPU for the emulator", "ryzen5-5600", PINS("1", PIN("0", "1,7") "<emulatorpin cpuset='98-99'/>"),
		put_nothing, "fail", "the emulator is pinned to CPUs 98-99", "CPUs of this host" },
	/* Node 0 has cores 0 to 3 with the siblings 16 to 19. */
	{ "far", "uneven-nodes", PINS("2", PIN("0", "1") PIN("1", "17")), put_far, "warn",
		"0000:02:00.0 is on NUMA node 1, and the domain's vCPUs are on others", "node of the card" },
	{ "near", "uneven-nodes", PINS("2", PIN("0", "4") PIN("1", "20")), put_far, "pass",
		"pinned to whole cores, CPUs 4,20", NULL },
	{ "far memory", "uneven-nodes",
		GOOD("<vcpu>2</vcpu><cputune>" PIN("0", "4")
				PIN("1", "20") "</cputune><numatune><memory mode='strict' nodeset='0'/></numatune>"),
		put_far, "warn", "its vCPUs are on NUMA node 1, and its memory on 0", "<numatune>" },

	{ "pages", "ryzen5-5600", DOMAIN(OS "<memory unit='MiB'>2000</memory>" PAGES(""), ALL NO_BALLOON), put_pages,
		"pass", "its huge pages are there", NULL },
	{ "too few pages", "ryzen5-5600", DOMAIN(OS "<memory unit='MiB'>2002</memory>" PAGES(""), ALL NO_BALLOON),
		put_pages, "fail", "huge pages are missing: 1 of 2048 KiB on node 0", "allocate='yes'" },
	{ "pages that are added", "ryzen5-5600",
		DOMAIN(OS METADATA(POLICY(
			       "1", "<h:hugepages allocate='yes'/>")) "<memory unit='MiB'>2002</memory>" PAGES(""),
			ALL NO_BALLOON),
		put_pages, "pass", "adds the huge pages that are missing", NULL },
	{ "no such pages", "ryzen5-5600", DOMAIN(OS MEMORY PAGES("<page size='1' unit='GiB'/>"), ALL NO_BALLOON),
		put_pages, "fail", "1048576", "" },
	{ "more pages than memory", "ryzen5-5600", DOMAIN(OS "<memory unit='TiB'>8</memory>" PAGES(""), ALL NO_BALLOON),
		put_pages, "fail", "can never have its huge pages", "<numatune>" },
	{ "more memory than there is", "ryzen5-5600", DOMAIN(OS "<memory unit='TiB'>8</memory>", ALL NO_BALLOON),
		put_nothing, "fail", "its memory is more than the host has", "give it less" },
};

static void make_host(struct scratch *scratch, const char *record_name, const char *processor)
{
	json_object *record = record_load(record_name), *cpus = processor ? processor_load(processor) : NULL;

	ck_assert(!processor || cpus);
	scratch_make(scratch);
	record_dress(record);
	tree_write(scratch->fd, record, cpus);
	json_object_put(cpus);
	json_object_put(record);
}

static json_object *look(const struct scratch *scratch)
{
	int status;
	char *text = program_run(
		&status, "gpu-handoff doctor --json --sysroot %s %s/domain.xml", scratch->path, scratch->path);

	ck_assert_msg(status <= 1, "%s", text);
	return doctor_parse(text, status);
}

static bool is_found(json_object *finding, int i)
{
	const char *remedy = record_text(finding, "remedy");

	if (strcmp(record_text(finding, "check"), "domain") != 0 ||
		!strstr(record_text(finding, "reason"), rows[i].reason))
		return false;
	return !rows[i].result || (strcmp(record_text(finding, "result"), rows[i].result) == 0 &&
					  (rows[i].remedy ? remedy && strstr(remedy, rows[i].remedy) : !remedy));
}

START_TEST(test_row)
{
	struct scratch scratch;
	json_object *findings;
	unsigned int n = 0;

	make_host(&scratch, RECORD, rows[_i].processor);
	rows[_i].put(scratch.fd);
	put_text(scratch.fd, "domain.xml", "%s", rows[_i].domain);
	findings = look(&scratch);
	for (size_t i = 0; i < json_object_array_length(findings); i++)
		n += is_found(json_object_array_get_idx(findings, i), _i);
	ck_assert_msg(
		n == (rows[_i].result != NULL), "%s: %u in %s", rows[_i].name, n, json_object_to_json_string(findings));
	json_object_put(findings);
	scratch_remove(&scratch);
}
END_TEST

/* ---- what we write ourselves ---- */

/* The one failure that may be: the sentence of 'gpu-handoff plan'. Taken with it from the slot may be others. */
static void check_finding(json_object *finding, const char *refused, const char *what)
{
	const char *result = record_text(finding, "result"), *reason = record_text(finding, "reason");
	char sentence[2048];

	(void)snprintf(sentence, sizeof(sentence), "gpu-handoff: %s; %s\n", reason, record_text(finding, "remedy"));
	ck_assert_msg(strcmp(result, "pass") == 0 ||
			      (refused && strcmp(result, "fail") == 0 && strcmp(sentence, refused) == 0) ||
			      (strcmp(result, "warn") == 0 && strstr(reason, " are not in the domain")),
		"%s: %s, and the plan: %s", what, json_object_to_json_string(finding), refused ? refused : "none");
}

static void check_written(struct scratch *scratch, const char *record, const char *gpu)
{
	char what[128], *refused;
	json_object *findings;
	unsigned int n = 0;
	int status;

	(void)snprintf(what, sizeof(what), "%s, %s", record, gpu);
	free(program_run(&status, "gpu-handoff-xmlgen --sysroot %s --gpu %s --os linux --output %s/domain.xml",
		scratch->path, gpu, scratch->path));
	/* One that xmlgen refuses is for its own tests. */
	if (status != 0)
		return;
	refused = program_run(&status, "gpu-handoff plan --sysroot %s %s/domain.xml", scratch->path, scratch->path);
	findings = look(scratch);
	for (size_t i = 0; i < json_object_array_length(findings); i++) {
		json_object *finding = json_object_array_get_idx(findings, i);

		if (strcmp(record_text(finding, "check"), "domain") != 0)
			continue;
		check_finding(finding, status ? refused : NULL, what);
		n += strcmp(record_text(finding, "result"), "fail") == 0;
	}
	ck_assert_msg(n == (status != 0), "%s: %u failures, and the plan: %s", what, n, refused);
	json_object_put(findings);
	free(refused);
	remove_all(scratch->fd, "domain.xml");
}

START_TEST(test_written)
{
	static const char *const processors[] = { "ryzen5-5600", "i5-9400", "uneven-nodes", "epyc-7742-8nodes" };
	json_object *record = record_load(records[_i]), *devices = json_object_object_get(record, "devices");
	struct scratch scratch;

	make_host(&scratch, records[_i], processors[_i % COUNT(processors)]);
	for (size_t i = 0, n = 0; i < json_object_array_length(devices) && n < 2; i++) {
		json_object *device = json_object_array_get_idx(devices, i);
		const char *class_code = record_text(device, "class");

		if (!class_code || strncmp(class_code, "03", 2) != 0)
			continue;
		check_written(&scratch, records[_i], record_text(device, "address"));
		n++;
	}
	json_object_put(record);
	scratch_remove(&scratch);
}
END_TEST

TCase *case_doctor_domain(void)
{
	TCase *tcase = suite_case("doctor-domain");

	add_rows(tcase, test_row, rows);
	tcase_add_loop_test(tcase, test_written, 0, (int)record_names(records));
	return tcase;
}
