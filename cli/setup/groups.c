// SPDX-License-Identifier: GPL-2.0-or-later
/* setup: who has run sudo may speak to libvirt and open /dev/kvm. Only users and groups of /etc: these can be changed.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/setup/setup.h"
#include "host/tool.h"
#include "probe/accounts.h"

static const char *const groups[] = { "libvirt", "kvm" };

static int add_group(struct setup *setup, const struct host *host, const char *group, const char *user, gid_t own,
	struct refusal *refusal)
{
	char run[SETUP_COMMAND_SIZE], undo[SETUP_COMMAND_SIZE];
	gid_t number = 0;

	if (accounts_find_group(host, group, &number) != 1 || number == own ||
		accounts_is_member(host, group, user) != 0)
		return 0;
	(void)snprintf(run, sizeof(run), "usermod\t-aG\t%s\t%s", group, user);
	(void)snprintf(undo, sizeof(undo), "gpasswd\t-d\t%s\t%s", user, group);
	setup->wants_login = true;
	return setup_add_command(setup, run, undo, refusal);
}

int groups_add(struct setup *setup, const struct host *host, struct notes *notes, struct refusal *refusal)
{
	const char *sudo = getenv("SUDO_UID");
	char user[USER_NAME_SIZE];
	uint64_t uid;
	gid_t own = 0;
	int r = 0;

	if (!sudo || text_parse_number(sudo, 10, UINT32_MAX - 1, &uid) < 0 || uid == 0)
		return 0;
	if (accounts_find_user(host, (uid_t)uid, user, &own) != 1) {
		notes_add(notes,
			"user %u, who ran sudo, is not in '/etc/passwd'; where that user comes from, have the "
			"groups libvirt and kvm added",
			(unsigned int)uid);
		return 0;
	}
	if (!tool_is_there(host, "usermod") || !tool_is_there(host, "gpasswd"))
		return 0;
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]) && r >= 0; i++)
		r = add_group(setup, host, groups[i], user, own, refusal);
	return r;
}
