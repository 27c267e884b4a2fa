/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * base: the journal of the system, with fields, for programs. Its protocol is spoken here
 * (https://systemd.io/JOURNAL_NATIVE_PROTOCOL): sd_journal_sendv(3) waits for as long as the journal does not read, and
 * a handover is to wait for nobody. Nothing is allocated. Where there is no journal, /dev/log gets the message alone.
 */
#pragma once

#include <stddef.h>

/* Its lines are found by journalctl -t gpu-handoff. */
#define LOG_IDENTIFIER "gpu-handoff"

struct log_field {
	const char *name;  /* upper case, as sd_journal_send(3) wants it */
	const char *value; /* anything, also lines; NULL: the field is left out */
};

/* Makes logging ready; log_send() does it where it was not done. */
void log_open(void);

/*
 * Sends a line; priority as in syslog(3). What cannot be sent is lost: logging never fails a handover. While nobody
 * reads, all lines of the process together wait for LOG_PATIENCE_MS, and then for nothing. A field that does not fit in
 * LOG_SIZE_MAX with those before it is left out.
 */
void log_send(int priority, const char *message, const struct log_field *fields, size_t n_fields);

#define LOG_PATIENCE_MS 200
#define LOG_SIZE_MAX    8192
