// SPDX-License-Identifier: GPL-2.0-or-later
/* Who and what uses a card, and what the plan does about it. The sentences are in tests/golden/holders.txt. */
#include "plan/hold.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/golden.h"
#include "tests/unit/plan/plan.h"

#define GPU                                                                                                            \
	{                                                                                                              \
		0, 1, 0, 0                                                                                             \
	}
#define SOUND                                                                                                          \
	{                                                                                                              \
		0, 1, 0, 1                                                                                             \
	}
#define OTHER                                                                                                          \
	{                                                                                                              \
		0, 2, 0, 0                                                                                             \
	}

static struct inventory inventory;
static struct occupancy occupancy;
static struct plan plan, undo;
static struct notes notes;
static struct refusal refusal;
static struct settings settings;

/* The nodes that there are, each with its number in the occupancy. */
enum {
	ON_GPU,
	ON_RENDER,
	ON_SOUND,
	ON_OTHER,
	ON_CTL,
	ON_MODESET,
	ON_TTY,
	ON_NODES_,
};

static const struct node nodes[ON_NODES_] = {
	[ON_GPU] = { .major = 195, .minor = 0, .owner = GPU, .name = "/dev/nvidia0" },
	[ON_RENDER] = { .major = 226, .minor = 128, .owner = GPU, .name = "/dev/dri/renderD128" },
	[ON_SOUND] = { .major = 116, .minor = 5, .owner = SOUND, .name = "/dev/snd/controlC1" },
	[ON_OTHER] = { .major = 195, .minor = 1, .owner = OTHER, .name = "/dev/nvidia1" },
	[ON_CTL] = { .reach = NODE_SHARED, .major = 195, .minor = 255, .name = "/dev/nvidiactl" },
	[ON_MODESET] = { .reach = NODE_SHARED, .major = 195, .minor = 254, .name = "/dev/nvidia-modeset" },
	[ON_TTY] = { .reach = NODE_CONSOLE, .major = 4, .minor = 1, .owner = GPU, .name = "/dev/tty1" },
};

/* A card of two functions, and another one. The domain names the first. */
static const struct domain domain = { .name = "gpuvm", .n_hostdevs = 2, .hostdevs = { GPU, SOUND } };

static void make_host(void)
{
	static const struct function functions[] = {
		{ .address = GPU, .class_code = 0x030000, .iommu_group = 1, .driver = "nvidia" },
		{ .address = SOUND, .class_code = 0x040300, .iommu_group = 1, .driver = "snd_hda_intel" },
		{ .address = OTHER, .class_code = 0x030000, .iommu_group = 2, .driver = "nvidia" },
	};

	memset(&occupancy, 0, sizeof(occupancy));
	inventory.n_functions = 0;
	settings_init(&settings);
	for (int i = 0; i < COUNT(functions); i++) {
		struct function function = functions[i];

		(void)strcpy(function.driver_override, OVERRIDE_NONE);
		(void)strcpy(function.power_control, "auto");
		(void)strcpy(function.d3cold_allowed, "1");
		ck_assert_int_eq(inventory_put(&inventory, &function), 0);
		ck_assert_int_eq(inventory_put(&occupancy.functions, &function), 0);
	}
	for (int i = 0; i < ON_NODES_; i++) {
		occupancy.nodes.nodes[i] = nodes[i];
		/* There is a DRM device only where a row wants it. */
		occupancy.nodes.nodes[i].major = nodes[i].major == 226 ? 0 : nodes[i].major;
	}
	occupancy.nodes.n_nodes = ON_NODES_;
	occupancy.nvidia = (struct nvidia){ .loaded = true, .version = { 580, 105, 8 }, .msi = NVIDIA_YES };
}

static int take(const char *action)
{
	struct domain asking = domain;
	const struct situation situation = {
		.inventory = &inventory, .module_loaded = true, .occupancy = &occupancy, .settings = &settings
	};

	ck_assert_int_eq(policy_set_action(&asking.policy, action), 0);
	return plan_take(&asking, &situation, &plan, &notes, &refusal);
}

/* What the plan does besides moving drivers: "stop gdm.service, end 2, start gdm.service". */
static const char *seen_steps(void)
{
	static char seen[4096];

	seen[0] = '\0';
	for (unsigned int i = 0; i < plan.n_steps; i++) {
		const struct step *step = &plan.steps[i];

		if (step->kind == STEP_STOP || step->kind == STEP_END || step->kind == STEP_START)
			(void)sprintf(seen + strlen(seen), "%s%s %s", seen[0] ? ", " : "", step_kind_name(step->kind),
				step->kind == STEP_START ? step->new : step->old);
		if (step->kind == STEP_PERSISTENCE)
			(void)sprintf(seen + strlen(seen), "%spersistence %s %s-%s", seen[0] ? ", " : "",
				address_text(step->target).s, step->old, step->new);
	}
	return seen;
}

static struct holder *put_holder(const struct holder *holder, int node)
{
	struct holder *put = &occupancy.holders.holders[occupancy.holders.n_holders++];

	*put = *holder;
	if (node >= 0)
		node_set_add(&put->opened, (unsigned int)node);
	return put;
}

/* ---- processes ---- */

static const struct holder people[] = {
	{ .pid = 812, .command = "Xorg", .unit = { UNIT_SERVICE, UNIT_NO_UID, "gdm.service" } },
	{ .pid = 813, .command = "Xwayland", .unit = { UNIT_SERVICE, UNIT_NO_UID, "gdm.service" } },
	{ .pid = 640, .command = "nvidia-persiste", .unit = { UNIT_SERVICE, 0, "nvidia-persistenced.service" } },
	{ .pid = 641, .command = "nvidia-powerd", .unit = { UNIT_SERVICE, 0, "nvidia-powerd.service" } },
	{ .pid = 500, .command = "systemd-logind", .unit = { UNIT_SERVICE, 0, "systemd-logind.service" } },
	{ .pid = 501, .command = "virtqemud", .unit = { UNIT_SERVICE, 0, "virtqemud.service" } },
	{ .pid = 2001, .command = "blender", .uid = 1000, .unit = { UNIT_SESSION, 1000, "session-2.scope" } },
	{ .pid = 2002, .command = "glxgears", .uid = 1000, .unit = { UNIT_SESSION, 1000, "session-2.scope" } },
	{ .pid = 2003, .command = "greeter", .uid = 117, .unit = { UNIT_SESSION, 117, "session-c1.scope" } },
	{ .pid = 3001,
		.command = "gnome-shell",
		.uid = 1000,
		.unit = { UNIT_USER_SERVICE, 1000, "org.gnome.Shell@wayland.service" } },
	{ .pid = 3002, .command = "lost", .uid = 1000, .unit = { UNIT_USER_SERVICE, UNIT_NO_UID, "a.service" } },
	{ .pid = 3003, .command = "nameless", .unit = { UNIT_SESSION, UNIT_NO_UID, "session-.scope" } },
	{ .pid = 4001, .command = "python3", .uid = 1000, .unit = { UNIT_CONTAINER, UNIT_NO_UID, "3f1c9a" } },
	{ .pid = 4002, .command = "qemu-system-x86", .unit = { UNIT_MACHINE, UNIT_NO_UID, "win11" } },
	{ .pid = 4003, .command = "nvtop", .uid = 33, .unit = { UNIT_NONE, UNIT_NO_UID, "" } },
	{ .pid = 4004, .command = "daemon", .unit = { UNIT_OTHER, UNIT_NO_UID, "init.scope" } },
	{ .pid = 5001, .command = "nv-hostengine", .unit = { UNIT_SERVICE, 0, "dcgm.service" } },
};

enum {
	XORG,
	XWAYLAND,
	PERSISTENCED,
	POWERD,
	LOGIND,
	VIRTQEMUD,
	BLENDER,
	GEARS,
	GREETER,
	SHELL,
	LOST,
	NAMELESS,
	CONTAINER,
	MACHINE,
	STRANGER,
	SCOPE,
	DCGM,
	NOBODY = -1,
};

#define RESTART_PERSISTENCED "stop nvidia-persistenced.service, start nvidia-persistenced.service"

/* Who has what, and what is done by each action; NULL for a refusal. */
static const struct {
	const char *what;
	struct {
		int who, node;
	} holders[6];
	const char *refuse, *stop;
} rows[] = {
	{ "nobody", { { NOBODY, 0 } }, "", "" },
	{ "a service", { { XORG, ON_GPU }, { NOBODY, 0 } }, NULL, "stop gdm.service" },
	{ "two of one service", { { XORG, ON_GPU }, { XWAYLAND, ON_SOUND }, { NOBODY, 0 } }, NULL, "stop gdm.service" },
	{ "logind", { { LOGIND, ON_RENDER }, { NOBODY, 0 } }, NULL, NULL },
	{ "who calls us", { { VIRTQEMUD, ON_GPU }, { NOBODY, 0 } }, NULL, NULL },
	{ "persistenced", { { PERSISTENCED, ON_GPU }, { NOBODY, 0 } }, RESTART_PERSISTENCED, RESTART_PERSISTENCED },
	{ "both of NVIDIA's", { { PERSISTENCED, ON_GPU }, { POWERD, ON_GPU }, { NOBODY, 0 } },
		"stop nvidia-persistenced.service, stop nvidia-powerd.service, start nvidia-persistenced.service, "
		"start "
		"nvidia-powerd.service",
		"stop nvidia-persistenced.service, stop nvidia-powerd.service, start nvidia-persistenced.service, "
		"start "
		"nvidia-powerd.service" },
	{ "persistenced and a service", { { PERSISTENCED, ON_GPU }, { XORG, ON_GPU }, { NOBODY, 0 } }, NULL,
		"stop nvidia-persistenced.service, stop gdm.service, start nvidia-persistenced.service" },
	{ "one of the configuration", { { DCGM, ON_GPU }, { NOBODY, 0 } }, "stop dcgm.service, start dcgm.service",
		"stop dcgm.service, start dcgm.service" },
	{ "a session", { { BLENDER, ON_GPU }, { NOBODY, 0 } }, NULL, "end 2" },
	{ "two of one session", { { BLENDER, ON_GPU }, { GEARS, ON_RENDER }, { NOBODY, 0 } }, NULL, "end 2" },
	{ "a greeter's", { { GREETER, ON_GPU }, { NOBODY, 0 } }, NULL, "end c1" },
	{ "a person's service", { { SHELL, ON_RENDER }, { NOBODY, 0 } }, NULL, "end user 1000" },
	{ "one whose person is not told", { { LOST, ON_GPU }, { NOBODY, 0 } }, NULL, NULL },
	{ "a session without a name", { { NAMELESS, ON_GPU }, { NOBODY, 0 } }, NULL, NULL },
	{ "a container", { { CONTAINER, ON_GPU }, { NOBODY, 0 } }, NULL, NULL },
	{ "a VM", { { MACHINE, ON_SOUND }, { NOBODY, 0 } }, NULL, NULL },
	{ "in no unit", { { STRANGER, ON_GPU }, { NOBODY, 0 } }, NULL, NULL },
	{ "in another scope", { { SCOPE, ON_GPU }, { NOBODY, 0 } }, NULL, NULL },
	{ "a console", { { BLENDER, ON_TTY }, { NOBODY, 0 } }, NULL, "end 2" },
	{ "a service and a container", { { XORG, ON_GPU }, { CONTAINER, ON_GPU }, { NOBODY, 0 } }, NULL, NULL },
	{ "two strangers among others",
		{ { PERSISTENCED, ON_GPU }, { XORG, ON_GPU }, { STRANGER, ON_GPU }, { CONTAINER, ON_RENDER },
			{ NOBODY, 0 } },
		NULL, NULL },
	{ "more than are named",
		{ { XORG, ON_GPU }, { BLENDER, ON_RENDER }, { SHELL, ON_GPU }, { DCGM, ON_GPU }, { GREETER, ON_GPU },
			{ NOBODY, 0 } },
		NULL, "stop gdm.service, end 2, end user 1000, stop dcgm.service, end c1, start dcgm.service" },
	{ "of both functions", { { XORG, ON_GPU }, { BLENDER, ON_SOUND }, { NOBODY, 0 } }, NULL,
		"end 2, stop gdm.service" },
	{ "only what all share", { { CONTAINER, ON_CTL }, { STRANGER, ON_CTL }, { NOBODY, 0 } }, "", "" },
	{ "only the other card",
		{ { STRANGER, ON_OTHER }, { XORG, ON_OTHER }, { PERSISTENCED, ON_OTHER }, { NOBODY, 0 } }, "", "" },
};

static void take_row(int row, const char *action)
{
	const char *expected = strcmp(action, "stop") == 0 ? rows[row].stop : rows[row].refuse;
	int r;

	make_host();
	ck_assert_int_eq(settings_add_restarted(&settings, "dcgm.service"), 0);
	for (int i = 0; rows[row].holders[i].who != NOBODY; i++)
		(void)put_holder(&people[rows[row].holders[i].who], rows[row].holders[i].node);
	r = take(action);
	ck_assert_msg(r == (expected ? 0 : -ECANCELED), "%s, %s: %s", rows[row].what, action,
		r ? refusal.sentence : seen_steps());
	if (expected)
		ck_assert_str_eq(seen_steps(), expected);
	else
		ck_assert_str_eq(refusal_reason_name(refusal.reason), "held");
}

START_TEST(test_row)
{
	take_row(_i, "refuse");
	take_row(_i, "stop");
}
END_TEST

/* As the issue has it. */
START_TEST(test_issue)
{
	make_host();
	(void)put_holder(&people[XORG], ON_GPU);
	ck_assert_int_eq(take("refuse"), -ECANCELED);
	ck_assert_str_eq(refusal.sentence,
		"'0000:01:00.0' is used by Xorg (pid 812, gdm.service) through /dev/nvidia0; "
		"stop it, or set holders action='stop'");
}
END_TEST

/* ---- what no process has ---- */

static void with_vectors(void)
{
	occupancy.activity.functions[0].vectors = 6;
}

static void with_drm(void)
{
	with_vectors();
	occupancy.nodes.nodes[ON_RENDER].major = 226;
	occupancy.nvidia.drm = true;
	occupancy.nvidia.modeset = NVIDIA_YES;
}

static void persistence_on(void)
{
	with_vectors();
	occupancy.persistences[0] = (struct persistence){ GPU, true };
	occupancy.n_persistences = 1;
}

static void persistence_off(void)
{
	persistence_on();
	occupancy.persistences[0].enabled = false;
}

static void persistence_of_other(void)
{
	persistence_on();
	occupancy.persistences[0].address = (struct address)OTHER;
}

static void held_and_persistent(void)
{
	persistence_on();
	(void)put_holder(&people[PERSISTENCED], ON_GPU);
}

static void drm_570(void)
{
	with_drm();
	occupancy.nvidia.version = (struct nvidia_version){ 570, 86, 15 };
}

static void drm_570_no_modeset(void)
{
	drm_570();
	occupancy.activity.functions[0].vectors = 0;
	occupancy.nvidia.modeset = NVIDIA_NO;
}

static void drm_570_not_this(void)
{
	drm_570();
	occupancy.activity.functions[0].vectors = 0;
	occupancy.nodes.nodes[ON_RENDER].owner = (struct address)OTHER;
}

static void drm_untold_modeset(void)
{
	drm_570();
	occupancy.nvidia.modeset = NVIDIA_UNTOLD;
}

static void drm_untold_version(void)
{
	with_drm();
	occupancy.nvidia.version = (struct nvidia_version){ 0, 0, 0 };
}

static void drm_595(void)
{
	with_drm();
	occupancy.nvidia.version = (struct nvidia_version){ 595, 45, 4 };
}

/* Whom its references would hide: where those are lost in remove(), that is no risk to take. */
static void modeset_595(void)
{
	drm_595();
	(void)put_holder(&people[CONTAINER], ON_MODESET);
}

static void modeset_580(void)
{
	with_drm();
	(void)put_holder(&people[CONTAINER], ON_MODESET);
}

static void control_595(void)
{
	drm_595();
	(void)put_holder(&people[CONTAINER], ON_CTL);
}

static void dma_buf_595(void)
{
	drm_595();
	put_holder(&people[CONTAINER], ON_CTL)->dma_buf = true;
}

static void drm_no_modeset(void)
{
	with_drm();
	occupancy.nvidia.modeset = NVIDIA_NO;
}

static void uvm(void)
{
	with_vectors();
	occupancy.activity.functions[0].uvm = UVM_REGISTERED;
}

static void uvm_with_suspects(void)
{
	uvm();
	(void)put_holder(&people[CONTAINER], ON_CTL);
	put_holder(&people[STRANGER], -1)->dma_buf = true;
	(void)put_holder(&people[XORG], ON_OTHER);
}

static void uvm_drm(void)
{
	drm_595();
	occupancy.activity.functions[0].uvm = UVM_REGISTERED;
}

static void uvm_untold_idle(void)
{
	occupancy.activity.functions[0].uvm = UVM_UNKNOWN;
}

static void uvm_untold_no_msi(void)
{
	uvm_untold_idle();
	occupancy.nvidia.msi = NVIDIA_NO;
}

static void uvm_untold_at_work(void)
{
	uvm_untold_idle();
	with_vectors();
}

/* nvidia_drm's own references explain the vectors, so that they do not tell of UVM. */
static void uvm_untold_drm(void)
{
	drm_595();
	uvm_untold_idle();
}

static void drm_client(void)
{
	occupancy.activity.clients[0] = (struct client){ .kind = CLIENT_DRM, .owner = GPU, .pid = 812 };
	occupancy.activity.n_clients = 1;
}

static void drm_client_of_amd(void)
{
	drm_client();
	(void)strcpy(inventory.functions[0].driver, "amdgpu");
	(void)strcpy(occupancy.functions.functions[0].driver, "amdgpu");
}

static void sound_client(void)
{
	drm_client();
	occupancy.activity.clients[0].kind = CLIENT_SOUND;
}

static void client_of_other(void)
{
	drm_client();
	occupancy.activity.clients[0].owner = (struct address)OTHER;
}

static void use(void)
{
	activity_add_use(&occupancy.activity, (struct address)SOUND, "the interface", "eth1\n", "is up");
}

static void use_of_other(void)
{
	activity_add_use(&occupancy.activity, (struct address)OTHER, "the interface", "eth1", "is up");
}

static void vectors_of_sound(void)
{
	occupancy.activity.functions[1].vectors = 1;
}

static void vectors_of_other(void)
{
	occupancy.activity.functions[2].vectors = 6;
	occupancy.activity.functions[2].uvm = UVM_REGISTERED;
}

/* Who would be the 257th is not known. */
static void too_many_holders(void)
{
	occupancy.holders.n_more = 3;
}

/* Its minor number is not told, so that who has /dev/nvidia0 open may have this one. */
static void minor_untold(void)
{
	drm_595();
	occupancy.nodes.nodes[ON_GPU].reach = NODE_SHARED;
	occupancy.nodes.nodes[ON_GPU].owner = (struct address){ 0 };
	(void)put_holder(&people[CONTAINER], ON_GPU);
}

#define PERSISTENCE "persistence 0000:01:00.0 1-0"

static const struct {
	const char *what;
	void (*make)(void);
	const char *expected; /* NULL for a refusal */
	const char *reason;
} facts[] = {
	{ "vectors", with_vectors, NULL, "held" },
	{ "persistence mode", persistence_on, PERSISTENCE, "" },
	{ "persistence mode off", persistence_off, NULL, "held" },
	{ "persistence mode of the other card", persistence_of_other, NULL, "held" },
	{ "persistence mode that persistenced has set", held_and_persistent, RESTART_PERSISTENCED, "" },
	{ "nvidia_drm of 570", drm_570, NULL, "driver" },
	{ "without modeset", drm_570_no_modeset, "", "" },
	{ "of another card", drm_570_not_this, "", "" },
	{ "modeset is not told", drm_untold_modeset, NULL, "held" },
	{ "the version is not told", drm_untold_version, NULL, "held" },
	{ "nvidia_drm of 580.105", with_drm, "", "" },
	{ "nvidia_drm of 595", drm_595, "", "" },
	{ "nvidia-modeset open beside nvidia_drm of 595", modeset_595, NULL, "held" },
	{ "a dma-buf beside nvidia_drm of 595", dma_buf_595, NULL, "held" },
	{ "nvidiactl open beside nvidia_drm of 595", control_595, "", "" },
	{ "nvidia-modeset open beside nvidia_drm of 580.105", modeset_580, "", "" },
	{ "nvidia_drm of 580.105 without modeset", drm_no_modeset, NULL, "held" },
	{ "UVM", uvm, NULL, "held" },
	{ "UVM with suspects", uvm_with_suspects, NULL, "held" },
	{ "UVM beside nvidia_drm", uvm_drm, NULL, "held" },
	{ "UVM may have it, and it is idle", uvm_untold_idle, "", "" },
	{ "idle means nothing without MSI", uvm_untold_no_msi, NULL, "held" },
	{ "UVM may have it", uvm_untold_at_work, NULL, "held" },
	{ "UVM may have it beside nvidia_drm", uvm_untold_drm, NULL, "held" },
	{ "a DRM client", drm_client, NULL, "held" },
	{ "a DRM client of an AMD card", drm_client_of_amd, NULL, "held" },
	{ "a sound client", sound_client, "", "" },
	{ "a client of the other card", client_of_other, "", "" },
	{ "an interface", use, NULL, "held" },
	{ "an interface of the other card", use_of_other, "", "" },
	{ "vectors of another driver", vectors_of_sound, "", "" },
	{ "the other card at work", vectors_of_other, "", "" },
	{ "more holders than can be told", too_many_holders, NULL, "held" },
	{ "the minor number is not told", minor_untold, NULL, "held" },
};

START_TEST(test_fact)
{
	static const char *const actions[] = { "refuse", "stop" };

	for (int i = 0; i < COUNT(actions); i++) {
		int r;

		make_host();
		facts[_i].make();
		r = take(actions[i]);
		ck_assert_msg(r == (facts[_i].expected ? 0 : -ECANCELED), "%s: %s", facts[_i].what,
			r ? refusal.sentence : seen_steps());
		if (facts[_i].expected)
			ck_assert_str_eq(seen_steps(), facts[_i].expected);
		else
			ck_assert_str_eq(refusal_reason_name(refusal.reason), facts[_i].reason);
	}
}
END_TEST

/* ---- sentences ---- */

static void print_row(FILE *stream, int row, const char *action)
{
	const char *expected = strcmp(action, "stop") == 0 ? rows[row].stop : rows[row].refuse;
	static const struct function functions[] = { { .address = SOUND, .driver = "snd_hda_intel" },
		{ .address = GPU, .driver = "nvidia" } };

	if (!expected) {
		take_row(row, action);
		(void)fprintf(stream, "%s, %s: %s\n", rows[row].what, action, refusal.sentence);
	}
	/* As it is found right before the unbind, where nothing is left to be stopped. */
	if (strcmp(action, "stop") != 0)
		return;
	take_row(row, action);
	for (int i = 0; i < COUNT(functions); i++) {
		if (plan_check_free(&functions[i], &occupancy, &refusal) < 0)
			(void)fprintf(stream, "%s, free: %s\n", rows[row].what, refusal.sentence);
	}
}

START_TEST(test_sentences)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	for (int i = 0; i < COUNT(rows); i++) {
		print_row(stream, i, "refuse");
		print_row(stream, i, "stop");
	}
	for (int i = 0; i < COUNT(facts); i++) {
		make_host();
		facts[i].make();
		if (take("refuse") < 0)
			(void)fprintf(stream, "%s: %s\n", facts[i].what, refusal.sentence);
	}
	(void)fclose(stream);
	golden_check("holders.txt", text);
	free(text);
}
END_TEST

/* The longest names there are: a whole sentence with its way out all the same. */
START_TEST(test_longest)
{
	struct holder holder = { .pid = 2147483647, .unit = { .kind = UNIT_CONTAINER } };

	make_host();
	memset(holder.command, 'c', sizeof(holder.command) - 1);
	memset(holder.unit.name, 'u', sizeof(holder.unit.name) - 1);
	memset(occupancy.nodes.nodes[ON_GPU].name, 'n', NODE_NAME_SIZE - 1);
	for (int i = 0; i < 100; i++)
		(void)put_holder(&holder, ON_GPU);
	ck_assert_int_eq(take("stop"), -ECANCELED);
	ck_assert_ptr_nonnull(strstr(refusal.sentence, " and by 97 more; "));
	ck_assert_ptr_nonnull(strstr(refusal.sentence, "that may be stopped for you"));
	/* Room for what a rollback adds to it. */
	ck_assert_uint_lt(strlen(refusal.sentence), sizeof(refusal.sentence) - 150);
	occupancy.holders.n_holders = 0;
	for (int i = 0; i < 100; i++)
		(void)put_holder(&holder, ON_CTL);
	with_vectors();
	ck_assert_int_eq(take("stop"), -ECANCELED);
	ck_assert_ptr_nonnull(strstr(refusal.sentence, "'nvidia-smi -i 0000:01:00.0 -pm 0'"));
}
END_TEST

/* Stopped is nobody whom the host cannot be without, whatever the configuration says. */
START_TEST(test_protected)
{
	make_host();
	ck_assert_int_eq(settings_add_restarted(&settings, "virtqemud.service"), 0);
	(void)put_holder(&people[VIRTQEMUD], ON_GPU);
	ck_assert_int_eq(take("refuse"), -ECANCELED);
	ck_assert_int_eq(take("stop"), -ECANCELED);
}
END_TEST

/* A domain's policy that is not understood is followed by nobody. */
START_TEST(test_problem)
{
	make_host();
	(void)strcpy(settings.policy.problem, "it has an unknown word");
	ck_assert_int_eq(take("stop"), -ECANCELED);
	ck_assert_str_eq(refusal_reason_name(refusal.reason), "input");
	ck_assert_str_eq(refusal.sentence, "it has an unknown word");
}
END_TEST

/* What has no driver, or VFIO's, has nobody to be asked about. */
START_TEST(test_unbound)
{
	make_host();
	(void)put_holder(&people[STRANGER], ON_GPU);
	inventory.functions[0].driver[0] = '\0';
	ck_assert_int_eq(take("refuse"), 0);
	(void)strcpy(inventory.functions[0].driver, PLAN_DRIVER);
	ck_assert_int_eq(take("refuse"), 0);
	for (unsigned int i = 0; i < plan.n_steps; i++)
		ck_assert(plan.steps[i].kind != STEP_FREE || plan.steps[i].target.function == 1);
}
END_TEST

/* ---- properties of any plan ---- */

#define ROUNDS 3000

static void make_random(void)
{
	make_host();
	if (rand() % 4 == 0)
		persistence_on();
	if (rand() % 2)
		ck_assert_int_eq(settings_add_restarted(&settings, "gdm.service"), 0);
	for (int i = rand() % 7; i > 0; i--) {
		struct holder holder = people[rand() % COUNT(people)];

		/* One of many services or sessions. */
		if (rand() % 3 == 0)
			(void)snprintf(holder.unit.name, sizeof(holder.unit.name),
				holder.unit.kind == UNIT_SESSION ? "session-%d.scope" : "s%d.service", rand() % 9);
		(void)put_holder(&holder, rand() % ON_NODES_);
	}
}

static const struct step *find_step(const struct plan *in, enum step_kind kind, const char *unit)
{
	for (unsigned int i = 0; i < in->n_steps; i++) {
		const struct step *step = &in->steps[i];

		if (step->kind == kind && strcmp(kind == STEP_START ? step->new : step->old, unit) == 0)
			return step;
	}
	return NULL;
}

static void check_order(void)
{
	unsigned int first_free = plan.n_steps, last_bind = 0;

	for (unsigned int i = 0; i < plan.n_steps; i++) {
		if (plan.steps[i].kind == STEP_FREE && first_free == plan.n_steps)
			first_free = i;
		if (plan.steps[i].kind == STEP_BIND)
			last_bind = i;
	}
	for (unsigned int i = 0; i < plan.n_steps; i++) {
		const struct step *step = &plan.steps[i];
		bool seen = false;

		switch (step->kind) {
		case STEP_STOP:
			ck_assert(strncmp(step->old, "systemd-", 8) != 0 && strncmp(step->old, "virt", 4) != 0);
			ck_assert_ptr_eq(find_step(&plan, STEP_STOP, step->old), step);
			ck_assert_int_eq(find_step(&plan, STEP_START, step->old) != NULL,
				settings_restarts(&settings, step->old));
			/* fall through */
		case STEP_END:
		case STEP_PERSISTENCE:
			ck_assert_uint_lt(i, first_free);
			break;
		case STEP_START:
			ck_assert_uint_gt(i, last_bind);
			ck_assert_ptr_nonnull(find_step(&plan, STEP_STOP, step->new));
			break;
		case STEP_UNBIND:
			for (unsigned int j = 0; j < i; j++)
				seen = seen || (plan.steps[j].kind == STEP_FREE &&
						       address_compare(plan.steps[j].target, step->target) == 0);
			ck_assert(seen);
			break;
		default:
			break;
		}
	}
}

/* Undoes a beginning of the plan: who was stopped runs again, started once, and nobody else is touched. */
static void check_undo(unsigned int n_steps)
{
	static struct plan beginning;

	beginning = plan;
	beginning.n_steps = n_steps;
	plan_undo(&beginning, &undo);
	for (unsigned int i = 0; i < undo.n_steps; i++) {
		const struct step *step = &undo.steps[i];

		ck_assert_int_ne(step->kind, STEP_END);
		if (step->kind == STEP_START) {
			ck_assert_ptr_nonnull(find_step(&beginning, STEP_STOP, step->new));
			ck_assert_ptr_eq(find_step(&undo, STEP_START, step->new), step);
			/* The card is home by then. */
			for (unsigned int j = i + 1; j < undo.n_steps; j++)
				ck_assert_int_eq(undo.steps[j].kind, STEP_START);
		}
		if (step->kind == STEP_STOP) {
			ck_assert_ptr_nonnull(find_step(&beginning, STEP_START, step->old));
			ck_assert_ptr_eq(find_step(&undo, STEP_STOP, step->old), step);
			for (unsigned int j = 0; j < i; j++)
				ck_assert_int_eq(undo.steps[j].kind, STEP_STOP);
		}
	}
	for (unsigned int i = 0; i < beginning.n_steps; i++) {
		const struct step *step = &beginning.steps[i];

		ck_assert(step->kind != STEP_STOP || find_step(&undo, STEP_START, step->old));
		ck_assert(step->kind != STEP_START || find_step(&undo, STEP_STOP, step->new));
	}
}

START_TEST(test_properties)
{
	unsigned int n_stopped = 0, n_refused = 0;

	srand(1);
	for (unsigned int round = 0; round < ROUNDS; round++) {
		make_random();
		if (take(rand() % 4 ? "stop" : "refuse") < 0) {
			n_refused++;
			continue;
		}
		check_order();
		for (unsigned int n = 0; n <= plan.n_steps; n++)
			check_undo(n);
		n_stopped += strstr(seen_steps(), "stop") != NULL;
	}
	ck_assert_uint_gt(n_stopped, ROUNDS / 10);
	ck_assert_uint_gt(n_refused, ROUNDS / 10);
}
END_TEST

/* As many services and sessions as there can be holders, of as many functions as can be taken. */
START_TEST(test_room)
{
	static struct domain large;

	make_host();
	inventory.n_functions = occupancy.functions.n_functions = occupancy.nodes.n_nodes = 0;
	large = (struct domain){ .name = "large" };
	for (unsigned int i = 0; i < PLAN_FUNCTIONS_MAX; i++) {
		struct function function = {
			.address = { 0, (uint8_t)(1 + i / 64), (uint8_t)(i / 2 % 32), (uint8_t)(i % 2) },
			.class_code = 0x030000,
			.iommu_group = (int)i / 2,
			.driver = "nvidia",
			.driver_override = OVERRIDE_NONE,
			.power_control = "auto",
			.d3cold_allowed = "1",
		};
		struct node node = { .major = 195, .minor = i, .owner = function.address, .name = "/dev/nvidia" };

		(void)inventory_put(&inventory, &function);
		(void)inventory_put(&occupancy.functions, &function);
		(void)nodes_add(&occupancy.nodes, &node);
		if (i % 2 == 0)
			ck_assert_int_eq(domain_add_hostdev(&large, function.address), 0);
		else if (occupancy.n_persistences < PERSISTENCES_MAX)
			occupancy.persistences[occupancy.n_persistences++] =
				(struct persistence){ function.address, true };
	}
	for (unsigned int i = 0; i < HOLDERS_MAX; i++) {
		struct holder holder = { .pid = (pid_t)i, .unit = { i % 2 ? UNIT_SERVICE : UNIT_SESSION, 0, "" } };

		(void)snprintf(
			holder.unit.name, sizeof(holder.unit.name), i % 2 ? "s%u.service" : "session-%u.scope", i);
		if (i % 2)
			(void)settings_add_restarted(&settings, holder.unit.name);
		(void)put_holder(&holder, (int)(i % 64 * 2));
	}
	ck_assert_int_eq(policy_set_action(&large.policy, "stop"), 0);
	ck_assert_int_eq(
		plan_take(&large,
			&(struct situation){ .inventory = &inventory, .occupancy = &occupancy, .settings = &settings },
			&plan, &notes, &refusal),
		0);
	ck_assert_uint_le(plan.n_steps, PLAN_STEPS_MAX);
	ck_assert_uint_eq(plan.n_taken, PLAN_FUNCTIONS_MAX);
	plan_undo(&plan, &undo);
	ck_assert_uint_le(undo.n_steps, PLAN_STEPS_MAX);
}
END_TEST

TCase *case_hold(void)
{
	TCase *tcase = suite_case("hold");

	add_rows(tcase, test_row, rows);
	tcase_add_test(tcase, test_issue);
	add_rows(tcase, test_fact, facts);
	tcase_add_test(tcase, test_sentences);
	tcase_add_test(tcase, test_longest);
	tcase_add_test(tcase, test_protected);
	tcase_add_test(tcase, test_problem);
	tcase_add_test(tcase, test_unbound);
	tcase_add_test(tcase, test_properties);
	tcase_add_test(tcase, test_room);
	return tcase;
}
