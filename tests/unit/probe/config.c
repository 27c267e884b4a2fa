// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/scratch.h"
#include "tests/unit/probe/probe.h"

static struct settings settings;

#define S20  "                    "
#define X20  "xxxxxxxxxxxxxxxxxxxx"
#define X200 X20 X20 X20 X20 X20 X20 X20 X20 X20 X20

#define WANTS_ACTION  "/etc/gpu-handoff.conf: 'action' of [holders] wants refuse or stop"
#define WANTS_WAIT    "/etc/gpu-handoff.conf: 'wait' of [holders] wants seconds, 600 at most"
#define WANTS_RESTART "/etc/gpu-handoff.conf: 'restart' of [holders] wants names of services, 32 at most"
#define NO_SETTING    " is no setting of this version"
#define LINE(number)  "/etc/gpu-handoff.conf: line " number " is neither a [section] nor 'key = value'"

/* What a text says: who is restarted besides NVIDIA's two; or a part of why it cannot be followed. */
static const struct {
	const char *what, *text;
	enum holders_action action;
	unsigned int wait_s;
	const char *restarted, *problem;
} rows[] = {
	{ "empty", "", HOLDERS_REFUSE, 10, "", "" },
	{ "comments", "# one\n; two\n\n  \n", HOLDERS_REFUSE, 10, "", "" },
	{ "a section alone", "[holders]\n", HOLDERS_REFUSE, 10, "", "" },
	{ "another section alone", "[display]\n", HOLDERS_REFUSE, 10, "", "" },
	{ "all", "[holders]\naction = stop\nwait = 30\nrestart = a.service b.service\n", HOLDERS_STOP, 30,
		"a.service b.service ", "" },
	{ "no spaces, no newline", "[holders]\naction=stop", HOLDERS_STOP, 10, "", "" },
	{ "CR LF", "[holders]\r\naction = stop\r\nwait = 5\r\n", HOLDERS_STOP, 5, "", "" },
	{ "a byte order mark", "\xef\xbb\xbf[holders]\naction = stop\n", HOLDERS_STOP, 10, "", "" },
	{ "a colon", "[holders]\naction: stop\n", HOLDERS_STOP, 10, "", "" },
	{ "a comment behind", "[holders]\naction = stop ; really\n", HOLDERS_STOP, 10, "", "" },
	{ "nobody", "[holders]\nrestart =\n", HOLDERS_REFUSE, 10, "", "" },
	{ "tabs, and one that is there", "[holders]\nrestart =\ta.service\t nvidia-powerd.service  a.service\n",
		HOLDERS_REFUSE, 10, "a.service ", "" },
	{ "a name with a colon", "[holders]\nrestart = a:b.service\n", HOLDERS_REFUSE, 10, "a:b.service ", "" },
	{ "twice, the last counts", "[holders]\nwait = 1\nwait = 2\n", HOLDERS_REFUSE, 2, "", "" },
	{ "over two lines", "[holders]\nrestart = a.service\n  b.service\n", HOLDERS_REFUSE, 10, "a.service b.service ",
		"" },

	{ "an unknown word", "[holders]\naction = kill\n", HOLDERS_REFUSE, 10, "", WANTS_ACTION },
	{ "no word", "[holders]\naction =\n", HOLDERS_REFUSE, 10, "", WANTS_ACTION },
	{ "in upper case", "[holders]\naction = STOP\n", HOLDERS_REFUSE, 10, "", WANTS_ACTION },
	{ "quoted", "[holders]\naction = 'stop'\n", HOLDERS_REFUSE, 10, "", WANTS_ACTION },
	{ "too long a wait", "[holders]\nwait = 601\n", HOLDERS_REFUSE, 10, "", WANTS_WAIT },
	{ "far too long", "[holders]\nwait = 99999999999999999999999999\n", HOLDERS_REFUSE, 10, "", WANTS_WAIT },
	{ "negative", "[holders]\nwait = -1\n", HOLDERS_REFUSE, 10, "", WANTS_WAIT },
	{ "a unit of time", "[holders]\nwait = 10s\n", HOLDERS_REFUSE, 10, "", WANTS_WAIT },
	{ "no number", "[holders]\nwait = forever\n", HOLDERS_REFUSE, 10, "", WANTS_WAIT },
	{ "a path", "[holders]\nrestart = ../a.service\n", HOLDERS_REFUSE, 10, "", WANTS_RESTART },
	{ "a slash", "[holders]\nrestart = a/b.service\n", HOLDERS_REFUSE, 10, "", WANTS_RESTART },
	{ "no service", "[holders]\nrestart = gdm\n", HOLDERS_REFUSE, 10, "", WANTS_RESTART },
	{ "a comma", "[holders]\nrestart = a.service, b.service\n", HOLDERS_REFUSE, 10, "", WANTS_RESTART },
	{ "an unknown key", "[holders]\nwiat = 1\n", HOLDERS_REFUSE, 10, "", "'wiat' of [holders]" NO_SETTING },
	{ "a key in upper case", "[holders]\nAction = stop\n", HOLDERS_REFUSE, 10, "",
		"'Action' of [holders]" NO_SETTING },
	{ "an unknown section", "[display]\ntakeover = yes\n", HOLDERS_REFUSE, 10, "",
		"'takeover' of [display]" NO_SETTING },
	{ "no section", "action = stop\n", HOLDERS_REFUSE, 10, "", "'action' of []" NO_SETTING },
	{ "a name that steers", "[\x1b[2J]\nx\x1b-\x07 = 1\n", HOLDERS_REFUSE, 10, "", "'x?-?' of [?[2J]" NO_SETTING },
	{ "no answer", "[cpus]\nisolate = on\n", HOLDERS_REFUSE, 10, "",
		"/etc/gpu-handoff.conf: 'isolate' of [cpus] wants yes or no" },
	{ "no governor", "[cpus]\ngovernor = two words\n", HOLDERS_REFUSE, 10, "",
		"/etc/gpu-handoff.conf: 'governor' of [cpus] wants the name of a governor, as performance" },
	{ "an empty governor", "[cpus]\ngovernor =\n", HOLDERS_REFUSE, 10, "", "wants the name of a governor" },
	{ "no overlap", "[cpus]\noverlap = stop\n", HOLDERS_REFUSE, 10, "",
		"/etc/gpu-handoff.conf: 'overlap' of [cpus] wants refuse or warn" },
	{ "no allocation", "[hugepages]\nallocate = 16\n", HOLDERS_REFUSE, 10, "",
		"/etc/gpu-handoff.conf: 'allocate' of [hugepages] wants yes or no" },
	{ "a key of another section", "[cpus]\nallocate = yes\n", HOLDERS_REFUSE, 10, "",
		"'allocate' of [cpus]" NO_SETTING },
	{ "holders of cpus", "[cpus]\naction = stop\n", HOLDERS_REFUSE, 10, "", "'action' of [cpus]" NO_SETTING },
	{ "neither", "[holders]\nstop\n", HOLDERS_REFUSE, 10, "", LINE("2") },
	{ "a section without its end", "[holders\naction = stop\n", HOLDERS_REFUSE, 10, "", "gpu-handoff.conf: " },
	{ "the first is told", "[holders]\nwait = x\naction = y\nz\n", HOLDERS_REFUSE, 10, "", WANTS_WAIT },

	/* Cut in two, such a line would say what nobody wrote. */
	{ "a long line", "[holders]\nwait = 1" S20 S20 S20 S20 S20 S20 S20 S20 S20 S20 "5\n", HOLDERS_REFUSE, 10, "",
		"line 2 is longer than 198 characters" },
	{ "a long comment", "# " X200 "\n[holders]\nwait = 1\n", HOLDERS_REFUSE, 10, "",
		"line 1 is longer than 198 characters" },
	{ "a long list", "[holders]\nrestart = " X200 ".service b.service\n", HOLDERS_REFUSE, 10, "",
		"line 2 is longer" },
	{ "a long last line", "[holders]\n\n" X200, HOLDERS_REFUSE, 10, "", "line 3 is longer" },
	{ "a long key", "[holders]\n" X20 X20 X20 X20 X20 X20 X20 X20 " = 1\n", HOLDERS_REFUSE, 10, "",
		"xxx...' of [holders]" NO_SETTING },
	{ "a long section", "[" X20 X20 X20 X20 "]\naction = stop\n", HOLDERS_REFUSE, 10, "", NO_SETTING },
};

static void check_problem(const char *what, const char *part)
{
	const char *problem = settings.policy.problem;

	if (!part[0])
		ck_assert_msg(!problem[0], "%s: %s", what, problem);
	ck_assert_msg(strstr(problem, part) != NULL, "%s: '%s'", what, problem);
	for (const char *c = problem; *c; c++)
		ck_assert(*c >= 0x20 && *c < 0x7f);
}

START_TEST(test_row)
{
	char restarted[1024] = "";

	settings_init(&settings);
	config_parse(rows[_i].text, &settings);
	check_problem(rows[_i].what, rows[_i].problem);
	ck_assert_msg(rows[_i].problem[0] || settings.policy.action == rows[_i].action, "%s", rows[_i].what);
	ck_assert_msg(rows[_i].problem[0] || settings.policy.wait_s == rows[_i].wait_s, "%s: %u", rows[_i].what,
		settings.policy.wait_s);
	ck_assert(settings_restarts(&settings, "nvidia-persistenced.service"));
	for (unsigned int i = 2; i < settings.n_restarted; i++) {
		strcat(restarted, settings.restarted[i]);
		strcat(restarted, " ");
	}
	if (!rows[_i].problem[0])
		ck_assert_str_eq(restarted, rows[_i].restarted);
}
END_TEST

/* As many services as there is room for, and one more. */
START_TEST(test_many)
{
	char text[4096] = "[holders]\n";

	for (unsigned int i = 2; i <= SETTINGS_RESTARTED_MAX; i++) {
		settings_init(&settings);
		config_parse(text, &settings);
		check_problem(text, "");
		ck_assert_uint_eq(settings.n_restarted, i);
		(void)sprintf(text + strlen(text), "restart = a%u.service\n", i);
	}
	settings_init(&settings);
	config_parse(text, &settings);
	check_problem(text, WANTS_RESTART);
}
END_TEST

static void probe(const void *bytes, size_t size)
{
	struct scratch scratch;
	struct host host;

	scratch_make(&scratch);
	put_directory(scratch.fd, "sys");
	put_directory(scratch.fd, "etc");
	if (bytes)
		put_bytes(scratch.fd, "etc/gpu-handoff.conf", bytes, size);
	ck_assert_int_eq(host_open(scratch.path, &host), 0);
	/* What was there before is forgotten. */
	memset(&settings, 0xa5, sizeof(settings));
	config_probe(&host, &settings);
	host_close(&host);
	scratch_remove(&scratch);
}

START_TEST(test_file)
{
	static const char text[] = "[holders]\nwait = 0\n", nul[] = "[holders]\nwait = 0\n\0action = stop\n";
	char *large = malloc(CONFIG_SIZE_MAX + 1);

	probe(NULL, 0);
	check_problem("no file", "");
	ck_assert_int_eq(settings.policy.action, HOLDERS_REFUSE);
	ck_assert_uint_eq(settings.policy.wait_s, POLICY_WAIT_DEFAULT_S);
	ck_assert_uint_eq(settings.n_restarted, 2);
	probe("", 0);
	check_problem("empty", "");
	probe(text, sizeof(text) - 1);
	check_problem("a file", "");
	ck_assert_uint_eq(settings.policy.wait_s, 0);
	probe(nul, sizeof(nul) - 1);
	check_problem("NUL", "cannot read /etc/gpu-handoff.conf: it is no text");

	memset(large, '\n', CONFIG_SIZE_MAX + 1);
	probe(large, CONFIG_SIZE_MAX - 1);
	check_problem("as large as can be", "");
	probe(large, CONFIG_SIZE_MAX + 1);
	check_problem("larger", "cannot read /etc/gpu-handoff.conf: it is larger than 64 KiB");
	free(large);
}
END_TEST

/* A link could lead to what only root may read, a directory is nobody's settings: nothing is taken. */
START_TEST(test_no_file)
{
	struct scratch scratch;
	struct host host;

	for (int i = 0; i < 2; i++) {
		scratch_make(&scratch);
		put_directory(scratch.fd, "sys");
		put_text(scratch.fd, "etc/shadow", "[holders]\n");
		if (i == 0)
			put_link(scratch.fd, "etc/gpu-handoff.conf", "etc/shadow");
		else
			put_directory(scratch.fd, "etc/gpu-handoff.conf");
		ck_assert_int_eq(host_open(scratch.path, &host), 0);
		config_probe(&host, &settings);
		check_problem(i ? "a directory" : "a link", "cannot read /etc/gpu-handoff.conf: ");
		host_close(&host);
		scratch_remove(&scratch);
	}
	/* A recorded machine has no etc at all. */
	scratch_make(&scratch);
	put_directory(scratch.fd, "sys");
	ck_assert_int_eq(host_open(scratch.path, &host), 0);
	config_probe(&host, &settings);
	check_problem("no etc", "");
	host_close(&host);
	scratch_remove(&scratch);
}
END_TEST

START_TEST(test_words)
{
	const struct policy *policy = &settings.policy;

	settings_init(&settings);
	config_parse("[cpus]\nisolate = yes\ngovernor = performance\noverlap = warn\n[hugepages]\nallocate = yes\n",
		&settings);
	check_problem("all", "");
	ck_assert(policy->isolate && policy->overlap == OVERLAP_WARN && policy->allocate);
	ck_assert_str_eq(policy->governor, "performance");

	/* The last of a key counts, and what is not said stays. */
	settings_init(&settings);
	config_parse("[cpus]\nisolate = yes\nisolate = no\noverlap = warn\noverlap = refuse\n", &settings);
	check_problem("twice", "");
	ck_assert(!policy->isolate && policy->overlap == OVERLAP_REFUSE && !policy->allocate);
	ck_assert_str_eq(policy->governor, "");
}
END_TEST

TCase *case_config(void)
{
	TCase *tcase = suite_case("config");

	add_rows(tcase, test_row, rows);
	tcase_add_test(tcase, test_words);
	tcase_add_test(tcase, test_many);
	tcase_add_test(tcase, test_file);
	tcase_add_test(tcase, test_no_file);
	return tcase;
}
