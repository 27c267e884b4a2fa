// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/entries.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define ENTRY_SIZE_MAX (16u * 1024)
#define TUNED          "$tuned_params"
#define OPTIONS        "options"

int entry_parse_options(const char *text, char *ret, size_t size)
{
	char line[CMDLINE_SIZE + sizeof(OPTIONS)];
	bool found = false;
	struct text out;

	text_init(&out, ret, size);
	while (*text) {
		size_t length = strcspn(text, "\n"), n;

		/* What is cut would be another command line. */
		if (length >= sizeof(line))
			return -E2BIG;
		(void)text_take_line(&text, line, sizeof(line));
		n = strspn(line, " \t");
		if (strncmp(line + n, OPTIONS, strlen(OPTIONS)) != 0)
			continue;
		n += strlen(OPTIONS);
		if (line[n] != ' ' && line[n] != '\t')
			continue;
		text_add(&out, "%s%s", found ? " " : "", line + n + strspn(line + n, " \t"));
		found = true;
	}
	if (out.cut)
		return -E2BIG;
	return found ? 0 : -ENOENT;
}

static bool is_entry(const char *name, const char *const prefixes[])
{
	size_t length = strlen(name);

	if (name[0] == '.' || length <= strlen(".conf") || strcmp(name + length - strlen(".conf"), ".conf") != 0)
		return false;
	for (; prefixes && *prefixes; prefixes++) {
		if (strncmp(name, *prefixes, strlen(*prefixes)) == 0)
			return true;
	}
	return !prefixes;
}

/* Returns 0, or -errno. An entry without options is one of another system. */
static int add_entry(int root, const char *directory, const char *name, struct entries *entries)
{
	static char text[ENTRY_SIZE_MAX];
	char path[PATH_MAX];
	struct entry *entry = &entries->entries[entries->n];
	ssize_t n;
	int r;

	if (entries->n == ENTRIES_MAX)
		return -E2BIG;
	(void)snprintf(path, sizeof(path), "%s/%s", directory, name);
	n = attribute_read(root, path, text, sizeof(text));
	if (n < 0)
		return (int)n;
	r = entry_parse_options(text, entry->options, sizeof(entry->options));
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	(void)text_copy(entry->name, sizeof(entry->name), name);
	entries->n++;
	return 0;
}

int entries_probe(int root, const char *directory, const char *const prefixes[], struct entries *ret)
{
	const struct dirent *file;
	DIR *list;
	int r = beneath_list(root, directory, &list);

	ret->n = 0;
	if (r < 0)
		return r;
	while (r >= 0 && (file = readdir(list))) {
		if (is_entry(file->d_name, prefixes))
			r = add_entry(root, directory, file->d_name, ret);
	}
	(void)closedir(list);
	return r;
}

/* A word that is a variable of the boot loader; tuned(8) has one for its own words, which stands beside the others. */
static bool is_indirect(const char *options)
{
	const char *word;
	size_t length;

	while (cmdline_next(&options, &word, &length)) {
		if (memchr(word, '$', length) && (length != strlen(TUNED) || memcmp(word, TUNED, strlen(TUNED)) != 0))
			return true;
	}
	return false;
}

int entries_missing(const struct entries *entries, const struct cmdline_words *words, struct cmdline_words *ret)
{
	struct cmdline_words missing = { 0 };

	for (unsigned int i = 0; i < entries->n; i++) {
		if (is_indirect(entries->entries[i].options))
			return -EINVAL;
	}
	for (unsigned int w = 0; w < words->n; w++) {
		unsigned int n = 0;

		for (unsigned int i = 0; i < entries->n; i++)
			n += cmdline_has(entries->entries[i].options, words->words[w]);
		if (n > 0 && n < entries->n)
			return -ENOTUNIQ;
		if (n == 0)
			missing.words[missing.n++] = words->words[w];
	}
	*ret = missing;
	return 0;
}
