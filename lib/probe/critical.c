// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/critical.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"

/* Layers of block devices or interfaces that are looked through: more is no stack but a loop. */
#define DEPTH_MAX 8

/* How devices of a class stand on others: the entries of a directory of theirs, with a prefix. */
struct stack {
	const char *class, *lower, *prefix;
};

static const struct stack disks = { "class/block", "slaves", "" };
/* The disk of an NVMe subsystem with several controllers is virtual; they are links in the subsystem's directory. */
static const struct stack controllers = { "class/nvme", ".", "" };
static const struct stack interfaces = { "class/net", ".", "lower_" };

/* What is asked about: the functions of an inventory, or where there is none, the device at a path below /sys. */
struct subject {
	struct inventory *inventory;
	const char *path;
	char *carries; /* CARRIES_SIZE */
};

/* A thing that is in use, and what it may rest on. */
struct use {
	const struct host *host;
	const struct subject *subject;
	const char *verb, *name, *end; /* holds '/home', which is mounted */
};

static void mark(const struct use *use, char *carries)
{
	struct text text;

	if (carries[0])
		return;
	text_init(&text, carries, CARRIES_SIZE);
	text_add(&text, "%s '", use->verb);
	text_add_foreign(&text, use->name);
	text_add(&text, "'%s", use->end);
}

/* Whether the path of a device in sysfs, relative or not, leads through whole components. */
static bool leads_through(const char *path, const char *components)
{
	const char *at = strstr(path, components);

	return at && at > path && at[-1] == '/' && at[strlen(components)] == '/';
}

/* Marks every function that the path of a device in sysfs leads through, or the device. */
static void mark_path(const struct use *use, const char *path)
{
	const struct subject *subject = use->subject;

	if (!subject->inventory) {
		if (leads_through(path, subject->path))
			mark(use, subject->carries);
		return;
	}
	for (unsigned int i = 0; i < subject->inventory->n_functions; i++) {
		struct function *function = &subject->inventory->functions[i];

		if (leads_through(path, address_text(function->address).s))
			mark(use, function->carries);
	}
}

static void follow(
	const struct use *use, const struct stack *stack, const char *directory, const char *name, int depth);

/* Follows the devices that the entries of a directory name. An entry that names none leads nowhere. */
static void follow_entries(const struct use *use, const struct stack *stack, const char *path, int depth)
{
	size_t prefix = strlen(stack->prefix);
	struct dirent *entry;
	DIR *list;

	if (depth == 0 || beneath_list(use->host->sys, path, &list) < 0)
		return;
	while ((entry = readdir(list))) {
		if (entry->d_name[0] != '.' && strncmp(entry->d_name, stack->prefix, prefix) == 0)
			follow(use, stack, stack->class, entry->d_name + prefix, depth - 1);
	}
	closedir(list);
}

/* Follows a device, a symlink in the directory, to functions; where it is virtual, to the devices that it stands on. */
static void follow(const struct use *use, const struct stack *stack, const char *directory, const char *name, int depth)
{
	static const char multipath[] = "/nvme-subsystem/";
	char target[4096], path[512];
	int fd CLOSE_FD = beneath_open(use->host->sys, directory, O_PATH | O_DIRECTORY, 0);
	const char *subsystem;
	ssize_t n;

	n = readlinkat(fd, name, target, sizeof(target) - 1);
	if (n < 0)
		return;
	target[n] = '\0';
	mark_path(use, target);
	if (snprintf(path, sizeof(path), "%s/%s/%s", directory, name, stack->lower) < (int)sizeof(path))
		follow_entries(use, stack, path, depth);
	subsystem = strstr(target, multipath);
	if (!subsystem)
		return;
	subsystem += strlen(multipath);
	if (snprintf(path, sizeof(path), "class%s%.*s", multipath, (int)strcspn(subsystem, "/"), subsystem) <
		(int)sizeof(path))
		follow_entries(use, &controllers, path, depth);
}

static void follow_disk(const struct use *use, dev_t device)
{
	char name[32];

	(void)snprintf(name, sizeof(name), "%u:%u", major(device), minor(device));
	follow(use, &disks, "dev/block", name, DEPTH_MAX);
}

/* A node below /dev, by its name there. A file system of an ordinary user may claim any: none leads out of /dev. */
static void follow_node(const struct use *use, const char *path)
{
	int node CLOSE_FD = strncmp(path, "/dev/", 5) == 0 ? beneath_open(use->host->dev, path + 5, O_PATH, 0) : -1;
	struct stat st;

	if (node >= 0 && fstat(node, &st) == 0 && S_ISBLK(st.st_mode))
		follow_disk(use, st.st_rdev);
}

/* Calls a function with each line of a file of /proc, without its newline. */
static int for_each_line(const struct host *host, const char *path,
	void (*visit)(const struct host *, const struct subject *, char *line), const struct subject *subject)
{
	int fd CLOSE_FD = beneath_open(host->proc, path, O_RDONLY, 0);
	size_t size = 0;
	char *line = NULL;
	FILE *file;
	int r;

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	file = fdopen(fd, "r");
	if (!file)
		return -errno;
	(void)TAKE_FD(fd);
	while (getline(&line, &size, file) > 0) {
		line[strcspn(line, "\n")] = '\0';
		visit(host, subject, line);
	}
	r = ferror(file) ? -EIO : 0;
	free(line);
	(void)fclose(file);
	return r;
}

/* proc(5): id, parent, major:minor, root, mount point, options, optional fields, -, type, source, options. */
static void visit_mount(const struct host *host, const struct subject *subject, char *line)
{
	struct use use = { .host = host, .subject = subject, .verb = "holds", .end = ", which is mounted" };
	char *fields[5] = { 0 }, *rest = line, *source = strstr(line, " - ");
	unsigned int major_number, minor_number;

	if (!source)
		return;
	*source = '\0';
	source += 3;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		fields[i] = strsep(&rest, " ");
	/* NOLINTNEXTLINE(cert-err34-c): the kernel writes these numbers, and none too large. */
	if (!fields[4] || sscanf(fields[2], "%u:%u", &major_number, &minor_number) != 2)
		return;
	use.name = fields[4];
	if (major_number != 0) {
		follow_disk(&use, makedev(major_number, minor_number));
		return;
	}
	/* File systems over several disks, such as btrfs, have a number of their own, and name one disk as the source.
	 */
	(void)strsep(&source, " ");
	if (source)
		follow_node(&use, strsep(&source, " "));
}

static void visit_swap(const struct host *host, const struct subject *subject, char *line)
{
	struct use use = { .host = host, .subject = subject, .verb = "holds", .name = line, .end = ", swap space" };

	line[strcspn(line, " \t")] = '\0';
	follow_node(&use, line);
}

static void follow_interface(const struct host *host, const struct subject *subject, const char *name)
{
	struct use use = { .host = host, .subject = subject };

	use.verb = "carries";
	use.name = name;
	use.end = ", the interface of the default route";
	if (!strchr(name, '/'))
		follow(&use, &interfaces, interfaces.class, name, DEPTH_MAX);
}

/* Interface, destination, gateway, flags, …, mask: the default route has neither destination nor mask. */
static void visit_route(const struct host *host, const struct subject *subject, char *line)
{
	char *rest = line, *fields[8] = { 0 };

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		fields[i] = strsep(&rest, "\t");
	if (fields[7] && strcmp(fields[1], "00000000") == 0 && strcmp(fields[7], "00000000") == 0)
		follow_interface(host, subject, fields[0]);
}

/* Destination, its prefix length, …, the interface last; a default route to lo is the kernel's own refusal. */
static void visit_route6(const struct host *host, const struct subject *subject, char *line)
{
	const char *interface = strrchr(line, ' ');

	if (interface && strncmp(line, "00000000000000000000000000000000 00 ", 36) == 0)
		follow_interface(host, subject, interface + 1);
}

static int look(const struct host *host, const struct subject *subject)
{
	static const struct {
		const char *path;
		void (*visit)(const struct host *, const struct subject *, char *line);
	} files[] = {
		{ "self/mountinfo", visit_mount },
		{ "swaps", visit_swap },
		{ "self/net/route", visit_route },
		{ "self/net/ipv6_route", visit_route6 },
	};
	int r = 0;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]) && r == 0; i++)
		r = for_each_line(host, files[i].path, files[i].visit, subject);
	return r;
}

int critical_probe(const struct host *host, struct inventory *inventory)
{
	const struct subject subject = { .inventory = inventory };

	return look(host, &subject);
}

int critical_probe_device(const struct host *host, const char *path, char carries[CARRIES_SIZE])
{
	const struct subject subject = { .path = path, .carries = carries };

	carries[0] = '\0';
	return look(host, &subject);
}
