// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * doctor: other hooks that take cards, CPUs or memory themselves. libvirt runs all hooks, also when one has refused,
 * and who comes last wins. A script is not understood: that one of these words is in it has to do.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "cli/doctor/hooks.h"

/* More of a script is not looked at, and more scripts are not. */
#define SCRIPT_SIZE 65536
#define SCRIPTS_MAX 64

/* Each with what it does of ours. */
static const struct {
	const char *word, *does;
} words[] = {
	{ "driver_override", "binds cards" },
	{ "nodedev-detach", "binds cards" },
	{ "nodedev-reattach", "binds cards" },
	{ "/unbind", "binds cards" },
	{ "/bind", "binds cards" },
	{ "drivers_probe", "binds cards" },
	{ "new_id", "binds cards" },
	{ "driverctl", "binds cards" },
	{ "vfio-isolate", "takes CPUs" },
	{ "modprobe -r", "unloads drivers" },
	{ "rmmod", "unloads drivers" },
	{ "systemctl isolate", "ends sessions" },
	{ "display-manager", "ends sessions" },
	{ "vtcon", "takes the console" },
	{ "efi-framebuffer", "takes the console" },
	{ "AllowedCPUs", "takes CPUs" },
	{ "cpuset", "takes CPUs" },
	{ "smp_affinity", "takes CPUs" },
	{ "scaling_governor", "sets governors" },
	{ "cpupower", "sets governors" },
	{ "nr_hugepages", "takes huge pages" },
	{ "drop_caches", "takes memory" },
};

struct look {
	struct doctor *doctor;
	unsigned int n_hooks, n_bad;
	char *text; /* SCRIPT_SIZE */
};

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* libvirt passes directories by, and nothing else (virHookCall()). */
static void visit_directory(const struct host *host, void (*visit)(void *data, const char *path), void *data)
{
	char *names[SCRIPTS_MAX], path[sizeof(HOOKS_DIRECTORY) + NAME_MAX + 1];
	const struct dirent *entry;
	unsigned int n = 0;
	DIR *directory;

	if (beneath_list(host->etc, HOOKS_DIRECTORY, &directory) < 0)
		return;
	while (n < SCRIPTS_MAX && (entry = readdir(directory))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 || entry->d_type == DT_DIR)
			continue;
		names[n] = strdup(entry->d_name);
		n += names[n] != NULL;
	}
	(void)closedir(directory);
	qsort(names, n, sizeof(names[0]), compare_names);
	for (unsigned int i = 0; i < n; i++) {
		(void)snprintf(path, sizeof(path), HOOKS_DIRECTORY "/%s", names[i]);
		visit(data, path);
		free(names[i]);
	}
}

void doctor_each_hook(const struct host *host, void (*visit)(void *data, const char *path), void *data)
{
	struct stat st;

	if (doctor_stat(host->etc, HOOKS_FIRST, &st) == 0)
		visit(data, HOOKS_FIRST);
	visit_directory(host, visit, data);
}

/* A line that begins with # says what is done, and does nothing; NUL would end the text. */
static void drop_comments(char *text, size_t size)
{
	bool start = true, comment = false;

	for (size_t i = 0; i < size; i++) {
		comment = (start && text[i] == '#') || (comment && text[i] != '\n');
		start = text[i] == '\n' || (start && isblank((unsigned char)text[i]));
		if (comment || !text[i])
			text[i] = ' ';
	}
	text[size] = '\0';
}

/* Returns 1 when it can be run and was read, 0 when it cannot be run, -errno. */
static int read_script(const struct look *look, const char *path)
{
	/* A FIFO would keep us waiting. */
	int fd CLOSE_FD = beneath_open(look->doctor->host->etc, path, O_RDONLY | O_NONBLOCK, 0);
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0)
		return fd < 0 ? fd : -errno;
	if (!S_ISREG(st.st_mode) || !(st.st_mode & 0111))
		return 0;
	n = pread(fd, look->text, SCRIPT_SIZE - 1, 0);
	if (n < 0)
		return -errno;
	drop_comments(look->text, (size_t)n);
	return 1;
}

static void look_hook(void *data, const char *path)
{
	struct look *look = (struct look *)data;
	struct finding_text subject = finding_text("/etc/%s", path);
	int r;

	if (strcmp(path, HOOKS_DIRECTORY "/" HOOKS_OURS) == 0)
		return;
	r = read_script(look, path);
	if (r == 0)
		return;
	look->n_hooks++;
	if (r < 0) {
		look->n_bad++;
		doctor_report(look->doctor, FINDING_WARN, subject.s, "look whether it binds cards or takes CPUs",
			"what this hook does cannot be told: %s",
			r == -EXDEV ? "it is a link to elsewhere" : strerror(-r));
		return;
	}
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!strstr(look->text, words[i].word))
			continue;
		look->n_bad++;
		doctor_report(look->doctor, FINDING_WARN, subject.s,
			"take that out of it, or the file out of the directory: a name like 'x~' is run as well",
			"this hook says '%s': it %s as gpu-handoff does, and the last one wins", words[i].word,
			words[i].does);
		return;
	}
}

static void look_others(struct doctor *doctor)
{
	struct look look = { .doctor = doctor, .text = malloc(SCRIPT_SIZE) };

	if (!look.text || (doctor->recorded && !beneath_has(doctor->host->etc, "libvirt"))) {
		free(look.text);
		return;
	}
	doctor_each_hook(doctor->host, look_hook, &look);
	free(look.text);
	if (look.n_bad == 0)
		doctor_report(doctor, FINDING_PASS, "other hooks", NULL,
			"%u, and none says that it takes cards or CPUs", look.n_hooks);
}

const struct check check_hooks_others = { .name = "other-hooks", .look = look_others };
