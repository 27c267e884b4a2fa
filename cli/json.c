// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/json.h"

#include <errno.h>

#include "base/text.h"

json_object *json_address(struct address address)
{
	return json_object_new_string(address_text(address).s);
}

json_object *json_number_or_null(int number)
{
	return number < 0 ? NULL : json_object_new_int(number);
}

json_object *json_text_or_null(const char *text)
{
	return *text ? json_object_new_string(text) : NULL;
}

json_object *json_hex(unsigned int digits, uint32_t value)
{
	char text[9];

	(void)snprintf(text, sizeof(text), "%0*x", (int)digits, value);
	return json_object_new_string(text);
}

json_object *json_step(const struct step *step)
{
	json_object *object = json_object_new_object();
	char sentence[STEP_SENTENCE_SIZE];

	step_describe(step, sentence);
	json_object_object_add(object, "kind", json_object_new_string(step_kind_name(step->kind)));
	json_object_object_add(object, "address", step_kind_has_target(step->kind) ? json_address(step->target) : NULL);
	json_object_object_add(
		object, "pool", step->kind == STEP_PAGES ? json_object_new_string(step_subject(step).s) : NULL);
	json_object_object_add(object, "old", json_text_or_null(step->old));
	json_object_object_add(object, "new", json_text_or_null(step->new));
	json_object_object_add(object, "sentence", json_object_new_string(sentence));
	json_object_object_add(object, "deadline_ms", json_object_new_int((int)step_deadline_ms(step)));
	return object;
}

static json_object *describe_value(enum knob_kind kind, const union knob_value *value)
{
	return knob_kind_has_words(kind) ? json_object_new_string(value->word)
					 : json_text_or_null(cpuset_text(&value->cpus).s);
}

json_object *json_knob(const struct knob *knob)
{
	json_object *object = json_object_new_object();
	char key[KNOB_KEY_SIZE];
	struct text text;

	text_init(&text, key, sizeof(key));
	text_add_foreign(&text, knob->key);
	json_object_object_add(object, "kind", json_object_new_string(knob_kind_name(knob->kind)));
	json_object_object_add(object, "name", json_object_new_string(key));
	json_object_object_add(object, "base", describe_value(knob->kind, &knob->base));
	json_object_object_add(object, "old", describe_value(knob->kind, &knob->current));
	json_object_object_add(object, "new", describe_value(knob->kind, &knob->want));
	return object;
}

json_object *json_steps(const struct plan *plan)
{
	json_object *array = json_object_new_array();

	for (unsigned int i = 0; i < plan->n_steps; i++)
		json_object_array_add(array, json_step(&plan->steps[i]));
	return array;
}

json_object *json_notes(const struct notes *notes)
{
	json_object *array = json_object_new_array();

	for (unsigned int i = 0; i < notes->n; i++)
		json_object_array_add(array, json_object_new_string(notes->lines[i]));
	return array;
}

int json_print(json_object *object)
{
	const char *text = json_object_to_json_string_ext(
		object, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE);
	int r = text && puts(text) >= 0 ? 0 : -EIO;

	json_object_put(object);
	return r;
}
