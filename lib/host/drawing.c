// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/drawing.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <hwloc.h>

#include "base/fd.h"
#include "host/lstopo.h"
#include "host/processors.h"

/* The largest machines take a second. */
#define DEADLINE_MS 60000
#define TEXT_SIZE   2048

struct drawing {
	hwloc_topology_t topology;
};

/* libhwloc's own type, which drawing.h need not know. */
#define object_of(box) ((hwloc_obj_t)(box))

/*
 * What a person who pins looks at: packages, nodes, the last cache, cores and CPUs. The small caches belong to one core
 * each. The cards come from us: hwloc's would be between every network card and disk.
 */
static void choose_objects(hwloc_topology_t topology)
{
	(void)hwloc_topology_set_cache_types_filter(topology, HWLOC_TYPE_FILTER_KEEP_NONE);
	(void)hwloc_topology_set_icache_types_filter(topology, HWLOC_TYPE_FILTER_KEEP_NONE);
	(void)hwloc_topology_set_type_filter(topology, HWLOC_OBJ_L3CACHE, HWLOC_TYPE_FILTER_KEEP_ALL);
	(void)hwloc_topology_set_type_filter(topology, HWLOC_OBJ_DIE, HWLOC_TYPE_FILTER_KEEP_STRUCTURE);
	(void)hwloc_topology_set_type_filter(topology, HWLOC_OBJ_MISC, HWLOC_TYPE_FILTER_KEEP_ALL);
	(void)hwloc_topology_set_io_types_filter(topology, HWLOC_TYPE_FILTER_KEEP_NONE);
	/* Who asks may be kept to a part of the machine. */
	(void)hwloc_topology_set_flags(topology, HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED);
}

/* lstopo writes text into an SVG as it is: what would begin markup there is written in another way. */
static void make_plain(char *text)
{
	while ((text = strpbrk(text, "<>&")))
		*text = (char)(*text == '<' ? '(' : *text == '>' ? ')' : '+');
}

/* An object's text in the picture, in the place of hwloc's word for its type. */
static void set_label(hwloc_obj_t object, const char *noun, const char *what)
{
	char *old = object->subtype;

	if (asprintf(&object->subtype, "%s %u%s%s", noun, object->os_index, what ? ": " : "", what ? what : "") < 0) {
		object->subtype = old;
		return;
	}
	make_plain(object->subtype);
	free(old);
}

static void set_color(hwloc_obj_t object, const char *color)
{
	char style[64];

	(void)snprintf(style, sizeof(style), "Background=%s;Text=#000000", color);
	(void)hwloc_obj_add_info(object, "lstopoStyle", style);
}

#define NOUN_CPU  "CPU"
#define NOUN_NODE "NUMA node"

static void set_labels(hwloc_topology_t topology)
{
	hwloc_obj_t object = NULL;

	while ((object = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_PU, object)))
		set_label(object, NOUN_CPU, NULL);
	while ((object = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_NUMANODE, object)))
		set_label(object, NOUN_NODE, NULL);
}

int drawing_new(const char *sysroot, struct drawing **ret)
{
	struct drawing *drawing;
	int r = processors_choose(sysroot);

	if (r < 0)
		return r;
	drawing = calloc(1, sizeof(*drawing));
	if (!drawing || hwloc_topology_init(&drawing->topology) < 0) {
		free(drawing);
		return -ENOMEM;
	}
	choose_objects(drawing->topology);
	/* Of a machine without CPUs it says that an argument is invalid. */
	if (hwloc_topology_load(drawing->topology) < 0)
		r = errno > 0 && errno != EINVAL ? -errno : -ENODATA;
	else if (!hwloc_topology_get_support(drawing->topology)->discovery->pu)
		r = -ENODATA;
	if (r < 0) {
		drawing_free(drawing);
		return r;
	}
	set_labels(drawing->topology);
	*ret = drawing;
	return 0;
}

void drawing_free(struct drawing *drawing)
{
	if (!drawing)
		return;
	hwloc_topology_destroy(drawing->topology);
	free(drawing);
}

struct cpuset drawing_cpus(const struct drawing *drawing)
{
	struct cpuset set = { 0 };
	hwloc_obj_t object = NULL;

	while ((object = hwloc_get_next_obj_by_type(drawing->topology, HWLOC_OBJ_PU, object)))
		cpuset_add(&set, object->os_index);
	return set;
}

void drawing_mark_cpu(struct drawing *drawing, unsigned int cpu, const char *what, const char *color)
{
	hwloc_obj_t object = hwloc_get_pu_obj_by_os_index(drawing->topology, cpu);

	if (!object)
		return;
	set_label(object, NOUN_CPU, what);
	set_color(object, color);
}

bool drawing_mark_node(struct drawing *drawing, unsigned int node, const char *what, const char *color)
{
	hwloc_obj_t object = hwloc_get_numanode_obj_by_os_index(drawing->topology, node);

	if (!object)
		return false;
	set_label(object, NOUN_NODE, what);
	set_color(object, color);
	return true;
}

/* Where something of a node stands: the object whose memory it is. */
static hwloc_obj_t place_of(struct drawing *drawing, int node)
{
	hwloc_obj_t object = NULL;

	if (node >= 0)
		object = hwloc_get_numanode_obj_by_os_index(drawing->topology, (unsigned int)node);
	while (object && hwloc_obj_type_is_memory(object->type))
		object = object->parent;
	return object ? object : hwloc_get_root_obj(drawing->topology);
}

struct box *drawing_add_box(struct drawing *drawing, struct box *parent, int node, const char *text, const char *color)
{
	hwloc_obj_t place = parent ? object_of(parent) : place_of(drawing, node);
	char plain[TEXT_SIZE];
	hwloc_obj_t object;

	(void)snprintf(plain, sizeof(plain), "%s", text);
	make_plain(plain);
	object = hwloc_topology_insert_misc_object(drawing->topology, place, plain);
	if (object)
		set_color(object, color);
	return (struct box *)object;
}

void drawing_add_line(struct drawing *drawing, const char *text)
{
	char plain[TEXT_SIZE];

	(void)snprintf(plain, sizeof(plain), "%s", text);
	make_plain(plain);
	(void)hwloc_obj_add_info(hwloc_get_root_obj(drawing->topology), "lstopoLegend", plain);
}

/* The topology as XML, in memory, to be read from its beginning. Returns the descriptor, or -errno. */
static int export_topology(hwloc_topology_t topology)
{
	int fd CLOSE_FD = memfd_create("topology", MFD_CLOEXEC);
	char *xml;
	int size, r;

	if (fd < 0)
		return -errno;
	errno = 0;
	if (hwloc_topology_export_xmlbuffer(topology, &xml, &size, 0) < 0)
		return errno > 0 ? -errno : -EIO;
	/* Its end is counted. */
	r = fd_write_all(fd, xml, strlen(xml));
	hwloc_free_xmlbuffer(topology, xml);
	if (r < 0)
		return r;
	return lseek(fd, 0, SEEK_SET) < 0 ? -errno : TAKE_FD(fd);
}

/*
 * hwloc 2.9 writes viewBox='0 0 885px 578px', where the standard has numbers alone (SVG 1.1, 7.7): browsers pass over
 * it, others show nothing. Blanks take the place of the units.
 */
static int mend_view_box(int fd)
{
	char head[512];
	ssize_t n = pread(fd, head, sizeof(head) - 1, 0);
	char *box, *end;

	if (n < 0)
		return -errno;
	head[n] = '\0';
	box = strstr(head, "viewBox='");
	end = box ? strchr(box + strlen("viewBox='"), '\'') : NULL;
	if (!end)
		return 0;
	for (char *unit = box; (unit = strstr(unit, "px")) && unit < end;)
		memset(unit, ' ', strlen("px"));
	return pwrite(fd, head, (size_t)n, 0) == n ? 0 : -EIO;
}

int drawing_render(struct drawing *drawing, enum drawing_format format, char *message, size_t size)
{
	/* Text stays text in lstopo's own SVG; cairo's has the shapes of letters. */
	const char *const arguments[] = { "--if", "xml", "-i", "-", "--of", format == DRAWING_SVG ? "nativesvg" : "png",
		/* The date and the name of the host, which are of no use here. */
		"--no-default-legend", "--rect",
		/* Of CPUs that are alike, all are drawn: one of them may be the VM's. */
		"--no-factorize", "--no-collapse", "--disallowed", "--disallowed-color", "none", "--binding-color",
		"none",
		/* Our labels have the kernel's numbers. */
		"--no-index=pu,numanode,l3cache", "--logical-index-prefix", " ",
		/* Colour is what belongs to the VM. */
		"--palette", "machine=#ffffff", "--palette", "package=#f2f2f2", "--palette", "die=#eaeaea", "--palette",
		"group=#eaeaea", "--palette", "core=#dcdcdc", "--palette", "pu=#ffffff", "--palette", "cache=#ffffff",
		"--palette", "numanode=#ffffff", "--palette", "memories=#f2f2f2", "--palette", "misc=#ffffff",
		"--palette", "group_in_package=#eaeaea", "--no-text=group", NULL };
	int input CLOSE_FD = export_topology(drawing->topology);
	int picture CLOSE_FD = memfd_create("picture", MFD_CLOEXEC);
	int r;

	message[0] = '\0';
	if (input < 0 || picture < 0)
		return input < 0 ? input : -errno;
	r = lstopo_run(lstopo_directories, arguments, input, picture, DEADLINE_MS, message, size);
	if (r == 0 && format == DRAWING_SVG)
		r = mend_view_box(picture);
	if (r < 0)
		return r;
	/* It does not tell whether it could write. */
	return lseek(picture, 0, SEEK_END) > 0 ? TAKE_FD(picture) : -ECHILD;
}
