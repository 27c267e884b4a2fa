// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor: the processor virtualizes, firmware lets it, and the kernel has KVM. */
#include <stdio.h>

#include "cli/doctor/doctor.h"
#include "probe/cpuinfo.h"
#include "probe/module.h"

#define SUBJECT "virtualization"

struct look {
	struct doctor *doctor;
	const char *flag, *module, *setting; /* setting: what firmware calls it */
};

static void describe(const struct cpuinfo *cpuinfo, struct look *look)
{
	bool is_amd = cpuinfo->svm || (!cpuinfo->vmx && cpuinfo->maker == CPU_AMD);

	look->flag = is_amd ? "svm" : "vmx";
	look->module = is_amd ? "kvm_amd" : "kvm_intel";
	look->setting = is_amd ? "'SVM Mode'" : "'Intel Virtualization Technology' (VT-x)";
}

/* Information alone: VMs of this host do not need it. */
static const char *describe_nested(const struct host *host)
{
	static const char *const paths[] = { "module/kvm_intel/parameters/nested", "module/kvm_amd/parameters/nested" };
	char value[8];

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		if (attribute_read(host->sys, paths[i], value, sizeof(value)) > 0)
			return value[0] == 'Y' || value[0] == '1' ? "; VMs may have VMs of their own"
								  : "; VMs may not have VMs of their own";
	}
	return "";
}

static void report_flags(const struct look *look, const struct cpuinfo *cpuinfo)
{
	if (cpuinfo->hypervisor)
		doctor_report(look->doctor, FINDING_FAIL, SUBJECT,
			"have the hypervisor of this host give its processors nested virtualization",
			"this host is a virtual machine, and its processor shows neither vmx nor svm");
	else
		doctor_report(look->doctor, FINDING_FAIL, SUBJECT,
			finding_text("turn on %s in the firmware's setup, and power the host off and on", look->setting)
				.s,
			"/proc/cpuinfo has neither vmx nor svm: the firmware has virtualization off, which takes the "
			"flag away, or the processor has none");
}

/* The flag is there, and nothing has come of it. */
static void report_module(const struct look *look)
{
	enum module_state state = module_probe(look->doctor->host, look->module);
	struct doctor *doctor = look->doctor;
	char where[256];

	if (state == MODULE_ABSENT)
		doctor_report(doctor, FINDING_FAIL, SUBJECT,
			"boot a kernel that has it; some distributions have modules in a package of their own",
			"there is no /dev/kvm, and the running kernel has no module %s", look->module);
	else if (state <= MODULE_LOADABLE && module_find_ban(doctor->host, look->module, where, sizeof(where)) > 0)
		doctor_report(doctor, FINDING_FAIL, SUBJECT,
			finding_text("take %s out of it, and run 'modprobe %s' as root", look->module, look->module).s,
			"there is no /dev/kvm: %s keeps %s from being loaded", where, look->module);
	else
		doctor_report(doctor, FINDING_FAIL, SUBJECT,
			finding_text("run 'modprobe %s' as root; where that fails, turn on %s in the firmware's setup",
				look->module, look->setting)
				.s,
			"the processor has %s, but there is no /dev/kvm: %s", look->flag,
			state == MODULE_LOADABLE || state == MODULE_UNKNOWN
				? "nobody has loaded the module, or the firmware has virtualization off"
				: "the firmware has virtualization off");
}

static void look_virtualization(struct doctor *doctor)
{
	struct look look = { .doctor = doctor };
	struct cpuinfo cpuinfo = { .maker = CPU_OTHER };

	if (beneath_has(doctor->host->dev, "kvm")) {
		doctor_report(doctor, FINDING_PASS, SUBJECT, NULL,
			"/dev/kvm is there, so processor, firmware and kernel run VMs%s",
			describe_nested(doctor->host));
		return;
	}
	(void)cpuinfo_probe(doctor->host, &cpuinfo);
	describe(&cpuinfo, &look);
	if (cpuinfo.has_flags && !cpuinfo.vmx && !cpuinfo.svm)
		report_flags(&look, &cpuinfo);
	else if (doctor->host->dev < 0)
		return;
	else if (cpuinfo.has_flags)
		report_module(&look);
	else if (!doctor->recorded)
		/* ARM's kernels have KVM built in, and it needs EL2; POWER's is a module. */
		doctor_report(doctor, FINDING_FAIL, SUBJECT,
			"look into 'journalctl -k -g kvm'; on ARM the kernel has to be started at EL2, on POWER run "
			"'modprobe kvm_hv' as root",
			"there is no /dev/kvm");
}

const struct check check_virtualization = { .name = "virtualization", .look = look_virtualization };
