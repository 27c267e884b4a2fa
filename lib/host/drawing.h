/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host: a picture of a machine's cores, caches and NUMA nodes, in colours and with words of ours: hwloc tells of the
 * machine (https://www.open-mpi.org/projects/hwloc/doc/), and its program lstopo draws (host/lstopo.h).
 *
 * Calling sequence: drawing_new(), anything, drawing_render(), drawing_free(). drawing_new() changes the environment of
 * the process: call it before threads are made. Colours are #rrggbb and stand behind black text. All text is printable,
 * which the caller sees to; <, > and & are drawn as (, ) and +. An addition for which there is no memory is missing in
 * the picture.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/cpuset.h"

struct drawing;
struct box;

enum drawing_format { DRAWING_SVG, DRAWING_PNG };

/*
 * The machine below sysroot, or the running one for NULL. Returns 0 and *ret; -ENODATA when that does not tell of its
 * CPUs; -errno.
 */
int drawing_new(const char *sysroot, struct drawing **ret);
void drawing_free(struct drawing *drawing);

/* Its CPUs, as far as they have a number that a set can hold. */
struct cpuset drawing_cpus(const struct drawing *drawing);

/* Colours a CPU and writes behind its number what it is for. */
void drawing_mark_cpu(struct drawing *drawing, unsigned int cpu, const char *what, const char *color);

/* Colours a NUMA node likewise. Returns whether there is one of that number. */
bool drawing_mark_node(struct drawing *drawing, unsigned int node, const char *what, const char *color);

/*
 * Adds a box: in another one; or, for NULL, beside the CPUs of the NUMA node of that number, and beside those of the
 * machine where there is none. Returns it, or NULL. It lives as long as the drawing.
 */
struct box *drawing_add_box(struct drawing *drawing, struct box *parent, int node, const char *text, const char *color);

/* Adds a line of text below the picture. */
void drawing_add_line(struct drawing *drawing, const char *text);

/*
 * Draws. Returns a descriptor of the picture, in memory; or as lstopo_run(), whose message is a line of lstopo's, or
 * "".
 */
int drawing_render(struct drawing *drawing, enum drawing_format format, char *message, size_t size);
