// SPDX-License-Identifier: GPL-2.0-or-later
#include "xmlgen/request.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/policy.h"
#include "xmlgen/input.h"

#define MIB (1ULL << 20)

/* Less is a number of GiB without its unit. */
#define MEMORY_MIN (64 * MIB)

/* What takes an option: a new domain, or one that is tuned as well. */
enum calls { NEW, BOTH };

static bool set_tune(struct request *request, const char *word)
{
	request->tune = word;
	return true;
}

static bool set_name(struct request *request, const char *word)
{
	request->name = word;
	return input_is_name(word);
}

static bool set_gpu(struct request *request, const char *word)
{
	enum request_gpu gpu = strcmp(word, "auto") == 0 ? GPU_AUTO : strcmp(word, "none") == 0 ? GPU_NONE : GPU_NAMED;

	/* One that contradicts the last, or is one too many. */
	if ((request->gpu_said && (gpu != GPU_NAMED || request->gpu != GPU_NAMED)) ||
		(gpu == GPU_NAMED && request->n_gpus == REQUEST_GPUS_MAX))
		return false;
	request->gpu_said = true;
	request->gpu = gpu;
	return gpu != GPU_NAMED || address_parse(word, &request->gpus[request->n_gpus++]) >= 0;
}

static bool set_memory(struct request *request, const char *word)
{
	return input_parse_size(word, &request->memory) >= 0 && request->memory % MIB == 0 &&
	       request->memory >= MEMORY_MIN;
}

static bool set_vcpus(struct request *request, const char *word)
{
	uint64_t number;

	if (text_parse_number(word, 10, REQUEST_VCPUS_MAX, &number) < 0 || number == 0)
		return false;
	request->n_vcpus = (unsigned int)number;
	return true;
}

static bool set_os(struct request *request, const char *word)
{
	request->os = word;
	return true;
}

static bool add_file(const char *files[], unsigned int *n, const char *word)
{
	if (*n == REQUEST_FILES_MAX)
		return false;
	files[(*n)++] = word;
	return true;
}

static bool set_disk(struct request *request, const char *word)
{
	return add_file(request->disks, &request->n_disks, word);
}

static bool set_iso(struct request *request, const char *word)
{
	return add_file(request->isos, &request->n_isos, word);
}

static bool set_seed(struct request *request, const char *word)
{
	if (request->seed)
		return false;
	request->seed = word;
	return true;
}

static bool set_network(struct request *request, const char *word)
{
	static const char bridge[] = "bridge=";

	request->network = NETWORK_DEFAULT;
	if (strcmp(word, "user") == 0)
		request->network = NETWORK_USER;
	else if (strncmp(word, bridge, strlen(bridge)) == 0)
		request->network = NETWORK_BRIDGE;
	else
		return strcmp(word, "default") == 0;
	request->bridge = request->network == NETWORK_BRIDGE ? word + strlen(bridge) : NULL;
	return !request->bridge || input_is_interface(request->bridge);
}

/* The place of a word in a list that ends with NULL, or -1. */
static int find_word(const char *const words[], const char *word)
{
	for (int i = 0; words[i]; i++) {
		if (strcmp(words[i], word) == 0)
			return i;
	}
	return -1;
}

static bool set_display(struct request *request, const char *word)
{
	static const char *const words[] = { "none", "vnc", "spice", NULL };
	int i = find_word(words, word);

	request->display = (enum request_display)(DISPLAY_NONE + i);
	return i >= 0;
}

static bool set_hugepages(struct request *request, const char *word)
{
	static const char *const words[] = { "auto", "no", "2M", "1G", NULL };
	int i = find_word(words, word);

	request->pages = (enum request_pages)i;
	return i >= 0;
}

static bool set_pin(struct request *request, const char *word)
{
	static const char *const words[] = { "auto", "no", NULL };
	int i = find_word(words, word);

	request->no_pins = i == 1;
	return i >= 0;
}

static bool set_isolate(struct request *request, const char *word)
{
	(void)word;
	request->isolate = true;
	return true;
}

static bool set_governor(struct request *request, const char *word)
{
	struct policy policy;

	request->governor = word;
	return policy_set_governor(&policy, word) >= 0;
}

static bool set_mdev(struct request *request, const char *word)
{
	request->mdev = word;
	return input_is_uuid(word);
}

static bool set_rom(struct request *request, const char *word)
{
	request->rom = word;
	return true;
}

/* QEMU shares memory in powers of two. */
static bool set_looking_glass(struct request *request, const char *word)
{
	uint64_t size;

	if (input_parse_size(word, &size) < 0 || size > 4096 * MIB || (size & (size - 1)) != 0)
		return false;
	request->looking_glass = (unsigned int)(size / MIB);
	return true;
}

static bool set_hidden(struct request *request, const char *word)
{
	(void)word;
	request->hidden = true;
	return true;
}

static bool set_sysroot(struct request *request, const char *word)
{
	request->sysroot = word;
	return true;
}

static bool set_output(struct request *request, const char *word)
{
	request->output = word;
	return true;
}

static bool set_explain(struct request *request, const char *word)
{
	(void)word;
	request->explain = true;
	return true;
}

static const struct {
	const char *name, *argument;
	const char *takes; /* for who gave something else; NULL: any word */
	const char *help;
	enum calls calls;
	bool (*set)(struct request *request, const char *word); /* false: it takes something else */
} options[] = {
	{ "tune", "FILE", NULL, "tune the domain in a file, '-' for stdin, instead of writing a new one", BOTH,
		set_tune },
	{ "name", "NAME", "a name of up to 200 bytes without '/', control characters, and not of dots alone",
		"of the domain; gpuvm when none is given", NEW, set_name },
	{ "gpu", "ADDRESS", "an address like 0000:01:00.0, up to 16 times; or, once and alone, auto or none",
		"a card, by any of its functions, repeatable; or auto, or none", BOTH, set_gpu },
	{ "memory", "SIZE", "64M and more: 16G, 8192M, or a number of MiB", "16G, 8192M, or a number of MiB", NEW,
		set_memory },
	{ "vcpus", "N", "a number from 1 to 255", "how many processors, up to 255", NEW, set_vcpus },
	{ "os", "ID", NULL, "linux, windows10, windows11, or an id of libosinfo; linux when none is given", NEW,
		set_os },
	{ "disk", "PATH|POOL/VOLUME", "a path or a volume, up to 8 times", "a disk, repeatable", NEW, set_disk },
	{ "iso", "PATH", "a path, up to 8 times", "a medium to install from, repeatable", NEW, set_iso },
	{ "seed", "PATH", "a path, once", "a medium for cloud-init", NEW, set_seed },
	{ "network", "default|bridge=NAME|user", "default, user, or bridge=NAME with a name of an interface",
		"libvirt's default network when none is given", NEW, set_network },
	{ "display", "none|vnc|spice", "none, vnc or spice", "none for a card with outputs, vnc without", NEW,
		set_display },
	{ "hugepages", "auto|2M|1G|no", "auto, 2M, 1G or no", "auto takes them where enough are free", BOTH,
		set_hugepages },
	{ "pin", "auto|no", "auto or no", "whether threads are pinned to CPUs; auto", BOTH, set_pin },
	{ "isolate", NULL, NULL, "keep the host's work off the CPUs that vCPUs are pinned to", BOTH, set_isolate },
	{ "governor", "WORD", "the name of a governor, as performance", "how these CPUs are clocked", BOTH,
		set_governor },
	{ "mdev", "UUID", "a UUID of 8-4-4-4-12 hexadecimal digits", "a mediated device", NEW, set_mdev },
	{ "rom", "FILE", NULL, "the ROM of the card, where libvirt lets QEMU read it", NEW, set_rom },
	{ "looking-glass", "SIZE", "a power of two from 1M to 4G: 32M", "shared memory for Looking Glass", NEW,
		set_looking_glass },
	{ "hidden", NULL, NULL, "hide from the guest's drivers that it is a VM; no driver of today needs it", NEW,
		set_hidden },
	{ "sysroot", "DIR", NULL, "read a recorded machine, not this one", BOTH, set_sysroot },
	{ "output", "FILE", NULL, "write there, not to stdout", BOTH, set_output },
	{ "explain", NULL, NULL, "say on stderr why each choice was made", BOTH, set_explain },
	{ "help", NULL, NULL, "this", BOTH, NULL },
	{ "version", NULL, NULL, "the version", BOTH, NULL },
};
#define N_OPTIONS (sizeof(options) / sizeof(options[0]))

static void print_help(void)
{
	(void)fputs("usage: gpu-handoff-xmlgen [OPTION...]\n"
		    "       gpu-handoff-xmlgen --tune FILE [OPTION...]\n\n"
		    "Writes the XML of a libvirt domain for this host and its card, for 'virsh define /dev/stdin'.\n\n",
		stdout);
	for (size_t i = 0; i < N_OPTIONS; i++) {
		const char *argument = options[i].argument ? options[i].argument : "";

		(void)printf("  --%s %-*s  %s\n", options[i].name, 32 - (int)strlen(options[i].name), argument,
			options[i].help);
	}
	(void)fputs("\nsee gpu-handoff-xmlgen(1)\n", stdout);
}

/* A stranger's word, printable. */
static int complain(const char *problem, const char *subject, const char *rest)
{
	char shown[256];
	struct text text;

	text_init(&text, shown, sizeof(shown));
	text_add_foreign(&text, subject);
	(void)fprintf(stderr, "gpu-handoff-xmlgen: %s '%s'%s\n", problem, shown, rest);
	return -EINVAL;
}

static int complain_of_value(size_t option, const char *word)
{
	char problem[64], rest[256];

	(void)snprintf(problem, sizeof(problem), "--%s cannot be", options[option].name);
	(void)snprintf(rest, sizeof(rest), "; give %s",
		options[option].takes ? options[option].takes : "a word without control characters");
	return complain(problem, word, rest);
}

/* Options that are each fine, but not together. */
static int check_together(const struct request *request)
{
	if (request->rom && (request->gpu == GPU_NONE || request->n_gpus > 1 || (request->mdev && !request->gpu_said)))
		return complain("--rom belongs to one card; name it with", "--gpu ADDRESS", "");
	if (request->looking_glass && request->gpu == GPU_NONE && !request->mdev)
		return complain("--looking-glass shows the picture of a card, and does not go with", "--gpu none", "");
	if (request->looking_glass && request->display != DISPLAY_UNSAID && request->display != DISPLAY_SPICE)
		return complain("--looking-glass takes keys and clicks by SPICE; give", "--display spice", "");
	if (request->tune && request->new_option)
		return complain("--tune leaves to the domain what a new one is told by", request->new_option,
			"; change it with 'virsh edit' or virt-xml(1)");
	/* A domain that is tuned may have pins of its own. */
	if (!request->tune && request->no_pins && (request->isolate || request->governor))
		return complain(
			"--isolate and --governor are about CPUs that vCPUs are pinned to; leave out", "--pin no", "");
	if (request->tune && request->gpu == GPU_NONE)
		return complain("--tune removes no card; leave out", "--gpu none", "");
	return 0;
}

/* Returns as request_parse(). */
static int take_option(struct request *request, size_t i, const char *word)
{
	if (!options[i].set) {
		if (strcmp(options[i].name, "help") == 0)
			print_help();
		else
			(void)puts("gpu-handoff-xmlgen " VERSION);
		return 1;
	}
	if (word && (!*word || !input_is_clean(word) || strlen(word) > 4095))
		return complain_of_value(i, word);
	if (!options[i].set(request, word))
		return complain_of_value(i, word);
	if (options[i].calls == NEW)
		request->new_option = options[i].name;
	return 0;
}

int request_parse(int argc, char *argv[], struct request *ret)
{
	struct option known[N_OPTIONS + 1] = { 0 };
	int c, r;

	*ret = (struct request){ .name = "gpuvm", .os = "linux" };
	for (size_t i = 0; i < N_OPTIONS; i++)
		known[i] = (struct option){ options[i].name, options[i].argument ? required_argument : no_argument,
			NULL, (int)i + 256 };
	opterr = 0;
	while ((c = getopt_long(argc, argv, ":h", known, NULL)) >= 0) {
		if (c == 'h') {
			print_help();
			return 1;
		}
		if (c == ':' || c == '?')
			return complain(c == ':' ? "no value for" : "no such option", argv[optind - 1],
				"; see 'gpu-handoff-xmlgen --help'");
		r = take_option(ret, (size_t)c - 256, optarg);
		if (r != 0)
			return r;
	}
	if (optind < argc)
		return complain("unexpected", argv[optind], "; see 'gpu-handoff-xmlgen --help'");
	return check_together(ret);
}
