// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/traits.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/probe/probe.h"

#define DOMAIN(inner)       "<domain type='kvm'><name>gpuvm</name>" inner "</domain>"
#define TYPE(arch, machine) DOMAIN("<os><type " arch " machine='" machine "'>hvm</type></os>")
#define DEVICES(inner)      DOMAIN("<devices>" inner "</devices>")
#define HOSTDEV(managed, rest)                                                                                         \
	DEVICES("<hostdev type='pci'" managed "><source><address bus='1'/></source>" rest "</hostdev>")

/*
 * What is read: the machine, then a letter for each fact: 4 i440fx, u UEFI, s secure boot, t TPM, b balloon; the
 * memory; and each hostdev with u where it is unmanaged, and its ROM. Or a part of the refusal.
 */
static const struct {
	const char *what, *xml, *read, *refused;
} rows[] = {
	{ "nothing said", DOMAIN(""), "b0", NULL },
	{ "q35", TYPE("arch='x86_64'", "q35"), "q35b0", NULL },
	{ "q35 of a version", TYPE("", "pc-q35-7.2"), "pc-q35-7.2b0", NULL },
	{ "a PC", TYPE("arch='x86_64'", "pc"), "pc4b0", NULL },
	{ "an old PC", TYPE("arch='i686'", "pc-i440fx-2.1"), "pc-i440fx-2.14b0", NULL },
	{ "the oldest", TYPE("", "pc-1.2"), "pc-1.24b0", NULL },
	{ "the default of a PC", DOMAIN("<os><type arch='x86_64'>hvm</type></os>"), "4b0", NULL },
	{ "the default of others", DOMAIN("<os><type arch='aarch64'>hvm</type></os>"), "b0", NULL },
	{ "others", TYPE("arch='aarch64'", "virt"), "virtb0", NULL },
	{ "a long name",
		TYPE("",
			"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
		"?b0", NULL },
	{ "UEFI", DOMAIN("<os firmware='efi'/>"), "ub0", NULL },
	{ "BIOS", DOMAIN("<os firmware='bios'/>"), "b0", NULL },
	{ "UEFI by its file", DOMAIN("<os><loader type='pflash'>/x</loader></os>"), "ub0", NULL },
	{ "a ROM for a loader", DOMAIN("<os><loader type='rom'>/x</loader></os>"), "b0", NULL },
	{ "secure boot",
		DOMAIN("<os firmware='efi'><firmware><feature enabled='no' name='enrolled-keys'/><feature "
		       "enabled='yes' "
		       "name='secure-boot'/></firmware></os>"),
		"usb0", NULL },
	{ "keys alone",
		DOMAIN("<os firmware='efi'><firmware><feature enabled='yes' name='enrolled-keys'/><feature "
		       "enabled='no' "
		       "name='secure-boot'/></firmware></os>"),
		"ub0", NULL },
	{ "a secure loader", DOMAIN("<os><loader type='pflash' secure='yes'>/x</loader></os>"), "usb0", NULL },
	{ "a TPM", DEVICES("<tpm><backend type='emulator'/></tpm>"), "tb0", NULL },
	{ "the host's TPM", DEVICES("<tpm><backend type='passthrough'/></tpm>"), "b0", NULL },
	{ "no balloon", DEVICES("<memballoon model='none'/>"), "0", NULL },
	{ "a balloon", DEVICES("<memballoon model='virtio'/>"), "b0", NULL },
	{ "memory", DOMAIN("<memory unit='MiB'>2</memory>"), "b2048", NULL },
	{ "managed", HOSTDEV(" managed='yes'", ""), "b0 0000:01:00.0-", NULL },
	{ "unmanaged", HOSTDEV(" managed='no'", ""), "b0 0000:01:00.0u", NULL },
	{ "not said", HOSTDEV("", ""), "b0 0000:01:00.0u", NULL },
	{ "a ROM", HOSTDEV("", "<rom bar='on' file='/a/b'/>"), "b0 0000:01:00.0u/a/b", NULL },
	{ "a ROM behind no BAR", HOSTDEV("", "<rom bar='off' file='/a'/>"), "b0 0000:01:00.0u/a", NULL },
	{ "no ROM", HOSTDEV("", "<rom enabled='no' file='/a'/>"), "b0 0000:01:00.0u", NULL },
	{ "two",
		DEVICES("<hostdev type='pci'><source><address bus='2'/></source></hostdev><hostdev type='usb'/>"
			"<hostdev type='pci' managed='yes'><source><address bus='1'/></source></hostdev>"),
		"b0 0000:02:00.0u 0000:01:00.0-", NULL },
	{ "no address", DEVICES("<hostdev type='pci'/>"), "b0", NULL },
	{ "a foreign namespace", DOMAIN("<x:devices xmlns:x='urn:x'><x:tpm/></x:devices>"), "b0", NULL },

	{ "no unit", DOMAIN("<memory unit='parsec'>1</memory>"), NULL, "memory" },
	{ "another root", "<network/>", NULL, "no libvirt domain" },
	{ "no XML", "<domain", NULL, "" },
};

static void show(const struct traits *traits, char *text, size_t size)
{
	int n = snprintf(text, size, "%s%s%s%s%s%s%llu", traits->machine, traits->is_i440fx ? "4" : "",
		traits->has_uefi ? "u" : "", traits->wants_secure_boot ? "s" : "", traits->wants_tpm ? "t" : "",
		traits->has_balloon ? "b" : "", (unsigned long long)traits->memory_kib);

	for (unsigned int i = 0; i < traits->n_hostdevs; i++) {
		const struct hostdev_traits *hostdev = &traits->hostdevs[i];

		n += snprintf(text + n, size - (size_t)n, " %s%s%s", address_text(hostdev->address).s,
			hostdev->unmanaged ? "u" : "-", hostdev->rom_file);
	}
}

START_TEST(test_row)
{
	struct traits *traits = malloc(sizeof(*traits));
	struct refusal refusal = { 0 };
	char seen[512];
	int r = traits_parse(rows[_i].xml, strlen(rows[_i].xml), traits, &refusal);

	if (rows[_i].refused) {
		ck_assert_msg(r == -ECANCELED, "%s: %d", rows[_i].what, r);
		ck_assert_msg(strstr(refusal.sentence, rows[_i].refused), "%s: %s", rows[_i].what, refusal.sentence);
	} else {
		ck_assert_msg(r == 0, "%s: %s", rows[_i].what, refusal.sentence);
		show(traits, seen, sizeof(seen));
		ck_assert_msg(strcmp(seen, rows[_i].read) == 0, "%s: '%s'", rows[_i].what, seen);
	}
	free(traits);
}
END_TEST

/* A path may be as long as there is room for it, and what is longer is refused, not cut. */
START_TEST(test_long_rom)
{
	struct traits *traits = malloc(sizeof(*traits));
	struct refusal refusal = { 0 };

	for (int length = ROM_FILE_SIZE - 1; length <= ROM_FILE_SIZE; length++) {
		char xml[ROM_FILE_SIZE + 256], file[ROM_FILE_SIZE + 1];
		int n, r;

		memset(file, '/', (size_t)length);
		file[length] = '\0';
		n = snprintf(xml, sizeof(xml), HOSTDEV("", "<rom file='%s'/>"), file);
		r = traits_parse(xml, (size_t)n, traits, &refusal);
		ck_assert_int_eq(r, length < ROM_FILE_SIZE ? 0 : -ECANCELED);
	}
	ck_assert_ptr_nonnull(strstr(refusal.sentence, "'0000:01:00.0'"));
	free(traits);
}
END_TEST

TCase *case_traits(void)
{
	TCase *tcase = suite_case("traits");

	add_rows(tcase, test_row, rows);
	tcase_add_test(tcase, test_long_rom);
	return tcase;
}
