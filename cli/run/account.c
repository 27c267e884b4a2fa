// SPDX-License-Identifier: GPL-2.0-or-later
/* The user whom a command runs as. All is asked before a card is taken: a directory service may keep us waiting. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/run/run.h"

int account_find(const char *name, struct account *ret, struct refusal *refusal)
{
	const struct passwd *user;

	*ret = (struct account){ .name = name };
	if (!name)
		return 0;
	errno = 0;
	user = getpwnam(name);
	if (!user && errno != 0 && errno != ENOENT && errno != ESRCH)
		return refusal_set(refusal, REFUSAL_INPUT, "cannot ask for user '%s': %s", name, strerror(errno));
	if (!user)
		return refusal_set(refusal, REFUSAL_INPUT, "there is no user '%s'; see 'getent passwd'", name);
	ret->uid = user->pw_uid;
	ret->gid = user->pw_gid;
	ret->n_groups = ACCOUNT_GROUPS_MAX;
	if (text_copy(ret->home, sizeof(ret->home), user->pw_dir) < 0 ||
		getgrouplist(name, ret->gid, ret->groups, &ret->n_groups) < 0)
		return refusal_set(refusal, REFUSAL_INPUT,
			"user '%s' is in more than %d groups, or has a home that is too long; use another one", name,
			ACCOUNT_GROUPS_MAX);
	return 0;
}

int account_become(const struct account *account)
{
	if (!account->name)
		return 0;
	if (setgroups((size_t)account->n_groups, account->groups) < 0 || setgid(account->gid) < 0 ||
		setuid(account->uid) < 0)
		return -errno;
	if (setenv("HOME", account->home, 1) < 0 || setenv("USER", account->name, 1) < 0 ||
		setenv("LOGNAME", account->name, 1) < 0)
		return -errno;
	return 0;
}
