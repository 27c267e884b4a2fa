// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Gives emulated PCI functions the ids of graphics cards, and a NUMA node: QEMU has no option for it, and the product, lspci and the
 * drivers' id tables should see what they see on a user's machine. Test-only.
 *
 *   insmod fake_ids.ko cards=0000:01:00.0=10de:1f08:10de:1f08:030000:0,...
 *
 * Each entry is ADDRESS=VENDOR:DEVICE:SUBVENDOR:SUBDEVICE:CLASS:NODE. A bound driver is released before the ids change, and
 * nothing is probed after: whoever loads this decides who binds next. Configuration space keeps QEMU's ids. Do not
 * give class 0300 to a device that did not arrive as VGA, the VGA arbiter does not know it.
 */
#include <linux/module.h>
#include <linux/pci.h>

#define MAX_CARDS 16

static char *cards[MAX_CARDS];
static int n_cards;
module_param_array(cards, charp, &n_cards, 0444);
MODULE_PARM_DESC(cards, "ADDRESS=VENDOR:DEVICE:SUBVENDOR:SUBDEVICE:CLASS:NODE, comma separated");

static int card_rename(const char *text)
{
	unsigned int domain, bus, slot, func, vendor, device, subvendor, subdevice, class, node;
	struct pci_dev *dev;

	if (sscanf(text, "%x:%x:%x.%x=%x:%x:%x:%x:%x:%u", &domain, &bus, &slot, &func, &vendor, &device, &subvendor,
		   &subdevice, &class, &node) != 10) {
		pr_err("fake_ids: cannot parse '%s'\n", text);
		return -EINVAL;
	}
	dev = pci_get_domain_bus_and_slot(domain, bus, PCI_DEVFN(slot, func));
	if (!dev) {
		pr_err("fake_ids: no device at '%s'\n", text);
		return -ENODEV;
	}
	device_release_driver(&dev->dev);
	dev->vendor = vendor;
	dev->device = device;
	dev->subsystem_vendor = subvendor;
	dev->subsystem_device = subdevice;
	dev->class = class;
	set_dev_node(&dev->dev, node);
	/* A function that never had a driver is in power state 'unknown', which nothing brings back once one was there. */
	pci_set_power_state(dev, PCI_D0);
	kobject_uevent(&dev->dev.kobj, KOBJ_CHANGE);
	pci_info(dev, "fake_ids: is now %04x:%04x class %06x\n", vendor, device, class);
	pci_dev_put(dev);
	return 0;
}

static int __init fake_ids_init(void)
{
	int i, r;

	for (i = 0; i < n_cards; i++) {
		r = card_rename(cards[i]);
		if (r < 0)
			return r;
	}
	return 0;
}

static void __exit fake_ids_exit(void)
{
}

module_init(fake_ids_init);
module_exit(fake_ids_exit);
MODULE_DESCRIPTION("NVIDIA ids for emulated functions, test only");
MODULE_LICENSE("GPL");
