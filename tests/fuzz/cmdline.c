// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Kernel command lines: cmdline_next(), /etc/kernel/cmdline by kernel_cmdline_add(), and an entry's options by
 * entry_parse_options(). What was added is there, and what was there stays.
 */
#include "model/cmdline.h"
#include "probe/entries.h"
#include "probe/kernel_cmdline.h"
#include "tests/fuzz/fuzz.h"

static const struct cmdline_words words = { .n = 2, .words = { "intel_iommu=on", "iommu=pt" } };

static void promise_words(const char *line)
{
	const char *rest = line, *word, *last = line;
	size_t length;

	while (cmdline_next(&rest, &word, &length)) {
		PROMISE(length > 0 && word >= last && word + length == rest && rest <= line + strlen(line));
		last = rest;
	}
	PROMISE(cmdline_missing(line, &words).n <= words.n);
	(void)cmdline_option_is(line, "intel_iommu", "on", "off");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char out[64 * 1024], options[CMDLINE_SIZE];
	char *text = fuzz_string(data, size);

	promise_words(text);
	if (kernel_cmdline_add(text, cmdline_text(&words).s, out, sizeof(out)) == 0) {
		size_t same = 0, rest;

		while (text[same] && text[same] == out[same])
			same++;
		rest = strlen(text) - same;
		PROMISE(strcmp(out + strlen(out) - rest, text + same) == 0);
		PROMISE(cmdline_missing(out, &words).n == 0);
	}
	if (kernel_cmdline_from_running(text, out, sizeof(out)) == 0)
		PROMISE(strncmp(out, "initrd=", 7) != 0 && out[strlen(out) - 1] == '\n');
	if (entry_parse_options(text, options, sizeof(options)) == 0) {
		PROMISE(strstr(text, "options") && !strchr(options, '\n'));
		promise_words(options);
	}
	free(text);
	return 0;
}
