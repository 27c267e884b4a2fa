// SPDX-License-Identifier: GPL-2.0-or-later
/* gpu-handoff-udev ADDRESS, and what the rules have done: see gpu-handoff-udev(8). For udev's rules. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "base/log.h"
#include "base/text.h"
#include "host/host.h"
#include "udev/consoles.h"
#include "udev/properties.h"
#include "udev/reserve.h"

static const char usage[] = "usage: gpu-handoff-udev ADDRESS\n"
			    "       gpu-handoff-udev --hold | --reserve ADDRESS | --consoles N\n"
			    "prints the udev properties of a PCI function, or does what the rules want done, see "
			    "gpu-handoff-udev(8)";

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
	uint64_t n;

	return text_parse_number(argument, 10, UINT32_MAX, &n) < 0 ? -EINVAL
								   : consoles_release(host, (unsigned int)n, refusal);
}

/* What the rules have done. Each returns 0; -EINVAL for another argument; -ECANCELED and the refusal. */
static const struct command {
	const char *name;
	int n_arguments;
	int (*run)(const struct host *host, const char *argument, struct refusal *refusal);
} commands[] = {
	{ "--hold", 0, run_hold },
	{ "--reserve", 1, run_reserve },
	{ "--consoles", 1, run_consoles },
};

static int show_usage(void)
{
	(void)fprintf(stderr, "%s\n", usage);
	return 2;
}

/* udev shows what a program prints only when it is told to log everything. */
static int tell(const char *sentence)
{
	(void)fprintf(stderr, "gpu-handoff-udev: %s\n", sentence);
	log_send(LOG_WARNING, sentence, NULL, 0);
	return 1;
}

static int run(const struct command *command, const char *argument)
{
	struct refusal refusal;
	struct host host;
	int r = host_open(NULL, &host);

	if (r < 0)
		(void)refusal_set(&refusal, REFUSAL_FAILED, "cannot open '/sys': %s", strerror(-r));
	else
		r = command->run(&host, argument, &refusal);
	host_close(&host);
	if (r == -EINVAL)
		return show_usage();
	return r < 0 ? tell(refusal.sentence) : 0;
}

int main(int argc, char *argv[])
{
	struct address address;
	struct host host;
	int r;

	if (argc == 2 && strcmp(argv[1], "--version") == 0)
		return puts("gpu-handoff-udev " VERSION) < 0;
	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return puts(usage) < 0;
	for (size_t i = 0; argc >= 2 && i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(argv[1], commands[i].name) == 0 && argc == 2 + commands[i].n_arguments)
			return run(&commands[i], argv[2]);
	}
	if (argc != 2 || address_parse(argv[1], &address) < 0)
		return show_usage();
	r = host_open(NULL, &host);
	if (r >= 0)
		r = properties_print(&host, address, stdout);
	host_close(&host);
	if (r < 0)
		(void)fprintf(stderr, "gpu-handoff-udev: cannot read '%s' in sysfs: %s\n", argv[1], strerror(-r));
	return r < 0;
}
