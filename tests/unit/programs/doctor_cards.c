// SPDX-License-Identifier: GPL-2.0-or-later
/* `gpu-handoff doctor`: what it finds of a card, one thing after the other; of isolation, doctor_isolation.c. */
#include <stdio.h>

#include "tests/support/record.h"
#include "tests/support/scratch.h"
#include "tests/unit/programs/doctor.h"

#define PCI "sys/bus/pci/devices/"

/* A card of four functions, and one with AMD's reset bug. */
#define CARD      "am4-2400g-gtx1660"
#define CARD_GPU  "0000:10:00.0"
#define BUGGY     "macbookpro16-navi12-shared"
#define BUGGY_GPU "0000:03:00.0"

/* ---- attributes ---- */

#define PUTS(name, path, text)                                                                                         \
	static void name(int root)                                                                                     \
	{                                                                                                              \
		put_text(root, path, "%s", text);                                                                      \
	}

#define RESET(name, text) PUTS(name, PCI CARD_GPU "/reset_method", text)
RESET(put_flr, "flr bus\n")
RESET(put_bus, "pm bus\n")
RESET(put_pm, "pm\n")
PUTS(put_reset, PCI CARD_GPU "/reset", "")
PUTS(put_amd_bus, PCI BUGGY_GPU "/reset_method", "pm bus\n")
PUTS(put_amd_own, PCI BUGGY_GPU "/reset_method", "device_specific bus\n")
PUTS(put_amd_later, PCI BUGGY_GPU "/reset_method", "bus device_specific\n")
PUTS(put_cold, PCI CARD_GPU "/power_state", "D3cold\n")
PUTS(put_vf_enabled, PCI CARD_GPU "/virtfn0/vendor", "")

#define NONE       "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
#define BARS(bar1) "0x00000000f6000000 0x00000000f6ffffff 0x0000000000040200\n" bar1 NONE NONE NONE NONE NONE
#define BAR1_SMALL BARS("0x000000e000000000 0x000000e00fffffff 0x000000000014220c\n")

static void put_bars(int root)
{
	put_text(root, PCI CARD_GPU "/resource", "%s", BAR1_SMALL);
}

static void put_resizable(int root)
{
	put_bars(root);
	put_text(root, PCI CARD_GPU "/resource1_resize", "0000000000003fc0\n");
}

/* It would have to wake for it. */
static void put_asleep(int root)
{
	put_resizable(root);
	put_text(root, PCI CARD_GPU "/power/runtime_status", "suspended\n");
}

static void put_large(int root)
{
	put_text(root, PCI CARD_GPU "/resource", "%s",
		BARS("0x0000020000000000 0x0000021fffffffff 0x000000000014220c\n"));
}

static void put_unset(int root)
{
	put_text(root, PCI CARD_GPU "/resource", "%s",
		BARS("0x0000000000000000 0x00000003ffffffff 0x000000002014220c\n"));
}

static void put_arc(int root)
{
	put_resizable(root);
	put_text(root, PCI CARD_GPU "/vendor", "0x8086\n");
}

/* ---- the firmware's screen ---- */

#define IOMEM(range) "00001000-0009ffff : System RAM\ne000000000-e00fffffff : " CARD_GPU "\n  " range " : BOOTFB\n"

static void put_framebuffer(int root)
{
	put_bars(root);
	put_text(root, "proc/iomem", "%s", IOMEM("e000000000-e0007e8fff"));
}

static void put_framebuffer_elsewhere(int root)
{
	put_bars(root);
	put_text(root, "proc/iomem", "%s", IOMEM("c0000000-c07e8fff"));
}

static void put_framebuffer_hidden(int root)
{
	put_bars(root);
	put_text(root, "proc/iomem", "%s", "00000000-00000000 : System RAM\n  00000000-00000000 : BOOTFB\n");
}

static void put_boot_vga(int root)
{
	put_text(root, PCI CARD_GPU "/boot_vga", "1\n");
}

/* ---- drivers ---- */

static void bind(int root, const char *driver)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "sys/bus/pci/drivers/%s", driver);
	put_directory(root, path);
	remove_all(root, PCI CARD_GPU "/driver");
	put_link(root, PCI CARD_GPU "/driver", path);
}

static void put_nvidia(int root, const char *version, const char *modeset)
{
	bind(root, "nvidia");
	put_text(root, "proc/driver/nvidia/version", "NVRM version: NVIDIA UNIX x86_64 Kernel Module  %s  Sun\n",
		version);
	put_text(root, "sys/module/nvidia/version", "%s\n", version);
	put_text(root, "sys/module/nvidia_drm/parameters/modeset", "%s\n", modeset);
}

static void put_nvidia_535(int root)
{
	put_nvidia(root, "535.183.01", "Y");
}

static void put_nvidia_535_without(int root)
{
	put_nvidia(root, "535.183.01", "N");
}

static void put_nvidia_595(int root)
{
	put_nvidia(root, "595.45.04", "Y");
}

static void put_nvidia_untold(int root)
{
	put_nvidia(root, "535.183.01", "Y");
	remove_all(root, "sys/module/nvidia_drm/parameters");
}

static void put_vfio(int root)
{
	bind(root, "vfio-pci");
}

static void put_amdgpu(int root)
{
	bind(root, "amdgpu");
}

static void put_stranger(int root)
{
	bind(root, "ast");
}

/* ---- its screens, and who has it ---- */

static void put_connectors(int root, const char *connector)
{
	char path[128];

	put_directory(root, "sys/class/drm");
	put_text(root, PCI CARD_GPU "/drm/card1/dev", "226:1\n");
	put_link(root, PCI CARD_GPU "/drm/card1/subsystem", "sys/class/drm");
	if (!connector)
		return;
	(void)snprintf(path, sizeof(path), PCI CARD_GPU "/drm/card1/%s/status", connector);
	put_text(root, path, "connected\n");
	(void)snprintf(path, sizeof(path), PCI CARD_GPU "/drm/card1/%s/subsystem", connector);
	put_link(root, path, "sys/class/drm");
}

static void put_no_connector(int root)
{
	put_connectors(root, NULL);
}

static void put_connector(int root)
{
	put_connectors(root, "card1-DP-1");
}

static void put_processes(int root)
{
	put_text(root, "proc/1/stat", "1 (init) S 0 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 5 0 0\n");
	put_directory(root, "proc/1/fd");
}

/* Its sound has a stream open; that the kernel tells by itself. */
static void put_interface(int root)
{
	put_processes(root);
	put_directory(root, "sys/class/net");
	put_text(root, PCI "0000:10:00.2/net/eth1/flags", "0x1003\n");
	put_link(root, PCI "0000:10:00.2/net/eth1/subsystem", "sys/class/net");
}

/* ---- a laptop, a processor behind VMD ---- */

static void put_desktop(int root)
{
	put_text(root, "sys/class/dmi/id/chassis_type", "3\n");
}

static void put_laptop(int root)
{
	put_text(root, "sys/class/dmi/id/chassis_type", "10\n");
}

static void put_behind_vmd(int root)
{
	static const char path[] = "sys/devices/pci0000:00/0000:00:0e.0/pci10000:e0/10000:e1:00.0";
	char at[128];

	(void)snprintf(at, sizeof(at), "%s/class", path);
	put_text(root, at, "0x030000\n");
	put_link(root, PCI "10000:e1:00.0", path);
}

PUTS(put_ids, "proc/cmdline", "quiet vfio-pci.ids=10de:22bc,10DE:26B9 ro\n")
PUTS(put_other_ids, "proc/cmdline", "quiet my.ids=10de:26b9 vfio-pci.ids=10de:22bc\n")

static const struct doctor_row hosts[] = {
	{ "FLR", CARD, NULL, put_flr, "reset", "pass", CARD_GPU, "the kernel can reset it: flr bus", NULL },
	{ "bus", CARD, NULL, put_bus, "reset", "pass", CARD_GPU, "'bus' resets all its functions", NULL },
	{ "pm", CARD, NULL, put_pm, "reset", "warn", CARD_GPU, "by 'pm' alone", "another slot" },
	{ "before 5.15", CARD, NULL, put_reset, "reset", "pass", CARD_GPU, "from Linux 5.15 on", NULL },
	{ "Navi 12", BUGGY, NULL, doctor_put_nothing, "reset", "warn", BUGGY_GPU, "Navi 12 has the reset bug",
		"vendor-reset" },
	{ "Navi 12 and bus", BUGGY, NULL, put_amd_bus, "reset", "warn", BUGGY_GPU, "the kernel has only: pm bus",
		"vendor-reset" },
	{ "vendor-reset", BUGGY, NULL, put_amd_own, "reset", "pass", BUGGY_GPU, "which vendor-reset knows", NULL },
	{ "vendor-reset too late", BUGGY, NULL, put_amd_later, "reset", "warn", BUGGY_GPU,
		"tries 'bus device_specific' in this order", BUGGY_GPU "/reset_method" },

	{ "may sleep", CARD, NULL, doctor_put_nothing, "power", "pass", CARD_GPU,
		"may put 0000:10:00.1 and 0000:10:00.3 to sleep, as deep as D3cold", NULL },
	{ "off", CARD, NULL, put_cold, "power", "pass", CARD_GPU, "it is off now (D3cold)", NULL },

	{ "BARs", CARD, NULL, put_bars, "bars", "pass", CARD_GPU, "BAR 1 has 256 MiB, for which every", NULL },
	{ "resizable", CARD, NULL, put_resizable, "bars", "pass", CARD_GPU,
		"BAR 1 has 256 MiB; with Resizable BAR on in the firmware, BAR 1 could have 8 GiB", NULL },
	{ "resizable and asleep", CARD, NULL, put_asleep, "bars", "pass", CARD_GPU, "BAR 1 has 256 MiB, for which",
		NULL },
	{ "resizable, Intel's", CARD, NULL, put_arc, "bars", "warn", CARD_GPU, "could have 8 GiB: Intel's drivers",
		"Resizable BAR" },
	{ "large", CARD, NULL, put_large, "bars", "warn", CARD_GPU, "BAR 1 has 128 GiB: more than", "gpu-handoff xml" },
	{ "no address", CARD, NULL, put_unset, "bars", "fail", CARD_GPU, "its BAR 1 of 16 GiB has got no address",
		"Above 4G Decoding" },

	{ "framebuffer", CARD, NULL, put_framebuffer, "framebuffer", "warn", CARD_GPU,
		"framebuffer (BOOTFB) is in its BAR 1", "Primary Display" },
	{ "alone with the framebuffer", CARD, NULL, put_framebuffer, "framebuffer", "warn", CARD_GPU,
		"and the host has no other card", "over the network" },
	{ "framebuffer elsewhere", CARD, NULL, put_framebuffer_elsewhere, "framebuffer", "pass", CARD_GPU, "elsewhere",
		NULL },
	{ "boot_vga", CARD, NULL, put_boot_vga, "framebuffer", "warn", CARD_GPU, "has its screen on it (boot_vga)",
		"Primary Display" },

	{ "nouveau", CARD, NULL, doctor_put_nothing, "driver", "pass", CARD_GPU, "nouveau has it", NULL },
	{ "nvidia 535", CARD, NULL, put_nvidia_535, "driver", "fail", CARD_GPU,
		"nvidia 535.183.01, the proprietary modules has it, and nvidia-drm with modeset", "modeset=0" },
	{ "nvidia 535 without modeset", CARD, NULL, put_nvidia_535_without, "driver", "pass", CARD_GPU,
		"lets go of a GPU that nobody uses", NULL },
	{ "nvidia 535, untold", CARD, NULL, put_nvidia_untold, "driver", "warn", CARD_GPU, "is not told", "as root" },
	{ "nvidia 595", CARD, NULL, put_nvidia_595, "driver", "pass", CARD_GPU,
		"of one in use never, once it has been asked to", NULL },
	{ "vfio-pci", CARD, NULL, put_vfio, "driver", "pass", CARD_GPU, "vfio-pci has it already", NULL },
	{ "amdgpu", CARD, NULL, put_amdgpu, "driver", "warn", CARD_GPU, "amdgpu has it", "gpu-handoff detach" },
	{ "another driver", CARD, NULL, put_stranger, "driver", "pass", CARD_GPU, "ast has it", NULL },

	{ "no connector", CARD, NULL, put_no_connector, "screen", "warn", CARD_GPU, "no connector", "Looking Glass" },
	{ "a connector", CARD, NULL, put_connector, "screen", "pass", CARD_GPU, "1 connector for", NULL },
	{ "muxless", "laptop-gtx970m-muxless", NULL, doctor_put_nothing, "screen", "warn", "0000:01:00.0",
		"it is muxless: a 3D controller without a screen of its own; 0000:00:02.0 shows", "Looking Glass" },
	{ "muxless laptop", "laptop-gtx970m-muxless", NULL, put_laptop, "screen", "warn", "0000:01:00.0", "muxless",
		"Looking Glass" },

	{ "nobody", CARD, NULL, put_processes, "holders", "pass", CARD_GPU, "nobody has it open", NULL },
	{ "an interface", CARD, NULL, put_interface, "holders", "warn", CARD_GPU, "in use: the interface 'eth1'",
		"gpu-handoff status" },

	{ "twins", "l40s-2x", NULL, doctor_put_nothing, "twins", "warn", "0000:61:00.0",
		"2 cards have its ids 10de:26b9: 0000:61:00.0 and 0000:e1:00.0", "vfio-pci.ids with 10de:26b9" },
	{ "twins by ids", "l40s-2x", NULL, put_ids, "twins", "warn", "0000:61:00.0",
		"vfio-pci.ids on the kernel's command line has them", "[card " },
	{ "virtual functions", CARD, NULL, put_vf_enabled, "virtual", "fail", CARD_GPU, "virtual functions in use",
		"sriov_numvfs" },
	{ "behind VMD", "alderlake-rx6650xt-vmd", NULL, put_behind_vmd, "vmd", "fail", "10000:e1:00.0",
		"it is behind Intel VMD", "turn VMD off" },
};

/* What is not told, and what a finding must not say. */
static const struct doctor_silence silent[] = {
	{ "reset of a record", CARD, doctor_put_nothing, "reset", "" },
	{ "BARs of a record", CARD, doctor_put_nothing, "bars", "" },
	{ "framebuffer of a record", CARD, doctor_put_nothing, "framebuffer", "" },
	{ "holders of a record", CARD, doctor_put_nothing, "holders", "" },
	{ "screens of a record", CARD, doctor_put_nothing, "screen", "" },
	{ "VMD of a record", CARD, doctor_put_nothing, "vmd", "" },
	{ "other ids", "l40s-2x", put_other_ids, "twins", "command line" },
	{ "one of a kind", CARD, doctor_put_nothing, "twins", "" },
	{ "no 3D controller of a laptop", "laptop-gtx970m-muxless", put_desktop, "screen", "" },
	{ "a hidden framebuffer", CARD, put_framebuffer_hidden, "framebuffer", "BAR" },
	{ "AMD's newer ones", "b550-3900x-rx6950xt-rx550", doctor_put_nothing, "reset", "Navi" },
};

START_TEST(test_host)
{
	doctor_row_check(&hosts[_i]);
}
END_TEST

START_TEST(test_silent)
{
	doctor_silence_check(&silent[_i]);
}
END_TEST

TCase *case_doctor_cards(void)
{
	TCase *tcase = suite_case("doctor-cards");

	add_rows(tcase, test_host, hosts);
	add_rows(tcase, test_silent, silent);
	return tcase;
}
