# shellcheck shell=bash
# boot modes
# Group kvm may open the VFIO group of the card for which the configuration says so, and of no other.
as_group() { setpriv --reuid=user --regid="$1" --clear-groups bash -c 'exec 3<>"$1"' open "$2" 2>/dev/null; } # GROUP PATH
node() { echo "/dev/vfio/$(group_of "$1")"; } # ADDRESS
ls -l /dev/vfio
as_group kvm "$(node "$B0")" || fail 'group kvm may not open it'
if as_group user "$(node "$B0")"; then fail 'anybody may open it'; fi

say 'of a card that was not said of'
xml gpuvm "${A[@]}"
hook gpuvm prepare
expect_accepted
udevadm settle
ls -l /dev/vfio
if as_group kvm "$(node "$A0")"; then fail 'group kvm may open it'; fi
hook gpuvm release
expect_accepted

say 'libvirt has given it to a VM, and back to root:root; group kvm may open it still'
define kvmvm "$B0" "$B1" "$B2"
start kvmvm
stop kvmvm
expect_driver vfio-pci "$B0" "$B1" "$B2"
may() { as_group kvm "$(node "$B0")"; }
wait_for 10 may || fail "group kvm may no longer open it: $(ls -l /dev/vfio)"
