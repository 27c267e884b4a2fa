// SPDX-License-Identifier: GPL-2.0-or-later
/* While the command runs: its end, and what is sent on to it. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "cli/run/run.h"

static int open_signals(void)
{
	sigset_t signals;
	int fd;

	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGHUP);
	(void)sigaddset(&signals, SIGINT);
	(void)sigaddset(&signals, SIGTERM);
	fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

/* What a terminal sends goes to all of its foreground, and comes from the kernel: the command has it already. */
static void send_on(int signals, pid_t pid)
{
	struct signalfd_siginfo one;

	while (read(signals, &one, sizeof(one)) == (ssize_t)sizeof(one)) {
		if (one.ssi_code != SI_KERNEL)
			(void)kill(pid, (int)one.ssi_signo);
	}
}

static int status_of(const struct child *child)
{
	int status;

	while (waitpid(child->pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* A terminal stops us with the command, and has both go on. */
static void allow_stop(int how)
{
	sigset_t stop;

	(void)sigemptyset(&stop);
	(void)sigaddset(&stop, SIGTSTP);
	(void)sigprocmask(how, &stop, NULL);
}

int child_wait(const struct child *child, void (*later)(void *data), void *data, int later_ms)
{
	int end CLOSE_FD = (int)syscall(SYS_pidfd_open, child->pid, 0), signals CLOSE_FD = open_signals();
	struct pollfd told[] = { { .fd = end, .events = POLLIN }, { .fd = signals, .events = POLLIN } };
	uint64_t due = clock_now_us() + (uint64_t)later_ms * 1000;
	int r;

	while (end >= 0 && signals >= 0 && !told[0].revents) {
		uint64_t now = clock_now_us();

		if (later && now >= due) {
			later(data);
			later = NULL;
		}
		allow_stop(SIG_UNBLOCK);
		r = poll(told, 2, later ? (int)((due - now + 999) / 1000) : -1);
		allow_stop(SIG_BLOCK);
		if (r < 0 && errno != EINTR)
			break;
		if (told[1].revents)
			send_on(signals, child->pid);
	}
	return status_of(child);
}
