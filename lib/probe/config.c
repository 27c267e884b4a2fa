// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <ini.h>

#include "base/text.h"

#define NAME "gpu-handoff.conf"

/* INI_MAX_LINE of inih, which it was built with, without a newline and an end. */
#define LINE_MAX_LENGTH 198

static int add_restarted(struct settings *settings, const char *words)
{
	char copy[2 * UNIT_NAME_SIZE], *rest = copy;
	int r = text_copy(copy, sizeof(copy), words);

	for (char *word; r == 0 && (word = strsep(&rest, " \t"));)
		r = *word ? settings_add_restarted(settings, word) : 0;
	return r;
}

static int set_action(struct settings *settings, const char *value)
{
	return policy_set_action(&settings->policy, value);
}

static int set_wait(struct settings *settings, const char *value)
{
	return policy_set_wait(&settings->policy, value);
}

static int set_isolate(struct settings *settings, const char *value)
{
	return policy_set_isolate(&settings->policy, value);
}

static int set_governor(struct settings *settings, const char *value)
{
	return policy_set_governor(&settings->policy, value);
}

static int set_overlap(struct settings *settings, const char *value)
{
	return policy_set_overlap(&settings->policy, value);
}

static int set_allocate(struct settings *settings, const char *value)
{
	return policy_set_allocate(&settings->policy, value);
}

static const struct {
	const char *section, *key;
	int (*set)(struct settings *settings, const char *value);
	const char *wants;
} keys[] = {
	{ "holders", "action", set_action, "refuse or stop" },
	{ "holders", "wait", set_wait, "seconds, 600 at most" },
	{ "holders", "restart", add_restarted, "names of services, 32 at most" },
	{ "cpus", "isolate", set_isolate, "yes or no" },
	{ "cpus", "governor", set_governor, "the name of a governor, as performance" },
	{ "cpus", "overlap", set_overlap, "refuse or warn" },
	{ "hugepages", "allocate", set_allocate, "yes or no" },
};

/* So much of a word leaves room for the rest of the sentence. */
#define SHOWN_MAX 40

static void add_shown(struct text *text, const char *word)
{
	char shown[SHOWN_MAX + 1];

	(void)snprintf(shown, sizeof(shown), "%s", word);
	text_add_foreign(text, shown);
	text_add(text, "%s", word[strlen(shown)] ? "..." : "");
}

static void complain(struct settings *settings, const char *section, const char *key, const char *wants)
{
	struct text text;

	if (settings->policy.problem[0])
		return;
	text_init(&text, settings->policy.problem, sizeof(settings->policy.problem));
	text_add(&text, "/etc/" NAME ": '");
	add_shown(&text, key);
	text_add(&text, "' of [");
	add_shown(&text, section);
	text_add(&text, "] %s", wants);
}

/* Called for each key. inih wants 1; 0 is an error of its own, which we tell ourselves. */
static int handle(void *data, const char *section, const char *key, const char *value)
{
	struct settings *settings = data;
	char wants[64];

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strcmp(keys[i].section, section) != 0 || strcmp(keys[i].key, key) != 0)
			continue;
		if (!value || keys[i].set(settings, value) < 0) {
			(void)snprintf(wants, sizeof(wants), "wants %s", keys[i].wants);
			complain(settings, section, key, wants);
		}
		return 1;
	}
	complain(settings, section, key, "is no setting of this version");
	return 1;
}

/* inih reads a longer line as two, and what the second of them says nobody wrote. Returns its number, or 0. */
static unsigned int find_long_line(const char *text)
{
	for (unsigned int line = 1; *text; line++) {
		size_t length = strcspn(text, "\n");

		if (length > LINE_MAX_LENGTH)
			return line;
		text += length + (text[length] == '\n');
	}
	return 0;
}

void config_parse(const char *text, struct settings *settings)
{
	unsigned int too_long = find_long_line(text);
	int line = too_long ? 0 : ini_parse_string(text, handle, settings);

	if (too_long)
		(void)snprintf(settings->policy.problem, sizeof(settings->policy.problem),
			"/etc/" NAME ": line %u is longer than %d characters", too_long, LINE_MAX_LENGTH);
	else if (line != 0 && !settings->policy.problem[0])
		(void)snprintf(settings->policy.problem, sizeof(settings->policy.problem),
			"/etc/" NAME ": line %d is neither a [section] nor 'key = value'", line);
}

void config_probe(const struct host *host, struct settings *ret)
{
	static char text[CONFIG_SIZE_MAX];
	ssize_t n = attribute_read(host->etc, NAME, text, sizeof(text));

	settings_init(ret);
	if (n >= 0 && !memchr(text, '\0', (size_t)n))
		config_parse(text, ret);
	else if (n != -ENOENT)
		(void)snprintf(ret->policy.problem, sizeof(ret->policy.problem), "cannot read /etc/" NAME ": %s",
			n >= 0        ? "it is no text"
			: n == -E2BIG ? "it is larger than 64 KiB"
				      : strerror((int)-n));
}
