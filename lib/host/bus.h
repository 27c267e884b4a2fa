/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host: a connection to the bus of the system, with one deadline for all that is done on it. libsystemd is loaded at
 * the first bus_open(); its functions are then in sd. A bus daemon that does not run, or is stopped, costs the deadline
 * and no more: sd_bus_call(3) alone would wait for the connection as long as libsystemd sees fit.
 *
 * Calling sequence: bus_open(), anything, bus_close(). A connection does not survive fork(2).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <systemd/sd-bus.h>

#include "host/host.h"

/* sd_bus_X is sd.X. */
struct bus_functions {
	__typeof__(sd_bus_add_filter) *add_filter;
	__typeof__(sd_bus_call) *call;
	__typeof__(sd_bus_close_unref) *close_unref;
	__typeof__(sd_bus_error_free) *error_free;
	__typeof__(sd_bus_is_ready) *is_ready;
	__typeof__(sd_bus_message_append) *message_append;
	__typeof__(sd_bus_message_append_array) *message_append_array;
	__typeof__(sd_bus_message_append_strv) *message_append_strv;
	__typeof__(sd_bus_message_appendv) *message_appendv;
	__typeof__(sd_bus_message_close_container) *message_close_container;
	__typeof__(sd_bus_message_enter_container) *message_enter_container;
	__typeof__(sd_bus_message_get_sender) *message_get_sender;
	__typeof__(sd_bus_message_is_signal) *message_is_signal;
	__typeof__(sd_bus_message_new_method_call) *message_new_method_call;
	__typeof__(sd_bus_message_open_container) *message_open_container;
	__typeof__(sd_bus_message_read) *message_read;
	__typeof__(sd_bus_message_read_array) *message_read_array;
	__typeof__(sd_bus_message_unref) *message_unref;
	__typeof__(sd_bus_open_system) *open_system;
	__typeof__(sd_bus_process) *process;
	__typeof__(sd_bus_wait) *wait;
};

extern struct bus_functions sd;

struct bus {
	sd_bus *connection;
	uint64_t end_us; /* by clock_now_us() */
	bool used_up;    /* for nobody after this: it is not whole, or signals come in */
};

/* Whom a call is for. */
struct bus_object {
	const char *service, *path, *interface;
};

extern const struct bus_object bus_systemd;

/*
 * Connects, and waits until calls can be made. Returns 0; -EOPNOTSUPP without systemd, its library, or the bus;
 * -ETIMEDOUT; -errno. bus_close() takes a bus whose opening failed, too, and never waits.
 */
int bus_open(const struct host *host, int deadline_ms, struct bus *ret);
void bus_close(struct bus *bus);

/*
 * From now on, bus_close() keeps a connection that is not used up for the next bus_open(), which connects anew when it
 * has broken meanwhile: connecting takes as long as a call does. For a process that makes many.
 */
void bus_keep(bool keep);

/* In a process that was forked: the connection that is kept is the parent's. */
void bus_forget(void);

/* struct bus bus BUS_CLOSE = BUS_NONE: closed when it goes out of scope. */
#define BUS_CLOSE __attribute__((cleanup(bus_close)))
#define BUS_NONE  ((struct bus){ .connection = NULL })

/*
 * Calls a method; types and what follows as for sd_bus_message_append(3). Returns 0 and, where ret_reply is not NULL,
 * the reply, which MESSAGE_UNREF drops; -ENOENT when the peer knows no such unit, session, person or object;
 * -EOPNOTSUPP when the peer itself is not there; -ETIMEDOUT; -errno, -EIO for an error that libsystemd has no errno of.
 */
int bus_call(struct bus *bus, const struct bus_object *object, const char *method, sd_bus_message **ret_reply,
	const char *types, ...);

/* The same in two parts, for what types cannot say: in between the caller fills the message, which MESSAGE_UNREF drops.
 */
int bus_begin(struct bus *bus, const struct bus_object *object, const char *method, sd_bus_message **ret);
int bus_call_message(struct bus *bus, sd_bus_message *call, sd_bus_message **ret_reply);

/* Takes what comes in, or waits for it, once. Returns 0; -ETIMEDOUT; -errno. */
int bus_process(struct bus *bus);

/* What is left until the deadline, never negative. */
int bus_left_ms(const struct bus *bus);

/* For MESSAGE_UNREF: sd_bus_message *message MESSAGE_UNREF = NULL. */
void bus_message_drop(sd_bus_message **message);
#define MESSAGE_UNREF __attribute__((cleanup(bus_message_drop)))
