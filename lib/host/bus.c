// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/bus.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/systemd.h"

struct bus_functions sd;

const struct bus_object bus_systemd = {
	"org.freedesktop.systemd1",
	"/org/freedesktop/systemd1",
	"org.freedesktop.systemd1.Manager",
};

/* All of them are in libsystemd 246 (2020) and later. */
#define FUNCTION(name)                                                                                                 \
	{                                                                                                              \
		"sd_bus_" #name, offsetof(struct bus_functions, name)                                                  \
	}
static const struct {
	const char *name;
	size_t offset;
} functions[] = {
	FUNCTION(add_filter),
	FUNCTION(call),
	FUNCTION(close_unref),
	FUNCTION(error_free),
	FUNCTION(is_ready),
	FUNCTION(message_append),
	FUNCTION(message_append_array),
	FUNCTION(message_append_strv),
	FUNCTION(message_appendv),
	FUNCTION(message_close_container),
	FUNCTION(message_enter_container),
	FUNCTION(message_get_sender),
	FUNCTION(message_is_signal),
	FUNCTION(message_new_method_call),
	FUNCTION(message_open_container),
	FUNCTION(message_read),
	FUNCTION(message_read_array),
	FUNCTION(message_unref),
	FUNCTION(open_system),
	FUNCTION(process),
	FUNCTION(wait),
};

_Static_assert(sizeof(functions) / sizeof(functions[0]) == sizeof(sd) / sizeof(sd.call), "one of sd has no name");

static int functions_load(void)
{
	static bool loaded;

	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]) && !loaded; i++) {
		void *function = systemd_function(functions[i].name);

		if (!function)
			return -EOPNOTSUPP;
		memcpy((char *)&sd + functions[i].offset, &function, sizeof(function));
	}
	loaded = true;
	return 0;
}

/* As sd_booted(3) asks, but of this host. */
static bool host_has_systemd(const struct host *host)
{
	int fd CLOSE_FD = beneath_open(host->run, "systemd/system", O_PATH | O_DIRECTORY, 0);

	return fd >= 0;
}

static uint64_t left_us(const struct bus *bus)
{
	uint64_t now = clock_now_us();

	return now < bus->end_us ? bus->end_us - now : 0;
}

int bus_left_ms(const struct bus *bus)
{
	uint64_t ms = left_us(bus) / 1000;

	return ms < INT_MAX ? (int)ms : INT_MAX;
}

int bus_process(struct bus *bus)
{
	int r;

	/* First: somebody may send without end. */
	if (left_us(bus) == 0)
		return -ETIMEDOUT;
	r = sd.process(bus->connection, NULL);
	/* One message at a time; more may be there already. */
	if (r != 0)
		return r < 0 ? r : 0;
	r = sd.wait(bus->connection, left_us(bus));
	return r < 0 && r != -EINTR ? r : 0;
}

/* Between two of struct bus. */
static struct {
	bool wanted;
	sd_bus *connection;
} kept;

/* With what has come in meanwhile: the end of the connection, perhaps. */
static bool kept_take(struct bus *bus)
{
	int r = 1;

	if (!kept.connection)
		return false;
	bus->connection = kept.connection;
	kept.connection = NULL;
	while (r > 0 && left_us(bus) > 0)
		r = sd.process(bus->connection, NULL);
	bus->used_up = r != 0 || sd.is_ready(bus->connection) <= 0;
	if (bus->used_up)
		bus_close(bus);
	return !bus->used_up;
}

int bus_open(const struct host *host, int deadline_ms, struct bus *ret)
{
	int r;

	*ret = BUS_NONE;
	if (!host_has_systemd(host))
		return -EOPNOTSUPP;
	r = functions_load();
	if (r < 0)
		return r;
	ret->end_us = clock_now_us() + (deadline_ms > 0 ? (uint64_t)deadline_ms * 1000 : 0);
	if (kept_take(ret))
		return 0;
	ret->used_up = true;
	r = sd.open_system(&ret->connection);
	if (r < 0)
		return r == -ENOENT || r == -ECONNREFUSED ? -EOPNOTSUPP : r;
	/* So far it has only been begun. The first call would wait for the rest of it, and not by our deadline. */
	while ((r = sd.is_ready(ret->connection)) == 0) {
		r = bus_process(ret);
		if (r < 0)
			return r;
	}
	ret->used_up = r < 0;
	return r < 0 ? r : 0;
}

void bus_close(struct bus *bus)
{
	if (bus->connection && kept.wanted && !kept.connection && !bus->used_up)
		kept.connection = bus->connection;
	else if (bus->connection)
		/* Without a flush, which has no deadline. */
		(void)sd.close_unref(bus->connection);
	bus->connection = NULL;
}

void bus_keep(bool keep)
{
	kept.wanted = keep;
	if (!keep && kept.connection)
		(void)sd.close_unref(kept.connection);
	if (!keep)
		kept.connection = NULL;
}

void bus_forget(void)
{
	kept.wanted = false;
	kept.connection = NULL;
}

void bus_message_drop(sd_bus_message **message)
{
	if (*message)
		(void)sd.message_unref(*message);
}

/* What libsystemd has no errno of, or one that tells a caller less. */
static const struct {
	const char *name;
	int r;
} errors[] = {
	{ "org.freedesktop.systemd1.NoSuchUnit", -ENOENT },
	{ "org.freedesktop.systemd1.UnitExists", -EEXIST },
	{ "org.freedesktop.login1.NoSuchSession", -ENOENT },
	{ "org.freedesktop.login1.NoSuchUser", -ENOENT },
	{ SD_BUS_ERROR_UNKNOWN_OBJECT, -ENOENT },
	{ SD_BUS_ERROR_SERVICE_UNKNOWN, -EOPNOTSUPP },
	{ SD_BUS_ERROR_NAME_HAS_NO_OWNER, -EOPNOTSUPP },
	{ SD_BUS_ERROR_UNKNOWN_PROPERTY, -EOPNOTSUPP },
};

static int error_number(const sd_bus_error *error, int r)
{
	for (size_t i = 0; error->name && i < sizeof(errors) / sizeof(errors[0]); i++) {
		if (strcmp(error->name, errors[i].name) == 0)
			return errors[i].r;
	}
	return r;
}

int bus_begin(struct bus *bus, const struct bus_object *object, const char *method, sd_bus_message **ret)
{
	return sd.message_new_method_call(
		bus->connection, ret, object->service, object->path, object->interface, method);
}

int bus_call_message(struct bus *bus, sd_bus_message *call, sd_bus_message **ret_reply)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	int r;

	/* 0 would stand for libsystemd's own timeout. */
	if (left_us(bus) == 0)
		return -ETIMEDOUT;
	r = sd.call(bus->connection, call, left_us(bus), &error, ret_reply);
	if (r < 0)
		r = error_number(&error, r);
	/* A peer that knows no such thing has answered; of other failures one cannot tell. */
	bus->used_up = bus->used_up || (r < 0 && r != -ENOENT);
	sd.error_free(&error);
	return r < 0 ? r : 0;
}

int bus_call(struct bus *bus, const struct bus_object *object, const char *method, sd_bus_message **ret_reply,
	const char *types, ...)
{
	sd_bus_message *call MESSAGE_UNREF = NULL;
	va_list values;
	int r;

	r = bus_begin(bus, object, method, &call);
	if (r < 0)
		return r;
	va_start(values, types);
	r = sd.message_appendv(call, types, values);
	va_end(values);
	return r < 0 ? r : bus_call_message(bus, call, ret_reply);
}
