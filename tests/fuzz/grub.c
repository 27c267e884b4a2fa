// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * grub_add(): shell text that is edited. What comes out is what went in, with the words put in at one place, and read
 * again the variable has what it had, and the words.
 */
#include "probe/grub.h"
#include "tests/fuzz/fuzz.h"

#define WORDS "intel_iommu=on iommu=pt"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char out[64 * 1024], before[CMDLINE_SIZE], after[CMDLINE_SIZE], wanted[2 * CMDLINE_SIZE];
	char *text = fuzz_string(data, size);
	size_t length = strlen(text), same = 0;
	int r = grub_add(text, WORDS, out, sizeof(out));

	(void)grub_is_set(text, "GRUB_ENABLE_BLSCFG");
	if (r < 0) {
		PROMISE(r == -2 || r == -22 || r == -76 || r == -7);
		free(text);
		return 0;
	}
	while (text[same] && text[same] == out[same])
		same++;
	/* A blank parts them, but for the first of all. */
	PROMISE(strlen(out) == length + strlen(WORDS) || strlen(out) == length + strlen(WORDS) + 1);
	PROMISE(strcmp(out + strlen(out) - (length - same), text + same) == 0);
	PROMISE(grub_read(text, GRUB_VARIABLE, before, sizeof(before)) == 1);
	if (grub_read(out, GRUB_VARIABLE, after, sizeof(after)) == 1) {
		(void)snprintf(wanted, sizeof(wanted), "%s%s" WORDS, before, *before ? " " : "");
		PROMISE(strcmp(after, wanted) == 0);
		PROMISE(strpbrk(after, "\"'`$\\!\n") == NULL);
	}
	free(text);
	return 0;
}
