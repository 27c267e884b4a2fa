// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * doctor: the file of a ROM. libvirt gives it no label and no owner, and its helper for AppArmor passes it by
 * (src/security/virt-aa-helper.c), so QEMU has to be able to read it as it is.
 */
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "cli/doctor/domain.h"

#define EVERYBODY "/usr/share/vgabios/"

/* abstractions/libvirt-qemu of libvirt, which Debian and SUSE ship. */
static const char *const allowed[] = { EVERYBODY, "/usr/share/qemu/", "/usr/share/kvm/", "/usr/share/seabios/" };

/* What a site adds to it. */
#define SITE      "apparmor.d/local/abstractions/libvirt-qemu"
#define SITE_SIZE 65536

/* Who QEMU is: Debian, Fedora and others. */
static const char *const accounts[] = { "libvirt-qemu", "qemu" };

/* Everybody may, or an account of QEMU's; of root nothing is assumed, who QEMU need not be. */
static bool may(const struct stat *st, mode_t everybody)
{
	if (st->st_mode & everybody)
		return true;
	for (size_t i = 0; i < sizeof(accounts) / sizeof(accounts[0]); i++) {
		const struct passwd *account = getpwnam(accounts[i]);

		if (account && ((st->st_uid == account->pw_uid && (st->st_mode & (everybody << 6))) ||
				       (st->st_gid == account->pw_gid && (st->st_mode & (everybody << 3)))))
			return true;
	}
	return false;
}

/* Shortens the path to the directory above. Returns false at the root. */
static bool go_up(char *path)
{
	char *slash = strrchr(path, '/');

	if (!slash || slash == path)
		return false;
	*slash = '\0';
	return true;
}

/* Whether QEMU may come to the file, and read it; path is the directory or file where it may not. Returns 1, 0, -errno.
 */
static int is_readable(char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return -errno;
	if (!may(&st, S_IROTH))
		return 0;
	while (go_up(path)) {
		if (stat(path, &st) < 0)
			return -errno;
		if (!may(&st, S_IXOTH))
			return 0;
	}
	return 1;
}

/* ---- AppArmor ---- */

/* What the site allows is not understood: that it names the directory has to do. */
static bool site_names(const struct host *host, const char *file)
{
	char directory[ROM_FILE_SIZE], *text = malloc(SITE_SIZE);
	bool ret = false;

	if (text && text_copy(directory, sizeof(directory), file) == 0 && go_up(directory))
		ret = attribute_read(host->etc, SITE, text, SITE_SIZE) > 0 && strstr(text, directory);
	free(text);
	return ret;
}

static bool is_allowed(const struct host *host, const char *file)
{
	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) {
		if (strncmp(file, allowed[i], strlen(allowed[i])) == 0)
			return true;
	}
	return site_names(host, file);
}

/* ---- what is found ---- */

/* The file behind all links, which the caller frees. Of a recorded machine only /usr is known. Returns 0, -errno. */
static int resolve(const struct doctor *doctor, const char *file, char **ret)
{
	static const char usr[] = "/usr/";

	if (file[0] != '/')
		return -EINVAL;
	if (doctor->recorded && strncmp(file, usr, strlen(usr)) == 0 &&
		!beneath_has(doctor->host->usr, file + strlen(usr)))
		return -ENOENT;
	*ret = doctor->recorded ? strdup(file) : realpath(file, NULL);
	return *ret ? 0 : -errno;
}

static void look_resolved(const struct domain_look *look, const char *of, char *file)
{
	struct doctor *doctor = look->doctor;
	int r = 1;

	if (doctor_has_apparmor(doctor->host) && !is_allowed(doctor->host, file)) {
		doctor_report(doctor, FINDING_FAIL, look->subject.s,
			"copy it to " EVERYBODY " and name that with 'virsh edit'",
			"the ROM of %s, '%s', is where AppArmor lets no QEMU read", of, file);
		return;
	}
	if (!doctor->recorded)
		r = is_readable(file);
	if (r <= 0)
		doctor_report(doctor, FINDING_WARN, look->subject.s,
			"let everybody read it, or copy it to " EVERYBODY " and name that with 'virsh edit'",
			"the ROM of %s may be closed to QEMU: '%s' is not open to everybody, nor to QEMU's account", of,
			file);
	else
		doctor_report(
			doctor, FINDING_PASS, look->subject.s, NULL, "the ROM of %s is where QEMU may read it", of);
}

void doctor_look_rom(const struct domain_look *look, const struct hostdev_traits *hostdev)
{
	struct address_text of = address_text(hostdev->address);
	char *file = NULL;
	int r = resolve(look->doctor, hostdev->rom_file, &file);

	if (r < 0)
		doctor_report(look->doctor, FINDING_FAIL, look->subject.s,
			"name the file of the card's ROM with 'virsh edit', or remove its <rom> element",
			"the ROM of %s, '%s', cannot be had: %s", of.s, hostdev->rom_file,
			r == -EINVAL ? "it is no path from the root" : strerror(-r));
	else
		look_resolved(look, of.s, file);
	free(file);
}
