# shellcheck shell=bash
# libvirtd dies from SIGKILL while the domain runs: recover has to leave a running domain alone. Then both die: libvirt
# still has the domain in its state, and its next daemon resets the devices, so recover must not be before it.
define gpuvm "${A[@]}"
start gpuvm
qemu=$(qemu_of gpuvm)
say 'libvirtd killed, the domain runs on'
libvirtd_kill
kill -0 "$qemu" || fail 'QEMU died with libvirtd'
gpu-handoff recover
expect_driver vfio-pci "${A[@]}"
libvirtd_back
wait_for 30 running gpuvm || fail 'libvirtd lost the domain'
stop gpuvm
expect_home 0000:01:00
expect_baseline

say 'libvirtd and QEMU both killed'
start gpuvm
qemu=$(qemu_of gpuvm)
libvirtd_kill
kill -KILL "$qemu"
wait_for 20 not kill -0 "$qemu" 2>/dev/null || fail 'QEMU is still there'
gpu-handoff recover | tee "$RUN/said"
grep -q 'libvirt has not finished' "$RUN/said" || fail 'recover does not say why it leaves the card'
expect_driver vfio-pci "${A[@]}"
libvirtd_back
wait_for 60 not test -e "$STATE/$(uuid_of gpuvm).journal" || fail 'the next daemon did not return the card'
expect_home 0000:01:00
expect_no_state
expect_baseline
start gpuvm
stop gpuvm
