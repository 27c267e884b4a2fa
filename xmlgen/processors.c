// SPDX-License-Identifier: GPL-2.0-or-later
/* cputune, numatune, memoryBacking, and what is below cpu: where a guest is in the host. */
#include "xmlgen/build.h"
#include "xmlgen/section.h"

#define KIB 1024

void section_memory_backing(xmlNode *domain, const struct guest *guest)
{
	xmlNode *backing, *page;

	if (!guest->page_size)
		return;
	backing = build_add(domain, "memoryBacking");
	page = build_add(build_add(backing, "hugepages"), "page");
	build_set(page, "size", "%llu", (unsigned long long)(guest->page_size / KIB));
	build_set(page, "unit", "KiB");
	/* No mount is needed for a memfd, and virtiofs can share it. */
	build_set(build_add(backing, "source"), "type", "memfd");
	build_set(build_add(backing, "access"), "mode", "shared");
}

static void add_nodeset(xmlNode *node, const struct placement *placement)
{
	struct cpuset nodes = { 0 };

	for (unsigned int i = 0; i < placement->n_cells; i++)
		cpuset_add(&nodes, placement->cells[i].node);
	build_set(node, "mode", "strict");
	build_set(node, "nodeset", "%s", cpuset_text(&nodes).s);
}

void section_numatune(xmlNode *domain, const struct guest *guest)
{
	const struct placement *placement = &guest->placement;
	xmlNode *numatune;

	if (!placement->is_pinned)
		return;
	numatune = build_add(domain, "numatune");
	add_nodeset(build_add(numatune, "memory"), placement);
	for (unsigned int i = 0; i < placement->n_cells && placement->n_cells > 1; i++) {
		xmlNode *node = build_add(numatune, "memnode");

		build_set(node, "cellid", "%u", i);
		build_set(node, "mode", "strict");
		build_set(node, "nodeset", "%u", placement->cells[i].node);
	}
}

void section_cputune(
	xmlNode *domain, const struct guest *guest, const unsigned int iothreads[], unsigned int n_iothreads)
{
	const struct placement *placement = &guest->placement;
	xmlNode *cputune, *pin;

	if (!placement->is_pinned)
		return;
	cputune = build_add(domain, "cputune");
	for (unsigned int i = 0; i < placement->pinning.n_vcpus; i++) {
		pin = build_add(cputune, "vcpupin");
		build_set(pin, "vcpu", "%u", i);
		build_set(pin, "cpuset", "%s", cpuset_text(&placement->pinning.vcpus[i]).s);
	}
	pin = build_add(cputune, "emulatorpin");
	build_set(pin, "cpuset", "%s", cpuset_text(&placement->pinning.emulator).s);
	for (unsigned int i = 0; i < n_iothreads; i++) {
		pin = build_add(cputune, "iothreadpin");
		build_set(pin, "iothread", "%u", iothreads[i]);
		build_set(pin, "cpuset", "%s", cpuset_text(&placement->pinning.iothreads).s);
	}
}

void section_topology(xmlNode *cpu, const struct guest *guest)
{
	const struct placement *placement = &guest->placement;
	xmlNode *topology;

	topology = build_add(cpu, "topology");
	build_set(topology, "sockets", "1");
	build_set(topology, "dies", "%u", placement->dies);
	build_set(topology, "cores", "%u", placement->cores);
	build_set(topology, "threads", "%u", placement->threads);
}

void section_cells(xmlNode *cpu, const struct guest *guest)
{
	const struct placement *placement = &guest->placement;
	xmlNode *numa;

	if (!placement->is_pinned || placement->n_cells < 2)
		return;
	numa = build_add(cpu, "numa");
	for (unsigned int i = 0; i < placement->n_cells; i++) {
		const struct cell *given = &placement->cells[i];
		xmlNode *cell = build_add(numa, "cell");

		build_set(cell, "id", "%u", i);
		build_set(cell, "cpus", "%u-%u", given->first_vcpu, given->first_vcpu + given->n_vcpus - 1);
		build_set(cell, "memory", "%llu", (unsigned long long)(given->memory / KIB));
		build_set(cell, "unit", "KiB");
	}
}

void section_passthrough(xmlNode *cpu, const struct guest *guest)
{
	bool truth = !guest->placement.is_pinned || guest->placement.has_host_caches;
	xmlNode *node = build_add(cpu, "cache");

	if (!truth)
		build_set(node, "level", "3");
	build_set(node, "mode", "%s", truth ? "passthrough" : "emulate");
	if (guest->n_cards)
		build_set(build_add(cpu, "maxphysaddr"), "mode", "passthrough");
	if (guest->topology.is_amd && guest->placement.is_pinned && guest->placement.threads > 1) {
		/* AMD's guests see threads only with it. */
		node = build_add(cpu, "feature");
		build_set(node, "policy", "require");
		build_set(node, "name", "topoext");
	}
}
