// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * nvidia-drm: a DRM device below each GPU, which holds two references to it while modeset=1. When they go is a matter
 * of the generation: before 580 with this module only, and the DRM device with them, later with the GPU.
 *
 * A DRM file that is closed after the GPU has gone touches freed memory in the real driver; here it is counted. There
 * is no framebuffer: fbdev is only to be read.
 */
#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_ioctl.h>
#include <drm/drm_managed.h>
#include <drm/drm_mode_config.h>
#include <linux/list.h>
#include <linux/module.h>

#include "nvidia.h"

struct card {
	struct list_head node;
	struct drm_device *drm;
	struct gpu *refs[2];
	bool gone;
};

static bool modeset, fbdev;
module_param(modeset, bool, 0400);
module_param(fbdev, bool, 0400);

static LIST_HEAD(cards); /* under the lock of whoever calls the listener */

static void card_postclose(struct drm_device *drm, struct drm_file *file)
{
	struct card *card = drm->dev_private;

	if (card->gone)
		nvidia_uaf_hit();
}

DEFINE_DRM_GEM_FOPS(card_fops);

static const struct drm_driver card_driver = {
	.driver_features = DRIVER_GEM | DRIVER_RENDER | DRIVER_MODESET,
	.postclose = card_postclose,
	.fops = &card_fops,
	.name = "nvidia-drm",
	.desc = "Stand-in for NVIDIA DRM driver",
	.date = "20160202",
};

static struct card *card_new(struct device *parent)
{
	struct drm_device *drm = drm_dev_alloc(&card_driver, parent);
	struct card *card;

	if (IS_ERR(drm))
		return ERR_CAST(drm);
	card = drmm_kzalloc(drm, sizeof(*card), GFP_KERNEL);
	if (!card || drmm_mode_config_init(drm) < 0)
		goto put;
	card->drm = drm;
	drm->dev_private = card;
	if (!modeset)
		drm->driver_features &= ~DRIVER_MODESET;
	if (drm_dev_register(drm, 0) == 0)
		return card;
put:
	drm_dev_put(drm);
	return ERR_PTR(-ENOMEM);
}

static void card_del(struct card *card)
{
	int i;

	list_del(&card->node);
	drm_dev_unplug(card->drm);
	for (i = 0; i < ARRAY_SIZE(card->refs); i++)
		if (card->refs[i])
			nvkms_gpu_put(card->refs[i]);
	card->gone = true;
	drm_dev_put(card->drm);
}

static void gpu_added(unsigned int minor)
{
	struct gpu *gpu = nvkms_gpu_get(minor);
	struct card *card;

	if (IS_ERR(gpu))
		return;
	card = card_new(&gpu->dev->dev);
	if (!IS_ERR(card)) {
		list_add_tail(&card->node, &cards);
		if (modeset) {
			card->refs[0] = nvkms_gpu_get(minor);
			card->refs[1] = nvkms_gpu_get(minor);
		}
	}
	nvkms_gpu_put(gpu);
}

static void gpu_removed(struct gpu *gpu)
{
	struct card *card, *next;

	list_for_each_entry_safe(card, next, &cards, node)
		if (card->drm->dev == &gpu->dev->dev)
			card_del(card);
}

static const struct nvidia_listener listener = { .added = gpu_added, .removed = gpu_removed };

static int __init nvidia_drm_init(void)
{
	nvkms_listen(&listener);
	return 0;
}

static void __exit nvidia_drm_exit(void)
{
	struct card *card, *next;

	nvkms_listen(NULL);
	list_for_each_entry_safe(card, next, &cards, node)
		card_del(card);
}

module_init(nvidia_drm_init);
module_exit(nvidia_drm_exit);
MODULE_DESCRIPTION("Stand-in for nvidia-drm, test only");
MODULE_VERSION("535.216.01");
MODULE_LICENSE("GPL");
