// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/isolated.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"

/* What both see. */
struct page {
	bool done;
	int result;
	_Alignas(max_align_t) char argument[ISOLATED_SIZE_MAX];
};

static struct page *shared_page(void)
{
	static struct page *page;

	if (!page) {
		void *memory = mmap(NULL, sizeof(*page), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

		page = memory == MAP_FAILED ? NULL : memory;
	}
	return page;
}

/* Its end, at the latest when the time is over. Returns 0, or -errno. */
static int await_end(pid_t child, int deadline_ms)
{
	int pidfd CLOSE_FD = (int)syscall(SYS_pidfd_open, child, 0);
	struct pollfd end = { .fd = pidfd, .events = POLLIN };
	int r, status;

	do
		r = pidfd < 0 ? -1 : poll(&end, 1, deadline_ms);
	while (r < 0 && pidfd >= 0 && errno == EINTR);
	r = r > 0 ? 0 : r == 0 ? -ETIMEDOUT : -errno;
	if (r < 0)
		(void)kill(child, SIGKILL);
	/* One that does not even die is left to whoever comes after us. */
	(void)waitpid(child, &status, r == 0 ? 0 : WNOHANG);
	return r;
}

int isolated_call(int (*function)(void *argument), void *argument, size_t size, int deadline_ms)
{
	struct page *page = shared_page();
	pid_t parent, child;
	int r;

	if (!page)
		return -ENOMEM;
	if (size > sizeof(page->argument))
		return -E2BIG;
	page->done = false;
	memcpy(page->argument, argument, size);
	parent = getpid();
	child = fork();
	if (child < 0)
		return -errno;
	if (child == 0) {
		/* It has a copy of our locks, and nobody but us ends it in time. */
		if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
			_exit(1);
		page->result = function(page->argument);
		page->done = true;
		_exit(0);
	}
	r = await_end(child, deadline_ms);
	if (r < 0)
		return r;
	if (!page->done)
		return -ECHILD;
	memcpy(argument, page->argument, size);
	return page->result;
}
