/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe: the seat that a device is of, from udev's database, /run/udev/data: a file for each device, one fact a line
 * (systemd, src/libsystemd/sd-device/device-private.c). logind gives people who sit at a seat what has the tag "seat";
 * what has "master-of-seat" makes a place a seat (sd-login(3), "Multi-Seat on Linux").
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "host/host.h"

#define SEAT_TAG        "seat"
#define SEAT_TAG_MASTER "master-of-seat"
#define SEAT_DEFAULT    "seat0"
#define SEAT_NAME_SIZE  64

struct seat {
	bool tagged, master;       /* it has the tags, now */
	char name[SEAT_NAME_SIZE]; /* ID_SEAT; "" for none, and for what is no name of a seat: SEAT_DEFAULT */
};

/* Reads the record of a character device. Returns 0; -ENOENT when udev has none; -E2BIG, -errno. */
int seat_probe(const struct host *host, uint32_t major, uint32_t minor, struct seat *ret);

/* Reads a record. Pure. */
void seat_parse(const char *text, struct seat *ret);
