// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/ports.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "host/libpci.h"

#define HEADER_SIZE    64
#define EXTENDED_BEGIN 0x100

/* libpci opens it by a path of its own, and would wait for a FIFO of a recorded tree, or follow a link out of it. */
static int check_file(const struct host *host, struct address address)
{
	char path[sizeof("bus/pci/devices//config") + ADDRESS_TEXT_SIZE];
	int fd CLOSE_FD = -1;
	struct stat st;

	(void)snprintf(path, sizeof(path), "bus/pci/devices/%s/config", address_text(address).s);
	fd = beneath_open(host->sys, path, O_PATH | O_NOFOLLOW, 0);
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	return S_ISREG(st.st_mode) ? 0 : -EIO;
}

/* PCI Express Base Specification, 7.5.3.2 */
static enum port_kind find_kind(unsigned int flags)
{
	switch ((flags & PCI_EXP_FLAGS_TYPE) >> 4) {
	case PCI_EXP_TYPE_ROOT_PORT:
		return PORT_ROOT;
	case PCI_EXP_TYPE_UPSTREAM:
		return PORT_UPSTREAM;
	case PCI_EXP_TYPE_DOWNSTREAM:
		return PORT_DOWNSTREAM;
	case PCI_EXP_TYPE_PCI_BRIDGE:
		return PORT_TO_PCI;
	default:
		return PORT_OTHER;
	}
}

static void read_acs(struct pci_dev *device, struct port *port)
{
	struct pci_cap *acs;
	unsigned int control;
	u8 begin[4];

	if (!pci_read_block(device, EXTENDED_BEGIN, begin, sizeof(begin)))
		return;
	acs = pci_find_cap(device, PCI_EXT_CAP_ID_ACS, PCI_CAP_EXTENDED);
	port->acs = acs ? ACS_THERE : ACS_NONE;
	if (!acs)
		return;
	control = port_control_offset(
		pci_read_word(device, PCI_VENDOR_ID), pci_read_word(device, PCI_DEVICE_ID), port->kind);
	port->able = pci_read_word(device, (int)acs->addr + PCI_ACS_CAP);
	port->on = pci_read_word(device, (int)(acs->addr + control));
}

static int read_port(struct pci_dev *device, struct port *ret)
{
	u8 header[HEADER_SIZE], beyond[4];
	struct pci_cap *express;

	*ret = (struct port){ 0 };
	if (!pci_read_block(device, 0, header, sizeof(header)))
		return -EIO;
	if (!(header[PCI_STATUS] & PCI_STATUS_CAP_LIST))
		return 0;
	if (!pci_read_block(device, HEADER_SIZE, beyond, sizeof(beyond)))
		return -EACCES;
	express = pci_find_cap(device, PCI_CAP_ID_EXP, PCI_CAP_NORMAL);
	ret->kind = express ? find_kind(pci_read_word(device, (int)express->addr + PCI_EXP_FLAGS)) : PORT_PCI;
	if (express)
		read_acs(device, ret);
	return 0;
}

int port_read(const struct host *host, struct address address, struct port *ret)
{
	char buses[sizeof("/proc/self/fd/2147483647/bus/pci")], name[] = "sysfs.path";
	int r = check_file(host, address);
	struct pci_access *access;
	struct pci_dev *device;

	if (r < 0)
		return r;
	access = libpci_new();
	if (!access)
		return -ENOMEM;
	/* The buses of this host, of which a descriptor is all that there is. */
	(void)snprintf(buses, sizeof(buses), "/proc/self/fd/%d/bus/pci", host->sys);
	access->method = PCI_ACCESS_SYS_BUS_PCI;
	r = pci_set_param(access, name, buses) < 0 ? -EIO : 0;
	if (r == 0) {
		pci_init(access);
		device = pci_get_dev(access, (int)address.domain, address.bus, address.slot, address.function);
		r = read_port(device, ret);
		pci_free_dev(device);
	}
	pci_cleanup(access);
	return r;
}
