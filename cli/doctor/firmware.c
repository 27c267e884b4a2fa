// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * doctor: UEFI firmware that libvirt finds by its descriptors (QEMU's docs/interop/firmware.json), with secure boot,
 * and the emulator of a TPM. Windows 11 wants all of it.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "cli/doctor/domain.h"

#define SUBJECT     "UEFI firmware"
#define TPM         "TPM"
#define DESCRIPTORS "share/qemu/firmware"

/* Longer is no descriptor. */
#define DESCRIPTOR_SIZE 65536

/* Links as well: what they lead to may be outside of what is looked at. */
static bool is_installed(const struct host *host, const char *path)
{
	struct stat st;

	return doctor_stat(host->usr, path, &st) == 0;
}

struct firmware {
	unsigned int n_uefi, n_secure; /* that are installed: of any architecture */
};

/* Whether a member that is a list of words has one. */
static bool lists(json_object *object, const char *member, const char *word)
{
	json_object *array;

	if (!json_object_object_get_ex(object, member, &array) || !json_object_is_type(array, json_type_array))
		return false;
	for (size_t i = 0; i < json_object_array_length(array); i++) {
		json_object *item = json_object_array_get_idx(array, i);

		if (json_object_is_type(item, json_type_string) && strcmp(json_object_get_string(item), word) == 0)
			return true;
	}
	return false;
}

/* The file that a descriptor is about, where that is a flash device, as QEMU has it on a PC. */
static bool is_there(const struct host *host, json_object *descriptor)
{
	static const char usr[] = "/usr/";
	json_object *mapping, *executable, *name;
	const char *file;

	if (!json_object_object_get_ex(descriptor, "mapping", &mapping) ||
		!json_object_object_get_ex(mapping, "executable", &executable) ||
		!json_object_object_get_ex(executable, "filename", &name) ||
		!json_object_is_type(name, json_type_string))
		return false;
	file = json_object_get_string(name);
	return strncmp(file, usr, strlen(usr)) != 0 || is_installed(host, file + strlen(usr));
}

static void count_descriptor(const struct host *host, const char *text, struct firmware *firmware)
{
	json_object *descriptor = json_tokener_parse(text);

	if (lists(descriptor, "interface-types", "uefi") && is_there(host, descriptor)) {
		firmware->n_uefi++;
		firmware->n_secure +=
			lists(descriptor, "features", "secure-boot") && lists(descriptor, "features", "enrolled-keys");
	}
	json_object_put(descriptor);
}

/* A file that cannot be read counts for nothing. */
static void count_firmware(const struct host *host, struct firmware *ret)
{
	char path[sizeof(DESCRIPTORS) + NAME_MAX + 1], *text = malloc(DESCRIPTOR_SIZE);
	const struct dirent *entry;
	DIR *directory;

	*ret = (struct firmware){ 0 };
	if (!text || beneath_list(host->usr, DESCRIPTORS, &directory) < 0) {
		free(text);
		return;
	}
	while ((entry = readdir(directory))) {
		(void)snprintf(path, sizeof(path), DESCRIPTORS "/%s", entry->d_name);
		if (entry->d_name[0] != '.' && attribute_read(host->usr, path, text, DESCRIPTOR_SIZE) > 0)
			count_descriptor(host, text, ret);
	}
	(void)closedir(directory);
	free(text);
}

#define INSTALL_UEFI                                                                                                   \
	"install it: on Debian and Ubuntu the package ovmf, on Fedora and Arch edk2-ovmf, on SUSE qemu-ovmf-x86_64"
#define INSTALL_TPM "install them: on Debian and Ubuntu the packages swtpm and swtpm-tools, elsewhere swtpm"

/* Which of the two programs of swtpm is missing, or NULL. */
static const char *find_missing(const struct host *host)
{
	static const char *const programs[] = { "bin/swtpm", "bin/swtpm_setup" };

	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		if (!is_installed(host, programs[i]))
			return programs[i];
	}
	return NULL;
}

static bool is_told(const struct doctor *doctor)
{
	return !doctor->recorded || beneath_has(doctor->host->usr, "bin") ||
	       beneath_has(doctor->host->usr, "share/qemu");
}

static void look_firmware(struct doctor *doctor)
{
	struct firmware firmware;
	const char *missing;

	if (!is_told(doctor))
		return;
	count_firmware(doctor->host, &firmware);
	if (firmware.n_uefi == 0)
		doctor_report(doctor, FINDING_FAIL, SUBJECT, INSTALL_UEFI,
			"there is none that libvirt finds in /usr/" DESCRIPTORS ", and 'gpu-handoff xml' wants it");
	else if (firmware.n_secure == 0)
		doctor_report(doctor, FINDING_WARN, SUBJECT, INSTALL_UEFI,
			"none of it has secure boot with keys enrolled, which Windows 11 wants");
	else
		doctor_report(doctor, FINDING_PASS, SUBJECT, NULL, "it is there, also with secure boot");
	missing = find_missing(doctor->host);
	if (missing)
		doctor_report(doctor, FINDING_WARN, TPM, INSTALL_TPM,
			"/usr/%s is not there: a VM cannot have a TPM, which Windows 11 wants", missing);
	else
		doctor_report(doctor, FINDING_PASS, TPM, NULL, "swtpm and swtpm_setup are there");
}

const struct check check_firmware = { .name = "firmware", .look = look_firmware };

void doctor_look_firmware(const struct domain_look *look)
{
	const char *missing = find_missing(look->doctor->host);
	struct firmware firmware;

	if (!is_told(look->doctor))
		return;
	count_firmware(look->doctor->host, &firmware);
	if (look->traits.wants_tpm && missing)
		doctor_report(look->doctor, FINDING_FAIL, look->subject.s, INSTALL_TPM,
			"it has a TPM, and /usr/%s is not there", missing);
	if (look->traits.wants_secure_boot && firmware.n_secure == 0)
		doctor_report(look->doctor, FINDING_FAIL, look->subject.s, INSTALL_UEFI,
			"it wants secure boot, and no firmware in /usr/" DESCRIPTORS " has it");
}
