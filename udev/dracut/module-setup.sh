#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# 90gpu-handoff of dracut.modules(7): where a card is reserved, what gives it to vfio-pci before the root file system is
# there, and with that the host's own driver. dracut calls these functions, and says where the host's files are.
# shellcheck disable=SC2154 # dracutsysrootdir, udevdir, mount_needs: dracut's

config=/etc/gpu-handoff.conf

# Without a card that is reserved, only who asks for it by name has it.
check() {
	[[ -z ${mount_needs-} ]] || return 1
	[[ -x ${dracutsysrootdir-}$udevdir/gpu-handoff-udev ]] || return 1
	grep -Eqs '^[[:space:]]*mode[[:space:]]*[=:][[:space:]]*reserved[[:space:]]*([;#].*)?$' \
		"${dracutsysrootdir-}$config" || return 255
}

depends() {
	echo udev-rules
}

# Those that no device of the running host needs as well.
installkernel() {
	hostonly='' instmods vfio_pci vfio_iommu_type1
}

install() {
	inst_rules 60-gpu-handoff.rules
	inst_multiple -o "$config" "$udevdir/gpu-handoff-udev"
}
