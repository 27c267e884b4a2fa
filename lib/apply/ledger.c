// SPDX-License-Identifier: GPL-2.0-or-later
#include "apply/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "apply/line.h"
#include "apply/word.h"
#include "base/fd.h"
#include "host/runtime.h"
#include "plan/settle.h"

#define FILE_NAME    "ledger"
#define NEW_NAME     FILE_NAME ".new"
#define VERSION_LINE "gpu-handoff ledger 1\n"
#define SETTLED      "settled"

/* Kind, key, base, last, want. */
#define WORDS_MAX 5

/* Of a knob: each character of a key may need three, and lists of CPUs are longer than words. */
#define LINE_SIZE (32 + 3 * KNOB_KEY_SIZE + 3 * CPUSET_TEXT_SIZE)

/* So much is written at once, at least. */
#define PIECE_SIZE (64 * 1024)

_Static_assert(3 * KNOB_WORD_SIZE < CPUSET_TEXT_SIZE, "a line has no room for three words");
_Static_assert(LINE_SIZE < PIECE_SIZE, "a piece has no room for a line");

/* ---- reading ---- */

static int parse_value(enum knob_kind kind, const char *word, union knob_value *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (knob_kind_has_words(kind))
		return word_read(word, ret->word, sizeof(ret->word));
	if (strcmp(word, "-") == 0)
		return 0;
	return cpuset_parse(word, &ret->cpus) < 0 ? -EBADMSG : 0;
}

static int parse_knob(char *words[], struct knobs *knobs)
{
	char key[KNOB_KEY_SIZE];
	unsigned int n = knobs->n_knobs;
	enum knob_kind kind;
	struct knob *knob;

	if (knob_kind_parse(words[0], &kind) < 0 || word_read(words[1], key, sizeof(key)) < 0)
		return -EBADMSG;
	knob = knobs_put(knobs, kind, key);
	/* Twice is as wrong as too many. */
	if (!knob || knobs->n_knobs == n)
		return -EBADMSG;
	knob->known = true;
	if (parse_value(kind, words[2], &knob->base) < 0 || parse_value(kind, words[3], &knob->last) < 0 ||
		parse_value(kind, words[4], &knob->want) < 0)
		return -EBADMSG;
	return 0;
}

static int parse_line(char *line, struct knobs *knobs)
{
	char *words[WORDS_MAX];
	int n = word_split(line, words, WORDS_MAX);

	if (n == 1 && strcmp(words[0], SETTLED) == 0) {
		knobs->settled = true;
		return 0;
	}
	/* A change that was begun after it would be one of a new file. */
	if (n != WORDS_MAX || knobs->settled)
		return -EBADMSG;
	return parse_knob(words, knobs);
}

int ledger_parse(const char *text, size_t size, struct knobs *ret)
{
	const size_t version = strlen(VERSION_LINE);
	char line[LINE_SIZE];

	if (size < version || memcmp(text, VERSION_LINE, version) != 0)
		return -EBADMSG;
	text += version;
	size -= version;
	for (const char *end; size > 0 && (end = memchr(text, '\n', size));) {
		size_t length = (size_t)(end - text);
		int r;

		if (length >= sizeof(line) || memchr(text, '\0', length))
			return -EBADMSG;
		memcpy(line, text, length);
		line[length] = '\0';
		r = parse_line(line, ret);
		if (r < 0)
			return r;
		text = end + 1;
		size -= length + 1;
	}
	return 0;
}

int ledger_read(int runtime, struct knobs *ret)
{
	static char buffer[LEDGER_SIZE_MAX];
	int fd CLOSE_FD = runtime_file_open(runtime, FILE_NAME, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = fd_read_all(fd, buffer, sizeof(buffer));
	if (n < 0)
		return n == -E2BIG ? -EBADMSG : (int)n;
	return ledger_parse(buffer, (size_t)n, ret);
}

/* ---- writing ---- */

static void write_value(struct text *text, enum knob_kind kind, const union knob_value *value)
{
	text_add(text, " ");
	if (knob_kind_has_words(kind))
		word_write(text, value->word);
	else
		text_add(text, "%s", cpuset_is_empty(&value->cpus) ? "-" : cpuset_text(&value->cpus).s);
}

static void write_knob(struct text *text, const struct knob *knob)
{
	text_add(text, "%s ", knob_kind_name(knob->kind));
	word_write(text, knob->key);
	write_value(text, knob->kind, &knob->base);
	write_value(text, knob->kind, &knob->last);
	write_value(text, knob->kind, &knob->want);
	text_add(text, "\n");
}

static int flush(int fd, struct text *text, size_t *total)
{
	int r;

	*total += text->length;
	/* There has to be room for the mark, too. */
	if (text->cut || *total > LEDGER_SIZE_MAX - sizeof(SETTLED))
		return -E2BIG;
	r = fd_write_all(fd, text->buffer, text->length);
	text_init(text, text->buffer, text->size);
	return r;
}

static int write_all(int fd, const struct knobs *knobs)
{
	static char piece[PIECE_SIZE];
	size_t total = 0;
	struct text text;
	int r = 0;

	text_init(&text, piece, sizeof(piece));
	text_add(&text, VERSION_LINE);
	for (unsigned int i = 0; i < knobs->n_knobs && r == 0; i++) {
		if (!knob_is_due(&knobs->knobs[i]) && !knob_is_turned(&knobs->knobs[i]))
			continue;
		write_knob(&text, &knobs->knobs[i]);
		if (text.size - text.length > LINE_SIZE)
			continue;
		r = flush(fd, &text, &total);
	}
	return r == 0 ? flush(fd, &text, &total) : r;
}

int ledger_write(int runtime, const struct knobs *knobs)
{
	int fd CLOSE_FD = runtime_file_open(runtime, NEW_NAME, O_WRONLY | O_CREAT | O_TRUNC);
	int r;

	if (fd < 0)
		return fd;
	r = write_all(fd, knobs);
	if (r == 0 && renameat(runtime, NEW_NAME, runtime, FILE_NAME) < 0)
		r = -errno;
	if (r < 0)
		(void)unlinkat(runtime, NEW_NAME, 0);
	return r;
}

int ledger_mark(int runtime)
{
	int fd CLOSE_FD = runtime_file_open(runtime, FILE_NAME, O_RDWR | O_APPEND);
	int r;

	if (fd < 0)
		return fd;
	r = line_drop_half(fd);
	return r < 0 ? r : line_append(fd, SETTLED "\n", strlen(SETTLED "\n"));
}

void ledger_tidy(int runtime)
{
	/* Hardly ever: who changes nothing is not to write. */
	if (faccessat(runtime, NEW_NAME, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		(void)unlinkat(runtime, NEW_NAME, 0);
}

int ledger_remove(int runtime)
{
	ledger_tidy(runtime);
	return unlinkat(runtime, FILE_NAME, 0) < 0 ? -errno : 0;
}

bool ledger_exists(int runtime)
{
	return faccessat(runtime, FILE_NAME, F_OK, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT;
}
