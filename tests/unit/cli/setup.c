// SPDX-License-Identifier: GPL-2.0-or-later
/* gpu-handoff setup and reset, on hosts of every kind, with tools that change their files as the real ones do. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/snapshot.h"
#include "tests/unit/cli/cli.h"
#include "tests/unit/cli/systems.h"

/* ---- every system ---- */

START_TEST(test_there_and_back)
{
	const struct system *system = &systems[_i];
	char *before, *after, *text;

	system_start((unsigned int)_i);
	before = system_look();
	ck_assert_msg(system_run(&command_setup) == 0, "%s: %s", system->name, system_refusal.sentence);
	system_assert_calls(system->calls);
	system_assert_in(system_printed, "reboot");
	if (system->file) {
		text = get_text(system_scratch.fd, system->file);
		ck_assert_msg(text != NULL, "%s: no '%s'", system->name, system->file);
		ck_assert_msg(strstr(text, "iommu=pt") || strstr(text, "intel_iommu=on"), "%s: %s", system->name, text);
		free(text);
	}
	/* Once is enough. */
	after = system_look();
	ck_assert_msg(system_run(&command_setup) == 0, "%s: %s", system->name, system_refusal.sentence);
	system_assert_in(system_printed, "nothing is to be done; reboot");
	system_assert_calls("");
	system_assert_as(after);
	/* The kernel has been told since, and tells kernel-install. */
	put_text(system_scratch.fd, "proc/cmdline", "%s intel_iommu=on iommu=pt\n", system->cmdline);
	ck_assert_int_eq(system_run(&command_setup), 0);
	system_assert_in(system_printed, "nothing is to be done\n");
	ck_assert_msg(system_run(&command_reset) == 0, "%s: %s", system->name, system_refusal.sentence);
	system_assert_calls(system->back);
	system_assert_as(before);
	ck_assert_int_eq(system_run(&command_reset), 0);
	system_assert_in(system_printed, "nothing is to be done");
	system_assert_calls("");
	free(before);
	free(after);
	scratch_remove(&system_scratch);
}
END_TEST

START_TEST(test_dry_run)
{
	const struct system *system = &systems[_i];
	char *before;

	system_start((unsigned int)_i);
	before = system_look();
	ck_assert_int_eq(system_run_with(&command_setup, true, false), 0);
	system_assert_in(system_printed, system->file ? system->file : "to be run: ");
	system_assert_calls("");
	system_assert_as(before);
	/* Nobody can be asked: a test's standard input is no terminal. */
	ck_assert_int_ge(dup2(open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO), 0);
	ck_assert_int_eq(system_run_with(&command_setup, false, false), -ECANCELED);
	system_assert_in(system_refusal.sentence, "--yes");
	system_assert_calls("");
	system_assert_as(before);
	free(before);
	scratch_remove(&system_scratch);
}
END_TEST

/* ---- somebody else ---- */

/* A line of another's in the file that has ours: ours goes, the other stays. */
START_TEST(test_changed_line)
{
	char *text, *before;

	system_start(SYSTEM_ARCH_GRUB);
	before = get_text(system_scratch.fd, "etc/default/grub");
	ck_assert_int_eq(system_run(&command_setup), 0);
	text = get_text(system_scratch.fd, "etc/default/grub");
	system_assert_in(text, "GRUB_CMDLINE_LINUX_DEFAULT=\"loglevel=3 quiet intel_iommu=on iommu=pt\"\n");
	put_text(system_scratch.fd, "etc/default/grub", "%sGRUB_SAVEDEFAULT=true\n", text);
	free(text);
	ck_assert_int_eq(system_run(&command_reset), 0);
	text = get_text(system_scratch.fd, "etc/default/grub");
	ck_assert_int_eq(strncmp(text, before, strlen(before)), 0);
	ck_assert_str_eq(text + strlen(before), "GRUB_SAVEDEFAULT=true\n");
	free(text);
	free(before);
	scratch_remove(&system_scratch);
}
END_TEST

static const struct {
	unsigned int which;
	const char *path, *text;
	mode_t mode;
} others[] = {
	{ SYSTEM_ARCH_GRUB, "etc/default/grub", "GRUB_CMDLINE_LINUX_DEFAULT=\"intel_iommu=on iommu=pt\"\n", 0644 },
	{ SYSTEM_DEBIAN, "etc/default/grub.d/gpu-handoff.cfg", "GRUB_TIMEOUT=0\n", 0644 },
	{ SYSTEM_DEBIAN, "etc/modules-load.d/gpu-handoff.conf", NULL, 0600 },
	{ SYSTEM_ARCH_INSTALL, "etc/kernel/cmdline", "root=/dev/sda1\n", 0644 },
};

/* What cannot be told apart is left as it is, and everything else comes back. */
START_TEST(test_changed_file)
{
	char *text, *wanted;
	struct stat st;

	system_start(others[_i].which);
	ck_assert_int_eq(system_run(&command_setup), 0);
	if (others[_i].text)
		put_text(system_scratch.fd, others[_i].path, "%s", others[_i].text);
	ck_assert_int_eq(fchmodat(system_scratch.fd, others[_i].path, others[_i].mode, 0), 0);
	wanted = get_text(system_scratch.fd, others[_i].path);
	ck_assert_int_eq(system_run(&command_reset), -ECANCELED);
	system_assert_in(system_refusal.sentence, others[_i].path);
	system_assert_in(system_refusal.sentence, "somebody else has changed");
	system_assert_in(system_printed, "left alone");
	text = get_text(system_scratch.fd, others[_i].path);
	ck_assert_str_eq(text, wanted);
	ck_assert_int_eq(fstatat(system_scratch.fd, others[_i].path, &st, 0), 0);
	ck_assert_uint_eq(st.st_mode & 07777, others[_i].mode);
	free(text);
	free(wanted);
	/* It has said so once. */
	text = get_text(system_scratch.fd, "etc/group");
	ck_assert_ptr_null(strstr(text, "anna,"));
	ck_assert_int_eq(system_run(&command_reset), 0);
	free(text);
	scratch_remove(&system_scratch);
}
END_TEST

/* Mode and owner of a file that is edited stay, there and back. */
START_TEST(test_mode)
{
	struct stat st;

	system_start(SYSTEM_ARCH_GRUB);
	ck_assert_int_eq(fchmodat(system_scratch.fd, "etc/default/grub", 0640, 0), 0);
	ck_assert_int_eq(system_run(&command_setup), 0);
	ck_assert_int_eq(fstatat(system_scratch.fd, "etc/default/grub", &st, 0), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0640);
	ck_assert_int_eq(system_run(&command_reset), 0);
	ck_assert_int_eq(fstatat(system_scratch.fd, "etc/default/grub", &st, 0), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0640);
	scratch_remove(&system_scratch);
}
END_TEST

/* A kernel that had an entry is gone when setup is taken back. */
START_TEST(test_gone_kernel)
{
	char *calls;

	system_start(SYSTEM_DEBIAN_BOOT);
	ck_assert_int_eq(system_run(&command_setup), 0);
	system_assert_calls(systems[SYSTEM_DEBIAN_BOOT].calls);
	remove_all(system_scratch.fd, "boot/vmlinuz-" SYSTEM_RELEASE);
	ck_assert_msg(system_run(&command_reset) == 0, "%s", system_refusal.sentence);
	calls = system_take_calls(system_scratch.fd);
	system_assert_in(calls, "gpasswd");
	ck_assert_msg(!strstr(calls, "kernel-install"), "%s", calls);
	free(calls);
	ck_assert_int_eq(system_run(&command_reset), 0);
	system_assert_in(system_printed, "nothing is to be done");
	scratch_remove(&system_scratch);
}
END_TEST

/* Its boot loaders are on disks of their own, which nothing here writes. */
START_TEST(test_proxmox)
{
	char *before;

	system_start(SYSTEM_DEBIAN);
	put_text(system_scratch.fd, "etc/kernel/proxmox-boot-uuids", "1234-ABCD\n");
	before = system_look();
	ck_assert_int_eq(system_run(&command_setup), -ECANCELED);
	system_assert_in(system_refusal.sentence, "proxmox-boot-tool refresh");
	system_assert_in(system_refusal.sentence, "intel_iommu=on");
	system_assert_calls("");
	system_assert_as(before);
	free(before);
	scratch_remove(&system_scratch);
}
END_TEST

static const struct {
	unsigned int which;
	const char *path, *text, *sentence;
} handwritten[] = {
	{ SYSTEM_ARCH_GRUB, "boot/grub/grub.cfg", "linux /vmlinuz root=/dev/sda1\n", "written by hand" },
	{ SYSTEM_DEBIAN_BOOT, "boot/efi/loader/entries/4c4c4544004810358042b4c04f4d3332-" SYSTEM_RELEASE ".conf",
		"title Debian\noptions root=UUID=1234 ro quiet nomodeset\n", "has 'nomodeset', which" },
};

/* Making it anew would lose what somebody has written. */
START_TEST(test_handwritten)
{
	char *before;

	system_start(handwritten[_i].which);
	put_text(system_scratch.fd, handwritten[_i].path, "%s", handwritten[_i].text);
	before = system_look();
	ck_assert_int_eq(system_run(&command_setup), -ECANCELED);
	system_assert_in(system_refusal.sentence, handwritten[_i].sentence);
	system_assert_calls("");
	system_assert_as(before);
	free(before);
	scratch_remove(&system_scratch);
}
END_TEST

TCase *case_setup(void)
{
	TCase *tcase = suite_case("setup");

	tcase_add_loop_test(tcase, test_there_and_back, 0, SYSTEMS_);
	tcase_add_loop_test(tcase, test_dry_run, 0, SYSTEMS_);
	tcase_add_test(tcase, test_changed_line);
	add_rows(tcase, test_changed_file, others);
	tcase_add_test(tcase, test_mode);
	tcase_add_test(tcase, test_gone_kernel);
	tcase_add_test(tcase, test_proxmox);
	add_rows(tcase, test_handwritten, handwritten);
	return tcase;
}
