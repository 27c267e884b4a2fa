// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor: our hook is where libvirt looks for it, is ours alone to change, and the daemon knows of it. */
#include "cli/doctor/hooks.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "host/manager.h"

#define LINK    HOOKS_DIRECTORY "/" HOOKS_OURS
#define SUBJECT "/etc/" LINK

#define ASK_DEADLINE_MS    5000
#define RELOAD_DEADLINE_MS 30000

/* ---- the program ---- */

/* Where it was installed, beneath /usr; elsewhere it is not looked for. Returns the descriptor, -errno. */
static int open_program(const struct host *host, int flags)
{
	static const char usr[] = "/usr/", program[] = HOOK_PATH;

	return strncmp(program, usr, strlen(usr)) == 0 ? beneath_open(host->usr, program + strlen(usr), flags, 0)
						       : -ENOENT;
}

/* A recorded machine's files are of whoever has recorded them. */
static void look_program(struct doctor *doctor)
{
	int fd CLOSE_FD = open_program(doctor->host, O_PATH | O_NOFOLLOW);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		doctor_report(doctor, FINDING_FAIL, HOOK_PATH, "install gpu-handoff again", "the hook is not there: %s",
			fd < 0 ? strerror(-fd) : strerror(errno));
	else if (!S_ISREG(st.st_mode) || (st.st_mode & 0111) != 0111)
		doctor_report(doctor, FINDING_FAIL, HOOK_PATH, "run 'chmod 755 " HOOK_PATH "' as root",
			"the hook cannot be run: its mode is %04o", (unsigned int)st.st_mode & 07777);
	else if ((st.st_mode & 022) || (st.st_uid != 0 && !doctor->recorded))
		doctor_report(doctor, FINDING_FAIL, HOOK_PATH,
			"run 'chown root:root " HOOK_PATH "' and 'chmod 755 " HOOK_PATH "' as root",
			"others than root may change what libvirt runs as root: it is of user %u, with mode %04o",
			(unsigned int)st.st_uid, (unsigned int)st.st_mode & 07777);
	else
		doctor_report(doctor, FINDING_PASS, HOOK_PATH, NULL, "the hook is there, and root's alone to change");
}

/* ---- the link ---- */

/* What the link says. Returns 1; 0 for what is no link; -errno. */
static int read_link(const struct host *host, char *target, size_t size)
{
	int directory CLOSE_FD = beneath_open(host->etc, HOOKS_DIRECTORY, O_PATH | O_DIRECTORY, 0);
	ssize_t length;

	if (directory < 0)
		return directory;
	length = readlinkat(directory, HOOKS_OURS, target, size - 1);
	if (length < 0)
		return errno == EINVAL ? 0 : -errno;
	target[length] = '\0';
	return 1;
}

#define MAKE_LINK "run 'ln -sfn " HOOK_PATH " " SUBJECT "' as root, and reload libvirt's daemon"

/* Returns whether it leads where it should. */
static bool look_link(struct doctor *doctor)
{
	char target[512];
	int r = read_link(doctor->host, target, sizeof(target));

	if (r == -EACCES)
		doctor_report(doctor, FINDING_WARN, SUBJECT, "run 'gpu-handoff doctor' as root",
			"whether libvirt finds the hook cannot be told: %s", strerror(-r));
	else if (r < 0)
		doctor_report(doctor, FINDING_FAIL, SUBJECT,
			"run 'mkdir -p /etc/" HOOKS_DIRECTORY "' as root, then " MAKE_LINK,
			"libvirt does not find the hook, and starts domains without it: %s", strerror(-r));
	else if (r == 0)
		doctor_report(doctor, FINDING_WARN, SUBJECT, MAKE_LINK,
			"it is no link to " HOOK_PATH ": a copy stays as old as it is");
	else if (strcmp(target, HOOK_PATH) != 0)
		doctor_report(doctor, FINDING_FAIL, SUBJECT, MAKE_LINK, "it leads to '%s', not to " HOOK_PATH, target);
	else
		doctor_report(doctor, FINDING_PASS, SUBJECT, NULL, "libvirt finds the hook");
	return r > 0 && strcmp(target, HOOK_PATH) == 0;
}

/* ---- the label ---- */

/* Who runs it stays in the daemon's domain where that is allowed to run programs; a label of data forbids it. */
static void look_label(struct doctor *doctor)
{
	static const char *const good[] = { ":bin_t:", ":virt_hook_t:" };
	int fd CLOSE_FD =
		beneath_has(doctor->host->sys, "fs/selinux/enforce") ? open_program(doctor->host, O_RDONLY) : -1;
	char label[256] = "";

	if (fd < 0 || fgetxattr(fd, "security.selinux", label, sizeof(label) - 1) <= 0)
		return;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (strstr(label, good[i])) {
			doctor_report(doctor, FINDING_PASS, HOOK_PATH, NULL, "its SELinux label is %s", label);
			return;
		}
	}
	doctor_report(doctor, FINDING_FAIL, HOOK_PATH, "run 'restorecon -v " HOOK_PATH "' as root",
		"its SELinux label is %s, which libvirt's daemon may not run", label);
}

/* ---- the daemon ---- */

struct age {
	const struct doctor *doctor;
	time_t since; /* of the daemon */
	bool found;   /* a hook that was there before */
};

/* Adds the time since boot, which goes on while the host sleeps. */
static time_t find_start(const struct daemon_found *found)
{
	struct timespec now, up;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	(void)clock_gettime(CLOCK_BOOTTIME, &up);
	return now.tv_sec - up.tv_sec + (time_t)(found->start / (uint64_t)sysconf(_SC_CLK_TCK));
}

/* When the daemon last looked for hooks: as it started, or as it was reloaded. */
static time_t find_look(const struct doctor *doctor, const struct daemon_kind *kind, const struct daemon_found *found)
{
	time_t start = find_start(found), change;
	uint64_t change_us = 0;

	if (doctor->host->manager->get_unit_change(doctor->host, kind->service, &change_us, ASK_DEADLINE_MS) < 0)
		return start;
	change = (time_t)(change_us / 1000000);
	return change > start ? change : start;
}

static void visit_hook(void *data, const char *path)
{
	struct age *age = (struct age *)data;
	struct stat st;

	if (doctor_stat(age->doctor->host->etc, path, &st) == 0 && st.st_ctim.tv_sec <= age->since)
		age->found = true;
}

/*
 * Whether there is any hook for QEMU is asked once, as the daemon starts or is reloaded (virHookInitialize() in
 * src/util/virhook.c); which ones there are is asked at each call.
 */
static bool is_known(const struct doctor *doctor, const struct daemon_kind *kind, const struct daemon_found *found)
{
	struct age age = { .doctor = doctor, .since = find_look(doctor, kind, found) };

	doctor_each_hook(doctor->host, visit_hook, &age);
	return age.found;
}

/* Nobody is asked of a recorded machine, and no clock of it goes. */
static void look_known(struct doctor *doctor)
{
	struct daemon_found found[DAEMON_KINDS];

	if (doctor->recorded)
		return;
	doctor_find_daemons(doctor, found);
	for (size_t i = 0; i < DAEMON_KINDS; i++) {
		if (!found[i].pid)
			continue;
		if (is_known(doctor, &daemon_kinds[i], &found[i]))
			doctor_report(doctor, FINDING_PASS, daemon_kinds[i].program, NULL,
				"it has looked for hooks since there is one");
		else
			doctor_report(doctor, FINDING_WARN, daemon_kinds[i].program,
				finding_text("run 'systemctl reload %s' as root, which no domain minds",
					daemon_kinds[i].service)
					.s,
				"it may not know that there are hooks: it has not looked since the oldest was put "
				"there");
	}
}

/* A reload is enough, and no domain minds it. */
static void mend_hooks(struct doctor *doctor)
{
	struct daemon_found found[DAEMON_KINDS];
	const struct host *host = doctor->host;
	char target[512];

	if (doctor->recorded || read_link(host, target, sizeof(target)) <= 0)
		return;
	doctor_find_daemons(doctor, found);
	for (size_t i = 0; i < DAEMON_KINDS; i++) {
		int r;

		if (!found[i].pid || is_known(doctor, &daemon_kinds[i], &found[i]))
			continue;
		r = host->manager->reload_unit(host, daemon_kinds[i].service, RELOAD_DEADLINE_MS);
		doctor_mended(doctor, "%s %s%s%s", daemon_kinds[i].service,
			r < 0 ? "could not be reloaded, so that it looks for hooks: "
			      : "was reloaded, and looks for hooks",
			r < 0 ? strerror(-r) : "", r < 0 ? "; run 'systemctl reload' of it" : "");
	}
}

static void look_hooks(struct doctor *doctor)
{
	if (doctor->recorded && !beneath_has(doctor->host->etc, "libvirt"))
		return;
	look_program(doctor);
	if (look_link(doctor))
		look_known(doctor);
	look_label(doctor);
}

const struct check check_hooks = { .name = "hooks", .look = look_hooks, .mend = mend_hooks };
