// SPDX-License-Identifier: GPL-2.0-or-later
/* The command's arguments, with the cards in them. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/run/run.h"

/* A place is longer than what comes there by less than this. */
#define GROWTH 16

/* The number at the end of a place: none is the first. Returns its length, or -1 when that is no number of a card. */
static int read_number(const char *text, uint64_t *ret)
{
	size_t length = strspn(text, "0123456789");
	char digits[8];

	*ret = 1;
	if (length == 0)
		return 0;
	if (length >= sizeof(digits))
		return -1;
	memcpy(digits, text, length);
	digits[length] = '\0';
	return text_parse_number(digits, 10, UINT32_MAX, ret) < 0 ? -1 : (int)length;
}

/* The length of a place at the beginning of the text, of this kind; 0 when there is none. */
static size_t find_place(const char *text, const char *kind, uint64_t *ret_card)
{
	size_t length = strlen(kind);
	int digits;

	if (text[0] != '{' || strncmp(text + 1, kind, length) != 0)
		return 0;
	digits = read_number(text + 1 + length, ret_card);
	if (digits < 0 || text[1 + length + (size_t)digits] != '}')
		return 0;
	return length + (size_t)digits + 2;
}

static int replace_place(const struct order *order, const char *place, size_t length, uint64_t card, bool is_address,
	struct text *text, struct refusal *refusal)
{
	if (card == 0 || card > order->n_cards)
		return refusal_set(refusal, REFUSAL_INPUT,
			"'%.*s' in the command is of a card that is not named: there %s %u", (int)length, place,
			order->n_cards == 1 ? "is" : "are", order->n_cards);
	if (is_address)
		text_add(text, "%s", address_text(order->cards[card - 1].address).s);
	else
		text_add(text, "%d", order->cards[card - 1].group);
	return 0;
}

static int replace_word(const struct order *order, const char *word, char **ret, struct refusal *refusal)
{
	size_t size = strlen(word) * GROWTH + 1;
	struct text text;

	*ret = malloc(size);
	if (!*ret)
		return refusal_set(refusal, REFUSAL_STATE, "there is no memory for the command");
	text_init(&text, *ret, size);
	while (*word) {
		uint64_t card;
		size_t length = find_place(word, "address", &card);
		bool is_address = length > 0;
		int r = 0;

		if (!is_address)
			length = find_place(word, "group", &card);
		if (length > 0)
			r = replace_place(order, word, length, card, is_address, &text, refusal);
		else
			text_add(&text, "%c", *word);
		if (r < 0)
			return r;
		word += length > 0 ? length : 1;
	}
	return 0;
}

int words_replace(const struct order *order, char *const words[], char ***ret, struct refusal *refusal)
{
	size_t n = 0;
	char **copy;

	while (words[n])
		n++;
	copy = calloc(n + 1, sizeof(*copy));
	if (!copy)
		return refusal_set(refusal, REFUSAL_STATE, "there is no memory for the command");
	for (size_t i = 0; i < n; i++) {
		int r = replace_word(order, words[i], &copy[i], refusal);

		if (r < 0) {
			words_free(copy);
			return r;
		}
	}
	*ret = copy;
	return 0;
}

void words_free(char **words)
{
	for (size_t i = 0; words && words[i]; i++)
		free(words[i]);
	free((void *)words);
}
