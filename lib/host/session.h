/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host: the sessions of logind, for manager_systemd; manager.h says what these do. */
#pragma once

#include <sys/types.h>

#include "host/host.h"

int session_end(const struct host *host, const char *name, int deadline_ms);
int session_end_all_of(const struct host *host, uid_t uid, int deadline_ms);
