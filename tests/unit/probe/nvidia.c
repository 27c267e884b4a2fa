// SPDX-License-Identifier: GPL-2.0-or-later
/* What the nvidia driver says of itself: its own words, and what it never says. */
#include "probe/nvidia.h"

#include <errno.h>
#include <string.h>

#include "tests/support/scratch.h"
#include "tests/unit/probe/probe.h"

#define OPEN_590                                                                                                       \
	"NVIDIA UNIX Open Kernel Module for x86_64  590.48.01  Release Build  (dvs-builder@U22)  Mon Dec  8 2025"

static const struct {
	const char *text;
	int expected;
	struct nvidia_version version;
	enum nvidia_flavour flavour;
} versions[] = {
	{ "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.159.04  Release Build  (root@)\n"
	  "GCC version:  gcc version 12.2.0 (Debian 12.2.0-14+deb12u1)\n",
		0, { 580, 159, 4 }, NVIDIA_OPEN },
	{ "NVRM version: " OPEN_590 "\n", 0, { 590, 48, 1 }, NVIDIA_OPEN },
	{ "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.183.01  Sun May 12 19:39:15 UTC 2024\n", 0,
		{ 535, 183, 1 }, NVIDIA_PROPRIETARY },
	{ "NVRM version: NVIDIA UNIX x86_64 Kernel Module  575.64  Sun May 12 19:39:15 UTC 2024", 0, { 575, 64, 0 },
		NVIDIA_PROPRIETARY },
	{ "NVRM version: NVIDIA UNIX aarch64 Kernel Module  390.157  Wed", 0, { 390, 157, 0 }, NVIDIA_PROPRIETARY },
	{ "GCC version:  gcc version 12.2.0\nNVRM version:\t610.57\t\n", 0, { 610, 57, 0 }, NVIDIA_FLAVOUR_UNTOLD },
	{ "", -EBADMSG, { 0 }, 0 },
	{ "GCC version:  gcc version 12.2.0\n", -EBADMSG, { 0 }, 0 },
	{ "NVRM version:", -EBADMSG, { 0 }, 0 },
	{ "NVRM version: NVIDIA UNIX x86_64 Kernel Module\nGCC version:  12.2.0\n", -EBADMSG, { 0 }, 0 },
	{ "NVRM version: 580", -EBADMSG, { 0 }, 0 },
	{ "NVRM version: 580.", -EBADMSG, { 0 }, 0 },
	{ "NVRM version: .95.05", -EBADMSG, { 0 }, 0 },
	{ "NVRM version: 0.95.05", -EBADMSG, { 0 }, 0 },
	{ "NVRM version: 1.2.3.4", -EBADMSG, { 0 }, 0 },
	{ "NVRM version: 580.95.0x5", -EBADMSG, { 0 }, 0 },
	{ "NVRM version: 580.95.100000", -EBADMSG, { 0 }, 0 },
	{ "NVRM version: v580.95.05", -EBADMSG, { 0 }, 0 },
};

START_TEST(test_version)
{
	struct nvidia_version version = { 1, 2, 3 };
	enum nvidia_flavour flavour = NVIDIA_FLAVOUR_UNTOLD;

	ck_assert_int_eq(nvidia_parse_version(versions[_i].text, &version, &flavour), versions[_i].expected);
	if (versions[_i].expected < 0)
		return;
	ck_assert_int_eq(memcmp(&version, &versions[_i].version, sizeof(version)), 0);
	ck_assert_int_eq(flavour, versions[_i].flavour);
}
END_TEST

#define UUID  "GPU-0b3d4a5c-1f2e-3d4c-5b6a-798897a6b5c4"
#define WHERE "Bus Location: \t 0000:00:06.0\n"

static const struct {
	const char *text;
	int minor;
	const char *uuid;
} informations[] = {
	{ "Model: \t\t NVIDIA H100 80GB HBM3\nIRQ:   \t\t 25\nGPU UUID: \t " UUID "\n"
	  "Video BIOS: \t 96.00.99.00.01\nBus Type: \t PCIe\nDMA Size: \t 52 bits\nDMA Mask: \t 0xfffffffffffff\n" WHERE
	  "Device Minor: \t 0\nGPU Firmware: \t 580.159.04\nGPU Excluded:\t No\n",
		0, UUID },
	{ "Device Minor: \t 247\nGPU UUID: \t " UUID, 247, UUID },
	{ "Device Minor: \t 248\n", -1, "" },
	{ "Device Minor: \t -1\n", -1, "" },
	{ "Device Minor: \t \n", -1, "" },
	{ "Device Minor:", -1, "" },
	{ " Device Minor: 1\n", -1, "" },
	{ "Model: Device Minor: 1\n", -1, "" },
	{ "", -1, "" },
	{ "GPU UUID: \t GPU-\?\?\?\?\?\?\?\?-\?\?\?\?-\?\?\?\?-\?\?\?\?-\?\?\?\?\?\?\?\?\?\?\?\?\nDevice Minor: \t 3\n",
		3, "" },
	{ "GPU UUID: \t GPU-../../../../../../../../../../../..xx\n", -1, "" },
	{ "GPU UUID: \t " UUID "0\n", -1, "" },
	{ "GPU UUID: \t GPU-0b3d4a5c\n", -1, "" },
};

START_TEST(test_information)
{
	struct nvidia_gpu gpu;

	nvidia_parse_information(informations[_i].text, &gpu);
	ck_assert_int_eq(gpu.minor, informations[_i].minor);
	ck_assert_str_eq(gpu.uuid, informations[_i].uuid);
}
END_TEST

static const struct {
	const char *text;
	enum nvidia_answer msi;
} params[] = {
	{ "ResmanDebugLevel: 4294967295\nEnableMSI: 1\nDynamicPowerManagement: 3\n", NVIDIA_YES },
	{ "EnableMSI: 0\n", NVIDIA_NO },
	{ "EnableMSI: 2", NVIDIA_YES },
	{ "EnableMSI: \n", NVIDIA_UNTOLD },
	{ "EnableMSI: yes\n", NVIDIA_UNTOLD },
	{ "TegraEnableMSI: 1\n", NVIDIA_UNTOLD },
	{ "", NVIDIA_UNTOLD },
};

START_TEST(test_params)
{
	ck_assert_int_eq(nvidia_parse_msi(params[_i].text), params[_i].msi);
}
END_TEST

#define DEVICES                                                                                                        \
	"Character devices:\n  1 mem\n195 nvidia\n195 nvidiactl\n510 nvidia-uvm\n\nBlock devices:\n259 blkext\n  8 "   \
	"sd\n"

static const struct {
	const char *text, *name;
	int expected;
} majors[] = {
	{ DEVICES, "nvidia-uvm", 510 },
	{ DEVICES, "mem", 1 },
	{ DEVICES, "nvidia", 195 },
	{ DEVICES, "nvidia-caps", -ENOENT },
	{ DEVICES, "sd", -ENOENT },
	{ DEVICES, "nvid", -ENOENT },
	{ "Block devices:\n  8 sd\nCharacter devices:\n9 sd", "sd", 9 },
	{ "510 nvidia-uvm\n", "nvidia-uvm", -ENOENT },
	{ "Character devices:\n nvidia-uvm\n", "nvidia-uvm", -ENOENT },
	{ "Character devices:\n4096 nvidia-uvm\n", "nvidia-uvm", -ENOENT },
	{ "", "nvidia-uvm", -ENOENT },
};

START_TEST(test_majors)
{
	ck_assert_int_eq(devices_parse_major(majors[_i].text, majors[_i].name), majors[_i].expected);
}
END_TEST

static struct scratch scratch;
static struct host host;
static struct nvidia nvidia;

static void start(void)
{
	scratch_make(&scratch);
	put_directory(scratch.fd, "sys");
	put_directory(scratch.fd, "proc");
	ck_assert_int_eq(host_open(scratch.path, &host), 0);
}

static void stop(void)
{
	host_close(&host);
	scratch_remove(&scratch);
}

START_TEST(test_no_driver)
{
	memset(&nvidia, 0xa5, sizeof(nvidia));
	nvidia_probe(&host, &nvidia);
	ck_assert(!nvidia.loaded && !nvidia.drm);
	ck_assert_uint_eq(nvidia.version.major, 0);
	ck_assert_int_eq(nvidia.msi, NVIDIA_UNTOLD);
	ck_assert_int_eq(nvidia.modeset, NVIDIA_UNTOLD);
}
END_TEST

/* As on the H100 of facts: built in, without parameters. */
START_TEST(test_built_in)
{
	put_directory(scratch.fd, "sys/bus/pci/drivers/nvidia");
	put_directory(scratch.fd, "sys/module/nvidia_drm");
	put_text(scratch.fd, "proc/driver/nvidia/version", "%s", versions[0].text);
	put_text(scratch.fd, "proc/driver/nvidia/params", "%s", params[0].text);
	nvidia_probe(&host, &nvidia);
	ck_assert(nvidia.loaded && nvidia.drm);
	ck_assert_uint_eq(nvidia.version.minor, 159);
	ck_assert_int_eq(nvidia.flavour, NVIDIA_OPEN);
	ck_assert_int_eq(nvidia.msi, NVIDIA_YES);
	ck_assert_int_eq(nvidia.modeset, NVIDIA_UNTOLD);
	ck_assert_int_eq(nvidia_drm_references(&nvidia), NVIDIA_REFERENCES_DROPPED);
}
END_TEST

static const struct {
	const char *text;
	enum nvidia_answer modeset;
} modesets[] = {
	{ "Y\n", NVIDIA_YES },
	{ "N\n", NVIDIA_NO },
	{ "\n", NVIDIA_UNTOLD },
	{ "Yes\n", NVIDIA_UNTOLD },
	{ "-1\n", NVIDIA_UNTOLD },
	{ "a value that is too long for it\n", NVIDIA_UNTOLD },
};

/* A driver that tells no version is loaded all the same. */
START_TEST(test_modeset)
{
	put_directory(scratch.fd, "sys/bus/pci/drivers/nvidia");
	put_text(scratch.fd, "sys/module/nvidia_drm/parameters/modeset", "%s", modesets[_i].text);
	nvidia_probe(&host, &nvidia);
	ck_assert(nvidia.loaded && nvidia.drm);
	ck_assert_int_eq(nvidia.modeset, modesets[_i].modeset);
	ck_assert_uint_eq(nvidia.version.major, 0);
}
END_TEST

static ssize_t never_read(
	const struct host *h, int directory, const char *path, char *buffer, size_t size, int deadline_ms)
{
	(void)h;
	(void)directory;
	(void)size;
	ck_assert_str_eq(path, "driver/nvidia/gpus/0000:00:06.0/information");
	ck_assert_int_eq(deadline_ms, NVIDIA_DEADLINE_MS);
	buffer[0] = '\0';
	return KERNEL_STUCK;
}

/* What a GPU's driver keeps waiting is no GPU that tells nothing. */
START_TEST(test_stuck)
{
	struct kernel kernel = kernel_recorded;
	struct nvidia_gpu gpu = { .minor = 7 };

	ck_assert_int_eq(nvidia_probe_gpu(&host, (struct address){ .slot = 6 }, &gpu), 0);
	ck_assert_int_eq(gpu.minor, -1);
	kernel.read = never_read;
	host.kernel = &kernel;
	ck_assert_int_eq(nvidia_probe_gpu(&host, (struct address){ .slot = 6 }, &gpu), KERNEL_STUCK);
}
END_TEST

TCase *case_nvidia(void)
{
	TCase *tcase = suite_case("nvidia");

	tcase_add_checked_fixture(tcase, start, stop);
	add_rows(tcase, test_version, versions);
	add_rows(tcase, test_information, informations);
	add_rows(tcase, test_params, params);
	add_rows(tcase, test_majors, majors);
	tcase_add_test(tcase, test_no_driver);
	tcase_add_test(tcase, test_built_in);
	add_rows(tcase, test_modeset, modesets);
	tcase_add_test(tcase, test_stuck);
	return tcase;
}
