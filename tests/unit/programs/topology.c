// SPDX-License-Identifier: GPL-2.0-or-later
/* `gpu-handoff topology` of recorded machines: what the SVG says, in words and in colours. */
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/scratch.h"
#include "tests/unit/programs/programs.h"

/* 12 cores of two threads, CPU n and n + 12, in four caches; 0c:00 is AMD's card, 0d:00 NVIDIA's. */
#define RECORD "x570-3900x-rtx3080-rx5700"

#define VCPU_COLOR      "rgb(86,180,233)"
#define EMULATOR_COLOR  "rgb(230,159,0)"
#define IOTHREADS_COLOR "rgb(240,228,66)"
#define SHARED_COLOR    "rgb(213,94,0)"
#define MEMORY_COLOR    "rgb(43,178,140)"
#define DEVICE_COLOR    "rgb(204,121,167)"
#define HOST_COLOR      "rgb(242,242,242)"
#define NO_COLOR        "rgb(255,255,255)"

#define HOSTDEV(bus, function)                                                                                         \
	"<hostdev mode='subsystem' type='pci'><source><address bus='" bus "' function='" function                      \
	"'/></source></hostdev>"
#define VCPUPIN(vcpu, set)          "<vcpupin vcpu='" vcpu "' cpuset='" set "'/>"
#define DOMAIN(name, tune, devices) "<domain><name>" name "</name>" tune "<devices>" devices "</devices></domain>"
#define PINNED                                                                                                         \
	DOMAIN("gpuvm",                                                                                                \
		"<vcpu>4</vcpu><iothreads>1</iothreads><cputune>" VCPUPIN("0", "6") VCPUPIN("1", "18")                 \
			VCPUPIN("2", "7") VCPUPIN("3", "19") "<emulatorpin cpuset='0,12'/><iothreadpin iothread='1' "  \
							     "cpuset='1'/></cputune><numatune><memory mode='strict' "  \
							     "nodeset='0'/></numatune>",                               \
		HOSTDEV("0x0d", "0") HOSTDEV("0x0d", "1"))
#define CROWDED                                                                                                        \
	DOMAIN("crowded",                                                                                              \
		"<vcpu cpuset='2-3'>3</vcpu><cputune>" VCPUPIN("2", "4,99") "<emulatorpin cpuset='3-4'/></cputune>"    \
									    "<numatune><memory nodeset='0-1'/>"        \
									    "</numatune>",                             \
		HOSTDEV("0x77", "0"))

/* The colour of the box with a text: its rectangle, id X_rect, stands before its text, id X_text. NULL: no such text.
 */
static const char *color_of(const char *svg, const char *text)
{
	static char color[32];
	char wanted[256], id[64];
	const char *at, *line, *fill;

	(void)snprintf(wanted, sizeof(wanted), ">%s<", text);
	at = strstr(svg, wanted);
	if (!at)
		return NULL;
	for (line = at; line > svg && line[-1] != '\n';)
		line--;
	ck_assert_int_eq(sscanf(strstr(line, "id='"), "id='%63[^']", id), 1);
	/* "PU_3_text" */
	*strstr(id, "_text") = '\0';
	(void)snprintf(wanted, sizeof(wanted), "<rect id='%s_rect'", id);
	at = strstr(svg, wanted);
	ck_assert_msg(at, "%s", wanted);
	fill = strstr(at, "fill='");
	ck_assert_int_eq(sscanf(fill, "fill='%31[^']", color), 1);
	return color;
}

static const struct {
	const char *what, *xml, *text, *color; /* NULL for a text that is not there */
} boxes[] = {
	{ "a vCPU", PINNED, "CPU 6: vCPU 0", VCPU_COLOR },
	{ "its sibling", PINNED, "CPU 18: vCPU 1", VCPU_COLOR },
	{ "the third", PINNED, "CPU 7: vCPU 2", VCPU_COLOR },
	{ "the last", PINNED, "CPU 19: vCPU 3", VCPU_COLOR },
	{ "the emulator", PINNED, "CPU 0: emulator", EMULATOR_COLOR },
	{ "the emulator's other CPU", PINNED, "CPU 12: emulator", EMULATOR_COLOR },
	{ "iothreads", PINNED, "CPU 1: iothreads", IOTHREADS_COLOR },
	{ "a CPU of the host", PINNED, "CPU 5", NO_COLOR },
	{ "the last one", PINNED, "CPU 23", NO_COLOR },
	{ "no CPU more", PINNED, "CPU 24", NULL },
	{ "memory", PINNED, "NUMA node 0: holds the VM (32GB)", MEMORY_COLOR },
	{ "a companion", PINNED, "0000:0d:00.1 Audio device", DEVICE_COLOR },
	{ "that of another card", PINNED, "0000:0c:00.1 Audio device", HOST_COLOR },
	{ "legend: name", PINNED, "domain 'gpuvm'", NO_COLOR },
	{ "legend: vCPU", PINNED, "vCPU", VCPU_COLOR },
	{ "legend: emulator", PINNED, "emulator", EMULATOR_COLOR },
	{ "legend: iothreads", PINNED, "iothreads", IOTHREADS_COLOR },
	{ "legend: memory", PINNED, "memory", MEMORY_COLOR },
	{ "legend: device", PINNED, "PCI device", DEVICE_COLOR },
	{ "legend: what is not there", PINNED, "vCPU and emulator on one CPU", NULL },
	{ "vCPUs on the same CPU", CROWDED, "CPU 2: vCPUs 0-1", VCPU_COLOR },
	{ "with the emulator", CROWDED, "CPU 3: vCPUs 0-1, emulator", SHARED_COLOR },
	{ "one with it", CROWDED, "CPU 4: vCPU 2, emulator", SHARED_COLOR },
	{ "legend of that", CROWDED, "vCPU and emulator on one CPU", SHARED_COLOR },
	{ "no device", CROWDED, "PCI device", NULL },
};

/* Draws the domain to a file of the scratch directory and returns it. */
static char *draw(const struct scratch *scratch, const char *xml)
{
	char *text, *svg, quote[2];
	int status, width, height;

	put_text(scratch->fd, "domain.xml", "%s", xml);
	text = program_run(&status, "gpu-handoff topology --xml %s/domain.xml --sysroot %s --svg %s/picture.svg",
		scratch->path, scratch->path, scratch->path);
	ck_assert_msg(status == 0, "%d: %s", status, text);
	ck_assert_str_eq(text, "");
	free(text);
	svg = get_text(scratch->fd, "picture.svg");
	ck_assert_ptr_nonnull(svg);
	ck_assert_ptr_nonnull(strstr(svg, "</svg>"));
	/* Four numbers, without units. */
	ck_assert_int_eq(sscanf(strstr(svg, "viewBox="), "viewBox='0 0 %d %d %1[']", &width, &height, quote), 3);
	return svg;
}

START_TEST(test_boxes)
{
	static const char *const lines[] = {
		"12 vCPUs", /* not this one */
		">domain 'gpuvm': 4 vCPUs on CPUs 6-7,18-19; emulator on CPUs 0,12; iothreads on CPU 1; memory of ",
		"; memory of NUMA node 0; 2 PCI devices<",
		">0000:0d:00.0 ",
		">0000:0c:00.0 ",
	};
	struct scratch scratch;
	char *pinned, *crowded;

	program_host(&scratch, RECORD, 0);
	pinned = draw(&scratch, PINNED);
	crowded = draw(&scratch, CROWDED);
	for (int i = 0; i < COUNT(boxes); i++) {
		const char *color = color_of(strcmp(boxes[i].xml, PINNED) == 0 ? pinned : crowded, boxes[i].text);

		if (!boxes[i].color)
			ck_assert_msg(!color, "%s is there", boxes[i].what);
		else
			ck_assert_msg(color && strcmp(color, boxes[i].color) == 0, "%s: %s", boxes[i].what,
				color ? color : "not there");
	}
	for (int i = 0; i < COUNT(lines); i++)
		ck_assert_msg(!strstr(pinned, lines[i]) == (i == 0), "%s", lines[i]);
	ck_assert_ptr_nonnull(strstr(crowded, "CPU 99, NUMA node 1, 0000:77:00.0: not on this host<"));
	ck_assert_ptr_null(strstr(pinned, "not on this host"));
	free(pinned);
	free(crowded);
	scratch_remove(&scratch);
}
END_TEST

/* Files whose name begins as the picture's. */
static unsigned int count_beside(const struct scratch *scratch)
{
	DIR *list = opendir(scratch->path);
	struct dirent *entry;
	unsigned int n = 0;

	ck_assert_ptr_nonnull(list);
	while ((entry = readdir(list)))
		n += strncmp(entry->d_name, "picture.svg", 11) == 0;
	(void)closedir(list);
	return n;
}

/* The same in is the same out: no date, no host's name. */
START_TEST(test_again)
{
	struct scratch scratch;
	char *first, *second;
	struct stat st;

	program_host(&scratch, RECORD, 0);
	first = draw(&scratch, PINNED);
	second = draw(&scratch, PINNED);
	ck_assert_str_eq(first, second);
	/* Over the first one, which was a file like any other; nothing was left beside it. */
	ck_assert_int_eq(fstatat(scratch.fd, "picture.svg", &st, AT_SYMLINK_NOFOLLOW), 0);
	ck_assert(S_ISREG(st.st_mode));
	ck_assert_uint_eq(count_beside(&scratch), 1);
	free(first);
	free(second);
	scratch_remove(&scratch);
}
END_TEST

/* Without a domain: every CPU and card, nothing of any VM. */
START_TEST(test_bare)
{
	struct scratch scratch;
	int status;
	char *svg;

	program_host(&scratch, RECORD, 0);
	svg = program_run(&status, "gpu-handoff topology --svg - --sysroot %s", scratch.path);
	ck_assert_msg(status == 0, "%s", svg);
	ck_assert_str_eq(color_of(svg, "CPU 6"), NO_COLOR);
	ck_assert_str_eq(color_of(svg, "0000:0d:00.1 Audio device"), HOST_COLOR);
	ck_assert_ptr_null(strstr(svg, "domain"));
	ck_assert_ptr_null(strstr(svg, "vCPU"));
	ck_assert_ptr_null(strstr(svg, DEVICE_COLOR));
	free(svg);
	scratch_remove(&scratch);
}
END_TEST

/* A name cannot end the text that it stands in, or steer a terminal. */
START_TEST(test_name)
{
	struct scratch scratch;
	char *svg;

	program_host(&scratch, RECORD, 0);
	svg = draw(&scratch, DOMAIN("&lt;/text&gt;&lt;script&gt;&amp;&#10;x&#x7f;&#xe4;&quot;", "<vcpu>2</vcpu>", ""));
	ck_assert_ptr_null(strstr(svg, "<script"));
	ck_assert_ptr_null(strchr(svg, '&'));
	ck_assert_ptr_nonnull(strstr(svg, "domain '(/text)(script)+?x??"
					  "?\"'"));
	ck_assert_ptr_nonnull(strstr(svg, "vCPUs 0-1, emulator not pinned: any CPU<"));
	for (const char *c = svg; *c; c++)
		ck_assert_msg(*c == '\n' || *c == '\t' || (*c >= ' ' && *c < 0x7f), "0x%02x", (unsigned char)*c);
	free(svg);
	scratch_remove(&scratch);
}
END_TEST

START_TEST(test_png)
{
	static const unsigned char mark[] = { 0x89, 'P', 'N', 'G' };
	struct scratch scratch;
	unsigned char begin[sizeof(mark)];
	char *text;
	int status, fd;

	program_host(&scratch, RECORD, 0);
	put_text(scratch.fd, "domain.xml", "%s", PINNED);
	/* What is there and no regular file stays what it is. */
	put_text(scratch.fd, "target", "%s", "old");
	ck_assert_int_eq(symlinkat("target", scratch.fd, "picture.png"), 0);
	text = program_run(&status, "gpu-handoff topology --xml - --sysroot %s --png %s/picture.png <%s/domain.xml",
		scratch.path, scratch.path, scratch.path);
	ck_assert_msg(status == 0, "%s", text);
	free(text);
	fd = openat(scratch.fd, "target", O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(read(fd, begin, sizeof(begin)), sizeof(begin));
	ck_assert_mem_eq(begin, mark, sizeof(mark));
	(void)close(fd);
	scratch_remove(&scratch);
}
END_TEST

/* Two nodes, one of which the memory is of. */
START_TEST(test_nodes)
{
	struct scratch scratch;
	char *svg;

	program_host(&scratch, "dell-2s-l5640", 0);
	svg = draw(&scratch, DOMAIN("numa",
				     "<vcpu>2</vcpu><cputune>" VCPUPIN("0", "1")
					     VCPUPIN("1", "3") "</cputune><numatune><memnode nodeset='1'/></numatune>",
				     ""));
	ck_assert_str_eq(color_of(svg, "NUMA node 0 (32GB)"), NO_COLOR);
	ck_assert_str_eq(color_of(svg, "NUMA node 1: holds the VM (32GB)"), MEMORY_COLOR);
	ck_assert_str_eq(color_of(svg, "CPU 3: vCPU 1"), VCPU_COLOR);
	free(svg);
	scratch_remove(&scratch);
}
END_TEST

/* What is refused, in one sentence. */
static const struct {
	const char *record, *arguments;
	int status;
	const char *part;
} refused[] = {
	{ RECORD, "", 2, "missing '--svg FILE|--png FILE'" },
	{ RECORD, "--svg /dev/null --png /dev/null", 2, "not both" },
	{ RECORD, "--svg", 2, "no value for '--svg'" },
	{ RECORD, "--svg /dev/null --xml x y", 2, "'y'" },
	{ RECORD, "--svg /dev/null x y", 2, "unexpected 'y'" },
	{ RECORD, "--svg /dev/null --json", 2, "'--json'" },
	{ RECORD, "--svg /dev/null nosuchvm", 1, "cannot open 'nosuchvm'" },
	{ RECORD, "--svg /dev/null --xml nosuchvm", 1, "cannot open 'nosuchvm'" },
	{ RECORD, "--svg /dev/null --xml /dev/null", 1, "is empty" },
	{ RECORD, "--svg /nonexistent/x.svg", 1, "cannot write '/nonexistent/x.svg': No such file or directory" },
	{ RECORD, "--svg /dev/full", 1, "cannot write '/dev/full': No space left on device" },
	{ RECORD, "--svg /", 1, "cannot write '/': Is a directory" },
	{ "haswell-gtx970", "--svg /dev/null", 1, "does not tell of its CPUs" },
};

START_TEST(test_refused)
{
	struct scratch scratch;
	char *text;
	int status;

	program_host(&scratch, refused[_i].record, 0);
	text = program_run(&status, "gpu-handoff topology --sysroot %s %s", scratch.path, refused[_i].arguments);
	ck_assert_msg(status == refused[_i].status, "'%s': %d: %s", refused[_i].arguments, status, text);
	ck_assert_msg(strstr(text, refused[_i].part), "'%s': %s", refused[_i].arguments, text);
	ck_assert_int_eq(strncmp(text, "gpu-handoff: ", 13), 0);
	ck_assert_ptr_eq(strchr(text, '\n'), text + strlen(text) - 1);
	free(text);
	scratch_remove(&scratch);
}
END_TEST

TCase *case_topology(void)
{
	TCase *tcase = suite_case("topology");

	tcase_add_test(tcase, test_boxes);
	tcase_add_test(tcase, test_again);
	tcase_add_test(tcase, test_bare);
	tcase_add_test(tcase, test_name);
	tcase_add_test(tcase, test_png);
	tcase_add_test(tcase, test_nodes);
	add_rows(tcase, test_refused, refused);
	return tcase;
}
