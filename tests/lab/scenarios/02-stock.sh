# shellcheck shell=bash
# libvirt alone, with our hook out of the way, can give a card to a guest: if this fails, blame the lab.
hooks=/etc/libvirt/hooks/qemu.d
rm -rf "$RUN/hooks"
[[ ! -e $hooks ]] || mv "$hooks" "$RUN/hooks"
trap '[[ ! -e $RUN/hooks ]] || mv "$RUN/hooks" "$hooks"' EXIT
define stock boot=yes "${A[@]}"
start stock
expect_driver vfio-pci "${A[@]}"
shut_down stock
expect_home 0000:01:00
