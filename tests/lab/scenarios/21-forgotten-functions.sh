# shellcheck shell=bash
# The XML names only .0: its siblings are parked on vfio-pci too, or the group would not be viable, and return.
define gpuvm "$A0"
start gpuvm
expect_driver vfio-pci "${A[@]}"
stop gpuvm
expect_home 0000:01:00
expect_baseline
say 'and only .1'
xml gpuvm "$A1"
hook gpuvm prepare
expect_accepted
expect_driver vfio-pci "${A[@]}"
hook gpuvm release
expect_accepted
expect_home 0000:01:00
