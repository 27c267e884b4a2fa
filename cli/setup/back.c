// SPDX-License-Identifier: GPL-2.0-or-later
/* back_find(): a file on the way back. Whatever somebody else has made of it since stays. */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "cli/setup/carry.h"

static bool is_same(const struct setup_content *a, const struct setup_content *b)
{
	return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

static bool is_owner(const struct durable_owner *a, const struct durable_owner *b)
{
	return a->mode == b->mode && a->uid == b->uid && a->gid == b->gid;
}

/* A line, with its newline. */
struct line {
	const char *at;
	size_t length;
};

static bool take(const char **text, struct line *ret)
{
	size_t length = strcspn(*text, "\n");

	*ret = (struct line){ *text, length + ((*text)[length] == '\n') };
	*text += ret->length;
	return ret->length > 0;
}

static bool is_line(const struct line *a, const struct line *b)
{
	return a->length == b->length && memcmp(a->at, b->at, a->length) == 0;
}

/* The one line that setup has changed. Returns whether it was one. */
static bool find_change(const struct setup_file *file, struct line *ret_before, struct line *ret_after)
{
	const char *before = file->before.bytes, *after = file->after.bytes;
	unsigned int n = 0;
	struct line a, b;

	for (;;) {
		bool more = take(&before, &a);

		if (take(&after, &b) != more)
			return false;
		if (!more)
			return n == 1;
		if (!is_line(&a, &b)) {
			*ret_before = a;
			*ret_after = b;
			n++;
		}
	}
}

/*
 * The line that setup has written is still there, once: it becomes what it was, and the rest stays as somebody else has
 * made it. Returns whether that is so.
 */
static bool mend_line(const struct setup_file *file, const struct setup_content *current, struct setup_content *target)
{
	const char *text = current->bytes;
	struct line before, after, line;
	unsigned int n = 0;
	struct text out;

	if (!file->before.there || !find_change(file, &before, &after))
		return false;
	text_init(&out, target->bytes, sizeof(target->bytes));
	while (take(&text, &line)) {
		bool ours = is_line(&line, &after);

		n += ours;
		text_add(&out, "%.*s", ours ? (int)before.length : (int)line.length, ours ? before.at : line.at);
	}
	target->there = true;
	target->length = out.length;
	return n == 1 && !out.cut;
}

int back_find(const struct host *host, const struct setup_file *file, enum back *ret, struct setup_content *current,
	struct setup_content *target, struct durable_owner *owner, struct refusal *refusal)
{
	int r = setup_read(host, file->path, current, owner, refusal);

	if (r < 0)
		return r;
	if (r == 0) {
		*ret = file->before.there ? BACK_LEAVE : BACK_NOTHING;
	} else if ((file->before.there || file->passing) && is_same(current, &file->before)) {
		*ret = BACK_NOTHING;
	} else if (is_same(current, &file->after) && is_owner(owner, &file->owner)) {
		*ret = file->before.there || file->passing ? BACK_WRITE : BACK_REMOVE;
		*target = file->before;
	} else {
		*ret = mend_line(file, current, target) ? BACK_WRITE : BACK_LEAVE;
	}
	return 0;
}
