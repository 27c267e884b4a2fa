// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <unistd.h>

#include "host/host.h"
#include "tests/support/scratch.h"
#include "tests/unit/host/host.h"

struct scratch scratch;
struct host host;

/* A tree with something outside that must never be seen, and ways that lead there. */
void tree_start(void)
{
	scratch_make(&scratch);
	put_text(scratch.fd, "outside/secret", "secret\n");
	put_text(scratch.fd, "tree/sys/class/value", "42\n");
	put_directory(scratch.fd, "tree/run");
	put_directory(scratch.fd, "tree/dev/vfio");
	put_link(scratch.fd, "tree/sys/device", "tree/sys/class");
	put_link(scratch.fd, "tree/sys/up", "outside");
	put_link(scratch.fd, "tree/sys/loop", "tree/sys/loop");
	put_link(scratch.fd, "tree/sys/nowhere", "tree/sys/none");
	ck_assert_int_eq(symlinkat("/etc", scratch.fd, "tree/sys/absolute"), 0);
	ck_assert_int_eq(symlinkat("/proc/self/root", scratch.fd, "tree/sys/magic"), 0);
	{
		char path[sizeof(scratch.path) + 8];

		(void)snprintf(path, sizeof(path), "%s/tree", scratch.path);
		ck_assert_int_eq(host_open(path, &host), 0);
	}
}

void tree_stop(void)
{
	host_close(&host);
	scratch_remove(&scratch);
}

int main(void)
{
	return suite_run(
		"host", (TCase *[]){ case_paths(), case_runtime(), case_manager(), case_isolated(), case_lstopo(),
				case_watched(), case_output(), case_affinity(), case_properties(), case_fakes(),
				case_balancer(), case_watch(), case_ports(), case_durable(), case_tool(), NULL });
}
