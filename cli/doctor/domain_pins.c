// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * doctor: where the threads of a domain are pinned. A core whose other half is somebody else's, and memory or CPUs on
 * another node than the card, cost more than no pins at all.
 */
#include "base/text.h"
#include "cli/doctor/domain.h"
#include "probe/inventory.h"

#define REMEDY "'gpu-handoff xml --tune' places it, and 'gpu-handoff topology' draws it"

struct pins {
	const struct domain_look *look;
	struct cpuset vcpus;   /* of all vCPUs that are pinned */
	unsigned int n_pinned; /* vCPUs */
	struct cpuset online;  /* the host's */
	struct cpuset nodes;   /* on which the vCPUs are: the kernel's numbers */
};

static const char *plural(const struct cpuset *set)
{
	return cpuset_count(set) == 1 ? "" : "s";
}

static void gather(struct pins *pins)
{
	const struct topology *topology = &pins->look->topology;
	const struct pinning *pinning = &pins->look->pinning;

	for (unsigned int i = 0; i < pinning->n_vcpus; i++) {
		cpuset_add_all(&pins->vcpus, &pinning->vcpus[i]);
		pins->n_pinned += !cpuset_is_empty(&pinning->vcpus[i]);
	}
	for (unsigned int i = 0; i < topology->n_cores; i++) {
		struct cpuset cpus = core_cpus(&topology->cores[i]);

		cpuset_add_all(&pins->online, &cpus);
		if (cpuset_intersects(&cpus, &pins->vcpus))
			cpuset_add(&pins->nodes, topology->nodes[topology->cores[i].node].number);
	}
}

/* ---- CPUs that there are ---- */

/*
 * none: for some thread no CPU is left. The kernel takes no set of which none is online (sched_setaffinity(2)); of
 * others, the rest is left.
 */
static void look_online(const struct pins *pins, const char *who, const struct cpuset *set, bool none)
{
	struct cpuset absent = cpuset_less(set, &pins->online);

	if (!cpuset_is_empty(&absent))
		doctor_report(pins->look->doctor, none ? FINDING_FAIL : FINDING_WARN, pins->look->subject.s,
			"pin them to CPUs of this host; " REMEDY,
			"%s pinned to CPU%s %.200s, which this host does not have online", who, plural(&absent),
			cpuset_text(&absent).s);
}

static bool has_none(const struct pins *pins, const struct cpuset *set)
{
	return !cpuset_is_empty(set) && !cpuset_intersects(set, &pins->online);
}

static void look_absent(const struct pins *pins)
{
	const struct pinning *pinning = &pins->look->pinning;
	bool none = false;

	for (unsigned int i = 0; i < pinning->n_vcpus; i++)
		none = none || has_none(pins, &pinning->vcpus[i]);
	look_online(pins, "vCPUs are", &pins->vcpus, none);
	look_online(pins, "the emulator is", &pinning->emulator, has_none(pins, &pinning->emulator));
	look_online(pins, "iothreads are", &pinning->iothreads, has_none(pins, &pinning->iothreads));
}

/* ---- cores ---- */

/* The CPUs of cores of which the vCPUs have a part, and the part that they do not have. */
static void look_cores(const struct pins *pins)
{
	const struct topology *topology = &pins->look->topology;
	struct cpuset rest = { 0 }, cores = { 0 };

	for (unsigned int i = 0; i < topology->n_cores; i++) {
		struct cpuset cpus = core_cpus(&topology->cores[i]), others = cpuset_less(&cpus, &pins->vcpus);

		if (!cpuset_intersects(&cpus, &pins->vcpus) || cpuset_is_empty(&others))
			continue;
		cpuset_add_all(&rest, &others);
		cpuset_remove_all(&cpus, &others);
		cpuset_add_all(&cores, &cpus);
	}
	if (!cpuset_is_empty(&rest))
		doctor_report(pins->look->doctor, FINDING_WARN, pins->look->subject.s,
			"pin vCPUs to both threads of a core; " REMEDY,
			"its pins split cores: CPU%s %.150s of the vCPUs share%s a core with CPU%s %.150s, which "
			"others "
			"use",
			plural(&cores), cpuset_text(&cores).s, cpuset_count(&cores) == 1 ? "s" : "", plural(&rest),
			cpuset_text(&rest).s);
}

static void look_overlap(const struct pins *pins, const char *who, const struct cpuset *set)
{
	struct cpuset both = pins->vcpus;

	cpuset_keep_all(&both, set);
	if (!cpuset_is_empty(&both))
		doctor_report(pins->look->doctor, FINDING_WARN, pins->look->subject.s,
			"give these threads CPUs of their own; " REMEDY,
			"%s pinned to CPU%s %.200s, which vCPUs are pinned to as well, and interrupt them there", who,
			plural(&both), cpuset_text(&both).s);
}

/* ---- nodes ---- */

/* A node of the host's that a function of the domain is near. Returns its number, or -1. */
static int find_node(const struct pins *pins, struct address address)
{
	struct function function;

	if (function_probe(pins->look->doctor->host, address, &function) < 0)
		return -1;
	return topology_find_node(&pins->look->topology, function.numa_node) < 0 ? -1 : function.numa_node;
}

static void look_near(const struct pins *pins, struct address address)
{
	const struct cpuset *memory = &pins->look->pinning.nodes;
	int node = find_node(pins, address);
	bool cpus_far, memory_far;

	if (node < 0)
		return;
	cpus_far = !cpuset_is_empty(&pins->nodes) && !cpuset_has(&pins->nodes, (unsigned int)node);
	memory_far = !cpuset_is_empty(memory) && !cpuset_has(memory, (unsigned int)node);
	if (cpus_far || memory_far)
		doctor_report(pins->look->doctor, FINDING_WARN, pins->look->subject.s,
			"move them to the node of the card, or take a card of theirs; " REMEDY,
			"%s is on NUMA node %d, and the domain's %s%s%s are on others", address_text(address).s, node,
			cpus_far ? "vCPUs" : "", cpus_far && memory_far ? " and " : "", memory_far ? "pages" : "");
}

static void look_nodes(const struct pins *pins)
{
	const struct domain *domain = &pins->look->domain;
	const struct cpuset *memory = &pins->look->pinning.nodes;

	if (pins->look->topology.n_nodes < 2)
		return;
	for (unsigned int i = 0; i < domain->n_hostdevs; i++) {
		if (i == 0 || !address_same_slot(domain->hostdevs[i - 1], domain->hostdevs[i]))
			look_near(pins, domain->hostdevs[i]);
	}
	if (!cpuset_is_empty(memory) && !cpuset_contains(memory, &pins->nodes))
		doctor_report(pins->look->doctor, FINDING_WARN, pins->look->subject.s,
			"let <numatune> name the nodes of its CPUs; " REMEDY,
			"its vCPUs are on NUMA node%s %.100s, and its memory on %.100s", plural(&pins->nodes),
			cpuset_text(&pins->nodes).s, cpuset_text(memory).s);
}

/* ---- all of it ---- */

static void look_all(const struct pins *pins)
{
	const struct pinning *pinning = &pins->look->pinning;
	unsigned int n[] = { pins->look->doctor->n_findings[FINDING_WARN],
		pins->look->doctor->n_findings[FINDING_FAIL] };

	look_absent(pins);
	look_cores(pins);
	look_overlap(pins, "the emulator is", &pinning->emulator);
	look_overlap(pins, "iothreads are", &pinning->iothreads);
	look_nodes(pins);
	if (pins->n_pinned < pinning->n_vcpus)
		doctor_report(pins->look->doctor, FINDING_WARN, pins->look->subject.s, "pin all of them; " REMEDY,
			"%u of %u vCPUs are pinned, and the others run on the same CPUs as well", pins->n_pinned,
			pinning->n_vcpus);
	if (n[0] == pins->look->doctor->n_findings[FINDING_WARN] &&
		n[1] == pins->look->doctor->n_findings[FINDING_FAIL])
		doctor_report(pins->look->doctor, FINDING_PASS, pins->look->subject.s, NULL,
			"its vCPUs are pinned to whole cores, CPU%s %.200s", plural(&pins->vcpus),
			cpuset_text(&pins->vcpus).s);
}

void doctor_look_pins(const struct domain_look *look)
{
	struct pins pins = { .look = look };

	if (!look->has_topology) {
		if (!look->doctor->recorded)
			doctor_report(look->doctor, FINDING_WARN, look->subject.s,
				"look whether /sys/devices/system is there",
				"whether its pins fit cannot be told: the host does not tell of its CPUs");
		return;
	}
	gather(&pins);
	if (pins.n_pinned > 0)
		look_all(&pins);
	else
		doctor_report(look->doctor, FINDING_PASS, look->subject.s, NULL,
			"its vCPUs are not pinned, and run wherever the host lets them");
}
