// SPDX-License-Identifier: GPL-2.0-or-later
#include "xmlgen/gather.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "plan/place.h"
#include "probe/os.h"
#include "probe/topology.h"
#include "xmlgen/cards.h"
#include "xmlgen/files.h"

/* Where nothing is known of the host. */
#define UNKNOWN_VCPUS  4
#define UNKNOWN_MEMORY (4ULL << 30)

int gather_topology(const struct host *host, struct guest *guest, struct refusal *refusal)
{
	int r = topology_probe(host, guest->request->sysroot, &guest->topology);

	if (r == -ENODATA) {
		guest->topology = (struct topology){ 0 };
		return 0;
	}
	if (r < 0)
		return refusal_set(
			refusal, REFUSAL_STATE, "the processors of this host cannot be read: %s", strerror(-r));
	guest->has_topology = true;
	return 0;
}

/* ---- huge pages ---- */

static bool has_free_pages(const struct topology *topology, const struct cell *cell, uint64_t page_size)
{
	int node = topology_find_node(topology, (int)cell->node);
	uint64_t free_pages;

	if (node < 0 || cell->memory % page_size != 0)
		return false;
	free_pages = page_size == PAGE_1G ? topology->nodes[node].free_1g : topology->nodes[node].free_2m;
	return free_pages >= cell->memory / page_size;
}

static bool suits(const struct guest *guest, uint64_t page_size)
{
	const struct placement *placement = &guest->placement;

	for (unsigned int i = 0; i < placement->n_cells; i++) {
		if (!has_free_pages(&guest->topology, &placement->cells[i], page_size))
			return false;
	}
	return placement->n_cells > 0;
}

/* Returns the size of pages that are free already, on the nodes where the guest is, or 0. */
static uint64_t find_pages(struct guest *guest, struct wish *wish, struct refusal *refusal)
{
	static const uint64_t sizes[] = { PAGE_1G, PAGE_2M };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		wish->page_size = sizes[i];
		if (place(&guest->topology, wish, &guest->placement, refusal) >= 0 && suits(guest, sizes[i]))
			return sizes[i];
	}
	return 0;
}

static int check_pages(const struct guest *guest, uint64_t page_size, struct refusal *refusal)
{
	if (guest->placement.memory % page_size == 0)
		return 0;
	return refusal_set(refusal, REFUSAL_INPUT,
		"%llu MiB of memory are no whole number of huge pages of %llu MiB; change --memory or --hugepages",
		(unsigned long long)(guest->placement.memory >> 20), (unsigned long long)(page_size >> 20));
}

static int place_with_pages(struct guest *guest, struct wish *wish, struct refusal *refusal)
{
	static const uint64_t sizes[] = { [PAGES_2M] = PAGE_2M, [PAGES_1G] = PAGE_1G };
	enum request_pages pages = guest->request->pages;
	int r;

	if (guest->keeps_pages)
		return place(&guest->topology, wish, &guest->placement, refusal);
	if (pages == PAGES_2M || pages == PAGES_1G)
		guest->page_size = wish->page_size = sizes[pages];
	else if (pages == PAGES_AUTO)
		guest->page_size = wish->page_size = find_pages(guest, wish, refusal);
	if (guest->page_size && pages == PAGES_AUTO)
		notes_add(&guest->reasons, "huge pages of %llu MiB: enough of them are free",
			(unsigned long long)(guest->page_size >> 20));
	else if (pages == PAGES_AUTO)
		notes_add(&guest->reasons,
			"no huge pages: there are not enough free ones on the host, and the kernel makes its own "
			"(transparent ones)");
	r = place(&guest->topology, wish, &guest->placement, refusal);
	if (r >= 0 && guest->page_size)
		r = check_pages(guest, guest->page_size, refusal);
	if (r >= 0 && guest->page_size && !suits(guest, guest->page_size))
		notes_add(&guest->warnings,
			"fewer huge pages of %llu MiB are free than the VM needs; the policy has them added when it "
			"starts, if there is room",
			(unsigned long long)(guest->page_size >> 20));
	return r;
}

/* ---- the place ---- */

static void add_nodes(const struct guest *guest, struct wish *wish)
{
	for (unsigned int i = 0; i < guest->n_cards && wish->n_nodes < PLACEMENT_NODES_MAX; i++) {
		bool found = guest->cards[i].node < 0;

		for (unsigned int j = 0; j < wish->n_nodes; j++)
			found = found || wish->nodes[j] == (unsigned int)guest->cards[i].node;
		if (!found)
			wish->nodes[wish->n_nodes++] = (unsigned int)guest->cards[i].node;
	}
}

/* The guest sees cores of one thread in one socket. */
static void unpin(struct guest *guest, const struct wish *wish)
{
	struct placement *placement = &guest->placement;

	if (wish->n_vcpus && (guest->request->no_pins || !guest->has_topology))
		placement->pinning.n_vcpus = wish->n_vcpus;
	placement->is_pinned = false;
	placement->n_cells = 0;
	placement->dies = placement->threads = 1;
	placement->cores = placement->pinning.n_vcpus;
}

static void place_blindly(struct guest *guest, const struct wish *wish)
{
	guest->placement = (struct placement){
		.memory = wish->memory ? wish->memory : UNKNOWN_MEMORY,
		.pinning.n_vcpus = wish->n_vcpus ? wish->n_vcpus : UNKNOWN_VCPUS,
	};
	notes_add(&guest->placement.given_up, "nothing is pinned: this machine does not tell of its CPUs");
	unpin(guest, wish);
}

int gather_placement(struct guest *guest, struct wish wish, struct refusal *refusal)
{
	int r;

	if (!guest->has_topology) {
		place_blindly(guest, &wish);
		return 0;
	}
	add_nodes(guest, &wish);
	r = place_with_pages(guest, &wish, refusal);
	if (r < 0)
		return r;
	if (guest->request->no_pins) {
		guest->placement.given_up.n = guest->placement.reasons.n = 0;
		notes_add(&guest->reasons, "nothing is pinned: --pin no");
	}
	if (guest->request->no_pins || !guest->placement.is_pinned)
		unpin(guest, &wish);
	return 0;
}

/* ---- a new guest ---- */

static void choose_display(struct guest *guest)
{
	bool has_outputs = false;

	for (unsigned int i = 0; i < guest->n_cards; i++)
		has_outputs = has_outputs || guest->cards[i].has_outputs;
	guest->display = guest->request->display;
	if (guest->display != DISPLAY_UNSAID)
		return;
	guest->display = guest->request->looking_glass ? DISPLAY_SPICE : has_outputs ? DISPLAY_NONE : DISPLAY_VNC;
	notes_add(&guest->reasons, "%s",
		guest->display == DISPLAY_SPICE ? "SPICE without a screen: Looking Glass takes keys and clicks by it"
		: guest->display == DISPLAY_NONE
			? "no virtual screen: the card has outputs of its own"
			: "a virtual screen by VNC, on this host alone: no card of the VM has outputs");
}

/* Both are about CPUs that there are none of. */
static void warn_of_policy(struct guest *guest)
{
	if (!guest->placement.is_pinned && (guest->request->isolate || guest->request->governor))
		notes_add(&guest->warnings, "no CPUs are kept for the VM: it is pinned to none");
}

/* What a laptop's card is missing in a guest. */
static void explain_muxless(struct guest *guest)
{
	if (guest->n_cards == 0 || !guest->cards[0].is_muxless)
		return;
	notes_add(&guest->reasons,
		"the card sits at 01:00.0 of the guest, below a root port of its own, where drivers of laptops look");
	if (!guest->rom.path)
		notes_add(&guest->reasons, "such a card's ROM is in the host's firmware (ACPI _ROM): if the guest's "
					   "driver misses it, give it by "
					   "--rom");
	guest->has_battery = guest->os.family == OS_WINDOWS;
	if (!guest->has_battery)
		return;
	notes_add(&guest->reasons,
		"an ACPI table with a battery: Windows' drivers of laptop cards start in no machine without");
	if (!guest->request->sysroot && access(BATTERY_FILE, F_OK) < 0)
		notes_add(
			&guest->warnings, "'" BATTERY_FILE "' is not there yet, and QEMU needs it; run 'make install'");
}

/* Whether the guest of several nodes is told which one a card is near. */
static bool has_near_card(const struct guest *guest)
{
	const struct placement *placement = &guest->placement;

	for (unsigned int i = 0; i < guest->n_cards && placement->n_cells > 1; i++) {
		if (placement_find_cell(placement, guest->cards[i].node) >= 0)
			return true;
	}
	return false;
}

static void explain_system(struct guest *guest)
{
	if (has_near_card(guest))
		notes_add(&guest->reasons, "a host bridge for each node with a card: the guest sees which one is near");
	if (guest->n_disks + guest->n_isos == 0)
		notes_add(
			&guest->warnings, "the domain has no disk and no medium; name one by --disk, or add it later");
	notes_add(&guest->reasons, "system %s%s", guest->os.id,
		guest->os.needs_tpm ? ": secure boot and a TPM, without which it does not install" : "");
	if (guest->os.family == OS_WINDOWS)
		notes_add(&guest->reasons, "Hyper-V enlightenments and the host's time zone: Windows expects them");
	notes_add(&guest->reasons, "Q35 with OVMF: cards want PCI Express and start without VGA's memory");
	notes_add(&guest->reasons, "the host's own CPU, not to be migrated: a card stays where it is");
	if (guest->n_cards)
		notes_add(&guest->reasons, "no balloon: all memory is pinned for the card");
}

/* The database belongs to whoever writes the XML: recorded machines have none. */
static int find_os(struct guest *guest, struct refusal *refusal)
{
	struct host here;
	int r = host_open(NULL, &here);

	if (r < 0)
		r = refusal_set(refusal, REFUSAL_STATE, "cannot read this machine: %s", strerror(-r));
	else
		r = os_find(&here, guest->request->os, &guest->os, refusal);
	host_close(&here);
	return r;
}

int gather_new(const struct host *host, struct guest *guest, struct refusal *refusal)
{
	const struct request *request = guest->request;
	const struct wish wish = {
		.n_vcpus = request->n_vcpus, .most_vcpus = REQUEST_VCPUS_MAX, .memory = request->memory
	};
	int r = find_os(guest, refusal);

	if (r >= 0)
		r = gather_topology(host, guest, refusal);
	if (r >= 0)
		r = cards_choose(host, guest, refusal);
	if (r >= 0)
		r = files_look(guest, refusal);
	if (r >= 0)
		r = gather_placement(guest, wish, refusal);
	if (r < 0)
		return r;
	cards_look(host, guest);
	warn_of_policy(guest);
	choose_display(guest);
	explain_system(guest);
	explain_muxless(guest);
	return 0;
}
