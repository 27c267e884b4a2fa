/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * base: text in the caller's storage. A struct text appends and remembers that it was cut; nothing here allocates,
 * so it serves after the first write of apply too.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
	char *buffer; /* the caller's; always terminated */
	size_t size;
	size_t length;
	bool cut; /* something did not fit */
};

/* The buffer must outlive the text; size is at least 1. */
void text_init(struct text *text, char *buffer, size_t size);

/* Appends as printf does. What does not fit is left out and text->cut set. */
__attribute__((format(printf, 2, 3))) void text_add(struct text *text, const char *format, ...);

/*
 * Appends text of a stranger (a domain's name, a driver's) for a person to read: control characters, and everything
 * that is not ASCII, become '?', so that no name can steer a terminal or forge a line of a log.
 */
void text_add_foreign(struct text *text, const char *foreign);

/* Copies a string with its end, or returns -E2BIG and leaves target empty. Returns 0. */
int text_copy(char *target, size_t size, const char *source);

/*
 * Copies the next line of *string without its newline, as much as fits, and moves *string behind it. Returns false,
 * and an empty line, when there is none left.
 */
bool text_take_line(const char **string, char *line, size_t size);

/*
 * Reads a whole unsigned number, digits only, of base 10 or 16 (no sign, space, or prefix). Returns 0 and writes
 * *ret; -EINVAL for anything that is no number, -ERANGE above max.
 */
int text_parse_number(const char *string, unsigned int base, uint64_t max, uint64_t *ret);
