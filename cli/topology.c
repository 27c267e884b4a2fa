// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "cli/command.h"
#include "cli/picture.h"
#include "cli/source.h"
#include "host/output.h"
#include "probe/inventory.h"

static int probe_cards(const struct host *host, struct picture *picture, struct refusal *refusal)
{
	int r = inventory_probe_displays(host, &picture->inventory);

	for (unsigned int i = 0; i < picture->domain.n_hostdevs && r >= 0; i++) {
		r = inventory_probe(host, picture->domain.hostdevs[i], &picture->inventory);
		if (r == -ENOENT)
			r = 0;
	}
	if (r < 0)
		return refusal_set(refusal, REFUSAL_INPUT, "cannot read the PCI devices of the host: %s", strerror(-r));
	return 0;
}

static int begin_drawing(const char *sysroot, struct picture *picture, struct refusal *refusal)
{
	int r = drawing_new(sysroot, &picture->drawing);

	if (r == -ENODATA)
		return refusal_set(refusal, REFUSAL_INPUT,
			"the machine below '%s' does not tell of its CPUs; record its sys/devices/system too",
			sysroot ? sysroot : "/");
	if (r < 0)
		return refusal_set(refusal, REFUSAL_INPUT, "cannot read the topology of the host: %s", strerror(-r));
	picture->names = names_new();
	if (!picture->names)
		return refusal_set(refusal, REFUSAL_STATE, "there is no memory for the picture");
	return 0;
}

static int write_picture(const char *path, int from)
{
	struct stat st;
	void *bytes;
	int r;

	if (fstat(from, &st) < 0)
		return -errno;
	bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, from, 0);
	if (bytes == MAP_FAILED)
		return -errno;
	r = output_write(path, bytes, (size_t)st.st_size);
	(void)munmap(bytes, (size_t)st.st_size);
	return r;
}

static int render(const struct invocation *invocation, struct picture *picture, struct refusal *refusal)
{
	const char *path = invocation->svg ? invocation->svg : invocation->png;
	char message[256];
	int fd CLOSE_FD = -1, r;

	fd = drawing_render(picture->drawing, invocation->svg ? DRAWING_SVG : DRAWING_PNG, message, sizeof(message));
	if (fd == -ENOENT)
		return refusal_set(refusal, REFUSAL_FAILED,
			"the program that draws, lstopo, is not in /usr/bin, /bin or /usr/local/bin; install it, "
			"Debian has it in the package hwloc");
	if (fd == -ETIMEDOUT)
		return refusal_set(refusal, REFUSAL_FAILED, "lstopo had not drawn the picture after a minute");
	if (fd < 0)
		return refusal_set(refusal, REFUSAL_FAILED, "lstopo failed to draw: %s; see lstopo(1)",
			message[0]      ? message
			: fd == -ECHILD ? "it does not say why"
					: strerror(-fd));
	r = write_picture(path, fd);
	if (r < 0)
		return refusal_set(refusal, REFUSAL_FAILED, "cannot write '%s': %s", path, strerror(-r));
	return 0;
}

static int run_picture(struct invocation *invocation, struct picture *picture, struct refusal *refusal)
{
	const char *source = invocation->xml ? invocation->xml : invocation->argument;
	int r = 0;

	picture->has_domain = source;
	if (source)
		r = source_read(
			source, invocation->xml || invocation->sysroot, &picture->domain, &picture->pinning, refusal);
	if (r >= 0)
		r = begin_drawing(invocation->sysroot, picture, refusal);
	if (r >= 0)
		r = probe_cards(&invocation->host, picture, refusal);
	if (r < 0)
		return r;
	picture_draw(picture);
	return render(invocation, picture, refusal);
}

static int run_topology(struct invocation *invocation, struct refusal *refusal)
{
	struct picture *picture = calloc(1, sizeof(*picture));
	int r;

	if (!picture)
		return refusal_set(refusal, REFUSAL_STATE, "there is no memory for the picture");
	r = run_picture(invocation, picture, refusal);
	drawing_free(picture->drawing);
	names_free(picture->names);
	free(picture);
	return r;
}

const struct command command_topology = {
	.name = "topology",
	.argument = "[FILE.xml|DOMAIN]",
	.help = "draw the host's CPUs and cards, and what of them is a domain's",
	.options = OPTION_PICTURE | OPTION_SYSROOT,
	.run = run_topology,
};
