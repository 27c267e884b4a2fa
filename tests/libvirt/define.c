// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * define ROOT FILE...: takes each domain XML into a libvirt of its own (https://libvirt.org/drvqemu.html, "embed",
 * below ROOT) as `virsh define --validate` does, reads it back, and has it translated into QEMU's command line, as for
 * a start. Says of each file that does not come through, why, and exits with 1.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#define XML_SIZE_MAX (1024 * 1024)

static unsigned int n_untranslated;

static void *run_events(void *nothing)
{
	while (virEventRunDefaultImpl() >= 0)
		;
	return nothing;
}

/* What libvirt says is printed with the file it is about. */
static void say_nothing(void *nothing, virErrorPtr error)
{
	(void)nothing;
	(void)error;
}

static bool fail(const char *path, const char *step)
{
	const char *reason = virGetLastErrorMessage();

	(void)printf("%s: %s: %s\n", path, step, reason ? reason : "no reason");
	return false;
}

static bool translate(virConnectPtr connection, virDomainPtr domain, const char *path)
{
	char *xml = virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_SECURE), *command;

	if (!xml)
		return fail(path, "read back");
	/* Only the daemon of storage knows where a volume is, and it cannot be embedded. */
	if (strstr(xml, "<disk type='volume'")) {
		free(xml);
		n_untranslated++;
		return true;
	}
	command = virConnectDomainXMLToNative(connection, "qemu-argv", xml, 0);
	free(xml);
	if (!command)
		return fail(path, "translate");
	/* Nobody will start it; but there is a QEMU in it, and its accelerator. */
	if (!strstr(command, "qemu-system-") || !strstr(command, "-accel kvm")) {
		(void)printf("%s: no QEMU with KVM in '%.200s'\n", path, command);
		free(command);
		return false;
	}
	free(command);
	return true;
}

static bool check(virConnectPtr connection, const char *path)
{
	static char xml[XML_SIZE_MAX];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, xml, sizeof(xml) - 1);
	virDomainPtr domain;
	bool good;

	close(fd);
	if (n <= 0) {
		(void)printf("%s: cannot be read\n", path);
		return false;
	}
	xml[n] = '\0';
	domain = virDomainDefineXMLFlags(connection, xml, VIR_DOMAIN_DEFINE_VALIDATE);
	if (!domain)
		return fail(path, "define");
	good = translate(connection, domain, path);
	/* The next file may have the same name. */
	if (virDomainUndefineFlags(domain, VIR_DOMAIN_UNDEFINE_NVRAM) < 0)
		good = fail(path, "undefine");
	virDomainFree(domain);
	return good;
}

int main(int argc, char *argv[])
{
	virConnectPtr connection;
	pthread_t thread;
	int n_bad = 0;
	char uri[4096];

	if (argc < 3) {
		(void)fprintf(stderr, "usage: define ROOT FILE...\n");
		return 2;
	}
	virSetErrorFunc(NULL, say_nothing);
	(void)snprintf(uri, sizeof(uri), "qemu:///embed?root=%s", argv[1]);
	if (virInitialize() < 0 || virEventRegisterDefaultImpl() < 0 ||
		pthread_create(&thread, NULL, run_events, NULL) != 0 || !(connection = virConnectOpen(uri))) {
		(void)fprintf(stderr, "define: cannot open '%s': %s\n", uri, virGetLastErrorMessage());
		return 2;
	}
	for (int i = 2; i < argc; i++)
		n_bad += !check(connection, argv[i]);
	(void)printf("%d of %d are defined and translated", argc - 2 - n_bad, argc - 2);
	(void)printf(n_untranslated ? ", %u of them with a volume only defined\n" : "\n", n_untranslated);
	(void)fflush(stdout);
	/* The thread is in libvirt, which would wait for it. */
	_exit(n_bad > 0);
}
