/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * base: the journal of the system, with fields, for programs. libsystemd is loaded when logging is made ready: a
 * hook call for a domain that is not ours then pays nothing for it. Where there is none, syslog(3) gets the message.
 */
#pragma once

#include <stddef.h>

/* Its lines are found by journalctl -t gpu-handoff. */
#define LOG_IDENTIFIER "gpu-handoff"

struct log_field {
	const char *name;  /* upper case, as sd_journal_send(3) wants it */
	const char *value; /* NULL: the field is left out */
};

/* At most this many fields of a line's own. */
#define LOG_FIELDS_MAX 8

/* Makes logging ready, which allocates; log_send() does it where it was not done. */
void log_open(void);

/* Sends a line; priority as in syslog(3). What cannot be sent is lost: logging never fails a handover. */
void log_send(int priority, const char *message, const struct log_field *fields, size_t n_fields);
