// SPDX-License-Identifier: GPL-2.0-or-later
#include "xmlgen/xmlgen.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "host/host.h"
#include "host/output.h"
#include "xmlgen/adapt.h"
#include "xmlgen/domain.h"
#include "xmlgen/files.h"
#include "xmlgen/gather.h"

/* Exit codes. */
enum {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_INPUT = 2,
};

static void print_notes(const struct notes *notes, const char *what)
{
	for (unsigned int i = 0; i < notes->n; i++)
		(void)fprintf(stderr, "gpu-handoff-xmlgen: %s%s\n", what, notes->lines[i]);
}

static void print_why(const struct guest *guest)
{
	if (guest->request->explain) {
		print_notes(&guest->reasons, "");
		print_notes(&guest->placement.reasons, "");
	}
	print_notes(&guest->warnings, "note: ");
	print_notes(&guest->placement.given_up, "note: ");
}

static int write_text(const struct request *request, const char *text, size_t size, struct refusal *refusal)
{
	int r;

	if (request->output)
		r = output_write(request->output, text, size);
	else
		r = fwrite(text, 1, size, stdout) == size && fflush(stdout) == 0 ? 0 : -errno;
	if (r < 0)
		return refusal_set(refusal, REFUSAL_FAILED, "cannot write '%s': %s",
			request->output ? request->output : "the output", strerror(-r));
	return 0;
}

static int make_new(const struct host *host, struct guest *guest, char **ret, size_t *ret_size, struct refusal *refusal)
{
	int r = gather_new(host, guest, refusal);

	if (r < 0)
		return r;
	*ret = domain_write(guest);
	if (!*ret)
		return refusal_set(refusal, REFUSAL_STATE, "there is no memory for the XML");
	*ret_size = strlen(*ret);
	return 0;
}

static int make(const struct host *host, struct guest *guest, struct refusal *refusal)
{
	char *text = NULL;
	size_t size = 0;
	int r = (guest->request->tune ? adapt : make_new)(host, guest, &text, &size, refusal);

	if (r >= 0)
		r = write_text(guest->request, text, size, refusal);
	free(text);
	return r;
}

/* What is written is for x86: PCs have their own firmware, machine and features. */
static int check_machine(const struct request *request, struct refusal *refusal)
{
	struct utsname name;

	if (request->sysroot || uname(&name) < 0 || strcmp(name.machine, "x86_64") == 0)
		return 0;
	return refusal_set(refusal, REFUSAL_INPUT,
		"this host is no x86_64, but %s; write its domains with virt-install", name.machine);
}

static int run(const struct request *request, struct guest *guest, struct refusal *refusal)
{
	struct host host;
	int r = host_open(request->sysroot, &host);

	guest->request = request;
	if (r < 0)
		r = refusal_set(refusal, REFUSAL_INPUT, "cannot read a machine below '%s': %s",
			request->sysroot ? request->sysroot : "/", strerror(-r));
	else
		r = check_machine(request, refusal);
	if (r >= 0)
		r = make(&host, guest, refusal);
	files_free(guest);
	host_close(&host);
	return r;
}

int xmlgen_run(int argc, char *argv[])
{
	static struct guest guest;
	struct request request;
	struct refusal refusal;
	int r = request_parse(argc, argv, &request);

	if (r != 0)
		return r == 1 ? EXIT_DONE : EXIT_INPUT;
	r = run(&request, &guest, &refusal);
	if (r >= 0) {
		print_why(&guest);
		return EXIT_DONE;
	}
	(void)fprintf(stderr, "gpu-handoff-xmlgen: %s\n", refusal.sentence);
	return refusal.reason == REFUSAL_INPUT || refusal.reason == REFUSAL_ABSENT ? EXIT_INPUT : EXIT_FAILED;
}
