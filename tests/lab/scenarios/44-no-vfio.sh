# shellcheck shell=bash
# vfio-pci cannot be loaded: prepare refuses in one sentence that names it, and nothing has moved.
xml gpuvm "${A[@]}"
modprobe vfio-pci
rmmod vfio_pci
# a module of that name that cannot load, as on a kernel without VFIO
mkdir -p /run/modprobe.d
echo 'install vfio-pci /bin/false' >/run/modprobe.d/lab-no-vfio.conf
trap 'rm -f /run/modprobe.d/lab-no-vfio.conf' EXIT
hook gpuvm prepare
expect_refused vfio-pci
expect_home 0000:01:00
expect_baseline
rm -f /run/modprobe.d/lab-no-vfio.conf
hook gpuvm prepare
expect_accepted
hook gpuvm release
