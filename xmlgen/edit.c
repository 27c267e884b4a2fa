// SPDX-License-Identifier: GPL-2.0-or-later
#include "xmlgen/edit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int edits_init(struct edits *edits)
{
	*edits = (struct edits){ 0 };
	edits->stream = open_memstream(&edits->buffer, &edits->buffer_size);
	return edits->stream ? 0 : -ENOMEM;
}

void edits_finish(struct edits *edits)
{
	if (edits->stream)
		(void)fclose(edits->stream);
	free(edits->buffer);
	free(edits->list);
	*edits = (struct edits){ 0 };
}

FILE *edit_begin(struct edits *edits, size_t offset, size_t length)
{
	off_t begin = ftello(edits->stream);

	if (edits->n == edits->room) {
		size_t room = edits->room ? edits->room * 2 : 64;
		struct edit *list = reallocarray(edits->list, room, sizeof(*list));

		if (list) {
			edits->list = list;
			edits->room = room;
		}
	}
	if (begin < 0 || edits->n == edits->room) {
		edits->failed = true;
		return edits->stream;
	}
	edits->list[edits->n] =
		(struct edit){ .offset = offset, .length = length, .begin = (size_t)begin, .rank = edits->n };
	edits->n++;
	return edits->stream;
}

static int compare(const void *a, const void *b)
{
	const struct edit *one = a, *other = b;

	if (one->offset != other->offset)
		return one->offset < other->offset ? -1 : 1;
	if (!one->length != !other->length)
		return one->length ? 1 : -1;
	return one->rank < other->rank ? -1 : one->rank > other->rank;
}

static int check(const struct edits *edits, size_t size, size_t *ret_size)
{
	size_t end = 0, result = size;

	for (size_t i = 0; i < edits->n; i++) {
		const struct edit *edit = &edits->list[i];

		if (edit->offset < end || edit->offset > size || edit->length > size - edit->offset)
			return -EINVAL;
		end = edit->offset + edit->length;
		result = result - edit->length + (edit->end - edit->begin);
	}
	*ret_size = result;
	return 0;
}

static char *put(char *target, const char *from, size_t size)
{
	memcpy(target, from, size);
	return target + size;
}

int edits_apply(struct edits *edits, const char *text, size_t size, char **ret, size_t *ret_size)
{
	size_t result, done = 0;
	char *target;
	int r;

	if (edits->failed || fflush(edits->stream) != 0 || ferror(edits->stream))
		return -ENOMEM;
	for (size_t i = 0; i < edits->n; i++)
		edits->list[i].end = i + 1 < edits->n ? edits->list[i + 1].begin : edits->buffer_size;
	if (edits->n > 0)
		qsort(edits->list, edits->n, sizeof(*edits->list), compare);
	r = check(edits, size, &result);
	if (r < 0)
		return r;
	*ret = target = malloc(result + 1);
	if (!target)
		return -ENOMEM;
	for (size_t i = 0; i < edits->n; i++) {
		const struct edit *edit = &edits->list[i];

		target = put(target, text + done, edit->offset - done);
		target = put(target, edits->buffer + edit->begin, edit->end - edit->begin);
		done = edit->offset + edit->length;
	}
	target = put(target, text + done, size - done);
	*target = '\0';
	*ret_size = result;
	return 0;
}
