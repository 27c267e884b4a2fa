/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests: a bus of the system with a systemd and a logind on it, as a process of its own. It answers what
 * lib/host asks, from a script; DBUS_SYSTEM_BUS_ADDRESS leads there.
 */
#pragma once

/* What becomes of a unit's job, or of the call that asks for it. */
enum fake_job {
	FAKE_DONE,
	FAKE_DONE_EARLY, /* before the call is answered */
	FAKE_FAILED,
	FAKE_ENDLESS,
	FAKE_FORGED,    /* somebody who is not systemd says that it is done */
	FAKE_OTHER_JOB, /* the one of another unit is done */
	FAKE_NO_SUCH_UNIT,
	FAKE_DENIED,
	FAKE_SILENT,  /* no answer */
	FAKE_HANG_UP, /* the connection ends */
	FAKE_NO_SYSTEMD,
	FAKE_NO_HELLO, /* the bus itself does not answer */
	FAKE_FLOOD,    /* signals of no interest without end, and no answer */
};

/* Starts it; the socket is in the scratch directory. fake_bus_stop() ends it. */
void fake_bus_start(enum fake_job job);
void fake_bus_stop(void);

/* The sessions that were ended, a character each, in turn. Those that there are: see fake_bus.c. */
const char *fake_bus_ended(void);

/* What it was told of units since the last call; see fake_bus.c. */
const char *fake_bus_told(void);

/* How often somebody has connected since it was started. */
unsigned int fake_bus_connections(void);
