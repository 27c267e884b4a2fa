// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/cli/systems.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ID      "4c4c4544004810358042b4c04f4d3332"
#define RELEASE SYSTEM_RELEASE

#define INTEL "GenuineIntel"

/* grub-mkconfig of Debian reads them, that of others does not. */
#define MKCONFIG_DROPINS                                                                                               \
	"if test -f ${sysconfdir}/default/grub ; then\n  . ${sysconfdir}/default/grub\nfi\n"                           \
	"for x in ${sysconfdir}/default/grub.d/*.cfg ; do\n  if [ -e \"${x}\" ]; then\n    . \"${x}\"\n  fi\ndone\n"
#define MKCONFIG "if test -f ${sysconfdir}/default/grub ; then\n  . ${sysconfdir}/default/grub\nfi\n"

/* LoaderInfo of systemd-boot is UTF-16 with zeros: system_make() writes it where this file is named. */
#define SYSTEMD_BOOT "sys/firmware/efi/efivars/LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"

#define ENTRY(version, options)                                                                                        \
	"title Linux\nversion " version "\nlinux /vmlinuz-" version "\ninitrd /initrd-" version "\noptions " options   \
	"\n"

#define GROUPS "root:x:0:\nkvm:x:104:\nlibvirt:x:118:other\nanna:x:1000:\n"
#define USERS  "root:x:0:0:root:/root:/bin/bash\nanna:x:1000:1000:Anna,,,:/home/anna:/bin/bash\n"

#define CALLS_USER "usermod -aG libvirt anna\nusermod -aG kvm anna\n"
#define BACK_USER  "gpasswd -d anna kvm\ngpasswd -d anna libvirt\n"
#define TOOLS_USER "usermod", "gpasswd"

#define BOTH "intel_iommu=on iommu=pt"

const struct system systems[] = {
	[SYSTEM_DEBIAN] = {
		.name = "Debian 12",
		.cmdline = "BOOT_IMAGE=/boot/vmlinuz-" RELEASE " root=UUID=1234 ro quiet",
		.vendor = INTEL,
		.config = "# CONFIG_INTEL_IOMMU_DEFAULT_ON is not set\nCONFIG_VFIO_PCI=m\n",
		.files = {
			{ "etc/default/grub",
				"# If you change this file, run 'update-grub' afterwards to update\n"
				"# /boot/grub/grub.cfg.\n\nGRUB_DEFAULT=0\nGRUB_TIMEOUT=5\n"
				"GRUB_DISTRIBUTOR=`lsb_release -i -s 2> /dev/null || echo Debian`\n"
				"GRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\nGRUB_CMDLINE_LINUX=\"\"\n" },
			{ "etc/modules", "# /etc/modules: kernel modules to load at boot time.\n" },
			{ "usr/sbin/grub-mkconfig", MKCONFIG_DROPINS },
			{ "boot/grub/grub.cfg", "" },
		},
		.tools = { "update-grub", "update-initramfs", TOOLS_USER },
		.calls = "update-grub\n" CALLS_USER,
		.file = "etc/default/grub.d/gpu-handoff.cfg",
		.back = BACK_USER "update-grub\n",
	},
	/* No /etc/kernel/cmdline: entries have what the running kernel was told. */
	[SYSTEM_DEBIAN_BOOT] = {
		.name = "Debian 12 with systemd-boot",
		.cmdline = "initrd=\\" ID "\\" RELEASE "\\initrd.img-" RELEASE " root=UUID=1234 ro quiet",
		.vendor = INTEL,
		.files = {
			{ SYSTEMD_BOOT, "" },
			{ "etc/machine-id", ID "\n" },
			{ "etc/kernel/install.d/README", "" },
			{ "usr/lib/modules/" RELEASE "/modules.builtin", "kernel/fs/ext4/ext4.ko\n" },
			{ "boot/vmlinuz-" RELEASE, "" },
			{ "boot/efi/loader/entries/" ID "-" RELEASE ".conf", "" },
		},
		.tools = { "kernel-install", "update-initramfs", TOOLS_USER },
		.calls = "kernel-install add " RELEASE " /boot/vmlinuz-" RELEASE "\n" CALLS_USER,
		.file = "etc/kernel/cmdline",
		.back = BACK_USER "kernel-install add " RELEASE " /boot/vmlinuz-" RELEASE "\n",
	},
	[SYSTEM_UBUNTU] = {
		.name = "Ubuntu 24.04",
		.cmdline = "BOOT_IMAGE=/vmlinuz-" RELEASE " root=/dev/mapper/vg-root ro quiet splash vt.handoff=7",
		.vendor = "AuthenticAMD",
		.config = "CONFIG_INTEL_IOMMU_DEFAULT_ON=y\nCONFIG_VFIO_PCI=y\n",
		.files = {
			{ "etc/default/grub",
				"GRUB_DEFAULT=0\nGRUB_TIMEOUT_STYLE=hidden\n"
				"GRUB_DISTRIBUTOR=`( . /etc/os-release; echo ${NAME:-Ubuntu} ) 2>/dev/null || echo Ubuntu`\n"
				"GRUB_CMDLINE_LINUX_DEFAULT=\"quiet splash\"\nGRUB_CMDLINE_LINUX=\"\"\n" },
			{ "etc/default/grub.d/init-select.cfg", "# init-select\n" },
			{ "usr/sbin/grub-mkconfig", MKCONFIG_DROPINS },
			{ "usr/lib/modules/" RELEASE "/modules.builtin", "kernel/drivers/vfio/pci/vfio-pci.ko\n" },
			{ "sys/kernel/iommu_groups/0/type", "DMA-FQ\n" },
			{ "boot/grub/grub.cfg", "" },
		},
		.tools = { "update-grub", TOOLS_USER },
		.calls = "update-grub\n" CALLS_USER,
		.file = "etc/default/grub.d/gpu-handoff.cfg",
		.back = BACK_USER "update-grub\n",
	},
	[SYSTEM_FEDORA] = {
		.name = "Fedora 40",
		.cmdline = "BOOT_IMAGE=(hd0,gpt2)/vmlinuz-" RELEASE " root=UUID=1234 ro rootflags=subvol=root rhgb quiet",
		.vendor = INTEL,
		.files = {
			{ "etc/default/grub",
				"GRUB_TIMEOUT=5\nGRUB_DISTRIBUTOR=\"$(sed 's, release .*$,,g' /etc/system-release)\"\n"
				"GRUB_CMDLINE_LINUX=\"rhgb quiet\"\nGRUB_ENABLE_BLSCFG=true\n" },
			{ "etc/machine-id", ID "\n" },
			{ "etc/kernel/cmdline", "root=UUID=1234 ro rootflags=subvol=root rhgb quiet\n" },
			{ "boot/grub2/grub.cfg", "" },
			{ "boot/loader/entries/" ID "-" RELEASE ".conf",
				ENTRY(RELEASE, "root=UUID=1234 ro rootflags=subvol=root rhgb quiet") },
			{ "boot/loader/entries/" ID "-0-rescue.conf",
				ENTRY("0-rescue", "root=UUID=1234 ro rootflags=subvol=root rhgb quiet") },
			{ "usr/sbin/grub2-mkconfig", MKCONFIG },
		},
		.tools = { "grubby", "kernel-install", TOOLS_USER },
		.calls = "grubby --update-kernel=ALL --args=iommu=pt intel_iommu=on\n" CALLS_USER,
		.back = BACK_USER "grubby --update-kernel=ALL --remove-args=iommu=pt intel_iommu=on\n",
	},
	[SYSTEM_SILVERBLUE] = {
		.name = "Silverblue",
		.cmdline = "BOOT_IMAGE=(hd0,gpt2)/ostree/fedora-12/vmlinuz root=UUID=1234 rhgb quiet ostree=/ostree/boot.1",
		.vendor = INTEL,
		.files = {
			{ "run/ostree-booted", "" },
			{ "etc/default/grub", "GRUB_ENABLE_BLSCFG=true\n" },
			{ "boot/grub2/grub.cfg", "" },
			{ "boot/loader/entries/ostree-1.conf",
				ENTRY("1", "root=UUID=1234 rhgb quiet ostree=/ostree/boot.1/fedora/12/0") },
			{ "boot/loader/entries/ostree-2.conf",
				ENTRY("2", "root=UUID=1234 rhgb quiet ostree=/ostree/boot.1/fedora/13/0") },
		},
		.tools = { "rpm-ostree", "grubby", "usermod", "gpasswd" },
		.calls = "rpm-ostree kargs --append-if-missing=intel_iommu=on --append-if-missing=iommu=pt\n" CALLS_USER,
		.back = BACK_USER
			"rpm-ostree kargs --delete-if-present=intel_iommu=on --delete-if-present=iommu=pt\n",
	},
	[SYSTEM_ARCH_GRUB] = {
		.name = "Arch with GRUB",
		.cmdline = "BOOT_IMAGE=/vmlinuz-linux root=UUID=1234 rw loglevel=3 quiet",
		.vendor = INTEL,
		.files = {
			{ "etc/default/grub",
				"# GRUB boot loader configuration\n\nGRUB_DEFAULT=0\nGRUB_TIMEOUT=5\n"
				"GRUB_DISTRIBUTOR=\"Arch\"\nGRUB_CMDLINE_LINUX_DEFAULT=\"loglevel=3 quiet\"\n"
				"GRUB_CMDLINE_LINUX=\"\"\n\n# Preload both GPT and MBR modules\n"
				"GRUB_PRELOAD_MODULES=\"part_gpt part_msdos\"\n" },
			{ "etc/mkinitcpio.d/linux.preset", "default_image=\"/boot/initramfs-linux.img\"\n" },
			{ "boot/grub/grub.cfg", "" },
		},
		.tools = { "grub-mkconfig", "mkinitcpio", TOOLS_USER },
		.calls = "grub-mkconfig -o /boot/grub/grub.cfg\n" CALLS_USER,
		.file = "etc/default/grub",
		.back = BACK_USER "grub-mkconfig -o /boot/grub/grub.cfg\n",
	},
	[SYSTEM_ARCH_INSTALL] = {
		.name = "Arch with systemd-boot and kernel-install",
		.cmdline = "initrd=\\arch\\initrd root=UUID=1234 rw quiet",
		.vendor = INTEL,
		.files = {
			{ SYSTEMD_BOOT, "" },
			{ "etc/kernel/entry-token", "arch\n" },
			{ "etc/machine-id", ID "\n" },
			{ "etc/kernel/cmdline", "root=UUID=1234 rw\nquiet\n" },
			{ "usr/lib/modules/" RELEASE "/vmlinuz", "" },
			{ "usr/lib/modules/6.0.0-old/vmlinuz", "" },
			{ "efi/loader/entries/arch-" RELEASE "+3.conf", "" },
		},
		.tools = { "kernel-install", "mkinitcpio", TOOLS_USER },
		.calls = "kernel-install add " RELEASE " /usr/lib/modules/" RELEASE "/vmlinuz\n" CALLS_USER,
		.file = "etc/kernel/cmdline",
		.back = BACK_USER "kernel-install add " RELEASE " /usr/lib/modules/" RELEASE "/vmlinuz\n",
	},
	[SYSTEM_ARCH_UKI] = {
		.name = "Arch with unified kernel images",
		.cmdline = "root=UUID=1234 rw quiet",
		.vendor = INTEL,
		.files = {
			{ SYSTEMD_BOOT, "" },
			{ "etc/machine-id", ID "\n" },
			{ "etc/kernel/cmdline", "root=UUID=1234 rw quiet" },
			{ "etc/mkinitcpio.d/linux.preset",
				"#default_image=\"/boot/initramfs-linux.img\"\ndefault_uki=\"/efi/EFI/Linux/arch-linux.efi\"\n" },
			{ "boot/loader/loader.conf", "" },
		},
		.tools = { "kernel-install", "mkinitcpio", TOOLS_USER },
		.calls = "mkinitcpio -P\n" CALLS_USER,
		.file = "etc/kernel/cmdline",
		.back = BACK_USER "mkinitcpio -P\n",
	},
	[SYSTEM_POP] = {
		.name = "Pop!_OS 22.04",
		.cmdline = "initrd=\\EFI\\Pop_OS-12\\initrd.img root=UUID=1234 ro quiet loglevel=0 splash",
		.vendor = INTEL,
		.files = {
			{ SYSTEMD_BOOT, "" },
			{ "etc/kernelstub/configuration", "{\"user\": {\"kernel_options\": [\"quiet\", \"splash\"]}}\n" },
			{ "boot/efi/loader/entries/Pop_OS-current.conf", ENTRY("", "root=UUID=1234 ro quiet splash") },
			{ "boot/efi/loader/entries/Pop_OS-oldkern.conf", ENTRY("", "root=UUID=1234 ro quiet splash") },
			{ "boot/efi/loader/entries/Recovery-12.conf", ENTRY("", "boot=casper iommu=pt") },
		},
		.tools = { "kernelstub", "update-initramfs", TOOLS_USER },
		.calls = "kernelstub -a " BOTH "\n" CALLS_USER,
		.back = BACK_USER "kernelstub -o quiet splash\n",
	},
	[SYSTEM_SUSE] = {
		.name = "openSUSE",
		.cmdline = "BOOT_IMAGE=/boot/vmlinuz-" RELEASE " root=UUID=1234 splash=silent quiet security=apparmor",
		.vendor = INTEL,
		.config = "CONFIG_INTEL_IOMMU=y\nCONFIG_IOMMU_DEFAULT_PASSTHROUGH=y\n",
		.files = {
			{ "etc/default/grub",
				"# Modified by YaST2.\nGRUB_DISTRIBUTOR=\nGRUB_DEFAULT=saved\n"
				"GRUB_CMDLINE_LINUX_DEFAULT='splash=silent quiet security=apparmor'\n"
				"GRUB_CMDLINE_XEN_DEFAULT=\"vga=gfx-1024x768x16\"\n" },
			{ "boot/grub2/grub.cfg", "" },
		},
		.tools = { "grub2-mkconfig", "dracut", TOOLS_USER },
		.calls = "grub2-mkconfig -o /boot/grub2/grub.cfg\n" CALLS_USER,
		.file = "etc/default/grub",
		.back = BACK_USER "grub2-mkconfig -o /boot/grub2/grub.cfg\n",
	},
};

/* All tools are one script. Those that make files do it of what they are told, as the real ones do. */
static const char script[] =
	"#!/bin/sh\n"
	"root=$(cd \"${0%/*}/../..\" && pwd); tool=${0##*/}; spoil=$(cat $root/spoil 2>/dev/null)\n"
	"echo \"$tool${1:+ }$*\" >>$root/log\n"
	"[ \"$spoil\" != \"$tool before\" ] || { rm $root/spoil; kill -9 $PPID; exit 1; }\n"
	"append() { sed -i \"/^options/s/\\$/ $1/\" $2; }\n"
	"delete() { sed -i \"/^options/s/ $1//\" $2; }\n"
	"case $tool in\n"
	/* Not with the words that setup looks for in grub-mkconfig. */
	"update-grub | *-mkconfig)\n"
	"	d=$root/etc/default; cat $d/grub $d/grub.d/*.cfg 2>/dev/null >$root/boot/made-$tool ;;\n"
	"grubby)\n"
	"	case $2 in\n"
	"	--args=*) append \"${2#*=}\" \"$root/boot/loader/entries/*.conf\" ;;\n"
	"	*) for w in ${2#*=}; do delete $w \"$root/boot/loader/entries/*.conf\"; done ;;\n"
	"	esac ;;\n"
	"rpm-ostree)\n"
	"	for w in $2 $3; do case $w in\n"
	"	--append*) append ${w#*=} $root/boot/loader/entries/ostree-2.conf ;;\n"
	"	*) delete ${w#*=} $root/boot/loader/entries/ostree-2.conf ;;\n"
	"	esac; done ;;\n"
	"kernelstub)\n"
	"	case $1 in\n"
	"	-a) append \"$2\" \"$root/boot/efi/loader/entries/Pop_OS*.conf\" ;;\n"
	"	-o) sed -i \"s/^options .*/options root=UUID=1234 ro $2/\" $root/boot/efi/loader/entries/Pop_OS*.conf "
	";;\n"
	"	esac ;;\n"
	"kernel-install | mkinitcpio)\n"
	"	words=$root/etc/kernel/cmdline; [ -e $words ] || words=$root/proc/cmdline\n"
	"	echo options $(tr ' ' '\\n' <$words | grep -v '^initrd=' | tr '\\n' ' ') >$root/boot/made-$tool ;;\n"
	"usermod) sed -i \"/^$2:/{s/$/,$3/;s/:,/:/}\" $root/etc/group ;;\n"
	"gpasswd) grep -q \"^$3:.*[:,]$2\" $root/etc/group || exit 3; sed -i \"/^$3:/s/,*$2$//\" $root/etc/group ;;\n"
	"esac\n"
	"[ \"$spoil\" != \"$tool after\" ] || { rm $root/spoil; kill -9 $PPID; }\n"
	"[ \"$spoil\" != \"$tool fail\" ] || { rm $root/spoil; echo \"$tool: no space left\" >&2; exit 3; }\n"
	"exit 0\n";

static void put_tool(int root, const char *name)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "usr/%s/%s", strcmp(name, "mkinitcpio") == 0 ? "bin" : "sbin", name);
	/* The text of a real one stays, where setup looks into it. */
	if (faccessat(root, path, F_OK, 0) == 0)
		return;
	put_text(root, path, "%s", script);
	if (fchmodat(root, path, 0755, 0) < 0)
		abort();
}

static void put_loader_info(int root, const char *path)
{
	static const char info[] = "systemd-boot 252.22-1~deb12u1";
	char bytes[4 + 2 * sizeof(info)] = { 6, 0, 0, 0 };

	for (size_t i = 0; i < sizeof(info); i++)
		bytes[4 + 2 * i] = info[i];
	put_bytes(root, path, bytes, sizeof(bytes));
}

/* What it has made of the files before anybody changed them. */
static void run_tool(int root, const char *name)
{
	static const char *const makers[] = { "update-grub", "grub-mkconfig", "grub2-mkconfig", "kernel-install",
		"mkinitcpio" };
	char command[512], path[256], link[64];
	ssize_t n;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", root);
	n = readlink(link, path, sizeof(path) - 1);
	path[n < 0 ? 0 : n] = '\0';
	(void)snprintf(
		command, sizeof(command), "%s/usr/%s/%s", path, strcmp(name, "mkinitcpio") == 0 ? "bin" : "sbin", name);
	for (size_t i = 0; i < sizeof(makers) / sizeof(makers[0]); i++) {
		if (strcmp(name, makers[i]) == 0 && system(command) != 0)
			abort();
	}
}

void system_make(const struct system *system, int root)
{
	static const char *const directories[] = { "sys", "proc", "dev", "run", "etc/modules-load.d", "usr/sbin",
		"usr/bin", "boot", "var/lib" };

	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++)
		put_directory(root, directories[i]);
	put_text(root, "proc/cmdline", "%s\n", system->cmdline);
	put_text(root, "proc/sys/kernel/osrelease", RELEASE "\n");
	if (system->vendor)
		put_text(root, "proc/cpuinfo", "processor\t: 0\nvendor_id\t: %s\n", system->vendor);
	if (system->config)
		put_text(root, "boot/config-" RELEASE, "%s", system->config);
	put_text(root, "etc/group", "%s", GROUPS);
	put_text(root, "etc/passwd", "%s", USERS);
	for (size_t i = 0; system->files[i].path; i++) {
		if (strcmp(system->files[i].path, SYSTEMD_BOOT) == 0)
			put_loader_info(root, SYSTEMD_BOOT);
		else
			put_text(root, system->files[i].path, "%s", system->files[i].text);
	}
	for (size_t i = 0; i < sizeof(system->tools) / sizeof(system->tools[0]) && system->tools[i]; i++)
		put_tool(root, system->tools[i]);
	for (size_t i = 0; i < sizeof(system->tools) / sizeof(system->tools[0]) && system->tools[i]; i++)
		run_tool(root, system->tools[i]);
	remove_all(root, "log");
}

char *system_take_calls(int root)
{
	char *calls = get_text(root, "log");

	remove_all(root, "log");
	return calls ? calls : strdup("");
}

void system_spoil(int root, const char *what)
{
	remove_all(root, "spoil");
	if (what)
		put_text(root, "spoil", "%s", what);
}
