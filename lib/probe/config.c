// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <ini.h>

#include "base/text.h"
#include "probe/config_device.h"
#include "probe/config_text.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

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

void config_add_place(struct text *text, const char *section, const char *key)
{
	text_add(text, "/etc/" CONFIG_NAME ": ");
	if (key) {
		text_add(text, "'");
		add_shown(text, key);
		text_add(text, "' of ");
	}
	text_add(text, "[");
	add_shown(text, section);
	text_add(text, "]");
}

static void complain(struct settings *settings, const char *section, const char *key, const char *wants)
{
	struct text text;

	if (settings->policy.problem[0])
		return;
	text_init(&text, settings->policy.problem, sizeof(settings->policy.problem));
	config_add_place(&text, section, key);
	text_add(&text, " %s", wants);
}

__attribute__((format(printf, 2, 3))) static void complain_line(struct settings *settings, const char *format, ...)
{
	va_list arguments;

	if (settings->policy.problem[0])
		return;
	va_start(arguments, format);
	(void)vsnprintf(settings->policy.problem, sizeof(settings->policy.problem), format, arguments);
	va_end(arguments);
}

static void set_key(struct settings *settings, const char *section, const char *key, const char *value)
{
	char wants[64];

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strcmp(keys[i].section, section) != 0 || strcmp(keys[i].key, key) != 0)
			continue;
		if (!value || keys[i].set(settings, value) < 0) {
			(void)snprintf(wants, sizeof(wants), "wants %s", keys[i].wants);
			complain(settings, section, key, wants);
		}
		return;
	}
	complain(settings, section, key, "is no setting of this version");
}

/* A text on its way through inih. */
struct reading {
	struct settings *settings;
	const char *rest;
	unsigned int line;
	char section[LINE_MAX_LENGTH + 1]; /* its whole name, of which inih has 49 characters */
	struct device_section device;
	bool lost; /* below something that is no section: whatever comes is nobody's */
};

/* Called for each key. inih wants 1; 0 is an error of its own, which we tell ourselves. */
static int handle(void *data, const char *section, const char *key, const char *value)
{
	struct reading *reading = data;

	(void)section;
	if (reading->device.name)
		device_section_set(&reading->device, key, value, reading->settings);
	else if (!reading->lost)
		set_key(reading->settings, reading->section, key, value);
	return 1;
}

/* The name between [ and ]. Returns whether there is one; where inih wants more, it says so itself. */
static bool take_name(const char *header, char name[static LINE_MAX_LENGTH + 1])
{
	const char *end = strchr(header, ']');

	if (!end)
		return false;
	header += 1 + strspn(header + 1, " \t");
	while (end > header && strchr(" \t", end[-1]))
		end--;
	memcpy(name, header, (size_t)(end - header));
	name[end - header] = '\0';
	return true;
}

static void begin_section(struct reading *reading, const char *header)
{
	device_section_end(&reading->device, reading->settings);
	reading->section[0] = '\0';
	reading->lost = !take_name(header, reading->section);
	if (!reading->lost)
		(void)device_section_begin(&reading->device, reading->section, reading->settings);
}

/*
 * Gives inih a line. One that is longer than inih's own it would read as two, and what the second of them says nobody
 * wrote: it gets an empty one. A header is one wherever it stands, and not the next line of a value.
 */
static char *read_line(char *line, int size, void *data)
{
	struct reading *reading = data;
	size_t length = strcspn(reading->rest, "\n");
	const char *start = reading->rest;

	if (!*start)
		return NULL;
	reading->rest += length + (start[length] == '\n');
	if (++reading->line == 1 && strncmp(start, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)) == 0)
		start += strlen(BYTE_ORDER_MARK);
	line[0] = '\0';
	if (length > LINE_MAX_LENGTH || length >= (size_t)size) {
		complain_line(reading->settings, "/etc/" CONFIG_NAME ": line %u is longer than %d characters",
			reading->line, LINE_MAX_LENGTH);
		/* It may have been a header, or half of what a section says. */
		reading->device.wrong = true;
		device_section_end(&reading->device, reading->settings);
		reading->lost = true;
		return line;
	}
	length = strcspn(start, "\n");
	memcpy(line, start, length);
	line[length] = '\0';
	start = line + strspn(line, " \t\v\f\r");
	if (*start == '[') {
		begin_section(reading, start);
		memmove(line, start, strlen(start) + 1);
	}
	return line;
}

void config_parse(const char *text, struct settings *settings)
{
	struct reading reading = { .settings = settings, .rest = text };
	int line = ini_parse_stream(read_line, &reading, handle, &reading);

	device_section_end(&reading.device, settings);
	if (line != 0)
		complain_line(settings, "/etc/" CONFIG_NAME ": line %d is neither a [section] nor 'key = value'", line);
}

void config_probe(const struct host *host, struct settings *ret)
{
	static char text[CONFIG_SIZE_MAX];
	ssize_t n = attribute_read(host->etc, CONFIG_NAME, text, sizeof(text));

	settings_init(ret);
	if (n >= 0 && !memchr(text, '\0', (size_t)n))
		config_parse(text, ret);
	else if (n != -ENOENT)
		(void)snprintf(ret->policy.problem, sizeof(ret->policy.problem), "cannot read /etc/" CONFIG_NAME ": %s",
			n >= 0        ? "it is no text"
			: n == -E2BIG ? "it is larger than 64 KiB"
				      : strerror((int)-n));
}
