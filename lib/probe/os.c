// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/os.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/text.h"
#include "probe/document.h"

/* The largest there is has 22 KiB. */
#define FILE_SIZE_MAX (256u * 1024)

/* What short and full ids consist of. */
#define ID_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:/_+-"

static void list_close(DIR **list)
{
	if (*list)
		(void)closedir(*list);
}

#define CLOSE_LIST __attribute__((cleanup(list_close)))

static const struct {
	const char *word, *short_id;
	struct os os;
} built_in[] = {
	{ "linux", "linux2022", { "http://libosinfo.org/linux/2022", "Linux", OS_LINUX, false } },
	{ "windows10", "win10", { "http://microsoft.com/win/10", "Microsoft Windows 10", OS_WINDOWS, false } },
	{ "windows11", "win11", { "http://microsoft.com/win/11", "Microsoft Windows 11", OS_WINDOWS, true } },
};

/* ---- one file ---- */

static bool content_is(const xmlNode *node, const char *text)
{
	xmlChar *content FREE_CONTENT = xmlNodeGetContent(node);

	return content && strcmp((const char *)content, text) == 0;
}

static enum os_family read_family(const xmlNode *node)
{
	return content_is(node, "linux") ? OS_LINUX : content_is(node, "winnt") ? OS_WINDOWS : OS_OTHER;
}

static void read_name(const xmlNode *node, char *target, size_t size)
{
	xmlChar *content FREE_CONTENT = xmlNodeGetContent(node);
	struct text text;

	text_init(&text, target, size);
	text_add_foreign(&text, content ? (const char *)content : "");
}

/*
 * The database does not tell. Clients are numbered 7 to 11 and on, servers 2k8 to 2k25 and on; NT's other names are of
 * older ones.
 */
static bool needs_tpm(const struct os *os)
{
	static const char clients[] = "http://microsoft.com/win/", servers[] = "http://microsoft.com/win/2k";
	bool server = strncmp(os->id, servers, strlen(servers)) == 0;
	const char *version = os->id + strlen(server ? servers : clients);
	char digits[8];
	uint64_t number;

	if (os->family != OS_WINDOWS || strncmp(os->id, clients, strlen(clients)) != 0)
		return false;
	(void)snprintf(digits, sizeof(digits), "%.*s", (int)strspn(version, "0123456789"), version);
	return text_parse_number(digits, 10, UINT16_MAX, &number) == 0 && number >= (server ? 25 : 11);
}

/* Fills *ret from an element, and returns whether it is the system with that id. */
static bool read_os(xmlNode *element, const char *word, struct os *ret)
{
	xmlChar *id FREE_CONTENT = xmlGetNoNsProp(element, (const xmlChar *)"id");
	struct os os = { .family = OS_OTHER };
	bool found = id && strcmp((const char *)id, word) == 0;

	if (!id || !*id || strspn((const char *)id, ID_CHARACTERS) != strlen((const char *)id) ||
		text_copy(os.id, sizeof(os.id), (const char *)id) < 0)
		return false;
	for (const xmlNode *node = element->children; node; node = node->next) {
		if (element_is(node, "short-id"))
			found = found || content_is(node, word);
		else if (element_is(node, "family"))
			os.family = read_family(node);
		else if (element_is(node, "name") && !node->properties && !os.name[0])
			read_name(node, os.name, sizeof(os.name));
	}
	if (!found)
		return false;
	os.needs_tpm = needs_tpm(&os);
	*ret = os;
	return true;
}

int os_parse(const char *xml, size_t size, const char *word, struct os *ret)
{
	xmlDoc *document FREE_DOCUMENT = NULL;
	struct refusal refusal;
	const xmlNode *root;

	if (size > FILE_SIZE_MAX || document_read(xml, size, &document, &refusal) < 0)
		return -EINVAL;
	root = xmlDocGetRootElement(document);
	if (!root || !element_is(root, "libosinfo"))
		return -EINVAL;
	for (xmlNode *node = root->children; node; node = node->next) {
		if (element_is(node, "os") && read_os(node, word, ret))
			return 1;
	}
	return 0;
}

/* ---- the database ---- */

struct search {
	const char *word;
	char *buffer; /* FILE_SIZE_MAX */
	struct os *ret;
};

/* Parses a file when the word is in it at all: that makes a look at all of them ten times as fast. */
static bool look_into(const struct search *search, int directory, const char *name)
{
	int fd CLOSE_FD = beneath_open(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
	ssize_t n = fd < 0 ? fd : fd_read_all(fd, search->buffer, FILE_SIZE_MAX);

	return n > 0 && memmem(search->buffer, (size_t)n, search->word, strlen(search->word)) &&
	       os_parse(search->buffer, (size_t)n, search->word, search->ret) == 1;
}

/* http://ubuntu.com/ubuntu/22.04 is in ubuntu.com/ubuntu-22.04.xml. */
static bool find_full(const struct search *search, int database)
{
	const char *vendor = strstr(search->word, "://"), *rest = vendor ? strchr(vendor + 3, '/') : NULL;
	char path[512];
	size_t n;

	if (!rest || strlen(search->word) > 255)
		return false;
	n = (size_t)(rest - vendor) - 3 + 1;
	(void)snprintf(path, sizeof(path), "%s.xml", vendor + 3);
	for (char *c = path + n; *c; c++) {
		if (*c == '/')
			*c = '-';
	}
	return look_into(search, database, path);
}

/* ubuntu22.04 is most often in ubuntu-22.04.xml. */
static void guess_name(const char *word, char *name, size_t size)
{
	size_t letters = strcspn(word, "0123456789");
	bool apart = letters > 0 && word[letters] && word[letters - 1] != '-';

	(void)snprintf(name, size, "%.*s%s%s.xml", (int)letters, word, apart ? "-" : "", word + letters);
}

static bool is_file(const char *name)
{
	size_t n = strlen(name);

	return n > 4 && strcmp(name + n - 4, ".xml") == 0;
}

static bool look_into_all(const struct search *search, int vendor)
{
	DIR *list CLOSE_LIST = NULL;
	const struct dirent *entry;

	if (beneath_list(vendor, ".", &list) < 0)
		return false;
	while ((entry = readdir(list))) {
		if (is_file(entry->d_name) && look_into(search, vendor, entry->d_name))
			return true;
	}
	return false;
}

/* Of each vendor's files the one with a name, or all for NULL. */
static bool find_short(const struct search *search, int database, const char *name)
{
	DIR *list CLOSE_LIST = NULL;
	const struct dirent *entry;

	if (beneath_list(database, ".", &list) < 0)
		return false;
	while ((entry = readdir(list))) {
		int vendor CLOSE_FD = -1;

		if (entry->d_name[0] == '.')
			continue;
		vendor = beneath_open(database, entry->d_name, O_PATH | O_DIRECTORY, 0);
		if (vendor < 0)
			continue;
		if (name ? look_into(search, vendor, name) : look_into_all(search, vendor))
			return true;
	}
	return false;
}

static bool find_in(const struct search *search, int database)
{
	char name[512];

	if (strchr(search->word, '/'))
		return find_full(search, database);
	guess_name(search->word, name, sizeof(name));
	return find_short(search, database, name) || find_short(search, database, NULL);
}

static int refuse(const char *word, bool has_database, struct refusal *refusal)
{
	char shown[64], quoted[80];
	struct text text;

	(void)snprintf(shown, sizeof(shown), "%s", word);
	text_init(&text, quoted, sizeof(quoted));
	text_add_foreign(&text, shown);
	text_add(&text, "%s", strlen(word) < sizeof(shown) ? "" : "...");
	if (has_database)
		return refusal_set(refusal, REFUSAL_INPUT,
			"'%s' is no operating system that the database of libosinfo knows; see 'osinfo-query os' for "
			"those, or use linux, windows10 or windows11",
			quoted);
	return refusal_set(refusal, REFUSAL_INPUT,
		"'%s' cannot be looked up, because there is no database of operating systems; install osinfo-db, as "
		"Debian calls the package, or use linux, windows10 or windows11",
		quoted);
}

static bool find_built_in(const char *word, struct os *ret)
{
	for (size_t i = 0; i < sizeof(built_in) / sizeof(built_in[0]); i++) {
		if (strcmp(word, built_in[i].word) == 0 || strcmp(word, built_in[i].short_id) == 0 ||
			strcmp(word, built_in[i].os.id) == 0) {
			*ret = built_in[i].os;
			return true;
		}
	}
	return false;
}

/* In all databases of the host, the administrator's first. */
static bool find_in_all(const struct host *host, const struct search *search, bool *ret_has_database)
{
	const struct {
		int root;
		const char *path;
	} databases[] = {
		{ host->etc, "osinfo/os" },
		{ host->usr, "local/share/osinfo/os" },
		{ host->usr, "share/osinfo/os" },
	};
	bool is_id = *search->word && strspn(search->word, ID_CHARACTERS) == strlen(search->word);

	*ret_has_database = false;
	for (size_t i = 0; i < sizeof(databases) / sizeof(databases[0]); i++) {
		int database CLOSE_FD = beneath_open(databases[i].root, databases[i].path, O_PATH | O_DIRECTORY, 0);

		if (database < 0)
			continue;
		*ret_has_database = true;
		if (is_id && find_in(search, database))
			return true;
	}
	return false;
}

int os_find(const struct host *host, const char *word, struct os *ret, struct refusal *refusal)
{
	struct search search = { .word = word, .ret = ret };
	bool found, has_database;

	if (find_built_in(word, ret))
		return 0;
	search.buffer = malloc(FILE_SIZE_MAX);
	if (!search.buffer)
		return refusal_set(refusal, REFUSAL_STATE, "there is no memory to look for the operating system");
	found = find_in_all(host, &search, &has_database);
	free(search.buffer);
	return found ? 0 : refuse(word, has_database, refusal);
}
