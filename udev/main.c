// SPDX-License-Identifier: GPL-2.0-or-later
/* gpu-handoff-udev DEVPATH: see gpu-handoff-udev(8). The rules call it; the environment is not read. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "apply/report.h"
#include "base/text.h"
#include "host/host.h"
#include "model/refusal.h"
#include "udev/consoles.h"
#include "udev/properties.h"
#include "udev/reserve.h"

static int run_properties(const struct host *host, const char *devpath, struct refusal *refusal)
{
	int r = properties_print(host, devpath, stdout);

	return r < 0 && r != -EINVAL
		       ? refusal_set(refusal, REFUSAL_STATE, "cannot read a device in sysfs: %s", strerror(-r))
		       : r;
}

static int run_hold(const struct host *host, const char *argument, struct refusal *refusal)
{
	(void)argument;
	return reserve_hold(host, refusal);
}

static int run_reserve(const struct host *host, const char *argument, struct refusal *refusal)
{
	struct address address;

	return address_parse(argument, &address) < 0 ? -EINVAL : reserve_function(host, address, refusal);
}

static int run_consoles(const struct host *host, const char *argument, struct refusal *refusal)
{
	(void)argument;
	return consoles_settle(host, refusal);
}

/* The first is what is done without an option. Each returns 0; -EINVAL for a wrong argument; -ECANCELED; -errno. */
static const struct {
	const char *option, *argument, *help;
	int (*run)(const struct host *host, const char *argument, struct refusal *refusal);
} commands[] = {
	{ "", "DEVPATH", "print the udev properties of a device", run_properties },
	{ "--hold", NULL, "keep what is reserved from every driver but vfio-pci", run_hold },
	{ "--reserve", "ADDRESS", "give a reserved function to vfio-pci", run_reserve },
	{ "--consoles", NULL, "keep the virtual consoles off the framebuffers of cards that are kept free",
		run_consoles },
};

#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static int print_usage(FILE *stream)
{
	(void)fputs("usage:\n", stream);
	for (size_t i = 0; i < N_COMMANDS; i++)
		(void)fprintf(stream, "  gpu-handoff-udev [--sysroot DIR] %s%s%s: %s\n", commands[i].option,
			commands[i].option[0] && commands[i].argument ? " " : "",
			commands[i].argument ? commands[i].argument : "", commands[i].help);
	return fputs("see gpu-handoff-udev(8)\n", stream) < 0;
}

static int run(size_t command, const char *sysroot, const char *argument)
{
	struct refusal refusal;
	struct host host;
	int r = host_open(sysroot, &host);

	if (r < 0)
		r = refusal_set(&refusal, REFUSAL_INPUT, "cannot read a machine below '%s': %s",
			sysroot ? sysroot : "/", strerror(-r));
	else
		r = commands[command].run(&host, argument, &refusal);
	host_close(&host);
	if (r == -EINVAL)
		return print_usage(stderr), 2;
	if (r >= 0)
		return 0;
	(void)fprintf(stderr, "gpu-handoff-udev: %s\n", refusal.sentence);
	/* udev shows what a program prints only where it is told to show everything. */
	if (!sysroot)
		report_event(&(struct event){
			.kind = EVENT_REFUSED,
			.owner = { .name = "udev" },
			.sentence = refusal.sentence,
			.refusal = &refusal,
		});
	return 1;
}

int main(int argc, char *argv[])
{
	const char *sysroot = NULL;
	int i = 1;

	if (argc == 2 && strcmp(argv[1], "--version") == 0)
		return puts("gpu-handoff-udev " VERSION) < 0;
	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return print_usage(stdout);
	if (argc > 2 && strcmp(argv[1], "--sysroot") == 0) {
		sysroot = argv[2];
		i = 3;
	}
	for (size_t c = 1; c < N_COMMANDS && i < argc; c++) {
		if (strcmp(argv[i], commands[c].option) == 0 && argc - i == 1 + (commands[c].argument != NULL))
			return run(c, sysroot, argv[i + 1]);
	}
	if (argc - i == 1 && strncmp(argv[i], "--", 2) != 0)
		return run(0, sysroot, argv[i]);
	return print_usage(stderr), 2;
}
