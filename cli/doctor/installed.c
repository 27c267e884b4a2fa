// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor: udev's rules are there and of this version, and recovery is started with libvirt's daemon. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "cli/doctor/doctor.h"

#define RULES   "lib/udev/rules.d"
#define UNITS   "lib/systemd/system"
#define UNIT    "gpu-handoff-recover.service"
#define INSTALL "run 'make install', or install the package again"

/* Each says in its beginning of which version it is: "# gpu-handoff 0.1.0". */
#define MARK           "\n# gpu-handoff " VERSION "\n"
#define BEGINNING_SIZE 512

static const char *const files[] = { "60-gpu-handoff.rules", "72-gpu-handoff.rules" };

static bool is_of_this_version(int directory, const char *path)
{
	int fd CLOSE_FD = beneath_open(directory, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
	char text[BEGINNING_SIZE + 1];
	ssize_t n = fd < 0 ? fd : fd_read_all(fd, text, BEGINNING_SIZE);

	if (n < 0 && n != -E2BIG)
		return false;
	text[n < 0 ? BEGINNING_SIZE : n] = '\0';
	return strstr(text, MARK);
}

static void look_rules(struct doctor *doctor, const char *file)
{
	const struct host *host = doctor->host;
	char path[64], hiding[64];

	(void)snprintf(path, sizeof(path), RULES "/%s", file);
	(void)snprintf(hiding, sizeof(hiding), "udev/rules.d/%s", file);
	if (!beneath_has(host->usr, path))
		doctor_report(doctor, FINDING_FAIL, file, INSTALL,
			"it is not in /usr/" RULES ": no card is kept free or reserved, and nothing follows a VM");
	else if (beneath_has(host->etc, hiding))
		doctor_report(doctor, FINDING_WARN, file,
			finding_text("take /etc/%s away, unless it is meant", hiding).s,
			"/etc/%s is there, and udev reads that in the place of ours", hiding);
	else if (!is_of_this_version(host->usr, path))
		doctor_report(doctor, FINDING_FAIL, file, INSTALL ", and run 'udevadm control --reload' as root",
			"it is not of this version, " VERSION);
	else
		doctor_report(doctor, FINDING_PASS, file, NULL, "udev has it, of this version, " VERSION);
}

/* By our own links, or by somebody's 'systemctl enable' or 'add-wants'. */
static bool is_wanted(const struct host *host)
{
	static const char *const daemons[] = { "libvirtd", "virtqemud" };
	char path[128];

	for (size_t i = 0; i < sizeof(daemons) / sizeof(daemons[0]); i++) {
		char link[64];
		int directory CLOSE_FD = -1;

		(void)snprintf(path, sizeof(path), UNITS "/%s.service.wants", daemons[i]);
		directory = beneath_open(host->usr, path, O_PATH | O_DIRECTORY, 0);
		if (directory >= 0 && attribute_link_name(directory, UNIT, link, sizeof(link)) >= 0)
			return true;
		(void)snprintf(path, sizeof(path), "systemd/system/%s.service.wants/" UNIT, daemons[i]);
		if (beneath_has(host->etc, path))
			return true;
	}
	return false;
}

/* A link to /dev/null, which leads out of /etc. */
static bool is_masked(const struct host *host)
{
	int directory CLOSE_FD = beneath_open(host->etc, "systemd/system", O_PATH | O_DIRECTORY, 0);
	char target[64];

	return directory >= 0 && attribute_link_name(directory, UNIT, target, sizeof(target)) > 0 &&
	       strcmp(target, "null") == 0;
}

static void look_unit(struct doctor *doctor)
{
	const struct host *host = doctor->host;

	if (is_masked(host))
		doctor_report(doctor, FINDING_FAIL, UNIT, "run 'systemctl unmask " UNIT "' as root",
			"it is masked: after a crash of libvirt's daemon nothing gives cards back");
	else if (!beneath_has(host->usr, UNITS "/" UNIT) || !is_wanted(host))
		doctor_report(doctor, FINDING_FAIL, UNIT, INSTALL,
			"it is not started with libvirt's daemon: after a crash of that nothing gives cards back");
	else
		doctor_report(doctor, FINDING_PASS, UNIT, NULL, "it is started with libvirt's daemon");
}

/* What is not recorded at all tells nothing. */
static void look_installed(struct doctor *doctor)
{
	const struct host *host = doctor->host;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (!doctor->recorded || beneath_has(host->usr, RULES))
			look_rules(doctor, files[i]);
	}
	if (!doctor->recorded || beneath_has(host->usr, UNITS))
		look_unit(doctor);
}

const struct check check_installed = { .name = "installed", .look = look_installed };
