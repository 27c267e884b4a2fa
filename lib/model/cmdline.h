/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model: the kernel's command line, a word at a time. Blanks part the words, but for those between double quotes
 * (Documentation/admin-guide/kernel-parameters.rst, next_arg() in lib/cmdline.c). Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* COMMAND_LINE_SIZE is 2048 on x86 and on ARM. */
#define CMDLINE_SIZE 4096

/* The next word of *line, which moves behind it. Returns false when there is none left. */
bool cmdline_next(const char **line, const char **word, size_t *length);

/* Whether it has this whole word. */
bool cmdline_has(const char *line, const char *word);

/* Whether it has a word of this name, with a value or without one. */
bool cmdline_has_name(const char *line, const char *name);

/*
 * Whether an option with values between commas, such as intel_iommu=, has this one, and of the two the last: the kernel
 * reads from left to right. other may be NULL.
 */
bool cmdline_option_is(const char *line, const char *name, const char *value, const char *other);

/* Words that the kernel is to be told. */
#define CMDLINE_WORDS_MAX 4

struct cmdline_words {
	unsigned int n;
	const char *words[CMDLINE_WORDS_MAX]; /* constants */
};

/* Those of them that the line has not got. */
struct cmdline_words cmdline_missing(const char *line, const struct cmdline_words *words);

/* They as text, a blank between them; valid for the full expression. */
struct cmdline_text {
	char s[256];
};

struct cmdline_text cmdline_text(const struct cmdline_words *words);
