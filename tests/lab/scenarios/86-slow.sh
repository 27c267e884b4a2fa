# shellcheck shell=bash
# A driver that takes its time to let go is waited for.
define gpuvm "${A[@]}"
fault "$A0" remove_mode slow:4000
timed start gpuvm
echo "started in $took ms"
((took >= 4000)) || fail 'it was not slow'
expect_driver vfio-pci "${A[@]}"
stop gpuvm
expect_home 0000:01:00
