// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/vm.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/scratch.h"
#include "tests/unit/probe/probe.h"

#define SLICE "sys/fs/cgroup/machine.slice/"

static struct scratch scratch;
static struct host host;

static void setup(void)
{
	scratch_make(&scratch);
	put_directory(scratch.fd, "sys");
	put_text(scratch.fd, "proc/500/comm", "qemu-system-x86\n");
	put_text(scratch.fd, "proc/501/comm", "kvm wrapper\n");
	put_text(scratch.fd, "proc/501/cgroup", "0::/machine.slice/machine-qemu-1-x.scope\n");
	put_text(scratch.fd, "proc/502/comm", "bash\n");
	put_text(scratch.fd, "proc/502/cgroup", "0::/user.slice/user-1.slice/session-2.scope\n");
	put_text(scratch.fd, "run/libvirt/qemu/vm.pid", "500\n");
	put_text(scratch.fd, "run/libvirt/qemu/wrapped.pid", "501");
	put_text(scratch.fd, "run/libvirt/qemu/stale.pid", "502\n");
	put_text(scratch.fd, "run/libvirt/qemu/gone.pid", "503\n");
	put_text(scratch.fd, "run/libvirt/qemu/zero.pid", "0\n");
	put_text(scratch.fd, "run/libvirt/qemu/odd.pid", "500 501\n");
	put_text(scratch.fd, "run/libvirt/qemu/large.pid", "99999999999999999999999999999999999999999\n");
	put_text(scratch.fd, "run/libvirt/qemu/sub/vm.pid", "500\n");
	put_text(scratch.fd, "run/vm.pid", "500\n");
	put_text(scratch.fd, SLICE "gpu-handoff-run-0a1b2c3d-1111-4111-8111-111111111111.scope/cgroup.procs",
		"600\n601\n");
	put_text(scratch.fd, SLICE "gpu-handoff-run-0a1b2c3e-1111-4111-8111-111111111111.scope/cgroup.procs", "\n");
	put_text(scratch.fd, SLICE "gpu-handoff-run-0a1b2c3f.scope/cgroup.procs", "602\n");
	put_text(scratch.fd, SLICE "other.scope/cgroup.procs", "603\n");
	put_text(scratch.fd, "run/libvirt/qemu/run-00000000.pid", "500\n");
	put_link(scratch.fd, "run/libvirt/qemu/link.pid", "run/vm.pid");
	ck_assert_int_eq(host_open(scratch.path, &host), 0);
}

static void teardown(void)
{
	host_close(&host);
	scratch_remove(&scratch);
}

static const struct {
	const char *name;
	int expected;
} names[] = {
	{ "vm", 500 },
	{ "wrapped", 501 },
	{ "stale", -ESRCH },
	{ "gone", -ESRCH },
	{ "zero", -EBADMSG },
	{ "odd", -EBADMSG },
	{ "large", -EBADMSG },
	{ "link", -ELOOP },
	{ "none", -ENOENT },
	{ "run-0a1b2c3d", 600 },
	{ "run-00000000", 500 },
	{ "run-0a1b2c3e", -ENOENT },
	{ "run-0a1b2c3f", -ENOENT },
	{ "run-ffffffff", -ENOENT },
	{ "run-0A1B2C3D", -ENOENT },
	{ "run-0a1b2c3", -ENOENT },
	{ "run-0a1b2c3d1", -ENOENT },
	{ "sub/vm", -EINVAL },
	{ "../../vm", -EINVAL },
	{ "/vm", -EINVAL },
	{ "", -EINVAL },
};

START_TEST(test_qemu)
{
	pid_t pid = 7;
	int r = qemu_probe(&host, names[_i].name, &pid);

	ck_assert_int_eq(r, names[_i].expected < 0 ? names[_i].expected : 0);
	ck_assert_int_eq(pid, r < 0 ? 7 : names[_i].expected);
}
END_TEST

START_TEST(test_long_name)
{
	char name[300];
	pid_t pid;

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	ck_assert_int_eq(qemu_probe(&host, name, &pid), -EINVAL);
}
END_TEST

/* The whole group, then what is the VM's of it, then its unit. */
static const struct {
	const char *text, *group, *vm, *unit;
} groups[] = {
	{ "0::/machine.slice/machine-qemu\\x2d1\\x2dvm.scope/libvirt/emulator\n",
		"machine.slice/machine-qemu\\x2d1\\x2dvm.scope/libvirt/emulator",
		"machine.slice/machine-qemu\\x2d1\\x2dvm.scope", "machine-qemu\\x2d1\\x2dvm.scope" },
	{ "12:cpuset:/machine\n0::/a.slice/machine-qemu-1-x.scope\n", "a.slice/machine-qemu-1-x.scope",
		"a.slice/machine-qemu-1-x.scope", "machine-qemu-1-x.scope" },
	{ "0::/machine/qemu-1-vm.libvirt-qemu/libvirt/vcpu0\n", "machine/qemu-1-vm.libvirt-qemu/libvirt/vcpu0",
		"machine/qemu-1-vm.libvirt-qemu", NULL },
	{ "0::/machine.slice/gpu-handoff-run-0a1b2c3d-x.scope\n", "machine.slice/gpu-handoff-run-0a1b2c3d-x.scope",
		"machine.slice/gpu-handoff-run-0a1b2c3d-x.scope", "gpu-handoff-run-0a1b2c3d-x.scope" },
	{ "0::/system.slice/gpu-handoff-run@0a1b2c3d.service\n", "system.slice/gpu-handoff-run@0a1b2c3d.service", NULL,
		NULL },
	{ "0::/system.slice/libvirtd.service\n", "system.slice/libvirtd.service", NULL, NULL },
	{ "0::/user.slice/session-2.scope\n", "user.slice/session-2.scope", NULL, NULL },
	{ "0::/\n", "", NULL, NULL },
	{ "0::/x", "x", NULL, NULL },
	{ "0::/machine.slice/machine-qemu-1-x.scope (deleted)\n", NULL, NULL, NULL },
	{ "0::/../machine-qemu-1-x.scope\n", NULL, NULL, NULL },
	{ "0::/..\n", NULL, NULL, NULL },
	{ "0::/..x\n", "..x", NULL, NULL },
	{ "10::/x\n", NULL, NULL, NULL },
	{ "1:name=systemd:/machine.slice/machine-qemu-1-x.scope\n", NULL, NULL, NULL },
	{ "0::x\n", NULL, NULL, NULL },
	{ "", NULL, NULL, NULL },
};

START_TEST(test_group)
{
	char text[512];

	put_text(scratch.fd, "proc/600/cgroup", "%s", groups[_i].text);
	ck_assert_int_eq(process_probe_group(&host, 600, text, sizeof(text)), groups[_i].group ? 0 : -ENOENT);
	ck_assert_str_eq(text, groups[_i].group ? groups[_i].group : "");
	ck_assert_int_eq(vm_probe_group(&host, 600, text, sizeof(text)), groups[_i].vm ? 0 : -ENOENT);
	if (groups[_i].vm)
		ck_assert_str_eq(text, groups[_i].vm);
	ck_assert_int_eq(vm_scope_probe(&host, 600, text, sizeof(text)), groups[_i].unit ? 0 : -ENOENT);
	ck_assert_str_eq(text, groups[_i].unit ? groups[_i].unit : "");
	if (groups[_i].unit)
		ck_assert_int_eq(vm_scope_probe(&host, 600, text, 8), -E2BIG);
}
END_TEST

START_TEST(test_no_process)
{
	char text[64];

	ck_assert_int_eq(vm_scope_probe(&host, 4711, text, sizeof(text)), -ENOENT);
	ck_assert_str_eq(text, "");
}
END_TEST

TCase *case_vm(void)
{
	TCase *tcase = suite_case("vm");

	tcase_add_checked_fixture(tcase, setup, teardown);
	add_rows(tcase, test_qemu, names);
	tcase_add_test(tcase, test_long_name);
	add_rows(tcase, test_group, groups);
	tcase_add_test(tcase, test_no_process);
	return tcase;
}
