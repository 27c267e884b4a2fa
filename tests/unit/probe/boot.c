// SPDX-License-Identifier: GPL-2.0-or-later
/* Boot loaders: what their files say, and what they get. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "probe/entries.h"
#include "probe/grub.h"
#include "probe/kernel_cmdline.h"
#include "probe/kernel_config.h"
#include "probe/loader.h"
#include "tests/support/scratch.h"
#include "tests/unit/probe/probe.h"

#define NAME "GRUB_CMDLINE_LINUX_DEFAULT="

/* ---- /etc/default/grub ---- */

static const struct {
	const char *text;
	int r;
	const char *wanted;
} grubs[] = {
	{ NAME "\"quiet\"\n", 0, NAME "\"quiet a=b c\"\n" },
	{ NAME "''", 0, NAME "'a=b c'" },
	{ "# " NAME "\"x\"\nA=`b \"c\" || d`\n" NAME "\"quiet\"  # why\nB=c\\ d\n", 0,
		"# " NAME "\"x\"\nA=`b \"c\" || d`\n" NAME "\"quiet a=b c\"  # why\nB=c\\ d\n" },
	{ "A=\"$(sed 's, b .*$,,g' /c)\"\n" NAME "\"\"\n", 0, "A=\"$(sed 's, b .*$,,g' /c)\"\n" NAME "\"a=b c\"\n" },
	{ "", -ENOENT, NULL },
	{ "X" NAME "\"quiet\"\n", -ENOENT, NULL },
	{ NAME "\"a\"\n" NAME "\"b\"\n", -ENOTUNIQ, NULL },
	{ NAME "quiet\n", -EINVAL, NULL },
	{ NAME "\"a\"'b'\n", -EINVAL, NULL },
	{ NAME "\"$A\"\n", -EINVAL, NULL },
	{ NAME "\"`a`\"\n", -EINVAL, NULL },
	{ NAME "\"a\\\"b\"\n", -EINVAL, NULL },
	{ NAME "\"a\nb\"\n", -EINVAL, NULL },
	{ NAME "\"a\"; B=c\n", -EINVAL, NULL },
	{ " " NAME "\"a\"\n", -EINVAL, NULL },
	{ "export A\n" NAME "\"a\"\n", -EINVAL, NULL },
	{ "if a; then\n" NAME "\"a\"\nfi\n", -EINVAL, NULL },
	{ "A=b\\\n" NAME "\"a\"\n", -EINVAL, NULL },
	{ "A='b\n" NAME "\"a\"\n'\n", -EINVAL, NULL },
	{ "A=b <<B\n" NAME "\"a\"\nB\n", -EINVAL, NULL },
	{ "A+=b\n" NAME "\"a\"\n", -EINVAL, NULL },
};

START_TEST(test_grub)
{
	char out[1024];

	ck_assert_int_eq(grub_add(grubs[_i].text, "a=b c", out, sizeof(out)), grubs[_i].r);
	if (grubs[_i].wanted)
		ck_assert_str_eq(out, grubs[_i].wanted);
}
END_TEST

START_TEST(test_grub_set)
{
	char value[4];

	ck_assert(grub_is_set("GRUB_ENABLE_BLSCFG=true\n", "GRUB_ENABLE_BLSCFG"));
	ck_assert(grub_is_set("GRUB_ENABLE_BLSCFG=\"true\"\n", "GRUB_ENABLE_BLSCFG"));
	ck_assert(!grub_is_set("GRUB_ENABLE_BLSCFG=false\n", "GRUB_ENABLE_BLSCFG"));
	ck_assert(!grub_is_set("#GRUB_ENABLE_BLSCFG=true\n", "GRUB_ENABLE_BLSCFG"));
	ck_assert_int_eq(grub_read("A=\"1234\"\n", "A", value, sizeof(value)), -E2BIG);
	ck_assert_int_eq(grub_read("A=\"123\"\n", "A", value, sizeof(value)), 1);
	ck_assert_str_eq(value, "123");
	ck_assert_int_eq(grub_add(NAME "\"quiet\"\n", "a", value, sizeof(value)), -E2BIG);
}
END_TEST

/* ---- /etc/kernel/cmdline ---- */

static const struct {
	const char *text;
	int r;
	const char *wanted;
} lines[] = {
	{ "root=/ ro\n", 0, "root=/ ro a=b c\n" },
	{ "root=/\nro", 0, "root=/\nro a=b c" },
	{ "", 0, "a=b c" },
	{ "\n \n", 0, "a=b c\n \n" },
	{ "# why\nro \n\n", 0, "# why\nro a=b c \n\n" },
	{ "ro\n # why\n", -EINVAL, NULL },
	{ "a=\"b c\n", -EINVAL, NULL },
};

START_TEST(test_kernel_cmdline)
{
	char out[64];

	ck_assert_int_eq(kernel_cmdline_add(lines[_i].text, "a=b c", out, sizeof(out)), lines[_i].r);
	if (lines[_i].wanted)
		ck_assert_str_eq(out, lines[_i].wanted);
}
END_TEST

START_TEST(test_running)
{
	char out[32];

	ck_assert_int_eq(kernel_cmdline_from_running("BOOT_IMAGE=/v initrd=\\a ro x=\"a b\"\n", out, sizeof(out)), 0);
	ck_assert_str_eq(out, "ro x=\"a b\"\n");
	ck_assert_int_eq(kernel_cmdline_from_running("ro x=\"a b\"\n", out, 5), -E2BIG);
}
END_TEST

/* ---- entries ---- */

START_TEST(test_entries)
{
	const struct cmdline_words words = { .n = 2, .words = { "a=b", "c" } };
	static const char *const prefixes[] = { "x-", NULL };
	static struct entries entries;
	struct cmdline_words missing;
	struct scratch scratch;

	scratch_make(&scratch);
	ck_assert_int_eq(entries_probe(scratch.fd, "e", NULL, &entries), -ENOENT);
	put_text(scratch.fd, "e/x-1.conf", "title T\noptions ro\n options\tc\n");
	put_text(scratch.fd, "e/x-2.conf", "#options c\noptions c ro\n");
	put_text(scratch.fd, "e/x-3.conf.bak", "options ro\n");
	put_text(scratch.fd, "e/windows.conf", "efi /bootmgfw.efi\noptionsx\n");
	ck_assert_int_eq(entries_probe(scratch.fd, "e", NULL, &entries), 0);
	ck_assert_uint_eq(entries.n, 2);
	ck_assert_int_eq(entries_missing(&entries, &words, &missing), 0);
	ck_assert_str_eq(cmdline_text(&missing).s, "a=b");
	put_text(scratch.fd, "e/y.conf", "options a=b c\n");
	ck_assert_int_eq(entries_probe(scratch.fd, "e", prefixes, &entries), 0);
	ck_assert_uint_eq(entries.n, 2);
	ck_assert_int_eq(entries_probe(scratch.fd, "e", NULL, &entries), 0);
	ck_assert_int_eq(entries_missing(&entries, &words, &missing), -ENOTUNIQ);
	put_text(scratch.fd, "e/y.conf", "options ro c $tuned_params\n");
	ck_assert_int_eq(entries_probe(scratch.fd, "e", NULL, &entries), 0);
	ck_assert_int_eq(entries_missing(&entries, &words, &missing), 0);
	put_text(scratch.fd, "e/y.conf", "options $kernelopts\n");
	ck_assert_int_eq(entries_probe(scratch.fd, "e", NULL, &entries), 0);
	ck_assert_int_eq(entries_missing(&entries, &words, &missing), -EINVAL);
	scratch_remove(&scratch);
}
END_TEST

/* ---- who has started the kernel ---- */

static const struct {
	const char *info; /* in ASCII, or NULL */
	const char *cmdline;
	enum loader loader;
} loaders[] = {
	{ "systemd-boot 252", "BOOT_IMAGE=/x", LOADER_SYSTEMD_BOOT },
	{ "GRUB 2.12", "ro", LOADER_GRUB },
	{ "rEFInd", "BOOT_IMAGE=/x", LOADER_UNKNOWN },
	{ NULL, "BOOT_IMAGE=/x ro", LOADER_GRUB },
	{ NULL, "ro", LOADER_UNKNOWN },
};

START_TEST(test_loader)
{
	const char *path = "sys/firmware/efi/efivars/LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f";
	struct scratch scratch;
	struct host host;
	char bytes[128] = { 6 };

	scratch_make(&scratch);
	put_directory(scratch.fd, "sys");
	for (size_t i = 0; loaders[_i].info && i <= strlen(loaders[_i].info); i++)
		bytes[4 + 2 * i] = loaders[_i].info[i];
	if (loaders[_i].info)
		put_bytes(scratch.fd, path, bytes, 6 + 2 * strlen(loaders[_i].info));
	ck_assert_int_eq(host_open(scratch.path, &host), 0);
	ck_assert_int_eq(loader_probe(&host, loaders[_i].cmdline), loaders[_i].loader);
	host_close(&host);
	scratch_remove(&scratch);
}
END_TEST

/* ---- the kernel's configuration ---- */

#define CONFIG "CONFIG_A=y\n# CONFIG_B is not set\nCONFIG_C=m\nCONFIG_A_MORE=y\n"

static size_t pack(const char *text, void *out, size_t size)
{
	z_stream stream = {
		.next_in = (Bytef *)text, .avail_in = (uInt)strlen(text), .next_out = out, .avail_out = (uInt)size
	};

	ck_assert_int_eq(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	ck_assert_int_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
	(void)deflateEnd(&stream);
	return size - stream.avail_out;
}

START_TEST(test_config)
{
	static const char *const places[] = { "boot/config-6.1", "usr/lib/modules/6.1/config", "proc/config.gz" };
	struct scratch scratch;
	struct host host;
	char packed[512], *config;
	size_t n = pack(CONFIG, packed, sizeof(packed));

	scratch_make(&scratch);
	put_directory(scratch.fd, "sys");
	put_directory(scratch.fd, "boot");
	put_directory(scratch.fd, "usr");
	put_directory(scratch.fd, "proc");
	ck_assert_int_eq(host_open(scratch.path, &host), 0);
	ck_assert_int_eq(kernel_config_probe(&host, "6.1", &config), -ENOENT);
	for (size_t i = 0; i < 3; i++) {
		put_bytes(scratch.fd, places[i], i == 2 ? packed : CONFIG, i == 2 ? n : strlen(CONFIG));
		ck_assert_int_eq(kernel_config_probe(&host, "6.1", &config), 0);
		ck_assert(kernel_config_has(config, "CONFIG_A"));
		ck_assert(!kernel_config_has(config, "CONFIG_B"));
		ck_assert(!kernel_config_has(config, "CONFIG_C"));
		ck_assert(!kernel_config_has(config, "CONFIG"));
		free(config);
		remove_all(scratch.fd, places[i]);
	}
	put_bytes(scratch.fd, places[2], packed, n - 9);
	ck_assert_int_eq(kernel_config_probe(&host, "6.1", &config), -EBADMSG);
	host_close(&host);
	scratch_remove(&scratch);
}
END_TEST

TCase *case_boot(void)
{
	TCase *tcase = suite_case("boot");

	add_rows(tcase, test_grub, grubs);
	tcase_add_test(tcase, test_grub_set);
	add_rows(tcase, test_kernel_cmdline, lines);
	tcase_add_test(tcase, test_running);
	tcase_add_test(tcase, test_entries);
	add_rows(tcase, test_loader, loaders);
	tcase_add_test(tcase, test_config);
	return tcase;
}
