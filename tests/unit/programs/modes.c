// SPDX-License-Identifier: GPL-2.0-or-later
/* What `gpu-handoff list` and `status` say of the modes of cards, and of their functions. */
#include <stdlib.h>
#include <string.h>

#include "tests/support/record.h"
#include "tests/support/scratch.h"
#include "tests/unit/programs/programs.h"

#define CONF "etc/gpu-handoff.conf"

/* A card of four functions with drivers of the host, and one of two cards with the same ids. */
static const struct {
	const char *machine, *card, *conf, *mode, *note; /* note: a part of it, or NULL */
} rows[] = {
	{ "am4-2400g-gtx1660", "0000:10:00.0", NULL, "shared", NULL },
	{ "am4-2400g-gtx1660", "0000:10:00.0", "[card 0000:10:00.2]\nmode = kept-free\n", "kept-free", NULL },
	{ "am4-2400g-gtx1660", "0000:10:00.0", "[card 0000:00:01.1/00.0]\nmode = reserved\n", "reserved",
		"'0000:10:00.0' is reserved, but nouveau has '0000:10:00.0'; 'gpu-handoff doctor' says what to do, and "
		"until then 'gpu-handoff detach 0000:10:00.0' takes it" },
	{ "am4-2400g-gtx1660", "0000:10:00.0",
		"[card 0000:00:01.1/00.0]\nmode = reserved\n[card 0000:10:00.1]\nmode = reserved\n", "shared",
		"'0000:10:00.0' is shared: two sections of /etc/gpu-handoff.conf are about it, so neither counts; keep "
		"one of them" },
	{ "am4-2400g-gtx1660", "0000:10:00.0", "[card 0000:10:00.0]\nmode = mine\n", "shared",
		"/etc/gpu-handoff.conf: 'mode' of [card 0000:10:00.0] wants shared, kept-free or reserved" },
	{ "power8-2xp100-domains", "0002:01:00.0", "[card 10de:15f9]\nmode = reserved\n", "shared",
		"'0002:01:00.0' is shared: another card has its ids 10de:15f9 as well; name the one that is "
		"meant in /etc/gpu-handoff.conf, this one as [card 0002:00:00.0/00.0]" },
	{ "power8-2xp100-domains", "000a:01:00.0", "[card 000a:01:00.0]\nmode = kept-free\n", "kept-free", NULL },
};

static json_object *find_card(json_object *cards, const char *address)
{
	for (size_t i = 0; i < json_object_array_length(cards); i++) {
		json_object *card = json_object_array_get_idx(cards, i);

		if (strcmp(record_text(card, "address"), address) == 0)
			return card;
	}
	ck_abort_msg("'%s' is not told of", address);
	return NULL;
}

/* Whether one of the notes is the sentence; NULL: there is none at all. */
static bool is_noted(json_object *root, const char *sentence)
{
	json_object *notes = json_object_object_get(root, "notes");
	size_t n = json_object_array_length(notes);

	for (size_t i = 0; sentence && i < n; i++) {
		if (strcmp(json_object_get_string(json_object_array_get_idx(notes, i)), sentence) == 0)
			return true;
	}
	return !sentence && n == 0;
}

/* A command in both forms. */
static void check(const struct scratch *scratch, int row, const char *command, const char *cards)
{
	json_object *root, *card, *functions;
	char *text;
	int status;

	text = program_run(&status, "gpu-handoff %s --json --sysroot %s", command, scratch->path);
	root = json_tokener_parse(text);
	ck_assert_msg(status == 0 && root, "%s", text);
	card = find_card(json_object_object_get(root, cards), rows[row].card);
	ck_assert_str_eq(record_text(card, "mode"), rows[row].mode);
	ck_assert_msg(is_noted(root, rows[row].note), "%s", text);
	functions = json_object_object_get(card, "functions");
	ck_assert_str_eq(record_text(json_object_array_get_idx(functions, 0), "role"), "gpu");
	if (json_object_array_length(functions) == 4) {
		ck_assert_str_eq(record_text(json_object_array_get_idx(functions, 1), "role"), "audio");
		ck_assert_str_eq(record_text(json_object_array_get_idx(functions, 2), "role"), "usb");
		ck_assert_str_eq(record_text(json_object_array_get_idx(functions, 3), "role"), "ucsi");
	}
	json_object_put(root);
	free(text);

	text = program_run(&status, "gpu-handoff %s --sysroot %s", command, scratch->path);
	ck_assert_int_eq(status, 0);
	ck_assert_ptr_nonnull(strstr(text, rows[row].mode));
	ck_assert_msg((strstr(text, "note: ") != NULL) == (rows[row].note != NULL), "%s", text);
	ck_assert(!rows[row].note || strstr(text, rows[row].note));
	free(text);
}

START_TEST(test_row)
{
	struct scratch scratch;

	program_host(&scratch, rows[_i].machine, 1);
	if (rows[_i].conf)
		put_text(scratch.fd, CONF, "%s", rows[_i].conf);
	check(&scratch, _i, "list", "gpus");
	check(&scratch, _i, "status", "cards");
	scratch_remove(&scratch);
}
END_TEST

/* Reserved, and with VFIO: as it should be. */
START_TEST(test_reserved)
{
	struct scratch scratch;
	char *text;
	int status;

	program_host(&scratch, "rocketlake-i7-11700-rtx2060", 0);
	put_text(scratch.fd, CONF, "[card 10de:1f08]\nmode = reserved\n");
	text = program_run(&status, "gpu-handoff list --sysroot %s", scratch.path);
	ck_assert(status == 0 && strstr(text, "reserved"));
	ck_assert_msg(!strstr(text, "note: "), "%s", text);
	free(text);
	scratch_remove(&scratch);
}
END_TEST

TCase *case_modes(void)
{
	TCase *tcase = suite_case("modes");

	add_rows(tcase, test_row, rows);
	tcase_add_test(tcase, test_reserved);
	return tcase;
}
