// SPDX-License-Identifier: GPL-2.0-or-later
/* tune_text(): what comes out is well-formed, tuned twice it is the same, and what tuning does not own is as it was. */
#include <errno.h>

#include <libxml/parser.h>

#include "probe/document.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/wanted.h"
#include "xmlgen/tune.h"

static const struct slots_card cards[] = WANTED_CARDS;

/* Below <domain>, what tuning has a hand in. */
static bool is_owned(const xmlNode *node)
{
	static const char *const names[] = { "memoryBacking", "iothreads", "cputune", "numatune", "features", "cpu",
		"clock", "metadata", "devices" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (element_is(node, names[i]))
			return true;
	}
	return false;
}

static bool is_hostdev(const xmlNode *node)
{
	return element_is(node, "hostdev") && element_has(node, "type", "pci");
}

static bool is_policy(const xmlNode *node)
{
	return node->type == XML_ELEMENT_NODE && node->ns && !strcmp((const char *)node->ns->href, POLICY_NAMESPACE);
}

static void write_node(const xmlNode *node, FILE *stream)
{
	xmlBuffer *buffer = xmlBufferCreate();

	PROMISE(buffer && xmlNodeDump(buffer, node->doc, (xmlNode *)node, 0, 0) >= 0);
	for (const char *c = (const char *)xmlBufferContent(buffer); *c; c++) {
		/* An element added in the midst of text moves its blanks. */
		if (node->type != XML_TEXT_NODE || !strchr(" \t\r\n", *c))
			(void)fputc(*c, stream);
	}
	xmlBufferFree(buffer);
}

/* All children but those that are skipped. */
static char *write_children(const xmlNode *parent, bool (*is_skipped)(const xmlNode *))
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	PROMISE(stream);
	for (const xmlNode *node = parent ? parent->children : NULL; node; node = node->next) {
		if (!is_skipped(node))
			write_node(node, stream);
	}
	PROMISE(fclose(stream) == 0);
	return text;
}

static void promise_kept(const xmlNode *before, const xmlNode *after, bool (*is_skipped)(const xmlNode *))
{
	char *text = write_children(before, is_skipped), *other = write_children(after, is_skipped);

	PROMISE(strcmp(text, other) == 0);
	free(text);
	free(other);
}

static void promise_result(const struct source *before, const char *text, size_t size)
{
	const struct element *root = &before->elements[0];
	struct refusal refusal;
	struct source after;

	PROMISE(source_read(text, size, &after, &refusal) == 0);
	PROMISE(memcmp(before->text, text, root->begin) == 0);
	PROMISE(before->size - root->end == size - after.elements[0].end);
	PROMISE(memcmp(before->text + root->end, text + after.elements[0].end, size - after.elements[0].end) == 0);
	promise_kept(root->node, after.elements[0].node, is_owned);
	promise_kept(
		element_child(root->node, "devices"), element_child(after.elements[0].node, "devices"), is_hostdev);
	promise_kept(
		element_child(root->node, "metadata"), element_child(after.elements[0].node, "metadata"), is_policy);
	source_finish(&after);
}

static void promise_facts(const struct tune_facts *facts)
{
	PROMISE(facts->n_vcpus > 0);
	PROMISE(facts->n_hostdevs <= DOMAIN_HOSTDEVS_MAX);
	PROMISE(memchr(facts->os_id, '\0', sizeof(facts->os_id)));
	for (unsigned int i = 0; i < facts->n_hostdevs; i++)
		promise_address(facts->hostdevs[i]);
}

static void tune(const char *xml, size_t size, xmlNode *wanted, unsigned int n_cards)
{
	char *once = NULL, *twice = NULL;
	size_t once_size, twice_size;
	struct tune_facts facts;
	struct refusal refusal;
	struct source source;
	int r = tune_text(xml, size, wanted, cards, n_cards, &once, &once_size, &refusal);

	PROMISE(r == 0 || r == -ECANCELED);
	if (r < 0) {
		promise_refusal(&refusal);
		return;
	}
	PROMISE(source_read(xml, size, &source, &refusal) == 0);
	PROMISE(tune_read(&source, &facts, &refusal) == 0);
	promise_facts(&facts);
	promise_result(&source, once, once_size);
	source_finish(&source);
	PROMISE(tune_text(once, once_size, wanted, cards, n_cards, &twice, &twice_size, &refusal) == 0);
	PROMISE(once_size == twice_size && memcmp(once, twice, once_size) == 0);
	free(once);
	free(twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	xmlDoc *document = xmlReadMemory(WANTED_XML, (int)strlen(WANTED_XML), NULL, NULL, XML_PARSE_NOBLANKS);

	PROMISE(document);
	tune((const char *)data, size, xmlDocGetRootElement(document), WANTED_N_CARDS);
	tune((const char *)data, size, NULL, 1);
	xmlFreeDoc(document);
	return 0;
}
