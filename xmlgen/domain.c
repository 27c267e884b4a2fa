// SPDX-License-Identifier: GPL-2.0-or-later
#include "xmlgen/domain.h"

#include <stdio.h>

#include "xmlgen/build.h"
#include "xmlgen/section.h"

#define QEMU_NAMESPACE "http://libvirt.org/schemas/domain/qemu/1.0"

static const unsigned int iothreads[] = { 1 };
#define N_IOTHREADS (sizeof(iothreads) / sizeof(iothreads[0]))

static void add_state(xmlNode *parent, const char *name, const char *state)
{
	build_set(build_add(parent, name), "state", "%s", state);
}

static void add_firmware_feature(xmlNode *firmware, const char *name, bool enabled)
{
	xmlNode *feature = build_add(firmware, "feature");

	build_set(feature, "enabled", "%s", enabled ? "yes" : "no");
	build_set(feature, "name", "%s", name);
}

/* libvirt finds the firmware that has these features. */
static void add_os(xmlNode *domain, const struct guest *guest)
{
	xmlNode *os = build_add(domain, "os"), *node;

	build_set(os, "firmware", "efi");
	node = build_add_text(os, "type", "hvm");
	build_set(node, "arch", "x86_64");
	build_set(node, "machine", "q35");
	node = build_add(os, "firmware");
	add_firmware_feature(node, "enrolled-keys", guest->os.needs_tpm);
	add_firmware_feature(node, "secure-boot", guest->os.needs_tpm);
}

static void add_features(xmlNode *domain, const struct guest *guest)
{
	xmlNode *features = build_add(domain, "features");

	build_add(features, "acpi");
	build_add(features, "apic");
	section_hyperv(features, guest);
	if (guest->request->hidden)
		add_state(build_add(features, "kvm"), "hidden", "on");
	add_state(features, "vmport", "off");
	if (guest->os.needs_tpm)
		add_state(features, "smm", "on");
}

static void add_cpu(xmlNode *domain, const struct guest *guest)
{
	xmlNode *cpu = build_add(domain, "cpu");

	build_set(cpu, "mode", "host-passthrough");
	build_set(cpu, "check", "none");
	build_set(cpu, "migratable", "off");
	section_topology(cpu, guest);
	section_passthrough(cpu, guest);
	section_cells(cpu, guest);
}

static xmlNode *add_timer(xmlNode *clock, const char *name)
{
	xmlNode *timer = build_add(clock, "timer");

	build_set(timer, "name", "%s", name);
	return timer;
}

static void add_clock(xmlNode *domain, const struct guest *guest)
{
	xmlNode *clock = build_add(domain, "clock");

	build_set(clock, "offset", "%s", guest->os.family == OS_WINDOWS ? "localtime" : "utc");
	build_set(add_timer(clock, "rtc"), "tickpolicy", "catchup");
	build_set(add_timer(clock, "pit"), "tickpolicy", "delay");
	build_set(add_timer(clock, "hpet"), "present", "no");
	if (guest->os.family == OS_WINDOWS)
		build_set(add_timer(clock, "hypervclock"), "present", "yes");
}

/* A guest that sleeps may not wake up with its card. */
static void add_power(xmlNode *domain)
{
	xmlNode *pm = build_add(domain, "pm");

	build_set(build_add(pm, "suspend-to-mem"), "enabled", "no");
	build_set(build_add(pm, "suspend-to-disk"), "enabled", "no");
}

static void add_arguments(xmlNode *commandline, const char *option, const char *value)
{
	build_set(build_add(commandline, "arg"), "value", "%s", option);
	build_set(build_add(commandline, "arg"), "value", "%s", value);
}

void section_commandline(xmlNode *domain, const struct guest *guest)
{
	xmlNode *commandline;
	char value[96];

	if (!guest->window && !guest->has_battery)
		return;
	commandline = build_add(domain, "commandline");
	if (commandline)
		xmlSetNs(commandline, xmlNewNs(domain, (const xmlChar *)QEMU_NAMESPACE, (const xmlChar *)"qemu"));
	if (guest->window) {
		(void)snprintf(value, sizeof(value), "name=opt/ovmf/X-PciMmio64Mb,string=%llu",
			(unsigned long long)(guest->window >> 20));
		add_arguments(commandline, "-fw_cfg", value);
	}
	if (guest->has_battery)
		add_arguments(commandline, "-acpitable", "file=" BATTERY_FILE);
}

static void add_memory(xmlNode *domain, const struct guest *guest)
{
	xmlNode *memory =
		build_add_text(domain, "memory", "%llu", (unsigned long long)(guest->placement.memory / 1024));

	build_set(memory, "unit", "KiB");
}

char *domain_write(const struct guest *guest)
{
	xmlDoc *document = build_document("domain");
	xmlNode *domain, *metadata;
	char *text;

	if (!document)
		return NULL;
	domain = xmlDocGetRootElement(document);
	build_set(domain, "type", "kvm");
	build_add_text(domain, "name", "%s", guest->request->name);
	metadata = build_add(domain, "metadata");
	section_os_id(metadata, guest);
	section_policy(metadata, guest);
	add_memory(domain, guest);
	section_memory_backing(domain, guest);
	build_set(build_add_text(domain, "vcpu", "%u", guest->placement.pinning.n_vcpus), "placement", "static");
	build_add_text(domain, "iothreads", "%zu", N_IOTHREADS);
	section_cputune(domain, guest, iothreads, N_IOTHREADS);
	section_numatune(domain, guest);
	add_os(domain, guest);
	add_features(domain, guest);
	add_cpu(domain, guest);
	add_clock(domain, guest);
	add_power(domain);
	section_devices(build_add(domain, "devices"), guest);
	section_commandline(domain, guest);
	text = build_print(document);
	xmlFreeDoc(document);
	return text;
}
