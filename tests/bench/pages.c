// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bench-pages GIB: so many GiB of huge pages of 2 MiB on node 0, by the step that the hook carries out and by a bare
 * write to nr_hugepages, by turns, medians and their ratio. What was there is put back. Run as root.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "apply/execute.h"
#include "apply/pages.h"
#include "base/clock.h"

#define RUNS      9
#define ATTRIBUTE "/sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages"

static _Noreturn void fail(const char *what, const char *why)
{
	(void)fprintf(stderr, "bench-pages: %s: %s\n", what, why);
	exit(1);
}

static uint64_t read_total(void)
{
	char content[24] = "";
	int fd = open(ATTRIBUTE, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, content, sizeof(content) - 1) < 0)
		fail(ATTRIBUTE, "it cannot be read");
	(void)close(fd);
	return strtoull(content, NULL, 10);
}

/* As a script would. Returns µs. */
static uint64_t write_bare(uint64_t total)
{
	uint64_t begin = clock_now_us();
	int fd = open(ATTRIBUTE, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || dprintf(fd, "%" PRIu64, total) < 0)
		fail(ATTRIBUTE, "it cannot be written");
	(void)close(fd);
	return clock_now_us() - begin;
}

static uint64_t write_step(const struct host *host, uint64_t old, uint64_t new)
{
	struct step step = { .kind = STEP_PAGES, .pool = { 0, 2048 } };
	struct pages_result result;
	uint64_t begin;
	int r;

	(void)snprintf(step.old, sizeof(step.old), "%" PRIu64, old);
	(void)snprintf(step.new, sizeof(step.new), "%" PRIu64, new);
	begin = clock_now_us();
	r = pages_set(host, &step, UINT64_MAX, &result);
	if (r < 0)
		fail("the step", r == STEP_SHORT ? "the node has too little memory free" : strerror(-r));
	return clock_now_us() - begin;
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static double median_ms(uint64_t *times)
{
	qsort(times, RUNS, sizeof(times[0]), compare);
	return (double)times[RUNS / 2] / 1000;
}

int main(int argc, char *argv[])
{
	uint64_t bare[RUNS], step[RUNS], bare_back[RUNS], step_back[RUNS];
	uint64_t before, wanted;
	struct host host;

	if (argc != 2 || geteuid() != 0)
		fail("usage: bench-pages GIB", "as root");
	if (host_open(NULL, &host) < 0 || host.kernel->begin(&host) < 0)
		fail("/sys", "it cannot be opened");
	before = read_total();
	wanted = before + strtoull(argv[1], NULL, 10) * 512;
	/* The first time the kernel has to clear the way. */
	(void)write_bare(wanted);
	if (read_total() != wanted) {
		(void)write_bare(before);
		fail("node 0", "it has too little memory free");
	}
	(void)write_bare(before);
	for (unsigned int i = 0; i < RUNS; i++) {
		bare[i] = write_bare(wanted);
		bare_back[i] = write_bare(before);
		step[i] = write_step(&host, before, wanted);
		step_back[i] = write_step(&host, wanted, before);
	}
	if (read_total() != before)
		fail("node 0", "its huge pages are not as they were");
	(void)printf(
		"%s GiB of huge pages of 2 MiB: step %.1f ms, bare write %.1f ms, ratio %.2f; back %.1f ms, %.1f ms, "
		"%.2f (medians of %d)\n",
		argv[1], median_ms(step), median_ms(bare), median_ms(step) / median_ms(bare), median_ms(step_back),
		median_ms(bare_back), median_ms(step_back) / median_ms(bare_back), RUNS);
	host_close(&host);
	return 0;
}
