// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/allowed.h"

#include <errno.h>
#include <string.h>

#include "host/bus.h"
#include "host/unit_name.h"
#include "model/cpuset.h"

#define PROPERTY "AllowedCPUs"

/* systemd's form of a set: a bit each, the lowest byte first. */
struct mask {
	uint8_t bytes[CPUS_MAX / 8];
	size_t n;
};

static struct mask mask_of(const struct cpuset *cpus)
{
	struct mask mask = { .n = 0 };

	for (unsigned int cpu = cpuset_next(cpus, 0); cpu < CPUS_MAX; cpu = cpuset_next(cpus, cpu + 1)) {
		mask.bytes[cpu / 8] |= (uint8_t)(1u << cpu % 8);
		mask.n = cpu / 8 + 1;
	}
	return mask;
}

static struct cpuset cpus_of(const uint8_t *bytes, size_t n)
{
	struct cpuset cpus = { 0 };

	for (unsigned int cpu = 0; cpu < CPUS_MAX && cpu / 8 < n; cpu++) {
		if (bytes[cpu / 8] >> cpu % 8 & 1)
			cpuset_add(&cpus, cpu);
	}
	return cpus;
}

/* The interface that has the property: that of the kind of unit. */
static const char *interface_of(const char *unit)
{
	const char *suffix = unit_name_suffix(unit);

	return strcmp(suffix, ".slice") == 0   ? "org.freedesktop.systemd1.Slice"
	       : strcmp(suffix, ".scope") == 0 ? "org.freedesktop.systemd1.Scope"
					       : "org.freedesktop.systemd1.Service";
}

static int property_read(sd_bus_message *reply, struct cpuset *ret)
{
	const void *bytes = NULL;
	size_t n = 0;
	int r;

	r = sd.message_enter_container(reply, 'v', "ay");
	if (r >= 0)
		r = sd.message_read_array(reply, 'y', &bytes, &n);
	if (r < 0)
		return r;
	*ret = cpus_of((const uint8_t *)bytes, n);
	return 0;
}

int allowed_get_cpus(const struct host *host, const char *unit, struct cpuset *ret, int deadline_ms)
{
	struct bus_object object = { bus_systemd.service, NULL, "org.freedesktop.DBus.Properties" };
	sd_bus_message *found MESSAGE_UNREF = NULL, *reply MESSAGE_UNREF = NULL;
	struct bus bus BUS_CLOSE = BUS_NONE;
	int r;

	if (!unit_name_is_valid(unit))
		return -EINVAL;
	r = bus_open(host, deadline_ms, &bus);
	if (r >= 0)
		r = bus_call(&bus, &bus_systemd, "GetUnit", &found, "s", unit);
	if (r >= 0)
		r = sd.message_read(found, "o", &object.path);
	if (r >= 0)
		r = bus_call(&bus, &object, "Get", &reply, "ss", interface_of(unit), PROPERTY);
	return r < 0 ? r : property_read(reply, ret);
}

/* For the runtime alone: SetUnitProperties(unit, true, [(AllowedCPUs, mask)]). */
static int property_fill(sd_bus_message *call, const char *unit, const struct cpuset *cpus)
{
	const struct mask mask = mask_of(cpus);
	int r;

	r = sd.message_append(call, "sb", unit, 1);
	if (r >= 0)
		r = sd.message_open_container(call, 'a', "(sv)");
	if (r >= 0)
		r = sd.message_open_container(call, 'r', "sv");
	if (r >= 0)
		r = sd.message_append(call, "s", PROPERTY);
	if (r >= 0)
		r = sd.message_open_container(call, 'v', "ay");
	if (r >= 0)
		r = sd.message_append_array(call, 'y', mask.bytes, mask.n);
	/* The variant, the structure, the array. */
	for (int i = 0; i < 3 && r >= 0; i++)
		r = sd.message_close_container(call);
	return r;
}

int allowed_set_cpus(const struct host *host, const char *unit, const struct cpuset *cpus, int deadline_ms)
{
	sd_bus_message *call MESSAGE_UNREF = NULL;
	struct bus bus BUS_CLOSE = BUS_NONE;
	int r;

	if (!unit_name_is_valid(unit))
		return -EINVAL;
	r = bus_open(host, deadline_ms, &bus);
	if (r >= 0)
		r = bus_begin(&bus, &bus_systemd, "SetUnitProperties", &call);
	if (r >= 0)
		r = property_fill(call, unit, cpus);
	return r < 0 ? r : bus_call_message(&bus, call, NULL);
}
