// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/support/machine.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "model/card.h"
#include "probe/inventory.h"
#include "tests/support/record.h"
#include "tests/support/snapshot.h"
#include "tests/support/tree.h"

/* Every handover begins, and most end well. */
static bool is_story(const struct event *event)
{
	return event_is_sum(event) || event->kind == EVENT_TAKES || event->kind == EVENT_RETURNS ||
	       event->kind == EVENT_CPUS;
}

static void hear(void *data, const struct event *event)
{
	struct machine *machine = data;
	size_t n = strlen(machine->notes);

	machine->n_failed += event->step && event->result < 0;
	if (!event->step && !is_story(event))
		(void)snprintf(
			machine->notes + n, sizeof(machine->notes) - n, "%s: %s\n", event->owner.name, event->sentence);
	if (machine->listen)
		machine->listen(event);
}

/* Whether a device shares its slot or its group with a display function. */
static bool is_near(json_object *devices, json_object *device)
{
	int group = record_number(device, "iommu_group", -1);
	const char *address = record_text(device, "address");

	for (size_t i = 0; i < json_object_array_length(devices); i++) {
		json_object *other = json_object_array_get_idx(devices, i);
		const char *class_code = record_text(other, "class");

		if (!class_code || (strncmp(class_code, "03", 2) != 0 && strncmp(class_code, "12", 2) != 0))
			continue;
		if (strncmp(record_text(other, "address"), address, strlen(address) - 1) == 0 ||
			(group >= 0 && group == record_number(other, "iommu_group", -1)))
			return true;
	}
	return false;
}

static void keep(json_object *host, json_object *kept, json_object *device)
{
	const char *parent = record_text(device, "parent");
	json_object *above = parent ? record_device(host, parent) : NULL;

	for (size_t i = 0; i < json_object_array_length(kept); i++) {
		if (json_object_array_get_idx(kept, i) == device)
			return;
	}
	json_object_array_add(kept, json_object_get(device));
	if (above)
		keep(host, kept, above);
}

static void make_small(json_object *host)
{
	json_object *devices = json_object_object_get(host, "devices"), *kept = json_object_new_array();

	for (size_t i = 0; i < json_object_array_length(devices); i++) {
		json_object *device = json_object_array_get_idx(devices, i);

		if (is_near(devices, device))
			keep(host, kept, device);
	}
	json_object_object_add(host, "devices", kept);
	json_object_object_del(host, "cpu_topology");
}

static void find_cards(struct machine *machine)
{
	static struct inventory inventory;

	inventory.n_functions = 0;
	(void)inventory_probe_displays(&machine->host, &inventory);
	for (unsigned int i = 0; i < inventory.n_functions && machine->n_cards < MACHINE_CARDS_MAX; i++) {
		struct domain *domain = &machine->cards[machine->n_cards];
		struct card card;

		if (!function_is_display(&inventory.functions[i]))
			continue;
		card_describe(&inventory, &inventory.functions[i], &card);
		*domain = machine_domain("gpuvm", machine->n_cards, (const char *const[]){ NULL });
		for (unsigned int j = 0; j < card.n_functions; j++)
			domain->hostdevs[domain->n_hostdevs++] = card.functions[j]->address;
		machine->n_cards++;
	}
}

void machine_start(struct machine *machine, const char *name, unsigned int how)
{
	json_object *record = name ? record_load(name) : NULL;

	memset(machine, 0, sizeof(*machine));
	scratch_make(&machine->scratch);
	if (record && how & MACHINE_DRESSED)
		record_dress(record);
	if (record && how & MACHINE_SMALL)
		make_small(record);
	if (record)
		tree_write(machine->scratch.fd, record, NULL);
	json_object_put(record);
	put_directory(machine->scratch.fd, "sys");
	put_directory(machine->scratch.fd, "run");
	put_directory(machine->scratch.fd, "proc");
	put_directory(machine->scratch.fd, "etc");
	if (host_open(machine->scratch.path, &machine->host) < 0)
		abort();
	fake_kernel_install(&machine->kernel, &machine->host);
	fake_manager_install(&machine->manager, &machine->host);
	if (how & MACHINE_LOADED)
		(void)machine->host.kernel->load_module(&machine->host, PLAN_DRIVER, 1000);
	machine->observer = (struct observer){ .told = hear, .data = machine };
	machine->handover = handover_new(&machine->host, &machine->observer);
	find_cards(machine);
}

void machine_stop(struct machine *machine)
{
	handover_free(machine->handover);
	host_close(&machine->host);
	scratch_remove(&machine->scratch);
}

char *machine_snapshot(const struct machine *machine)
{
	return snapshot_take(machine->scratch.fd, "sys");
}

static int is_state(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && strcmp(entry->d_name, "lock") != 0;
}

bool machine_is_clean(const struct machine *machine)
{
	struct dirent **entries;
	int n = scandirat(machine->host.run, "gpu-handoff", &entries, is_state, alphasort);

	for (int i = 0; i < n; i++)
		free(entries[i]);
	if (n >= 0)
		free(entries);
	return n <= 0;
}

char *machine_journal(const struct machine *machine, const char *owner)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "gpu-handoff/%s.journal", owner);
	return get_text(machine->host.run, path);
}

bool machine_has(const struct machine *machine, const struct domain *domain, const char *driver)
{
	for (unsigned int i = 0; i < domain->n_hostdevs; i++) {
		struct function function;

		if (function_probe(&machine->host, domain->hostdevs[i], &function) < 0 ||
			strcmp(function.driver, driver) != 0)
			return false;
	}
	return true;
}

struct domain machine_domain(const char *name, unsigned int number, const char *const addresses[])
{
	struct domain domain = { 0 };

	(void)snprintf(domain.name, sizeof(domain.name), "%s", name);
	(void)snprintf(domain.uuid, sizeof(domain.uuid), "4dea22b3-1d52-d8f3-2516-%012u", number);
	for (; *addresses; addresses++)
		(void)address_parse(*addresses, &domain.hostdevs[domain.n_hostdevs++]);
	return domain;
}

void machine_put_process(const struct machine *machine, int pid, const char *name, unsigned long long start)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "proc/%d/stat", pid);
	put_text(machine->scratch.fd, path,
		"%d (%s) S 1 %d %d 0 -1 4194560 1 0 0 0 1 1 0 0 20 0 16 0 %llu 1000 1 1844\n", pid, name, pid, pid,
		start);
}

void machine_put_node(
	const struct machine *machine, const char *address, const char *path, const char *subsystem, const char *number)
{
	char at[256], target[128];

	(void)snprintf(at, sizeof(at), "bus/pci/devices/%s/%s/dev", address, path);
	put_text(machine->host.sys, at, "%s\n", number);
	(void)snprintf(at, sizeof(at), "bus/pci/devices/%s/%s/subsystem", address, path);
	(void)snprintf(target, sizeof(target), "../../../../../../../class/%s", subsystem);
	if (symlinkat(target, machine->host.sys, at) < 0)
		abort();
}
