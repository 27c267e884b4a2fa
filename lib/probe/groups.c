// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/groups.h"
#include "probe/cpus.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/text.h"
#include "probe/listing.h"
#include "probe/run.h"
#include "probe/vm.h"

#define ROOT     "fs/cgroup"
#define VM_FILES "libvirt/qemu"

/* Where libvirt puts VMs that say nothing else, with systemd and without. */
#define MACHINE_SLICE "machine.slice"
#define MACHINE_PLAIN "machine"

struct walk {
	struct groups *groups;
	int root;
	unsigned int n_slices;
	char slices[CLAIMS_MAX][KNOB_KEY_SIZE]; /* of VMs that have a claim, and may be about to start */
	_Alignas(uint64_t) char entries[16384];
};

bool group_ends(const char *path, const char *suffix)
{
	const char *name = strrchr(path, '/');
	size_t length, n = strlen(suffix);

	name = name ? name + 1 : path;
	length = strlen(name);
	return length > n && strcmp(name + length - n, suffix) == 0;
}

/* Whether a path is the other, or leads to it. */
static bool leads_to(const char *path, const char *other)
{
	size_t length = strlen(path);

	return strncmp(path, other, length) == 0 && (other[length] == '\0' || other[length] == '/');
}

const struct machine_group *groups_find_machine(const struct groups *groups, const char *path)
{
	for (unsigned int i = 0; i < groups->n_machines; i++) {
		if (leads_to(groups->machines[i].path, path))
			return &groups->machines[i];
	}
	return NULL;
}

/* ---- VMs ---- */

static int find_claim(const struct claims *claims, const char *name)
{
	for (unsigned int i = 0; i < claims->n_claims; i++) {
		if (strcmp(claims->claims[i].name, name) == 0)
			return (int)i;
	}
	return -1;
}

/* Of libvirt's file of a VM, NAME.pid. Its own daemon has one there, too, and is in no VM's group. */
static void add_machine(const struct host *host, const struct claims *claims, const char *file, struct groups *groups)
{
	struct machine_group *machine = &groups->machines[groups->n_machines];
	char name[DOMAIN_NAME_SIZE];
	pid_t pid;

	if (!group_ends(file, ".pid") || strlen(file) - strlen(".pid") >= sizeof(name))
		return;
	(void)snprintf(name, sizeof(name), "%.*s", (int)(strlen(file) - strlen(".pid")), file);
	if (qemu_probe(host, name, &pid) < 0)
		return;
	if (groups->n_machines == MACHINES_MAX) {
		groups->n_left++;
		return;
	}
	if (vm_probe_group(host, pid, machine->path, sizeof(machine->path)) < 0)
		return;
	machine->claim = find_claim(claims, name);
	groups->n_machines++;
}

/* Those that 'gpu-handoff run' has started: of one without a claim there is nothing to say. */
static void add_runs(const struct host *host, const struct claims *claims, struct groups *groups)
{
	for (unsigned int i = 0; i < claims->n_claims; i++) {
		struct machine_group *machine = &groups->machines[groups->n_machines];

		if (!run_name_is_valid(claims->claims[i].name))
			continue;
		if (groups->n_machines == MACHINES_MAX) {
			groups->n_left++;
			continue;
		}
		if (run_find_group(host, claims->claims[i].name, machine->path, sizeof(machine->path)) < 0)
			continue;
		machine->claim = (int)i;
		groups->n_machines++;
	}
}

static int add_machines(const struct host *host, const struct claims *claims, struct groups *groups)
{
	int fd CLOSE_FD = beneath_open(host->run, VM_FILES, O_RDONLY | O_DIRECTORY, 0);
	_Alignas(uint64_t) char entries[4096];
	struct listing listing = { .fd = fd, .buffer = entries, .size = sizeof(entries) };
	const char *name;
	int r;

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	while ((r = listing_next(&listing, &name)) > 0)
		add_machine(host, claims, name, groups);
	return r;
}

int groups_find_machines(const struct host *host, const struct claims *claims, struct groups *groups)
{
	groups->n_machines = 0;
	add_runs(host, claims, groups);
	return add_machines(host, claims, groups);
}

/* ---- the walk ---- */

static bool has_word(const char *text, const char *word)
{
	size_t length = strlen(word);

	for (; *text; text += strspn(text, " ")) {
		size_t n = strcspn(text, " ");

		if (n == length && memcmp(text, word, n) == 0)
			return true;
		text += n;
	}
	return false;
}

static bool has_cpuset(int directory, const char *file)
{
	char text[512];

	return attribute_read(directory, file, text, sizeof(text)) > 0 && has_word(text, "cpuset");
}

/* Whether VMs are, or are to be, below the path, as far as it can be told from that. */
static bool is_way(const struct walk *walk, const char *path)
{
	const struct groups *groups = walk->groups;

	if (strcmp(path, "") == 0 || strcmp(path, MACHINE_SLICE) == 0 || strcmp(path, MACHINE_PLAIN) == 0)
		return true;
	for (unsigned int i = 0; i < walk->n_slices; i++) {
		if (leads_to(path, walk->slices[i]))
			return true;
	}
	for (unsigned int i = 0; i < groups->n_machines; i++) {
		if (leads_to(path, groups->machines[i].path) && strcmp(path, groups->machines[i].path) != 0)
			return true;
	}
	return false;
}

/* Adds the group with that name in another one. */
static void add_group(struct walk *walk, unsigned int parent, const char *name)
{
	struct groups *groups = walk->groups;
	const struct group *above = &groups->groups[parent];
	struct group *group = &groups->groups[groups->n_groups];
	const struct machine_group *machine;
	char path[KNOB_KEY_SIZE];
	struct text text;

	text_init(&text, path, sizeof(path));
	text_add(&text, "%s%s%s", above->path, *above->path ? "/" : "", name);
	if (groups->n_groups == GROUPS_MAX || text.cut) {
		groups->n_left++;
		return;
	}
	*group = (struct group){ .parent = parent, .claim = -1 };
	(void)text_copy(group->path, sizeof(group->path), path);
	group->in_slices = above->in_slices && group_ends(name, ".slice");
	machine = groups_find_machine(groups, path);
	if (machine)
		group->claim = machine->claim;
	group->machine = machine || (above->in_slices && group_name_is_vm(name, strlen(name)));
	group->way = !group->machine && is_way(walk, path);
	groups->n_groups++;
}

/* libvirt makes one of that name in the scope of a VM. */
static bool is_made_by_libvirt(const struct groups *groups, unsigned int parent, const char *name)
{
	const struct group *group = &groups->groups[parent];

	return strcmp(name, "libvirt") == 0 && group_ends(group->path, ".scope") &&
	       groups->groups[group->parent].in_slices;
}

static int add_children(struct walk *walk, unsigned int parent, int directory)
{
	struct listing listing = { .fd = directory, .buffer = walk->entries, .size = sizeof(walk->entries) };
	const char *name;
	int r;

	while ((r = listing_next(&listing, &name)) > 0) {
		if (!listing.is_directory || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
			continue;
		if (is_made_by_libvirt(walk->groups, parent, name))
			walk->groups->groups[parent].machine = true;
		add_group(walk, parent, name);
	}
	return r;
}

/* One that has gone meanwhile has no CPUs. */
static int visit(struct walk *walk, unsigned int i)
{
	struct group *group = &walk->groups->groups[i];
	int directory CLOSE_FD =
		beneath_open(walk->root, *group->path ? group->path : ".", O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	struct stat st;
	int r;

	if (directory < 0)
		return directory == -ENOENT || directory == -ENODEV ? 0 : directory;
	if (i > 0) {
		r = cpus_read_list(directory, "cpuset.cpus", &group->cpus);
		walk->groups->n_odd += r < 0 && r != -ENOENT && r != -ENODEV;
	}
	/* The kernel counts the directories in it in its links. */
	if (group->claim >= 0 || fstat(directory, &st) < 0 || st.st_nlink == 2)
		return 0;
	if (!group->way && !has_cpuset(directory, "cgroup.subtree_control"))
		return 0;
	r = add_children(walk, i, directory);
	return r == -ENOENT || r == -ENODEV ? 0 : r;
}

static bool is_any_awaited(const struct claims *claims, const struct groups *groups)
{
	bool found[CLAIMS_MAX] = { false };

	for (unsigned int i = 0; i < groups->n_machines; i++) {
		if (groups->machines[i].claim >= 0)
			found[groups->machines[i].claim] = true;
	}
	return memchr(found, 0, claims->n_claims) != NULL;
}

/* Says whose they are, by the machines as they are now. */
static void find_owners(const struct claims *claims, struct groups *groups)
{
	bool any_awaited = is_any_awaited(claims, groups);

	for (unsigned int i = 1; i < groups->n_groups; i++) {
		struct group *group = &groups->groups[i];
		const struct machine_group *machine = groups_find_machine(groups, group->path);

		group->claim = machine ? machine->claim : -1;
		group->awaited = any_awaited && group->machine && !machine;
		group->machine = group->machine || machine;
	}
}

/* What is known to be a VM only since its children were seen. */
static void mark_ways(struct groups *groups)
{
	for (unsigned int i = groups->n_groups; i-- > 1;) {
		const struct group *group = &groups->groups[i];
		struct group *above = &groups->groups[group->parent];

		if ((group->machine || group->way) && !above->machine)
			above->way = true;
	}
}

int groups_walk(const struct host *host, const struct claims *claims, struct groups *groups)
{
	int root CLOSE_FD = beneath_open(host->sys, ROOT, O_PATH | O_DIRECTORY, 0);
	/* 48 KiB. */
	static struct walk walk;
	int r = 0;

	if (root < 0)
		return root;
	if (!has_cpuset(root, "cgroup.controllers"))
		return -ENOENT;
	walk.groups = groups;
	walk.root = root;
	for (walk.n_slices = 0; walk.n_slices < claims->n_claims; walk.n_slices++)
		partition_slice(
			claims->claims[walk.n_slices].partition, walk.slices[walk.n_slices], sizeof(walk.slices[0]));
	groups->groups[0] = (struct group){ .in_slices = true, .claim = -1, .way = true };
	groups->n_groups = 1;
	groups->n_left = groups->n_odd = 0;
	for (unsigned int i = 0; i < groups->n_groups && r == 0; i++)
		r = visit(&walk, i);
	if (r < 0)
		return r;
	/* What cannot be listed has been told of the first time. */
	(void)groups_find_machines(host, claims, groups);
	find_owners(claims, groups);
	mark_ways(groups);
	return 0;
}
