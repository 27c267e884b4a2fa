/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests: expected text in tests/golden. UPDATE_GOLDEN=1 writes what was seen there, for a person to read in a diff. */
#pragma once

/* Ends the test when the text is not that of the file. */
void golden_check(const char *name, const char *text);
