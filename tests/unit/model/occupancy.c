// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/occupancy.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/model/model.h"

static struct occupancy occupancy;
static struct holder holder;

static const struct address gpu = { .bus = 1 }, sound = { .bus = 1, .function = 1 }, other = { .bus = 2 };

static const struct {
	struct holder holder;
	const char *text;
} descriptions[] = {
	{ { .pid = 812, .command = "Xorg", .unit = { UNIT_SERVICE, UNIT_NO_UID, "gdm.service" } },
		"Xorg (pid 812, gdm.service)" },
	{ { .pid = 4, .uid = 1000, .command = "blender", .unit = { UNIT_SESSION, 1000, "session-2.scope" } },
		"blender (pid 4, session-2.scope)" },
	{ { .pid = 5,
		  .command = "gnome-shell",
		  .unit = { UNIT_USER_SERVICE, 1000, "org.gnome.Shell@wayland.service" } },
		"gnome-shell (pid 5, org.gnome.Shell@wayland.service)" },
	{ { .pid = 6, .command = "python3", .unit = { UNIT_CONTAINER, UNIT_NO_UID, "3f1c" } },
		"python3 (pid 6, container 3f1c)" },
	{ { .pid = 6, .command = "python3", .unit = { UNIT_CONTAINER, UNIT_NO_UID, "" } },
		"python3 (pid 6, container)" },
	{ { .pid = 7, .command = "qemu-system-x86", .unit = { UNIT_MACHINE, UNIT_NO_UID, "win11" } },
		"qemu-system-x86 (pid 7, win11)" },
	{ { .pid = 8, .command = "foo", .unit = { UNIT_OTHER, UNIT_NO_UID, "init.scope" } },
		"foo (pid 8, init.scope)" },
	{ { .pid = 9, .uid = 33, .command = "nvtop", .unit = { UNIT_NONE, UNIT_NO_UID, "" } },
		"nvtop (pid 9, user 33)" },
	{ { .pid = 2147483647, .uid = 4294967295, .command = "a", .unit = { UNIT_NONE, UNIT_NO_UID, "" } },
		"a (pid 2147483647, user 4294967295)" },
	/* What a process, and who starts it, may call themselves. */
	{ { .pid = 1, .command = "\x1b[2J\n'; rm", .unit = { UNIT_CONTAINER, UNIT_NO_UID, "a\r-\nb\x07-\xc3" } },
		"?[2J?'; rm (pid 1, container a?-?b?-?)" },
	{ { .pid = 1, .command = "%s%n", .unit = { UNIT_SERVICE, UNIT_NO_UID, "%n.service" } },
		"%s%n (pid 1, %n.service)" },
	{ { .pid = 1, .command = "", .unit = { UNIT_NONE, UNIT_NO_UID, "" } }, " (pid 1, user 0)" },
};

START_TEST(test_describe)
{
	char sentence[512];
	struct text text;

	text_init(&text, sentence, sizeof(sentence));
	holder_describe(&text, &descriptions[_i].holder);
	ck_assert_str_eq(sentence, descriptions[_i].text);
}
END_TEST

/* People choose the names of what is below their own systemd: one of any length leaves room for the others. */
START_TEST(test_describe_long)
{
	char sentence[1024];
	struct text text;

	memset(&holder, 0, sizeof(holder));
	holder.unit.kind = UNIT_USER_SERVICE;
	memset(holder.command, 'c', sizeof(holder.command) - 1);
	memset(holder.unit.name, 'u', sizeof(holder.unit.name) - 1);
	text_init(&text, sentence, sizeof(sentence));
	holder_describe(&text, &holder);
	ck_assert_uint_lt(strlen(sentence), 130);
	ck_assert_ptr_nonnull(strstr(sentence, "uuu..."));
	ck_assert_int_eq(sentence[strlen(sentence) - 1], ')');
}
END_TEST

static void start(void)
{
	static const struct node nodes[] = {
		{ .reach = NODE_DIRECT, .major = 195, .minor = 0, .owner = { .bus = 1 }, .name = "/dev/nvidia0" },
		{ .reach = NODE_SHARED, .major = 195, .minor = 255, .name = "/dev/nvidiactl" },
		{ .reach = NODE_DIRECT, .major = 226, .minor = 1, .owner = { .bus = 1 }, .name = "/dev/dri/card1" },
		{ .block = true, .major = 226, .minor = 2, .owner = { .bus = 2 }, .name = "/dev/odd" },
		{ .reach = NODE_DIRECT, .major = 195, .minor = 1, .owner = { .bus = 2 }, .name = "/dev/nvidia1" },
		{ .reach = NODE_CONSOLE, .major = 4, .minor = 1, .owner = { .bus = 1 }, .name = "/dev/tty1" },
	};

	memset(&occupancy, 0, sizeof(occupancy));
	for (int i = 0; i < COUNT(nodes); i++)
		ck_assert_int_eq(nodes_add(&occupancy.nodes, &nodes[i]), 0);
	memset(&holder, 0, sizeof(holder));
}

static const struct {
	int opened, mapped; /* -1 for none */
	bool dma_buf;
	const char *gpu, *other; /* the node that it has of them */
	bool suspect;
} rows[] = {
	{ -1, -1, false, NULL, NULL, false },
	{ 0, -1, false, "/dev/nvidia0", NULL, false },
	{ -1, 0, false, "/dev/nvidia0", NULL, false },
	{ 2, 0, false, "/dev/nvidia0", NULL, false },
	{ 1, -1, false, NULL, NULL, true },
	{ 1, 2, false, "/dev/dri/card1", NULL, true },
	{ -1, -1, true, NULL, NULL, true },
	{ 4, 1, false, NULL, "/dev/nvidia1", true },
	{ 3, -1, false, NULL, "/dev/odd", false },
	{ 5, -1, false, "/dev/tty1", NULL, false },
};

START_TEST(test_find)
{
	const struct node *node;

	start();
	if (rows[_i].opened >= 0)
		node_set_add(&holder.opened, (unsigned int)rows[_i].opened);
	if (rows[_i].mapped >= 0)
		node_set_add(&holder.mapped, (unsigned int)rows[_i].mapped);
	holder.dma_buf = rows[_i].dma_buf;
	node = occupancy_find_node(&occupancy, &holder, gpu);
	ck_assert_pstr_eq(node ? node->name : NULL, rows[_i].gpu);
	node = occupancy_find_node(&occupancy, &holder, other);
	ck_assert_pstr_eq(node ? node->name : NULL, rows[_i].other);
	/* A shared node has no owner: the function at 0000:00:00.0 is none. */
	ck_assert_ptr_null(occupancy_find_node(&occupancy, &holder, (struct address){ 0 }));
	ck_assert_int_eq(occupancy_suspects(&occupancy, &holder), rows[_i].suspect);
	ck_assert(!occupancy_is_held(&occupancy, gpu));
	occupancy.holders.holders[occupancy.holders.n_holders++] = holder;
	ck_assert_int_eq(occupancy_is_held(&occupancy, gpu), rows[_i].gpu != NULL);
	ck_assert_int_eq(occupancy_is_held(&occupancy, other), rows[_i].other != NULL);
	ck_assert(!occupancy_is_held(&occupancy, sound));
}
END_TEST

START_TEST(test_facts)
{
	struct function function = { .address = gpu };

	start();
	ck_assert(occupancy_has_drm(&occupancy, gpu));
	/* A block device of that number is none. */
	ck_assert(!occupancy_has_drm(&occupancy, other));
	ck_assert_int_eq(inventory_put(&occupancy.functions, &function), 0);
	function.address = other;
	ck_assert_int_eq(inventory_put(&occupancy.functions, &function), 0);
	occupancy.activity.functions[0].vectors = 3;
	occupancy.activity.functions[1].vectors = 5;
	ck_assert_uint_eq(occupancy_activity(&occupancy, gpu)->vectors, 3);
	ck_assert_uint_eq(occupancy_activity(&occupancy, other)->vectors, 5);
	ck_assert_uint_eq(occupancy_activity(&occupancy, sound)->vectors, 0);
	ck_assert_ptr_null(occupancy_find_persistence(&occupancy, gpu));
	occupancy.persistences[occupancy.n_persistences++] = (struct persistence){ .address = other, .enabled = true };
	ck_assert_ptr_null(occupancy_find_persistence(&occupancy, gpu));
	ck_assert(occupancy_find_persistence(&occupancy, other)->enabled);
}
END_TEST

TCase *case_occupancy(void)
{
	TCase *tcase = suite_case("occupancy");

	add_rows(tcase, test_describe, descriptions);
	tcase_add_test(tcase, test_describe_long);
	add_rows(tcase, test_find, rows);
	tcase_add_test(tcase, test_facts);
	return tcase;
}
