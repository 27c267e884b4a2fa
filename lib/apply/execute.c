// SPDX-License-Identifier: GPL-2.0-or-later
#include "apply/execute.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "host/manager.h"
#include "plan/plan.h"
#include "probe/inventory.h"

int driver_is_loaded(const struct host *host, const char *driver)
{
	char path[sizeof("bus/pci/drivers/") + DRIVER_NAME_SIZE];
	int fd CLOSE_FD = -1;

	(void)snprintf(path, sizeof(path), "bus/pci/drivers/%s", driver);
	fd = beneath_open(host->sys, path, O_PATH | O_DIRECTORY, 0);
	return fd == -ENOENT ? 0 : fd < 0 ? fd : 1;
}

static int execute_module(const struct host *host, const struct step *step)
{
	int r = driver_is_loaded(host, step->new);

	if (r != 0)
		return r;
	r = host->kernel->load_module(host, step->new, (int)step_deadline_ms(step));
	if (r < 0)
		return r;
	r = driver_is_loaded(host, step->new);
	return r < 0 ? r : r ? 0 : STEP_NO_DRIVER;
}

/* No override is "(null)" to read, and a bare newline to write. */
static bool is_none(const struct step *step, const char *value)
{
	return step->kind == STEP_OVERRIDE && (!value[0] || strcmp(value, OVERRIDE_NONE) == 0);
}

static bool same_value(const struct step *step, const char *a, const char *b)
{
	return strcmp(a, b) == 0 || (is_none(step, a) && is_none(step, b));
}

static int execute_attribute(const struct host *host, const struct step *step)
{
	const char *attribute = step_kind_attribute(step->kind);
	int deadline_ms = (int)step_deadline_ms(step);
	char path[128], value[STEP_VALUE_SIZE];
	int device CLOSE_FD = function_open(host, step->target);
	ssize_t n;
	int r;

	if (device < 0)
		return device == -ENOENT ? STEP_GONE : device;
	n = host->kernel->read(host, device, attribute, value, sizeof(value), deadline_ms);
	if (n < 0)
		return (int)n;
	if (same_value(step, value, step->new))
		return 1;
	/* vfio-pci itself writes power/control when it binds and unbinds: either of its two values is expected. */
	if (step->kind != STEP_POWER && !same_value(step, value, step->old))
		return STEP_STALE;
	(void)snprintf(path, sizeof(path), "bus/pci/devices/%s/%s", address_text(step->target).s, attribute);
	r = host->kernel->write(host, path, is_none(step, step->new) ? "\n" : step->new, deadline_ms);
	if (r < 0)
		return r;
	n = host->kernel->read(host, device, attribute, value, sizeof(value), deadline_ms);
	if (n < 0)
		return (int)n;
	return same_value(step, value, step->new) ? 0 : STEP_NO_EFFECT;
}

static int read_driver(const struct host *host, struct address address, char driver[STEP_VALUE_SIZE])
{
	int device CLOSE_FD = function_open(host, address);
	ssize_t n;

	if (device < 0)
		return device == -ENOENT ? STEP_GONE : device;
	n = attribute_link_name(device, "driver", driver, STEP_VALUE_SIZE);
	return n == -ENOENT ? 0 : n < 0 ? (int)n : 0;
}

/* Unbinding vfio-pci from a device that a process has open never returns (drivers/vfio/vfio_main.c). */
static bool group_is_open(const struct host *host, struct address address)
{
	struct function function;

	return function_probe(host, address, &function) == 0 && strcmp(function.driver, "vfio-pci") == 0 &&
	       function.iommu_group >= 0 && host->kernel->group_is_open(host, function.iommu_group) != 0;
}

/* From old to new, one of them none, through the driver's own file: it fails where another driver has the device. */
static int execute_driver(const struct host *host, const struct step *step)
{
	bool binding = step->kind == STEP_BIND;
	const char *name = binding ? step->new : step->old;
	char path[sizeof("bus/pci/drivers//unbind") + STEP_VALUE_SIZE], driver[STEP_VALUE_SIZE];
	int r;

	/* One part of a path, whatever a journal says. */
	if (strchr(name, '/'))
		return -EINVAL;
	r = read_driver(host, step->target, driver);
	if (r < 0)
		return r;
	if (strcmp(driver, step->new) == 0)
		return 1;
	if (strcmp(driver, step->old) != 0)
		return STEP_STALE;
	if (binding && driver_is_loaded(host, step->new) == 0)
		return STEP_NO_DRIVER;
	if (!binding && group_is_open(host, step->target))
		return -EBUSY;
	(void)snprintf(path, sizeof(path), "bus/pci/drivers/%s/%s", name, binding ? "bind" : "unbind");
	r = host->kernel->write(host, path, address_text(step->target).s, (int)step_deadline_ms(step));
	if (r < 0)
		return r;
	r = read_driver(host, step->target, driver);
	if (r < 0)
		return r;
	return strcmp(driver, step->new) == 0 ? 0 : STEP_NO_EFFECT;
}

bool step_is_bound(const struct host *host, const struct step *step)
{
	char driver[STEP_VALUE_SIZE];

	return step->kind == STEP_BIND && read_driver(host, step->target, driver) == 0 &&
	       strcmp(driver, step->new) == 0;
}

bool step_is_stopped(const struct host *host, const struct step *step)
{
	return step->kind == STEP_STOP &&
	       host->manager->unit_is_active(host, step->old, (int)step_deadline_ms(step)) == 0;
}

/* What systemd is still at. */
static int late(int r)
{
	return r == -ETIMEDOUT ? STEP_LATE : r;
}

static int execute_unit(const struct host *host, const struct step *step)
{
	int deadline_ms = (int)step_deadline_ms(step);
	bool starting = step->kind == STEP_START;
	int r = host->manager->unit_is_active(host, starting ? step->new : step->old, deadline_ms);

	if (r < 0)
		return r;
	if (starting == (r == 1))
		return 1;
	if (!starting)
		return late(host->manager->stop_unit(host, step->old, deadline_ms));
	/* A transient one is gone when it has stopped: nobody can start it again, however often it is tried. */
	r = host->manager->start_unit(host, step->new, deadline_ms);
	return r == -ENOENT ? STEP_GONE : late(r);
}

/* A session by its id, or those of a person: "user 1000". */
static int execute_end(const struct host *host, const struct step *step)
{
	int deadline_ms = (int)step_deadline_ms(step);
	uint64_t uid;
	int r;

	if (strncmp(step->old, PLAN_USER, strlen(PLAN_USER)) != 0)
		r = host->manager->end_session(host, step->old, deadline_ms);
	else if (text_parse_number(step->old + strlen(PLAN_USER), 10, UINT32_MAX, &uid) < 0)
		r = -EINVAL;
	else
		r = host->manager->end_sessions_of(host, (uid_t)uid, deadline_ms);
	return r == -ENOENT ? 1 : r > 0 ? 0 : late(r);
}

static int execute_persistence(const struct host *host, const struct step *step)
{
	return host->kernel->set_persistence(
		host, address_text(step->target).s, step->new, (int)step_deadline_ms(step));
}

static int execute(const struct host *host, const struct step *step)
{
	switch (step->kind) {
	case STEP_MODULE:
		return execute_module(host, step);
	case STEP_POWER:
	case STEP_D3COLD:
	case STEP_OVERRIDE:
		return execute_attribute(host, step);
	case STEP_UNBIND:
	case STEP_BIND:
		return execute_driver(host, step);
	case STEP_STOP:
	case STEP_START:
		return execute_unit(host, step);
	case STEP_END:
		return execute_end(host, step);
	case STEP_PERSISTENCE:
		return execute_persistence(host, step);
	case STEP_PAGES:
	case STEP_CPUS:
	case STEP_FREE:
	case STEP_KINDS_:
		break;
	}
	return -EINVAL;
}

/* Unplugged, maybe while its driver was at it: then the driver has returned (pci_stop_dev(), drivers/pci/remove.c). */
static bool is_gone(const struct host *host, const struct step *step)
{
	int device CLOSE_FD = function_open(host, step->target);

	return device == -ENOENT;
}

int step_execute(const struct host *host, const struct step *step)
{
	int r = execute(host, step);

	if (r < 0 && step_kind_has_target(step->kind) && is_gone(host, step))
		return STEP_GONE;
	return r == KERNEL_STUCK && !step_kind_is_device(step->kind) ? STEP_LATE : r;
}

void step_describe_failure(struct text *text, const struct step *step, int r)
{
	char sentence[STEP_SENTENCE_SIZE];
	const char *why;

	switch (r) {
	case STEP_STALE:
		why = "somebody else changed it meanwhile, so it stays as it is";
		break;
	case STEP_GONE:
		why = step_kind_has_target(step->kind) ? "the device is gone" : "there is no such unit any more";
		break;
	case STEP_NO_DRIVER:
		why = "there is no such driver now";
		break;
	case STEP_NO_EFFECT:
		why = "the kernel accepted it and nothing changed";
		break;
	case STEP_HELD:
		why = "somebody uses it";
		break;
	case STEP_SHORT:
		why = "there is not so much room";
		break;
	case STEP_LATE:
		why = "it did not end in its time";
		break;
	case KERNEL_STUCK:
		why = "its driver has not returned from it";
		break;
	default:
		why = strerror(-r);
	}
	step_describe(step, sentence);
	text_add(text, "cannot %s: %s", sentence, why);
}

void step_describe_outcome(struct text *text, const struct step *step, int r, uint64_t duration_us)
{
	char sentence[STEP_SENTENCE_SIZE];

	if (r < 0) {
		step_describe_failure(text, step, r);
	} else {
		step_describe(step, sentence);
		text_add(text, "%s", sentence);
	}
	text_add(text, " (%" PRIu64 ".%" PRIu64 " ms)", duration_us / 1000, duration_us / 100 % 10);
}
