// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/log.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <syslog.h>

#include "base/systemd.h"

#define FIELD_SIZE 1280

/* sd_journal_sendv(3), or NULL where there is no libsystemd. */
static int (*journal_sendv)(const struct iovec *, int);

void log_open(void)
{
	static bool opened;

	if (opened)
		return;
	opened = true;
	openlog(LOG_IDENTIFIER, LOG_PID | LOG_NDELAY, LOG_DAEMON);
	/* POSIX says that this conversion works. */
	journal_sendv = (int (*)(const struct iovec *, int))systemd_function("sd_journal_sendv");
}

void log_send(int priority, const char *message, const struct log_field *fields, size_t n_fields)
{
	char texts[LOG_FIELDS_MAX + 3][FIELD_SIZE];
	struct iovec parts[LOG_FIELDS_MAX + 3];
	int n = 0;

	log_open();
	if (!journal_sendv) {
		syslog(priority, "%s", message);
		return;
	}
	(void)snprintf(texts[n++], FIELD_SIZE, "SYSLOG_IDENTIFIER=" LOG_IDENTIFIER);
	(void)snprintf(texts[n++], FIELD_SIZE, "PRIORITY=%d", priority);
	(void)snprintf(texts[n++], FIELD_SIZE, "MESSAGE=%s", message);
	for (size_t i = 0; i < n_fields && i < LOG_FIELDS_MAX; i++) {
		if (fields[i].value)
			(void)snprintf(texts[n++], FIELD_SIZE, "%s=%s", fields[i].name, fields[i].value);
	}
	for (int i = 0; i < n; i++)
		parts[i] = (struct iovec){ .iov_base = texts[i], .iov_len = strlen(texts[i]) };
	(void)journal_sendv(parts, n);
}
