# shellcheck shell=bash
# libvirtd is restarted while the domain runs; the domain lives on, and its stop still gives everything back.
define gpuvm "${A[@]}"
start gpuvm
systemctl restart libvirtd
wait_for 60 libvirt_answers || fail 'libvirtd did not come back'
wait_for 30 running gpuvm || fail 'the domain did not survive the restart'
expect_driver vfio-pci "${A[@]}"
stop gpuvm
expect_home 0000:01:00
