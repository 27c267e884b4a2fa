// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/host/fake_bus.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <systemd/sd-bus.h>

#include "tests/unit/host/host.h"

#define SYSTEMD "org.freedesktop.systemd1"
#define JOB     "/org/freedesktop/systemd1/job/7"

/* Of uid 1000, but for session 4. */
static const char *const classes[] = { "user", "greeter", "background", "manager", "user", "user-early" };
#define N_SESSIONS ((unsigned int)COUNT(classes))
#define OWNER(n)   ((n) == 4 ? 1001u : 1000u)

static enum fake_job script;
static char *ended; /* shared with the bus */
static char *told;  /* likewise */
static unsigned int *n_connections;

#define SHARED_SIZE 4096
static pid_t process;

static void send_as(sd_bus_message *message, const char *sender)
{
	if (sd_bus_message_set_sender(message, sender) < 0 || sd_bus_send(NULL, message, NULL) < 0)
		_exit(2);
	sd_bus_message_unref(message);
}

static void job_removed(sd_bus *bus, const char *sender, const char *job, const char *result)
{
	sd_bus_message *signal;

	if (sd_bus_message_new_signal(bus, &signal, "/org/freedesktop/systemd1", SYSTEMD ".Manager", "JobRemoved") <
			0 ||
		sd_bus_message_append(signal, "uoss", 7, job, "some.service", result) < 0)
		_exit(2);
	send_as(signal, sender);
}

/* Returns 1: answered. */
static int reply(sd_bus_message *call, const char *types, ...)
{
	sd_bus_message *message;
	va_list values;

	va_start(values, types);
	if (sd_bus_message_new_method_return(call, &message) < 0 || sd_bus_message_appendv(message, types, values) < 0)
		_exit(2);
	va_end(values);
	send_as(message, ":1.1");
	return 1;
}

static int reply_error(sd_bus_message *call, const char *name)
{
	return sd_bus_reply_method_errorf(call, name, "%s", "no");
}

static void flood(sd_bus *bus)
{
	for (;;) {
		job_removed(bus, ":1.66", JOB, "failed");
		if (sd_bus_flush(bus) < 0)
			_exit(0);
	}
}

static int answer_job(sd_bus_message *call)
{
	sd_bus *bus = sd_bus_message_get_bus(call);
	enum fake_job job = script;

	if (job == FAKE_NO_SUCH_UNIT)
		return reply_error(call, SYSTEMD ".NoSuchUnit");
	if (job == FAKE_DENIED)
		return reply_error(call, SD_BUS_ERROR_ACCESS_DENIED);
	if (job == FAKE_NO_SYSTEMD)
		return reply_error(call, SD_BUS_ERROR_SERVICE_UNKNOWN);
	if (job == FAKE_HANG_UP)
		_exit(0);
	if (job == FAKE_SILENT)
		return 1;
	if (job == FAKE_DONE_EARLY)
		job_removed(bus, ":1.1", JOB, "done");
	(void)reply(call, "o", JOB);
	if (job == FAKE_FLOOD)
		flood(bus);
	if (job == FAKE_FORGED)
		job_removed(bus, ":1.66", JOB, "done");
	if (job == FAKE_OTHER_JOB)
		job_removed(bus, ":1.1", JOB "7", "done");
	if (job == FAKE_DONE || job == FAKE_FAILED)
		job_removed(bus, ":1.1", JOB, job == FAKE_DONE ? "done" : "failed");
	return 1;
}

static int answer_list(sd_bus_message *call)
{
	sd_bus_message *message;

	if (sd_bus_message_new_method_return(call, &message) < 0 ||
		sd_bus_message_open_container(message, 'a', "(susso)") < 0)
		_exit(2);
	for (unsigned int n = 0; n < N_SESSIONS; n++) {
		char name[16], path[64];

		(void)snprintf(name, sizeof(name), "%u", n);
		(void)snprintf(path, sizeof(path), "/org/freedesktop/login1/session/_%u", n);
		if (!strchr(ended, (int)('0' + n)))
			(void)sd_bus_message_append(message, "(susso)", name, OWNER(n), "somebody", "", path);
	}
	(void)sd_bus_message_close_container(message);
	send_as(message, ":1.2");
	return 1;
}

/* About a session: its class, that it ends, whether it is there. */
static int answer_session(sd_bus_message *call, bool end)
{
	const char *name;

	if (sd_bus_message_read(call, "s", &name) < 0 || name[0] < '0' || name[0] >= (char)('0' + N_SESSIONS) ||
		strchr(ended, name[0]))
		return reply_error(call, "org.freedesktop.login1.NoSuchSession");
	if (end)
		ended[strlen(ended)] = name[0];
	return reply(call, "");
}

/* Of what it was told, in words: "SetUnitProperties some.slice 1 AllowedCPUs 0f". */
__attribute__((format(printf, 1, 2))) static void tell(const char *format, ...)
{
	size_t length = strlen(told);
	va_list values;

	va_start(values, format);
	(void)vsnprintf(told + length, SHARED_SIZE - length, format, values);
	va_end(values);
}

static void tell_bytes(sd_bus_message *call)
{
	const void *bytes;
	size_t n;

	if (sd_bus_message_read_array(call, 'y', &bytes, &n) < 0)
		_exit(2);
	for (size_t i = 0; i < n; i++)
		tell("%02x", ((const unsigned char *)bytes)[i]);
}

/* AllowedCPUs: 0, 9, and one that no set can have. */
static int reply_allowed(sd_bus_message *call)
{
	unsigned char mask[300] = { 1, 2, [299] = 128 };
	sd_bus_message *message;

	if (sd_bus_message_new_method_return(call, &message) < 0 ||
		sd_bus_message_open_container(message, 'v', "ay") < 0 ||
		sd_bus_message_append_array(message, 'y', mask, script == FAKE_FAILED ? 0 : sizeof(mask)) < 0 ||
		sd_bus_message_close_container(message) < 0)
		_exit(2);
	send_as(message, ":1.1");
	return 1;
}

static int answer_set(sd_bus_message *call)
{
	const char *unit, *name;
	int runtime;

	if (script == FAKE_NO_SUCH_UNIT)
		return reply_error(call, SYSTEMD ".NoSuchUnit");
	if (script == FAKE_SILENT)
		return 1;
	if (sd_bus_message_read(call, "sb", &unit, &runtime) < 0 ||
		sd_bus_message_enter_container(call, 'a', "(sv)") < 0 ||
		sd_bus_message_enter_container(call, 'r', "sv") < 0 || sd_bus_message_read(call, "s", &name) < 0 ||
		sd_bus_message_enter_container(call, 'v', "ay") < 0)
		_exit(2);
	tell("set %s %d %s ", unit, runtime, name);
	tell_bytes(call);
	return reply(call, "");
}

static int answer_get(sd_bus_message *call)
{
	const char *path = sd_bus_message_get_path(call), *interface, *name;
	unsigned int n = (unsigned int)(strchr(path, '_') ? strchr(path, '_')[1] - '0' : 0);

	if (sd_bus_message_read(call, "ss", &interface, &name) < 0)
		_exit(2);
	if (strcmp(name, "AllowedCPUs") == 0) {
		tell("get %s", interface);
		return script == FAKE_DENIED ? reply_error(call, SD_BUS_ERROR_UNKNOWN_PROPERTY) : reply_allowed(call);
	}
	if (strcmp(name, "StateChangeTimestamp") == 0)
		return reply(call, "v", "t", (uint64_t)1234567890);
	if (strstr(path, "/unit/"))
		return reply(call, "v", "s", script == FAKE_DONE ? "activating" : "deactivating");
	return reply(call, "v", "s", classes[n % N_SESSIONS]);
}

/* A value of one of the types that are there, with their names. */
static void tell_value(sd_bus_message *call, const char *type)
{
	const char *word;
	uint64_t number;
	char **words;
	int flag;

	if (strcmp(type, "s") == 0 && sd_bus_message_read(call, "s", &word) >= 0)
		tell("%s", word);
	else if (strcmp(type, "b") == 0 && sd_bus_message_read(call, "b", &flag) >= 0)
		tell("%s", flag ? "yes" : "no");
	else if (strcmp(type, "t") == 0 && sd_bus_message_read(call, "t", &number) >= 0)
		tell("%llu", (unsigned long long)number);
	else if (strcmp(type, "au") == 0 && sd_bus_message_read(call, "au", 1, &flag) >= 0)
		tell("[%d]", flag);
	else if (strcmp(type, "as") == 0 && sd_bus_message_read_strv(call, &words) >= 0)
		tell("[%s]", words[0]);
	else if (strcmp(type, "(bas)") == 0 && sd_bus_message_read(call, "(bas)", &flag, 1, &word) >= 0)
		tell("%d [%s]", flag, word);
	else if (strcmp(type, "a(sasb)") == 0 && sd_bus_message_enter_container(call, 'a', "(sasb)") >= 0 &&
		 sd_bus_message_enter_container(call, 'r', "sasb") >= 0 && sd_bus_message_read(call, "s", &word) >= 0 &&
		 sd_bus_message_read_strv(call, &words) >= 0 && sd_bus_message_read(call, "b", &flag) >= 0 &&
		 sd_bus_message_exit_container(call) >= 0 && sd_bus_message_exit_container(call) >= 0)
		tell("%s (%s %s %s) %d", word, words[0], words[1], words[2] ? "more" : "", flag);
	else
		_exit(2);
}

static void tell_properties(sd_bus_message *call)
{
	const char *mode, *name, *contents;
	char type;

	if (sd_bus_message_read(call, "s", &mode) < 0 || sd_bus_message_enter_container(call, 'a', "(sv)") < 0)
		_exit(2);
	tell("%s\n", mode);
	while (sd_bus_message_enter_container(call, 'r', "sv") > 0) {
		if (sd_bus_message_read(call, "s", &name) < 0 || sd_bus_message_peek_type(call, &type, &contents) < 0 ||
			sd_bus_message_enter_container(call, 'v', contents) < 0)
			_exit(2);
		tell("%s=", name);
		tell_value(call, contents);
		tell("\n");
		(void)sd_bus_message_exit_container(call);
		(void)sd_bus_message_exit_container(call);
	}
}

static int answer_scope(sd_bus_message *call)
{
	const char *name;

	if (sd_bus_message_read(call, "s", &name) < 0)
		_exit(2);
	if (strstr(name, ".service") || strncmp(name, "run-", 4) == 0) {
		tell("%s ", name);
		tell_properties(call);
	}
	if (script == FAKE_FAILED)
		return reply_error(call, SYSTEMD ".UnitExists");
	if (script == FAKE_DONE) {
		put_text(scratch.fd, "tree/proc/self/cgroup", "0::/system.slice/%s\n", name);
		put_text(scratch.fd, "tree/proc/4711/cgroup", "0::/machine.slice/%s\n", name);
	}
	return reply(call, "o", JOB);
}

static int answer(sd_bus_message *call, void *data, sd_bus_error *error)
{
	const char *member = sd_bus_message_get_member(call);

	(void)data;
	(void)error;
	if (!member || sd_bus_message_is_method_call(call, NULL, NULL) <= 0)
		return 0;
	*n_connections += strcmp(member, "Hello") == 0;
	if (strcmp(member, "Hello") == 0)
		return script == FAKE_NO_HELLO ? 1 : reply(call, "s", ":1.42");
	if (strcmp(member, "StopUnit") == 0 || strcmp(member, "StartUnit") == 0 || strcmp(member, "ReloadUnit") == 0)
		return answer_job(call);
	if (strcmp(member, "StartTransientUnit") == 0)
		return answer_scope(call);
	if (strcmp(member, "ListSessions") == 0)
		return answer_list(call);
	if (strcmp(member, "TerminateSession") == 0 || strcmp(member, "GetSession") == 0)
		return answer_session(call, member[0] == 'T');
	if (strcmp(member, "GetUnit") == 0)
		return script == FAKE_NO_SUCH_UNIT ? reply_error(call, SYSTEMD ".NoSuchUnit")
						   : reply(call, "o", "/org/freedesktop/systemd1/unit/some");
	if (strcmp(member, "Get") == 0)
		return answer_get(call);
	if (strcmp(member, "SetUnitProperties") == 0)
		return answer_set(call);
	if (strcmp(member, "Reload") == 0) {
		tell("reload, reply %s", sd_bus_message_get_expect_reply(call) ? "wanted" : "not wanted");
		return reply(call, "");
	}
	return reply(call, "");
}

static void serve(int connection)
{
	sd_bus *bus;
	sd_id128_t id;
	int r;

	if (sd_id128_randomize(&id) < 0 || sd_bus_new(&bus) < 0 || sd_bus_set_fd(bus, connection, connection) < 0 ||
		sd_bus_set_server(bus, 1, id) < 0 || sd_bus_add_filter(bus, NULL, answer, NULL) < 0 ||
		sd_bus_start(bus) < 0)
		_exit(2);
	do
		r = sd_bus_process(bus, NULL);
	while (r > 0 || (r == 0 && sd_bus_wait(bus, UINT64_MAX) >= 0));
	sd_bus_unref(bus);
}

void fake_bus_start(enum fake_job job)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char variable[sizeof(address.sun_path) + 16];
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_lt(
		snprintf(address.sun_path, sizeof(address.sun_path), "%s/bus", scratch.path), sizeof(address.sun_path));
	ck_assert_int_eq(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
	ck_assert_int_eq(listen(listener, 8), 0);
	(void)snprintf(variable, sizeof(variable), "unix:path=%s", address.sun_path);
	(void)setenv("DBUS_SYSTEM_BUS_ADDRESS", variable, 1);
	ended = (char *)mmap(NULL, 3 * SHARED_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(ended, MAP_FAILED);
	told = ended + SHARED_SIZE;
	n_connections = (unsigned int *)(void *)(told + SHARED_SIZE);
	script = job;
	process = fork();
	ck_assert_int_ge(process, 0);
	if (process == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			serve(accept(listener, NULL, NULL));
	}
	(void)close(listener);
}

void fake_bus_stop(void)
{
	if (process <= 0)
		return;
	(void)kill(process, SIGKILL);
	(void)waitpid(process, NULL, 0);
	process = 0;
}

const char *fake_bus_ended(void)
{
	return ended;
}

const char *fake_bus_told(void)
{
	static char text[SHARED_SIZE];

	(void)snprintf(text, sizeof(text), "%s", told);
	memset(told, 0, SHARED_SIZE);
	return text;
}

unsigned int fake_bus_connections(void)
{
	return *n_connections;
}
