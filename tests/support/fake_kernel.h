/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests: a kernel over a recorded tree. It moves driver links and refuses what Linux 6.1 refuses (drivers/base/bus.c,
 * drivers/pci/pci-driver.c, drivers/pci/pci-sysfs.c, drivers/vfio/pci/vfio_pci_core.c). tests/contract says what is
 * believed of it, and asks the real one in the lab.
 */
#pragma once

#include <stdbool.h>

#include "host/host.h"
#include "model/cpuset.h"
#include "model/inventory.h"

#define FAKE_OPEN_MAX     8
#define FAKE_FRAMEBUFFERS 4
#define FAKE_MANAGED_MAX  8
#define FAKE_NODES        8

struct fake_kernel {
	/* The driver whose id table has the device: the one that it had when the kernel was put there. */
	struct {
		struct address address;
		char driver[DRIVER_NAME_SIZE];
	} natural[INVENTORY_MAX];
	unsigned int n_natural;

	bool module_missing; /* vfio-pci cannot be loaded */
	bool hung;           /* somebody asked for what never returns: vfio-pci unbound from a device in use */
	/* A device whose driver does not return from a write to the file that ends so: /unbind. "" for none. */
	const char *stuck_file;
	char stuck[ADDRESS_TEXT_SIZE];
	bool locked;                          /* it has happened */
	unsigned int asked_of_locked;         /* and this often something was asked of it nevertheless */
	pid_t writer;                         /* who asks, as the handover is told */
	unsigned int n_read;                  /* attributes that a driver may keep waiting */
	unsigned int n_persistence_asked;     /* each of which wakes every GPU */
	uint64_t consoles[FAKE_FRAMEBUFFERS]; /* that a framebuffer shows */
	dev_t claimed;                        /* a block device that somebody has; 0 for none */
	int open_groups[FAKE_OPEN_MAX];
	unsigned int n_open_groups;
	unsigned int managed[FAKE_MANAGED_MAX]; /* interrupts that nobody may move */
	unsigned int n_managed;
	bool managed_hang; /* and who tries waits for long */
	unsigned int n_hung;
	uint64_t memory_kb[FAKE_NODES]; /* of a node, for huge pages of all sizes */
	bool preference_is_busy;        /* for as long as the governor is "performance", as of amd-pstate */
	bool old_cpusets; /* as Linux 6.1: cpuset.cpus is not forgotten, and threads lose their CPUs when it changes */
	uint64_t scattered_kb[FAKE_NODES]; /* of a node's memory; each time it is compacted, half of that comes free */
};

/* Puts it in the place of the host's kernel. The host's tree is from now on changed by it. */
void fake_kernel_install(struct fake_kernel *fake, struct host *host);

/* What others do: a process opens or closes a VFIO group, a device is unplugged, an attribute is written. */
void fake_kernel_open_group(struct fake_kernel *fake, int group);
void fake_kernel_close_group(struct fake_kernel *fake, int group);
void fake_kernel_unplug(const struct host *host, struct address address);
/* One that was unplugged comes to its place again, as new, and its driver finds it, unless an override forbids that. */
void fake_kernel_plug(const struct host *host, struct address address, const char *override);
/* NVIDIA's persistence mode of a device: on, it has interrupt vectors. In files, which outlive a process that dies. */
void fake_kernel_set_persistence(const struct host *host, const char *address, bool on);
bool fake_kernel_has_persistence(const struct host *host, const char *address);
int fake_kernel_write(const struct host *host, const char *path, const char *value);
int fake_kernel_write_proc(const struct host *host, const char *path, const char *value);
/* The CPUs of a thread that has a stat, in a file of run/fake/affinity; without one it may run on all. */
int fake_kernel_set_affinity(const struct host *host, pid_t tid, const struct cpuset *cpus);
/* So many of a node's huge pages are in use now; surplus ones that no longer are go away. */
void fake_kernel_use_pages(const struct host *host, unsigned int node, unsigned int size_kb, unsigned int used);
