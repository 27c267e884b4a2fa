// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/setup/tell.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

#define CONTEXT 3

/* ---- a difference, which is in one place ---- */

static size_t count_lines(const char *bytes, size_t length)
{
	size_t n = 0;

	for (size_t i = 0; i < length; i++)
		n += bytes[i] == '\n';
	return n + (length > 0 && bytes[length - 1] != '\n');
}

/* Whole lines that both begin with, in bytes. */
static size_t same_beginning(const struct setup_content *a, const struct setup_content *b)
{
	size_t same = 0;

	for (size_t i = 0; i < a->length && i < b->length && a->bytes[i] == b->bytes[i]; i++) {
		if (a->bytes[i] == '\n')
			same = i + 1;
	}
	return same;
}

/* Whole lines that both end with, behind what they begin with. */
static size_t same_end(const struct setup_content *a, const struct setup_content *b, size_t beginning)
{
	size_t same = 0;

	for (size_t i = 1; i <= a->length - beginning && i <= b->length - beginning; i++) {
		if (a->bytes[a->length - i] != b->bytes[b->length - i])
			break;
		if ((i == a->length || a->bytes[a->length - i - 1] == '\n') &&
			(i == b->length || b->bytes[b->length - i - 1] == '\n'))
			same = i;
	}
	return same;
}

static void print_lines(char mark, const char *bytes, size_t length)
{
	const char *end = bytes + length;

	while (bytes < end) {
		const char *newline = memchr(bytes, '\n', (size_t)(end - bytes));
		char line[CMDLINE_SIZE + 1], clean[CMDLINE_SIZE + 1];
		size_t n = (size_t)((newline ? newline : end) - bytes);
		struct text text;

		(void)snprintf(line, sizeof(line), "%.*s", (int)n, bytes);
		for (char *tab = line; (tab = strchr(tab, '\t'));)
			*tab = ' ';
		text_init(&text, clean, sizeof(clean));
		text_add_foreign(&text, line);
		(void)printf("%c%s\n%s", mark, clean, newline ? "" : "\\ No newline at end of file\n");
		bytes += n + 1;
	}
}

/* The last lines of some, in bytes. */
static size_t last_lines(const char *bytes, size_t length, size_t n)
{
	size_t at = length;

	while (at > 0 && (bytes[at - 1] != '\n' || at == length || n-- > 1))
		at--;
	return length - at;
}

static size_t first_lines(const char *bytes, size_t length, size_t n)
{
	size_t at = 0;

	while (at < length && n > 0)
		n -= bytes[at++] == '\n';
	return at;
}

void tell_difference(const char *path, const struct setup_content *before, const struct setup_content *after)
{
	static const struct setup_content nothing;
	const struct setup_content *a = before ? before : &nothing, *b = after ? after : &nothing;
	size_t beginning = same_beginning(a, b), end = same_end(a, b, beginning);
	size_t above = last_lines(a->bytes, beginning, CONTEXT);
	size_t below = first_lines(a->bytes + a->length - end, end, CONTEXT);
	size_t line = count_lines(a->bytes, beginning - above);
	size_t n_a = count_lines(a->bytes + beginning - above, above + a->length - end - beginning + below);
	size_t n_b = count_lines(b->bytes + beginning - above, above + b->length - end - beginning + below);

	(void)printf("--- %s%s\n+++ %s%s\n", before ? "/etc/" : "/dev/null", before ? path : "",
		after ? "/etc/" : "/dev/null", after ? path : "");
	(void)printf("@@ -%zu,%zu +%zu,%zu @@\n", line + (n_a > 0), n_a, line + (n_b > 0), n_b);
	print_lines(' ', a->bytes + beginning - above, above);
	print_lines('-', a->bytes + beginning, a->length - end - beginning);
	print_lines('+', b->bytes + beginning, b->length - end - beginning);
	print_lines(' ', a->bytes + a->length - end, below);
}

/* ---- the rest ---- */

struct tell_text tell_command(const char *words)
{
	struct tell_text ret = { "" };
	struct text text;

	text_init(&text, ret.s, sizeof(ret.s));
	while (*words) {
		size_t length = strcspn(words, "\t");
		bool quoted = memchr(words, ' ', length);

		text_add(&text, "%s%s%.*s%s", text.length ? " " : "", quoted ? "'" : "", (int)length, words,
			quoted ? "'" : "");
		words += length + (words[length] == '\t');
	}
	return ret;
}

void tell_output(const char *output)
{
	char line[512];

	while (text_take_line(&output, line, sizeof(line))) {
		char clean[512];
		struct text text;

		text_init(&text, clean, sizeof(clean));
		text_add_foreign(&text, line);
		(void)printf("  %s\n", clean);
	}
}

void tell_notes(const struct notes *notes)
{
	for (unsigned int i = 0; i < notes->n; i++)
		(void)printf("note: %s\n", notes->lines[i]);
}

/* A line of the terminal's. Nothing is changed yet, so who presses a key that ends programs may. */
static void read_answer(char *answer, int size)
{
	sigset_t none, before;

	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, &before);
	if (!fgets(answer, size, stdin))
		answer[0] = '\0';
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
}

int tell_ask(const char *question, bool yes, struct refusal *refusal)
{
	char answer[16];

	if (yes)
		return 1;
	if (!isatty(STDIN_FILENO))
		return refusal_set(refusal, REFUSAL_INPUT,
			"there is no terminal to ask on; nothing was changed: look at the above, and run it with "
			"--yes");
	(void)printf("%s [y/N] ", question);
	(void)fflush(stdout);
	read_answer(answer, sizeof(answer));
	return strcmp(answer, "y\n") == 0 || strcmp(answer, "Y\n") == 0 || strcmp(answer, "yes\n") == 0;
}
