// SPDX-License-Identifier: GPL-2.0-or-later
/* `gpu-handoff doctor` on every recorded machine: it finds what the record knows of its cards. */
#include <stdlib.h>
#include <string.h>

#include "tests/support/record.h"
#include "tests/support/scratch.h"
#include "tests/unit/programs/doctor.h"

static const char *records[RECORDS_MAX];

/* The one finding of a check about a card, or NULL. */
static json_object *find(json_object *findings, const char *check, const char *address)
{
	for (size_t i = 0; i < json_object_array_length(findings); i++) {
		json_object *finding = json_object_array_get_idx(findings, i);

		if (strcmp(record_text(finding, "check"), check) == 0 &&
			strncmp(record_text(finding, "subject"), address, strlen(address)) == 0)
			return finding;
	}
	return NULL;
}

static bool says(json_object *finding, const char *key, const char *part)
{
	const char *text = finding ? record_text(finding, key) : NULL;

	return text && strstr(text, part);
}

static void check_isolation(const char *name, json_object *finding, json_object *expected)
{
	json_object *isolated = json_object_object_get(expected, "isolated"),
		    *extra = json_object_object_get(expected, "group_extra"),
		    *groups = json_object_object_get(expected, "iommu_groups");

	if (json_object_array_length(groups) == 0)
		ck_assert_msg(says(finding, "reason", "no IOMMU group"), "%s", name);
	else if (isolated)
		ck_assert_msg(says(finding, "result", json_object_get_boolean(isolated) ? "pass" : "fail"), "%s", name);
	/* Each of them, in the reason and in the remedy. */
	for (size_t i = 0; extra && i < json_object_array_length(extra); i++) {
		const char *other = json_object_get_string(json_object_array_get_idx(extra, i));

		ck_assert_msg(says(finding, "reason", other) && says(finding, "remedy", other), "%s: %s", name, other);
	}
}

/* How many of the cards that the record expects have the ids, and which is the first. */
static unsigned int count_twins(json_object *expected, const char *ids, const char **ret_first)
{
	unsigned int n = 0;

	for (size_t i = 0; i < json_object_array_length(expected); i++) {
		json_object *card = json_object_array_get_idx(expected, i);

		if (strcmp(record_text(card, "id"), ids) == 0 && n++ == 0)
			*ret_first = record_text(card, "gpu");
	}
	return n;
}

static bool is_vf(json_object *record)
{
	return strstr(record_text(record, "name"), "sriov") != NULL;
}

/* A 3D controller beside the graphics of Intel's processors. */
static bool is_muxless(json_object *record, const char *gpu)
{
	json_object *integrated = record_device(record, "0000:00:02.0"), *device = record_device(record, gpu);

	return integrated && strncmp(record_text(integrated, "class"), "03", 2) == 0 &&
	       strcmp(record_text(integrated, "vendor"), "8086") == 0 &&
	       strncmp(record_text(device, "class"), "0302", 4) == 0;
}

static void check_card(json_object *record, json_object *findings, json_object *expected, json_object *card)
{
	const char *name = record_text(record, "name"), *gpu = record_text(card, "gpu"), *first = NULL;
	unsigned int n = count_twins(expected, record_text(card, "id"), &first);

	check_isolation(name, find(findings, "isolation", gpu), card);
	ck_assert_msg(says(find(findings, "screen", gpu), "reason", "muxless") == is_muxless(record, gpu), "%s: %s",
		name, gpu);
	if (n < 2 || is_vf(record))
		return;
	ck_assert_msg(says(find(findings, "twins", first), "reason", gpu), "%s: %s", name, gpu);
}

static bool finds(json_object *findings, const char *check, const char *part)
{
	for (size_t i = 0; i < json_object_array_length(findings); i++) {
		json_object *finding = json_object_array_get_idx(findings, i);

		if (strcmp(record_text(finding, "check"), check) == 0 && says(finding, "reason", part))
			return true;
	}
	return false;
}

/* By the name of its controller, or devices in a domain that it has made. */
static bool has_vmd(json_object *record)
{
	json_object *devices = json_object_object_get(record, "devices");

	for (size_t i = 0; i < json_object_array_length(devices); i++) {
		json_object *device = json_object_array_get_idx(devices, i);
		const char *description = record_text(device, "description");

		if (strcspn(record_text(device, "address"), ":") > 4 ||
			(description && strstr(description, "Volume Management Device NVMe RAID")))
			return true;
	}
	return false;
}

START_TEST(test_record)
{
	json_object *record = record_load(records[_i]), *expected = json_object_object_get(record, "expect"), *findings;
	struct scratch scratch;
	int status;
	char *text;

	program_host(&scratch, records[_i], 0);
	text = program_run(&status, "gpu-handoff doctor --json --sysroot %s", scratch.path);
	ck_assert_msg(status <= 1, "%s: %s", records[_i], text);
	findings = doctor_parse(text, status);
	for (size_t i = 0; i < json_object_array_length(expected); i++)
		check_card(record, findings, expected, json_object_array_get_idx(expected, i));
	ck_assert_msg(finds(findings, "vmd", "") == has_vmd(record), "%s", records[_i]);
	json_object_put(findings);
	json_object_put(record);
	scratch_remove(&scratch);
}
END_TEST

TCase *case_doctor_records(void)
{
	TCase *tcase = suite_case("doctor-records");

	tcase_add_loop_test(tcase, test_record, 0, (int)record_names(records));
	return tcase;
}
