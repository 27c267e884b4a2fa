// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/unit.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/model/model.h"

#define ID   "9fb4d3c1a2e85f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8"
#define USER "/user.slice/user-1000.slice/"
#define OWN  USER "user@1000.service/"
#define NONE UNIT_NO_UID

static const struct {
	const char *path;
	enum unit_kind kind;
	uid_t uid;
	const char *name;
} rows[] = {
	{ "/", UNIT_NONE, NONE, "" },
	{ "", UNIT_NONE, NONE, "" },
	{ "/system.slice", UNIT_NONE, NONE, "" },
	{ "/openrc.gdm", UNIT_NONE, NONE, "" },
	{ "/system.slice/gdm.service", UNIT_SERVICE, NONE, "gdm.service" },
	{ "/system.slice/gdm.service (deleted)", UNIT_SERVICE, NONE, "gdm.service" },
	{ "/system.slice/system-getty.slice/getty@tty1.service", UNIT_SERVICE, NONE, "getty@tty1.service" },
	{ "/system.slice/system-dbus\\x2d:1.2\\x2dx.slice/dbus-:1.2-x@0.service", UNIT_SERVICE, NONE,
		"dbus-:1.2-x@0.service" },
	{ "/a.slice/a-b.slice/a-b-c.slice/nvidia-persistenced.service", UNIT_SERVICE, NONE,
		"nvidia-persistenced.service" },
	{ "/system.slice/_memory.service", UNIT_SERVICE, NONE, "memory.service" },
	{ "/init.scope", UNIT_OTHER, NONE, "init.scope" },
	{ "/system.slice/run-r1.scope", UNIT_OTHER, NONE, "run-r1.scope" },
	{ "/system.slice/home-gpu.mount", UNIT_OTHER, NONE, "home-gpu.mount" },
	{ "/../../system.slice/gdm.service", UNIT_SERVICE, NONE, "gdm.service" },

	{ USER "session-2.scope", UNIT_SESSION, 1000, "session-2.scope" },
	{ "/user.slice/user-42.slice/session-c1.scope", UNIT_SESSION, 42, "session-c1.scope" },
	{ "/user.slice/user-x.slice/session-2.scope", UNIT_SESSION, NONE, "session-2.scope" },
	{ "/user.slice/user-4294967295.slice/session-2.scope", UNIT_SESSION, NONE, "session-2.scope" },
	{ "/user.slice/user-99999999999.slice/session-2.scope", UNIT_SESSION, NONE, "session-2.scope" },
	{ OWN "init.scope", UNIT_USER_SERVICE, 1000, "init.scope" },
	{ OWN, UNIT_USER_SERVICE, 1000, "user@1000.service" },
	{ OWN "session.slice/org.gnome.Shell@wayland.service", UNIT_USER_SERVICE, 1000,
		"org.gnome.Shell@wayland.service" },
	{ OWN "app.slice/app-gnome-firefox-4242.scope", UNIT_USER_SERVICE, 1000, "app-gnome-firefox-4242.scope" },
	{ OWN "user.slice/libpod-" ID ".scope/container", UNIT_USER_SERVICE, 1000, "libpod-" ID ".scope" },
	{ "/user.slice/user-7.slice/user@me.service/x.service", UNIT_USER_SERVICE, NONE, "x.service" },

	{ "/system.slice/docker-" ID ".scope", UNIT_CONTAINER, NONE, ID },
	{ "/machine.slice/libpod-" ID ".scope/container", UNIT_CONTAINER, NONE, ID },
	{ "/machine.slice/libpod-conmon-" ID ".scope", UNIT_OTHER, NONE, "libpod-conmon-" ID ".scope" },
	{ "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1.slice/crio-" ID ".scope", UNIT_CONTAINER,
		NONE, ID },
	{ "/kubepods.slice/kubepods-pod1.slice/cri-containerd-" ID ".scope", UNIT_CONTAINER, NONE, ID },
	{ "/kubepods/burstable/pod0a1b/" ID, UNIT_CONTAINER, NONE, ID },
	{ "/kubepods/pod0a1b/" ID "/inner", UNIT_CONTAINER, NONE, ID },
	{ "/kubepods/besteffort/pod0a1b", UNIT_CONTAINER, NONE, "pod0a1b" },
	{ "/kubepods", UNIT_CONTAINER, NONE, "kubepods" },
	{ "/docker/" ID, UNIT_CONTAINER, NONE, ID },
	{ "/docker", UNIT_NONE, NONE, "" },
	{ "/libpod_parent/libpod-" ID, UNIT_CONTAINER, NONE, ID },
	{ "/lxc/web/ns/system.slice/nginx.service", UNIT_CONTAINER, NONE, "web" },
	{ "/lxc.payload.web/init.scope", UNIT_CONTAINER, NONE, "web" },
	{ "/lxc.monitor.web", UNIT_NONE, NONE, "" },
	{ "/machine.slice/systemd-nspawn@my\\x2dbox.service/payload", UNIT_CONTAINER, NONE, "my-box" },
	{ "/machine.slice/machine-my\\x2dbox.scope/payload", UNIT_CONTAINER, NONE, "my-box" },
	{ "/machine.slice/machine-lxc\\x2d77\\x2dweb.scope", UNIT_CONTAINER, NONE, "web" },
	{ "/machine.slice/machine-qemu\\x2d1\\x2dgpuvm.scope/libvirt/emulator", UNIT_MACHINE, NONE, "gpuvm" },
	{ "/machine.slice/machine-qemu\\x2d12\\x2dwin\\x2d10.scope", UNIT_MACHINE, NONE, "win-10" },
	{ "/machine.slice/machine-qemu\\x2dgpuvm.scope", UNIT_MACHINE, NONE, "gpuvm" },
	{ "/machine.slice/machine-qemu\\x2d1\\x2d.scope", UNIT_MACHINE, NONE, "1-" },
	{ "/machine/qemu-3-gpuvm.libvirt-qemu/vcpu0", UNIT_MACHINE, NONE, "gpuvm" },
	{ "/machine/lxc-3-web.libvirt-lxc", UNIT_CONTAINER, NONE, "web" },
	{ "/machine.slice/machine-a\\x00b\\x4\\xzz\\.scope", UNIT_CONTAINER, NONE, "a\\x00b\\x4\\xzz\\" },

	/* What people call what is theirs. */
	{ OWN "gdm.service", UNIT_USER_SERVICE, 1000, "gdm.service" },
	{ OWN "user.slice/user-0.slice/user@0.service", UNIT_USER_SERVICE, 1000, "user@0.service" },
	{ OWN "docker-" ID ".scope", UNIT_USER_SERVICE, 1000, "docker-" ID ".scope" },
	{ "/system.slice/docker-" ID ".scope/system.slice/gdm.service", UNIT_CONTAINER, NONE, ID },
	{ "/docker/" ID "/user.slice/user-0.slice/session-1.scope", UNIT_CONTAINER, NONE, ID },
	{ USER "session-2.scope/system.slice/gdm.service", UNIT_SESSION, 1000, "session-2.scope" },
	{ "/system.slice/web.service/user@0.service/x.service", UNIT_SERVICE, NONE, "web.service" },
	{ "/system.slice/web.service/docker/" ID, UNIT_SERVICE, NONE, "web.service" },
	{ "/system.slice/docker/" ID, UNIT_NONE, NONE, "" },
	{ "/x/system.slice/gdm.service", UNIT_NONE, NONE, "" },
	{ "/system.slice/.service", UNIT_NONE, NONE, "" },
	{ "/system.slice/docker-.scope", UNIT_OTHER, NONE, "docker-.scope" },
	{ "/system.slice/user@.service", UNIT_SERVICE, NONE, "user@.service" },
	{ "/system.slice/a:b:c.service", UNIT_SERVICE, NONE, "a:b:c.service" },
};

static void check(const char *text, const char *path, enum unit_kind kind, uid_t uid, const char *name)
{
	struct unit unit;

	memset(&unit, 0xa5, sizeof(unit));
	unit_parse(text, &unit);
	ck_assert_msg(unit.kind == kind, "'%s' is '%s'", path, unit_kind_name(unit.kind));
	ck_assert_msg(unit.uid == uid, "'%s' is of %u", path, (unsigned int)unit.uid);
	ck_assert_msg(strcmp(unit.name, name) == 0, "'%s' is '%s'", path, unit.name);
}

/* The same path in version 2, in version 1, and in both. */
START_TEST(test_path)
{
	static const char *const around[][2] = { { "0::", "\n" }, { "0::", "" },
		{ "12:devices:/x.service\n1:name=systemd:", "\n" },
		{ "3:cpu,cpuacct:/user.slice\n1:name=systemd:", "\n0::/wrong.service\n" },
		{ "1:name=systemd:/\n0::", "\n" } };
	char text[1024];

	for (int i = 0; i < COUNT(around); i++) {
		/* Without a path of systemd's, the other one is asked. */
		if (i == 3 && strlen(rows[_i].path) < 2)
			continue;
		(void)snprintf(text, sizeof(text), "%s%s%s", around[i][0], rows[_i].path, around[i][1]);
		check(text, rows[_i].path, rows[_i].kind, rows[_i].uid, rows[_i].name);
	}
}
END_TEST

START_TEST(test_text)
{
	static const char *const texts[] = { "", "\n\n", "0", "0:", "0::", ":::", "1::/system.slice/gdm.service",
		"0:cpu:/system.slice/gdm.service", "name=systemd:/system.slice/gdm.service",
		"0:/system.slice/gdm.service", "x\n::/gdm.service\n" };

	for (int i = 0; i < COUNT(texts); i++)
		check(texts[i], texts[i], UNIT_NONE, NONE, "");
}
END_TEST

/* No group has a name of 256 bytes, so none is cut to one that somebody else has. */
START_TEST(test_long)
{
	char text[1024], name[UNIT_NAME_SIZE];

	memset(name, 'x', sizeof(name) - 1);
	memcpy(name + sizeof(name) - sizeof(".service"), ".service", sizeof(".service"));
	(void)snprintf(text, sizeof(text), "0::/system.slice/%s\n", name);
	check(text, text, UNIT_SERVICE, NONE, name);
	(void)snprintf(text, sizeof(text), "0::/system.slice/x%s\n", name);
	check(text, text, UNIT_NONE, NONE, "");
}
END_TEST

START_TEST(test_kinds)
{
	static const char *const names[] = { "", "service", "session", "user-service", "container", "machine",
		"other" };

	ck_assert_int_eq(COUNT(names), UNIT_KINDS_);
	ck_assert_str_eq(unit_kind_name((enum unit_kind)_i), names[_i]);
}
END_TEST

TCase *case_unit(void)
{
	TCase *tcase = suite_case("unit");

	add_rows(tcase, test_path, rows);
	tcase_add_test(tcase, test_text);
	tcase_add_test(tcase, test_long);
	tcase_add_loop_test(tcase, test_kinds, 0, UNIT_KINDS_);
	return tcase;
}
