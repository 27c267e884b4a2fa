// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/document.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <libxml/parser.h>

#include "base/text.h"
#include "probe/domain.h"
#include "probe/prescan.h"

/* No network, no words on stderr; entities stay references because XML_PARSE_NOENT is not here. */
#define OPTIONS (XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_COMPACT)

#define BLANKS " \t\r\n"

/* So much of a stranger's word leaves room for the rest of the sentence. */
#define SUBJECT_MAX 40

static void context_free(xmlParserCtxtPtr *context)
{
	xmlFreeParserCtxt(*context);
}

void document_free(xmlDoc **document)
{
	xmlFreeDoc(*document);
}

void content_free(xmlChar **content)
{
	xmlFree(*content);
}

#define FREE_CONTEXT __attribute__((cleanup(context_free)))

/* Called at <!DOCTYPE, before what it declares is read. */
static void stop_at_doctype(void *context, const xmlChar *name, const xmlChar *public_id, const xmlChar *system_id)
{
	(void)name;
	(void)public_id;
	(void)system_id;
	*(int *)((xmlParserCtxtPtr)context)->_private = 1;
	xmlStopParser(context);
}

/* Errors of encodings come here, whatever the options say; what is printed on stderr is ours alone. */
static void say_nothing(void *context, const char *format, ...)
{
	(void)context;
	(void)format;
}

bool element_is(const xmlNode *node, const char *name)
{
	return node->type == XML_ELEMENT_NODE && !node->ns && strcmp((const char *)node->name, name) == 0;
}

xmlNode *element_child(const xmlNode *parent, const char *name)
{
	for (xmlNode *node = parent ? parent->children : NULL; node; node = node->next) {
		if (element_is(node, name))
			return node;
	}
	return NULL;
}

bool element_has(const xmlNode *node, const char *name, const char *value)
{
	xmlChar *text FREE_CONTENT = xmlGetNoNsProp(node, (const xmlChar *)name);

	return text && strcmp((const char *)text, value) == 0;
}

int element_number(const xmlNode *node, const char *name, uint64_t max, uint64_t *ret)
{
	xmlChar *content FREE_CONTENT = xmlGetNoNsProp(node, (const xmlChar *)name);
	const char *text = (const char *)content;

	*ret = 0;
	/* One that is there, and could not be copied, is not absent. */
	if (!text)
		return xmlHasNsProp(node, (const xmlChar *)name, NULL) ? -ENOMEM : 0;
	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		return text_parse_number(text + 2, 16, max, ret);
	if (text[0] == '0' && text[1])
		return text_parse_number(text + 1, 8, max, ret);
	return text_parse_number(text, 10, max, ret);
}

int document_parse_count(const char *text, uint64_t max, uint64_t *ret)
{
	char digits[24];
	size_t length;

	text += strspn(text, BLANKS);
	length = strcspn(text, BLANKS);
	if (length >= sizeof(digits) || text[length + strspn(text + length, BLANKS)])
		return -EINVAL;
	memcpy(digits, text, length);
	digits[length] = '\0';
	return text_parse_number(digits, 10, max, ret);
}

/* src/util/virutil.c: virScaleInteger(); KiB where nothing is said. */
static int parse_unit(const char *unit, uint64_t *ret)
{
	static const char letters[] = "kmgtpe";
	const char *letter;
	uint64_t base;

	*ret = 1;
	if (strcasecmp(unit, "b") == 0 || strcasecmp(unit, "byte") == 0 || strcasecmp(unit, "bytes") == 0)
		return 0;
	if (!*unit)
		unit = "KiB";
	letter = strchr(letters, *unit | 0x20);
	if (!letter)
		return -EINVAL;
	if (!unit[1] || strcasecmp(unit + 1, "ib") == 0)
		base = 1024;
	else if (strcasecmp(unit + 1, "b") == 0)
		base = 1000;
	else
		return -EINVAL;
	for (size_t i = 0; i <= (size_t)(letter - letters); i++)
		*ret *= base;
	return 0;
}

int element_bytes(const xmlNode *node, const char *attribute, uint64_t *ret)
{
	xmlChar *number FREE_CONTENT =
		attribute ? xmlGetNoNsProp(node, (const xmlChar *)attribute) : xmlNodeGetContent(node);
	xmlChar *unit FREE_CONTENT = xmlGetNoNsProp(node, (const xmlChar *)"unit");
	const char *text = number ? (const char *)number : "";
	uint64_t factor;
	int r;

	*ret = 0;
	r = text[strspn(text, BLANKS)] ? document_parse_count(text, UINT64_MAX, ret) : 0;
	if (r < 0)
		return r;
	r = parse_unit(unit ? (const char *)unit : "", &factor);
	if (r < 0)
		return r;
	return __builtin_mul_overflow(*ret, factor, ret) ? -ERANGE : 0;
}

int element_address(const xmlNode *node, struct address *ret)
{
	uint64_t domain, bus, slot, function;
	int r;

	r = element_number(node, "domain", UINT32_MAX, &domain);
	if (r < 0)
		return r;
	r = element_number(node, "bus", 0xff, &bus);
	if (r < 0)
		return r;
	r = element_number(node, "slot", 0x1f, &slot);
	if (r < 0)
		return r;
	r = element_number(node, "function", SLOT_FUNCTIONS - 1, &function);
	if (r < 0)
		return r;
	*ret = (struct address){
		.domain = (uint32_t)domain, .bus = (uint8_t)bus, .slot = (uint8_t)slot, .function = (uint8_t)function
	};
	return 0;
}

int element_refuse(const xmlNode *node, const char *part, const char *value, struct refusal *refusal)
{
	char shown[SUBJECT_MAX + 1], printable[SUBJECT_MAX + 1];
	struct text text;

	(void)snprintf(shown, sizeof(shown), "%s", value ? value : "");
	text_init(&text, printable, sizeof(printable));
	text_add_foreign(&text, shown);
	return refusal_set(refusal, REFUSAL_INPUT,
		"%s of <%s> in the domain XML is '%s%s'; correct it with 'virsh edit'", part, (const char *)node->name,
		printable, value && value[strlen(shown)] ? "..." : "");
}

int element_kib(const xmlNode *node, const char *attribute, uint64_t *ret, struct refusal *refusal)
{
	uint64_t bytes;

	if (element_bytes(node, attribute, &bytes) < 0) {
		xmlChar *number FREE_CONTENT =
			attribute ? xmlGetNoNsProp(node, (const xmlChar *)attribute) : xmlNodeGetContent(node);
		xmlChar *unit FREE_CONTENT = xmlGetNoNsProp(node, (const xmlChar *)"unit");
		char said[64];

		(void)snprintf(said, sizeof(said), "%s %s", number ? (const char *)number : "",
			unit ? (const char *)unit : "KiB");
		return element_refuse(node, attribute ? attribute : "the number", said, refusal);
	}
	*ret = bytes / 1024 + (bytes % 1024 > 0);
	return 0;
}

int element_count(const xmlNode *node, uint64_t max, uint64_t *ret, struct refusal *refusal)
{
	xmlChar *content FREE_CONTENT = xmlNodeGetContent(node);

	if (!content || document_parse_count((const char *)content, max, ret) < 0)
		return element_refuse(node, "the number", (const char *)content, refusal);
	return 0;
}

int element_index(const xmlNode *node, const char *attribute, uint64_t *ret, struct refusal *refusal)
{
	xmlChar *content FREE_CONTENT = xmlGetNoNsProp(node, (const xmlChar *)attribute);

	if (!content || document_parse_count((const char *)content, UINT32_MAX, ret) < 0)
		return element_refuse(node, attribute, (const char *)content, refusal);
	return 0;
}

int element_set(const xmlNode *node, const char *attribute, struct cpuset *ret, struct refusal *refusal)
{
	xmlChar *content FREE_CONTENT =
		attribute ? xmlGetNoNsProp(node, (const xmlChar *)attribute) : xmlNodeGetContent(node);

	if (!content || cpuset_parse((const char *)content, ret) < 0)
		return element_refuse(node, attribute ? attribute : "the list", (const char *)content, refusal);
	return 0;
}

int document_read(const char *xml, size_t size, xmlDoc **ret, struct refusal *refusal)
{
	xmlParserCtxtPtr context FREE_CONTEXT = NULL;
	xmlDocPtr document;
	int doctype = 0;

	if (size == 0)
		return refusal_set(refusal, REFUSAL_INPUT, "the domain XML is empty");
	if (size > DOMAIN_XML_MAX)
		return refusal_set(
			refusal, REFUSAL_INPUT, "the domain XML is larger than %u MiB", DOMAIN_XML_MAX / 1024 / 1024);
	if (!prescan_is_plain(xml, size))
		return refusal_set(refusal, REFUSAL_INPUT,
			"the domain XML is no XML, or not in UTF-8 as libvirt writes it; save it so");
	if (prescan_is_crowded(xml, size))
		return refusal_set(refusal, REFUSAL_INPUT,
			"the domain XML has more attributes in an element, or more namespaces, than libvirt knows");
	context = xmlNewParserCtxt();
	if (!context)
		return refusal_set(refusal, REFUSAL_INPUT, "there is no memory to read the domain XML");
	context->_private = &doctype;
	context->sax->internalSubset = stop_at_doctype;
	xmlSetGenericErrorFunc(NULL, say_nothing);
	document = xmlCtxtReadMemory(context, xml, (int)size, NULL, NULL, OPTIONS);
	xmlSetGenericErrorFunc(NULL, NULL);
	if (doctype) {
		xmlFreeDoc(document);
		return refusal_set(refusal, REFUSAL_INPUT,
			"the domain XML declares a document type, which libvirt never does; remove it");
	}
	if (!document)
		return refusal_set(
			refusal, REFUSAL_INPUT, "the domain XML is not well-formed (line %d)", context->lastError.line);
	*ret = document;
	return 0;
}
