// SPDX-License-Identifier: GPL-2.0-or-later
/* `gpu-handoff doctor`: who shares a card's IOMMU group, and why, by the bridges' configuration space. */
#include <string.h>

#include "tests/support/record.h"
#include "tests/support/scratch.h"
#include "tests/unit/programs/doctor.h"

#define PCI "sys/bus/pci/devices/"

/* A card that is alone in its group; one that shares its, with bridges above all that do. */
#define CARD        "am4-2400g-gtx1660"
#define CARD_GPU    "0000:10:00.0"
#define SHARED      "macbookpro16-navi12-shared"
#define SHARED_GPU  "0000:03:00.0"
#define SHARED_PORT "0000:00:01.0"

/* ---- bridges: PCI Express Base Specification, 7.5 and 7.7.11 ---- */

#define TYPE_ROOT 0x4
#define TYPE_PCI  0x7

struct space {
	uint8_t bytes[4096];
};

/* A capability list with that of PCI Express in it. */
static struct space make_space(unsigned int type)
{
	return (struct space){ { [0] = 0x86,
		[1] = 0x80,
		[2] = 0x01,
		[3] = 0x19,
		[0x06] = 0x10,
		[0x0e] = 0x01,
		[0x34] = 0x40,
		[0x40] = 0x10,
		[0x42] = (uint8_t)(type << 4 | 2) } };
}

/* Behind another one; the control register's offset is 6, or that of ports which have it elsewhere. */
static void add_acs(struct space *space, unsigned int able, unsigned int on, unsigned int offset)
{
	uint8_t *extended = space->bytes + 0x100;

	memcpy(extended, (uint8_t[]){ 0x01, 0x00, 0x01, 0x20 }, 4);
	extended = space->bytes + 0x200;
	memcpy(extended, (uint8_t[]){ 0x0d, 0x00, 0x01, 0x00 }, 4);
	extended[4] = (uint8_t)able;
	extended[offset] = (uint8_t)on;
}

static void put_space(int root, const struct space *space, size_t size)
{
	put_bytes(root, PCI SHARED_PORT "/config", space->bytes, size);
}

static void put_no_acs(int root)
{
	struct space space = make_space(TYPE_ROOT);

	/* Another one, Advanced Error Reporting. */
	memcpy(space.bytes + 0x100, (uint8_t[]){ 0x01, 0x00, 0x01, 0x00 }, 4);
	put_space(root, &space, sizeof(space.bytes));
}

static void put_acs_off(int root)
{
	struct space space = make_space(TYPE_ROOT);

	add_acs(&space, 0x1f, 0x11, 6);
	put_space(root, &space, sizeof(space.bytes));
}

/* It does what it can. */
static void put_acs_on(int root)
{
	struct space space = make_space(TYPE_ROOT);

	add_acs(&space, 0x0f, 0x0d, 6);
	put_space(root, &space, sizeof(space.bytes));
}

/* Intel's Sunrise Point, with both registers twice as wide. */
static void put_acs_wide(int root)
{
	struct space space = make_space(TYPE_ROOT);

	memcpy(space.bytes + 2, (uint8_t[]){ 0x10, 0xa1 }, 2);
	add_acs(&space, 0x1f, 0x1d, 8);
	space.bytes[0x208] = 0x19;
	put_space(root, &space, sizeof(space.bytes));
}

static void put_pci_bridge(int root)
{
	struct space space = make_space(TYPE_PCI);

	put_space(root, &space, sizeof(space.bytes));
}

static void put_conventional(int root)
{
	struct space space = make_space(TYPE_ROOT);

	space.bytes[0x40] = 0x0d;
	put_space(root, &space, 256);
}

/* What others than root see, and what a kernel without access to the rest shows: nothing is made of it. */
static void put_short(int root)
{
	struct space space = make_space(TYPE_ROOT);

	put_space(root, &space, 64);
}

static void put_no_extended(int root)
{
	struct space space = make_space(TYPE_ROOT);

	put_space(root, &space, 256);
}

static void put_no_groups_told(int root)
{
	remove_all(root, "sys/kernel/iommu_groups");
}

static const struct doctor_row hosts[] = {
	{ "alone", CARD, NULL, doctor_put_nothing, "isolation", "pass", CARD_GPU, "it is alone in its IOMMU group",
		NULL },
	{ "with its root port", "asrock-z170-gtx960", NULL, doctor_put_nothing, "isolation", "pass", "0000:01:00.0",
		"the bridges there, 0000:00:01.0, do not hinder", NULL },
	{ "two groups", "alderlake-rx6650xt-vmd", NULL, doctor_put_nothing, "isolation", "pass", "0000:03:00.0",
		"IOMMU groups, of which each of its functions", NULL },
	{ "no IOMMU", "dell-laptop-940mx-optimus", NULL, doctor_put_nothing, "isolation", "fail", "0000:01:00.0",
		"it has no IOMMU group", "VT-d or AMD-Vi in the firmware" },
	{ "no IOMMU for the processor's own", "laptop-gtx970m-muxless", NULL, doctor_put_nothing, "isolation", "warn",
		"0000:00:02.0", "it has no IOMMU group", "VT-d" },
	{ "not alone", "z97-4790k-r9270-lts-shared", NULL, doctor_put_nothing, "isolation", "fail", "0000:01:00.0",
		"as well, so no domain can have it without it: bridges 0000:00:01.0 and 0000:00:01.1 are there too",
		"give the domain 0000:02:00.0 as well; else move the card to a slot" },
	{ "not alone in a laptop", "kabylake-r-mx150-shared", NULL, doctor_put_nothing, "isolation", "fail",
		"0000:01:00.0", "bridges 0000:00:1c.0, 0000:00:1c.4,",
		"0000:3b:00.0 and 0000:3c:00.0 as well; else turn ACS on" },
	{ "two ports", SHARED, NULL, doctor_put_nothing, "isolation", "fail", SHARED_GPU,
		"has 0000:08:00.0, 0000:09:00.0, 0000:7e:00.0 and 0000:7f:00.0 as well, so no domain can have it "
		"without "
		"them: root ports 0000:00:01.0 and 0000:00:01.1 are functions of one slot",
		"ACS override patch is no way out" },
	{ "no ACS", SHARED, NULL, put_no_acs, "isolation", "fail", SHARED_GPU,
		"keep apart; root port " SHARED_PORT " has no ACS capability", "ACS" },
	{ "ACS off", SHARED, NULL, put_acs_off, "isolation", "fail", SHARED_GPU,
		"root port " SHARED_PORT " has ACS without Request Redirection, Completion Redirection turned on",
		"ACS" },
	{ "wide ACS", SHARED, NULL, put_acs_wide, "isolation", "fail", SHARED_GPU,
		"root port " SHARED_PORT " has ACS without Request Redirection turned on", "ACS" },
	{ "to conventional PCI", SHARED, NULL, put_pci_bridge, "isolation", "fail", SHARED_GPU,
		SHARED_PORT " is a PCIe-to-PCI bridge", "ACS" },
	{ "conventional PCI", SHARED, NULL, put_conventional, "isolation", "fail", SHARED_GPU,
		SHARED_PORT " is a conventional PCI bridge", "ACS" },
};

/* What is not told, and what a finding must not say. */
static const struct doctor_silence silent[] = {
	{ "groups that are not told", "l40s-2x", put_no_groups_told, "isolation", "" },
	{ "ACS of a record", SHARED, doctor_put_nothing, "isolation", " capability" },
	{ "ACS of a short space", SHARED, put_short, "isolation", SHARED_PORT " has" },
	{ "ACS that cannot be read", SHARED, put_no_extended, "isolation", SHARED_PORT " has" },
	{ "ACS that is on", SHARED, put_acs_on, "isolation", SHARED_PORT " has" },
};

START_TEST(test_host)
{
	doctor_row_check(&hosts[_i]);
}
END_TEST

START_TEST(test_silent)
{
	doctor_silence_check(&silent[_i]);
}
END_TEST

TCase *case_doctor_isolation(void)
{
	TCase *tcase = suite_case("doctor-isolation");

	add_rows(tcase, test_host, hosts);
	add_rows(tcase, test_silent, silent);
	return tcase;
}
