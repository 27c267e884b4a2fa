// SPDX-License-Identifier: GPL-2.0-or-later
#include "xmlgen/rules.h"

#include <string.h>

#include "model/policy.h"
#include "probe/document.h"

static const struct rule rules[] = {
	{ "memoryBacking", WAY_INTO, NULL },
	{ "memoryBacking/hugepages", WAY_REPLACE, NULL },
	{ "memoryBacking/source", WAY_REPLACE, NULL },
	{ "memoryBacking/access", WAY_REPLACE, NULL },
	{ "memoryBacking/*", WAY_ENSURE, NULL },
	{ "iothreads", WAY_ENSURE, NULL },
	{ "cputune", WAY_INTO, NULL },
	{ "cputune/vcpupin", WAY_REPLACE, NULL },
	{ "cputune/emulatorpin", WAY_REPLACE, NULL },
	{ "cputune/iothreadpin", WAY_REPLACE, NULL },
	{ "numatune", WAY_REPLACE, NULL },
	{ "features", WAY_INTO, NULL },
	{ "features/hyperv", WAY_INTO_KEPT, NULL },
	{ "features/hyperv/*", WAY_ENSURE, NULL },
	{ "features/kvm", WAY_INTO_KEPT, NULL },
	{ "features/kvm/*", WAY_ENSURE, NULL },
	{ "features/*", WAY_ENSURE, NULL },
	{ "cpu", WAY_INTO, NULL },
	{ "cpu/topology", WAY_REPLACE, NULL },
	{ "cpu/cache", WAY_REPLACE, NULL },
	{ "cpu/maxphysaddr", WAY_REPLACE, NULL },
	{ "cpu/numa", WAY_REPLACE_OR_NONE, NULL },
	{ "cpu/feature", WAY_ENSURE, "name" },
	{ "clock", WAY_INTO_KEPT, NULL },
	{ "clock/timer", WAY_ENSURE, "name" },
	{ "metadata", WAY_INTO, NULL },
	{ "metadata/policy", WAY_INTO_KEPT, NULL },
	{ "metadata/policy/holders", WAY_ENSURE, NULL },
	{ "metadata/policy/cpus", WAY_FILL, NULL },
	{ "metadata/policy/hugepages", WAY_FILL, NULL },
	{ "metadata/*", WAY_ENSURE, NULL },
};

/* Whether the path is the rule's, the last name of which may be *. */
static bool is_of(const char *path, const char *pattern)
{
	size_t length = strlen(pattern);

	if (pattern[length - 1] != '*')
		return strcmp(path, pattern) == 0;
	return strncmp(path, pattern, length - 1) == 0 && !strchr(path + length - 1, '/');
}

const struct rule *rule_find(const char *path)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (is_of(path, rules[i].path))
			return &rules[i];
	}
	return NULL;
}

/* src/conf/domain_conf.c: virDomainDefFormatInternalSetRootName() */
static const char *const order[] = {
	"name",
	"uuid",
	"genid",
	"title",
	"description",
	"metadata",
	"maxMemory",
	"memory",
	"currentMemory",
	"blkiotune",
	"memtune",
	"memoryBacking",
	"vcpu",
	"vcpus",
	"iothreads",
	"iothreadids",
	"defaultiothread",
	"cputune",
	"numatune",
	"resource",
	"sysinfo",
	"bootloader",
	"bootloader_args",
	"os",
	"idmap",
	"features",
	"cpu",
	"clock",
	"on_poweroff",
	"on_reboot",
	"on_crash",
	"on_lockfailure",
	"pm",
	"perf",
	"devices",
	"seclabel",
	"keywrap",
	"launchSecurity",
};
_Static_assert(sizeof(order) / sizeof(order[0]) == RULE_ORDERS, "another number of elements");

size_t rule_order(const xmlNode *node)
{
	for (size_t i = 0; i < RULE_ORDERS; i++) {
		if (element_is(node, order[i]))
			return i;
	}
	return RULE_ORDERS;
}

/*
 * What a feature of Hyper-V stands on: QEMU ends without it (docs/system/i386/hyperv.rst). One that the domain has
 * switched off takes along those above it.
 */
static const struct {
	const char *feature, *needs;
} needs[] = {
	{ "synic", "vpindex" },
	{ "stimer", "synic" },
	{ "stimer", "vpindex" },
	{ "tlbflush", "vpindex" },
	{ "ipi", "vpindex" },
};

static const xmlNode *find_timer(const xmlNode *domain, const char *name)
{
	const xmlNode *clock = domain ? element_child(domain, "clock") : NULL;

	for (const xmlNode *node = clock ? clock->children : NULL; node; node = node->next) {
		if (element_is(node, "timer") && element_has(node, "name", name))
			return node;
	}
	return NULL;
}

bool rule_has_clock(const xmlNode *domain, const xmlNode *wanted)
{
	const xmlNode *timer = find_timer(domain, "hypervclock");

	if (!timer)
		timer = find_timer(wanted, "hypervclock");
	return timer && !element_has(timer, "present", "no");
}

static bool forbids_hyperv(const xmlNode *hyperv, const xmlNode *wanted)
{
	/* passthrough, host-model: libvirt chooses. */
	if (xmlHasNsProp(hyperv, (const xmlChar *)"mode", NULL) && !element_has(hyperv, "mode", "custom"))
		return true;
	if (element_is(wanted, "stimer") && !rule_has_clock(hyperv->parent->parent, wanted->parent->parent->parent))
		return true;
	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++) {
		const xmlNode *needed = element_child(hyperv, needs[i].needs);

		if (element_is(wanted, needs[i].feature) && needed && element_has(needed, "state", "off"))
			return true;
	}
	return false;
}

static bool is_ascii(const xmlChar *text)
{
	while (*text && *text < 0x80)
		text++;
	return !*text;
}

/*
 * A policy without holders leaves them to the host; what one of another version means is not known; and a prefix is
 * written in any encoding, though a name has no character references.
 */
static bool forbids_policy(const xmlNode *policy, const xmlNode *wanted)
{
	return strcmp((const char *)wanted->name, "holders") == 0 || !element_has(policy, "version", POLICY_VERSION) ||
	       (policy->ns && policy->ns->prefix && !is_ascii(policy->ns->prefix));
}

bool rule_forbids(const char *path, const xmlNode *parent, const xmlNode *wanted)
{
	if (strncmp(path, "features/hyperv/", strlen("features/hyperv/")) == 0)
		return forbids_hyperv(parent, wanted);
	if (strncmp(path, "metadata/policy/", strlen("metadata/policy/")) == 0)
		return forbids_policy(parent, wanted);
	/* These are iothreads, too. */
	if (strcmp(path, "iothreads") == 0)
		return element_child(parent, "iothreadids");
	return false;
}
