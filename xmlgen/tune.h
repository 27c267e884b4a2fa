/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xmlgen: tunes the XML of a domain that somebody else wrote. What tuning owns is added or corrected, and everything
 * else stays byte for byte. Tuned again, the same XML comes out.
 *
 * Calling sequence: source_read(), tune_read(), the wanted tree is made of that, tune_source().
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libxml/tree.h>

#include "model/domain.h"
#include "model/refusal.h"
#include "xmlgen/addresses.h"
#include "xmlgen/slots.h"
#include "xmlgen/source.h"

#define TUNE_ID_SIZE 128

/* What a domain says of itself. */
struct tune_facts {
	bool is_kvm; /* else plain emulation */
	enum machine machine;
	unsigned int n_vcpus; /* at most; 1 where it says nothing */
	bool is_auto_placed;  /* <vcpu placement='auto'>: numad chooses */
	uint64_t memory;      /* bytes; of the cells where there are some, as libvirt has it */
	bool has_hugepages;
	uint64_t page_size; /* bytes, of the first size that it asks for; 0: the host's default */
	unsigned int n_iothreads;
	unsigned int n_cells;   /* of <numa> */
	bool has_special_cells; /* more of them than CPUs and memory is said: these stay */
	bool has_hyperv;
	char os_id[TUNE_ID_SIZE]; /* libosinfo's, a stranger's text; "" */
	unsigned int n_hostdevs;  /* PCI functions of the host, each once, by address */
	struct address hostdevs[DOMAIN_HOSTDEVS_MAX];
};

/*
 * Reads them. Returns 0; -ECANCELED with the refusal filled: a domain that is not of QEMU on x86_64, or says what
 * libvirt would not take.
 */
int tune_read(const struct source *source, struct tune_facts *ret, struct refusal *refusal);

/*
 * Brings the wanted tree (merge.h), which may be NULL, and the cards (slots.h) into the XML. Returns 0, and the text,
 * terminated, which the caller frees; -ECANCELED with the refusal filled.
 */
int tune_source(const struct source *source, const struct tune_facts *facts, xmlNode *wanted_domain,
	const struct slots_card cards[], unsigned int n_cards, char **ret, size_t *ret_size, struct refusal *refusal);
