/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stand-in for NVIDIA's driver family: what its files, and the modules above nvidia, know of each other. Test-only.
 *
 * nvidia is made of one file for each side it shows:
 *   nv-module.c  generations, parameters, start and end of the module
 *   nv-gpu.c     the GPUs and who holds them; the adapter, which runs while somebody does
 *   nv-pci.c     probe, and remove with its wait
 *   nv-chrdev.c  /dev/nvidiaN, nvidiactl, and the way to nvidia-modeset
 *   nv-dmabuf.c  the dma-bufs it exports
 *   nv-i2c.c     the GPU's I2C adapter
 *   nv-procfs.c  /proc/driver/nvidia
 *   nv-faults.c  debugfs fake_nvidia: faults, escapes, counters
 * nvidia-modeset, nvidia-uvm and nvidia-drm are modules of their own, of one file each.
 */
#ifndef NVIDIA_H
#define NVIDIA_H

#include <linux/fs.h>
#include <linux/i2c.h>
#include <linux/kref.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/workqueue.h>

#include "stand-in.h"

#define MAX_GPUS 8

enum remove_mode { REMOVE_NORMAL, REMOVE_WAIT, REMOVE_D, REMOVE_SLOW };

struct gpu {
	struct pci_dev *dev;
	struct kref kref; /* whoever holds the GPU may outlive its removal, after an escape */
	unsigned int minor;
	char name[16]; /* its address */
	char uuid[48];

	/* under nv_lock */
	int usage_count;
	bool started;    /* the adapter runs, with its interrupt */
	bool persistent; /* ... although nobody holds the GPU */
	bool unlinked;   /* nobody finds it any more */
	bool removed;    /* dev is no longer ours */
	struct delayed_work stop;

	/* faults */
	enum remove_mode remove_mode;
	unsigned int slow_ms;
	u32 race_ms;
	struct delayed_work race_end;
	bool egpu;
	bool removing;
	bool let_go, escaped;
	unsigned long removal_began;

	struct i2c_adapter i2c;
	struct proc_dir_entry *proc;
	struct dentry *debugfs;
};

/* Told of GPUs that come, and of those that go if the generation tells anybody. Never called under nv_lock. */
struct nvidia_listener {
	void (*added)(unsigned int minor);
	void (*removed)(struct gpu *gpu);
};

/* The GPUs that one open file holds by NV_HOLD_GPU. */
struct nvidia_held {
	struct gpu *gpu[MAX_GPUS];
};

/* nvidia, for the modules above it. What they hold are indirect references, which generation 595 looks up to put. */
struct gpu *nvidia_dev_get(unsigned int minor);
void nvidia_dev_put(struct gpu *gpu);
int nvidia_hold(struct nvidia_held *held, unsigned int minor);
void nvidia_hold_none(struct nvidia_held *held);
void nvidia_listen(const struct nvidia_listener *listener);   /* NULL: no more */
void nvidia_modeset_fops(const struct file_operations *fops); /* NULL: no more */
void nvidia_uaf_hit(void);

/* nvidia-modeset, for nvidia-drm */
struct gpu *nvkms_gpu_get(unsigned int minor);
void nvkms_gpu_put(struct gpu *gpu);
void nvkms_listen(const struct nvidia_listener *listener);

/* nv-module.c */
extern bool nv_enable_msi;
extern unsigned int nv_stop_delay_ms, nv_max_block_ms;
int nv_gen(void);
const char *nv_version(void);

/* nv-gpu.c */
extern struct mutex nv_lock;
struct gpu *nv_gpu_new(struct pci_dev *dev);
void nv_gpu_publish(struct gpu *gpu);
void nv_gpu_removed(struct gpu *gpu);
void nv_gpu_unref(struct gpu *gpu);
struct gpu *nv_gpu_get(unsigned int minor);
void nv_gpu_put(struct gpu *gpu);
void nv_gpu_persist(struct gpu *gpu, bool persistent);
void nv_gpus_let_go(void);
void nv_tell_removed(struct gpu *gpu);

/* the other sides of nvidia */
int nv_pci_init(void);
void nv_pci_exit(void);
int nv_chrdev_init(void);
void nv_chrdev_exit(void);
int nv_chrdev_name(void);
int nv_dmabuf_export(struct gpu *gpu);
int nv_i2c_add(struct gpu *gpu);
void nv_i2c_del(struct gpu *gpu);
int nv_procfs_init(void);
void nv_procfs_exit(void);
void nv_procfs_add(struct gpu *gpu);
void nv_procfs_del(struct gpu *gpu);
void nv_faults_init(void);
void nv_faults_exit(void);
void nv_faults_add(struct gpu *gpu);
void nv_faults_del(struct gpu *gpu);
void nv_fault_removal_begins(struct gpu *gpu);
void nv_fault_teardown(struct gpu *gpu);
bool nv_fault_escape(struct gpu *gpu);

#endif
