// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/unit.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"

static const char *const kind_names[] = {
	[UNIT_NONE] = "",
	[UNIT_SERVICE] = "service",
	[UNIT_SESSION] = "session",
	[UNIT_USER_SERVICE] = "user-service",
	[UNIT_CONTAINER] = "container",
	[UNIT_MACHINE] = "machine",
	[UNIT_OTHER] = "other",
};
_Static_assert(sizeof(kind_names) / sizeof(kind_names[0]) == UNIT_KINDS_, "a kind of unit has no name");

const char *unit_kind_name(enum unit_kind kind)
{
	return kind_names[kind];
}

/* A component of a control group's path. */
struct part {
	const char *s;
	size_t length;
};

static bool part_begins(struct part part, const char *prefix)
{
	size_t n = strlen(prefix);

	return part.length > n && memcmp(part.s, prefix, n) == 0;
}

static bool part_ends(struct part part, const char *suffix)
{
	size_t n = strlen(suffix);

	return part.length > n && memcmp(part.s + part.length - n, suffix, n) == 0;
}

static bool part_is(struct part part, const char *whole)
{
	return part.length == strlen(whole) && memcmp(part.s, whole, part.length) == 0;
}

/* What stands between the two, both of which the part has. */
static struct part part_inner(struct part part, const char *prefix, const char *suffix)
{
	return (struct part){ part.s + strlen(prefix), part.length - strlen(prefix) - strlen(suffix) };
}

/* Takes the first component off the path. Returns false at its end. ".." leads out of a cgroup namespace: no name. */
static bool path_next(struct part *path, struct part *ret)
{
	do {
		const char *slash;

		while (path->length > 0 && path->s[0] == '/') {
			path->s++;
			path->length--;
		}
		if (path->length == 0)
			return false;
		slash = memchr(path->s, '/', path->length);
		*ret = (struct part){ path->s, slash ? (size_t)(slash - path->s) : path->length };
		path->s += ret->length;
		path->length -= ret->length;
	} while (part_is(*ret, ".."));
	/* systemd writes _ before a unit's name that the kernel has a file for (CGROUP_DELEGATION, cg_escape()). */
	if (ret->length > 1 && ret->s[0] == '_') {
		ret->s++;
		ret->length--;
	}
	return true;
}

/* The value of a digit of base 16, or -1. */
static int hex_digit(char c)
{
	const char *digits = "0123456789abcdef", *found = c ? strchr(digits, c) : NULL;

	return found ? (int)(found - digits) : -1;
}

/* Names the unit; a name that no control group can have leaves UNIT_NONE. */
static void unit_set(struct unit *unit, enum unit_kind kind, struct part name)
{
	if (name.length == 0 || name.length >= sizeof(unit->name))
		return;
	unit->kind = kind;
	memcpy(unit->name, name.s, name.length);
	unit->name[name.length] = '\0';
}

/* The same, of a name that systemd has escaped: \x2d is a dash (systemd.unit(5)). */
static void unit_set_unescaped(struct unit *unit, enum unit_kind kind, struct part name)
{
	char plain[UNIT_NAME_SIZE];
	size_t n = 0;

	for (size_t i = 0; i < name.length && n < sizeof(plain) - 1; i++) {
		bool escape = name.s[i] == '\\' && name.length - i >= 4 && name.s[i + 1] == 'x';
		int high = escape ? hex_digit(name.s[i + 2]) : -1, low = escape ? hex_digit(name.s[i + 3]) : -1;

		plain[n] = name.s[i];
		if (high >= 0 && low >= 0 && high + low > 0) {
			plain[n] = (char)(high << 4 | low);
			i += 3;
		}
		n++;
	}
	unit_set(unit, kind, (struct part){ plain, n });
}

static uid_t parse_uid(struct part digits)
{
	char text[sizeof("4294967294")];
	uint64_t uid;

	if (digits.length >= sizeof(text))
		return UNIT_NO_UID;
	memcpy(text, digits.s, digits.length);
	text[digits.length] = '\0';
	return text_parse_number(text, 10, UNIT_NO_UID - 1, &uid) < 0 ? UNIT_NO_UID : (uid_t)uid;
}

/* A scope or service that a container manager asks systemd for: the id is between prefix and suffix. */
static bool set_container(struct unit *unit, struct part part)
{
	static const struct {
		const char *prefix, *suffix;
		enum unit_kind kind;
	} managers[] = {
		{ "libpod-conmon-", ".scope", UNIT_OTHER }, /* what watches a container is not in it */
		{ "crio-conmon-", ".scope", UNIT_OTHER },
		{ "docker-", ".scope", UNIT_CONTAINER },
		{ "libpod-", ".scope", UNIT_CONTAINER },
		{ "crio-", ".scope", UNIT_CONTAINER },
		{ "cri-containerd-", ".scope", UNIT_CONTAINER },
		{ "nerdctl-", ".scope", UNIT_CONTAINER },
		{ "systemd-nspawn@", ".service", UNIT_CONTAINER },
		{ "systemd-vmspawn@", ".service", UNIT_MACHINE },
	};

	for (size_t i = 0; i < sizeof(managers) / sizeof(managers[0]); i++) {
		const char *prefix = managers[i].prefix, *suffix = managers[i].suffix;

		if (!part_begins(part, prefix) || !part_ends(part, suffix) ||
			part.length <= strlen(prefix) + strlen(suffix))
			continue;
		if (managers[i].kind == UNIT_OTHER)
			unit_set(unit, UNIT_OTHER, part);
		else
			unit_set_unescaped(unit, managers[i].kind, part_inner(part, prefix, suffix));
		return true;
	}
	return false;
}

/*
 * What libvirt calls a VM where systemd-machined knows it, qemu-1-gpuvm (src/util/virsystemd.c), and what its control
 * group is called where not: qemu-1-gpuvm.libvirt-qemu (src/util/vircgroup.c). The name without driver and number.
 */
static struct part machine_name(struct part part, const char *driver)
{
	size_t i = strlen(driver);

	while (i < part.length && part.s[i] >= '0' && part.s[i] <= '9')
		i++;
	if (i > strlen(driver) && i + 1 < part.length && part.s[i] == '-')
		i++;
	else
		i = strlen(driver);
	return (struct part){ part.s + i, part.length - i };
}

/* machine-NAME.scope is of systemd-machined: a VM of libvirt's, or a container. */
static bool set_machine(struct unit *unit, struct part part)
{
	struct unit whole = { .kind = UNIT_NONE };
	struct part name;

	if (!part_begins(part, "machine-") || !part_ends(part, ".scope") || part.length <= strlen("machine-.scope"))
		return false;
	unit_set_unescaped(&whole, UNIT_CONTAINER, part_inner(part, "machine-", ".scope"));
	name = (struct part){ whole.name, strlen(whole.name) };
	if (part_begins(name, "qemu-"))
		unit_set(unit, UNIT_MACHINE, machine_name(name, "qemu-"));
	else if (part_begins(name, "lxc-"))
		unit_set(unit, UNIT_CONTAINER, machine_name(name, "lxc-"));
	else
		unit_set(unit, UNIT_CONTAINER, name);
	return true;
}

/* Below the person's own systemd everything has the name that the person likes: the innermost unit, for a sentence. */
static void set_user(struct unit *unit, struct part manager, struct part rest)
{
	struct part part, innermost = manager;

	while (path_next(&rest, &part)) {
		if (part_ends(part, ".service") || part_ends(part, ".scope"))
			innermost = part;
	}
	unit->uid = parse_uid(part_inner(manager, "user@", ".service"));
	unit_set(unit, UNIT_USER_SERVICE, innermost);
}

static bool set_systemd(struct unit *unit, struct part part, struct part rest, uid_t slice_uid)
{
	static const char *const others[] = { ".scope", ".mount", ".socket", ".swap" };

	if (set_container(unit, part) || set_machine(unit, part))
		return true;
	if (part_begins(part, "user@") && part_ends(part, ".service") && part.length > strlen("user@.service")) {
		set_user(unit, part, rest);
		return true;
	}
	if (part_begins(part, "session-") && part_ends(part, ".scope")) {
		unit->uid = slice_uid;
		unit_set(unit, UNIT_SESSION, part);
		return true;
	}
	if (part_ends(part, ".service")) {
		unit_set(unit, UNIT_SERVICE, part);
		return true;
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (part_ends(part, others[i])) {
			unit_set(unit, UNIT_OTHER, part);
			return true;
		}
	}
	return false;
}

/* Kubernetes without systemd: /kubepods/burstable/podUID/ID; the class is missing for guaranteed pods. */
static void set_kubepods(struct unit *unit, struct part rest)
{
	struct part part, id = { "kubepods", strlen("kubepods") };

	while (path_next(&rest, &part)) {
		bool pod = part_begins(part, "pod");

		id = part;
		if (pod && path_next(&rest, &part))
			id = part;
		if (pod)
			break;
	}
	unit_set(unit, UNIT_CONTAINER, id);
}

/* Managers that make groups of their own, at the root of the hierarchy. */
static void set_plain(struct unit *unit, struct part part, struct part rest)
{
	static const char *const parents[] = { "docker", "podman", "libpod_parent", "lxc", "lxc.payload" };
	struct part id;

	if (part_is(part, "kubepods")) {
		set_kubepods(unit, rest);
		return;
	}
	if (part_begins(part, "lxc.payload.")) {
		unit_set(unit, UNIT_CONTAINER, part_inner(part, "lxc.payload.", ""));
		return;
	}
	if (!path_next(&rest, &id))
		return;
	for (size_t i = 0; i < sizeof(parents) / sizeof(parents[0]); i++) {
		if (part_is(part, parents[i]))
			unit_set(unit, UNIT_CONTAINER, part_begins(id, "libpod-") ? part_inner(id, "libpod-", "") : id);
	}
	if (!part_is(part, "machine"))
		return;
	if (part_begins(id, "qemu-") && part_ends(id, ".libvirt-qemu"))
		unit_set(unit, UNIT_MACHINE, machine_name(part_inner(id, "", ".libvirt-qemu"), "qemu-"));
	else if (part_begins(id, "lxc-") && part_ends(id, ".libvirt-lxc"))
		unit_set(unit, UNIT_CONTAINER, machine_name(part_inner(id, "", ".libvirt-lxc"), "lxc-"));
}

/* From the root inwards, through slices; the first that is none decides. */
static void parse_path(struct part path, struct unit *ret)
{
	uid_t slice_uid = UNIT_NO_UID;
	bool first = true;
	struct part part;

	for (; path_next(&path, &part); first = false) {
		if (part_begins(part, "user-") && part_ends(part, ".slice") && part.length > strlen("user-.slice"))
			slice_uid = parse_uid(part_inner(part, "user-", ".slice"));
		if (part_ends(part, ".slice"))
			continue;
		if (!set_systemd(ret, part, path, slice_uid) && first)
			set_plain(ret, part, path);
		return;
	}
}

/* The path of the line ID:CONTROLLERS:PATH, if it is that one. */
static bool line_path(struct part line, const char *controllers, struct part *ret)
{
	const char *end = line.s + line.length, *first = memchr(line.s, ':', line.length), *second;

	second = first ? memchr(first + 1, ':', (size_t)(end - first - 1)) : NULL;
	if (!second || !part_is((struct part){ first + 1, (size_t)(second - first - 1) }, controllers))
		return false;
	if (!*controllers && !part_is((struct part){ line.s, (size_t)(first - line.s) }, "0"))
		return false;
	*ret = (struct part){ second + 1, (size_t)(end - second - 1) };
	if (part_ends(*ret, " (deleted)"))
		ret->length -= strlen(" (deleted)");
	return true;
}

void unit_parse(const char *text, struct unit *ret)
{
	struct part path = { "", 0 }, unified = { "", 0 }, line;

	*ret = (struct unit){ .kind = UNIT_NONE, .uid = UNIT_NO_UID };
	for (; *text; text += line.length + (text[line.length] == '\n')) {
		line = (struct part){ text, strcspn(text, "\n") };
		if (!path.length)
			(void)line_path(line, "name=systemd", &path);
		if (!unified.length)
			(void)line_path(line, "", &unified);
	}
	/* No group has a newline in its name, so none forges a line (cgroup_mkdir() of the kernel). */
	parse_path(path.length > 1 ? path : unified, ret);
}
