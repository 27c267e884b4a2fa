// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/doctor/doctor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/json.h"
#include "probe/config.h"
#include "probe/inventory.h"

/* In the order in which they look. */
static const struct check *const checks[] = {
	&check_machine,
	&check_virtualization,
	&check_kvm,
	&check_iommu,
	&check_remapping,
	&check_passthrough,
	&check_vfio,
	&check_lockdown,
	&check_hugepages,
	&check_systemd,
	&check_installed,
	&check_vmd,
	&check_config,
	&check_sections,
	&check_access,
	&check_memlock,
	&check_usb,
	&check_daemons,
	&check_hooks,
	&check_hooks_others,
	&check_confinement,
	&check_versions,
	&check_firmware,
	&check_cards,
	&check_domain,
};

static const struct {
	const char *name, *color;
} results[] = {
	[FINDING_PASS] = { "pass", "\033[32m" },
	[FINDING_WARN] = { "warn", "\033[33m" },
	[FINDING_FAIL] = { "fail", "\033[31m" },
};
_Static_assert(sizeof(results) / sizeof(results[0]) == FINDING_RESULTS_, "a result has a name");

struct finding_text finding_text(const char *format, ...)
{
	struct finding_text text;
	va_list list;

	va_start(list, format);
	(void)vsnprintf(text.s, sizeof(text.s), format, list);
	va_end(list);
	return text;
}

int doctor_stat(int directory, const char *path, struct stat *ret)
{
	int fd CLOSE_FD = beneath_open(directory, path, O_PATH | O_NOFOLLOW, 0);

	return fd < 0 ? fd : fstat(fd, ret) < 0 ? -errno : 0;
}

/* ---- what was found ---- */

/* https://no-color.org */
static bool is_colored(void)
{
	const char *no_color = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && !(no_color && *no_color);
}

static void print_finding(enum finding_result result, const char *subject, const char *reason, const char *remedy)
{
	bool colored = is_colored();

	(void)printf("%s%s%s  %s: %s%s%s\n", colored ? results[result].color : "", results[result].name,
		colored ? "\033[0m" : "", subject, reason, *remedy ? "; " : "", remedy);
}

static json_object *describe_finding(
	const char *check, enum finding_result result, const char *subject, const char *reason, const char *remedy)
{
	json_object *object = json_object_new_object();

	json_object_object_add(object, "check", json_object_new_string(check));
	json_object_object_add(object, "subject", json_object_new_string(subject));
	json_object_object_add(object, "result", json_object_new_string(results[result].name));
	json_object_object_add(object, "reason", json_object_new_string(reason));
	json_object_object_add(object, "remedy", json_text_or_null(remedy));
	return object;
}

/* One line, whatever a stranger has named. */
static struct finding_text clean(const char *foreign)
{
	struct finding_text ret = { "" };
	struct text text;

	text_init(&text, ret.s, sizeof(ret.s));
	text_add_foreign(&text, foreign);
	return ret;
}

void doctor_report(struct doctor *doctor, enum finding_result result, const char *subject, const char *remedy,
	const char *reason, ...)
{
	struct finding_text of = clean(subject), why, todo = clean(remedy ? remedy : "");
	char buffer[FINDING_TEXT_SIZE];
	va_list list;

	va_start(list, reason);
	(void)vsnprintf(buffer, sizeof(buffer), reason, list);
	va_end(list);
	why = clean(buffer);
	doctor->n_findings[result]++;
	if (doctor->silent)
		return;
	if (doctor->findings)
		json_object_array_add(doctor->findings, describe_finding(doctor->check, result, of.s, why.s, todo.s));
	else
		print_finding(result, of.s, why.s, todo.s);
}

void doctor_mended(struct doctor *doctor, const char *what, ...)
{
	char buffer[FINDING_TEXT_SIZE];
	va_list list;

	va_start(list, what);
	(void)vsnprintf(buffer, sizeof(buffer), what, list);
	va_end(list);
	/* Standard output may be JSON for a program. */
	(void)fprintf(doctor->findings ? stderr : stdout, "mended  %s\n", clean(buffer).s);
}

/* ---- the command ---- */

/* Looks without a word first: what is as it should be is not touched. */
static void mend(struct doctor *doctor, const struct check *check)
{
	unsigned int before[FINDING_RESULTS_];
	bool bad;

	memcpy(before, doctor->n_findings, sizeof(before));
	doctor->silent = true;
	check->look(doctor);
	doctor->silent = false;
	bad = doctor->n_findings[FINDING_WARN] + doctor->n_findings[FINDING_FAIL] >
	      before[FINDING_WARN] + before[FINDING_FAIL];
	memcpy(doctor->n_findings, before, sizeof(before));
	if (bad)
		check->mend(doctor);
}

static int look(struct doctor *doctor, bool fix, struct refusal *refusal)
{
	const unsigned int *n = doctor->n_findings;
	int r = inventory_probe_displays(doctor->host, &doctor->inventory);

	if (r < 0)
		return refusal_set(
			refusal, REFUSAL_STATE, "cannot list the cards of 'sys/bus/pci/devices': %s", strerror(-r));
	config_probe(doctor->host, &doctor->settings);
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		doctor->check = checks[i]->name;
		if (fix && checks[i]->mend)
			mend(doctor, checks[i]);
		checks[i]->look(doctor);
	}
	if (n[FINDING_FAIL] == 0)
		return 0;
	return refusal_set(refusal, REFUSAL_STATE, "%u of %u findings %s", n[FINDING_FAIL],
		n[FINDING_PASS] + n[FINDING_WARN] + n[FINDING_FAIL],
		n[FINDING_FAIL] == 1 ? "is a failure" : "are failures");
}

static int run_doctor(struct invocation *invocation, struct refusal *refusal)
{
	struct doctor *doctor = calloc(1, sizeof(*doctor));
	int r;

	if (!doctor)
		return refusal_set(refusal, REFUSAL_STATE, "there is no memory to look at the host");
	doctor->host = &invocation->host;
	doctor->sysroot = invocation->sysroot;
	doctor->recorded = invocation->sysroot != NULL;
	doctor->argument = invocation->argument;
	if (invocation->json)
		doctor->findings = json_object_new_array();
	r = look(doctor, invocation->fix, refusal);
	if (doctor->findings)
		(void)json_print(doctor->findings);
	free(doctor);
	return r;
}

const struct command command_doctor = {
	.name = "doctor",
	.argument = "[FILE.xml|DOMAIN]",
	.help = "look whether this host can hand over cards, and say what to do",
	.options = OPTION_JSON | OPTION_SYSROOT | OPTION_FIX,
	.run = run_doctor,
};
