// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/cli.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "apply/report.h"
#include "cli/command.h"

static const struct command *const commands[] = {
	&command_list,
	&command_status,
	&command_doctor,
	&command_setup,
	&command_reset,
	&command_plan,
	&command_topology,
	&command_detach,
	&command_reattach,
	&command_run,
	&command_recover,
	&command_usb_attach_all,
	&command_usb_sync,
	&command_vanished,
	&command_run_return,
};

static const struct {
	struct option option;
	unsigned int mask;
	const char *argument, *help;
} options[] = {
	{ { "json", no_argument, NULL, 'j' }, OPTION_JSON, "", "print JSON" },
	{ { "sysroot", required_argument, NULL, 's' }, OPTION_SYSROOT, " DIR",
		"read a recorded machine, not this one" },
	{ { "dry-run", no_argument, NULL, 'n' }, OPTION_DRY_RUN, "", "show what would be done" },
	{ { "fix", no_argument, NULL, 'f' }, OPTION_FIX, "", "mend what can be mended at once" },
	{ { "yes", no_argument, NULL, 'y' }, OPTION_YES, "", "ask nothing, for scripts" },
	{ { "svg", required_argument, NULL, 'v' }, OPTION_PICTURE, " FILE",
		"draw an SVG picture to FILE, '-' for stdout" },
	{ { "png", required_argument, NULL, 'p' }, OPTION_PICTURE, " FILE", "draw a PNG picture likewise" },
	{ { "xml", required_argument, NULL, 'x' }, OPTION_PICTURE, " FILE",
		"read the domain from FILE, '-' for stdin" },
	{ { "user", required_argument, NULL, 'u' }, OPTION_RUN, " NAME", "run it as this user" },
	{ { "cpus", required_argument, NULL, 'c' }, OPTION_RUN, " LIST", "it has these CPUs for itself" },
	{ { "governor", required_argument, NULL, 'g' }, OPTION_RUN, " NAME", "the governor of these CPUs" },
	{ { "hugepages", required_argument, NULL, 'm' }, OPTION_RUN, " SIZE", "add huge pages for so much, like 8G" },
	{ { "page-size", required_argument, NULL, 'P' }, OPTION_RUN, " SIZE", "the size of one: 2M, 1G" },
	{ { "node", required_argument, NULL, 'N' }, OPTION_RUN, " NUMBER", "the NUMA node that they are of" },
	{ { "help", no_argument, NULL, 'h' }, 0, "", "this" },
};
#define N_OPTIONS (sizeof(options) / sizeof(options[0]))

static void print_help(FILE *stream)
{
	(void)fputs("usage: gpu-handoff COMMAND [OPTION...] [ARGUMENT]\n\n"
		    "Gives a graphics card to a libvirt VM, and brings it back.\n\ncommands:\n",
		stream);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		const char *argument = commands[i]->argument ? commands[i]->argument : "";

		if (commands[i]->for_units)
			continue;
		(void)fprintf(stream, "  %s %-*s  %s\n", commands[i]->name, 27 - (int)strlen(commands[i]->name),
			argument, commands[i]->help);
	}
	(void)fprintf(stream, "  %-28s  %s\n\noptions, where a command has them:\n", "xml OPTION...",
		"run gpu-handoff-xmlgen, which writes domain XML");
	for (size_t i = 0; i < N_OPTIONS; i++)
		(void)fprintf(stream, "  --%s%-*s  %s\n", options[i].option.name,
			26 - (int)strlen(options[i].option.name), options[i].argument, options[i].help);
	(void)fprintf(stream, "  --%-26s  %s\n", "version", "the version of gpu-handoff, without a command");
	(void)fputs("\nsee gpu-handoff(1); what the hook did is in 'journalctl -t gpu-handoff'\n", stream);
}

static void print_command_help(const struct command *command)
{
	(void)printf("usage: gpu-handoff %s%s%s%s\n%s\n", command->name, command->options ? " [OPTION...]" : "",
		command->argument ? " " : "", command->argument ? command->argument : "", command->help);
	for (size_t i = 0; i < N_OPTIONS; i++) {
		if (!options[i].mask || command->options & options[i].mask)
			(void)printf("  --%s%-*s  %s\n", options[i].option.name,
				16 - (int)strlen(options[i].option.name), options[i].argument, options[i].help);
	}
}

static int usage(const char *command, const char *problem, const char *subject)
{
	(void)fprintf(stderr, "gpu-handoff: %s '%s'; see 'gpu-handoff %s%s--help'\n", problem, subject,
		command ? command : "", command ? " " : "");
	return EXIT_USAGE;
}

/* Options of one word. Returns whether it is one. */
static bool take_word(struct invocation *invocation, int option)
{
	const struct {
		int option;
		const char **word;
	} words[] = {
		{ 's', &invocation->sysroot },
		{ 'v', &invocation->svg },
		{ 'p', &invocation->png },
		{ 'x', &invocation->xml },
		{ 'u', &invocation->user },
		{ 'c', &invocation->cpus },
		{ 'g', &invocation->governor },
		{ 'm', &invocation->hugepages },
		{ 'P', &invocation->page_size },
		{ 'N', &invocation->node },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (words[i].option != option)
			continue;
		*words[i].word = optarg;
		return true;
	}
	return false;
}

/* The options that the command takes. Returns 0; 1 when help was shown; -EINVAL when it has said what is wrong. */
static int parse_options(const struct command *command, int argc, char *argv[], struct invocation *invocation)
{
	struct option known[N_OPTIONS + 1] = { 0 };
	int n = 0, c;

	for (size_t i = 0; i < N_OPTIONS; i++) {
		if (!options[i].mask || command->options & options[i].mask)
			known[n++] = options[i].option;
	}
	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, ":h", known, NULL)) >= 0) {
		if (take_word(invocation, c))
			continue;
		switch (c) {
		case 'j':
			invocation->json = true;
			break;
		case 'n':
			invocation->dry_run = true;
			break;
		case 'f':
			invocation->fix = true;
			break;
		case 'y':
			invocation->yes = true;
			break;
		case 'h':
			print_command_help(command);
			return 1;
		default:
			(void)usage(command->name, c == ':' ? "no value for" : "no such option",
				optopt && c == '?' ? (char[]){ '-', (char)optopt, '\0' } : argv[optind - 1]);
			return -EINVAL;
		}
	}
	return 0;
}

/* A handover is not left half done because its terminal went away, or somebody pressed a key. */
static void hold_signals(sigset_t *before)
{
	sigset_t held;

	(void)sigemptyset(&held);
	(void)sigaddset(&held, SIGHUP);
	(void)sigaddset(&held, SIGINT);
	(void)sigaddset(&held, SIGPIPE);
	(void)sigaddset(&held, SIGTERM);
	(void)sigaddset(&held, SIGQUIT);
	(void)sigaddset(&held, SIGTSTP);
	(void)sigprocmask(SIG_BLOCK, &held, before);
}

/* What would have changed the host is in its journal, whoever asked for it. */
static void report_refused(
	const struct command *command, const struct invocation *invocation, const struct refusal *refusal)
{
	const struct event_owner owner = { .name = invocation->argument ? invocation->argument : command->name };

	report_refusal(owner, command->name, refusal);
}

static int run_command(const struct command *command, struct invocation *invocation)
{
	struct refusal refusal;
	int r;

	if ((command->root || invocation->fix) && !invocation->dry_run && geteuid() != 0) {
		(void)fprintf(stderr, "gpu-handoff: '%s%s' changes the host; run it with sudo\n", command->name,
			invocation->fix ? " --fix" : "");
		return EXIT_REFUSED;
	}
	if (command->root || invocation->fix)
		hold_signals(&invocation->signals);
	r = host_open(invocation->sysroot, &invocation->host);
	if (r < 0)
		r = refusal_set(&refusal, REFUSAL_INPUT, "cannot read a machine below '%s': %s",
			invocation->sysroot ? invocation->sysroot : "/", strerror(-r));
	else
		r = command->run(invocation, &refusal);
	host_close(&invocation->host);
	if (command->root || invocation->fix)
		(void)sigprocmask(SIG_SETMASK, &invocation->signals, NULL);
	if (r < 0 && command->root && !invocation->dry_run)
		report_refused(command, invocation, &refusal);
	if (r < 0) {
		(void)fflush(stdout);
		(void)fprintf(stderr, "gpu-handoff: %s\n", refusal.sentence);
		return invocation->status ? invocation->status : EXIT_REFUSED;
	}
	return invocation->status;
}

/* Takes "-- COMMAND..." from the end, so that its words are nobody's options. Returns how many words are left. */
static int split_command(int argc, char *argv[], struct invocation *invocation)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--") != 0)
			continue;
		invocation->command = argv + i + 1;
		return i;
	}
	return argc;
}

static int check_words(const struct command *command, int argc, char *argv[], struct invocation *invocation)
{
	invocation->words = argv + optind;
	invocation->n_words = argc - optind;
	if (invocation->n_words == 0)
		return usage(command->name, "missing", "CARD");
	if (!invocation->command || !invocation->command[0])
		return usage(command->name, "missing", "-- COMMAND");
	return run_command(command, invocation);
}

static int parse_command(const struct command *command, int argc, char *argv[])
{
	struct invocation invocation = { 0 };
	int r;

	if (command->has_command)
		argc = split_command(argc, argv, &invocation);
	r = parse_options(command, argc, argv, &invocation);
	if (r != 0)
		return r < 0 ? EXIT_USAGE : EXIT_DONE;
	if (command->has_command)
		return check_words(command, argc, argv, &invocation);
	if (optind < argc && command->argument)
		invocation.argument = argv[optind++];
	if (optind < argc)
		return usage(command->name, "unexpected", argv[optind]);
	if (command->argument && command->argument[0] != '[' && !invocation.argument)
		return usage(command->name, "missing", command->argument);
	if (command->argument && strcmp(command->argument, ARGUMENT_ADDRESS) == 0 &&
		address_parse(invocation.argument, &invocation.address) < 0)
		return usage(command->name, "no address like 0000:01:00.0:", invocation.argument);
	if (command->options & OPTION_PICTURE && !invocation.svg == !invocation.png)
		return usage(command->name, invocation.svg ? "not both" : "missing", "--svg FILE|--png FILE");
	if (invocation.fix && invocation.sysroot)
		return usage(command->name, "with --sysroot unexpected", "--fix");
	if (invocation.xml && invocation.argument)
		return usage(command->name, "with --xml unexpected", invocation.argument);
	return run_command(command, &invocation);
}

/* Becomes gpu-handoff-xmlgen, which is installed beside this program. Returns only when that fails. */
static int run_xmlgen(char *argv[])
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - sizeof("-xmlgen"));

	if (n > 0) {
		memcpy(path + n, "-xmlgen", sizeof("-xmlgen"));
		argv[0] = path;
		(void)execv(path, argv);
	}
	(void)fprintf(stderr, "gpu-handoff: cannot run gpu-handoff-xmlgen: %s; install it beside gpu-handoff\n",
		strerror(errno));
	return EXIT_REFUSED;
}

/* How many of the words are the name of the command, of one word or two; 0 when they are not. */
static int count_words(const struct command *command, int argc, char *argv[])
{
	size_t first = strcspn(command->name, " ");
	bool has_two = command->name[first];

	if (strlen(argv[0]) != first || strncmp(argv[0], command->name, first) != 0)
		return 0;
	if (has_two && (argc < 2 || strcmp(argv[1], command->name + first + 1) != 0))
		return 0;
	return has_two ? 2 : 1;
}

static int dispatch(int argc, char *argv[])
{
	if (argc < 2) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		print_help(stdout);
		return EXIT_DONE;
	}
	if (strcmp(argv[1], "--version") == 0) {
		(void)puts("gpu-handoff " VERSION);
		return EXIT_DONE;
	}
	if (strcmp(argv[1], "xml") == 0)
		return run_xmlgen(argv + 1);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		int words = count_words(commands[i], argc - 1, argv + 1);

		if (words)
			return parse_command(commands[i], argc - words, argv + words);
	}
	return usage(NULL, "no such command", argv[1]);
}

int cli_run(int argc, char *argv[])
{
	int code = dispatch(argc, argv);

	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	(void)fprintf(stderr, "gpu-handoff: cannot write the output: %s\n", strerror(errno));
	return EXIT_REFUSED;
}
