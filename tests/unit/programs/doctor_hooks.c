// SPDX-License-Identifier: GPL-2.0-or-later
/* What doctor finds of libvirt's hooks and daemons, of what confines them, and of firmware. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/programs/doctor.h"

#define RECORD "haswell-gtx1070ti"
#define HOOK   "usr/sbin/gpu-handoff-hook"
#define HOOKS  "etc/libvirt/hooks/qemu.d/"
#define OURS   HOOKS "50-gpu-handoff"

static void put_program(int root, const char *path, const char *text, unsigned int mode)
{
	put_text(root, path, "%s", text);
	ck_assert_int_eq(fchmodat(root, path, mode, 0), 0);
}

static void put_target(int root, const char *target)
{
	put_directory(root, HOOKS);
	ck_assert_int_eq(symlinkat(target, root, OURS), 0);
}

static void put_hook(int root)
{
	put_program(root, HOOK, "", 0755);
	put_target(root, "/" HOOK);
}

static void put_no_program(int root)
{
	put_target(root, "/" HOOK);
}

static void put_open_program(int root)
{
	put_hook(root);
	ck_assert_int_eq(fchmodat(root, HOOK, 0775, 0), 0);
}

static void put_dead_program(int root)
{
	put_hook(root);
	ck_assert_int_eq(fchmodat(root, HOOK, 0644, 0), 0);
}

static void put_no_link(int root)
{
	put_program(root, HOOK, "", 0755);
	put_directory(root, HOOKS);
}

static void put_no_directory(int root)
{
	put_program(root, HOOK, "", 0755);
	put_directory(root, "etc/libvirt");
}

static void put_copy(int root)
{
	put_program(root, HOOK, "", 0755);
	put_program(root, OURS, "", 0755);
}

static void put_elsewhere(int root)
{
	put_program(root, HOOK, "", 0755);
	put_target(root, "/usr/local/sbin/gpu-handoff-hook");
}

static void put_binder(int root)
{
	put_hook(root);
	put_program(root, HOOKS "20-vfio", "#!/bin/sh\n# says rmmod\necho x >/sys/bus/pci/devices/y/driver_override\n",
		0755);
}

static void put_first(int root)
{
	put_hook(root);
	put_program(root, "etc/libvirt/hooks/qemu", "#!/bin/sh\n\tsystemctl set-property system.slice AllowedCPUs=0\n",
		0755);
}

static void put_harmless(int root)
{
	put_hook(root);
	put_program(root, HOOKS "20-note", "#!/bin/sh\n# driver_override is not ours\nlogger $1\n", 0755);
	/* Nobody runs that one, nor what is in a directory. */
	put_program(root, HOOKS "30-off", "rmmod\n", 0644);
	put_program(root, HOOKS "vm/rmmod", "rmmod\n", 0755);
}

static void put_stray(int root)
{
	put_hook(root);
	ck_assert_int_eq(symlinkat("/opt/hook", root, HOOKS "99-stray"), 0);
}

static void put_fifo(int root)
{
	put_hook(root);
	ck_assert_int_eq(mkfifoat(root, HOOKS "99-fifo", 0755), 0);
}

/* The word is behind what is looked at only as text: a NUL. */
static void put_binary(int root)
{
	int fd;

	put_hook(root);
	put_program(root, HOOKS "40-binary", "", 0755);
	fd = openat(root, HOOKS "40-binary", O_WRONLY | O_CLOEXEC);
	ck_assert_int_eq(write(fd, "\177ELF\0\0modprobe -r\0", 18), 18);
	(void)close(fd);
}

/* ---- daemons ---- */

static void put_daemon(int root, unsigned int pid, const char *name)
{
	char path[32];

	(void)snprintf(path, sizeof(path), "proc/%u/stat", pid);
	put_text(root, path,
		"%u (%s) S 1 1 1 0 -1 4194560 1 1 1 1 1 1 1 1 20 0 17 0 4242 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 17 0 0 0 "
		"0\n",
		pid, name);
}

static void put_libvirtd(int root)
{
	put_daemon(root, 100, "sh");
	put_daemon(root, 101, "libvirtd");
}

static void put_virtqemud(int root)
{
	put_daemon(root, 101, "virtqemud");
}

static void put_socket(int root)
{
	put_text(root, "run/libvirt/virtqemud-sock", "%s", "");
}

static void put_both(int root)
{
	put_directory(root, "etc/systemd/system/sockets.target.wants");
	put_directory(root, "etc/systemd/system/multi-user.target.wants");
	ck_assert_int_eq(symlinkat("/lib/systemd/system/virtqemud.socket", root,
				 "etc/systemd/system/sockets.target.wants/virtqemud.socket"),
		0);
	ck_assert_int_eq(symlinkat("/lib/systemd/system/libvirtd.service", root,
				 "etc/systemd/system/multi-user.target.wants/libvirtd.service"),
		0);
}

static void put_two(int root)
{
	put_libvirtd(root);
	put_daemon(root, 102, "virtqemud");
}

/* ---- confinement, firmware ---- */

static void put_apparmor(int root)
{
	put_text(root, "sys/module/apparmor/parameters/enabled", "Y\n");
	put_text(root, "sys/kernel/security/apparmor/profiles", "cron (enforce)\nlibvirtd (enforce)\n");
}

static void put_apparmor_without(int root)
{
	put_text(root, "sys/module/apparmor/parameters/enabled", "Y\n");
	put_text(root, "sys/kernel/security/apparmor/profiles", "cron (enforce)\n");
}

static void put_apparmor_off(int root)
{
	put_text(root, "sys/module/apparmor/parameters/enabled", "N\n");
}

static void put_selinux(int root)
{
	put_text(root, "sys/fs/selinux/enforce", "1");
}

static void put_permissive(int root)
{
	put_text(root, "sys/fs/selinux/enforce", "0");
}

#define DESCRIPTORS "usr/share/qemu/firmware/"
#define FIRMWARE(features)                                                                                             \
	"{\"interface-types\":[\"uefi\"],\"mapping\":{\"executable\":{\"filename\":\"/usr/share/OVMF/CODE.fd\"}},"     \
	"\"features\":[" features "]}"

static void put_uefi(int root)
{
	put_text(root, "usr/share/OVMF/CODE.fd", "%s", "");
	put_text(root, DESCRIPTORS "60-plain.json", FIRMWARE("\"acpi-s3\""));
}

static void put_secure(int root)
{
	put_uefi(root);
	put_text(root, DESCRIPTORS "40-secure.json", FIRMWARE("\"secure-boot\",\"enrolled-keys\""));
	put_text(root, "usr/bin/swtpm", "%s", "");
	put_text(root, "usr/bin/swtpm_setup", "%s", "");
}

static void put_no_file(int root)
{
	put_text(root, DESCRIPTORS "60-plain.json", FIRMWARE("\"acpi-s3\""));
	put_text(root, "usr/bin/swtpm", "%s", "");
}

/* None of them is what it should be, and nobody falls over it. */
static void put_strange(int root)
{
	put_text(root, DESCRIPTORS "1.json", "[1,2");
	put_text(root, DESCRIPTORS "2.json", "7");
	put_text(root, DESCRIPTORS "3.json", "{\"interface-types\":7}");
	put_text(root, DESCRIPTORS "4.json", "{\"interface-types\":[null,7,\"uefi\"],\"mapping\":[]}");
	put_text(root, DESCRIPTORS "5.json", "{\"interface-types\":[\"uefi\"],\"mapping\":{\"executable\":7}}");
	put_text(root, DESCRIPTORS "6.json",
		"{\"interface-types\":[\"uefi\"],\"mapping\":{\"executable\":{\"filename\":[]}}}");
}

/* ---- what is found ---- */

static const struct doctor_row hosts[] = {
	{ "the hook", RECORD, NULL, put_hook, "hooks", "pass", "/" HOOK, "root's alone", NULL },
	{ "its link", RECORD, NULL, put_hook, "hooks", "pass", "/" OURS, "libvirt finds the hook", NULL },
	{ "no program", RECORD, NULL, put_no_program, "hooks", "fail", "/" HOOK, "the hook is not there", "install" },
	{ "a program for others", RECORD, NULL, put_open_program, "hooks", "fail", "/" HOOK, "with mode 0775",
		"chmod 755 /" HOOK },
	{ "no program to run", RECORD, NULL, put_dead_program, "hooks", "fail", "/" HOOK, "its mode is 0644",
		"chmod 755 /" HOOK },
	{ "no link", RECORD, NULL, put_no_link, "hooks", "fail", "/" OURS, "starts domains without it",
		"'ln -sfn /" HOOK " /" OURS "'" },
	{ "no directory", RECORD, NULL, put_no_directory, "hooks", "fail", "/" OURS, "starts domains without it",
		"mkdir -p /etc/libvirt/hooks/qemu.d" },
	{ "a copy", RECORD, NULL, put_copy, "hooks", "warn", "/" OURS, "a copy stays as old", "ln -sfn" },
	{ "a link to another", RECORD, NULL, put_elsewhere, "hooks", "fail", "/" OURS,
		"it leads to '/usr/local/sbin/gpu-handoff-hook'", "ln -sfn" },

	{ "no others", RECORD, NULL, put_hook, "other-hooks", "pass", "other hooks", "0, and none", NULL },
	{ "one that binds", RECORD, NULL, put_binder, "other-hooks", "warn", "/" HOOKS "20-vfio",
		"says 'driver_override': it binds cards", "take that out" },
	{ "the first", RECORD, NULL, put_first, "other-hooks", "warn", "/etc/libvirt/hooks/qemu",
		"says 'AllowedCPUs': it takes CPUs", "take that out" },
	{ "one that does nothing of ours", RECORD, NULL, put_harmless, "other-hooks", "pass", "other hooks",
		"1, and none", NULL },
	{ "a link out", RECORD, NULL, put_stray, "other-hooks", "warn", "/" HOOKS "99-stray", "a link to elsewhere",
		"look whether" },
	{ "a FIFO", RECORD, NULL, put_fifo, "other-hooks", "pass", "other hooks", "0, and none", NULL },
	{ "a binary", RECORD, NULL, put_binary, "other-hooks", "warn", "/" HOOKS "40-binary", "says 'modprobe -r'",
		"take that out" },

	{ "libvirtd", RECORD, NULL, put_libvirtd, "daemon", "pass", "libvirt's daemon", "libvirtd runs", NULL },
	{ "virtqemud", RECORD, NULL, put_virtqemud, "daemon", "pass", "libvirt's daemon", "virtqemud runs", NULL },
	{ "a socket", RECORD, NULL, put_socket, "daemon", "pass", "libvirt's daemon",
		"virtqemud is started when it is asked", NULL },
	{ "both enabled", RECORD, NULL, put_both, "daemon", "warn", "libvirt's daemon", "are both at work, or enabled",
		"systemctl disable --now libvirtd.service" },
	{ "both run", RECORD, NULL, put_two, "daemon", "warn", "libvirt's daemon", "want to run the same domains",
		"keep one" },

	{ "AppArmor", RECORD, NULL, put_apparmor, "confinement", "pass", "AppArmor", "and confines libvirt's daemon",
		NULL },
	{ "AppArmor without a profile", RECORD, NULL, put_apparmor_without, "confinement", "pass", "AppArmor",
		"confines no daemon", NULL },
	{ "AppArmor is off", RECORD, NULL, put_apparmor_off, "confinement", "pass", "AppArmor", "it is off", NULL },
	{ "SELinux", RECORD, NULL, put_selinux, "confinement", "warn", "SELinux", "it is enforcing", "ausearch" },
	{ "SELinux is permissive", RECORD, NULL, put_permissive, "confinement", "pass", "SELinux", "permissive", NULL },

	{ "secure boot", RECORD, NULL, put_secure, "firmware", "pass", "UEFI firmware", "also with secure boot", NULL },
	{ "a TPM", RECORD, NULL, put_secure, "firmware", "pass", "TPM", "are there", NULL },
	{ "no secure boot", RECORD, NULL, put_uefi, "firmware", "warn", "UEFI firmware", "none of it has secure boot",
		"ovmf" },
	{ "no TPM", RECORD, NULL, put_uefi, "firmware", "warn", "TPM", "/usr/bin/swtpm is not there", "swtpm-tools" },
	{ "half a TPM", RECORD, NULL, put_no_file, "firmware", "warn", "TPM", "/usr/bin/swtpm_setup is not there",
		"swtpm-tools" },
	{ "firmware without its file", RECORD, NULL, put_no_file, "firmware", "fail", "UEFI firmware", "there is none",
		"ovmf" },
	{ "strange firmware", RECORD, NULL, put_strange, "firmware", "fail", "UEFI firmware", "there is none", "ovmf" },
};

START_TEST(test_host)
{
	doctor_row_check(&hosts[_i]);
}
END_TEST

TCase *case_doctor_hooks(void)
{
	TCase *tcase = suite_case("doctor-hooks");

	add_rows(tcase, test_host, hosts);
	return tcase;
}
