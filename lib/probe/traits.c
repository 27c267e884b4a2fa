// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/traits.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "probe/document.h"

/* Machines are named pc, pc-i440fx-7.2, pc-q35-7.2, q35; the oldest pc-1.2. A PC without a name gets the first. */
static bool is_i440fx(const xmlNode *type, const char *machine)
{
	bool is_pc = !xmlHasNsProp(type, (const xmlChar *)"arch", NULL) || element_has(type, "arch", "x86_64") ||
		     element_has(type, "arch", "i686");

	if (!machine[0])
		return is_pc;
	return strcmp(machine, "pc") == 0 || (strncmp(machine, "pc-", 3) == 0 && strncmp(machine, "pc-q35", 6) != 0);
}

/* A name that is too long is none that QEMU has, and is refused by libvirt. */
static void read_machine(const xmlNode *os, struct traits *traits)
{
	const xmlNode *type = element_child(os, "type");
	xmlChar *machine FREE_CONTENT = type ? xmlGetNoNsProp(type, (const xmlChar *)"machine") : NULL;

	if (!type)
		return;
	if (machine && text_copy(traits->machine, sizeof(traits->machine), (const char *)machine) < 0)
		(void)text_copy(traits->machine, sizeof(traits->machine), "?");
	traits->is_i440fx = is_i440fx(type, traits->machine);
}

static bool wants_secure_boot(const xmlNode *os)
{
	const xmlNode *firmware = element_child(os, "firmware");

	for (const xmlNode *node = firmware ? firmware->children : NULL; node; node = node->next) {
		if (element_is(node, "feature") && element_has(node, "name", "secure-boot") &&
			element_has(node, "enabled", "yes"))
			return true;
	}
	return false;
}

static void read_firmware(const xmlNode *os, struct traits *traits)
{
	const xmlNode *loader = element_child(os, "loader");

	traits->has_uefi =
		(os && element_has(os, "firmware", "efi")) || (loader && element_has(loader, "type", "pflash"));
	traits->wants_secure_boot = wants_secure_boot(os) || (loader && element_has(loader, "secure", "yes"));
}

/* enabled='no' gives the guest no ROM at all, whatever else is said (virDomainHostdevDefParse, QEMU's romfile=""). */
static int read_rom(const xmlNode *hostdev, struct hostdev_traits *ret, struct refusal *refusal)
{
	const xmlNode *rom = element_child(hostdev, "rom");
	xmlChar *file FREE_CONTENT = rom ? xmlGetNoNsProp(rom, (const xmlChar *)"file") : NULL;

	if (!file || element_has(rom, "enabled", "no"))
		return 0;
	if (text_copy(ret->rom_file, sizeof(ret->rom_file), (const char *)file) < 0)
		return refusal_set(refusal, REFUSAL_INPUT,
			"the path of the ROM of '%s' is longer than %d bytes; name another one with 'virsh edit'",
			address_text(ret->address).s, ROM_FILE_SIZE - 1);
	return 0;
}

static int read_hostdev(const xmlNode *hostdev, struct traits *traits, struct refusal *refusal)
{
	struct hostdev_traits *ret = &traits->hostdevs[traits->n_hostdevs];
	const xmlNode *source = element_child(element_child(hostdev, "source"), "address");

	if (!source || traits->n_hostdevs == DOMAIN_HOSTDEVS_MAX || element_address(source, &ret->address) < 0)
		return 0;
	traits->n_hostdevs++;
	ret->unmanaged = !element_has(hostdev, "managed", "yes");
	return read_rom(hostdev, ret, refusal);
}

static int read_devices(const xmlNode *devices, struct traits *traits, struct refusal *refusal)
{
	int r = 0;

	traits->has_balloon = true;
	for (const xmlNode *node = devices ? devices->children : NULL; node && r == 0; node = node->next) {
		if (element_is(node, "hostdev") && element_has(node, "type", "pci"))
			r = read_hostdev(node, traits, refusal);
		else if (element_is(node, "memballoon"))
			traits->has_balloon = !element_has(node, "model", "none");
		else if (element_is(node, "tpm") && element_child(node, "backend"))
			traits->wants_tpm = element_has(element_child(node, "backend"), "type", "emulator");
	}
	return r;
}

static int read_traits(const xmlNode *root, struct traits *traits, struct refusal *refusal)
{
	const xmlNode *os = element_child(root, "os"), *memory = element_child(root, "memory");
	int r;

	if (!root || !element_is(root, "domain"))
		return refusal_set(refusal, REFUSAL_INPUT, "the XML is no libvirt domain");
	read_machine(os, traits);
	read_firmware(os, traits);
	r = memory ? element_kib(memory, NULL, &traits->memory_kib, refusal) : 0;
	return r < 0 ? r : read_devices(element_child(root, "devices"), traits, refusal);
}

int traits_parse(const char *xml, size_t size, struct traits *ret, struct refusal *refusal)
{
	struct traits *traits = calloc(1, sizeof(*traits));
	xmlDoc *document FREE_DOCUMENT = NULL;
	int r;

	if (!traits)
		return refusal_set(refusal, REFUSAL_STATE, "there is no memory to read the domain");
	r = document_read(xml, size, &document, refusal);
	if (r == 0)
		r = read_traits(xmlDocGetRootElement(document), traits, refusal);
	if (r == 0)
		*ret = *traits;
	free(traits);
	return r;
}
