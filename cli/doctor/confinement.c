// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor: what AppArmor and SELinux leave of the hook, which runs as a child of libvirt's daemon. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/doctor/domain.h"

#define APPARMOR "module/apparmor/parameters/enabled"
#define PROFILES "kernel/security/apparmor/profiles"
#define SELINUX  "fs/selinux/enforce"

#define PROFILES_SIZE 65536
#define RULES_SIZE    65536

/* Below /etc: what QEMU may do under libvirt, and what the site adds to it. */
static const char *const rules[] = { "apparmor.d/abstractions/libvirt-qemu",
	"apparmor.d/local/abstractions/libvirt-qemu" };

bool doctor_has_apparmor(const struct host *host)
{
	char enabled[4];

	return attribute_read(host->sys, APPARMOR, enabled, sizeof(enabled)) > 0 && enabled[0] == 'Y';
}

/* Whether a text beneath a directory says a word. Returns 1, 0, -errno. */
static int says(int directory, const char *path, size_t size, const char *word)
{
	char *text = malloc(size);
	ssize_t n = text ? attribute_read(directory, path, text, size) : -ENOMEM;
	int r = n < 0 ? (int)n : strstr(text, word) != NULL;

	free(text);
	return r;
}

/*
 * What is in /usr/sbin and /usr/bin itself runs unconfined (src/security/apparmor/usr.sbin.libvirtd.in), what is deeper
 * or elsewhere does not run; of a link, what it leads to counts.
 */
static bool may_run(const char *path)
{
	static const char *const directories[] = { "/usr/sbin/", "/usr/bin/" };

	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++) {
		size_t length = strlen(directories[i]);

		if (strncmp(path, directories[i], length) == 0 && !strchr(path + length, '/'))
			return true;
	}
	return false;
}

static void look_apparmor(struct doctor *doctor)
{
	int r;

	if (!doctor_has_apparmor(doctor->host)) {
		doctor_report(doctor, FINDING_PASS, "AppArmor", NULL, "it is off");
		return;
	}
	r = says(doctor->host->sys, PROFILES, PROFILES_SIZE, "libvirtd");
	if (r == 0)
		r = says(doctor->host->sys, PROFILES, PROFILES_SIZE, "virtqemud");
	if (may_run(HOOK_PATH))
		doctor_report(doctor, FINDING_PASS, "AppArmor", NULL,
			"it is on%s; the profile of libvirt's daemon lets " HOOK_PATH " run, unconfined",
			r == 0  ? ", and confines no daemon of libvirt's"
			: r < 0 ? ""
				: ", and confines libvirt's daemon");
	else
		doctor_report(doctor, r == 0 ? FINDING_WARN : FINDING_FAIL, "AppArmor",
			"install gpu-handoff with the hook directly in /usr/sbin",
			"the profile of libvirt's daemon does not let it run " HOOK_PATH);
}

static void look_selinux(struct doctor *doctor)
{
	char enforce[4];
	ssize_t n = attribute_read(doctor->host->sys, SELINUX, enforce, sizeof(enforce));

	if (n <= 0)
		doctor_report(doctor, FINDING_PASS, "SELinux", NULL, "it is off");
	else if (enforce[0] == '0')
		doctor_report(doctor, FINDING_PASS, "SELinux", NULL, "it is permissive, and forbids nothing");
	else
		doctor_report(doctor, FINDING_WARN, "SELinux",
			"after a start of a domain, look with 'ausearch -m avc -c gpu-handoff-hook' whether anything "
			"was",
			"it is enforcing, and whether its policy keeps the hook from cards cannot be told");
}

static void look_confinement(struct doctor *doctor)
{
	if (doctor->recorded && !beneath_has(doctor->host->sys, APPARMOR) && !beneath_has(doctor->host->sys, SELINUX))
		return;
	look_apparmor(doctor);
	look_selinux(doctor);
}

const struct check check_confinement = { .name = "confinement", .look = look_confinement };

/* ---- of a domain ---- */

/* QEMU reads the CPUs of the nodes whose memory it clears there, and the rules of libvirt 9.0 have not heard of it. */
void doctor_look_rules(const struct domain_look *look)
{
	const struct host *host = look->doctor->host;
	bool said = false;

	if (look->domain.demand.n_needs == 0 || cpuset_is_empty(&look->pinning.nodes) || !doctor_has_apparmor(host) ||
		!beneath_has(host->etc, rules[0]))
		return;
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		said = said || says(host->etc, rules[i], RULES_SIZE, "cpumap") > 0;
	if (!said)
		doctor_report(look->doctor, FINDING_WARN, look->subject.s,
			finding_text(
				"add the line '@{sys}/devices/system/node/node[0-9]*/cpumap r,' to /etc/%s", rules[1])
				.s,
			"it has huge pages and <numatune>, and AppArmor may keep QEMU from a file that it reads then: "
			"the "
			"start fails with 'The nodes select no CPUs'");
}
