# shellcheck shell=bash
# QEMU dies from SIGKILL: libvirt calls stopped and release, and everything goes home.
define gpuvm "${A[@]}"
start gpuvm
kill -KILL "$(qemu_of gpuvm)"
wait_for 60 not test -e "$STATE/$(uuid_of gpuvm).journal" || fail 'no release after QEMU was killed'
expect_home 0000:01:00
