// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/picture.h"

#include <stdio.h>

#include "base/text.h"
#include "cli/names.h"
#include "model/card.h"

/* Who runs on a CPU, as a mask. */
enum {
	ROLE_VCPU = 1 << 0,
	ROLE_EMULATOR = 1 << 1,
	ROLE_IOTHREADS = 1 << 2,
};

/*
 * By Okabe and Ito: told apart also by those who see two primary colours, in print, and behind black text. The last
 * whose roles are all there wins.
 */
static const struct {
	unsigned int roles;
	const char *color, *legend;
} colors[] = {
	{ ROLE_VCPU, "#56b4e9", "vCPU" },
	{ ROLE_IOTHREADS, "#f0e442", "iothreads" },
	{ ROLE_EMULATOR, "#e69f00", "emulator" },
	{ ROLE_VCPU | ROLE_IOTHREADS, "#d55e00", "vCPU and iothreads on one CPU" },
	{ ROLE_VCPU | ROLE_EMULATOR, "#d55e00", "vCPU and emulator on one CPU" },
};
_Static_assert(sizeof(colors) / sizeof(colors[0]) == PICTURE_COLORS, "a picture counts its colours");

#define COLOR_MEMORY "#2bb28c"
#define COLOR_DEVICE "#cc79a7"
#define COLOR_HOST   "#f2f2f2"
#define COLOR_NONE   "#ffffff"

/* "CPUs 0-3", "CPU 5". */
static void add_set(struct text *text, const char *noun, const struct cpuset *set)
{
	text_add(text, "%s%s %s", noun, cpuset_count(set) == 1 ? "" : "s", cpuset_text(set).s);
}

/* The numbers of the vCPUs that may run on a CPU. */
static struct cpuset find_vcpus(const struct pinning *pinning, unsigned int cpu)
{
	struct cpuset vcpus = { 0 };

	for (unsigned int i = 0; i < pinning->n_vcpus; i++) {
		if (cpuset_has(&pinning->vcpus[i], cpu))
			cpuset_add(&vcpus, i);
	}
	return vcpus;
}

/* Writes who runs on the CPU. Returns the roles. */
static unsigned int describe_cpu(const struct pinning *pinning, unsigned int cpu, struct text *text)
{
	struct cpuset vcpus = find_vcpus(pinning, cpu);
	unsigned int roles = 0;

	if (!cpuset_is_empty(&vcpus)) {
		add_set(text, "vCPU", &vcpus);
		roles |= ROLE_VCPU;
	}
	if (cpuset_has(&pinning->emulator, cpu)) {
		text_add(text, "%semulator", roles ? ", " : "");
		roles |= ROLE_EMULATOR;
	}
	if (cpuset_has(&pinning->iothreads, cpu)) {
		text_add(text, "%siothreads", roles ? ", " : "");
		roles |= ROLE_IOTHREADS;
	}
	return roles;
}

static void draw_cpu(struct picture *picture, unsigned int cpu)
{
	char what[256];
	struct text text;
	unsigned int roles;

	text_init(&text, what, sizeof(what));
	roles = describe_cpu(&picture->pinning, cpu, &text);
	for (size_t i = PICTURE_COLORS; i-- > 0;) {
		if ((roles & colors[i].roles) != colors[i].roles)
			continue;
		drawing_mark_cpu(picture->drawing, cpu, what, colors[i].color);
		picture->used[i] = true;
		return;
	}
}

static struct cpuset all_vcpus(const struct pinning *pinning)
{
	struct cpuset all = { 0 };

	for (unsigned int i = 0; i < pinning->n_vcpus; i++)
		cpuset_add_all(&all, &pinning->vcpus[i]);
	return all;
}

static void draw_cpus(struct picture *picture)
{
	struct cpuset there = drawing_cpus(picture->drawing), wanted = all_vcpus(&picture->pinning);

	cpuset_add_all(&wanted, &picture->pinning.emulator);
	cpuset_add_all(&wanted, &picture->pinning.iothreads);
	for (unsigned int cpu = cpuset_next(&wanted, 0); cpu < CPUS_MAX; cpu = cpuset_next(&wanted, cpu + 1)) {
		if (cpuset_has(&there, cpu))
			draw_cpu(picture, cpu);
		else
			cpuset_add(&picture->absent_cpus, cpu);
	}
}

static void draw_nodes(struct picture *picture)
{
	const struct cpuset *nodes = &picture->pinning.nodes;

	for (unsigned int node = cpuset_next(nodes, 0); node < CPUS_MAX; node = cpuset_next(nodes, node + 1)) {
		if (drawing_mark_node(picture->drawing, node, "holds the VM", COLOR_MEMORY))
			picture->used_memory = true;
		else
			cpuset_add(&picture->absent_nodes, node);
	}
}

/* ---- cards ---- */

/* A companion of a card is told by what its class says. */
static struct box *draw_function(
	struct picture *picture, struct box *parent, const struct function *function, bool companion)
{
	bool given = picture->has_domain && domain_names(&picture->domain, function->address);
	char name[CARD_NAME_SIZE], label[CARD_NAME_SIZE + ADDRESS_TEXT_SIZE + 1];

	if (!companion || names_class(picture->names, function, name, sizeof(name)) < 0)
		name_device(picture->names, function, name);
	(void)snprintf(label, sizeof(label), "%s %s", address_text(function->address).s, name);
	picture->used_device |= given;
	return drawing_add_box(picture->drawing, parent, function->numa_node, label, given ? COLOR_DEVICE : COLOR_HOST);
}

static void draw_cards(struct picture *picture)
{
	static struct card card;

	for (unsigned int i = 0; i < picture->inventory.n_functions; i++) {
		const struct function *gpu = &picture->inventory.functions[i];
		struct box *box;

		if (!function_is_display(gpu))
			continue;
		card_describe(&picture->inventory, gpu, &card);
		box = draw_function(picture, NULL, gpu, false);
		for (unsigned int j = 0; box && j < card.n_functions; j++) {
			if (card.functions[j] != gpu)
				(void)draw_function(picture, box, card.functions[j], true);
		}
	}
}

/* What else the domain has, a disk or a network card, stands by itself. */
static void draw_others(struct picture *picture)
{
	static struct card card;

	for (unsigned int i = 0; i < picture->domain.n_hostdevs; i++) {
		const struct function *function = inventory_find(&picture->inventory, picture->domain.hostdevs[i]);

		if (!function)
			picture->absent[picture->n_absent++] = picture->domain.hostdevs[i];
		else if (!function_is_display(function) && !card_find(&picture->inventory, function->address, &card))
			(void)draw_function(picture, NULL, function, false);
	}
}

/* ---- the legend ---- */

static void write_name(const struct picture *picture, char name[DOMAIN_NAME_SIZE])
{
	struct text text;

	text_init(&text, name, DOMAIN_NAME_SIZE);
	text_add_foreign(&text, picture->domain.name);
}

/* What a colour means stands on it. */
static void draw_legend(struct picture *picture)
{
	char name[DOMAIN_NAME_SIZE], title[DOMAIN_NAME_SIZE + 16];
	struct box *box;

	write_name(picture, name);
	(void)snprintf(title, sizeof(title), "domain '%s'", name);
	box = drawing_add_box(picture->drawing, NULL, -1, title, COLOR_NONE);
	if (!box)
		return;
	for (size_t i = 0; i < PICTURE_COLORS; i++) {
		if (picture->used[i])
			(void)drawing_add_box(picture->drawing, box, -1, colors[i].legend, colors[i].color);
	}
	if (picture->used_memory)
		(void)drawing_add_box(picture->drawing, box, -1, "memory", COLOR_MEMORY);
	if (picture->used_device)
		(void)drawing_add_box(picture->drawing, box, -1, "PCI device", COLOR_DEVICE);
}

/* "vCPUs 0-3, emulator": those that no pin holds. */
static void add_unpinned(struct text *text, const struct pinning *pinning)
{
	struct cpuset vcpus = { 0 };

	for (unsigned int i = 0; i < pinning->n_vcpus; i++) {
		if (cpuset_is_empty(&pinning->vcpus[i]))
			cpuset_add(&vcpus, i);
	}
	if (!cpuset_is_empty(&vcpus))
		add_set(text, "vCPU", &vcpus);
	if (cpuset_is_empty(&pinning->emulator))
		text_add(text, "%semulator", text->length ? ", " : "");
}

static void add_part(struct text *text, const char *before, const char *noun, const struct cpuset *set)
{
	if (cpuset_is_empty(set))
		return;
	text_add(text, "%s", before);
	add_set(text, noun, set);
}

static void write_pins(const struct picture *picture)
{
	const struct pinning *pinning = &picture->pinning;
	struct cpuset vcpus = all_vcpus(pinning);
	char line[2048], name[DOMAIN_NAME_SIZE];
	struct text text;

	write_name(picture, name);
	text_init(&text, line, sizeof(line));
	text_add(&text, "domain '%s': %u vCPU%s", name, pinning->n_vcpus, pinning->n_vcpus == 1 ? "" : "s");
	add_part(&text, " on ", "CPU", &vcpus);
	add_part(&text, "; emulator on ", "CPU", &pinning->emulator);
	add_part(&text, "; iothreads on ", "CPU", &pinning->iothreads);
	add_part(&text, "; memory of ", "NUMA node", &pinning->nodes);
	if (picture->domain.n_hostdevs)
		text_add(&text, "; %u PCI device%s", picture->domain.n_hostdevs,
			picture->domain.n_hostdevs == 1 ? "" : "s");
	drawing_add_line(picture->drawing, line);
	text_init(&text, line, sizeof(line));
	add_unpinned(&text, pinning);
	if (text.length) {
		text_add(&text, " not pinned: any CPU");
		drawing_add_line(picture->drawing, line);
	}
}

static void write_absent(const struct picture *picture)
{
	char line[2048];
	struct text text;

	text_init(&text, line, sizeof(line));
	add_part(&text, "", "CPU", &picture->absent_cpus);
	add_part(&text, text.length ? ", " : "", "NUMA node", &picture->absent_nodes);
	for (unsigned int i = 0; i < picture->n_absent; i++)
		text_add(&text, "%s%s", text.length ? ", " : "", address_text(picture->absent[i]).s);
	if (text.length) {
		text_add(&text, ": not on this host");
		drawing_add_line(picture->drawing, line);
	}
}

void picture_draw(struct picture *picture)
{
	draw_cards(picture);
	if (!picture->has_domain)
		return;
	draw_cpus(picture);
	draw_nodes(picture);
	draw_others(picture);
	draw_legend(picture);
	write_pins(picture);
	write_absent(picture);
}
