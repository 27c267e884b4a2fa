// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor: a group of the host, asked as its programs ask. */
#include <errno.h>
#include <grp.h>

#include "cli/doctor/doctor.h"
#include "probe/accounts.h"

int doctor_find_group(const struct doctor *doctor, const char *name, gid_t *ret)
{
	const struct group *group;

	if (doctor->recorded)
		return accounts_find_group(doctor->host, name, ret);
	errno = 0;
	group = getgrnam(name);
	if (!group)
		return -errno;
	*ret = group->gr_gid;
	return 1;
}
