// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What doctor reads of the host as text: /proc/cpuinfo, the command line, lists of modules, modprobe.d, lockdown,
 * meminfo of a node, buddyinfo, names of libraries. What they find, the text has.
 */
#include "probe/cpuinfo.h"
#include "probe/init.h"
#include "probe/lockdown.h"
#include "probe/memory.h"
#include "probe/module.h"
#include "probe/parameter.h"
#include "tests/fuzz/fuzz.h"

static void promise_processor(const char *text)
{
	struct cpuinfo cpuinfo;

	memset(&cpuinfo, 0xa5, sizeof(cpuinfo));
	cpuinfo_parse(text, &cpuinfo);
	PROMISE(!cpuinfo.vmx || (cpuinfo.has_flags && strstr(text, "vmx")));
	PROMISE(!cpuinfo.svm || (cpuinfo.has_flags && strstr(text, "svm")));
	PROMISE(!cpuinfo.hypervisor || (cpuinfo.has_flags && strstr(text, "hypervisor")));
	PROMISE(cpuinfo.maker != CPU_INTEL || strstr(text, "GenuineIntel"));
}

static void promise_words(const char *text)
{
	PROMISE(!parameters_have(text, "iommu", "off") ||
		(parameters_have(text, "iommu", NULL) && strstr(text, "off")));
	PROMISE(!parameters_have(text, "intel_iommu", "on") || strstr(text, "iommu="));
	PROMISE(!modules_have(text, "vfio-pci") || strstr(text, ".ko"));
	PROMISE(!modprobe_bans(text, "vfio-pci") || strstr(text, "blacklist") || strstr(text, "install"));
}

static void promise_memory(const char *text)
{
	uint64_t kib = 0, larger = 0;

	PROMISE(node_meminfo_parse(text, "MemFree", &kib) == 0 || kib == 0);
	kib = 0;
	if (buddyinfo_parse(text, 0, 1 << 20, 2048, &kib) < 0)
		return;
	PROMISE(buddyinfo_parse(text, 0, 1 << 20, 4096, &larger) == 0);
	PROMISE(larger <= kib);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size);
	enum lockdown lockdown = LOCKDOWN_NONE;

	promise_processor(text);
	promise_words(text);
	promise_memory(text);
	PROMISE(lockdown_parse(text, &lockdown) == 0 || lockdown == LOCKDOWN_NONE);
	PROMISE(systemd_parse_library(text) <= 100000);
	free(text);
	return 0;
}
