// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "probe/groups.h"
#include "probe/knobs.h"
#include "tests/unit/probe/knobs_host.h"
#include "tests/unit/probe/probe.h"

#define SCOPE(n, name) "machine.slice/machine-qemu\\x2d" n "\\x2d" name ".scope"

static void setup(void)
{
	knobs_host_setup();
	put_claim("vm", "4-7", true, "");
	put_unit("system.slice", "", 0);
	put_unit("user.slice", "0-5", 0);
	put_unit("init.scope", "", 0);
	put_group("system.slice", "");
	put_group("user.slice", "0-5");
	put_group("init.scope", NULL);
}

START_TEST(test_root)
{
	put_group("lxc.payload.c1", "2");
	put_group("dev-hugepages.mount", NULL);
	probe(0);
	ck_assert_str_eq(seen(KNOB_ALLOWED), "init.scope=- system.slice=- user.slice=0-5");
	ck_assert_str_eq(
		seen(KNOB_CPUSET), "dev-hugepages.mount=- init.scope=- lxc.payload.c1=2 system.slice=- user.slice=0-5");
	ck_assert_str_eq(seen(KNOB_DROPIN), "init.scope=nothing system.slice=nothing user.slice=nothing");
	ck_assert_str_eq(needs(), "lxc.payload.c1=2 user.slice=0-5");
	ck_assert_uint_eq(it.notes.n, 0);
}
END_TEST

static const struct {
	const char *file, *word;
} dropins[] = {
	{ "system.control/other.slice.d/x", DROPIN_ELSEWHERE },
	{ "system.control/system.slice.d/50-CPUWeight.conf", DROPIN_DIRECTORY },
	{ "system.control/system.slice.d/50-AllowedCPUs.conf", DROPIN_FILE },
	{ "transient/other.slice", DROPIN_NOTHING },
	{ "transient/system.slice", DROPIN_ELSEWHERE },
	{ "transient/system.slice.d/50-AllowedCPUs.conf", DROPIN_NOTHING },
};

START_TEST(test_dropin)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "run/systemd/%s", dropins[_i].file);
	put(path, "x\n");
	probe(0);
	ck_assert_str_eq(knobs_find(&it.knobs, KNOB_DROPIN, "system.slice")->current.word, dropins[_i].word);
}
END_TEST

START_TEST(test_dropin_transient)
{
	put("run/systemd/transient/system.slice", "x\n");
	put("run/systemd/system.control/system.slice.d/50-AllowedCPUs.conf", "x\n");
	put("run/systemd/transient/system.slice.d/50-Other.conf", "x\n");
	probe(0);
	ck_assert_str_eq(knobs_find(&it.knobs, KNOB_DROPIN, "system.slice")->current.word, DROPIN_DIRECTORY);
}
END_TEST

/*
 * Of a unit that has gone only the file is left to be removed; or what is around it, where somebody died in between.
 * The others of its directory are not ours.
 */
static const struct {
	const char *file;
	bool settled;
	const char *seen;
} lefts[] = {
	{ "system.control/gone.slice.d/50-AllowedCPUs.conf", true, "gone.slice=file" },
	{ "system.control/gone.slice.d/50-AllowedCPUs.conf", false, "gone.slice=file" },
	{ "system.control/gone.slice.d/50-CPUWeight.conf", true, "" },
	{ "system.control/gone.slice.d/50-CPUWeight.conf", false, "gone.slice=directory" },
	{ "system.control/other.slice.d/x", true, "" },
	{ "system.control/other.slice.d/x", false, "gone.slice=elsewhere" },
	{ "systemd.conf.d/x", false, "" },
};

START_TEST(test_dropin_left)
{
	char path[128];

	it.claims.n_claims = 0;
	put_known(KNOB_DROPIN, "gone.slice", DROPIN_NOTHING, DROPIN_FILE);
	it.knobs.settled = lefts[_i].settled;
	(void)snprintf(path, sizeof(path), "run/systemd/%s", lefts[_i].file);
	put(path, "x\n");
	remove_all(it.scratch.fd, "sys/fs/cgroup/system.slice");
	remove_all(it.scratch.fd, "sys/fs/cgroup/user.slice");
	remove_all(it.scratch.fd, "sys/fs/cgroup/init.scope");
	probe(0);
	ck_assert_str_eq(seen(KNOB_DROPIN), lefts[_i].seen);
}
END_TEST

/* A run with a claim is a VM as those of libvirt are; one without needs CPUs as they do. */
START_TEST(test_runs)
{
	it.claims.n_claims = 0;
	put_claim("run-0a1b2c3d", "6", true, "");
	put_group("machine.slice", "");
	put_group("machine.slice/gpu-handoff-run-0a1b2c3d-x.scope", "0-7");
	put_group("machine.slice/gpu-handoff-run-ffffffff-x.scope", "");
	put_unit("gpu-handoff-run-0a1b2c3d-x.scope", "", 0);
	put_unit("gpu-handoff-run-ffffffff-x.scope", "", 0);
	probe(0);
	ck_assert_str_eq(seen(KNOB_ALLOWED), "init.scope=- machine.slice/gpu-handoff-run-0a1b2c3d-x.scope=-!0 "
					     "machine.slice/gpu-handoff-run-ffffffff-x.scope=-!needs "
					     "system.slice=- user.slice=0-5");
}
END_TEST

/* machine.slice is no knob, what is in it is; the claim's own VM says whose it is. */
START_TEST(test_machines)
{
	put_group("machine.slice", "");
	put_group(SCOPE("1", "vm"), "0-7");
	put_group(SCOPE("1", "vm") "/libvirt/vcpu0", "4");
	put_group(SCOPE("2", "other"), "");
	put_group(SCOPE("2", "other") "/libvirt/vcpu0", "2");
	put_group("machine.slice/machine-web.scope", "1-3");
	put_unit("machine-qemu\\x2d1\\x2dvm.scope", "", 0);
	put_unit("machine-qemu\\x2d2\\x2dother.scope", "", 0);
	put_unit("machine-web.scope", "1-3", 0);
	put_vm("vm", 500, SCOPE("1", "vm"));
	put_vm("other", 600, SCOPE("2", "other"));
	probe(0);
	ck_assert_str_eq(seen(KNOB_ALLOWED), "init.scope=- machine.slice/machine-qemu\\x2d1\\x2dvm.scope=-!0 "
					     "machine.slice/machine-qemu\\x2d2\\x2dother.scope=-!needs "
					     "machine.slice/machine-web.scope=1-3 system.slice=- user.slice=0-5");
	ck_assert_str_eq(seen(KNOB_CPUSET), "init.scope=- machine.slice/machine-qemu\\x2d1\\x2dvm.scope=0-7!0 "
					    "machine.slice/machine-qemu\\x2d2\\x2dother.scope=-!needs "
					    "machine.slice/machine-web.scope=1-3 system.slice=- user.slice=0-5");
	ck_assert(strstr(seen(KNOB_DROPIN), "x2d1\\x2dvm.scope=nothing!0"));
	ck_assert_str_eq(needs(), SCOPE("2", "other") "/libvirt/vcpu0=2 machine.slice/machine-web.scope=1-3 "
						      "user.slice=0-5");
}
END_TEST

/* What is on the way to a VM is bound for the VM, too; what else is in there is bound with it. */
START_TEST(test_bound_way)
{
	put_group("machine.slice", "0-5");
	put_group("machine.slice/machine-web.scope", "");
	put_group(SCOPE("1", "vm"), "");
	put_vm("vm", 500, SCOPE("1", "vm"));
	probe(0);
	ck_assert_str_eq(needs(), "machine.slice/machine-web.scope=0-5 user.slice=0-5");
}
END_TEST

/* Partitions of those that have a claim; their slices may not be there yet. */
START_TEST(test_partition)
{
	put_group("a.slice", "");
	put_group("a.slice/other.service", NULL);
	put_group("a.slice/a-b.slice", "");
	put_group("a.slice/a-b.slice/inner.scope", "");
	put_group("a.slice/a-c.slice", "");
	put_group("ab.slice", "");
	put_unit("other.service", "", 0);
	put_unit("a.slice", "", 0);
	put_group("z.slice", "");
	put_group("z.slice/inner.service", "");
	(void)put_claim("late", "2", false, "");
	(void)snprintf(it.claims.claims[0].partition, PARTITION_SIZE, "/a/b/c-d");
	(void)snprintf(it.claims.claims[1].partition, PARTITION_SIZE, "/z");
	probe(0);
	ck_assert_str_eq(seen(KNOB_CPUSET), "a.slice/a-b.slice/inner.scope=- a.slice/a-c.slice=- "
					    "a.slice/other.service=- ab.slice=- init.scope=- system.slice=- "
					    "user.slice=0-5 z.slice/inner.service=-");
	ck_assert_ptr_nonnull(knobs_find(&it.knobs, KNOB_ALLOWED, "a.slice/other.service"));
	knobs_clear(&it.knobs);
	it.claims.claims[0].partition[0] = '\0';
	probe(0);
	ck_assert_ptr_nonnull(knobs_find(&it.knobs, KNOB_ALLOWED, "a.slice"));
	ck_assert_ptr_null(knobs_find(&it.knobs, KNOB_CPUSET, "z.slice"));
}
END_TEST

static const struct {
	const char *partition, *path;
} partitions[] = {
	{ "/machine", "machine.slice" },
	{ "/a/b", "a.slice/a-b.slice" },
	{ "a//b/", "a.slice/a-b.slice" },
	{ "/my-vms/x y", "my\\x2dvms.slice/my\\x2dvms-x\\x20y.slice" },
	{ "/.a/.b", "\\x2ea.slice/\\x2ea-.b.slice" },
	{ "/../..", "\\x2e..slice/\\x2e.-...slice" },
	{ "/a\\b:c_d", "a\\x5cb:c_d.slice" },
	{ "/\xc3\xa4", "\\xc3\\xa4.slice" },
	{ "/", "" },
	{ "", "" },
};

START_TEST(test_partition_slice)
{
	char path[KNOB_KEY_SIZE], small[8];

	partition_slice(partitions[_i].partition, path, sizeof(path));
	ck_assert_str_eq(path, partitions[_i].path);
	partition_slice("/abcdefgh", small, sizeof(small));
	ck_assert_str_eq(small, "");
}
END_TEST

/* VMs elsewhere: by libvirt's file, by the name of the scope, by what libvirt makes in it. */
START_TEST(test_elsewhere)
{
	put_group("vms.slice", "");
	put_group("vms.slice/qemu.service", "");
	put_group("byname.slice", "");
	put_group("byname.slice/machine-qemu-3-x.scope", "");
	put_group("byname.slice/rest.service", "");
	put_group("inside.slice", "");
	put_group("inside.slice/some.scope/libvirt", "");
	put_group("inside.slice/rest.service", "");
	put_group("machine/qemu-4-vm.libvirt-qemu", "");
	put_group("machine/docker", "");
	put_vm("deep", 700, "vms.slice/vms-x.slice/machine-qemu-5-deep.scope");
	put_vm("vm", 701, "machine/qemu-4-vm.libvirt-qemu");
	probe(0);
	ck_assert_str_eq(seen(KNOB_CPUSET),
		"byname.slice/machine-qemu-3-x.scope=-!needs byname.slice/rest.service=- init.scope=- "
		"inside.slice/rest.service=- inside.slice/some.scope=-!needs machine/docker=- "
		"machine/qemu-4-vm.libvirt-qemu=-!0 system.slice=- user.slice=0-5 vms.slice/qemu.service=-");
}
END_TEST

/* irqbalance is asked before the control groups are looked at. */
static int start_meanwhile(const struct host *host, pid_t *ret_pid, struct cpuset *ret, int deadline_ms)
{
	(void)host;
	(void)ret_pid;
	(void)ret;
	(void)deadline_ms;
	put_group(SCOPE("1", "vm"), "");
	put_group(SCOPE("1", "vm") "/libvirt/vcpu0", "4");
	put_unit("machine-qemu\\x2d1\\x2dvm.scope", "", 0);
	put_vm("vm", 500, SCOPE("1", "vm"));
	return -ENOENT;
}

/* It comes after VMs were listed for the first time: whose it is, is known all the same. */
START_TEST(test_meanwhile)
{
	it.manager.get_banned_cpus = start_meanwhile;
	probe(0);
	ck_assert_str_eq(seen(KNOB_ALLOWED), "init.scope=- machine.slice/machine-qemu\\x2d1\\x2dvm.scope=-!0 "
					     "system.slice=- user.slice=0-5");
	ck_assert_str_eq(needs(), "user.slice=0-5");
}
END_TEST

/* A VM whose process nobody knows may be the one that has a claim and is about to start. */
START_TEST(test_awaited)
{
	put_group(SCOPE("1", "vm"), "");
	put_group("inside.slice", "");
	put_group("inside.slice/some.scope/libvirt", "");
	put_group(SCOPE("2", "other"), "");
	put_vm("other", 600, SCOPE("2", "other"));
	probe(0);
	ck_assert_str_eq(
		seen(KNOB_CPUSET), "init.scope=- inside.slice/some.scope=-!all " SCOPE("1", "vm") "=-!all " SCOPE(
					   "2", "other") "=-!needs system.slice=- user.slice=0-5");
	/* It runs; of others there is no more than their names. */
	put_group(SCOPE("3", "vm"), "");
	put_vm("vm", 500, SCOPE("3", "vm"));
	probe(0);
	ck_assert_str_eq(seen(KNOB_CPUSET),
		"init.scope=- inside.slice/some.scope=-!needs " SCOPE("1", "vm") "=-!needs " SCOPE(
			"2", "other") "=-!needs " SCOPE("3", "vm") "=-!0 system.slice=- user.slice=0-5");
}
END_TEST

/* Ways are those that VMs are below of, at any depth; no more than fit. */
START_TEST(test_ways)
{
	char path[64];

	put_group("vms.slice/vms-x.slice/machine-qemu-5-deep.scope", "");
	put_group("vms.slice/vms-y.slice", "");
	probe(0);
	ck_assert_uint_eq(it.knobs.n_ways, 2);
	ck_assert_str_eq(it.knobs.ways[0], "vms.slice");
	ck_assert_str_eq(it.knobs.ways[1], "vms.slice/vms-x.slice");
	for (int i = 0; i < KNOB_WAYS_MAX; i++) {
		(void)snprintf(path, sizeof(path), "w%d.slice/machine-qemu-%d-x.scope", i, i);
		put_group(path, "");
	}
	probe(0);
	ck_assert_uint_eq(it.knobs.n_ways, KNOB_WAYS_MAX);
}
END_TEST

/* Whoever a group is delegated to makes none below it a VM. */
START_TEST(test_forged)
{
	put_group("user.slice/user-1.slice/user@1.service/x.scope/libvirt", "");
	put_group("user.slice/user-1.slice/user@1.service/machine-qemu-1-x.scope", "");
	put_vm("evil", 800, "user.slice/user-1.slice/user@1.service/app.slice/x.scope");
	probe(0);
	ck_assert_str_eq(seen(KNOB_CPUSET), "init.scope=- system.slice=- user.slice=0-5");
}
END_TEST

/* Ours do not count, unless somebody else has changed them since. */
START_TEST(test_needs)
{
	struct knob *knob;

	put_known(KNOB_CPUSET, "system.slice", "", "0-3");
	put_known(KNOB_ALLOWED, "user.slice", "0-5", "0-3");
	put_known(KNOB_CPUSET, "web", "1,5", "1");
	knob = put_known(KNOB_CPUSET, "mine", "", "0-3");
	knob->last = knob->want;
	put_group("system.slice", "0-3");
	put_group("user.slice", "0-3");
	put_group("web", "1");
	put_group("mine", "0-2");
	put_group("all", "0-7");
	put_group("system.slice/a.service", "6");
	put_group("system.slice/a.service/deep/deeper", "7");
	probe(0);
	ck_assert_str_eq(needs(), "mine=0-2 system.slice/a.service/deep/deeper=7 system.slice/a.service=6 "
				  "user.slice=0-5 web=1,5");
}
END_TEST

/* A slice that a VM was in, and is no longer: what was turned in it is still to be given back. */
START_TEST(test_no_way_now)
{
	put_known(KNOB_ALLOWED, "vms.slice/db.service", "", "0-3");
	put_known(KNOB_CPUSET, "vms.slice/plain", "", "0-3");
	put_group("vms.slice", "");
	put_group("vms.slice/db.service", "0-3");
	put_group("vms.slice/plain", "0-3");
	put_group("vms.slice/other", "");
	put_unit("db.service", "0-3", 0);
	probe(0);
	ck_assert_str_eq(seen(KNOB_ALLOWED), "init.scope=- system.slice=- user.slice=0-5 vms.slice/db.service=0-3");
	ck_assert_str_eq(seen(KNOB_CPUSET), "init.scope=- system.slice=- user.slice=0-5 vms.slice/db.service=0-3 "
					    "vms.slice/plain=0-3 vms.slice=-");
}
END_TEST

/* Without the controller there is nothing to see below. */
START_TEST(test_no_controller)
{
	put_group("system.slice/a.service", "6");
	put("sys/fs/cgroup/system.slice/cgroup.subtree_control", "cpu cpusets memory\n");
	probe(0);
	ck_assert_str_eq(needs(), "user.slice=0-5");
}
END_TEST

START_TEST(test_needs_many)
{
	char path[64];

	for (int i = 0; i < KNOB_NEEDS_MAX + 3; i++) {
		(void)snprintf(path, sizeof(path), "sys/fs/cgroup/system.slice/%04d/cpuset.cpus", i);
		put(path, "6\n");
	}
	probe(0);
	ck_assert_uint_eq(it.knobs.n_needs, KNOB_NEEDS_MAX);
	ck_assert(is_noted("4 more control groups are bound"));
}
END_TEST

START_TEST(test_groups_many)
{
	char path[64];

	for (int i = 0; i < GROUPS_MAX; i++) {
		(void)snprintf(path, sizeof(path), "sys/fs/cgroup/system.slice/%04d", i);
		put_directory(it.scratch.fd, path);
	}
	probe(0);
	ck_assert(is_noted("4 more control groups than there is room for"));
}
END_TEST

/* Deep paths, and names that are as hostile as the kernel lets them be. */
START_TEST(test_hostile)
{
	static const char name[] = "sys/fs/cgroup/ \033[2J=,;.slice/cpuset.cpus";
	char path[3000] = "sys/fs/cgroup/system.slice";

	for (int i = 0; i < 10; i++) {
		char file[4096];

		strcat(path, "/");
		memset(path + strlen(path), 0, 1);
		for (int j = 0; j < 60; j++)
			strcat(path, "d");
		(void)snprintf(file, sizeof(file), "%s/cgroup.subtree_control", path);
		put(file, "cpuset\n");
		(void)snprintf(file, sizeof(file), "%s/cpuset.cpus", path);
		put(file, "6\n");
	}
	put(name, "1\n");
	put_group("odd.slice", "a-b");
	put_unit(" \033[2J=,;.slice", "", -EINVAL);
	probe(0);
	ck_assert_uint_eq(it.knobs.n_needs, 8 + 2);
	ck_assert(is_noted("1 more control groups than there is room for"));
	ck_assert(is_noted("cannot read the CPUs of 1 control groups"));
	ck_assert_ptr_nonnull(knobs_find(&it.knobs, KNOB_CPUSET, " \033[2J=,;.slice"));
	ck_assert_ptr_null(knobs_find(&it.knobs, KNOB_ALLOWED, " \033[2J=,;.slice"));
}
END_TEST

/* systemd escapes a name that the kernel has a file for. */
START_TEST(test_escaped)
{
	put_group("_cpu.slice", "");
	put_unit("cpu.slice", "3", 0);
	probe(0);
	ck_assert_ptr_nonnull(knobs_find(&it.knobs, KNOB_ALLOWED, "_cpu.slice"));
}
END_TEST

START_TEST(test_no_systemd)
{
	it.manager.get_allowed_cpus = manager_recorded.get_allowed_cpus;
	probe(0);
	ck_assert_str_eq(seen(KNOB_ALLOWED), "");
	ck_assert_str_eq(seen(KNOB_DROPIN), "");
	ck_assert_str_eq(seen(KNOB_CPUSET), "init.scope=- system.slice=- user.slice=0-5");
}
END_TEST

/* It is asked once; what isolates is refused, and what gives back goes on without. */
START_TEST(test_silent)
{
	put_group("a.slice", "");
	put_group("b.slice", "");
	put_unit("a.slice", "", -ETIMEDOUT);
	put_unit("b.slice", "", -ETIMEDOUT);
	remove_all(it.scratch.fd, "sys/fs/cgroup/system.slice");
	remove_all(it.scratch.fd, "sys/fs/cgroup/user.slice");
	remove_all(it.scratch.fd, "sys/fs/cgroup/init.scope");
	probe(-ECANCELED);
	ck_assert(strstr(it.refusal.sentence, "cannot ask systemd which CPUs '"));
	ck_assert_uint_eq(it.n_asked, 1);
	it.claims.n_claims = 0;
	put_known(KNOB_ALLOWED, "a.slice", "", "0-3");
	put_known(KNOB_DEFAULT, "-", "0-7", "0-3");
	probe(0);
	ck_assert_uint_eq(it.n_asked, 2);
	ck_assert(is_noted("cannot ask systemd"));
	ck_assert_str_eq(seen(KNOB_ALLOWED), "");
	ck_assert_str_eq(seen(KNOB_CPUSET), "");
	ck_assert_str_eq(seen(KNOB_DEFAULT), "-=0-7");
}
END_TEST

static const char *const controllers[] = { NULL, "cpu io memory\n", "\n", "cpusets\n" };

START_TEST(test_no_hierarchy)
{
	if (controllers[_i])
		put("sys/fs/cgroup/cgroup.controllers", "%s", controllers[_i]);
	else
		remove_all(it.scratch.fd, "sys/fs/cgroup/cgroup.controllers");
	put("sys/fs/cgroup/cpuset/cpuset.cpus", "0-7\n");
	probe(-ECANCELED);
	ck_assert(strstr(it.refusal.sentence, "systemd.unified_cgroup_hierarchy=1"));
	ck_assert(strstr(it.refusal.sentence, "isolate='no'"));
	it.claims.claims[0].isolate = false;
	probe(0);
	ck_assert_uint_eq(it.notes.n, 0);
	put_known(KNOB_CPUSET, "x", "", "0-3");
	probe(0);
	ck_assert(is_noted("cannot look at the control groups"));
}
END_TEST

TCase *case_knobs_units(void)
{
	TCase *tcase = suite_case("knobs_units");

	tcase_add_checked_fixture(tcase, setup, knobs_host_teardown);
	tcase_add_test(tcase, test_root);
	add_rows(tcase, test_dropin, dropins);
	tcase_add_test(tcase, test_dropin_transient);
	add_rows(tcase, test_dropin_left, lefts);
	tcase_add_test(tcase, test_machines);
	tcase_add_test(tcase, test_runs);
	tcase_add_test(tcase, test_bound_way);
	tcase_add_test(tcase, test_partition);
	add_rows(tcase, test_partition_slice, partitions);
	tcase_add_test(tcase, test_elsewhere);
	tcase_add_test(tcase, test_meanwhile);
	tcase_add_test(tcase, test_awaited);
	tcase_add_test(tcase, test_ways);
	tcase_add_test(tcase, test_forged);
	tcase_add_test(tcase, test_needs);
	tcase_add_test(tcase, test_no_way_now);
	tcase_add_test(tcase, test_no_controller);
	tcase_add_test(tcase, test_needs_many);
	tcase_add_test(tcase, test_groups_many);
	tcase_add_test(tcase, test_hostile);
	tcase_add_test(tcase, test_escaped);
	tcase_add_test(tcase, test_no_systemd);
	tcase_add_test(tcase, test_silent);
	add_rows(tcase, test_no_hierarchy, controllers);
	return tcase;
}
