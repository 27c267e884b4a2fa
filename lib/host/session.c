// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/session.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>

#include "base/text.h"
#include "host/bus.h"

#define SESSION_NAME_SIZE 64
#define SESSION_PATH_SIZE 256
#define SESSIONS_MAX      64
#define INTERVAL_MS       20

struct sessions {
	unsigned int n;
	struct {
		char name[SESSION_NAME_SIZE], path[SESSION_PATH_SIZE];
	} session[SESSIONS_MAX];
};

static const struct bus_object logind = {
	"org.freedesktop.login1",
	"/org/freedesktop/login1",
	"org.freedesktop.login1.Manager",
};

/* As logind makes them: "2", "c1". */
static bool name_is_valid(const char *name)
{
	size_t length = strspn(name, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

	return length > 0 && length < SESSION_NAME_SIZE && name[length] == '\0';
}

/*
 * Whether a person works in it, or would log in: not cron's sessions, nor the one that holds a person's own systemd.
 * Returns 1; 0, also when it has ended meanwhile; -errno.
 */
static int session_is_of_person(struct bus *bus, const char *path)
{
	static const char *const classes[] = { "user", "user-early", "user-light", "user-early-light", "greeter",
		"lock-screen" };
	const struct bus_object session = { logind.service, path, "org.freedesktop.DBus.Properties" };
	sd_bus_message *reply MESSAGE_UNREF = NULL;
	const char *class;
	int r;

	r = bus_call(bus, &session, "Get", &reply, "ss", "org.freedesktop.login1.Session", "Class");
	if (r >= 0)
		r = sd.message_read(reply, "v", "s", &class);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		if (strcmp(class, classes[i]) == 0)
			return 1;
	}
	return 0;
}

static int sessions_add(struct sessions *sessions, const char *name, const char *path)
{
	unsigned int n = sessions->n;

	if (n == SESSIONS_MAX || text_copy(sessions->session[n].name, SESSION_NAME_SIZE, name) < 0 ||
		text_copy(sessions->session[n].path, SESSION_PATH_SIZE, path) < 0)
		return -E2BIG;
	sessions->n++;
	return 0;
}

static int sessions_of(struct bus *bus, uid_t uid, struct sessions *ret)
{
	sd_bus_message *reply MESSAGE_UNREF = NULL;
	const char *name, *user, *seat, *path;
	uint32_t owner;
	int r;

	ret->n = 0;
	r = bus_call(bus, &logind, "ListSessions", &reply, "");
	if (r >= 0)
		r = sd.message_enter_container(reply, 'a', "(susso)");
	while (r >= 0) {
		r = sd.message_read(reply, "(susso)", &name, &owner, &user, &seat, &path);
		if (r <= 0)
			break;
		r = owner == uid ? session_is_of_person(bus, path) : 0;
		if (r > 0)
			r = sessions_add(ret, name, path);
	}
	return r;
}

static int session_terminate(struct bus *bus, const char *name)
{
	return bus_call(bus, &logind, "TerminateSession", NULL, "s", name);
}

/* logind forgets a session when its last process has ended, and whoever opened it has let go. Returns 0, or -errno. */
static int session_await_end(struct bus *bus, const char *name)
{
	int r;

	do {
		r = bus_call(bus, &logind, "GetSession", NULL, "s", name);
		if (r >= 0)
			(void)poll(NULL, 0, INTERVAL_MS);
	} while (r >= 0);
	return r == -ENOENT ? 0 : r;
}

int session_end(const struct host *host, const char *name, int deadline_ms)
{
	struct bus bus BUS_CLOSE = BUS_NONE;
	int r;

	if (!name_is_valid(name))
		return -EINVAL;
	r = bus_open(host, deadline_ms, &bus);
	if (r >= 0)
		r = session_terminate(&bus, name);
	return r < 0 ? r : session_await_end(&bus, name);
}

int session_end_all_of(const struct host *host, uid_t uid, int deadline_ms)
{
	struct bus bus BUS_CLOSE = BUS_NONE;
	struct sessions sessions;
	int r, n = 0;

	r = bus_open(host, deadline_ms, &bus);
	if (r >= 0)
		r = sessions_of(&bus, uid, &sessions);
	if (r < 0)
		return r;
	for (unsigned int i = 0; i < sessions.n; i++) {
		r = session_terminate(&bus, sessions.session[i].name);
		if (r < 0 && r != -ENOENT)
			return r;
		n += r >= 0;
	}
	for (unsigned int i = 0; i < sessions.n; i++) {
		r = session_await_end(&bus, sessions.session[i].name);
		if (r < 0)
			return r;
	}
	return n;
}
