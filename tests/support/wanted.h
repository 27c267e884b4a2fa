/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests: what a domain is to have after tuning, for tests that tune any domain. */
#pragma once

#include "xmlgen/tune.h"

/* In libvirt's order, without blanks between elements. */
#define WANTED_XML                                                                                                     \
	"<domain>"                                                                                                     \
	"<metadata><handoff:policy xmlns:handoff='urn:gpu-handoff:1' version='1'>"                                     \
	"<handoff:holders action='refuse'/><handoff:cpus isolate='yes'/><handoff:hugepages allocate='yes'/>"           \
	"</handoff:policy></metadata>"                                                                                 \
	"<memoryBacking><hugepages><page size='2048' unit='KiB'/></hugepages><source type='memfd'/><access "           \
	"mode='shared'/></memoryBacking>"                                                                              \
	"<iothreads>1</iothreads>"                                                                                     \
	"<cputune><vcpupin vcpu='0' cpuset='2'/><vcpupin vcpu='1' cpuset='6'/><emulatorpin cpuset='0,4'/>"             \
	"<iothreadpin iothread='1' cpuset='0,4'/></cputune>"                                                           \
	"<numatune><memory mode='strict' nodeset='0'/></numatune>"                                                     \
	"<features><acpi/><apic/><hyperv mode='custom'><relaxed state='on'/><vapic state='on'/>"                       \
	"<spinlocks state='on' retries='8191'/><vpindex state='on'/><synic state='on'/>"                               \
	"<stimer state='on'/></hyperv><ioapic driver='kvm'/></features>"                                               \
	"<cpu>"                                                                                                        \
	"<topology sockets='1' dies='1' cores='1' threads='2'/>"                                                       \
	"<feature policy='require' name='topoext'/></cpu>"                                                             \
	"<clock offset='localtime'><timer name='hypervclock' present='yes'/></clock>"                                  \
	"</domain>"

/* Two cards, of which some domains of libvirt's suite have the first. */
#define WANTED_CARDS                                                                                                   \
	{                                                                                                              \
		{ .n_functions = 2,                                                                                    \
			.functions = { { .bus = 6, .slot = 0x12, .function = 5 },                                      \
				{ .bus = 6, .slot = 0x12, .function = 6 } } },                                         \
			{ .n_functions = 2, .functions = { { .bus = 0x41 }, { .bus = 0x41, .function = 1 } } },        \
	}

#define WANTED_N_CARDS 2

/* Tunes a text as a whole; as tune_source() otherwise. */
static inline int tune_text(const char *xml, size_t size, xmlNode *wanted_domain, const struct slots_card cards[],
	unsigned int n_cards, char **ret, size_t *ret_size, struct refusal *refusal)
{
	struct tune_facts facts;
	struct source source;
	int r = source_read(xml, size, &source, refusal);

	if (r < 0)
		return r;
	r = tune_read(&source, &facts, refusal);
	if (r == 0)
		r = tune_source(&source, &facts, wanted_domain, cards, n_cards, ret, ret_size, refusal);
	source_finish(&source);
	return r;
}
