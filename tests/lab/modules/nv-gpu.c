// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The GPUs, by minor number, and who holds them.
 *
 * The first reference starts the adapter: its interrupt is then to be seen in msi_irqs, if the device has MSI. Without
 * a reference it stops, after stop_delay_ms, unless it is persistent.
 */
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "nvidia.h"

DEFINE_MUTEX(nv_lock);
static DEFINE_MUTEX(listener_lock); /* outside of nv_lock */
static struct gpu *gpus[MAX_GPUS];
static const struct nvidia_listener *listener;

/* ---- the adapter ---- */

static irqreturn_t interrupt(int irq, void *gpu)
{
	return IRQ_HANDLED;
}

static void adapter_start(struct gpu *gpu)
{
	if (gpu->started)
		return;
	gpu->started = true;
	if (!nv_enable_msi || pci_alloc_irq_vectors(gpu->dev, 1, 1, PCI_IRQ_MSI | PCI_IRQ_MSIX) < 0)
		return;
	if (request_irq(pci_irq_vector(gpu->dev, 0), interrupt, 0, "nvidia", gpu) < 0)
		pci_free_irq_vectors(gpu->dev);
}

static void adapter_stop(struct gpu *gpu)
{
	struct pci_dev *dev = gpu->dev;

	if (!gpu->started)
		return;
	gpu->started = false;
	if (!pci_dev_msi_enabled(dev))
		return;
	free_irq(pci_irq_vector(dev, 0), gpu);
	pci_free_irq_vectors(dev);
	if (!dev->msi_cap)
		return;
	/* The last message stays in configuration space, where the lab would take it for a change. */
	pci_write_config_dword(dev, dev->msi_cap + PCI_MSI_ADDRESS_LO, 0);
	pci_write_config_dword(dev, dev->msi_cap + PCI_MSI_ADDRESS_HI, 0); /* or the data, without 64-bit addresses */
	pci_write_config_word(dev, dev->msi_cap + PCI_MSI_DATA_64, 0);
}

static void stop_work(struct work_struct *work)
{
	struct gpu *gpu = container_of(to_delayed_work(work), struct gpu, stop);

	mutex_lock(&nv_lock);
	if (!gpu->usage_count && !gpu->persistent && !gpu->removed)
		adapter_stop(gpu);
	mutex_unlock(&nv_lock);
}

/* nvidia-smi -pm, without the daemon: the adapter runs and nobody has it open. */
void nv_gpu_persist(struct gpu *gpu, bool persistent)
{
	mutex_lock(&nv_lock);
	gpu->persistent = persistent;
	if (!gpu->removed && persistent)
		adapter_start(gpu);
	else if (!gpu->removed && !gpu->usage_count)
		adapter_stop(gpu);
	mutex_unlock(&nv_lock);
}

/* ---- references ---- */

struct gpu *nv_gpu_get(unsigned int minor)
{
	struct gpu *gpu = NULL;

	mutex_lock(&nv_lock);
	if (minor < MAX_GPUS)
		gpu = gpus[minor];
	if (gpu && !gpu->unlinked) {
		kref_get(&gpu->kref);
		gpu->usage_count++;
		adapter_start(gpu);
	} else {
		gpu = ERR_PTR(-ENODEV);
	}
	mutex_unlock(&nv_lock);
	return gpu;
}

static void gpu_put(struct gpu *gpu, bool found)
{
	mutex_lock(&nv_lock);
	if (found && --gpu->usage_count == 0 && !gpu->removed)
		schedule_delayed_work(&gpu->stop, msecs_to_jiffies(nv_stop_delay_ms));
	mutex_unlock(&nv_lock);
	nv_gpu_unref(gpu);
}

void nv_gpu_put(struct gpu *gpu)
{
	gpu_put(gpu, true);
}

struct gpu *nvidia_dev_get(unsigned int minor)
{
	return nv_gpu_get(minor);
}
EXPORT_SYMBOL_GPL(nvidia_dev_get);

/* From 595 on this looks for the GPU in the list that remove took it from, and returns without an effect. */
void nvidia_dev_put(struct gpu *gpu)
{
	gpu_put(gpu, nv_gen() < 595 || !READ_ONCE(gpu->unlinked));
}
EXPORT_SYMBOL_GPL(nvidia_dev_put);

int nvidia_hold(struct nvidia_held *held, unsigned int minor)
{
	struct gpu *gpu = nvidia_dev_get(minor);

	if (IS_ERR(gpu))
		return PTR_ERR(gpu);
	gpu = xchg(&held->gpu[minor], gpu);
	if (gpu)
		nvidia_dev_put(gpu);
	return 0;
}
EXPORT_SYMBOL_GPL(nvidia_hold);

void nvidia_hold_none(struct nvidia_held *held)
{
	int i;

	for (i = 0; i < MAX_GPUS; i++)
		if (held->gpu[i])
			nvidia_dev_put(held->gpu[i]);
}
EXPORT_SYMBOL_GPL(nvidia_hold_none);

/* ---- coming and going ---- */

static void race_end_work(struct work_struct *work)
{
	nv_gpu_put(container_of(to_delayed_work(work), struct gpu, race_end));
}

/* A GPU with the lowest free minor, which nobody finds before it is published. */
struct gpu *nv_gpu_new(struct pci_dev *dev)
{
	struct gpu *gpu = kzalloc(sizeof(*gpu), GFP_KERNEL);
	int i;

	if (!gpu)
		return ERR_PTR(-ENOMEM);
	kref_init(&gpu->kref);
	gpu->dev = dev;
	gpu->unlinked = true;
	INIT_DELAYED_WORK(&gpu->stop, stop_work);
	INIT_DELAYED_WORK(&gpu->race_end, race_end_work);
	snprintf(gpu->name, sizeof(gpu->name), "%04x:%02x:%02x.%1x", pci_domain_nr(dev->bus), dev->bus->number,
		PCI_SLOT(dev->devfn), PCI_FUNC(dev->devfn));
	snprintf(gpu->uuid, sizeof(gpu->uuid), "GPU-%04x%04x-%04x-4%03x-8000-%012x", dev->vendor, dev->device,
		dev->subsystem_vendor, dev->subsystem_device & 0xfff, pci_dev_id(dev));
	mutex_lock(&nv_lock);
	for (i = 0; i < MAX_GPUS && gpus[i]; i++)
		;
	if (i < MAX_GPUS)
		gpus[i] = gpu;
	mutex_unlock(&nv_lock);
	gpu->minor = i;
	if (i < MAX_GPUS)
		return gpu;
	kfree(gpu);
	return ERR_PTR(-ENOSPC);
}

/* Generations before 580 make no DRM device for a GPU that comes after nvidia-drm. */
void nv_gpu_publish(struct gpu *gpu)
{
	mutex_lock(&listener_lock);
	mutex_lock(&nv_lock);
	gpu->unlinked = false;
	mutex_unlock(&nv_lock);
	if (listener && nv_gen() >= 580)
		listener->added(gpu->minor);
	mutex_unlock(&listener_lock);
}

/* Under nv_lock. Holders that an escape has left behind keep the memory, no more. */
void nv_gpu_removed(struct gpu *gpu)
{
	adapter_stop(gpu);
	gpu->unlinked = true;
	gpu->removed = true;
	gpus[gpu->minor] = NULL;
}

static void gpu_free(struct kref *kref)
{
	kfree(container_of(kref, struct gpu, kref));
}

void nv_gpu_unref(struct gpu *gpu)
{
	kref_put(&gpu->kref, gpu_free);
}

void nvidia_listen(const struct nvidia_listener *new)
{
	unsigned int minor;

	mutex_lock(&listener_lock);
	listener = new;
	for (minor = 0; listener && minor < MAX_GPUS; minor++)
		listener->added(minor);
	mutex_unlock(&listener_lock);
}
EXPORT_SYMBOL_GPL(nvidia_listen);

void nv_tell_removed(struct gpu *gpu)
{
	mutex_lock(&listener_lock);
	if (listener)
		listener->removed(gpu);
	mutex_unlock(&listener_lock);
}

void nv_gpus_let_go(void)
{
	int i;

	mutex_lock(&nv_lock);
	for (i = 0; i < MAX_GPUS; i++)
		if (gpus[i] && gpus[i]->removing)
			gpus[i]->let_go = true;
	mutex_unlock(&nv_lock);
}
