// SPDX-License-Identifier: GPL-2.0-or-later
/* `gpu-handoff status --json`: a machine that was looked at, rebuilt, and the form of it on every record. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/record.h"
#include "tests/support/scratch.h"
#include "tests/unit/programs/programs.h"

#define RECORDED "tests/recorded/"
#define GPU      "0000:00:06.0"
#define GPUS     "proc/driver/nvidia/gpus/" GPU
#define UUID     "GPU-35495756-2557-1d2a-500c-b894da3e1b9e"

static const char *records[RECORDS_MAX];

static json_object *run_status(const char *sysroot)
{
	int status;
	char *text = program_run(&status, "gpu-handoff status --json --sysroot %s", sysroot);
	json_object *json = json_tokener_parse(text);

	ck_assert_msg(status == 0 && json, "%s", text);
	free(text);
	return json;
}

/* The H100 of tests/recorded, driver 580.159.04: what its kernel showed while nothing ran. */
static void put_h100(int root)
{
	char path[128];

	put_text(root, "proc/driver/nvidia/version",
		"NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.159.04  Release Build  (nixbld@)  \n"
		"GCC version:  gcc version 15.3.0 (GCC) \n");
	put_text(root, "proc/driver/nvidia/params", "ModifyDeviceFiles: 1\nEnableMSI: 1\n");
	put_text(root, GPUS "/information",
		"Model: \t\t NVIDIA H100 80GB HBM3\nIRQ:   \t\t 41\nGPU UUID: \t " UUID
		"\nVideo BIOS: \t 96.00.da.00.0c\n"
		"Bus Type: \t PCIe\nBus Location: \t " GPU "\nDevice Minor: \t 0\nGPU Excluded:\t No\n");
	put_text(root, "proc/devices",
		"Character devices:\n195 nvidia\n195 nvidiactl\n238 nvidia-uvm\n239 nvidia-nvswitch\n240 "
		"nvidia-nvlink\n"
		"241 nvidia-caps\n242 nvidia-caps-imex-channels\n\nBlock devices:\n");
	for (int vector = 60; vector < 68; vector++) {
		(void)snprintf(path, sizeof(path), "sys/bus/pci/devices/" GPU "/msi_irqs/%d", vector);
		put_text(root, path, "msix\n");
	}
}

/* A CUDA program: its descriptors, which it has twice, and its mappings. */
static void put_cuda(int root)
{
	static const char *const open[] = { "/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/nvidia0", "/dev/nvidia0",
		"/dev/nvidia-caps/nvidia-cap1", "/dev/nvidia-caps/nvidia-cap2", "socket:[4711]" };
	char path[64];

	put_text(root, "proc/443/stat", "443 (python3) S 1 443 443 0 -1 4194560 1 0 0 0 1 1 0 0 20 0 16 0 2214 1 1\n");
	put_text(root, "proc/443/comm", "python3\n");
	put_text(root, "proc/443/cgroup", "0::/\n");
	put_text(root, "proc/443/maps",
		"7f1000000000-7f1000001000 rw-s 00000000 00:06 101 /dev/nvidiactl\n"
		"7f1000001000-7f1000002000 rw-s 00000000 00:06 102 /dev/nvidia0\n"
		"7f1000002000-7f1000003000 rw-s 00000000 00:06 103 /dev/nvidia-uvm\n");
	put_directory(root, "proc/443/fd");
	for (int i = 0; i < COUNT(open); i++) {
		(void)snprintf(path, sizeof(path), "proc/443/fd/%d", i + 3);
		ck_assert_int_eq(symlinkat(open[i], root, path), 0);
	}
	put_directory(root, "proc/driver/nvidia-uvm/gpus/" UUID);
}

/*
 * What differs between the machine and its rebuilt tree: names are of pci.ids, times of the boot, root of the user.
 * What it says of CPUs and memory was not recorded.
 */
static json_object *comparable(json_object *status)
{
	json_object *cards = json_object_object_get(status, "cards");

	for (size_t i = 0; i < json_object_array_length(cards); i++) {
		json_object *card = json_object_array_get_idx(cards, i);
		json_object *holders = json_object_object_get(card, "holders");

		json_object_object_del(card, "name");
		for (size_t j = 0; j < json_object_array_length(holders); j++) {
			json_object_object_del(json_object_array_get_idx(holders, j), "since");
			json_object_object_del(json_object_array_get_idx(holders, j), "uid");
		}
	}
	json_object_object_del(status, "processes_hidden");
	json_object_object_del(status, "cpus");
	json_object_object_del(status, "huge_pages");
	json_object_object_del(status, "memory");
	return status;
}

START_TEST(test_recorded)
{
	const char *file = _i ? RECORDED "status-h100-cuda.json" : RECORDED "status-h100-idle.json";
	json_object *recorded = json_object_from_file(file), *now;
	struct scratch scratch;

	ck_assert_msg(recorded != NULL, "%s", file);
	program_host(&scratch, "h100-in-microvm", 0);
	put_h100(scratch.fd);
	if (_i)
		put_cuda(scratch.fd);
	now = run_status(scratch.path);
	ck_assert_msg(json_object_equal(comparable(now), comparable(recorded)), "it says %s, and said %s",
		json_object_to_json_string(now), json_object_to_json_string(recorded));
	json_object_put(now);
	json_object_put(recorded);
	scratch_remove(&scratch);
}
END_TEST

/* Every card of every record: with the host, used by nobody; and people see it as well. */
START_TEST(test_record)
{
	json_object *form = json_object_from_file(RECORDED "status-h100-idle.json"), *status, *cards, *first;
	struct scratch scratch;
	char *text;
	int code;

	program_host(&scratch, records[_i], 1);
	status = run_status(scratch.path);
	cards = json_object_object_get(status, "cards");
	first = json_object_array_get_idx(json_object_object_get(form, "cards"), 0);
	text = program_run(&code, "gpu-handoff status --sysroot %s", scratch.path);
	ck_assert_int_eq(code, 0);
	for (size_t i = 0; i < json_object_array_length(cards); i++) {
		json_object *card = json_object_array_get_idx(cards, i);

		ck_assert_int_eq(json_object_object_length(card), json_object_object_length(first));
		json_object_object_foreach(first, key, value)
		{
			(void)value;
			ck_assert_msg(json_object_object_get_ex(card, key, NULL), "'%s' is missing", key);
		}
		ck_assert_str_eq(record_text(json_object_object_get(card, "where"), "place"), "host");
		ck_assert_uint_eq(json_object_array_length(json_object_object_get(card, "holders")), 0);
		ck_assert_ptr_nonnull(strstr(text, record_text(card, "address")));
	}
	free(text);
	json_object_put(status);
	json_object_put(form);
	scratch_remove(&scratch);
}
END_TEST

/* Journals of a function, and where its card is then; while another one is at its address, it is with the host. */
static const struct {
	const char *directory, *owner, *head, *state, *place;
} journals[] = {
	{ "run/gpu-handoff/", "4dea22b3-1d52-d8f3-2516-782e98ab3fa0",
		"domain 4dea22b3-1d52-d8f3-2516-782e98ab3fa0 gpuvm", "held\n", "domain" },
	{ "run/gpu-handoff/poisoned/", GPU, "poisoned " GPU " gpuvm", "", "poisoned" },
};

START_TEST(test_replaced)
{
	char path[128];
	struct scratch scratch;
	struct stat st;

	program_host(&scratch, "h100-in-microvm", 0);
	put_h100(scratch.fd);
	ck_assert_int_eq(fstatat(scratch.fd, "sys/bus/pci/devices/" GPU, &st, 0), 0);
	(void)snprintf(path, sizeof(path), "%s%s.journal", journals[_i].directory, journals[_i].owner);
	for (int other = 0; other <= 1; other++) {
		json_object *status, *card, *where;

		put_text(scratch.fd, path, "gpu-handoff 1\n%s\ntaken " GPU " 6 named %ju\n%s", journals[_i].head,
			(uintmax_t)st.st_ino + other, journals[_i].state);
		ck_assert_int_eq(fchmodat(scratch.fd, path, 0600, 0), 0);
		ck_assert_int_eq(fchmodat(scratch.fd, journals[_i].directory, 0700, 0), 0);
		ck_assert_int_eq(fchmodat(scratch.fd, "run/gpu-handoff", 0700, 0), 0);
		status = run_status(scratch.path);
		card = json_object_array_get_idx(json_object_object_get(status, "cards"), 0);
		where = json_object_object_get(card, "where");
		ck_assert_str_eq(json_object_get_string(json_object_object_get(where, "place")),
			(other ? "host" : journals[_i].place));
		json_object_put(status);
	}
	scratch_remove(&scratch);
}
END_TEST

TCase *case_status(void)
{
	TCase *tcase = suite_case("status");

	tcase_add_loop_test(tcase, test_recorded, 0, 2);
	tcase_add_loop_test(tcase, test_record, 0, (int)record_names(records));
	add_rows(tcase, test_replaced, journals);
	return tcase;
}
