// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hold [OPTION...] KIND ARG: holds something as programs do, says "holding", and sleeps until it is killed.
 *
 *   open PATH     an open file: a GPU's node, /dev/dri/card0, /dev/snd/controlC0, /dev/i2c-0
 *   mmap PATH     a mapping only, the file is closed
 *   attach GPU    through /dev/nvidiactl
 *   modeset GPU   through /dev/nvidia-modeset
 *   uvm GPU       registered with /dev/nvidia-uvm
 *   dmabuf GPU    a dma-buf only, the GPU's node is closed
 *   flight PATH   an open file on its way through a socket, in nobody's table
 *
 * GPU is its minor number, or its address.
 *
 *   --mount-ns    in a mount namespace of its own, by a node that has another name there
 *   --pid-ns      in a child that is the first process of a new pid namespace
 *   --thread      in a second thread with a table of files of its own
 *   --stubborn    SIGTERM is ignored
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stand-in.h"

static bool mount_ns, pid_ns, thread, stubborn;

static void own_mounts(void)
{
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
		mount("tmpfs", "/mnt", "tmpfs", 0, NULL) < 0)
		err(1, "cannot make a mount namespace");
}

static int node_open(const char *path)
{
	struct stat st;
	int fd;

	if (mount_ns) {
		if (stat(path, &st) < 0)
			err(1, "cannot look at '%s'", path);
		if (mknod("/mnt/elsewhere", st.st_mode, st.st_rdev) < 0)
			err(1, "cannot make a node like '%s'", path);
		path = "/mnt/elsewhere";
	}
	fd = open(path, O_RDWR);
	if (fd < 0)
		err(1, "cannot open '%s'", path);
	return fd;
}

static unsigned int gpu_minor(const char *gpu)
{
	char path[128], line[128];
	unsigned int minor;
	FILE *file;

	if (!strchr(gpu, ':'))
		return strtoul(gpu, NULL, 0);
	snprintf(path, sizeof(path), "/proc/driver/nvidia/gpus/%s/information", gpu);
	file = fopen(path, "re");
	if (!file)
		err(1, "cannot read '%s'", path);
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "Device Minor: %u", &minor) == 1) {
			fclose(file);
			return minor;
		}
	errx(1, "'%s' names no minor", path);
}

static void hold_open(const char *path)
{
	(void)node_open(path);
}

static void hold_mmap(const char *path)
{
	int fd = node_open(path);

	if (mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED)
		err(1, "cannot map '%s'", path);
	close(fd);
}

static void hold_by_ioctl(const char *node, const char *gpu)
{
	if (ioctl(node_open(node), NV_HOLD_GPU, (unsigned long)gpu_minor(gpu)) < 0)
		err(1, "cannot hold GPU '%s' by '%s'", gpu, node);
}

static void hold_attach(const char *gpu)
{
	hold_by_ioctl("/dev/nvidiactl", gpu);
}

static void hold_modeset(const char *gpu)
{
	hold_by_ioctl("/dev/nvidia-modeset", gpu);
}

static void hold_uvm(const char *gpu)
{
	hold_by_ioctl("/dev/nvidia-uvm", gpu);
}

static void hold_dmabuf(const char *gpu)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/dev/nvidia%u", gpu_minor(gpu));
	fd = node_open(path);
	if (ioctl(fd, NV_EXPORT_DMABUF) < 0)
		err(1, "cannot export a dma-buf of '%s'", path);
	close(fd);
}

static void hold_flight(const char *path)
{
	char byte = 0, control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
	int pair[2], fd = node_open(path);

	*c = (struct cmsghdr){ .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(fd)) };
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0 || sendmsg(pair[0], &msg, 0) < 0)
		err(1, "cannot send '%s'", path);
	close(fd);
}

static const struct kind {
	const char *name;
	void (*hold)(const char *arg);
} kinds[] = {
	{ "open", hold_open },
	{ "mmap", hold_mmap },
	{ "attach", hold_attach },
	{ "modeset", hold_modeset },
	{ "uvm", hold_uvm },
	{ "dmabuf", hold_dmabuf },
	{ "flight", hold_flight },
};

static const struct {
	const char *name;
	bool *value;
} options[] = {
	{ "--mount-ns", &mount_ns },
	{ "--pid-ns", &pid_ns },
	{ "--thread", &thread },
	{ "--stubborn", &stubborn },
};

static char **words; /* KIND ARG */

static void *hold(void *unused)
{
	(void)unused;
	if (thread && unshare(CLONE_FILES) < 0)
		err(1, "cannot have a table of files");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(words[0], kinds[i].name)) {
			kinds[i].hold(words[1]);
			puts("holding");
			fflush(stdout);
			for (;;)
				pause();
		}
	errx(2, "no kind '%s'", words[0]);
}

static void enter_pid_ns(void) /* returns in the child, which dies with its parent */
{
	pid_t pid;

	if (unshare(CLONE_NEWPID) < 0 || (pid = fork()) < 0)
		err(1, "cannot make a pid namespace");
	if (pid > 0) {
		waitpid(pid, NULL, 0);
		exit(0);
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

int main(int argc, char *argv[])
{
	pthread_t second;

	words = argv + 1;
	for (; *words && !strncmp(*words, "--", 2); words++)
		for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
			if (!strcmp(*words, options[i].name))
				*options[i].value = true;
	if (argv + argc - words != 2)
		errx(2, "usage: hold [--mount-ns] [--pid-ns] [--thread] [--stubborn] KIND ARG");
	if (stubborn)
		signal(SIGTERM, SIG_IGN);
	if (mount_ns)
		own_mounts();
	if (pid_ns)
		enter_pid_ns();
	if (!thread)
		hold(NULL);
	if ((errno = pthread_create(&second, NULL, hold, NULL)))
		err(1, "cannot make a thread");
	pthread_join(second, NULL);
}
