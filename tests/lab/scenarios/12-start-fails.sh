# shellcheck shell=bash
# QEMU itself fails after our prepare: libvirt calls stopped and release, the user sees QEMU's error and not ours.
define gpuvm "extra=<qemu:commandline><qemu:arg value='-no-such-option'/></qemu:commandline>" "${A[@]}"
journal_now
if virsh start gpuvm >"$RUN/said" 2>&1; then fail 'it started'; fi
cat "$RUN/said"
grep -q 'no-such-option' "$RUN/said" || fail "virsh does not show QEMU's own error"
journal_since -o cat | grep -q "$A0" || fail 'the hook did nothing before QEMU failed'
expect_home 0000:01:00
