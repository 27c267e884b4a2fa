// SPDX-License-Identifier: GPL-2.0-or-later
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/record.h"
#include "tests/support/tree.h"
#include "tests/unit/udev/udev.h"

#define HOST "broadcom-pex-rtxa5000"

struct scratch scratch;
struct host host;
struct fake_kernel kernel;

/* The listing does not tell the drivers. */
static void set_driver(json_object *record, const char *address, const char *driver)
{
	json_object_object_add(record_device(record, address), "driver", json_object_new_string(driver));
}

void udev_start(void)
{
	json_object *record = record_load(HOST);

	set_driver(record, GPU, "nvidia");
	set_driver(record, SOUND, "snd_hda_intel");
	set_driver(record, TWIN, "nvidia");
	set_driver(record, TWIN_SOUND, "snd_hda_intel");
	scratch_make(&scratch);
	tree_write(scratch.fd, record, NULL);
	json_object_put(record);
	put_directory(scratch.fd, "run/gpu-handoff");
	put_directory(scratch.fd, "etc");
	put_directory(scratch.fd, "dev");
	ck_assert_int_eq(host_open(scratch.path, &host), 0);
	fake_kernel_install(&kernel, &host);
}

void udev_stop(void)
{
	host_close(&host);
	scratch_remove(&scratch);
}

void udev_configure(const char *mode)
{
	put_text(scratch.fd, "etc/gpu-handoff.conf", "[card %s]\nmode = %s\n", GPU, mode);
}

const char *udev_attribute(const char *address, const char *name)
{
	static char value[PATH_MAX];
	char path[PATH_MAX];
	char *text;

	(void)snprintf(path, sizeof(path), "sys/bus/pci/devices/%s/%s", address, name);
	text = get_text(scratch.fd, address ? path : name);
	(void)snprintf(value, sizeof(value), "%.*s", (int)strcspn(text ? text : "", "\n"), text ? text : "");
	free(text);
	return value;
}

const char *udev_driver(const char *address)
{
	static char name[PATH_MAX];
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "bus/pci/devices/%s", address);
	int directory = beneath_open(host.sys, path, O_PATH, 0);

	if (attribute_link_name(directory, "driver", name, sizeof(name)) < 0)
		name[0] = '\0';
	(void)close(directory);
	return name;
}

int main(void)
{
	return suite_run("udev", (TCase *[]){ case_reserve(), case_consoles(), NULL });
}
