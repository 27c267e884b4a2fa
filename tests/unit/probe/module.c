// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/module.h"

#include "tests/support/scratch.h"
#include "tests/unit/probe/probe.h"

static const struct {
	const char *text, *name;
	bool has;
} lists[] = {
	{ "kernel/drivers/vfio/pci/vfio-pci.ko: kernel/drivers/vfio/vfio.ko\n", "vfio_pci", true },
	{ "kernel/drivers/vfio/pci/vfio-pci.ko.zst: kernel/drivers/vfio/vfio.ko.zst\n", "vfio-pci", true },
	{ "kernel/fs/ext4/ext4.ko:\nkernel/drivers/vfio/vfio.ko\n", "vfio", true },
	/* It depends on it, or is called alike. */
	{ "kernel/a/mlx5-vfio-pci.ko: kernel/drivers/vfio/pci/vfio-pci.ko\n", "vfio-pci", false },
	{ "kernel/drivers/vfio/pci/vfio-pci-core.ko:\n", "vfio-pci", false },
	{ "kernel/drivers/vfio/pci/vfio-pci.kox:\n", "vfio-pci", false },
	{ "vfio-pci.ko", "vfio-pci", true },
	{ "", "vfio-pci", false },
};

START_TEST(test_list)
{
	ck_assert_int_eq(modules_have(lists[_i].text, lists[_i].name), lists[_i].has);
}
END_TEST

static const struct {
	const char *text;
	bool bans;
} files[] = {
	{ "blacklist vfio-pci\n", true },
	{ "# a comment\n\n\tblacklist   vfio_pci  \n", true },
	{ "install vfio-pci /usr/bin/false\n", true },
	{ "install vfio-pci /bin/true # why\n", true },
	/* A script that sets overrides before it loads it. */
	{ "install vfio-pci /sbin/vfio-pci-override.sh\n", false },
	{ "#blacklist vfio-pci\n", false },
	{ "blacklist nouveau\noptions vfio-pci ids=10de:1b80\nsoftdep nvidia pre: vfio-pci\n", false },
	{ "install vfio-pci\n", false },
	{ "blacklist\n", false },
	{ "", false },
};

START_TEST(test_file)
{
	ck_assert_int_eq(modprobe_bans(files[_i].text, "vfio-pci"), files[_i].bans);
}
END_TEST

/* A file of /etc hides one of its name, and only .conf counts. */
START_TEST(test_ban)
{
	struct scratch scratch;
	struct host host;
	char where[128];

	scratch_make(&scratch);
	put_directory(scratch.fd, "sys");
	put_text(scratch.fd, "etc/modprobe.d/a.conf", "options x y=1\n");
	put_text(scratch.fd, "etc/modprobe.d/b.conf.bak", "blacklist vfio-pci\n");
	put_text(scratch.fd, "usr/lib/modprobe.d/a.conf", "blacklist vfio-pci\n");
	put_text(scratch.fd, "lib/modprobe.d/d.conf", "blacklist nouveau\n");
	ck_assert_int_eq(host_open(scratch.path, &host), 0);
	ck_assert_int_eq(module_find_ban(&host, "vfio-pci", where, sizeof(where)), 0);
	ck_assert_int_eq(module_find_ban(&host, "nouveau", where, sizeof(where)), 1);
	ck_assert_str_eq(where, "/lib/modprobe.d/d.conf");
	put_text(scratch.fd, "usr/lib/modprobe.d/c.conf", "blacklist vfio-pci\n");
	ck_assert_int_eq(module_find_ban(&host, "vfio-pci", where, sizeof(where)), 1);
	ck_assert_str_eq(where, "/usr/lib/modprobe.d/c.conf");
	host_close(&host);
	scratch_remove(&scratch);
}
END_TEST

START_TEST(test_state)
{
	struct scratch scratch;
	struct host host;

	scratch_make(&scratch);
	put_directory(scratch.fd, "sys");
	put_directory(scratch.fd, "usr");
	put_text(scratch.fd, "lib/modules/6.1.0/modules.builtin", "kernel/fs/ext4/ext4.ko\n");
	put_text(scratch.fd, "proc/sys/kernel/osrelease", "6.1.0\n");
	ck_assert_int_eq(host_open(scratch.path, &host), 0);
	ck_assert_int_eq(module_probe(&host, "ext4"), MODULE_BUILT_IN);
	ck_assert_int_eq(module_probe(&host, "vfio-pci"), MODULE_UNKNOWN);
	put_text(scratch.fd, "usr/lib/modules/6.1.0/modules.dep", "kernel/vfio-pci.ko:\n");
	ck_assert_int_eq(module_probe(&host, "vfio-pci"), MODULE_LOADABLE);
	ck_assert_int_eq(module_probe(&host, "iommufd"), MODULE_ABSENT);
	put_text(scratch.fd, "usr/lib/modules/6.1.0/modules.builtin", "kernel/drivers/iommu/iommufd/iommufd.ko\n");
	ck_assert_int_eq(module_probe(&host, "iommufd"), MODULE_BUILT_IN);
	put_directory(scratch.fd, "sys/module/vfio_pci");
	ck_assert_int_eq(module_probe(&host, "vfio-pci"), MODULE_LOADED);
	/* A name that leads elsewhere is no release. */
	put_text(scratch.fd, "proc/sys/kernel/osrelease", "../modules/6.1.0\n");
	ck_assert_int_eq(module_probe(&host, "iommufd"), MODULE_UNKNOWN);
	host_close(&host);
	scratch_remove(&scratch);
}
END_TEST

TCase *case_module(void)
{
	TCase *tcase = suite_case("module");

	add_rows(tcase, test_list, lists);
	add_rows(tcase, test_file, files);
	tcase_add_test(tcase, test_ban);
	tcase_add_test(tcase, test_state);
	return tcase;
}
