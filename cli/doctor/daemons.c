// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor: which of libvirt's daemons runs domains here, the one for all or the modular one, and that it is one. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "cli/doctor/hooks.h"
#include "probe/process_stat.h"

const struct daemon_kind daemon_kinds[DAEMON_KINDS] = {
	{ "libvirtd", "libvirtd.service", "libvirtd.socket", "libvirt/libvirt-sock" },
	{ "virtqemud", "virtqemud.service", "virtqemud.socket", "libvirt/virtqemud-sock" },
};

#define SUBJECT "libvirt's daemon"

/* ---- processes ---- */

static bool is_named(const struct process_stat *stat, const char *name)
{
	return stat->name_length == strlen(name) && memcmp(stat->name, name, stat->name_length) == 0;
}

/* A process's directory in /proc is its user's; a recorded one is of whoever has recorded it. */
static bool is_of_system(const struct doctor *doctor, const char *pid)
{
	struct stat st;

	return doctor->recorded || (doctor_stat(doctor->host->proc, pid, &st) == 0 && st.st_uid == 0);
}

static void add_process(const struct doctor *doctor, const char *name, struct daemon_found found[DAEMON_KINDS])
{
	char text[PROCESS_STAT_SIZE];
	struct process_stat stat;
	uint64_t pid;

	if (text_parse_number(name, 10, INT32_MAX, &pid) < 0 ||
		process_stat_read(doctor->host, (pid_t)pid, text, &stat) <= 0)
		return;
	for (size_t i = 0; i < DAEMON_KINDS; i++) {
		if (found[i].pid == 0 && is_named(&stat, daemon_kinds[i].program) && is_of_system(doctor, name))
			found[i] = (struct daemon_found){ .pid = (pid_t)pid, .start = stat.start };
	}
}

void doctor_find_daemons(const struct doctor *doctor, struct daemon_found ret[DAEMON_KINDS])
{
	const struct dirent *entry;
	DIR *directory;

	memset(ret, 0, DAEMON_KINDS * sizeof(ret[0]));
	if (beneath_list(doctor->host->proc, ".", &directory) < 0)
		return;
	while ((entry = readdir(directory)))
		add_process(doctor, entry->d_name, ret);
	(void)closedir(directory);
}

/* ---- units ---- */

/* What 'systemctl enable' makes. */
static bool is_enabled(const struct host *host, const struct daemon_kind *kind)
{
	static const char *const wants[] = { "sockets.target.wants", "multi-user.target.wants" };
	char path[128];

	for (size_t i = 0; i < sizeof(wants) / sizeof(wants[0]); i++) {
		for (int j = 0; j < 2; j++) {
			struct stat st;

			(void)snprintf(path, sizeof(path), "systemd/system/%s/%s", wants[i],
				j ? kind->service : kind->socket_unit);
			/* The link alone: it leads to the root. */
			if (doctor_stat(host->etc, path, &st) == 0)
				return true;
		}
	}
	return false;
}

static bool is_installed(const struct host *host, const struct daemon_kind *kind)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "lib/systemd/system/%s", kind->service);
	return beneath_has(host->usr, path);
}

static void report_none(struct doctor *doctor)
{
	for (size_t i = DAEMON_KINDS; i-- > 0;) {
		if (is_installed(doctor->host, &daemon_kinds[i])) {
			doctor_report(doctor, FINDING_FAIL, SUBJECT,
				finding_text("run 'systemctl enable --now %s' as root", daemon_kinds[i].socket_unit).s,
				"%s does not run, and nobody listens at /run/%s for it", daemon_kinds[i].program,
				daemon_kinds[i].socket);
			return;
		}
	}
	doctor_report(doctor, FINDING_FAIL, SUBJECT,
		"install it: on Debian and Ubuntu the package libvirt-daemon-system, on Fedora and SUSE "
		"libvirt-daemon-qemu, on Arch libvirt",
		"neither libvirtd nor virtqemud is here");
}

/* Of two, only one has the lock of the driver, and which one virsh talks to is chance. */
static void report_both(struct doctor *doctor)
{
	doctor_report(doctor, FINDING_WARN, SUBJECT,
		"keep one of them: run 'systemctl disable --now libvirtd.service libvirtd.socket libvirtd-ro.socket "
		"libvirtd-admin.socket' as root for virtqemud",
		"libvirtd and virtqemud are both at work, or enabled, and both want to run the same domains");
}

static void look_daemons(struct doctor *doctor)
{
	const struct host *host = doctor->host;
	struct daemon_found found[DAEMON_KINDS];
	bool enabled[DAEMON_KINDS];
	unsigned int n = 0;

	doctor_find_daemons(doctor, found);
	for (size_t i = 0; i < DAEMON_KINDS; i++)
		enabled[i] = is_enabled(host, &daemon_kinds[i]);
	if ((enabled[0] && enabled[1]) || (found[0].pid && found[1].pid)) {
		report_both(doctor);
		return;
	}
	for (size_t i = 0; i < DAEMON_KINDS; i++) {
		if (!found[i].pid && !beneath_has(host->run, daemon_kinds[i].socket))
			continue;
		n++;
		doctor_report(doctor, FINDING_PASS, SUBJECT, NULL, "%s %s", daemon_kinds[i].program,
			found[i].pid ? "runs" : "is started when it is asked");
		break;
	}
	if (n == 0 && !doctor->recorded)
		report_none(doctor);
}

const struct check check_daemons = { .name = "daemon", .look = look_daemons };
