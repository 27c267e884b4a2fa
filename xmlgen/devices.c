// SPDX-License-Identifier: GPL-2.0-or-later
/* Everything below <devices>. */
#include "xmlgen/build.h"
#include "xmlgen/hostdev.h"
#include "xmlgen/section.h"

static xmlNode *add_typed(xmlNode *parent, const char *name, const char *attribute, const char *value)
{
	xmlNode *node = build_add(parent, name);

	build_set(node, attribute, "%s", value);
	return node;
}

/* ---- disks ---- */

static void set_source(xmlNode *node, const struct guest_disk *disk)
{
	xmlNode *source;

	build_set(node, "type", "%s", disk->path ? disk->is_block ? "block" : "file" : "volume");
	source = build_add(node, "source");
	if (disk->path) {
		build_set(source, disk->is_block ? "dev" : "file", "%s", disk->path);
	} else {
		build_set(source, "pool", "%s", disk->pool);
		build_set(source, "volume", "%s", disk->volume);
	}
}

static void add_disk(xmlNode *devices, const struct guest_disk *disk, unsigned int i)
{
	xmlNode *node = build_add(devices, "disk"), *driver;

	build_set(node, "device", "disk");
	driver = add_typed(node, "driver", "name", "qemu");
	build_set(driver, "type", "%s", disk->format);
	/* Past the host's page cache, which would keep a second copy of what the guest keeps. */
	build_set(driver, "cache", "none");
	build_set(driver, "io", "native");
	build_set(driver, "discard", "unmap");
	build_set(driver, "iothread", "1");
	set_source(node, disk);
	build_set(add_typed(node, "target", "bus", "virtio"), "dev", "vd%c", 'a' + (int)i);
	build_set(build_add(node, "boot"), "order", "%u", 1 + i);
}

static void add_medium(xmlNode *devices, const struct guest_disk *disk, unsigned int i, unsigned int order)
{
	xmlNode *node = build_add(devices, "disk");

	build_set(node, "device", "cdrom");
	build_set(add_typed(node, "driver", "name", "qemu"), "type", "%s", disk->format);
	set_source(node, disk);
	build_set(add_typed(node, "target", "bus", "sata"), "dev", "sd%c", 'a' + (int)i);
	build_add(node, "readonly");
	build_set(build_add(node, "boot"), "order", "%u", order);
}

static void add_disks(xmlNode *devices, const struct guest *guest)
{
	for (unsigned int i = 0; i < guest->n_disks; i++)
		add_disk(devices, &guest->disks[i], i);
	/* After the disks: an empty one starts nothing, an installed one its system. */
	for (unsigned int i = 0; i < guest->n_isos; i++)
		add_medium(devices, &guest->isos[i], i, 1 + guest->n_disks + i);
}

/* ---- the card ---- */

/* At slot 0 of a bus. Functions as on the host: drivers look for the companions of .0. */
static xmlNode *make_function(const struct guest_card *card, unsigned int i, unsigned int bus)
{
	const struct address guest = {
		.bus = (uint8_t)bus,
		.function = card->functions[0].function == 0 ? card->functions[i].function : (uint8_t)i,
	};

	return hostdev_new(card->functions[i], !card->is_variant, &guest, i == 0 && card->n_functions > 1);
}

static void add_mediated(xmlNode *devices, const char *uuid)
{
	xmlNode *node = add_typed(devices, "hostdev", "mode", "subsystem");

	build_set(node, "type", "mdev");
	build_set(node, "managed", "no");
	build_set(node, "model", "vfio-pci");
	build_set(node, "display", "off");
	build_set(build_add(build_add(node, "source"), "address"), "uuid", "%s", uuid);
}

/* The buses of the guest that cards are below. */
struct buses {
	unsigned int next;                           /* index of the next controller */
	unsigned int expanders[PLACEMENT_NODES_MAX]; /* of each cell, 0: none yet */
	unsigned int n_ports[PLACEMENT_NODES_MAX];
};

/* A host bridge that says which node of the guest it is near. Each has an equal part of the bus numbers. */
static unsigned int add_expander(xmlNode *devices, unsigned int cell, unsigned int n_cells, struct buses *buses)
{
	xmlNode *controller = add_typed(devices, "controller", "type", "pci"), *target;

	build_set(controller, "index", "%u", buses->next);
	build_set(controller, "model", "pcie-expander-bus");
	target = build_add(controller, "target");
	build_set(target, "busNr", "%u", 0x100 / (n_cells + 1) * (cell + 1));
	build_add_text(target, "node", "%u", cell);
	return buses->next++;
}

/* The bus for a card: below a root port of its own, which libvirt makes by itself where no node is to be said. */
static unsigned int choose_bus(
	xmlNode *devices, const struct placement *placement, const struct guest_card *card, struct buses *buses)
{
	/* A guest of one node sees none. */
	int cell = placement->n_cells > 1 ? placement_find_cell(placement, card->node) : -1;
	xmlNode *port, *address;

	if (cell < 0)
		return buses->next++;
	if (!buses->expanders[cell])
		buses->expanders[cell] = add_expander(devices, (unsigned int)cell, placement->n_cells, buses);
	port = add_typed(devices, "controller", "type", "pci");
	build_set(port, "index", "%u", buses->next);
	build_set(port, "model", "pcie-root-port");
	address = add_typed(port, "address", "type", "pci");
	build_set(address, "domain", "0x0000");
	build_set(address, "bus", "0x%02x", buses->expanders[cell]);
	build_set(address, "slot", "0x%02x", buses->n_ports[cell]++);
	build_set(address, "function", "0x0");
	return buses->next++;
}

static void add_cards(xmlNode *devices, const struct guest *guest)
{
	struct buses buses = { .next = 1 };

	for (unsigned int i = 0; i < guest->n_cards; i++) {
		const struct guest_card *card = &guest->cards[i];
		unsigned int bus = choose_bus(devices, &guest->placement, card, &buses);

		for (unsigned int j = 0; j < card->n_functions; j++) {
			xmlNode *node = build_take(devices, make_function(card, j, bus));

			if (guest->rom.path && i == 0 && j == card->gpu)
				build_set(build_add(node, "rom"), "file", "%s", guest->rom.path);
		}
	}
	if (guest->request->mdev)
		add_mediated(devices, guest->request->mdev);
}

/* ---- what a person sees and hears ---- */

static void add_screen(xmlNode *devices, const struct guest *guest)
{
	bool seen = guest->display != DISPLAY_NONE && !guest->request->looking_glass;
	const char *model = guest->os.family == OS_WINDOWS ? "vga" : "virtio";
	xmlNode *node;

	if (guest->display != DISPLAY_NONE) {
		node = add_typed(devices, "graphics", "type", guest->display == DISPLAY_VNC ? "vnc" : "spice");
		build_set(node, "autoport", "yes");
		build_set(node, "listen", "127.0.0.1");
		node = add_typed(node, "listen", "type", "address");
		build_set(node, "address", "127.0.0.1");
	}
	/* Windows has a driver of its own for plain VGA alone. */
	build_set(build_add(build_add(devices, "video"), "model"), "type", "%s", seen ? model : "none");
}

static void add_input(xmlNode *devices, const struct guest *guest)
{
	if (guest->request->looking_glass) {
		build_set(add_typed(devices, "input", "type", "mouse"), "bus", "virtio");
		build_set(add_typed(devices, "input", "type", "keyboard"), "bus", "virtio");
	} else if (guest->display != DISPLAY_NONE) {
		build_set(add_typed(devices, "input", "type", "tablet"), "bus", "usb");
	}
}

static void add_spice(xmlNode *devices)
{
	xmlNode *channel = add_typed(devices, "channel", "type", "spicevmc"), *audio;

	build_set(add_typed(channel, "target", "type", "virtio"), "name", "com.redhat.spice.0");
	build_set(build_add(devices, "sound"), "model", "ich9");
	audio = build_add(devices, "audio");
	build_set(audio, "id", "1");
	build_set(audio, "type", "spice");
}

static void add_shared_memory(xmlNode *devices, unsigned int mib)
{
	xmlNode *memory = add_typed(devices, "shmem", "name", "looking-glass");

	build_set(build_add(memory, "model"), "type", "ivshmem-plain");
	build_set(build_add_text(memory, "size", "%u", mib), "unit", "M");
}

/* ---- the rest ---- */

static void add_network(xmlNode *devices, const struct request *request)
{
	static const char *const types[] = {
		[NETWORK_DEFAULT] = "network",
		[NETWORK_BRIDGE] = "bridge",
		[NETWORK_USER] = "user",
	};
	xmlNode *interface = add_typed(devices, "interface", "type", types[request->network]);

	if (request->network == NETWORK_DEFAULT)
		build_set(build_add(interface, "source"), "network", "default");
	if (request->network == NETWORK_BRIDGE)
		build_set(build_add(interface, "source"), "bridge", "%s", request->bridge);
	build_set(build_add(interface, "model"), "type", "virtio");
}

static void add_console(xmlNode *devices)
{
	xmlNode *channel;

	build_set(build_add(devices, "serial"), "type", "pty");
	build_set(build_add(devices, "console"), "type", "pty");
	channel = add_typed(devices, "channel", "type", "unix");
	build_set(add_typed(channel, "target", "type", "virtio"), "name", "org.qemu.guest_agent.0");
}

static void add_tpm(xmlNode *devices)
{
	xmlNode *backend = add_typed(add_typed(devices, "tpm", "model", "tpm-crb"), "backend", "type", "emulator");

	build_set(backend, "version", "2.0");
}

void section_devices(xmlNode *devices, const struct guest *guest)
{
	xmlNode *node;

	add_disks(devices, guest);
	node = add_typed(devices, "controller", "type", "usb");
	build_set(node, "model", "qemu-xhci");
	add_network(devices, guest->request);
	add_console(devices);
	add_input(devices, guest);
	if (guest->os.needs_tpm)
		add_tpm(devices);
	add_screen(devices, guest);
	if (guest->display == DISPLAY_SPICE)
		add_spice(devices);
	add_cards(devices, guest);
	node = add_typed(devices, "rng", "model", "virtio");
	node = build_add_text(node, "backend", "/dev/urandom");
	build_set(node, "model", "random");
	/* QEMU pins all memory for a card: a balloon could give none back. */
	build_set(build_add(devices, "memballoon"), "model", "none");
	if (guest->request->looking_glass)
		add_shared_memory(devices, guest->request->looking_glass);
}
