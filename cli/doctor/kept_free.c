// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor: no seat has the screen of a kept-free card, and no virtual console is on its framebuffer. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/doctor/doctor.h"
#include "probe/below.h"
#include "probe/console.h"
#include "probe/seat.h"

struct look {
	struct doctor *doctor;
	const char *section;
	const struct function *function; /* below which the devices are */
	unsigned int n_bad;              /* that were reported */
};

/* The rules look at a device below a function by what they have found of that. */
static struct finding_text describe_trigger(const struct look *look, const char *class, const char *name)
{
	return finding_text("run 'udevadm trigger /sys/bus/pci/devices/%s /sys/class/%s/%s' as root",
		address_text(look->function->address).s, class, name);
}

/* logind goes by the tags; who draws on a screen compares the name with that of his seat, and takes none for seat0. */
static bool is_of_seat(const struct seat *seat)
{
	return seat->tagged || seat->master || !seat->name[0] || strcmp(seat->name, SEAT_DEFAULT) == 0;
}

static void look_seat(struct look *look, const char *name, uint32_t major, uint32_t minor)
{
	struct finding_text trigger = describe_trigger(look, "drm", name);
	struct seat seat;
	int r = seat_probe(look->doctor->host, major, minor, &seat);

	if (r >= 0 && !is_of_seat(&seat))
		return;
	look->n_bad++;
	if (r >= 0)
		doctor_report(look->doctor, FINDING_FAIL, look->section,
			finding_text("%s, and see with 'gpu-handoff status' who has it open already", trigger.s).s,
			"/dev/dri/%s is of %s by %s in udev's database: sessions there may use the card", name,
			seat.name[0] ? seat.name : SEAT_DEFAULT,
			seat.tagged   ? "its tag '" SEAT_TAG "'"
			: seat.master ? "its tag '" SEAT_TAG_MASTER "'"
				      : "ID_SEAT");
	else
		doctor_report(look->doctor, FINDING_WARN, look->section, trigger.s,
			"whether /dev/dri/%s is of a seat cannot be told: udev's database %s", name,
			r == -ENOENT ? "does not have it" : "cannot be read");
}

/* Others than root are not told which consoles a framebuffer shows. */
static void look_consoles(struct look *look, const char *name, uint32_t framebuffer)
{
	const struct host *host = look->doctor->host;
	char driver[CONSOLE_NAME_SIZE];
	uint64_t consoles = 0;
	int r = console_find_bound(host, driver);

	if (r > 0)
		r = host->kernel->framebuffer_consoles(host, framebuffer, CONSOLE_DEADLINE_MS, &consoles);
	if (r >= 0 && consoles == 0)
		return;
	if (r == -ENOENT || r == -ENODEV)
		return;
	look->n_bad++;
	if (r < 0)
		doctor_report(look->doctor, FINDING_WARN, look->section,
			r == -EACCES ? "run it as root" : "look into 'journalctl -k'",
			"which virtual consoles /dev/%s shows cannot be told: %s", name,
			r == KERNEL_STUCK ? "its driver does not answer" : strerror(-r));
	else
		doctor_report(look->doctor, FINDING_FAIL, look->section, describe_trigger(look, "graphics", name).s,
			"/dev/%s shows virtual consoles, and a login there uses the card", name);
}

static int visit_device(void *data, const struct below *below)
{
	struct look *look = data;
	uint32_t major, minor;

	if (below_read_device(below, &major, &minor) < 0)
		return 0;
	if (strcmp(below->subsystem, "drm") == 0 && strncmp(below->name, "card", 4) == 0)
		look_seat(look, below->name, major, minor);
	else if (strcmp(below->subsystem, "graphics") == 0)
		look_consoles(look, below->name, minor);
	return 0;
}

void doctor_look_kept_free(struct doctor *doctor, const char *section, const struct card *card)
{
	struct look look = { .doctor = doctor, .section = section };

	for (unsigned int i = 0; i < card->n_functions; i++) {
		look.function = card->functions[i];
		(void)below_walk(doctor->host, look.function->address, visit_device, &look);
	}
	if (look.n_bad == 0)
		doctor_report(doctor, FINDING_PASS, section, NULL,
			"%s is kept free: no seat and no console has it; 'gpu-handoff status' tells who has it open",
			address_text(card->gpu->address).s);
}
