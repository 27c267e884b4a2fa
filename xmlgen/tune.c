// SPDX-License-Identifier: GPL-2.0-or-later
#include "xmlgen/tune.h"

#include <errno.h>
#include <stdlib.h>

#include "probe/document.h"
#include "probe/domain.h"
#include "xmlgen/edit.h"
#include "xmlgen/merge.h"

/* What comes out can be read again, by libvirt and by this. */
static int check_result(const char *text, size_t size, struct refusal *refusal)
{
	xmlDoc *document FREE_DOCUMENT = NULL;

	if (size > DOMAIN_XML_MAX)
		return refusal_set(refusal, REFUSAL_INPUT, "the domain XML would become larger than %u MiB",
			DOMAIN_XML_MAX / 1024 / 1024);
	return document_read(text, size, &document, refusal);
}

static int apply(
	const struct source *source, struct edits *edits, char **ret, size_t *ret_size, struct refusal *refusal)
{
	int r = edits_apply(edits, source->text, source->size, ret, ret_size);

	if (r == -ENOMEM)
		return refusal_set(refusal, REFUSAL_STATE, "there is no memory for the domain XML");
	if (r < 0)
		return refusal_set(
			refusal, REFUSAL_INPUT, "the domain XML cannot be tuned: its parts are in each other");
	r = check_result(*ret, *ret_size, refusal);
	if (r < 0)
		free(*ret);
	return r;
}

int tune_source(const struct source *source, const struct tune_facts *facts, xmlNode *wanted_domain,
	const struct slots_card cards[], unsigned int n_cards, char **ret, size_t *ret_size, struct refusal *refusal)
{
	struct edits edits;
	int r = 0;

	if (edits_init(&edits) < 0)
		return refusal_set(refusal, REFUSAL_STATE, "there is no memory for the domain XML");
	if (wanted_domain)
		r = merge(source, wanted_domain, &edits, refusal);
	if (r == 0)
		r = slots_edit(source, cards, n_cards, facts->machine, &edits, refusal);
	if (r == 0)
		r = apply(source, &edits, ret, ret_size, refusal);
	edits_finish(&edits);
	return r;
}
