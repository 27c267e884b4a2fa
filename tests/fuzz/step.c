// SPDX-License-Identifier: GPL-2.0-or-later
/* step_kind_parse() and step_describe(): three lines, the name of a kind, an old value and a new one. */
#include <errno.h>

#include "base/text.h"
#include "plan/step.h"
#include "tests/fuzz/fuzz.h"

/* No value may steer a terminal or add a line to a log. */
static void promise_sentence(enum step_kind kind, const char *old, const char *new)
{
	struct step step = { .kind = kind, .target = { 0x10000, 0xe1, 0x1f, 7 } };
	char sentence[STEP_SENTENCE_SIZE];

	(void)text_copy(step.old, sizeof(step.old), old);
	(void)text_copy(step.new, sizeof(step.new), new);
	step_describe(&step, sentence);
	promise_printable(sentence, sizeof(sentence));
	PROMISE(sentence[0]);
	/* The table has room for the longest values. */
	PROMISE(strlen(sentence) < sizeof(sentence) - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum step_kind kind = STEP_KINDS_;
	char *string = fuzz_string(data, size), *rest = string;
	const char *name = strsep(&rest, "\n"), *old = rest ? strsep(&rest, "\n") : "", *new = rest ? rest : "";
	int r = step_kind_parse(name, &kind);

	PROMISE(r == 0 || r == -EINVAL);
	if (r == 0)
		PROMISE(kind < STEP_KINDS_ && strcmp(step_kind_name(kind), name) == 0);
	else
		PROMISE(kind == STEP_KINDS_);
	for (unsigned int i = 0; i < STEP_KINDS_; i++)
		promise_sentence((enum step_kind)i, old, new);
	free(string);
	return 0;
}
