// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor: who may open /dev/kvm. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "cli/doctor/doctor.h"

#define SUBJECT "/dev/kvm"
#define GROUP   "kvm"
#define TRIGGER "run 'udevadm trigger " SUBJECT "' as root: udev's own rules give it to group " GROUP

#define MODE_OTHERS 0006
#define MODE_GROUP  0060

/* KVM's open() does nothing but look at the permission. That of root is nobody else's. */
static void report_group(struct doctor *doctor)
{
	bool for_all = doctor->recorded || geteuid() == 0;
	int fd CLOSE_FD = for_all ? -1 : beneath_open(doctor->host->dev, "kvm", O_RDWR, 0);

	if (for_all)
		doctor_report(doctor, FINDING_PASS, SUBJECT, NULL, "group " GROUP " may open it");
	else if (fd >= 0)
		doctor_report(doctor, FINDING_PASS, SUBJECT, NULL, "you may open it, and group " GROUP " may");
	else
		doctor_report(doctor, FINDING_WARN, SUBJECT,
			"run 'usermod -aG " GROUP " NAME' as root with your name, and log in again",
			"group " GROUP
			" may open it, and you may not: VMs at qemu:///system run all the same, those at "
			"qemu:///session do not");
}

static void look_kvm(struct doctor *doctor)
{
	int fd CLOSE_FD = beneath_open(doctor->host->dev, "kvm", O_PATH | O_NOFOLLOW, 0);
	struct stat st;
	gid_t group;
	int found;

	if (fd < 0 || fstat(fd, &st) < 0)
		return;
	found = doctor_find_group(doctor, GROUP, &group);
	if ((st.st_mode & MODE_OTHERS) == MODE_OTHERS)
		doctor_report(doctor, FINDING_PASS, SUBJECT, NULL, "everybody may open it");
	else if (found > 0 && st.st_gid == group && (st.st_mode & MODE_GROUP) == MODE_GROUP)
		report_group(doctor);
	else if (found == 0)
		doctor_report(doctor, FINDING_FAIL, SUBJECT,
			"run 'groupadd --system " GROUP "' and 'udevadm trigger " SUBJECT "' as root",
			"there is no group " GROUP ", and others than root may not open it");
	else
		doctor_report(doctor, FINDING_FAIL, SUBJECT, TRIGGER,
			"group " GROUP " may not open it: it is of group %u with mode %04o", (unsigned int)st.st_gid,
			(unsigned int)st.st_mode & 07777);
}

const struct check check_kvm = { .name = "kvm", .look = look_kvm };
