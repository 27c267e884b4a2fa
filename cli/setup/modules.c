// SPDX-License-Identifier: GPL-2.0-or-later
/* setup: vfio-pci, at every boot; and in the initramfs what keeps a reserved card from the host. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/text.h"
#include "cli/setup/setup.h"
#include "host/tool.h"
#include "model/policy.h"
#include "probe/config.h"
#include "probe/kernel_config.h"

#define FILE_NAME "modules-load.d/gpu-handoff.conf"
#define CONTENT   "# Made by 'gpu-handoff setup'; 'gpu-handoff reset' removes it.\nvfio-pci\n"
#define LIST_SIZE (256u * 1024)

/* ---- vfio-pci ---- */

/* Whether a line ends so, or is so. As modprobe has it: a dash is an underscore. */
static bool has_line(const char *text, const char *ending, bool whole)
{
	size_t wanted = strlen(ending);
	char line[512];

	while (text_take_line(&text, line, sizeof(line))) {
		size_t length = strlen(line);

		for (char *c = line; (c = strchr(c, '_'));)
			*c = '-';
		if ((whole ? length == wanted : length >= wanted) && strcmp(line + length - wanted, ending) == 0)
			return true;
	}
	return false;
}

static bool is_built_in(const struct host *host, const char *release)
{
	static char list[LIST_SIZE];
	char path[sizeof("lib/modules//modules.builtin") + KERNEL_RELEASE_SIZE];

	(void)snprintf(path, sizeof(path), "lib/modules/%s/modules.builtin", release);
	return attribute_read(host->usr, path, list, sizeof(list)) > 0 && has_line(list, "/vfio-pci.ko", false);
}

/* Whether somebody else has it loaded at every boot. */
static bool is_loaded(const struct host *host)
{
	char path[NAME_MAX + sizeof("modules-load.d/")], text[4096];
	const struct dirent *file;
	bool found = false;
	DIR *list;

	if (beneath_list(host->etc, "modules-load.d", &list) < 0)
		return false;
	while (!found && (file = readdir(list))) {
		size_t length = strlen(file->d_name);
		int fd CLOSE_FD = -1;
		ssize_t n;

		if (length < strlen(".conf") || strcmp(file->d_name + length - strlen(".conf"), ".conf") != 0)
			continue;
		(void)snprintf(path, sizeof(path), "modules-load.d/%s", file->d_name);
		/* Debian has a symlink to /etc/modules there. */
		fd = beneath_open(host->etc, path, O_RDONLY | O_NONBLOCK, 0);
		n = fd < 0 ? fd : fd_read_all(fd, text, sizeof(text) - 1);
		text[n < 0 ? 0 : n] = '\0';
		found = has_line(text, "vfio-pci", true);
	}
	(void)closedir(list);
	return found;
}

/* ---- the initramfs ---- */

static const struct initramfs {
	const char *tool, *command;
	const char *ours;            /* what of ours it looks for, beneath /usr */
	const char *before, *behind; /* the release, in the image's name beneath /boot */
} initramfses[] = {
	{ "update-initramfs", "update-initramfs\t-u\t-k\tall", "share/initramfs-tools/hooks/gpu-handoff", "initrd.img-",
		"" },
	{ "dracut", "dracut\t-f\t--regenerate-all", "lib/dracut/modules.d/90gpu-handoff/module-setup.sh", "initramfs-",
		".img" },
};

static bool has_reserved(const struct host *host)
{
	static struct settings settings;

	config_probe(host, &settings);
	for (unsigned int i = 0; i < settings.cards.n_cards; i++) {
		if (settings.cards.cards[i].mode == MODE_RESERVED)
			return true;
	}
	return false;
}

static bool read_change(int root, const char *path, struct timespec *ret)
{
	int fd CLOSE_FD = beneath_open(root, path, O_PATH, 0);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return false;
	/* A package's file has the time of its build; this one is when it came. */
	*ret = st.st_ctim;
	return true;
}

static bool is_later(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec > b->tv_sec : a->tv_nsec > b->tv_nsec;
}

/* Whether something that belongs into the image has changed since it was made. */
static bool is_stale(const struct host *host, const struct initramfs *initramfs, const char *release)
{
	const struct {
		int root;
		const char *path;
	} parts[] = {
		{ host->etc, "gpu-handoff.conf" },
		{ host->usr, initramfs->ours },
		{ host->usr, "lib/udev/gpu-handoff-udev" },
		{ host->usr, "lib/udev/rules.d/60-gpu-handoff.rules" },
	};
	char image[KERNEL_RELEASE_SIZE + sizeof("initramfs-.img")];
	struct timespec made, changed;

	(void)snprintf(image, sizeof(image), "%s%s%s", initramfs->before, release, initramfs->behind);
	if (!read_change(host->boot, image, &made))
		return true;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (read_change(parts[i].root, parts[i].path, &changed) && is_later(&changed, &made))
			return true;
	}
	return false;
}

/* What it is to have is the configuration's, and stays: nothing takes it back. */
static int add_initramfs(
	struct setup *setup, const struct host *host, const char *release, struct notes *notes, struct refusal *refusal)
{
	if (!has_reserved(host))
		return 0;
	for (size_t i = 0; i < sizeof(initramfses) / sizeof(initramfses[0]); i++) {
		const struct initramfs *initramfs = &initramfses[i];

		if (!tool_is_there(host, initramfs->tool) || !beneath_has(host->usr, initramfs->ours))
			continue;
		if (!is_stale(host, initramfs, release))
			return 0;
		setup->wants_reboot = true;
		return setup_add_command(setup, initramfs->command, "", refusal);
	}
	notes_add(notes,
		"'/etc/gpu-handoff.conf' reserves a card, and what makes this host's initramfs knows nothing of "
		"gpu-handoff; put vfio-pci into it, before the driver of the card");
	return 0;
}

int modules_add(struct setup *setup, const struct host *host, struct notes *notes, struct refusal *refusal)
{
	char release[KERNEL_RELEASE_SIZE];
	int r = kernel_release(host, release, sizeof(release));

	if (r < 0 || strchr(release, '/'))
		return refusal_set(refusal, REFUSAL_INPUT, "cannot read '/proc/sys/kernel/osrelease': %s",
			strerror(r < 0 ? -r : EINVAL));
	if (!is_built_in(host, release) && !is_loaded(host)) {
		r = setup_add_file(setup, host, FILE_NAME, CONTENT, refusal);
		if (r < 0)
			return r;
	}
	return add_initramfs(setup, host, release, notes, refusal);
}
