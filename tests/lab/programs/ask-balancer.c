// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ask-balancer SOCKET COMMAND: says something to irqbalance, as root, and prints what it answers: "setup" for what it
 * is set to, "settings cpus MASK|NULL" (the socket's API, in COMMANDS of its documentation).
 */
#define _GNU_SOURCE
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void say(int fd, char *text)
{
	char control[CMSG_SPACE(sizeof(struct ucred))] = { 0 };
	struct iovec iov = { text, strlen(text) };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)
	};
	struct ucred self = { getpid(), getuid(), getgid() };
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	*c = (struct cmsghdr){
		.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_CREDENTIALS, .cmsg_len = CMSG_LEN(sizeof(self))
	};
	memcpy(CMSG_DATA(c), &self, sizeof(self));
	if (sendmsg(fd, &msg, 0) < 0)
		err(1, "cannot say '%s'", text);
}

int main(int argc, char *argv[])
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	char answer[8192];
	ssize_t n;
	int fd;

	if (argc != 3 || strlen(argv[1]) >= sizeof(name.sun_path))
		errx(2, "usage: ask-balancer SOCKET COMMAND");
	strcpy(name.sun_path, argv[1]);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&name, sizeof(name)) < 0)
		err(1, "cannot reach '%s'", argv[1]);
	say(fd, argv[2]);
	while ((n = read(fd, answer, sizeof(answer))) > 0)
		fwrite(answer, 1, (size_t)n, stdout);
	puts("");
	return n < 0;
}
