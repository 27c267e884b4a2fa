// SPDX-License-Identifier: GPL-2.0-or-later
#include "xmlgen/xmlgen.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/card.h"
#include "model/domain.h"
#include "model/refusal.h"
#include "probe/inventory.h"
#include "xmlgen/hostdev.h"

#define CARDS_MAX 16

struct request {
	const char *sysroot;
	unsigned int n_cards;
	struct address cards[CARDS_MAX];
};

static const char help[] = "usage: gpu-handoff-xmlgen --gpu ADDRESS [OPTION...]\n\n"
			   "Prints the <hostdev> elements of a card, all its functions, for 'virsh edit'.\n\n"
			   "  --gpu ADDRESS  a card, by the address of any of its functions; may be repeated\n"
			   "  --sysroot DIR  read a recorded machine, not this one\n"
			   "  --help, --version\n";

static int usage(const char *problem, const char *subject)
{
	(void)fprintf(stderr, "gpu-handoff-xmlgen: %s '%s'; see 'gpu-handoff-xmlgen --help'\n", problem, subject);
	return 2;
}

/* Returns 0; 1 when help or version were shown; 2 when it has said what is wrong. */
static int parse_options(int argc, char *argv[], struct request *request)
{
	static const struct option options[] = {
		{ "gpu", required_argument, NULL, 'g' },
		{ "sysroot", required_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ 0 },
	};
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, ":h", options, NULL)) >= 0) {
		switch (c) {
		case 'g':
			if (request->n_cards == CARDS_MAX)
				return usage("one card too many:", optarg);
			if (address_parse(optarg, &request->cards[request->n_cards++]) < 0)
				return usage("no address like 0000:01:00.0:", optarg);
			break;
		case 's':
			request->sysroot = optarg;
			break;
		case 'h':
			(void)fputs(help, stdout);
			return 1;
		case 'v':
			(void)puts("gpu-handoff-xmlgen " VERSION);
			return 1;
		default:
			return usage(c == ':' ? "no value for" : "no such option", argv[optind - 1]);
		}
	}
	if (optind < argc)
		return usage("unexpected", argv[optind]);
	return request->n_cards ? 0 : usage("missing", "--gpu ADDRESS");
}

/* Adds the functions of a card. */
static int add_card(const struct host *host, struct address address, struct inventory *inventory,
	struct domain *functions, struct refusal *refusal)
{
	struct card card;
	int r = inventory_probe(host, address, inventory);

	if (r < 0)
		return refusal_set(refusal, REFUSAL_ABSENT, "'%s' is not on this host; see 'gpu-handoff list'",
			address_text(address).s);
	if (!card_find(inventory, address, &card))
		return refusal_set(refusal, REFUSAL_ABSENT, "'%s' is no graphics card's; see 'gpu-handoff list'",
			address_text(address).s);
	for (unsigned int i = 0; i < card.n_functions && r >= 0; i++)
		r = domain_add_hostdev(functions, card.functions[i]->address);
	return r < 0 ? refusal_set(refusal, REFUSAL_INPUT, "these are more functions than a domain can have") : 0;
}

static int write_cards(const struct host *host, const struct request *request, struct refusal *refusal)
{
	struct inventory *inventory = calloc(1, sizeof(*inventory));
	struct domain functions = { 0 };
	int r = inventory ? 0 : refusal_set(refusal, REFUSAL_STATE, "there is no memory for the cards");

	for (unsigned int i = 0; i < request->n_cards && r >= 0; i++)
		r = add_card(host, request->cards[i], inventory, &functions, refusal);
	if (r >= 0) {
		r = hostdev_write(functions.hostdevs, functions.n_hostdevs, stdout);
		if (r < 0)
			r = refusal_set(refusal, REFUSAL_STATE, "cannot write the XML: %s", strerror(-r));
	}
	free(inventory);
	return r;
}

int xmlgen_run(int argc, char *argv[])
{
	struct request request = { 0 };
	struct refusal refusal;
	struct host host;
	int r = parse_options(argc, argv, &request);

	if (r != 0)
		return r == 1 ? 0 : r;
	r = host_open(request.sysroot, &host);
	if (r < 0)
		r = refusal_set(&refusal, REFUSAL_INPUT, "cannot read a machine below '%s': %s",
			request.sysroot ? request.sysroot : "/", strerror(-r));
	else
		r = write_cards(&host, &request, &refusal);
	host_close(&host);
	if (r < 0)
		(void)fprintf(stderr, "gpu-handoff-xmlgen: %s\n", refusal.sentence);
	return r < 0;
}
