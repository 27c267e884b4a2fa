// SPDX-License-Identifier: GPL-2.0-or-later
/* What drivers say of their users: the clients of DRM, whose commands may hold anything, and a sound stream. */
#include "probe/activity_text.h"
#include "tests/fuzz/fuzz.h"

static unsigned int count_lines(const char *text)
{
	unsigned int n = 0;

	for (; *text; text++)
		n += *text == '\n' || text[1] == '\0';
	return n;
}

static void promise_clients(const char *text)
{
	unsigned int n = 0, lines = count_lines(text);
	const char *rest = text;
	struct client client = { 0 };

	while (drm_take_client(&rest, &client)) {
		n++;
		PROMISE(client.pid > 0);
		PROMISE(memchr(client.command, '\0', sizeof(client.command)));
		PROMISE(strstr(text, client.command));
		PROMISE(rest > text && rest <= text + strlen(text));
	}
	PROMISE(*rest == '\0');
	/* The longest list of one-line clients ends. */
	PROMISE(n <= lines);
}

static void promise_stream(const char *text)
{
	struct client client = { .pid = -1, .running = true };
	bool open = sound_parse_status(text, &client);

	PROMISE(client.pid >= 0);
	PROMISE(open || !client.running);
	PROMISE(!open || strstr(text, "state: "));
	PROMISE(client.pid == 0 || strstr(text, "owner_pid"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size);

	promise_clients(text);
	promise_stream(text);
	free(text);
	return 0;
}
