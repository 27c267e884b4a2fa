// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * corpus-tune SCHEMA: tunes each domain that a line of stdin names. What is valid by libvirt's schema before is valid
 * after it, tuned twice is tuned once, and not all are refused. With OUT=DIRECTORY it
 * keeps what came out, CARDS_ONLY=1 adds only cards, VERBOSE=1 tells what was refused.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libxml/parser.h>
#include <libxml/relaxng.h>

#include "base/fd.h"
#include "probe/domain.h"
#include "tests/support/wanted.h"
#include "xmlgen/tune.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct slots_card cards[] = WANTED_CARDS;

struct run {
	xmlRelaxNG *schema;
	xmlDoc *wanted;
	unsigned int n_domains, n_tuned, n_unchanged, n_refused, n_invalid_before, n_bad;
};

static void say_nothing(void *context, const char *format, ...)
{
	(void)context;
	(void)format;
}

static int validate(const struct run *run, const char *xml, size_t size)
{
	xmlDoc *document = xmlReadMemory(xml, (int)size, NULL, NULL, XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	xmlRelaxNGValidCtxt *context = xmlRelaxNGNewValidCtxt(run->schema);
	int r = -1;

	if (document && context) {
		xmlRelaxNGSetValidErrors(context, say_nothing, say_nothing, NULL);
		r = xmlRelaxNGValidateDoc(context, document);
	}
	xmlRelaxNGFreeValidCtxt(context);
	xmlFreeDoc(document);
	return r;
}

static int tune(
	const struct run *run, const char *xml, size_t size, char **ret, size_t *ret_size, struct refusal *refusal)
{
	return tune_text(xml, size, getenv("CARDS_ONLY") ? NULL : xmlDocGetRootElement(run->wanted), cards,
		COUNT(cards), ret, ret_size, refusal);
}

static void complain(struct run *run, const char *path, const char *what)
{
	(void)printf("%s: %s\n", path, what);
	run->n_bad++;
}

/* By its whole path: many have one name. */
static void keep(const char *path, const char *xml, size_t size)
{
	const char *name = getenv("OUT");
	int directory CLOSE_FD = name ? open(name, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1, fd CLOSE_FD = -1;
	char flat[NAME_MAX + 1];

	if (!name)
		return;
	(void)snprintf(flat, sizeof(flat), "%.*s", NAME_MAX, path + strspn(path, "/"));
	for (char *slash = flat; (slash = strchr(slash, '/'));)
		*slash = '+';
	fd = openat(directory, flat, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0 || fd_write_all(fd, xml, size) < 0)
		(void)fprintf(stderr, "cannot write '%s'\n", flat);
}

static void check(struct run *run, const char *path, const char *xml, size_t size)
{
	char *once = NULL, *twice = NULL;
	size_t once_size, twice_size;
	struct refusal refusal;

	run->n_domains++;
	if (tune(run, xml, size, &once, &once_size, &refusal) < 0) {
		run->n_refused++;
		if (getenv("VERBOSE"))
			(void)printf("%s: refused: %s\n", path, refusal.sentence);
		return;
	}
	run->n_tuned++;
	run->n_unchanged += once_size == size && memcmp(once, xml, size) == 0;
	keep(path, once, once_size);
	if (tune(run, once, once_size, &twice, &twice_size, &refusal) < 0)
		complain(run, path, refusal.sentence);
	else if (twice_size != once_size || memcmp(once, twice, once_size) != 0)
		complain(run, path, "tuned twice is not tuned once");
	if (validate(run, xml, size) != 0)
		run->n_invalid_before++;
	else if (validate(run, once, once_size) != 0)
		complain(run, path, "no more valid by the schema");
	free(once);
	free(twice);
}

static void check_file(struct run *run, const char *path)
{
	static char xml[DOMAIN_XML_MAX];
	int fd CLOSE_FD = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t size = fd < 0 ? -errno : fd_read_all(fd, xml, sizeof(xml));
	/* Whose root is <domain>: what comes before it is comments, an XML declaration. */
	const char *root = size > 0 ? memmem(xml, (size_t)size, "<domain", strlen("<domain")) : NULL;

	if (size < 0)
		complain(run, path, "cannot be read");
	else if (root && strchr(" >\n\t\r", root[strlen("<domain")]) && !memmem(xml, (size_t)(root - xml), "<dom", 4))
		check(run, path, xml, (size_t)size);
}

static int begin(struct run *run, const char *schema)
{
	xmlRelaxNGParserCtxt *context = xmlRelaxNGNewParserCtxt(schema);

	run->schema = context ? xmlRelaxNGParse(context) : NULL;
	xmlRelaxNGFreeParserCtxt(context);
	run->wanted = xmlReadMemory(WANTED_XML, (int)strlen(WANTED_XML), NULL, NULL, XML_PARSE_NOBLANKS);
	return run->schema && run->wanted ? 0 : -EINVAL;
}

int main(int argc, char *argv[])
{
	struct run run = { 0 };
	char path[PATH_MAX];

	if (argc != 2 || begin(&run, argv[1]) < 0) {
		(void)fprintf(stderr, "usage: find DIRECTORY -name '*.xml' | %s SCHEMA\n", argv[0]);
		return 2;
	}
	while (fgets(path, sizeof(path), stdin)) {
		path[strcspn(path, "\n")] = '\0';
		check_file(&run, path);
	}
	xmlRelaxNGFree(run.schema);
	xmlFreeDoc(run.wanted);
	(void)printf("%u domains: %u tuned (%u as they were, %u not of the schema before), %u refused, %u wrong\n",
		run.n_domains, run.n_tuned, run.n_unchanged, run.n_invalid_before, run.n_refused, run.n_bad);
	return run.n_bad > 0 || run.n_tuned == 0;
}
