// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/bound.h"

#include <errno.h>
#include <linux/capability.h>

#include "host/bus.h"
#include "host/unit_name.h"

/*
 * What the service cannot do (systemd.exec(5)). ProtectKernelTunables= and ProtectControlGroups= are missing, for what
 * they make read-only is written; PrivateNetwork= as well, for irqbalance may have an abstract socket; and
 * RestrictSUIDSGID=, which forbids openat2(2).
 */
static const char *const forbidden[] = {
	"NoNewPrivileges",
	"PrivateTmp",
	"PrivateDevices",
	"ProtectKernelModules",
	"ProtectKernelLogs",
	"ProtectClock",
	"MemoryDenyWriteExecute",
	"LockPersonality",
	"RestrictRealtime",
};

/*
 * systemd is asked to change units (CAP_SYS_ADMIN), threads are moved (CAP_SYS_NICE), files of others are root's to
 * write (CAP_DAC_OVERRIDE), and the watched child is kept from the OOM killer (CAP_SYS_RESOURCE).
 */
#define CAPABILITY(name) (UINT64_C(1) << (name))
#define CAPABILITIES                                                                                                   \
	(CAPABILITY(CAP_SYS_ADMIN) | CAPABILITY(CAP_SYS_NICE) | CAPABILITY(CAP_DAC_OVERRIDE) |                         \
		CAPABILITY(CAP_SYS_RESOURCE))

/* Settings that are words. */
static const char *const words[][2] = {
	{ "CollectMode", "inactive-or-failed" },
	{ "Type", "exec" },
	{ "Slice", "system.slice" },
	{ "ProtectHome", "yes" },
	{ "ProtectSystem", "strict" },
};

static int fill_confinement(sd_bus_message *call)
{
	int r = 0;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]) && r >= 0; i++)
		r = sd.message_append(call, "(sv)", words[i][0], "s", words[i][1]);
	for (size_t i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]) && r >= 0; i++)
		r = sd.message_append(call, "(sv)", forbidden[i], "b", 1);
	if (r >= 0)
		r = sd.message_append(call, "(sv)", "CapabilityBoundingSet", "t", CAPABILITIES);
	/* The lock, the ledger, and systemd's drop-ins. */
	if (r >= 0)
		r = sd.message_append(call, "(sv)", "ReadWritePaths", "as", 1, "/run");
	/* The journal of the system. */
	if (r >= 0)
		r = sd.message_append(call, "(sv)", "RestrictAddressFamilies", "(bas)", 1, 1, "AF_UNIX");
	return r;
}

/* ExecStart: a list of one command, whose failure counts. */
static int fill_command(sd_bus_message *call, const char *const arguments[])
{
	int r;

	r = sd.message_open_container(call, 'r', "sv");
	if (r >= 0)
		r = sd.message_append(call, "s", "ExecStart");
	if (r >= 0)
		r = sd.message_open_container(call, 'v', "a(sasb)");
	if (r >= 0)
		r = sd.message_open_container(call, 'a', "(sasb)");
	if (r >= 0)
		r = sd.message_open_container(call, 'r', "sasb");
	if (r >= 0)
		r = sd.message_append(call, "s", arguments[0]);
	if (r >= 0)
		r = sd.message_append_strv(call, (char **)arguments);
	if (r >= 0)
		r = sd.message_append(call, "b", 0);
	/* The command, the list, the variant, the property. */
	for (int i = 0; i < 4 && r >= 0; i++)
		r = sd.message_close_container(call);
	return r;
}

static int fill(sd_bus_message *call, const char *unit, const char *description, const char *bound_to,
	const char *const arguments[])
{
	int r;

	r = sd.message_append(call, "ss", unit, "fail");
	if (r >= 0)
		r = sd.message_open_container(call, 'a', "(sv)");
	if (r >= 0)
		r = sd.message_append(call, "(sv)(sv)(sv)", "Description", "s", description, "BindsTo", "as", 1,
			bound_to, "After", "as", 1, bound_to);
	if (r >= 0)
		r = fill_confinement(call);
	if (r >= 0)
		r = fill_command(call, arguments);
	if (r >= 0)
		r = sd.message_close_container(call);
	/* Units that are to be made with it: none. */
	return r < 0 ? r : sd.message_append(call, "a(sa(sv))", 0);
}

int bound_start(const struct host *host, const char *unit, const char *description, const char *bound_to,
	const char *const arguments[], int deadline_ms)
{
	sd_bus_message *call MESSAGE_UNREF = NULL;
	struct bus bus BUS_CLOSE = BUS_NONE;
	int r;

	if (!unit_name_is_valid(unit) || !unit_name_is_valid(bound_to) || !arguments[0] || arguments[0][0] != '/')
		return -EINVAL;
	r = bus_open(host, deadline_ms, &bus);
	if (r >= 0)
		r = bus_begin(&bus, &bus_systemd, "StartTransientUnit", &call);
	if (r >= 0)
		r = fill(call, unit, description, bound_to, arguments);
	return r < 0 ? r : bus_call_message(&bus, call, NULL);
}
