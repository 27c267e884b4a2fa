/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What fuzz targets share. A target is one file with LLVMFuzzerTestOneInput(): it gives the input to a parser and
 * checks what the parser promises, beyond not crashing. `make fuzz` links it with libFuzzer, `make replay` with
 * replay.c, which gives it the files of corpus/TARGET.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/address.h"
#include "model/refusal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the program, as a crash does, where a promise is broken. */
#define PROMISE(condition)                                                                                             \
	do {                                                                                                           \
		if (!(condition)) {                                                                                    \
			(void)fprintf(stderr, "%s:%d: broken promise: %s\n", __FILE__, __LINE__, #condition);          \
			abort();                                                                                       \
		}                                                                                                      \
	} while (0)

/* The input as a string, up to its first NUL, in a block of its own so that reading past its end is seen. */
static inline char *fuzz_string(const uint8_t *data, size_t size)
{
	char *string = strndup(size ? (const char *)data : "", size);

	PROMISE(string);
	return string;
}

/* Text for a person: one line, terminated, nothing that could steer a terminal. */
static inline void promise_printable(const char *text, size_t size)
{
	PROMISE(memchr(text, '\0', size));
	for (; *text; text++)
		PROMISE(*text >= 0x20 && *text < 0x7f);
}

static inline void promise_refusal(const struct refusal *refusal)
{
	size_t length;

	promise_printable(refusal->sentence, sizeof(refusal->sentence));
	length = strlen(refusal->sentence);
	PROMISE(refusal->reason > REFUSAL_NONE && refusal->reason < REFUSAL_REASONS_);
	PROMISE(length > 0 && refusal->sentence[length - 1] != '.');
	PROMISE(!(refusal->sentence[0] >= 'A' && refusal->sentence[0] <= 'Z'));
}

/* In range, and the same again when it is printed and read. */
static inline void promise_address(struct address address)
{
	struct address_text text = address_text(address);
	struct address again = { 0 };

	PROMISE(address.slot < 32 && address.function < SLOT_FUNCTIONS);
	promise_printable(text.s, sizeof(text.s));
	PROMISE(strspn(text.s, "0123456789abcdef:.") == strlen(text.s));
	PROMISE(address_parse(text.s, &again) == 0);
	PROMISE(address_compare(address, again) == 0);
	PROMISE(address_same_slot(address, again));
}
