// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "tests/unit/programs/doctor.h"

void doctor_host(struct scratch *scratch, const char *record, const char *config)
{
	program_host(scratch, record, 1);
	if (config)
		put_text(scratch->fd, "etc/gpu-handoff.conf", "%s", config);
}

json_object *doctor_parse(char *text, int status)
{
	/* Behind it comes the sentence on stderr. */
	json_object *json = json_tokener_parse(text);

	ck_assert_msg(json && json_object_is_type(json, json_type_array), "%s", text);
	ck_assert_int_eq(status, strstr(text, "\"fail\"") != NULL);
	ck_assert_int_eq(status, strstr(text, "gpu-handoff: ") != NULL);
	free(text);
	return json;
}

/* Of a card its address, whatever the list of names says. */
static bool is_about(const char *subject, const char *wanted)
{
	size_t length = strlen(wanted);

	return strncmp(subject, wanted, length) == 0 && (subject[length] == '\0' || subject[length] == ' ');
}

static bool is_finding(const struct doctor_row *row, json_object *finding)
{
	const char *remedy = record_text(finding, "remedy");

	return strcmp(record_text(finding, "check"), row->check) == 0 &&
	       strcmp(record_text(finding, "result"), row->result) == 0 &&
	       is_about(record_text(finding, "subject"), row->subject) &&
	       strstr(record_text(finding, "reason"), row->reason) &&
	       (row->remedy ? remedy && strstr(remedy, row->remedy) : !remedy);
}

void doctor_row_check(const struct doctor_row *row)
{
	struct scratch scratch;
	json_object *findings;
	unsigned int n = 0;
	int status;
	char *text;

	doctor_host(&scratch, row->record, row->config);
	row->put(scratch.fd);
	text = program_run(&status, "gpu-handoff doctor --json --sysroot %s", scratch.path);
	ck_assert_msg(status <= 1, "%s: %s", row->name, text);
	findings = doctor_parse(text, status);
	for (size_t i = 0; i < json_object_array_length(findings); i++)
		n += is_finding(row, json_object_array_get_idx(findings, i));
	ck_assert_msg(n == 1, "%s: %u in %s", row->name, n, json_object_to_json_string(findings));
	json_object_put(findings);
	scratch_remove(&scratch);
}

void doctor_silence_check(const struct doctor_silence *row)
{
	json_object *findings;
	struct scratch scratch;
	int status;
	char *text;

	doctor_host(&scratch, row->record, NULL);
	row->put(scratch.fd);
	text = program_run(&status, "gpu-handoff doctor --json --sysroot %s", scratch.path);
	findings = doctor_parse(text, status);
	for (size_t i = 0; i < json_object_array_length(findings); i++) {
		json_object *finding = json_object_array_get_idx(findings, i);

		ck_assert_msg(strcmp(record_text(finding, "check"), row->check) != 0 ||
				      !strstr(record_text(finding, "reason"), row->text),
			"%s: %s", row->name, json_object_to_json_string(finding));
	}
	json_object_put(findings);
	scratch_remove(&scratch);
}

void doctor_put_nothing(int root)
{
	(void)root;
}
