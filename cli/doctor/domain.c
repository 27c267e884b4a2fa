// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor: a domain against this host. What its start would be refused for is a failure, in the same words. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libvirt/libvirt.h>

#include "apply/handover.h"
#include "base/text.h"
#include "cli/doctor/domain.h"
#include "cli/live.h"
#include "cli/source.h"
#include "probe/daemon.h"
#include "probe/domain.h"
#include "probe/pinning.h"
#include "probe/topology.h"
#include "probe/traits.h"

#define BEHIND "; "

void doctor_report_refusal(
	struct doctor *doctor, const char *subject, const struct refusal *refusal, const char *remedy)
{
	const char *end = strstr(refusal->sentence, BEHIND);

	if (end)
		doctor_report(doctor, FINDING_FAIL, subject, end + strlen(BEHIND), "%.*s",
			(int)(end - refusal->sentence), refusal->sentence);
	else
		doctor_report(doctor, FINDING_FAIL, subject, remedy, "%s", refusal->sentence);
}

/* ---- what is read of it ---- */

static int parse(const struct source *source, struct domain_look *look, struct refusal *refusal)
{
	int r = domain_parse(source->xml, source->size, &look->domain, refusal);

	if (r == 0)
		r = pinning_parse(source->xml, source->size, &look->pinning, refusal);
	return r < 0 ? r : traits_parse(source->xml, source->size, &look->traits, refusal);
}

static struct finding_text describe_domain(const char *name)
{
	struct finding_text shown = { "" };
	struct text text;

	text_init(&text, shown.s, sizeof(shown.s));
	text_add(&text, "domain '");
	text_add_foreign(&text, name);
	text_add(&text, "'");
	return shown;
}

/* Returns 0, or below it when it was reported why there is nothing to look at. */
static int read_domain(struct domain_look *look, struct source *source)
{
	struct doctor *doctor = look->doctor;
	struct refusal refusal;
	int r = source_load(doctor->argument, doctor->recorded, source, &refusal);

	look->subject = describe_domain(doctor->argument);
	if (r == 0)
		r = parse(source, look, &refusal);
	if (r < 0) {
		doctor_report_refusal(doctor, look->subject.s, &refusal,
			source->xml ? "correct it with 'virsh edit'"
				    : "name a file of XML, or a domain of 'virsh -c " LIVE_URI " list --all'");
		return r;
	}
	look->subject = describe_domain(look->domain.name);
	look->runs = daemon_keeps_domain(doctor->host, look->domain.name) == 1;
	look->has_topology = topology_probe(doctor->host, doctor->sysroot, &look->topology) == 0;
	return 0;
}

/* ---- what the hook would do ---- */

static void report_taken(const struct domain_look *look, const struct plan *plan)
{
	struct finding_text taken, forgotten;
	struct text all, others;

	text_init(&all, taken.s, sizeof(taken.s));
	text_init(&others, forgotten.s, sizeof(forgotten.s));
	for (unsigned int i = 0; i < plan->n_taken; i++) {
		struct text *text = plan->taken[i].forgotten ? &others : &all;

		text_add(text, "%s%s", text->length ? ", " : "", address_text(plan->taken[i].address).s);
	}
	if (plan->n_taken == 0)
		doctor_report(look->doctor, FINDING_PASS, look->subject.s, NULL,
			"it has no PCI hostdev: starting it takes no card");
	else
		doctor_report(look->doctor, FINDING_PASS, look->subject.s, NULL,
			"its start would take %s, as 'gpu-handoff plan' shows", taken.s);
	if (others.length)
		doctor_report(look->doctor, FINDING_WARN, look->subject.s,
			"add them as hostdevs with 'virsh edit' if the guest is to have them",
			"%s are not in the domain, and leave the host with its card: they are of the same slot and "
			"IOMMU group",
			forgotten.s);
}

/* Returns whether the start would be refused, and fills the refusal. */
static bool look_plan(const struct domain_look *look, struct refusal *refusal)
{
	struct handover *handover = handover_new(look->doctor->host, NULL);
	struct outlook outlook;
	int r;

	if (!handover) {
		doctor_report(look->doctor, FINDING_WARN, look->subject.s, "free memory, and try again",
			"there is no memory for the plan of its start");
		return false;
	}
	r = handover_plan(handover, &look->domain, &outlook, refusal);
	if (r < 0)
		doctor_report_refusal(look->doctor, look->subject.s, refusal, "see 'gpu-handoff plan'");
	else
		report_taken(look, outlook.plan);
	handover_free(handover);
	return r < 0;
}

static void look_policy(const struct domain_look *look)
{
	const struct domain *domain = &look->domain;

	if (domain->has_policy && !domain->policy.problem[0])
		doctor_report(
			look->doctor, FINDING_PASS, look->subject.s, NULL, "the policy in its metadata is understood");
}

/* ---- what libvirt knows beside its XML ---- */

struct asked {
	char name[DOMAIN_NAME_SIZE];
};

static int ask_autostart(virConnectPtr connection, void *argument)
{
	const struct asked *asked = argument;
	virDomainPtr domain = virDomainLookupByName(connection, asked->name);
	int autostart = 0, r = domain ? virDomainGetAutostart(domain, &autostart) : -1;

	if (domain)
		virDomainFree(domain);
	return r < 0 ? -EIO : autostart;
}

/* The first card of the domain that nothing keeps the host off. */
static bool find_shared(const struct domain_look *look, struct card *ret)
{
	const struct doctor *doctor = look->doctor;
	const struct card_setting *setting;

	for (unsigned int i = 0; i < look->domain.n_hostdevs; i++) {
		if (card_find(&doctor->inventory, look->domain.hostdevs[i], ret) &&
			(card_settings_find(&doctor->settings.cards, &doctor->inventory, ret, &setting) <= 0 ||
				setting->mode == MODE_SHARED))
			return true;
	}
	return false;
}

/* Without an answer nothing is said: the check of libvirt says why. */
static void look_autostart(const struct domain_look *look)
{
	struct refusal unasked;
	struct asked asked;
	struct card card;

	memcpy(asked.name, look->domain.name, sizeof(asked.name));
	if (find_shared(look, &card) && live_ask(ask_autostart, &asked, sizeof(asked), &unasked) == 1)
		doctor_report(look->doctor, FINDING_PASS, look->subject.s, NULL,
			"it starts with the host, and takes %s from whoever has it by then: that card is shared; 'mode "
			"= kept-free' keeps the host off it, see gpu-handoff.conf(5)",
			address_text(card.gpu->address).s);
}

/* ---- all of it ---- */

static void look_all(struct domain_look *look)
{
	struct source source = { 0 };
	struct refusal refusal;
	bool refused;

	if (read_domain(look, &source) == 0) {
		look_policy(look);
		refused = look_plan(look, &refusal);
		doctor_look_devices(look);
		doctor_look_firmware(look);
		doctor_look_rules(look);
		doctor_look_pins(look);
		doctor_look_memory(look, refused ? refusal.sentence : NULL);
		if (!source.is_file)
			look_autostart(look);
	}
	free(source.xml);
}

static void look_domain(struct doctor *doctor)
{
	struct domain_look *look;

	if (!doctor->argument)
		return;
	look = calloc(1, sizeof(*look));
	if (!look) {
		doctor_report(doctor, FINDING_WARN, doctor->argument, "try again later",
			"there is no memory to look at the domain");
		return;
	}
	look->doctor = doctor;
	look_all(look);
	free(look);
}

const struct check check_domain = { .name = "domain", .look = look_domain };
