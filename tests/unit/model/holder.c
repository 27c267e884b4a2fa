// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/holder.h"

#include <errno.h>
#include <string.h>

#include "model/occupancy.h"
#include "tests/unit/model/model.h"

static struct nodes nodes;

/* Once for its number and owner: a name is no difference, the kind of device and the owner are. */
START_TEST(test_nodes_once)
{
	const struct node node = { .major = 195, .minor = 3, .owner = { .bus = 1 }, .name = "/dev/nvidia3" };
	struct node other = node;

	nodes.n_nodes = 0;
	ck_assert_int_eq(nodes_add(&nodes, &node), 0);
	other.name[0] = '\0';
	ck_assert_int_eq(nodes_add(&nodes, &other), 0);
	ck_assert_uint_eq(nodes.n_nodes, 1);
	ck_assert_str_eq(nodes.nodes[0].name, "/dev/nvidia3");
	other.owner.bus = 2;
	ck_assert_int_eq(nodes_add(&nodes, &other), 0);
	other.block = true;
	ck_assert_int_eq(nodes_add(&nodes, &other), 0);
	other.minor = 4;
	ck_assert_int_eq(nodes_add(&nodes, &other), 0);
	other.major = 226;
	ck_assert_int_eq(nodes_add(&nodes, &other), 0);
	ck_assert_uint_eq(nodes.n_nodes, 5);
}
END_TEST

START_TEST(test_nodes_full)
{
	struct node node = { .major = 4 };

	nodes.n_nodes = 0;
	for (node.minor = 0; node.minor < NODES_MAX; node.minor++)
		ck_assert_int_eq(nodes_add(&nodes, &node), 0);
	ck_assert_int_eq(nodes_add(&nodes, &node), -E2BIG);
	ck_assert_uint_eq(nodes.n_nodes, NODES_MAX);
	/* One that is there needs no room. */
	node.minor = 7;
	ck_assert_int_eq(nodes_add(&nodes, &node), 0);
}
END_TEST

START_TEST(test_set)
{
	static const unsigned int members[] = { 0, 1, 63, 64, 300, NODES_MAX - 1 };
	struct node_set set = { { 0 } };
	int n = 0;

	ck_assert(node_set_is_empty(&set));
	for (int i = 0; i < COUNT(members); i++)
		node_set_add(&set, members[i]);
	for (unsigned int i = 0; i < NODES_MAX; i++)
		n += node_set_has(&set, i);
	ck_assert_int_eq(n, COUNT(members));
	for (int i = 0; i < COUNT(members); i++)
		ck_assert(node_set_has(&set, members[i]));
	node_set_add(&set, NODES_MAX);
	ck_assert(!node_set_has(&set, NODES_MAX));
	ck_assert(!node_set_is_empty(&set));
}
END_TEST

/* logind has a console open to keep it free, which is no use of the card; a getty's, or logind's GPU, is. */
START_TEST(test_reserved_console)
{
	static struct occupancy occupancy;
	const struct address gpu = { .bus = 1 };
	struct holder *holder = &occupancy.holders.holders[0];

	memset(&occupancy, 0, sizeof(occupancy));
	ck_assert_int_eq(nodes_add(&occupancy.nodes,
				 &(struct node){ .reach = NODE_CONSOLE, .major = 4, .minor = 6, .owner = gpu }),
		0);
	ck_assert_int_eq(nodes_add(&occupancy.nodes, &(struct node){ .major = 226, .owner = gpu }), 0);
	occupancy.holders.n_holders = 1;
	holder->unit = (struct unit){ .kind = UNIT_SERVICE, .name = "systemd-logind.service" };
	node_set_add(&holder->opened, 0);
	ck_assert(!occupancy_is_held(&occupancy, gpu));
	node_set_add(&holder->opened, 1);
	ck_assert_ptr_eq(occupancy_find_node(&occupancy, holder, gpu), &occupancy.nodes.nodes[1]);
	holder->unit = (struct unit){ .kind = UNIT_SERVICE, .name = "getty@tty6.service" };
	ck_assert_ptr_eq(occupancy_find_node(&occupancy, holder, gpu), &occupancy.nodes.nodes[0]);
}
END_TEST

TCase *case_holder(void)
{
	TCase *tcase = suite_case("holder");

	tcase_add_test(tcase, test_nodes_once);
	tcase_add_test(tcase, test_nodes_full);
	tcase_add_test(tcase, test_set);
	tcase_add_test(tcase, test_reserved_console);
	return tcase;
}
