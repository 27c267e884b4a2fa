// SPDX-License-Identifier: GPL-2.0-or-later
#include "xmlgen/files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"
#include "host/host.h"

/* How files of a format begin (each format's own description; QEMU probes them likewise). */
static const struct {
	const char *magic, *name, *suffix;
} formats[] = {
	{ "QFI\xfb", "qcow2", ".qcow2" },
	{ "KDMV", "vmdk", ".vmdk" },
	{ "vhdxfile", "vhdx", ".vhdx" },
};
#define N_FORMATS  (sizeof(formats) / sizeof(formats[0]))
#define MAGIC_SIZE 8

/* Where libvirt's AppArmor profile lets QEMU read ROMs; SELinux lets it read them there, too. */
static const char *const rom_directories[] = { "/usr/share/vgabios/", "/usr/share/qemu/", "/usr/share/kvm/",
	"/usr/share/seabios/" };

static int refuse(struct refusal *refusal, const char *path, const char *problem)
{
	return refusal_set(refusal, REFUSAL_INPUT, "'%.500s' %s", path, problem);
}

/* The path from the root: libvirtd has another working directory. */
static int make_absolute(const char *path, struct guest_disk *ret, struct refusal *refusal)
{
	char *here;

	ret->path = path;
	if (path[0] == '/')
		return 0;
	here = getcwd(NULL, 0);
	if (!here || asprintf(&ret->owned, "%s/%s", here, strncmp(path, "./", 2) == 0 ? path + 2 : path) < 0) {
		ret->owned = NULL;
		free(here);
		return refuse(refusal, path, "has no place: the working directory cannot be told");
	}
	free(here);
	ret->path = ret->owned;
	return 0;
}

/* The beginning of a file. Returns how much of it; -EACCES when it is there, and not to be read by this user. */
static ssize_t read_beginning(const char *path, char *buffer, size_t size, bool *ret_is_block)
{
	struct stat st;
	int fd CLOSE_FD = -1;
	ssize_t n;

	*ret_is_block = false;
	if (stat(path, &st) < 0)
		return -errno;
	*ret_is_block = S_ISBLK(st.st_mode);
	if (!S_ISBLK(st.st_mode) && !S_ISREG(st.st_mode))
		return -EMEDIUMTYPE;
	fd = named_open(path);
	if (fd < 0)
		return fd;
	n = pread(fd, buffer, size, 0);
	return n < 0 ? -errno : n;
}

static const char *find_format(const char *beginning, size_t size)
{
	for (size_t i = 0; i < N_FORMATS; i++) {
		size_t length = strlen(formats[i].magic);

		if (size >= length && memcmp(beginning, formats[i].magic, length) == 0)
			return formats[i].name;
	}
	return "raw";
}

static const char *guess_format(const char *name)
{
	for (size_t i = 0; i < N_FORMATS; i++) {
		size_t length = strlen(name), end = strlen(formats[i].suffix);

		if (length > end && strcmp(name + length - end, formats[i].suffix) == 0)
			return formats[i].name;
	}
	return "raw";
}

static int look_at(const char *path, struct guest_disk *ret, struct refusal *refusal)
{
	char beginning[MAGIC_SIZE];
	ssize_t n;
	int r = make_absolute(path, ret, refusal);

	if (r < 0)
		return r;
	n = read_beginning(ret->path, beginning, sizeof(beginning), &ret->is_block);
	if (n == -EMEDIUMTYPE || n == -EISDIR)
		return refuse(refusal, path, "is neither a file nor a block device; name one of these");
	if (n == -ENOENT || n == -ENOTDIR)
		return refuse(refusal, path, "is not there; make it first, or name a volume as POOL/VOLUME");
	if (n < 0 && n != -EACCES && n != -EPERM)
		return refuse(refusal, path, strerror((int)-n));
	ret->format = ret->is_block ? "raw" : n >= 0 ? find_format(beginning, (size_t)n) : guess_format(path);
	return 0;
}

/* POOL/VOLUME has one slash, and not at its beginning; a file of this directory is ./FILE or has none. */
static int look_at_disk(const char *word, struct guest_disk *ret, struct refusal *refusal)
{
	const char *slash = strchr(word, '/');
	size_t length = slash ? (size_t)(slash - word) : 0;

	if (!slash || length == 0 || word[0] == '.' || strchr(slash + 1, '/'))
		return look_at(word, ret, refusal);
	if (!slash[1] || length >= sizeof(ret->pool))
		return refuse(refusal, word, "names no volume; give PATH or POOL/VOLUME");
	memcpy(ret->pool, word, length);
	ret->volume = slash + 1;
	ret->format = guess_format(word);
	return 0;
}

static int look_at_medium(const char *path, struct guest *guest, struct refusal *refusal)
{
	struct guest_disk *medium = &guest->isos[guest->n_isos++];
	int r = look_at(path, medium, refusal);

	medium->format = "raw";
	return r;
}

static bool is_readable_rom(const char *path)
{
	for (size_t i = 0; i < sizeof(rom_directories) / sizeof(rom_directories[0]); i++) {
		if (strncmp(path, rom_directories[i], strlen(rom_directories[i])) == 0)
			return true;
	}
	return false;
}

/* PCI Firmware Specification, 5.1: an expansion ROM begins with 55 aa. */
static int look_at_rom(const char *path, struct guest *guest, struct refusal *refusal)
{
	char beginning[2];
	bool is_block;
	ssize_t n;

	/* AppArmor judges what a link leads to. */
	guest->rom.owned = realpath(path, NULL);
	guest->rom.path = guest->rom.owned;
	n = guest->rom.path ? read_beginning(guest->rom.path, beginning, sizeof(beginning), &is_block) : -errno;
	if (n == -ENOENT || n == -ENOTDIR)
		return refuse(refusal, path, "is not there; name the file of the card's ROM");
	if (!guest->rom.path || !is_readable_rom(guest->rom.path))
		return refuse(refusal, path,
			"is where libvirt lets no VM read a ROM (AppArmor); copy it to /usr/share/vgabios/ and name "
			"that");
	if (n < 0)
		return refuse(refusal, path, "cannot be read; let everybody read it, as QEMU has to");
	if (n < 2 || memcmp(beginning, "\x55\xaa", 2) != 0)
		return refuse(refusal, path,
			"is no ROM of a PCI device, which begins with 55 aa; read it from the card anew");
	return 0;
}

/* A guest can write how its raw disk begins: who names the file decides. */
static void compare_format(const struct guest_disk *disk, struct guest *guest)
{
	char shown[192];
	struct text text;

	if (!disk->path || strcmp(disk->format, "raw") == 0 || strcmp(disk->format, guess_format(disk->path)) == 0)
		return;
	text_init(&text, shown, sizeof(shown));
	text_add_foreign(&text, disk->path);
	notes_add(&guest->warnings, "'%s' begins as %s, which its name does not say; make it raw if a guest wrote that",
		shown, disk->format);
}

int files_look(struct guest *guest, struct refusal *refusal)
{
	const struct request *request = guest->request;
	int r = 0;

	for (unsigned int i = 0; i < request->n_disks && r >= 0; i++)
		r = look_at_disk(request->disks[i], &guest->disks[guest->n_disks++], refusal);
	for (unsigned int i = 0; i < request->n_isos && r >= 0; i++)
		r = look_at_medium(request->isos[i], guest, refusal);
	if (request->seed && r >= 0)
		r = look_at_medium(request->seed, guest, refusal);
	for (unsigned int i = 0; i < guest->n_disks && r >= 0; i++)
		compare_format(&guest->disks[i], guest);
	if (request->rom && r >= 0)
		r = look_at_rom(request->rom, guest, refusal);
	return r;
}

void files_free(struct guest *guest)
{
	for (unsigned int i = 0; i < guest->n_disks; i++)
		free(guest->disks[i].owned);
	for (unsigned int i = 0; i < guest->n_isos; i++)
		free(guest->isos[i].owned);
	free(guest->rom.owned);
}
