// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/os.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "tests/support/scratch.h"
#include "tests/unit/probe/probe.h"

#define DATABASE "usr/share/osinfo/os/"

/* A file as osinfo-db writes it. */
#define OS(id, short_ids, name, family)                                                                                \
	"<?xml version='1.0'?>\n<libosinfo version='0.0.1'>\n<!-- a comment -->\n<os id='" id "'>" short_ids           \
	"<name>" name "</name><name xml:lang='de'>auf Deutsch</name><version>1</version><family>" family               \
	"</family></os>\n</libosinfo>\n"
#define SHORT(id) "<short-id>" id "</short-id>"

static const struct {
	const char *path, *text;
} files[] = {
	{ "usr/share/osinfo/os/ubuntu.com/ubuntu-22.04.xml",
		OS("http://ubuntu.com/ubuntu/22.04", SHORT("ubuntu22.04") SHORT("ubuntujammy"), "Ubuntu 22.04",
			"linux") },
	{ "usr/share/osinfo/os/microsoft.com/win-2k22.xml",
		OS("http://microsoft.com/win/2k22", SHORT("win2k22"), "Server 2022", "winnt") },
	{ "usr/share/osinfo/os/microsoft.com/win-2k25.xml",
		OS("http://microsoft.com/win/2k25", SHORT("win2k25"), "Server 2025", "winnt") },
	{ "usr/share/osinfo/os/microsoft.com/win-12.xml",
		OS("http://microsoft.com/win/12", SHORT("win12"), "Windows 12", "winnt") },
	{ "usr/share/osinfo/os/microsoft.com/win-8.1.xml",
		OS("http://microsoft.com/win/8.1", SHORT("win8.1"), "Windows 8.1", "winnt") },
	{ "usr/share/osinfo/os/microsoft.com/win-xp.xml",
		OS("http://microsoft.com/win/xp", SHORT("winxp"), "Windows XP", "winnt") },
	{ "usr/share/osinfo/os/microsoft.com/win-98.xml",
		OS("http://microsoft.com/win/98", SHORT("win98"), "Windows 98", "win9x") },
	{ "usr/share/osinfo/os/freebsd.org/freebsd-13.1.xml",
		OS("http://freebsd.org/freebsd/13.1", SHORT("freebsd13.1"), "FreeBSD", "freebsd") },
	{ "usr/share/osinfo/os/archlinux.org/archlinux-rolling.xml",
		OS("http://archlinux.org/archlinux/rolling", SHORT("archlinux"), "Arch &#x9;&#x9b;", "linux") },
	{ "usr/share/osinfo/os/steamos.com/steamos-3.xml",
		OS("http://steamos.com/steamos/3", SHORT("steamos3"), "overridden", "freebsd") },
	{ "usr/local/share/osinfo/os/steamos.com/steamos-3.xml",
		OS("http://steamos.com/steamos/3", SHORT("steamos3"), "by the site", "linux") },
	{ "etc/osinfo/os/example.com/deep-er-1.xml",
		OS("http://example.com/deep/er/1", SHORT("deep1"), "Deep", "linux") },

	/* None of these is found, and none is in the way. */
	{ "usr/share/osinfo/os/aaa.com/ubuntu-22.04.xml", "<libosinfo><os id='x'><short-id>ubuntu22.04" },
	{ "usr/share/osinfo/os/aab.com/ubuntu-22.04.xml", "<!DOCTYPE libosinfo [<!ENTITY a 'ubuntu22.04'>]>" OS(
								  "http://aab.com/a", SHORT("doctyped"), "", "linux") },
	{ "usr/share/osinfo/os/aac.com/ubuntu-22.04.xml",
		"<!DOCTYPE l [<!ENTITY a SYSTEM '/etc/passwd'>]><libosinfo><os id='http://aac.com/a'>"
		"<short-id>ubuntu22.04</short-id><name>&a;</name></os></libosinfo>" },
	{ "usr/share/osinfo/os/aad.com/ubuntu-22.04.xml", "" },
	{ "usr/share/osinfo/os/aae.com/ubuntu-22.04.xml",
		OS("http://aae.com/a'\"&gt;&lt;", SHORT("ubuntu22.04"), "", "linux") },
	{ "usr/share/osinfo/os/aaf.com/ubuntu-22.04.xml", OS("", SHORT("ubuntu22.04"), "", "linux") },
	{ "usr/share/osinfo/os/aag.com/ubuntu-22.04.xml",
		"<domain><os id='http://aag.com/a'>" SHORT("ubuntu22.04") "</os></domain>" },
	{ "usr/share/osinfo/os/aah.com/ubuntu-22.04.txt", OS("http://aah.com/a", SHORT("text"), "", "linux") },
	{ "usr/share/osinfo/os/aai.com/a.d/a.xml", OS("http://aai.com/a", SHORT("deeper"), "", "linux") },
	{ "usr/share/osinfo/os/aaj.com/a.xml",
		"<libosinfo><os><short-id>nameless</short-id></os><x:os xmlns:x='u' id='a:b'>" SHORT(
			"spaced") "</x:os></libosinfo>" },
	{ "usr/share/osinfo/os/file.xml", OS("http://file", SHORT("file"), "", "linux") },
	{ "outside.xml", OS("http://outside/a", SHORT("outside"), "", "linux") },
};

static void put_database(const struct scratch *scratch)
{
	static char large[300 * 1024];

	put_directory(scratch->fd, "sys");
	for (int i = 0; i < COUNT(files); i++)
		put_text(scratch->fd, files[i].path, "%s", files[i].text);
	memset(large, ' ', sizeof(large) - 1);
	(void)snprintf(large, 256, "%s", OS("http://large.com/large", SHORT("large"), "", "linux"));
	large[strlen(large)] = ' ';
	put_text(scratch->fd, DATABASE "large.com/large.xml", "%s", large);
	put_link(scratch->fd, DATABASE "link.com/outside.xml", "outside.xml");
	put_directory(scratch->fd, DATABASE "aak.com/ubuntu-22.04.xml");
	ck_assert_int_eq(mkdirat(scratch->fd, DATABASE "aal.com", 0755), 0);
	ck_assert_int_eq(mkfifoat(scratch->fd, DATABASE "aal.com/ubuntu-22.04.xml", 0644), 0);
}

/* id is NULL for what is refused. */
static const struct {
	const char *word, *id, *name;
	enum os_family family;
	bool needs_tpm;
} rows[] = {
	{ "ubuntu22.04", "http://ubuntu.com/ubuntu/22.04", "Ubuntu 22.04", OS_LINUX, false },
	{ "ubuntujammy", "http://ubuntu.com/ubuntu/22.04", "Ubuntu 22.04", OS_LINUX, false },
	{ "http://ubuntu.com/ubuntu/22.04", "http://ubuntu.com/ubuntu/22.04", "Ubuntu 22.04", OS_LINUX, false },
	{ "archlinux", "http://archlinux.org/archlinux/rolling", "Arch ???", OS_LINUX, false },
	{ "freebsd13.1", "http://freebsd.org/freebsd/13.1", "FreeBSD", OS_OTHER, false },
	{ "steamos3", "http://steamos.com/steamos/3", "by the site", OS_LINUX, false },
	{ "http://steamos.com/steamos/3", "http://steamos.com/steamos/3", "by the site", OS_LINUX, false },
	{ "deep1", "http://example.com/deep/er/1", "Deep", OS_LINUX, false },
	{ "http://example.com/deep/er/1", "http://example.com/deep/er/1", "Deep", OS_LINUX, false },

	{ "linux", "http://libosinfo.org/linux/2022", "Linux", OS_LINUX, false },
	{ "linux2022", "http://libosinfo.org/linux/2022", "Linux", OS_LINUX, false },
	{ "windows10", "http://microsoft.com/win/10", "Microsoft Windows 10", OS_WINDOWS, false },
	{ "win10", "http://microsoft.com/win/10", "Microsoft Windows 10", OS_WINDOWS, false },
	{ "windows11", "http://microsoft.com/win/11", "Microsoft Windows 11", OS_WINDOWS, true },
	{ "win11", "http://microsoft.com/win/11", "Microsoft Windows 11", OS_WINDOWS, true },
	{ "http://microsoft.com/win/11", "http://microsoft.com/win/11", "Microsoft Windows 11", OS_WINDOWS, true },
	{ "win12", "http://microsoft.com/win/12", "Windows 12", OS_WINDOWS, true },
	{ "win8.1", "http://microsoft.com/win/8.1", "Windows 8.1", OS_WINDOWS, false },
	{ "winxp", "http://microsoft.com/win/xp", "Windows XP", OS_WINDOWS, false },
	{ "win98", "http://microsoft.com/win/98", "Windows 98", OS_OTHER, false },
	{ "win2k22", "http://microsoft.com/win/2k22", "Server 2022", OS_WINDOWS, false },
	{ "win2k25", "http://microsoft.com/win/2k25", "Server 2025", OS_WINDOWS, true },

	{ .word = "" },
	{ .word = "ubuntu" },
	{ .word = "ubuntu22.0" },
	{ .word = "Ubuntu22.04" },
	{ .word = "ubuntu22.04 " },
	{ .word = "doctyped" },
	{ .word = "text" },
	{ .word = "deeper" },
	{ .word = "nameless" },
	{ .word = "spaced" },
	{ .word = "file" },
	{ .word = "large" },
	{ .word = "outside" },
	{ .word = "http://link.com/outside" },
	{ .word = "http://outside/a" },
	{ .word = "http://aai.com/a.d/a" },
	{ .word = "http://../../../../outside" },
	{ .word = "://" },
	{ .word = "http://" },
	{ .word = "http:///etc/passwd" },
	{ .word = "http://ubuntu.com/ubuntu/23.04" },
	{ .word = "http://ubuntu.com/ubuntu-22.04" },
	{ .word = "../outside" },
	{ .word = "<short-id>" },
};

START_TEST(test_find)
{
	struct os os = { .id = "untouched" };
	struct refusal refusal;
	struct scratch scratch;
	struct host host;
	char quoted[64];
	int r;

	scratch_make(&scratch);
	put_database(&scratch);
	ck_assert_int_eq(host_open(scratch.path, &host), 0);
	r = os_find(&host, rows[_i].word, &os, &refusal);
	if (rows[_i].id) {
		ck_assert_msg(r == 0, "%s", refusal.sentence);
		ck_assert_str_eq(os.id, rows[_i].id);
		ck_assert_str_eq(os.name, rows[_i].name);
		ck_assert_int_eq(os.family, rows[_i].family);
		ck_assert_int_eq(os.needs_tpm, rows[_i].needs_tpm);
	} else {
		(void)snprintf(quoted, sizeof(quoted), "'%s' is no", rows[_i].word);
		ck_assert_int_eq(r, -ECANCELED);
		ck_assert_int_eq(refusal.reason, REFUSAL_INPUT);
		ck_assert_msg(strstr(refusal.sentence, quoted) && strstr(refusal.sentence, "osinfo-query os"), "%s",
			refusal.sentence);
		ck_assert_str_eq(os.id, "untouched");
	}
	host_close(&host);
	scratch_remove(&scratch);
}
END_TEST

/* The words that need none are understood, of the rest it is said what to install. */
START_TEST(test_no_database)
{
	struct refusal refusal;
	struct scratch scratch;
	struct host host;
	struct os os;

	scratch_make(&scratch);
	put_directory(scratch.fd, "sys");
	if (_i)
		put_directory(scratch.fd, "usr/share/osinfo");
	ck_assert_int_eq(host_open(scratch.path, &host), 0);
	ck_assert_int_eq(os_find(&host, "windows11", &os, &refusal), 0);
	ck_assert_int_eq(os_find(&host, "\x1b[2J", &os, &refusal), -ECANCELED);
	ck_assert_msg(strstr(refusal.sentence, "'?[2J'") && strstr(refusal.sentence, "install osinfo-db"), "%s",
		refusal.sentence);
	host_close(&host);
	scratch_remove(&scratch);
}
END_TEST

/* A long word does not push out what is to be done. */
START_TEST(test_long)
{
	char word[5000] = "";
	struct refusal refusal;
	struct scratch scratch;
	struct host host;
	struct os os;

	memset(word, 'a', sizeof(word) - 1);
	if (_i)
		memcpy(word, "http://a.b/", 11);
	scratch_make(&scratch);
	put_database(&scratch);
	ck_assert_int_eq(host_open(scratch.path, &host), 0);
	ck_assert_int_eq(os_find(&host, word, &os, &refusal), -ECANCELED);
	ck_assert_ptr_nonnull(strstr(refusal.sentence, "...' is no"));
	ck_assert_ptr_nonnull(strstr(refusal.sentence, "osinfo-query os"));
	host_close(&host);
	scratch_remove(&scratch);
}
END_TEST

/* With as many files as the real one has, a word that is in none is known to be in 40 ms, or the tenth try is. */
START_TEST(test_time)
{
	static char text[6000];
	double best = 1000;
	struct refusal refusal;
	struct scratch scratch;
	struct host host;
	struct os os;

	memset(text, ' ', sizeof(text) - 1);
	scratch_make(&scratch);
	put_directory(scratch.fd, "sys");
	for (int i = 0; i < 800; i++) {
		char path[128];

		(void)snprintf(path, sizeof(path), DATABASE "vendor%d.com/os-%d.xml", i % 50, i);
		put_text(scratch.fd, path,
			"<libosinfo><os id='http://vendor%d.com/os/%d'>" SHORT("v%d") "%s</os></libosinfo>", i % 50, i,
			i, text);
	}
	ck_assert_int_eq(host_open(scratch.path, &host), 0);
	for (int i = 0; i < 10; i++) {
		struct timespec begin, end;

		(void)clock_gettime(CLOCK_MONOTONIC, &begin);
		ck_assert_int_eq(os_find(&host, i % 2 ? "absent" : "v799", &os, &refusal), i % 2 ? -ECANCELED : 0);
		(void)clock_gettime(CLOCK_MONOTONIC, &end);
		if (i % 2 == 1) {
			double ms =
				(double)(end.tv_sec - begin.tv_sec) * 1e3 + (double)(end.tv_nsec - begin.tv_nsec) / 1e6;
			best = ms < best ? ms : best;
		}
	}
#ifndef __SANITIZE_ADDRESS__
	ck_assert_msg(best < 40, "%.1f ms", best);
#endif
	host_close(&host);
	scratch_remove(&scratch);
}
END_TEST

TCase *case_os(void)
{
	TCase *tcase = suite_case("os");

	add_rows(tcase, test_find, rows);
	tcase_add_loop_test(tcase, test_no_database, 0, 2);
	tcase_add_loop_test(tcase, test_long, 0, 2);
	tcase_add_test(tcase, test_time);
	return tcase;
}
