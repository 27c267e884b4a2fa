// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/notes.h"

#include <stdarg.h>
#include <stdio.h>

void notes_add(struct notes *notes, const char *format, ...)
{
	va_list arguments;

	if (notes->n == NOTES_MAX)
		return;
	va_start(arguments, format);
	(void)vsnprintf(notes->lines[notes->n++], sizeof(notes->lines[0]), format, arguments);
	va_end(arguments);
}
