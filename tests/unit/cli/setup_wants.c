// SPDX-License-Identifier: GPL-2.0-or-later
/* What setup wants of a host, what of it it refuses, and how it shows it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/snapshot.h"
#include "tests/unit/cli/cli.h"
#include "tests/unit/cli/systems.h"

/* ---- what is refused, with nothing changed ---- */

#define WORDS "'intel_iommu=on iommu=pt'"

static const struct {
	unsigned int which;
	const char *path, *text; /* a file that it has as well, or NULL text: has not */
	const char *sentence, *more;
} refused[] = {
	{ SYSTEM_ARCH_GRUB, "boot/grub", NULL, "none that is known", WORDS },
	{ SYSTEM_ARCH_GRUB, "etc/default/grub", "GRUB_TIMEOUT=5\n", "no GRUB_CMDLINE_LINUX_DEFAULT", WORDS },
	{ SYSTEM_ARCH_GRUB, "etc/default/grub",
		"GRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\nGRUB_CMDLINE_LINUX_DEFAULT=\"$X a\"\n", "several times", WORDS },
	{ SYSTEM_ARCH_GRUB, "etc/default/grub", "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet $MORE\"\n", "shell", WORDS },
	{ SYSTEM_ARCH_GRUB, "etc/default/grub", "if true; then\nGRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\nfi\n",
		"plain assignments", WORDS },
	/* Fedora without grubby: what GRUB's own file has is not looked at. */
	{ SYSTEM_FEDORA, "usr/sbin/grubby", NULL, "no grubby", WORDS },
	{ SYSTEM_FEDORA, "boot/loader/entries/old.conf", "options root=/ iommu=pt\n", "others have not", WORDS },
	{ SYSTEM_FEDORA, "boot/loader/entries/old.conf", "options root=/ intel_iommu=off\n", "another value", WORDS },
	{ SYSTEM_FEDORA, "boot/loader/entries/old.conf", "options $kernelopts\n", "from elsewhere", WORDS },
	{ SYSTEM_SILVERBLUE, "usr/sbin/rpm-ostree", NULL, "no rpm-ostree", WORDS },
	/* Entries of a person's own. */
	{ SYSTEM_POP, "usr/sbin/kernelstub", NULL, "made by no tool",
		"'/boot/efi/loader/entries/Pop_OS-current.conf'" },
	{ SYSTEM_POP, "boot/efi/loader/entries/Pop_OS-current.conf", "options root=/dev/sda ro quiet\n",
		"not as kernelstub writes it", WORDS },
	{ SYSTEM_ARCH_UKI, "etc/cmdline.d/root.conf", "root=/\n", "cmdline.d", WORDS },
	{ SYSTEM_ARCH_UKI, "etc/kernel/cmdline", "root=/ dyndbg=\"file a\n", "within quotes", WORDS },
	/* Two loaders, and the firmware does not tell which of them it was. */
	{ SYSTEM_ARCH_INSTALL, "sys/firmware", NULL, "neither says", "GRUB" },
	{ SYSTEM_DEBIAN, "proc/cmdline", "BOOT_IMAGE=/vmlinuz iommu=off\n", "'iommu=off'", "reboot" },
};

START_TEST(test_refused)
{
	char *before;

	system_start(refused[_i].which);
	remove_all(system_scratch.fd, refused[_i].path);
	if (refused[_i].text)
		put_text(system_scratch.fd, refused[_i].path, "%s", refused[_i].text);
	if (strcmp(refused[_i].path, "sys/firmware") == 0) {
		put_text(system_scratch.fd, "boot/grub/grub.cfg", "x");
		put_text(system_scratch.fd, "etc/default/grub", "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\n");
		put_text(system_scratch.fd, "usr/sbin/update-grub", "x");
	}
	before = system_look();
	ck_assert_msg(system_run(&command_setup) == -ECANCELED, "row %d is not refused: %s", _i, system_printed);
	system_assert_in(system_refusal.sentence, refused[_i].sentence);
	system_assert_in(system_refusal.sentence, refused[_i].more);
	system_assert_calls("");
	system_assert_as(before);
	free(before);
	scratch_remove(&system_scratch);
}
END_TEST

/* ---- what is wanted ---- */

static const struct {
	unsigned int which;
	const char *path, *text;
	const char *wanted, *unwanted; /* in what is shown */
} needs[] = {
	/* A kernel that has it on by itself: then it is the firmware. */
	{ SYSTEM_DEBIAN, "boot/config-" SYSTEM_RELEASE, "CONFIG_INTEL_IOMMU_DEFAULT_ON=y\n", "turn VT-d on",
		"intel_iommu" },
	{ SYSTEM_DEBIAN, "sys/kernel/iommu_groups/0/type", "DMA\n", "iommu=pt", "intel_iommu" },
	{ SYSTEM_DEBIAN, "proc/cmdline", "BOOT_IMAGE=/vmlinuz intel_iommu=off\n", "intel_iommu=on iommu=pt", "VT-d" },
	{ SYSTEM_DEBIAN, "proc/cmdline", "BOOT_IMAGE=/vmlinuz iommu=nopt\n", "intel_iommu=on", "iommu=pt" },
	{ SYSTEM_DEBIAN, "proc/cmdline", "BOOT_IMAGE=/vmlinuz iommu.passthrough=0\n", "intel_iommu=on", "iommu=pt" },
	{ SYSTEM_DEBIAN, "proc/cpuinfo", "processor\t: 0\nCPU implementer\t: 0x41\n", "modules-load.d",
		"to be run: update-grub" },
	{ SYSTEM_DEBIAN, "etc/modules-load.d/mine.conf", "vfio_pci\n", "update-grub", "modules-load.d" },
	{ SYSTEM_DEBIAN, "etc/modules-load.d/mine.conf", "#vfio_pci\n", "modules-load.d", "mine.conf" },
	{ SYSTEM_DEBIAN, "etc/group", "kvm:x:104:anna\n", "update-grub", "usermod" },
	{ SYSTEM_DEBIAN, "etc/passwd", "root:x:0:0::/:/bin/sh\n", "not in '/etc/passwd'", "usermod" },
	{ SYSTEM_DEBIAN, "etc/passwd", "-x:x:1000:1000::/:/bin/sh\n", "not in '/etc/passwd'", "usermod" },
	{ SYSTEM_DEBIAN, "etc/gpu-handoff.conf", "[card 0000:01:00.0]\nmode = reserved\n", "update-grub",
		"run: update-initramfs" },
	{ SYSTEM_SUSE, "etc/motd", "", "intel_iommu=on", "iommu=pt" },
	{ SYSTEM_DEBIAN_BOOT, "usr/lib/kernel/cmdline", "root=/vendor\n", "+root=/vendor intel_iommu=on iommu=pt\n",
		"+root=UUID" },
	{ SYSTEM_UBUNTU, "etc/motd", "", "iommu=pt", "intel_iommu" },
};

START_TEST(test_needs)
{
	system_start(needs[_i].which);
	put_text(system_scratch.fd, needs[_i].path, "%s", needs[_i].text);
	ck_assert_msg(system_run_with(&command_setup, true, false) == 0, "%s", system_refusal.sentence);
	system_assert_in(system_printed, needs[_i].wanted);
	ck_assert_msg(
		!strstr(system_printed, needs[_i].unwanted), "'%s' is in:\n%s", needs[_i].unwanted, system_printed);
	scratch_remove(&system_scratch);
}
END_TEST

static const struct {
	unsigned int which;
	const char *image, *ours, *wanted;
} images[] = {
	{ SYSTEM_DEBIAN, "boot/initrd.img-" SYSTEM_RELEASE, "usr/share/initramfs-tools/hooks/gpu-handoff",
		"to be run: update-initramfs -u -k all\n" },
	{ SYSTEM_SUSE, "boot/initramfs-" SYSTEM_RELEASE ".img",
		"usr/lib/dracut/modules.d/90gpu-handoff/module-setup.sh", "to be run: dracut -f --regenerate-all\n" },
};

static bool is_made_anew(const char *wanted)
{
	ck_assert_int_eq(system_run_with(&command_setup, true, false), 0);
	return strstr(system_printed, wanted);
}

/* Made anew when the configuration, or what of ours goes into it, is younger, and only then. */
START_TEST(test_initramfs)
{
	const char *image = images[_i].image, *wanted = images[_i].wanted;
	int root;

	system_start(images[_i].which);
	root = system_scratch.fd;
	put_text(root, images[_i].ours, "x");
	put_text(root, image, "x");
	ck_assert(!is_made_anew(wanted));
	(void)usleep(20000);
	put_text(root, "etc/gpu-handoff.conf", "[card 0000:01:00.0]\nmode = reserved\n");
	ck_assert(is_made_anew(wanted));
	(void)usleep(20000);
	put_text(root, image, "y");
	ck_assert(!is_made_anew(wanted));
	(void)usleep(20000);
	put_text(root, images[_i].ours, "y");
	ck_assert(is_made_anew(wanted));
	remove_all(root, images[_i].ours);
	ck_assert(!is_made_anew(wanted));
	system_assert_in(system_printed, "knows nothing of gpu-handoff");
	scratch_remove(&system_scratch);
}
END_TEST

/* A recorded machine is only read. */
START_TEST(test_sysroot)
{
	struct invocation invocation = { .yes = true, .sysroot = system_scratch.path };

	system_start(SYSTEM_DEBIAN);
	ck_assert_int_eq(host_open(system_scratch.path, &invocation.host), 0);
	ck_assert_int_eq(command_setup.run(&invocation, &system_refusal), -ECANCELED);
	system_assert_in(system_refusal.sentence, "--dry-run");
	host_close(&invocation.host);
	scratch_remove(&system_scratch);
}
END_TEST

START_TEST(test_difference)
{
	system_start(SYSTEM_ARCH_GRUB);
	ck_assert_int_eq(system_run_with(&command_setup, true, false), 0);
	system_assert_in(system_printed,
		"--- /etc/default/grub\n+++ /etc/default/grub\n@@ -3,7 +3,7 @@\n GRUB_DEFAULT=0\n"
		" GRUB_TIMEOUT=5\n GRUB_DISTRIBUTOR=\"Arch\"\n"
		"-GRUB_CMDLINE_LINUX_DEFAULT=\"loglevel=3 quiet\"\n"
		"+GRUB_CMDLINE_LINUX_DEFAULT=\"loglevel=3 quiet intel_iommu=on iommu=pt\"\n"
		" GRUB_CMDLINE_LINUX=\"\"\n \n # Preload both GPT and MBR modules\n");
	system_assert_in(system_printed, "--- /dev/null\n+++ /etc/modules-load.d/gpu-handoff.conf\n@@ -0,0 +1,2 @@\n");
	scratch_remove(&system_scratch);
}
END_TEST

TCase *case_setup_wants(void)
{
	TCase *tcase = suite_case("setup-wants");

	add_rows(tcase, test_refused, refused);
	add_rows(tcase, test_needs, needs);
	add_rows(tcase, test_initramfs, images);
	tcase_add_test(tcase, test_sysroot);
	tcase_add_test(tcase, test_difference);
	return tcase;
}
