/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: the groups of a recorded host, by its own /etc/group (group(5)); of the running one getgrnam(3) has more.
 * And its users, by /etc/passwd (passwd(5)): those that usermod(8) can change.
 */
#pragma once

#include <sys/types.h>

#include "host/host.h"

/* Finds a group by its name. Returns 1 and *ret, 0 when the file has none of that name or is not there, -errno. */
int accounts_find_group(const struct host *host, const char *name, gid_t *ret);

/* The same in the text of such a file. Returns 1 or 0. Pure. */
int accounts_parse_group(const char *text, const char *name, gid_t *ret);

/* A name that useradd(8) makes (32 characters), with its end. */
#define USER_NAME_SIZE 33

/*
 * The name of a user, and the number of his own group, by his number. Returns 1, 0 when there is none, -EINVAL when the
 * name is not one of letters, digits, '_', '-' and '.' that begins with a letter or '_'; -errno.
 */
int accounts_find_user(const struct host *host, uid_t uid, char name[USER_NAME_SIZE], gid_t *ret_group);

/* The same in the text of such a file. Pure. */
int accounts_parse_user(const char *text, uid_t uid, char name[USER_NAME_SIZE], gid_t *ret_group);

/* Whether a group has this member, in the host's file. Returns 1, 0, -errno. */
int accounts_is_member(const struct host *host, const char *group, const char *user);

/* The same in the text of such a file. Returns 1 or 0. Pure. */
int accounts_parse_member(const char *text, const char *group, const char *user);
