# shellcheck shell=bash
# Under Debian's enforcing profile nothing is denied to us: not by libvirtd's start, not by its stop.
aa-status --enforced >/dev/null
grep -q enforce "/proc/$(pidof libvirtd)/attr/current" || fail 'libvirtd is not confined'
readlink -e /etc/libvirt/hooks/qemu.d/50-gpu-handoff | grep -qx "$HOOK" || fail 'the hook is not where it may run'
lines=$(dmesg | wc -l)
define gpuvm "${A[@]}"
start gpuvm
stop gpuvm
if dmesg | tail -n "+$((lines + 1))" | grep -aE 'apparmor="DENIED"' | grep -avE 'comm="qemu-system'; then fail 'denied'; fi
