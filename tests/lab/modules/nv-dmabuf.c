// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A dma-buf of a GPU: it goes from process to process as a descriptor of no device, and holds the GPU until the last
 * of them is closed. There is no memory to import.
 */
#include <linux/dma-buf.h>
#include <linux/module.h>

#include "nvidia.h"

static struct sg_table *dmabuf_map(struct dma_buf_attachment *attachment, enum dma_data_direction direction)
{
	return ERR_PTR(-EOPNOTSUPP);
}

static void dmabuf_unmap(
	struct dma_buf_attachment *attachment, struct sg_table *table, enum dma_data_direction direction)
{
}

static void dmabuf_release(struct dma_buf *dmabuf)
{
	nvidia_dev_put(dmabuf->priv);
}

static const struct dma_buf_ops dmabuf_ops = {
	.map_dma_buf = dmabuf_map,
	.unmap_dma_buf = dmabuf_unmap,
	.release = dmabuf_release,
};

int nv_dmabuf_export(struct gpu *gpu)
{
	struct dma_buf_export_info info = {
		.exp_name = "nvidia",
		.owner = THIS_MODULE,
		.ops = &dmabuf_ops,
		.size = PAGE_SIZE,
		.flags = O_RDWR | O_CLOEXEC,
	};
	struct dma_buf *dmabuf;
	int fd;

	info.priv = nvidia_dev_get(gpu->minor);
	if (IS_ERR(info.priv))
		return PTR_ERR(info.priv);
	dmabuf = dma_buf_export(&info);
	if (IS_ERR(dmabuf)) {
		nvidia_dev_put(info.priv);
		return PTR_ERR(dmabuf);
	}
	fd = dma_buf_fd(dmabuf, O_CLOEXEC);
	if (fd < 0)
		dma_buf_put(dmabuf);
	return fd;
}

MODULE_IMPORT_NS(DMA_BUF);
